//! The vendors' rules as regular expressions, written from their documents.

const UPPER: &str = "(?=.*[A-Z])";
const LOWER: &str = "(?=.*[a-z])";
const DIGIT: &str = "(?=.*[0-9])";

/// At least three of upper case, lower case, digits and `special`; `length` of `characters`.
fn three_of_four(special: &str, characters: &str, length: &str) -> String {
    let special = &format!("(?=.*{special})");
    let ways =
        [[UPPER, LOWER, DIGIT], [UPPER, LOWER, special], [UPPER, DIGIT, special], [LOWER, DIGIT, special]];
    format!(r"(?s)\A(?:{}){characters}{length}\z", ways.map(|way| way.concat()).join("|"))
}

/// The rule of a preset.
pub(crate) fn of(preset: &str) -> String {
    match preset {
        "exotel" => three_of_four("[!@#$%^&*]", "[!-~]", "{8,64}"),
        "huawei" => three_of_four("[~@^*_+.?]", "[A-Za-z0-9~@^*_+.?]", "{8,16}"),
        "nxcloud" => format!(r"\A{UPPER}{LOWER}{DIGIT}[A-Za-z0-9]{{8,32}}\z"),
        "nxcloud-random" => r"\A[0-9]{6}\z".to_owned(),
        other => panic!("no pattern for {other}"),
    }
}
