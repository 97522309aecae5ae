//! The lines of a file or of standard input, in a buffer that is wiped.

use std::{
    fs::{self, File},
    io::{self, IsTerminal, Read},
    path::Path,
};

use zeroize::Zeroizing;

use super::failure::Failure;

/// The longest line, in bytes: far more than any password, so that what is longer is another kind
/// of file.
const LONGEST_LINE: usize = 1 << 24;

/// Reads line by line. Nothing but the one buffer holds what was read.
pub(super) struct Lines {
    source: File,
    name: String,
    size: Option<u64>,
    buffer: Zeroizing<Vec<u8>>,
    /// The part of the buffer that was read and not yet handed out.
    unread: std::ops::Range<usize>,
    ended: bool,
    number: u64,
}

impl Lines {
    /// Standard input where no path is given, or `-`.
    pub(super) fn open(path: Option<&Path>, quiet: bool) -> Result<Self, Failure> {
        let path = path.filter(|&path| path != Path::new("-"));
        let (source, name) = match path {
            Some(path) => (File::open(path).map_err(Failure::with("read", path))?, format!("{path:?}")),
            None => (standard_input()?, "standard input".into()),
        };
        if source.is_terminal() && !quiet {
            super::say("sip-password: passwords, please, one a line; the end of input (Ctrl-D) ends them");
        }
        // Of a file; there is no telling for a pipe.
        let size = source.metadata().ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len());
        Ok(Self {
            source,
            name,
            size,
            buffer: Zeroizing::new(vec![0; 1 << 16]),
            unread: 0..0,
            ended: false,
            number: 0,
        })
    }

    /// The next line and its number from 1, without the line break (`\n` or `\r\n`), and without the
    /// byte order mark that some editors put before the first; `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<(u64, &[u8])>, Failure> {
        let mut searched = 0;
        let line = loop {
            let unread = &self.buffer[self.unread.clone()];
            if let Some(at) = memchr::memchr(b'\n', &unread[searched..]) {
                let start = self.unread.start;
                self.unread.start += searched + at + 1;
                break start..start + searched + at;
            }
            if self.ended {
                if unread.is_empty() {
                    return Ok(None);
                }
                break std::mem::take(&mut self.unread);
            }
            searched = unread.len();
            self.possible(searched)?;
            self.fill()?;
        };
        self.possible(line.len())?;
        self.number += 1;
        let mut line = &self.buffer[line];
        line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.number == 1 {
            line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        }
        Ok(Some((self.number, line)))
    }

    /// How many bytes there are in all, where that is known.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether the next line, of which so many bytes were seen, may be a password.
    fn possible(&self, bytes: usize) -> Result<(), Failure> {
        if bytes <= LONGEST_LINE {
            return Ok(());
        }
        let number = self.number + 1;
        let text = format!(
            "line {number} of {} has more than {LONGEST_LINE} bytes: not a list of passwords",
            self.name
        );
        Err(Failure::Use(text))
    }

    /// Reads more behind what is unread; makes room where there is none.
    fn fill(&mut self) -> Result<(), Failure> {
        if self.unread.start > 0 {
            self.buffer.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        } else if self.unread.end == self.buffer.len() {
            // A new buffer, so that the old one is wiped.
            let mut larger = Zeroizing::new(vec![0; self.buffer.len() * 2]);
            larger[..self.unread.end].copy_from_slice(&self.buffer[self.unread.clone()]);
            self.buffer = larger;
        }
        let read = loop {
            match self.source.read(&mut self.buffer[self.unread.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    let doing = format!("cannot read {}", self.name);
                    break read.map_err(|why| Failure::Io { doing, why })?;
                }
            }
        };
        self.unread.end += read;
        self.ended = read == 0;
        Ok(())
    }
}

/// Standard input without the standard library's buffer, which is not wiped.
#[cfg(unix)]
fn standard_input() -> Result<File, Failure> {
    use std::os::fd::AsFd;
    let own = io::stdin().as_fd().try_clone_to_owned();
    own.map(File::from).map_err(Failure::with("read", Path::new("standard input")))
}

/// Standard input without the standard library's buffer, which is not wiped.
#[cfg(windows)]
fn standard_input() -> Result<File, Failure> {
    use std::os::windows::io::AsHandle;
    let own = io::stdin().as_handle().try_clone_to_owned();
    own.map(File::from).map_err(Failure::with("read", Path::new("standard input")))
}
