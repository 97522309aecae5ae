//! `sip-password` without arguments: the three things that people want.

use std::process::ExitCode;

use super::{error::CommandError, standard_output::print};

const LAST: [&str; 2] = match cfg!(feature = "demo") {
    true => ["Try it: set the passwords of made-up phones, on this machine alone", "sip-password demo"],
    false => ["Know the rules", "sip-password explain"],
};

pub(super) fn run() -> Result<ExitCode, CommandError> {
    let [last, command] = LAST;
    let text = format!(
        "\
SIP phone passwords by the rules of Huawei Cloud, Exotel, NXCloud and some fifty more systems.

Make a password that complies:
    sip-password generate huawei

Check passwords, and see what is wrong with them:
    sip-password validate huawei passwords.txt

{last}:
    {command}

All commands: sip-password help
"
    );
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
