//! Waves: some phones are sent and handed on, and only then the next ones.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant, SystemTime},
};

use clap::Args;
use jiff::tz::TimeZone;
use sip_password_rotate::{Journal, Provisioning, StopReason, display_name, display_text};
use zeroize::Zeroizing;

use super::{
    export::columns::{Columns, Format},
    interrupt::Interrupt,
    journal::journal_error,
    window::{Window, WindowIn, zone},
};
use crate::{
    error::CommandError,
    hook::{self, Hook},
    plural,
    progress::{StatusLine, time},
    report,
    usage::number,
};

/// The phones of a wave with `--on-confirmed`, unless `--wave` says otherwise.
const DEFAULT_WAVE: u64 = 20;
/// Outside the window, the time until the clock is looked at again.
const LOOK: Duration = Duration::from_secs(1);
/// The pauses before the program is run once more for the phones for which it failed.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(16)];

/// When phones are sent, how many before they are handed on, and how.
#[derive(Args)]
#[group(skip)]
pub(super) struct Options {
    /// Send at most this many phones that were not sent before. No more are sent until these have their passwords: with --on-confirmed, the same command goes on then; without it, it refuses to until they were exported
    #[arg(long, value_name = "N", value_parser = number::<u64>(1..=1_000_000_000))]
    wave: Option<u64>,
    #[command(flatten)]
    hook: hook::Options,
    /// The format in which the program receives the phone: a line of JSON, or two of CSV, with a header, which `provision` reads
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Json, requires = "on_confirmed")]
    record: Format,
    /// Hand each phone on before the next one is sent: --wave 1
    #[arg(long, requires = "on_confirmed", conflicts_with = "wave")]
    provision_first: bool,
    /// Make calls only between these times of the day, such as 22:00-04:00; outside them, the command hands on what is confirmed, and waits
    #[arg(long, value_name = "FROM-TO")]
    window: Option<Window>,
    /// The time zone of --window, such as Asia/Singapore or UTC [default: that of this machine]
    #[arg(long, value_name = "NAME", requires = "window", value_parser = zone)]
    time_zone: Option<TimeZone>,
}

/// What the options say of one rotation.
pub(super) struct Waves {
    /// The most phones of a wave.
    pub(super) wave: Option<u64>,
    hook: Option<Hook>,
    record: Format,
    hours: Option<WindowIn>,
}

/// What comes next.
pub(super) enum Next {
    /// A wave of at most this many planned phones; `None` for all.
    Send(Option<u64>),
    /// No more, and why, if there is more to do.
    End(Option<StopReason>),
    /// No more until the phones of the wave are exported. So many are left for the next waves.
    Export(u64),
}

impl Options {
    /// Checks the options before anything is made or sent.
    pub(super) fn open(&self, secrets: Vec<&'static str>) -> Result<Waves, CommandError> {
        let hook = self.hook.hook(secrets)?;
        let default = hook.is_some().then_some(DEFAULT_WAVE);
        let hours =
            self.window.map(|window| window.in_zone(self.time_zone.clone().unwrap_or_else(TimeZone::system)));
        Ok(Waves {
            wave: if self.provision_first { Some(1) } else { self.wave.or(default) },
            hook,
            record: self.record,
            hours,
        })
    }
}

impl Waves {
    /// Whether calls may be made at this time.
    pub(super) fn is_open(&self) -> bool {
        self.hours.as_ref().is_none_or(|hours| hours.closed_for(SystemTime::now()).is_none())
    }

    /// Waits until calls may be made, or until Ctrl-C.
    pub(super) fn wait_until_open(&self, interrupt: &Interrupt) {
        let Some(hours) = &self.hours else { return };
        let mut line = StatusLine::on_terminal();
        let mut is_reported = false;
        // The clock is looked at again: a person may set it.
        while let Some(left) = hours.closed_for(SystemTime::now()) {
            if interrupt.is_set() {
                break;
            }
            let text = || format!("outside the window; it opens in {}", time(left));
            match &mut line {
                Some(line) => line.update(text),
                None if !is_reported => report(&format!("sip-password: {}", text())),
                None => {}
            }
            is_reported = true;
            wait(left.min(LOOK), interrupt);
        }
    }

    pub(super) const fn has_hook(&self) -> bool {
        self.hook.is_some()
    }

