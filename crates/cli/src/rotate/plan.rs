//! `sip-password rotate plan`

use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Args, ValueEnum};
use sip_password_rotate::{Exotel, Huawei, NxCloud, Rate};

use super::{max_rate::MaxRate, summary::Format, window::Window};
use crate::{
    error::CommandError, json::Object, list::List, plural, progress::time, standard_output, usage::number,
};

/// The waves that are compared unless `--wave` names others.
const WAVES: [u64; 2] = [200, 20];

/// Print how long phones are without service in a rotation, by the size of its waves. Nothing is sent
///
/// From the call that changes its password until it has the new one, a phone cannot register. How long that takes depends on how many
/// phones are sent before they are provisioned, on the rate, and on how long provisioning takes, which only you know. Pauses of the vendor come on
/// top.
#[derive(Args)]
#[command(after_help = "\
Examples:
  sip-password rotate plan exotel --accounts phones.csv --provisioning 5m
  sip-password rotate plan huawei --phones 5000 --rate 300/min \\
      --provisioning-each 2s --wave 100 --window 22:00-04:00")]
pub(super) struct Options {
    /// The vendor, for its usual rate
    #[arg(value_enum)]
    vendor: Vendor,
    /// A CSV file with a header and one phone a row, which are counted
    #[arg(long, value_name = "FILE", required_unless_present = "phones", conflicts_with = "phones")]
    accounts: Option<PathBuf>,
    /// The number of phones, if there is no file
    #[arg(long, value_name = "N", value_parser = number::<u64>(1..=1_000_000_000))]
    phones: Option<u64>,
    /// The highest rate of calls, such as 100/min; none for no limit [default: the vendor's usual one]
    #[arg(long, value_name = "RATE")]
    rate: Option<MaxRate>,
    /// The phones of a call [default: 1, or at NXCloud the number that one call takes unless --batch says otherwise]
    #[arg(long, value_name = "N", value_parser = number::<u64>(1..=200))]
    batch: Option<u64>,
    /// The phones of a wave; can be given several times [default: 200 and 20]
    #[arg(long, value_name = "N", value_parser = number::<u64>(1..=1_000_000_000))]
    wave: Vec<u64>,
    /// The time from the last call of a wave until its phones can register again, such as 10m: export, upload, restart
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    provisioning: Duration,
    /// The time that each phone takes, one after another, such as 2s: what a program of --on-confirmed takes
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    provisioning_each: Duration,
    /// The hours in which calls are made, such as 22:00-04:00, for the number of days that it takes
    #[arg(long, value_name = "FROM-TO")]
    window: Option<Window>,
    /// The format of the output
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Vendor {
    Huawei,
    Exotel,
    Nxcloud,
}

impl Vendor {
    const fn rate(self) -> Rate {
        match self {
            Self::Huawei => Huawei::USUAL_RATE,
            Self::Exotel => Exotel::USUAL_RATE,
            Self::Nxcloud => NxCloud::USUAL_RATE,
        }
    }

    const fn batch(self) -> u64 {
        match self {
            Self::Huawei | Self::Exotel => 1,
            Self::Nxcloud => NxCloud::DEFAULT_BATCH as u64,
        }
    }
}

/// A time such as 90s, 5m or 2h.
fn duration(text: &str) -> Result<Duration, &'static str> {
    const ERROR: &str = "expected a time such as 90s, 5m or 2h";
    let (number, seconds) = match text.split_at_checked(text.len().saturating_sub(1)).ok_or(ERROR)? {
        (number, "s") => (number, 1),
        (number, "m") => (number, 60),
        (number, "h") => (number, 3600),
        _ => return Err(ERROR),
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ERROR);
    }
    let number: u32 = number.parse().map_err(|_| ERROR)?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

/// What is the same for waves of every size.
struct Pace {
    phones: u64,
    batch: u64,
    /// From one call to the next.
    interval: Duration,
    provisioning: Duration,
    provisioning_each: Duration,
}

/// How long phones are without service in waves of one size.
#[derive(Debug, PartialEq, Eq)]
struct Outage {
    /// The phones of a wave.
    wave: u64,
    waves: u64,
    /// Of the phone for which it takes longest.
    longest: Duration,
    /// Of all phones.
    mean: Duration,
    /// From the first call until the last phone can register.
    whole: Duration,
}

