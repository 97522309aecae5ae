//! A rotation: planned or resumed, and run.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use clap::Args;
use sip_password::{Client, Keystream, Preset};
use sip_password_rotate::{
    Draft, Fleet, Journal, Limits, Plan, PlanError, Protection, Rate, RotationState, StopReason,
    display_text, run,
};

use super::{
    INCOMPLETE,
    anchor::{OlderCopy, anchor, unlock, unlock_for_dry_run},
    correction::correct,
    interrupt::{Interrupt, Reader},
    journal::{journal_error, open},
    key::{self, GivenKey},
    max_rate::MaxRate,
    progress::ProgressReport,
    rows::{self, report_wrong},
    summary::{self, Format, Summary},
    waves::{self, Next, Waves},
};
use crate::{
    connection,
    error::{CommandError, name_of},
    input,
    permissions::check_private,
    plural,
    policy::{
        NamedPolicy,
        accepted_by::AcceptedBy,
        options::{Exclusions, Length, PolicySource},
    },
    progress::{Progress, time},
    secrets::{self, Secrets},
    seed,
    signals::INTERRUPTED,
    usage::number,
};

/// The options of `rotate` that all vendors share.
#[derive(Args)]
#[group(skip)]
pub(super) struct Rotation {
    /// A CSV file with a header, the columns in any order, and one phone a row. It is read to plan the rotation; later it is only compared with the journal, unless --retry-refused takes corrected account passwords from it
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,
    /// The journal file: a new one, or an existing one to resume
    #[arg(long, value_name = "FILE")]
    journal: PathBuf,
    /// The highest rate of calls, evenly spaced, such as 100/min (or 100/minute), 10/s, 1000/hour or 50/10s; none for no limit
    #[arg(long, value_name = "RATE")]
    rate: Option<MaxRate>,
    /// The most calls in flight at a time
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = number::<u16>(1..=256))]
    concurrency: u16,
    #[command(flatten)]
    length: Length,
    #[command(flatten)]
    exclusions: Exclusions,
    #[command(flatten)]
    policy: PolicySource,
    #[command(flatten)]
    accepted_by: AcceptedBy,
    /// No new password contains what this column of the accounts file has in its row, such as the name of the account, in upper or lower case; can
    /// be given several times. An empty field is no word
    #[arg(long, value_name = "COLUMN")]
    not_containing: Vec<String>,
    #[command(flatten)]
    secrets: secrets::Options,
    #[command(flatten)]
    key: key::FileOption,
    /// Do not encrypt the journal, and do not authenticate it: whoever has it has the passwords, and whoever can write it can change what is sent
    #[arg(long)]
    plaintext: bool,
    #[command(flatten)]
    connection: connection::Options,
    #[command(flatten)]
    waves: waves::Options,
    /// Check everything, print what would be sent, and send nothing. No journal is written or changed
    #[arg(long)]
    dry_run: bool,
    /// Send refused phones again, after the cause was found. At Huawei, --accounts may then name a file with corrected account passwords, of refused phones or of all
    #[arg(long)]
    retry_refused: bool,
    #[command(flatten)]
    older: OlderCopy,
    /// The format of the summary
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What does not depend on the fleet.
pub(super) struct Prepared {
    client: Client,
    waves: Waves,
    key: GivenKey,
    existing: Option<Journal>,
}

impl Prepared {
    /// The journal that is to be resumed, if there is one.
    pub(super) const fn existing(&self) -> Option<&Journal> {
        self.existing.as_ref()
    }
}

/// What there is to run.
enum Planned {
    Journal {
        journal: Box<Journal>,
        /// The number of phones that would be sent, if a dry run has left out what changes it.
        to_send: Option<u64>,
    },
    /// This many phones would be sent, and nothing is written.
    DryRun(u64),
    /// Ctrl-C came first.
    Interrupted,
}

impl Rotation {
    pub(super) fn secrets(&self) -> Result<Secrets, CommandError> {
        self.secrets.open()
    }

    pub(super) const fn connection(&self) -> &connection::Options {
        &self.connection
    }

    /// The vendor's policy or the tenant's own, for as many systems as there are.
    pub(super) fn policy(&self, vendor: &str) -> Result<NamedPolicy, CommandError> {
        let preset = Preset::named(vendor).expect("each vendor has a preset");
        let own = self.policy.policy()?;
        let policy = self.accepted_by.of(own.unwrap_or_else(|| preset.into()), &self.policy)?;
        policy.report_doubts();
        Ok(policy)
    }