    /// What the first run of this command sends.
    pub(super) fn first(
        &self,
        journal: &mut Journal,
        path: &Path,
        interrupt: &Interrupt,
    ) -> Result<Next, CommandError> {
        if self.wave.is_some() && !self.has_hook() {
            let waiting = journal.unprovisioned(true).map_err(journal_error(path))?;
            if waiting > 0 {
                return Err(CommandError::new(format!(
                    "--wave: {waiting} phone{} of an earlier wave {} confirmed, and not exported: expected `rotate export --journal {path:?}`, \
                     and the phones provisioned, before the next wave; nothing was sent",
                    plural(waiting),
                    if waiting == 1 { "is" } else { "are" }
                )));
            }
        }
        if let Some(reason) = self.hand_on(journal, path, interrupt)? {
            return Ok(Next::End(Some(reason)));
        }
        // Phones in doubt come before new ones.
        let in_doubt = journal.to_settle().map_err(journal_error(path))?;
        Ok(Next::Send(self.wave.map(|wave| if in_doubt > 0 { 0 } else { wave })))
    }

    /// What comes after a run that sent at most `sent` planned phones, stopped for this reason, and left fewer phones planned if `progress`.
    pub(super) fn after(
        &self,
        sent: Option<u64>,
        stopped: Option<StopReason>,
        progress: bool,
        journal: &mut Journal,
        path: &Path,
        interrupt: &Interrupt,
    ) -> Result<Next, CommandError> {
        let failed = self.hand_on(journal, path, interrupt)?;
        // The window closed: when it opens again, the run goes on.
        let has_closed = stopped == Some(StopReason::Requested) && !interrupt.is_set();
        if failed.is_some() || stopped.is_some() && !has_closed {
            return Ok(Next::End(stopped.or(failed)));
        }
        match (sent, has_closed) {
            (None, false) => return Ok(Next::End(None)),
            (None, true) => return Ok(Next::Send(None)),
            (Some(_), true) if self.has_hook() => return self.first(journal, path, interrupt),
            (Some(_), _) => {}
        }
        let in_doubt = journal.to_settle().map_err(journal_error(path))?;
        let planned = journal.to_send(false).map_err(journal_error(path))?.saturating_sub(in_doubt);
        let next = if sent == Some(0) || progress { Next::Send(self.wave) } else { Next::End(None) };
        match (in_doubt, planned) {
            (_, 0) => Ok(Next::End(None)),
            (0, _) if self.has_hook() => Ok(next),
            (0, planned) => match journal.unprovisioned(true).map_err(journal_error(path))? {
                0 => Ok(next),
                _ => Ok(Next::Export(planned)),
            },
            (in_doubt, _) => Ok(Next::End(Some(StopReason::Failing(format!(
                "{in_doubt} phone{} of the wave {} unknown, and no others are sent until it is known what they have",
                plural(in_doubt),
                if in_doubt == 1 { "is" } else { "are" }
            ))))),
        }
    }

    /// Runs the program for each confirmed phone that has not got its password; why no more phones are to be sent, if it fails.
    fn hand_on(
        &self,
        journal: &mut Journal,
        path: &Path,
        interrupt: &Interrupt,
    ) -> Result<Option<StopReason>, CommandError> {
        let Some(hook) = &self.hook else { return Ok(None) };
        let columns = Columns::new(journal, self.record);
        // Longer than most records, so that few copies are made.
        let mut record = Zeroizing::new(Vec::with_capacity(1 << 16));
        let mut failed = 0;
        for pause in [Duration::ZERO].into_iter().chain(PAUSES) {
            if failed > 0 {
                wait(pause, interrupt);
            }
            let handed_on = journal.provision(|phone, passwords| {
                if interrupt.is_set() {
                    return Provisioning::Stop;
                }
                record.clear();
                columns.write_header(&mut record);
                columns.write_phone(phone, passwords, &mut record);
                let Err(reason) = hook.hand_on(&record) else { return Provisioning::Done };
                let (line, name) = (phone.line, display_name(&phone.names));
                report(&format!(
                    "sip-password: line {line}: {name}: not provisioned: {}",
                    display_text(&reason)
                ));
                Provisioning::Failed(reason)
            });
            let handed_on = handed_on.map_err(journal_error(path))?;
            if handed_on.stopped {
                return Ok(Some(StopReason::Requested));
            }
            failed = handed_on.failed;
            if failed == 0 {
                return Ok(None);
            }
        }
        Ok(Some(StopReason::Failing(format!(
            "{failed} confirmed phone{} not provisioned, and no others are sent until {} passwords",
            if failed == 1 { " is" } else { "s are" },
            if failed == 1 { "it has its" } else { "they have their" },
        ))))
    }
}

/// Waits this long, or until Ctrl-C.
fn wait(pause: Duration, interrupt: &Interrupt) {
    let begun = Instant::now();
    while begun.elapsed() < pause && !interrupt.is_set() {
        thread::sleep(Duration::from_millis(20));
    }
}
