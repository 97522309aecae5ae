//! `sip-password rotate export --watch`: each phone when it is confirmed.

use std::{
    collections::BTreeSet,
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
    thread,
    time::Duration,
};

use sip_password_rotate::{Journal, RotationState};
use zeroize::Zeroizing;

use super::{
    Options, check_target,
    columns::{Columns, Format},
};
use crate::{
    error::CommandError,
    output::Output,
    plural, report,
    rotate::{
        INCOMPLETE,
        anchor::unlock_to_read,
        interrupt::Interrupt,
        journal::{VisitError, journal_error, open_or_read},
        key::GivenKey,
    },
    secrets::Secrets,
    signals::INTERRUPTED,
    standard_output,
};

/// The time between two looks at the journal.
const INTERVAL: Duration = Duration::from_secs(1);
/// The time between two looks at whether Ctrl-C was pressed.
const PAUSE: Duration = Duration::from_millis(50);

/// Where the phones go.
enum Destination {
    /// Another program.
    Pipe,
    File(Output),
}

impl Destination {
    fn open(target: &Path) -> Result<Self, CommandError> {
        if target != Path::new("-") {
            return Output::for_records(super::MAX_RECORD, Some(target), false).map(Self::File);
        }
        standard_output::check()?;
        match io::stdout().is_terminal() {
            true => Err(CommandError::new(
                "--output: expected a file or a program for the passwords, found the terminal",
            )),
            false => Ok(Self::Pipe),
        }
    }

    fn write(&mut self, record: &[u8]) -> Result<(), CommandError> {
        match self {
            Self::Pipe => {
                let mut to = io::stdout().lock();
                to.write_all(record).and_then(|()| to.flush()).map_err(CommandError::printing)
            }
            Self::File(output) => output.record(|to| to.extend_from_slice(record)),
        }
    }

    fn finish(self) -> Result<(), CommandError> {
        match self {
            Self::Pipe => Ok(()),
            Self::File(output) => output.finish().map(drop),
        }
    }
}

pub(super) fn run(options: &Options, secrets: &Secrets) -> Result<ExitCode, CommandError> {
    let path = &options.journal;
    let target = options.output.as_deref().unwrap_or(Path::new("-"));
    check_target(options, target)?;
    let given = GivenKey::find(&options.key, false, secrets)?;
    let (journal, _) = open_or_read(path)?;
    let key = given.for_existing(journal.protection(), path)?;
    drop(journal);
    let mut destination = Destination::open(target)?;
    let interrupt = Interrupt::watch();
    // By their lines of the accounts file.
    let mut written = BTreeSet::new();
    let is_whole = loop {
        let (mut journal, is_running) = open_or_read(path)?;
        unlock_to_read(&mut journal, &key, options.older.is_accepted(), path)?;
        let new = write_new(&journal, options, &mut written, &mut destination);
        if let Err(VisitError::Visitor(CommandError::ClosedPipe)) = new {
            return Ok(ExitCode::from(INCOMPLETE));
        }
        new.map_err(VisitError::at(path))?;
        if interrupt.is_set() || !is_running {
            break journal
                .check_integrity()
                .map_err(journal_error(path))
                .inspect_err(|error| report(&error.to_string()))
                .is_ok();
        }
        drop(journal);
        for _ in 0..INTERVAL.as_millis() / PAUSE.as_millis() {
            if !interrupt.is_set() {
                thread::sleep(PAUSE);
            }
        }
    };
    destination.finish()?;
    let phones = written.len() as u64;
    report(&format!("sip-password: {phones} phone{} written", plural(phones)));
    Ok(match (interrupt.is_set(), is_whole) {
        (true, _) => ExitCode::from(INTERRUPTED),
        (false, true) => ExitCode::SUCCESS,
        (false, false) => ExitCode::from(INCOMPLETE),
    })
}

/// Writes the confirmed phones that are not written yet.
fn write_new(
    journal: &Journal,
    options: &Options,
    written: &mut BTreeSet<u64>,
    destination: &mut Destination,
) -> Result<(), VisitError> {
    let columns = Columns::new(journal, Format::Json);
    let mut record = Zeroizing::new(Vec::with_capacity(1 << 16));
    journal.passwords::<VisitError>(&[RotationState::Confirmed], |phone, passwords| {
        let is_new = !phone.damaged && options.is_since(phone) && !passwords.new.is_empty();
        if is_new && written.insert(phone.line) {
            record.clear();
            columns.write_phone(phone, passwords, &mut record);
            destination.write(&record)?;
        }
        Ok(())
    })
}