    /// Opens the journal, if there is one.
    /// `names`: those of the secrets.
    pub(super) fn prepare(
        &self,
        secrets: &Secrets,
        names: Vec<&'static str>,
    ) -> Result<Prepared, CommandError> {
        let waves = self.waves.open(names)?;
        let client = self.connection.client(self.concurrency.into())?;
        let key = GivenKey::find(&self.key, self.plaintext, secrets)?;
        let exists = fs::symlink_metadata(&self.journal).is_ok();
        Ok(Prepared { client, waves, key, existing: exists.then(|| open(&self.journal)).transpose()? })
    }

    /// Plans or resumes the rotation, and runs it.
    pub(super) fn run(
        &self,
        fleet: &dyn Fleet,
        policy: &NamedPolicy,
        prepared: Prepared,
    ) -> Result<ExitCode, CommandError> {
        let Prepared { client, waves, key, existing } = prepared;
        let (planned, interrupt) = match existing {
            Some(journal) => self.resume(journal, fleet, policy, key)?,
            None => self.plan(fleet, policy, key)?,
        };
        match planned {
            Planned::Interrupted => {
                crate::report("sip-password: interrupted before anything was sent");
                Ok(ExitCode::from(INTERRUPTED))
            }
            Planned::DryRun(phones) => {
                self.report_dry_run(phones, fleet);
                Summary::of_plan(fleet.vendor(), phones).print(self.format)?;
                Ok(ExitCode::SUCCESS)
            }
            Planned::Journal { journal, to_send } if self.dry_run => {
                let phones = match to_send {
                    Some(phones) => phones,
                    None => journal.to_send(self.retry_refused).map_err(journal_error(&self.journal))?,
                };
                self.report_dry_run(phones, fleet);
                Summary::new(&journal, &self.journal, None)?.print(self.format)?;
                Ok(ExitCode::SUCCESS)
            }
            Planned::Journal { mut journal, .. } => {
                self.send(&mut journal, fleet, &client, &waves, &interrupt)
            }
        }
    }

    /// Compares an existing journal with the options.
    fn resume(
        &self,
        mut journal: Journal,
        fleet: &dyn Fleet,
        policy: &NamedPolicy,
        key: GivenKey,
    ) -> Result<(Planned, Interrupt), CommandError> {
        journal.check_fleet(fleet).map_err(journal_error(&self.journal))?;
        self.check_passwords(&journal, policy)?;
        if journal.protection() == Protection::Plaintext && !self.plaintext && !key.is_given() {
            // Somebody may have put it in the place of an encrypted one, with passwords of their choice.
            return Err(CommandError::new(format!(
                "the journal {:?} is not encrypted, and nothing shows who wrote it; if you planned it with --plaintext, add that option",
                self.journal
            )));
        }
        let key = key.for_existing(journal.protection(), &self.journal)?;
        match self.dry_run {
            true => unlock_for_dry_run(&mut journal, &key, &self.older, &self.journal)?,
            false => unlock(&mut journal, &key, &self.older, &self.journal)?,
        }
        let interrupt = Interrupt::watch();
        let mut to_send = None;
        if let Some(path) = &self.accounts {
            let accounts = open_accounts(path, fleet, &interrupt)?;
            let read = if self.retry_refused && fleet.account_password_column().is_some() {
                let corrected = correct(&mut journal, fleet, path, accounts, self.dry_run);
                corrected.map(|correction| to_send = Some(correction.to_send))
            } else {
                journal.check_accounts(fleet, accounts)
            };
            if interrupt.is_set() {
                return Ok((Planned::Interrupted, interrupt));
            }
            read.map_err(self.plan_error(path))?;
        }
        Ok((Planned::Journal { journal: journal.into(), to_send }, interrupt))
    }

