//! `sip-password demo`: a walk through `submit` and `rotate` against fake vendors on this machine.

mod stage;

use std::process::ExitCode;

use clap::Args;
use fake_vendors::{Config, FakeVendors, Fault, Vendor, credentials};

use super::{error::CommandError, signals::INTERRUPTED, standard_output::print};
use stage::{Interrupted, Stage};

/// Try submit and rotate against fake vendors on this machine, step by step, and leave nothing behind
///
/// The fake vendors listen on 127.0.0.1, and every secret is made up. All files are in a new folder for temporary files, which is removed at the
/// end and after Ctrl-C. The demo runs this command as a user would, and prints each command line.
#[derive(Args)]
pub(super) struct Options {}

/// The phones of the demo.
const PHONES: u32 = 12;
/// The phone for which the vendor's reply is lost, and the one for which the list has a wrong account password.
const LOST: u32 = 4;
const WRONG: u32 = 7;

pub(super) fn run(Options {}: &Options) -> Result<ExitCode, CommandError> {
    let vendors = start()?;
    let mut stage = Stage::open(&vendors)?;
    match walk(&vendors, &mut stage) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Interrupted::Signal) => Ok(ExitCode::from(INTERRUPTED)),
        Err(Interrupted::Error(error)) => Err(error),
    }
}

fn start() -> Result<FakeVendors, CommandError> {
    let lost = Fault::lose_reply().account(&format!("agent-{LOST}")).times(1);
    let config = Config { accounts: PHONES, faults: vec![lost], ..Config::default() };
    FakeVendors::start(config)
        .map_err(|error| CommandError::Io { action: "cannot start the fake vendors".into(), error })
}

/// All steps.
fn walk(vendors: &FakeVendors, stage: &mut Stage) -> Result<(), Interrupted> {
    print(introduction(vendors, stage).as_bytes())?;
    submit(vendors, stage)?;
    plan(vendors, stage)?;
    rotate(stage)?;
    retry(stage)?;
    export(vendors, stage)?;
    print(END.as_bytes())?;
    Ok(())
}

fn introduction(vendors: &FakeVendors, stage: &Stage) -> String {
    format!(
        "\
This demo starts fake servers of the three vendors on this machine, at {}.
It sets the password of one made-up phone, and then those of {PHONES}. No real vendor is
contacted, and every secret is made up. All files are in
{:?}, which is removed at the end.

",
        vendors.base_url(),
        stage.directory()
    )
}

const END: &str = "\
That was all, and the folder is removed. Against a real vendor, the commands are the
same without --root, and with your base URL and secrets: sip-password submit --help,
sip-password rotate --help. Remember: from the moment the vendor has a new password
until the phone has it, that phone cannot register. sip-password provision writes the
files that bring the passwords to the phones.
";

fn submit(vendors: &FakeVendors, stage: &mut Stage) -> Result<(), Interrupted> {
    print(
        b"\
== 1. One phone

submit generates a password, writes it to a file, and only then sends it: a lost reply
leaves no phone with a password that nobody knows. The secrets come from the environment,
never from arguments, which other users of this machine can read.

",
    )?;
    let tenant = stage.tenant();
    let phone = ["--user-account", "agent-1", "--output", "agent-1.txt"];
    stage.run(&[&["submit", "huawei"][..], &tenant, &phone].concat(), 0)?;
    let has_it =
        vendors.password_of(Vendor::Huawei, "agent-1").as_deref() == Some(stage.read("agent-1.txt")?.trim());
    expect(has_it, "the vendor to have the password of agent-1.txt")?;
    print(b"\nThe fake vendor has the password that is in agent-1.txt.\n\n")?;
    Ok(())
}

