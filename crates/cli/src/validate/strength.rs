//! `sip-password validate --deny`: what passwords are held against besides the policy.

use clap::Args;
use rayon::ThreadPool;
use sip_password::ContextWords;

use super::weakness::{WeaknessCounts, Weaknesses};
use crate::error::CommandError;

#[cfg(feature = "strength")]
use {
    super::weakness::Weakness,
    crate::deny_list,
    rayon::prelude::*,
    sip_password_weak::{DenyList, KnownDefault, MAX_GUESSES_LOG10, guesses_log10, known_default},
    std::{path::PathBuf, sync::Arc},
};

/// What to hold passwords against.
#[derive(Args)]
pub(super) struct StrengthOptions {
    /// Deny the passwords in this file, compliant or not; may be given several times
    ///
    /// Words, one a line; hashes as Have I Been Pwned offers them for download, SHA-1 or NTLM, sorted, of any size; or a filter by 'sip-password deny-list build'.
    /// The kind of file is detected from its content. A password is compared as a whole and exactly, case included.
    #[cfg(feature = "strength")]
    #[arg(long, value_name = "FILE")]
    deny: Vec<PathBuf>,
    /// Deny what scanners try and configurations come with: vendors' names with years, keyboard walks, the account's name
    ///
    /// A built-in list, with the usual substitutions and endings. The account's words are those of --name and the words of the policy's context.
    #[cfg(feature = "strength")]
    #[arg(long)]
    deny_defaults: bool,
    /// Deny passwords that fewer guesses find, such as 1e10, by the estimate of zxcvbn; off by default
    ///
    /// A number from 1 to 1e19. The account's words are those of --name and the words of the policy's context. Some thousand passwords a second and core.
    #[cfg(feature = "strength")]
    #[arg(long, value_name = "N", value_parser = guesses)]
    min_guesses: Option<f64>,
}

/// A number of guesses, as a power of ten. The error does not repeat the text, which may be a password.
#[cfg(feature = "strength")]
fn guesses(text: &str) -> Result<f64, &'static str> {
    let number = text.parse().ok().filter(|number| (1.0..=10_f64.powf(MAX_GUESSES_LOG10)).contains(number));
    number.map(f64::log10).ok_or("expected a number from 1 to 1e19, such as 1e10")
}

/// The checks that were asked for, and what they found so far.
pub(super) struct Strength {
    checks: Option<Checks>,
    pub(super) counts: WeaknessCounts,
}

#[cfg(feature = "strength")]
struct Checks {
    lists: Vec<(Arc<str>, DenyList)>,
    defaults: bool,
    min_guesses: Option<f64>,
    /// The words of the policy's context.
    words: Vec<String>,
}

/// There are none without the feature `strength`.
#[cfg(not(feature = "strength"))]
enum Checks {}

impl StrengthOptions {
    /// Opens the lists. `words` are those of the policy's context.
    #[cfg(feature = "strength")]
    pub(super) fn open(&self, words: ContextWords<'_>) -> Result<Strength, CommandError> {
        let is_given = !self.deny.is_empty() || self.deny_defaults || self.min_guesses.is_some();
        let lists = self.deny.iter().map(|path| Ok((path.to_string_lossy().into(), deny_list::open(path)?)));
        let checks = Checks {
            lists: lists.collect::<Result<_, CommandError>>()?,
            defaults: self.deny_defaults,
            min_guesses: self.min_guesses,
            words: words.map(str::to_owned).collect(),
        };
        Ok(Strength { checks: is_given.then_some(checks), counts: WeaknessCounts::default() })
    }

    #[cfg(not(feature = "strength"))]
    pub(super) fn open(&self, _: ContextWords<'_>) -> Result<Strength, CommandError> {
        Ok(Strength { checks: None, counts: WeaknessCounts::default() })
    }
}

impl Strength {
    /// Whether any check was asked for.
    pub(super) fn is_given(&self) -> bool {
        self.checks.is_some()
    }

    /// What is wrong with a password of this account, and counts it; `None` if no check was asked for.
    pub(super) fn of(&mut self, password: &[u8], names: &[&str]) -> Result<Option<Weaknesses>, CommandError> {
        let Some(checks) = &self.checks else { return Ok(None) };
        let weaknesses = checks.of(password, names)?;
        self.counts.add(&weaknesses);
        Ok(Some(weaknesses))
    }

    /// What is wrong with the password in each line of a block, on all threads of the pool; `None` if no check was asked for. Lines end as in
    /// [`check_lines`](sip_password::Policy::check_lines).
    #[cfg(feature = "strength")]
    pub(super) fn of_lines(
        &self,
        block: &[u8],
        pool: &ThreadPool,
    ) -> Option<Vec<Result<Weaknesses, CommandError>>> {
        let checks = self.checks.as_ref()?;
        let lines: Vec<&[u8]> = block.split_inclusive(|&byte| byte == b'\n').collect();
        let judge = |line: &&[u8]| {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            checks.of(line.strip_suffix(b"\r").unwrap_or(line), &[])
        };
        Some(pool.install(|| lines.par_iter().map(judge).collect()))
    }

    #[cfg(not(feature = "strength"))]
    pub(super) fn of_lines(&self, _: &[u8], _: &ThreadPool) -> Option<Vec<Result<Weaknesses, CommandError>>> {
        None
    }
}

#[cfg(feature = "strength")]
impl Checks {
    fn of(&self, password: &[u8], names: &[&str]) -> Result<Weaknesses, CommandError> {
        let words = || names.iter().copied().chain(self.words.iter().map(String::as_str));
        let mut weaknesses = Vec::new();
        for (name, list) in &self.lists {
            let is_denied = list.contains(password);
            if is_denied.map_err(|error| deny_list::wrong(&format!("{name:?}"), error))? {
                weaknesses.push(Weakness::Denied(Arc::clone(name)));
                break;
            }
        }
        if self.defaults {
            let found = known_default(password, &words().collect::<Vec<_>>());
            weaknesses.extend(found.map(|found| Weakness::Default(found.as_str(), described(found))));
        }
        // What is not UTF-8 complies with no policy, and there is no estimate of it.
        if let (Some(expected), Ok(text)) = (self.min_guesses, str::from_utf8(password)) {
            let found = guesses_log10(text, &words().collect::<Vec<_>>()).max(0.0);
            weaknesses.extend((found < expected).then_some(Weakness::Guessable { found, expected }));
        }
        Ok(Weaknesses(weaknesses))
    }
}

#[cfg(feature = "strength")]
fn described(default: KnownDefault) -> &'static str {
    match default {
        KnownDefault::Number => "a short number",
        KnownDefault::Account => "made of the account's name",
        KnownDefault::Word => "made of usual words",
        KnownDefault::Walk => "made of neighbouring keys",
        _ => "well known",
    }
}

#[cfg(not(feature = "strength"))]
impl Checks {
    fn of(&self, _: &[u8], _: &[&str]) -> Result<Weaknesses, CommandError> {
        match *self {}
    }
}
