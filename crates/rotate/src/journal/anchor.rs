//! How an older copy of a whole journal is noticed: a small file elsewhere says how often the journal was changed.

use core::time::Duration;
use std::{
    format,
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    string::String,
    time::Instant,
};

use tempfile::NamedTempFile;

use super::{
    Journal,
    authentication::{Authenticator, MAC},
    integrity::Verdict,
    place::{create_private, give_to_owner},
};
use crate::error::JournalError;

/// While a journal is written, how long its anchor may be behind it. Each writing waits for the disk.
const INTERVAL: Duration = Duration::from_secs(10);

/// The first line of an anchor. Anchors on disk have it: it may not change.
const TITLE: &str = "sip-password anchor 1";

/// No anchor is longer, in bytes.
const MAX_SIZE: u64 = 256;

/// The anchor of a journal that this process may write.
pub(super) struct Anchor {
    path: PathBuf,
    /// What the file has.
    generation: i64,
    /// When it was last written, or could not be.
    tried: Instant,
}

impl Anchor {
    #[cfg(test)]
    pub(super) const fn generation(&self) -> i64 {
        self.generation
    }
}

impl Journal {
    /// Notices if the file is an older copy of the journal: a backup that was restored, or what somebody put in its place.
    ///
    /// The file alone cannot show that. So this library keeps a small file in `directory`, the anchor, which says how often the journal
    /// was changed, under a MAC by its key. It is written now, then every 10 seconds while the journal is changed, and when the
    /// journal is dropped; never before the change is on disk, so that after a crash it is not ahead of the journal. The anchor's
    /// name is the journal's own number: the journal may be moved and renamed.
    ///
    /// The directory should be where whoever can write the journal cannot write, and should not be part of the same backup. It is created if it
    /// is missing.
    ///
    /// Not noticed: a copy that is as new as the anchor, an older copy beside an older anchor, or without one, and another journal
    /// that was planned with the same key.
    ///
    /// Returns whether there is an anchor from now on: not if it cannot be read or written, if the journal was planned with
    /// [`Key::Plaintext`](crate::Key::Plaintext), or if it is open only to be read and never had one.
    ///
    /// # Errors
    ///
    /// [`JournalError::OlderCopy`], unless `accept_older`; then the older copy is taken for the latest from now on. [`JournalError::Edited`] if
    /// the anchor is none of this journal's, unless `accept_older`. After these errors, the journal can only be read.
    /// [`JournalError::WrongKey`] if the journal is not unlocked.
    pub fn anchor(&mut self, directory: &Path, accept_older: bool) -> Result<bool, JournalError> {
        if self.unlocked()?.authenticator().is_none() {
            return Ok(false);
        }
        let path = directory.join(hex(&self.header.salt));
        let found = match self.read_anchor(&path) {
            Err(_) if accept_older => None,
            Err(AnchorError::NotOurs) => {
                let what = format!("{path:?} is no anchor of it; remove that file if it is a remnant");
                self.verdict = Verdict::Edited(what.clone());
                return Err(JournalError::Edited(what));
            }
            Err(AnchorError::Unreadable) => return Ok(false),
            Ok(found) => found,
        };
        if let Some(anchor) = found
            && self.is_behind(anchor)?
            && !accept_older
        {
            let journal = self.header.generation;
            self.verdict = Verdict::Older { journal, anchor };
            return Err(JournalError::OlderCopy { journal, anchor });
        }
        if matches!(self.verdict, Verdict::Older { .. }) {
            self.verdict = Verdict::Usable;
        }
        if !self.file.is_writable() || !matches!(self.verdict, Verdict::Usable) {
            return Ok(found.is_some());
        }
        let anchor = Anchor { path, generation: found.unwrap_or_default(), tried: Instant::now() };
        let is_written = found == Some(self.header.generation) || self.write_anchor(&anchor.path).is_ok();
        self.anchor = is_written.then_some(Anchor { generation: self.header.generation, ..anchor });
        Ok(is_written)
    }

    /// Whether the anchor says that there is a newer journal.
    fn is_behind(&mut self, anchor: i64) -> Result<bool, JournalError> {
        if anchor > self.header.generation && !self.file.is_writable() {
            // This process sees the moment at which it opened the journal, and the process that writes it may have done so since.
            self.connection.execute_batch("COMMIT; BEGIN").map_err(|_| JournalError::InUse)?;
            self.reload()?;
        }
        Ok(anchor > self.header.generation)
    }

    fn read_anchor(&self, path: &Path) -> Result<Option<i64>, AnchorError> {
        let mut text = String::new();
        match File::open(path).and_then(|file| file.take(MAX_SIZE).read_to_string(&mut text)) {
            // A crash of the system can leave an empty file on some disks.
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(AnchorError::NotOurs),
            Err(_) => return Err(AnchorError::Unreadable),
        }
        let mut lines = text.lines();
        let (title, generation, mac) = (lines.next(), lines.next(), lines.next());
        let generation: i64 =
            generation.and_then(|digits| digits.parse().ok()).ok_or(AnchorError::NotOurs)?;
        let mac = mac.and_then(unhex).ok_or(AnchorError::NotOurs)?;
        let authenticator = self.unlocked().ok().and_then(|unlocked| unlocked.authenticator());
        let is_ours = authenticator.is_some_and(|authenticator| authenticator.anchor(generation).is(&mac));
        match title == Some(TITLE) && is_ours {
            true => Ok(Some(generation)),
            false => Err(AnchorError::NotOurs),
        }
    }

    /// Brings the anchor up to date if it is due; `at_once` even if it is not. A failure is no harm: the anchor stays behind.
    pub(super) fn renew_anchor(&mut self, at_once: bool) {
        let Some(anchor) = &self.anchor else { return };
        let is_due = at_once || anchor.tried.elapsed() >= INTERVAL;
        // Of a stale journal nobody knows which change came last.
        if !is_due || self.is_stale || anchor.generation >= self.header.generation {
            return;
        }
        let is_written = self.write_anchor(&anchor.path).is_ok();
        if let Some(anchor) = &mut self.anchor {
            // A disk that is full, or slow to fail, is not asked at every step.
            anchor.tried = Instant::now();
            if is_written {
                anchor.generation = self.header.generation;
            }
        }
    }

    fn write_anchor(&self, path: &Path) -> io::Result<()> {
        let authenticator = self.unlocked.as_ref().and_then(|unlocked| unlocked.authenticator());
        let Some(text) = authenticator.map(|authenticator| text(authenticator, self.header.generation))
        else {
            return Ok(());
        };
        let directory = path.parent().unwrap_or(Path::new("."));
        create_private(directory)?;
        let mut file = NamedTempFile::with_prefix_in(".sip-password-", directory)?;
        give_to_owner(file.as_file(), &directory.metadata()?)?;
        file.write_all(text.as_bytes())?;
        // So that a crash leaves the old one or the new one.
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }
}

/// Brings the anchor up to date.
impl Drop for Journal {
    fn drop(&mut self) {
        self.renew_anchor(true);
    }
}

enum AnchorError {
    /// Another journal's, or somebody changed it.
    NotOurs,
    Unreadable,
}

fn text(authenticator: &Authenticator, generation: i64) -> String {
    format!("{TITLE}\n{generation}\n{}\n", hex(&authenticator.anchor(generation).finish()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Option<[u8; MAC]> {
    let mut bytes = [0; MAC];
    if digits.len() != 2 * MAC || !digits.is_ascii() {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(bytes)
}
