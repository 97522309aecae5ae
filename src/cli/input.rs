//! The lines of a file or of standard input, in a buffer that is wiped.

use std::{
    fs::File,
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
    source: Box<dyn Read>,
    name: String,
    buffer: Zeroizing<Vec<u8>>,
    /// The part of the buffer that was read and not yet handed out.
    unread: std::ops::Range<usize>,
    ended: bool,
    number: u64,
}

impl Lines {
    /// Standard input where no path is given, or `-`.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let (source, name): (Box<dyn Read>, _) = match path {
            Some(path) if path != Path::new("-") => {
                let file = File::open(path).map_err(Failure::with("read", path))?;
                (Box::new(file), path.display().to_string())
            }
            _ => {
                let stdin = io::stdin();
                if stdin.is_terminal() {
                    eprintln!(
                        "sip-password: reading passwords from the terminal, one a line, to the end of input"
                    );
                }
                (Box::new(stdin), "standard input".into())
            }
        };
        Ok(Self {
            source,
            name,
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
            if searched > LONGEST_LINE {
                return Err(Failure::Use(format!(
                    "line {} of {} has more than {LONGEST_LINE} bytes: not a list of passwords",
                    self.number + 1,
                    self.name
                )));
            }
            self.fill()?;
        };
        self.number += 1;
        let mut line = &self.buffer[line];
        line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.number == 1 {
            line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        }
        Ok(Some((self.number, line)))
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
                read => break read.map_err(Failure::with("read", Path::new(&self.name)))?,
            }
        };
        self.unread.end += read;
        self.ended = read == 0;
        Ok(())
    }
}
