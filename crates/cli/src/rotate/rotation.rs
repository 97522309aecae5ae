//! A rotation: planned or gone on with, and run.

use std::{
    fs::{self, File},
    io::{self, Read},
    num::NonZeroUsize,
    path::Path,
    process::ExitCode,
    time::Duration,
};

use sip_password::{Client, Keystream, Preset};
use sip_password_rotate::{Draft, Fleet, Journal, Limits, Plan, PlanError, Rate, StopReason, run};

use super::{
    Common, INTERRUPTED,
    interrupt::Interrupt,
    journal,
    key::Given,
    open,
    progress::RunBar,
    summary::{self, Summary},
    warn_if_shared,
};
use crate::{failure::Failure, progress::Progress, rule::Rule, secrets::Secrets, seed};

/// What planning comes to.
enum Planned {
    Journal(Box<Journal>),
    /// So many phones, and nothing is kept.
    Dry(u64),
    /// Somebody asked to stop.
    Interrupted,
}

impl Common {
    /// Plans it or goes on with it.
    pub(super) fn rotate(
        &self,
        fleet: &dyn Fleet,
        rule: &Rule,
        secrets: &Secrets,
    ) -> Result<ExitCode, Failure> {
        let client = self.connection.client(self.concurrency.into())?;
        let given = Given::find(&self.key, self.plaintext, secrets)?;
        let interrupt;
        let planned = if fs::symlink_metadata(&self.journal).is_ok() {
            let mut found = open(&self.journal)?;
            found.check_fleet(fleet).map_err(journal(&self.journal))?;
            self.agrees_with(&found, rule)?;
            let key = given.for_existing(found.protection(), &self.journal)?;
            found.unlock(&key).map_err(journal(&self.journal))?;
            interrupt = Interrupt::watch()?;
            self.compare(found, fleet, &interrupt)?
        } else {
            let accounts = self.accounts.as_deref().ok_or_else(|| {
                let path = &self.journal;
                Failure::Use(format!("there is no journal {path:?}; to plan it, --accounts takes the phones"))
            })?;
            let narrowed = rule.without(&self.exclusions, &self.length)?;
            let length = narrowed.length(&self.length)?;
            let key = if self.dry_run { given.for_draft()? } else { given.for_new()? };
            interrupt = Interrupt::watch()?;
            let plan = Plan { fleet, policy: narrowed.policy(), length, key: &key };
            self.plan(&plan, accounts, &interrupt)?
        };
        match planned {
            Planned::Interrupted => {
                crate::say("sip-password: stopped before anything was sent");
                Ok(ExitCode::from(INTERRUPTED))
            }
            Planned::Dry(phones) => {
                self.would_send(phones, fleet);
                Summary::of_plan(fleet.vendor(), phones).print(self.format)?;
                Ok(ExitCode::SUCCESS)
            }
            Planned::Journal(found) if self.dry_run => {
                let phones = found.to_send(self.retry_refused).map_err(journal(&self.journal))?;
                self.would_send(phones, fleet);
                Summary::new(&found, &self.journal, None)?.print(self.format)?;
                Ok(ExitCode::SUCCESS)
            }
            Planned::Journal(mut found) => self.send(&mut found, fleet, &client, &interrupt),
        }
    }

    /// The vendor's rule, or the tenant's own.
    pub(super) fn rule(&self, vendor: &str) -> Result<Rule, Failure> {
        let preset = Preset::named(vendor).expect("each vendor has a preset");
        Ok(self.source.rule()?.unwrap_or_else(|| preset.into()))
    }

    /// That a journal was planned as the options have it, where they say something.
    fn agrees_with(&self, found: &Journal, rule: &Rule) -> Result<(), Failure> {
        let (path, present) = (&self.journal, found.length());
        if !self.length.is_given() && self.exclusions.is_empty() {
            return Ok(());
        }
        let planned = |option: &str| {
            Failure::Use(format!(
                "{option}: the journal {path:?} was planned with passwords of {present} characters"
            ))
        };
        if self.length.length.is_some_and(|length| length != present) {
            return Err(planned("--length"));
        }
        let narrowed = rule.without(&self.exclusions, &self.length)?;
        if self.length.bits.is_some() && narrowed.length(&self.length)? != present {
            return Err(planned("--bits"));
        }
        if !self.exclusions.is_empty() && narrowed.policy().alphabet().iter().ne(found.alphabet().chars()) {
            return Err(Failure::Use(format!(
                "--exclude or --safe-for: the journal {path:?} was planned with passwords of other characters: {}",
                found.alphabet()
            )));
        }
        Ok(())
    }

