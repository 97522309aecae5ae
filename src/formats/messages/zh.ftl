# 密码不符合规则的原因（简体中文）。由 en.ftl 翻译而来，格式说明见该文件。

too-short = 只有 { $found } 个字符，至少需要 { $wanted } 个
too-long = 有 { $found } 个字符，最多允许 { $wanted } 个
not-ascii = 有 { $found } 个非 ASCII 字符，第一个在第 { $first } 位
not-allowed = 有 { $found } 个不允许的字符，第一个在第 { $first } 位
too-few-classes = 只包含 { $found } 类字符，至少需要 { $wanted } 类；缺少：{ $classes }
too-few-of-class = { $class }只有 { $found } 个，至少需要 { $wanted } 个
run-too-long = 同一字符连续出现 { $found } 次，最多允许 { $wanted } 次
wrong-first = 第一个字符必须属于：{ $classes }
contains-context = 密码中包含账号名或其他禁用词

reason = { $code }（{ $text }）
reason-separator = ，
separator-of-classes = 、

class-uppercase-letters = 大写字母
class-lowercase-letters = 小写字母
class-digits = 数字
class-special-characters = 特殊字符