impl Pace {
    fn outage(&self, wave: u64) -> Outage {
        let wave = wave.min(self.phones);
        let (full, rest) = (self.phones / wave, self.phones % wave);
        // Each wave but the first waits for the rate, too.
        let gap = self.interval.saturating_sub(self.provisioning + times(self.provisioning_each, wave));
        let waves = full + u64::from(rest > 0);
        let whole = times(self.length(wave), full) + self.length(rest) + times(gap, waves - 1);
        let sum = u128::from(full) * self.sum(wave) + self.sum(rest);
        let mean = sum / u128::from(self.phones);
        Outage { wave, waves, longest: self.longest(wave), mean: nanos(mean), whole }
    }

    /// The time of the last call of a wave, from its first.
    fn last_call(&self, wave: u64) -> Duration {
        times(self.interval, wave.div_ceil(self.batch).saturating_sub(1))
    }

    fn length(&self, wave: u64) -> Duration {
        match wave {
            0 => Duration::ZERO,
            _ => self.last_call(wave) + self.provisioning + times(self.provisioning_each, wave),
        }
    }

    /// The first phones wait for the last call, and the last ones for all others to be provisioned. In between it grows or falls from call to
    /// call by the same time, so it is one of: the last phone of the first call, of the last full one, and of all.
    fn longest(&self, wave: u64) -> Duration {
        let full = wave - wave % self.batch;
        let of = |number: u64| {
            let call = (number - 1) / self.batch;
            self.last_call(wave) - times(self.interval, call) + times(self.provisioning_each, number)
        };
        let numbers = [self.batch.min(wave), full, wave].into_iter().filter(|&number| number > 0);
        self.provisioning + numbers.map(of).max().unwrap_or_default()
    }

    /// The outages of all phones of a wave together, in nanoseconds: phone `i` of them is sent by call `i / batch`, and provisioned as
    /// number `i + 1`.
    fn sum(&self, wave: u64) -> u128 {
        if wave == 0 {
            return 0;
        }
        let (phones, batch) = (u128::from(wave), u128::from(self.batch));
        let (calls, rest) = (phones / batch, phones % batch);
        // The numbers of the calls, summed over the phones.
        let numbers = batch * (calls * calls.saturating_sub(1) / 2) + rest * calls;
        let interval = self.interval.as_nanos();
        let waits = phones * self.last_call(wave).as_nanos() - numbers * interval;
        let each = self.provisioning_each.as_nanos() * (phones * (phones + 1) / 2);
        waits + phones * self.provisioning.as_nanos() + each
    }
}

fn times(duration: Duration, number: u64) -> Duration {
    nanos(duration.as_nanos().saturating_mul(number.into()))
}

/// As many nanoseconds as fit.
fn nanos(number: u128) -> Duration {
    Duration::from_nanos(u64::try_from(number).unwrap_or(u64::MAX))
}

pub(super) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let phones = match (&options.accounts, options.phones) {
        (Some(path), _) => count(path)?,
        (None, phones) => phones.unwrap_or(1),
    };
    let rate = options.rate.map_or(Some(options.vendor.rate()), |rate| rate.0);
    let pace = Pace {
        phones,
        batch: options.batch.unwrap_or(options.vendor.batch()),
        interval: rate.map(Rate::interval).unwrap_or_default(),
        provisioning: options.provisioning,
        provisioning_each: options.provisioning_each,
    };
    let waves = if options.wave.is_empty() { &WAVES[..] } else { &options.wave };
    let mut waves: Vec<u64> = waves.iter().map(|&wave| wave.min(phones)).chain([phones, 1]).collect();
    waves.sort_unstable_by(|one, other| other.cmp(one));
    waves.dedup();
    let outages: Vec<Outage> = waves.into_iter().map(|wave| pace.outage(wave)).collect();
    standard_output::check()?;
    let mut to = BufWriter::new(io::stdout().lock());
    let printed = match options.format {
        Format::Text => print_text(&outages, &pace, rate, options.window, &mut to),
        Format::Json => print_json(&outages, &pace, options.window, &mut to),
    };
    printed.and_then(|()| to.flush()).map_err(CommandError::printing)?;
    Ok(ExitCode::SUCCESS)
}

/// The number of rows of a list.
fn count(path: &PathBuf) -> Result<u64, CommandError> {
    let mut list = List::open(Some(path), None, &[])?;
    list.skip_header()?;
    let mut phones = 0;
    while let Some(row) = list.next()? {
        row.map_err(|wrong| CommandError::new(format!("{path:?}: {wrong}")))?;
        phones += 1;
    }
    match phones {
        0 => Err(CommandError::new(format!("{path:?}: expected a row behind the header, found no row"))),
        phones => Ok(phones),
    }
}