    fn plan(&self, plan: &Plan<'_>, accounts: &Path, interrupt: &Interrupt) -> Result<Planned, Failure> {
        let mut keystream = Keystream::new(&seed::seed(None)?);
        let draft = Draft::new(&self.journal, plan, source(accounts, plan.fleet, interrupt)?, &mut keystream);
        if interrupt.is_set() {
            return Ok(Planned::Interrupted);
        }
        let draft = draft.map_err(self.not_planned(accounts))?;
        if self.dry_run {
            return Ok(Planned::Dry(draft.phones()));
        }
        draft.commit(plan.key).map(|kept| Planned::Journal(kept.into())).map_err(journal(&self.journal))
    }

    /// That a journal has these accounts, where there are any.
    fn compare(&self, found: Journal, fleet: &dyn Fleet, interrupt: &Interrupt) -> Result<Planned, Failure> {
        let Some(accounts) = &self.accounts else { return Ok(Planned::Journal(found.into())) };
        let compared = found.check_accounts(fleet, source(accounts, fleet, interrupt)?);
        if interrupt.is_set() {
            return Ok(Planned::Interrupted);
        }
        compared.map_err(self.not_planned(accounts))?;
        Ok(Planned::Journal(found.into()))
    }

    /// For `map_err`: the accounts or the journal fail before anything is sent.
    fn not_planned<'a>(&'a self, accounts: &'a Path) -> impl FnOnce(PlanError) -> Failure + 'a {
        move |error| match error {
            PlanError::Accounts(error) => Failure::Use(format!("{accounts:?}, {error}; nothing was sent")),
            PlanError::Journal(error) => journal(&self.journal)(error),
            error => Failure::Use(format!("{error}; nothing was sent")),
        }
    }

    fn rate(&self, fleet: &dyn Fleet) -> Option<Rate> {
        self.rate.map_or_else(|| Some(fleet.default_rate()), |rate| rate.0)
    }

    /// Says how much would be sent, and how long that takes at least.
    fn would_send(&self, phones: u64, fleet: &dyn Fleet) {
        let calls = phones.div_ceil(fleet.max_batch().max(1) as u64);
        let plural = |count| if count == 1 { "" } else { "s" };
        let pace = self.rate(fleet).map_or_else(String::new, |rate| {
            // The first need not wait.
            let nanos = rate.interval().as_nanos() * u128::from(calls.saturating_sub(1));
            let least = Duration::from_nanos(nanos.try_into().unwrap_or(u64::MAX));
            format!(", at {rate}, which takes {} at least", summary::time(least))
        });
        crate::say(&format!(
            "sip-password: would send {phones} phone{} by {calls} call{}{pace}; nothing was sent",
            plural(phones),
            plural(calls)
        ));
    }

    fn send(
        &self,
        found: &mut Journal,
        fleet: &dyn Fleet,
        client: &Client,
        interrupt: &Interrupt,
    ) -> Result<ExitCode, Failure> {
        if self.retry_refused {
            found.retry_refused().map_err(journal(&self.journal))?;
        }
        let limits = Limits {
            rate: self.rate(fleet),
            concurrency: NonZeroUsize::new(self.concurrency.into()).expect("it is in its range, from 1"),
        };
        let mut progress = RunBar::new(&found.counts(), interrupt);
        let ended = run(found, fleet, client, &limits, interrupt.flag(), |now| progress.show(now));
        drop(progress);
        let stopped = ended.map_err(journal(&self.journal))?.stopped;
        let why = stopped.as_ref().map(ToString::to_string);
        let status = match stopped {
            Some(StopReason::Requested) => ExitCode::from(INTERRUPTED),
            _ => summary::status(&found.counts()),
        };
        Summary::new(found, &self.journal, why.as_deref())?.print_with_advice(self.format)?;
        Ok(status)
    }
}

/// The accounts, with a bar, until somebody asks to stop.
fn source(path: &Path, fleet: &dyn Fleet, interrupt: &Interrupt) -> Result<impl Read + use<>, Failure> {
    let file = File::open(path).map_err(Failure::with("read", path))?;
    let metadata = file.metadata().ok().filter(fs::Metadata::is_file);
    if let Some(metadata) = &metadata
        && fleet.account_password_column().is_some()
    {
        warn_if_shared(metadata, path);
    }
    let size = metadata.map(|metadata| metadata.len());
    Ok(Shown { from: interrupt.reader(file), progress: Progress::of_bytes(size, false) })
}

struct Shown<R> {
    from: R,
    progress: Progress,
}

impl<R: Read> Read for Shown<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.progress.add(read as u64);
        Ok(read)
    }
}
