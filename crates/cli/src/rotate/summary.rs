//! What became of the phones, on standard output; and what to do next.

use std::{
    io::{self, BufWriter, StdoutLock, Write},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use clap::ValueEnum;
use serde::{Serialize, Serializer, ser::SerializeMap};
use sip_password_rotate::{Journal, PhoneRecord, Protection, RotationState, StateCounts};

use super::{LEFT, REFUSED, Trouble};
use crate::failure::Failure;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// The counts, and a line for each phone that is refused or unknown
    Text,
    /// One object in one line
    Json,
}

/// Counts, and where there is a journal each phone that was sent and is not confirmed.
pub(super) struct Summary<'a> {
    head: Head<'a>,
    journal: Option<(&'a Journal, &'a Path)>,
}

/// The beginning of `--format json`.
#[derive(Serialize)]
struct Head<'a> {
    vendor: &'a str,
    phones: u64,
    confirmed: u64,
    refused: u64,
    unknown: u64,
    planned: u64,
    /// How many of those the same command would send.
    to_send: u64,
    stopped: Option<&'a str>,
}

/// A phone of `not_confirmed`.
struct NotConfirmed<'a> {
    columns: &'a [&'a str],
    record: &'a PhoneRecord<'a>,
}

impl Serialize for NotConfirmed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let record = self.record;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("line", &record.line)?;
        for (column, name) in self.columns.iter().zip(&record.names) {
            map.serialize_entry(column, name)?;
        }
        map.serialize_entry("state", record.state.name())?;
        map.serialize_entry("tries", &record.calls)?;
        map.serialize_entry("why", record.reason)?;
        map.end()
    }
}

impl<'a> Summary<'a> {
    /// `stopped`: why a run ended early.
    pub(super) fn new(
        journal: &'a Journal,
        path: &'a Path,
        stopped: Option<&'a str>,
    ) -> Result<Self, Failure> {
        let counts = journal.counts();
        let head = Head {
            vendor: journal.vendor(),
            phones: counts.total(),
            confirmed: counts.of(RotationState::Confirmed),
            refused: counts.of(RotationState::Refused),
            unknown: unknown(&counts),
            planned: counts.of(RotationState::Planned),
            to_send: journal.to_send(false).map_err(super::journal(path))?,
            stopped,
        };
        Ok(Self { head, journal: Some((journal, path)) })
    }

    /// Of so many phones, of which nothing was sent.
    pub(super) fn of_plan(vendor: &'a str, phones: u64) -> Self {
        let head = Head {
            vendor,
            phones,
            confirmed: 0,
            refused: 0,
            unknown: 0,
            planned: phones,
            to_send: phones,
            stopped: None,
        };
        Self { head, journal: None }
    }

    pub(super) fn print(&self, format: Format) -> Result<(), Failure> {
        let mut to = BufWriter::new(io::stdout().lock());
        let printed = match format {
            Format::Text => self.text(&mut to),
            Format::Json => self.json(&mut to),
        };
        match printed.and_then(|()| to.flush().map_err(Failure::printing)) {
            // Whoever reads no further has what they wanted, and the exit status says the rest.
            Err(Failure::ClosedPipe) => Ok(()),
            printed => printed,
        }
    }

    /// And on standard error, what to do next.
    pub(super) fn print_with_advice(&self, format: Format) -> Result<(), Failure> {
        let printed = self.print(format);
        self.advise()?;
        printed
    }

    fn text(&self, to: &mut BufWriter<StdoutLock<'_>>) -> Result<(), Failure> {
        let Head { vendor, phones, confirmed, refused, unknown, planned, to_send: _, stopped: _ } = self.head;
        let plural = if phones == 1 { "" } else { "s" };
        writeln!(
            to,
            "{vendor}: {phones} phone{plural}: {confirmed} confirmed, {refused} refused, {unknown} unknown, {planned} \
             not sent"
        )
        .map_err(Failure::printing)?;
        self.each(|record, _| {
            let (line, name, state) = (record.line, record.names.join("/"), record.state.name());
            let (tries, why) = (record.calls, record.reason);
            let plural = if tries == 1 { "" } else { "s" };
            writeln!(to, "line {line}: {name}: {state} after {tries} call{plural}: {why}")
                .map_err(Failure::printing)
        })
    }