/// On how many days calls are made.
fn days(outage: &Outage, window: Window) -> u64 {
    let days = outage.whole.as_nanos().div_ceil(window.length().as_nanos().max(1));
    u64::try_from(days).unwrap_or(u64::MAX).max(1)
}

fn print_text(
    outages: &[Outage],
    pace: &Pace,
    rate: Option<Rate>,
    window: Option<Window>,
    to: &mut impl Write,
) -> io::Result<()> {
    let rate = rate.map_or_else(|| "as fast as the vendor replies".into(), |rate| format!("at {rate}"));
    writeln!(
        to,
        "{} phone{} {rate}, {} a call. How long a phone cannot register:\n",
        pace.phones,
        plural(pace.phones),
        pace.batch
    )?;
    let mut rows =
        vec![["wave", "waves", "longest", "on average", "the whole takes", "days"].map(String::from)];
    rows.extend(outages.iter().map(|outage| {
        [
            outage.wave.to_string(),
            outage.waves.to_string(),
            time(outage.longest),
            time(outage.mean),
            time(outage.whole),
            window.map(|window| days(outage, window).to_string()).unwrap_or_default(),
        ]
    }));
    let columns = if window.is_some() { 6 } else { 5 };
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    for row in &rows {
        let cells = (0..columns).map(|column| format!("{:>width$}", row[column], width = width(column)));
        writeln!(to, "{}", cells.collect::<Vec<_>>().join("  "))?;
    }
    if pace.provisioning.is_zero() && pace.provisioning_each.is_zero() {
        writeln!(
            to,
            "\nWithout the time that provisioning takes: see --provisioning and --provisioning-each."
        )?;
    }
    Ok(())
}

fn print_json(
    outages: &[Outage],
    pace: &Pace,
    window: Option<Window>,
    to: &mut impl Write,
) -> io::Result<()> {
    for outage in outages {
        let mut text = Vec::new();
        let seconds = |time: Duration| time.as_secs() + u64::from(time.subsec_nanos() > 0);
        let mut object = Object::begin(&mut text);
        object.member("phones", &pace.phones).member("wave", &outage.wave).member("waves", &outage.waves);
        object.member("longest_seconds", &seconds(outage.longest));
        object.member("mean_seconds", &seconds(outage.mean));
        object.member("whole_seconds", &seconds(outage.whole));
        object.member("days", &window.map(|window| days(outage, window))).end();
        text.push(b'\n');
        to.write_all(&text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Phone by phone.
    fn naive(pace: &Pace, wave: u64) -> (Duration, Duration, Duration) {
        let (mut now, mut dark, mut next) = (Duration::ZERO, Vec::new(), 0);
        let mut due = Duration::ZERO;
        while next < pace.phones {
            let phones = wave.min(pace.phones - next);
            let mut sent = Vec::new();
            for at in 0..phones {
                if at % pace.batch == 0 {
                    now = now.max(due);
                    due = now + pace.interval;
                }
                sent.push(now);
            }
            now += pace.provisioning;
            for sent in sent {
                now += pace.provisioning_each;
                dark.push(now - sent);
            }
            next += phones;
        }
        let sum: u128 = dark.iter().map(Duration::as_nanos).sum();
        (*dark.iter().max().expect("there is a phone"), nanos(sum / u128::from(pace.phones)), now)
    }

    #[test]
    fn outages_are_those_of_each_phone_counted_one_by_one() {
        let millis = Duration::from_millis;
        for phones in [1, 2, 7, 50] {
            for batch in [1, 3, 20] {
                for (interval, provisioning, each) in
                    [(0, 0, 0), (600, 0, 0), (600, 5000, 0), (600, 0, 100), (600, 70, 2000), (0, 1, 1)]
                {
                    let pace = Pace {
                        phones,
                        batch,
                        interval: millis(interval),
                        provisioning: millis(provisioning),
                        provisioning_each: millis(each),
                    };
                    for wave in 1..=phones {
                        let Outage { longest, mean, whole, .. } = pace.outage(wave);
                        let expected = naive(&pace, wave);
                        assert_eq!(
                            (longest, mean, whole),
                            expected,
                            "{phones} {batch} {interval} {provisioning} {each} {wave}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn durations() {
        for (text, seconds) in [("0s", 0), ("90s", 90), ("5m", 300), ("2h", 7200)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "5", "s", "-1s", "1.5h", "5 m", "5d", "99999999999s", "é"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