    /// Plans a new rotation, and writes its journal.
    fn plan(
        &self,
        fleet: &dyn Fleet,
        policy: &NamedPolicy,
        key: GivenKey,
    ) -> Result<(Planned, Interrupt), CommandError> {
        let accounts = self.accounts.as_deref().ok_or_else(|| {
            CommandError::new(format!(
                "there is no journal of the name {}; to plan a new rotation, add --accounts with the phones",
                name_of(&self.journal)
            ))
        })?;
        let narrowed = policy.without(&self.exclusions, &self.length)?;
        let length = narrowed.length(&self.length)?;
        let key = if self.dry_run { key.for_draft()? } else { key.for_new()? };
        let interrupt = Interrupt::watch();
        let columns: Vec<&str> = self.not_containing.iter().map(String::as_str).collect();
        let (policy, not_containing) = (narrowed.policy(), &columns[..]);
        let plan = Plan { fleet, policy, length, key: &key, not_containing };
        let mut keystream = Keystream::new(&seed::seed(None)?);
        let source = open_accounts(accounts, fleet, &interrupt)?;
        if self.dry_run {
            let visit = report_wrong(accounts);
            let checked = Draft::check(&self.journal, &plan, source, &mut keystream, visit);
            if interrupt.is_set() {
                return Ok((Planned::Interrupted, interrupt));
            }
            return Ok((Planned::DryRun(checked.map_err(self.plan_error(accounts))?), interrupt));
        }
        let draft = Draft::new(&self.journal, &plan, source, &mut keystream);
        if interrupt.is_set() {
            return Ok((Planned::Interrupted, interrupt));
        }
        let draft = draft.map_err(self.plan_error(accounts))?;
        let mut journal = draft.commit(&key).map_err(journal_error(&self.journal))?;
        anchor(&mut journal, self.older.is_accepted(), &self.journal)?;
        Ok((Planned::Journal { journal: journal.into(), to_send: None }, interrupt))
    }

    /// Checks that a journal was planned with the passwords that the options ask for, if they ask for any.
    fn check_passwords(&self, journal: &Journal, policy: &NamedPolicy) -> Result<(), CommandError> {
        let (path, length) = (&self.journal, journal.length());
        let (given, planned): (BTreeSet<&str>, BTreeSet<&str>) =
            (self.not_containing.iter().map(String::as_str).collect(), journal.not_containing().collect());
        if !given.is_empty() && given != planned {
            let planned: Vec<_> = planned.into_iter().map(display_text).collect();
            let planned = if planned.is_empty() { "none".into() } else { planned.join(", ") };
            return Err(CommandError::new(format!(
                "--not-containing: the journal {path:?} was planned with other columns: {planned}"
            )));
        }
        if !self.length.is_given() && self.exclusions.is_empty() {
            return Ok(());
        }
        let other_length = |option: &str| {
            CommandError::new(format!(
                "{option}: the journal {path:?} was planned with passwords of {length} characters"
            ))
        };
        if self.length.length.is_some_and(|asked| asked != length) {
            return Err(other_length("--length"));
        }
        let narrowed = policy.without(&self.exclusions, &self.length)?;
        if self.length.bits.is_some() && narrowed.length(&self.length)? != length {
            return Err(other_length("--bits"));
        }
        let asked = (narrowed.policy().alphabet(), narrowed.policy().rules().excluded_first());
        let planned = (journal.alphabet(), journal.excluded_first());
        let is_same = asked.0.iter().eq(planned.0.chars()) && asked.1.iter().eq(planned.1.chars());
        if !self.exclusions.is_empty() && !is_same {
            let first = match planned.1 {
                "" => String::new(),
                first => format!(", and none of these as the first: {}", display_text(first)),
            };
            return Err(CommandError::new(format!(
                "--exclude or --safe-for: the journal {path:?} was planned with passwords of other characters: {}{first}",
                display_text(planned.0)
            )));
        }
        Ok(())
    }

    /// For `map_err`: the accounts or the journal have an error before anything is sent.
    fn plan_error<'a>(&'a self, accounts: &'a Path) -> impl FnOnce(PlanError) -> CommandError + 'a {
        move |error| match error {
            PlanError::Accounts(error) => {
                CommandError::new(format!("{accounts:?}, {error}; nothing was sent"))
            }
            PlanError::WrongRows { wrong, right } => {
                CommandError::new(format!("{accounts:?}: {}; nothing was sent", rows::summary(wrong, right)))
            }
            PlanError::Journal(error) => journal_error(&self.journal)(error),
            error => CommandError::new(format!("{error}; nothing was sent")),
        }
    }

    fn rate(&self, fleet: &dyn Fleet) -> Option<Rate> {
        self.rate.map_or_else(|| Some(fleet.default_rate()), |rate| rate.0)
    }