    fn json(&self, to: &mut BufWriter<StdoutLock<'_>>) -> Result<(), Failure> {
        let broken = |error: serde_json::Error| Failure::printing(error.into());
        let head = serde_json::to_string(&self.head).map_err(broken)?;
        // Open again for one more member, which may be as long as the fleet.
        let head = head.strip_suffix('}').expect("it is an object");
        write!(to, "{head},\"not_confirmed\":[").map_err(Failure::printing)?;
        let mut first = true;
        self.each(|record, columns| {
            if !std::mem::take(&mut first) {
                to.write_all(b",").map_err(Failure::printing)?;
            }
            serde_json::to_writer(&mut *to, &NotConfirmed { columns, record }).map_err(broken)
        })?;
        to.write_all(b"]}\n").map_err(Failure::printing)
    }

    /// Each phone that was sent and is not confirmed, with the columns of its names.
    fn each(
        &self,
        mut see: impl FnMut(&PhoneRecord<'_>, &[&str]) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let Some((journal, path)) = self.journal else { return Ok(()) };
        let columns: Vec<_> = journal.columns().collect();
        journal
            .phones(&[RotationState::Refused, RotationState::Unknown], |record| {
                see(record, &columns).map_err(Trouble::Other)
            })
            .map_err(Trouble::at(path))
    }

    fn advise(&self) -> Result<(), Failure> {
        let Some((found, path)) = self.journal else { return Ok(()) };
        let Head { vendor, confirmed, refused, unknown, planned, to_send, stopped, .. } = self.head;
        let again = found.to_send(true).map_err(super::journal(path))?.saturating_sub(to_send);
        let mut advice = Vec::new();
        if let Some(why) = stopped {
            advice.push(format!("sip-password: ended early: {why}"));
        }
        if to_send > 0 {
            advice.push(format!("The same command goes on, with {to_send} of the phones."));
        }
        if again > 0 {
            advice.push(format!(
                "The vendor refused {again}. Once the cause is found, the same command with --retry-refused sends them again."
            ));
        }
        if vendor == "huawei" && refused + unknown + planned > to_send + again {
            advice.push(
                "Some accounts are not asked again, since one more failed check could lock them. See with which password \
                 their phones register."
                    .into(),
            );
        }
        if unknown > 0 {
            advice.push("An unknown phone has the password from before or the new one: keep both.".into());
        }
        let forgotten = found.forgotten().map_err(super::journal(path))?;
        if confirmed + unknown > forgotten {
            let not_forgotten = if forgotten > 0 { " that are not forgotten" } else { "" };
            let key = match found.protection() {
                Protection::Plaintext => "",
                Protection::Bytes | Protection::Passphrase => ", with the same key",
            };
            advice.push(format!(
                "For the new passwords{not_forgotten}: sip-password rotate export --journal {path:?} --output FILE{key}"
            ));
        }
        if !advice.is_empty() {
            crate::say(&advice.join("\n"));
        }
        Ok(())
    }
}

/// What is under way counts as unknown.
fn unknown(counts: &StateCounts) -> u64 {
    counts.of(RotationState::Unknown) + counts.of(RotationState::Sending)
}

pub(super) fn status(counts: &StateCounts) -> ExitCode {
    ExitCode::from(
        match (unknown(counts) + counts.of(RotationState::Planned), counts.of(RotationState::Refused)) {
            (0, 0) => 0,
            (0, _) => REFUSED,
            _ => LEFT,
        },
    )
}

/// As people say it, in whole seconds, and none where there is something.
pub(super) fn time(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    humantime::format_duration(Duration::from_secs(seconds)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (millis, text) in [(0, "0s"), (1, "1s"), (1000, "1s"), (59_001, "1m"), (5_999_400, "1h 40m")] {
            assert_eq!(time(Duration::from_millis(millis)), text);
        }
    }
}
