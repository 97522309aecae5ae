//! The state of the phones, on standard output.

use std::{
    io::{self, BufWriter, StdoutLock, Write},
    path::Path,
    process::ExitCode,
};

use clap::ValueEnum;
use sip_password_rotate::{
    Integrity, Journal, MAX_ACCOUNTS_ROW, PhoneRecord, RotationState, StateCounts, display_name,
    display_text, is_hidden,
};

use super::{
    INCOMPLETE, REFUSED, advice,
    journal::{VisitError, journal_error},
};
use crate::{
    error::CommandError,
    json::{Json, Object},
    plural, standard_output,
};

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// The counts, and a line for each phone that is refused or unknown
    Text,
    /// One object in one line
    Json,
}

/// The counts and, if there is a journal, each phone that was sent and is not confirmed.
pub(super) struct Summary<'a> {
    vendor: &'a str,
    pub(super) counts: Counts,
    /// Why a run ended early.
    pub(super) stopped: Option<&'a str>,
    journal: Option<(&'a Journal, &'a Path)>,
    /// Whether the text says that the journal is intact, too.
    has_integrity: bool,
}

/// The numbers of phones.
pub(super) struct Counts {
    phones: u64,
    pub(super) confirmed: u64,
    pub(super) refused: u64,
    pub(super) unknown: u64,
    pub(super) planned: u64,
    /// Those that the same command would send.
    pub(super) to_send: u64,
    /// Confirmed ones whose password was neither exported nor handed on.
    not_handed_on: u64,
}

impl<'a> Summary<'a> {
    /// `stopped`: why a run ended early.
    pub(super) fn new(
        journal: &'a Journal,
        path: &'a Path,
        stopped: Option<&'a str>,
    ) -> Result<Self, CommandError> {
        let counts = journal.counts();
        let counts = Counts {
            phones: counts.total(),
            confirmed: counts.of(RotationState::Confirmed),
            refused: counts.of(RotationState::Refused),
            unknown: unknown(&counts),
            planned: counts.of(RotationState::Planned),
            to_send: journal.to_send(false).map_err(journal_error(path))?,
            not_handed_on: journal.unprovisioned(true).map_err(journal_error(path))?,
        };
        Ok(Self {
            vendor: journal.vendor(),
            counts,
            stopped,
            journal: Some((journal, path)),
            has_integrity: false,
        })
    }

    /// Of a plan that was not written.
    pub(super) fn of_plan(vendor: &'a str, phones: u64) -> Self {
        let counts = Counts {
            phones,
            confirmed: 0,
            refused: 0,
            unknown: 0,
            planned: phones,
            to_send: phones,
            not_handed_on: 0,
        };
        Self { vendor, counts, stopped: None, journal: None, has_integrity: false }
    }

    /// Says in any case whether somebody changed the journal, as far as is known.
    pub(super) const fn with_integrity(mut self) -> Self {
        self.has_integrity = true;
        self
    }

    pub(super) fn print(&self, format: Format) -> Result<(), CommandError> {
        standard_output::check()?;
        let mut to = BufWriter::new(io::stdout().lock());
        let printed = match format {
            Format::Text => self.print_text(&mut to),
            Format::Json => self.print_json(&mut to),
        };
        match printed.and_then(|()| to.flush().map_err(CommandError::printing)) {
            // The reader has got what they wanted, and the exit status says the rest.
            Err(CommandError::ClosedPipe) => Ok(()),
            printed => printed,
        }
    }

    /// Prints the summary and, on standard error, what to do next.
    pub(super) fn print_with_advice(&self, format: Format) -> Result<(), CommandError> {
        let printed = self.print(format);
        if let Some((journal, path)) = self.journal {
            let advice = advice::lines(self, journal, path)?;
            if !advice.is_empty() {
                crate::report(&advice.join("\n"));
            }
        }
        printed
    }

    fn print_text(&self, to: &mut BufWriter<StdoutLock<'_>>) -> Result<(), CommandError> {
        let Counts { phones, confirmed, refused, unknown, planned, .. } = self.counts;
        writeln!(
            to,
            "{}: {phones} phone{}: {confirmed} confirmed, {refused} refused, {unknown} unknown, {planned} not sent",
            display_text(self.vendor),
            plural(phones)
        )
        .map_err(CommandError::printing)?;
        if let Some(integrity) = self.integrity()
            && (self.has_integrity || integrity != Integrity::Intact)
        {
            writeln!(to, "{integrity}").map_err(CommandError::printing)?;
        }
        self.for_each_not_confirmed(|phone, _| {
            let PhoneRecord { line, calls, .. } = phone;
            let reason = display_text(phone.reason);
            let (name, state, plural) =
                (display_name(&phone.names), phone.state.name(), plural((*calls).into()));
            match line {
                0 => writeln!(to, "not in the accounts file: {name}: {state}: {reason}"),
                _ => writeln!(to, "line {line}: {name}: {state} after {calls} call{plural}: {reason}"),
            }
            .map_err(CommandError::printing)
        })
    }