fn plan(vendors: &FakeVendors, stage: &mut Stage) -> Result<(), Interrupted> {
    let accounts = String::from_utf8_lossy(&vendors.accounts_csv(Vendor::Huawei)).into_owned();
    let right = format!("agent-{WRONG},fake-account-pass-{WRONG}");
    stage.write("accounts.csv", &accounts.replace(&right, &format!("agent-{WRONG},fake-and-wrong")))?;
    stage.write("fixed.csv", &format!("user_account,account_password\n{right}\n"))?;
    print(
        format!(
            "\
== 2. A fleet: look before you send

accounts.csv has {PHONES} phones. rotate writes all new passwords to a journal before it sends
the first one, so the journal needs a key. A dry run checks every row and sends nothing.

"
        )
        .as_bytes(),
    )?;
    stage.run(&["rotate", "keygen", "rotation.key"], 0)?;
    stage.run(&[&stage.rotation()[..], &["--accounts", "accounts.csv", "--dry-run"]].concat(), 0)?;
    print(b"\n")?;
    Ok(())
}

fn rotate(stage: &mut Stage) -> Result<(), Interrupted> {
    print(
        format!(
            "\
== 3. Rotate

Two things go wrong on purpose: the reply for agent-{LOST} is lost after the vendor has changed
the password, and accounts.csv has a wrong account password for agent-{WRONG}.

"
        )
        .as_bytes(),
    )?;
    stage.run(&[&stage.rotation()[..], &["--accounts", "accounts.csv"]].concat(), 1)?;
    print(
        format!(
            "
agent-{LOST} was sent again with the same password, which is harmless, and is confirmed. agent-{WRONG} is
refused and has its old password. It was asked once, not again and again: three failed
checks would lock its account.

"
        )
        .as_bytes(),
    )?;
    Ok(())
}

fn retry(stage: &mut Stage) -> Result<(), Interrupted> {
    print(
        format!(
            "\
== 4. The phone that was refused

fixed.csv has the right account password of agent-{WRONG}. All other phones are left alone.

"
        )
        .as_bytes(),
    )?;
    stage.run(&[&stage.rotation()[..], &["--retry-refused", "--accounts", "fixed.csv"]].concat(), 0)?;
    print(b"\n")?;
    Ok(())
}

fn export(vendors: &FakeVendors, stage: &mut Stage) -> Result<(), Interrupted> {
    print(
        b"\
== 5. The new passwords

export writes them, for the phones and the PBX. forget then erases them from the journal.

",
    )?;
    let journal = ["--journal", "rotation.db", "--key-file", "rotation.key"];
    stage.run(&[&["rotate", "export"][..], &journal, &["--output", "passwords.csv"]].concat(), 0)?;
    stage.run(&[&["rotate", "forget"][..], &journal].concat(), 0)?;
    let exported = stage.read("passwords.csv")?;
    // No password of Huawei's has a comma or a quote.
    let pair = |line: &str| {
        let mut fields = line.split(',').map(str::to_owned);
        fields.next().zip(fields.next())
    };
    let exported: Vec<_> = exported.lines().skip(1).filter_map(pair).collect();
    let theirs = vendors.passwords(Vendor::Huawei);
    let same = exported.iter().filter(|(account, password)| theirs.get(account) == Some(password)).count();
    expect(
        same == PHONES as usize && theirs.len() == same,
        "the vendor to have the passwords of passwords.csv",
    )?;
    print(
        format!("\nThe fake vendor has the passwords of passwords.csv: {same} of {PHONES}.\n\n").as_bytes(),
    )?;
    Ok(())
}

/// The secrets of the fake tenant and of the account of the first step.
const SECRETS: [(&str, &str); 3] = [
    ("HUAWEI_APP_KEY", credentials::HUAWEI_APP_KEY),
    ("HUAWEI_APP_SECRET", credentials::HUAWEI_APP_SECRET),
    ("HUAWEI_ACCOUNT_PASSWORD", "fake-account-pass-1"),
];

fn expect(is_true: bool, what: &str) -> Result<(), CommandError> {
    match is_true {
        true => Ok(()),
        false => Err(CommandError::new(format!("demo: expected {what}, found another; please report it"))),
    }
}
