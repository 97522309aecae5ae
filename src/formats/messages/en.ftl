# Why a password is not compliant, in English: the file to translate from.
#
# The format is Fluent's (projectfluent.org). To translate: copy this file, name it by the language (zh.ftl), translate what stands
# to the right of each =, and leave the rest. What stands in { } is put in by the program: numbers ($found, $wanted, $first), the names of
# classes of characters ($class, $classes), or one of several forms by a number.

too-short = { $found ->
    [one] { $found } character
   *[other] { $found } characters
}, at least { $wanted } wanted
too-long = { $found ->
    [one] { $found } character
   *[other] { $found } characters
}, at most { $wanted } allowed
# $first is a place, counted from 1.
not-ascii = { $found ->
    [one] { $found } character
   *[other] { $found } characters
} outside ASCII, the first at place { $first }
not-allowed = { $found ->
    [one] { $found } character
   *[other] { $found } characters
} not allowed, the first at place { $first }
# $classes are those of which there is no character.
too-few-classes = { $found ->
    [one] { $found } class
   *[other] { $found } classes
} of characters, at least { $wanted } wanted; missing: { $classes }
# $class is in the plural: 1 digits, at least 2 wanted.
too-few-of-class = { $found } { $class }, at least { $wanted } wanted
run-too-long = the same character { $found } times in a row, at most { $wanted } allowed
wrong-first = the first character must be one of: { $classes }
contains-context = the account's name, or another context word, appears

# One reason: $code is a word that programs know, and is not translated; $text is one of the above.
reason = { $code } ({ $text })
# What stands between reasons, and between the names of classes. {" "} is a space.
reason-separator = ,{" "}
separator-of-classes = ,{" "}

# The classes of the vendors' policies.
class-uppercase-letters = uppercase letters
class-lowercase-letters = lowercase letters
class-digits = digits
class-special-characters = special characters