    fn print_json(&self, to: &mut BufWriter<StdoutLock<'_>>) -> Result<(), CommandError> {
        let mut text = Vec::new();
        let Counts { phones, confirmed, refused, unknown, planned, to_send, not_handed_on } = &self.counts;
        Object::begin(&mut text)
            .member("vendor", &Shown(self.vendor, MAX_REASON))
            .member("phones", phones)
            .member("confirmed", confirmed)
            .member("refused", refused)
            .member("unknown", unknown)
            .member("planned", planned)
            .member("to_send", to_send)
            .member("not_handed_on", not_handed_on)
            .member("stopped", &self.stopped)
            .member("integrity", &self.integrity().map(Integrity::name));
        // One more member follows, which may be as long as the fleet.
        text.extend(b",\"not_confirmed\":[");
        to.write_all(&text).map_err(CommandError::printing)?;
        let mut is_first = true;
        self.for_each_not_confirmed(|phone, columns| {
            text.clear();
            if !std::mem::take(&mut is_first) {
                text.push(b',');
            }
            NotConfirmed { columns, phone }.write(&mut text);
            to.write_all(&text).map_err(CommandError::printing)
        })?;
        to.write_all(b"]}\n").map_err(CommandError::printing)
    }

    /// Of the journal, if there is one.
    fn integrity(&self) -> Option<Integrity> {
        self.journal.map(|(journal, _)| journal.integrity())
    }

    /// Visits each phone that was sent or could not be, and is not confirmed, with the columns of its names.
    fn for_each_not_confirmed(
        &self,
        mut visit: impl FnMut(&PhoneRecord<'_>, &[&str]) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        let Some((journal, path)) = self.journal else { return Ok(()) };
        let columns: Vec<_> = journal.columns().collect();
        let states = [RotationState::Planned, RotationState::Refused, RotationState::Unknown];
        journal
            .phones(&states, |phone| {
                // A planned phone is one of many, unless something kept it from being sent.
                if phone.state == RotationState::Planned && phone.reason.is_empty() {
                    return Ok(());
                }
                visit(phone, &columns).map_err(VisitError::Visitor)
            })
            .map_err(VisitError::at(path))
    }
}

/// An element of `not_confirmed`.
struct NotConfirmed<'a> {
    columns: &'a [&'a str],
    phone: &'a PhoneRecord<'a>,
}

impl Json for NotConfirmed<'_> {
    fn write(&self, to: &mut Vec<u8>) {
        let phone = self.phone;
        let mut object = Object::begin(to);
        object.member("line", &phone.line);
        for (column, name) in self.columns.iter().zip(&phone.names) {
            object.member(&display_text(column), &Shown(name, MAX_NAME));
        }
        object
            .member("state", phone.state.name())
            .member("calls", &u64::from(phone.calls))
            .member("reason", &Shown(phone.reason, MAX_REASON))
            .end();
    }
}

/// The longest name in JSON, in characters: none in an accounts file is longer.
const MAX_NAME: usize = MAX_ACCOUNTS_ROW as usize;

/// The longest reason in JSON, in characters.
const MAX_REASON: usize = 4096;

/// A text of a journal, up to this many characters. What a terminal would take for commands, or not show, is escaped as JSON can: nothing is
/// lost.
struct Shown<'a>(&'a str, usize);

impl Json for Shown<'_> {
    fn write(&self, to: &mut Vec<u8>) {
        let Self(text, most) = *self;
        let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
        let mut json = Vec::new();
        text[..end].write(&mut json);
        for char in String::from_utf8_lossy(&json).chars() {
            let mut units = [0; 2];
            if is_hidden(char) {
                for unit in char.encode_utf16(&mut units) {
                    to.extend(format!("\\u{unit:04x}").into_bytes());
                }
            } else {
                to.extend(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

/// Calls in flight count as unknown.
fn unknown(counts: &StateCounts) -> u64 {
    counts.of(RotationState::Unknown) + counts.of(RotationState::Sending)
}

/// The exit status of a run that was not interrupted.
pub(super) fn status(counts: &StateCounts) -> ExitCode {
    let incomplete = unknown(counts) + counts.of(RotationState::Planned);
    ExitCode::from(match (incomplete, counts.of(RotationState::Refused)) {
        (0, 0) => 0,
        (0, _) => REFUSED,
        _ => INCOMPLETE,
    })
}