    /// Reports how many phones and calls would be sent, and how long that takes at least.
    fn report_dry_run(&self, phones: u64, fleet: &dyn Fleet) {
        let calls = phones.div_ceil(fleet.max_batch().max(1) as u64);
        let rate = self.rate(fleet).map_or_else(String::new, |rate| {
            // The first call need not wait.
            let nanos = rate.interval().as_nanos() * u128::from(calls.saturating_sub(1));
            let least = Duration::from_nanos(nanos.try_into().unwrap_or(u64::MAX));
            format!(", which takes at least {} at {rate}", time(least))
        });
        crate::report(&format!(
            "sip-password: would send {phones} phone{} in {calls} call{}{rate}; nothing was sent",
            plural(phones),
            plural(calls)
        ));
    }

    /// Sends what the journal has, and prints the summary.
    fn send(
        &self,
        journal: &mut Journal,
        fleet: &dyn Fleet,
        client: &Client,
        waves: &Waves,
        interrupt: &Interrupt,
    ) -> Result<ExitCode, CommandError> {
        if self.retry_refused {
            journal.retry_refused().map_err(journal_error(&self.journal))?;
        }
        let path = &self.journal;
        let mut next = waves.first(journal, path, interrupt)?;
        while let Next::Send(wave) = next {
            let before = journal.counts().of(RotationState::Planned);
            let stopped = self.send_wave(journal, fleet, client, waves, wave, interrupt)?;
            let progress = journal.counts().of(RotationState::Planned) < before;
            next = waves.after(wave, stopped, progress, journal, path, interrupt)?;
        }
        let (stopped, for_later) = match next {
            Next::Export(phones) => (None, phones),
            Next::End(stopped) => (stopped, 0),
            Next::Send(_) => unreachable!("the loop is over"),
        };
        let reason = stopped.as_ref().map(ToString::to_string);
        let left =
            if waves.has_hook() { journal.unprovisioned(false).map_err(journal_error(path))? } else { 0 };
        let status = match stopped {
            Some(StopReason::Requested) => ExitCode::from(INTERRUPTED),
            _ if left > 0 => ExitCode::from(INCOMPLETE),
            _ => summary::status(&journal.counts()),
        };
        Summary::new(journal, path, reason.as_deref())?.print_with_advice(self.format)?;
        if left > 0 {
            crate::report(&format!(
                "{left} confirmed phone{} no service until --on-confirmed has handed the new password{} on: the same command begins with that.",
                if left == 1 { " has" } else { "s have" },
                plural(left)
            ));
        }
        if for_later > 0 {
            crate::report(&format!(
                "The wave is sent. Export it, and provision its phones: then the same command sends the next of {for_later} planned phone{}.",
                plural(for_later)
            ));
        }
        Ok(status)
    }

    /// Sends at most this many planned phones, and those whose state is unknown: why it stopped before.
    fn send_wave(
        &self,
        journal: &mut Journal,
        fleet: &dyn Fleet,
        client: &Client,
        waves: &Waves,
        wave: Option<u64>,
        interrupt: &Interrupt,
    ) -> Result<Option<StopReason>, CommandError> {
        let limits = Limits {
            rate: self.rate(fleet),
            concurrency: NonZeroUsize::new(self.concurrency.into()).expect("the option is at least 1"),
            wave,
        };
        waves.wait_until_open(interrupt);
        let stop = AtomicBool::new(interrupt.is_set());
        let mut report = ProgressReport::new(&journal.counts(), interrupt);
        let ended = run(journal, fleet, client, &limits, &stop, |now| {
            report.show(now);
            if interrupt.is_set() || !waves.is_open() {
                stop.store(true, Ordering::Relaxed);
            }
        });
        Ok(ended.map_err(journal_error(&self.journal))?.stopped)
    }
}

/// The accounts file, read until Ctrl-C, with its progress.
fn open_accounts(
    path: &Path,
    fleet: &dyn Fleet,
    interrupt: &Interrupt,
) -> Result<WithProgress<Reader<File>>, CommandError> {
    let (file, _) = input::open(Some(path))?;
    // The accounts' own passwords are as secret as those in the --secrets file.
    if fleet.account_password_column().is_some() && !input::is_standard_input(path) {
        check_private(&file, path)?;
    }
    let metadata = file.metadata().ok().filter(fs::Metadata::is_file);
    let size = metadata.map(|metadata| metadata.len());
    Ok(WithProgress { source: interrupt.reader(file), progress: Progress::of_bytes(size, false) })
}

struct WithProgress<R> {
    source: R,
    progress: Progress,
}

impl<R: Read> Read for WithProgress<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.progress.add(read as u64);
        Ok(read)
    }
}
