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
const LONGEST_LINE: usize = if cfg!(fuzzing) { 64 } else { 1 << 24 };
/// How much is read at once, in bytes.
const BLOCK: usize = if cfg!(fuzzing) { 16 } else { 1 << 20 };

/// Reads blocks of whole lines. Nothing but the one buffer holds what was read.
pub(super) struct Input<S = File> {
    source: S,
    name: String,
    size: Option<u64>,
    buffer: Zeroizing<Vec<u8>>,
    /// How much of the buffer was read.
    filled: usize,
    /// How much of that was handed out.
    used: usize,
    /// How many lines were handed out.
    lines: u64,
    begun: bool,
    ended: bool,
}

impl Input {
    /// Standard input where no path is given, or `-`.
    pub(super) fn open(path: Option<&Path>, quiet: bool) -> Result<Self, Failure> {
        let (source, name) = open(path)?;
        if source.is_terminal() && !quiet {
            super::say("sip-password: passwords, please, one a line; the end of input (Ctrl-D) ends them");
        }
        // Of a file; there is no telling for a pipe.
        let size = source.metadata().ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len());
        Ok(Self::of(source, name, size))
    }
}

impl<S: Read> Input<S> {
    /// What `source` gives. `name` is what messages call it.
    pub(super) fn of(source: S, name: String, size: Option<u64>) -> Self {
        let buffer = Zeroizing::new(vec![0; BLOCK]);
        Self { source, name, size, buffer, filled: 0, used: 0, lines: 0, begun: false, ended: false }
    }

    /// How many bytes there are in all, where that is known.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// The next lines, as many as were read at once, each with its line break but for the last of all; `None` after
    /// them. The byte order mark that some editors put before the first is left out.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, Failure> {
        let mut searched = self.used;
        let end = loop {
            if let Some(last) = memchr::memrchr(b'\n', &self.buffer[searched..self.filled]) {
                break searched + last + 1;
            }
            if self.ended {
                break self.filled;
            }
            searched = self.filled - self.used;
            self.fill()?;
        };
        let mut block = &self.buffer[self.used..end];
        self.used = end;
        if block.is_empty() {
            return Ok(None);
        }
        self.lines += memchr::memchr_iter(b'\n', block).count() as u64;
        if !std::mem::replace(&mut self.begun, true) {
            block = block.strip_prefix("\u{feff}".as_bytes()).unwrap_or(block);
        }
        Ok(Some(block))
    }

    /// Reads more behind what was not handed out, which moves to the front; makes room where there is
    /// none.
    fn fill(&mut self) -> Result<(), Failure> {
        self.buffer.copy_within(self.used..self.filled, 0);
        self.filled -= self.used;
        self.used = 0;
        if self.filled == self.buffer.len() {
            if self.filled > LONGEST_LINE {
                let (number, name) = (self.lines + 1, &self.name);
                let what = format!("line {number} of {name} has more than {LONGEST_LINE} bytes");
                return Err(Failure::Use(what + ": not a list of passwords"));
            }
            // A new buffer, so that the old one is wiped. The greatest has room for the line break too.
            let size = (2 * self.filled).min(LONGEST_LINE + 1);
            let mut larger = Zeroizing::new(vec![0; size]);
            larger[..self.filled].copy_from_slice(&self.buffer);
            self.buffer = larger;
        }
        let read = loop {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    let doing = format!("cannot read {}", self.name);
                    break read.map_err(|why| Failure::Io { doing, why })?;
                }
            }
        };
        self.filled += read;
        self.ended = read == 0;
        Ok(())
    }
}

/// The `N` bytes of a file that has no more. `what` is what messages call them.
pub(super) fn exactly<const N: usize>(
    source: impl Read,
    name: &str,
    what: &str,
) -> Result<Zeroizing<[u8; N]>, Failure> {
    // With room for what would be too much.
    let mut found = Zeroizing::new(vec![0; N + 1]);
    let length =
        fill(source, &mut found).map_err(|why| Failure::Io { doing: format!("cannot read {name}"), why })?;
    if length != N {
        let found = if length > N { "more".into() } else { length.to_string() };
        return Err(Failure::Use(format!("{what}: expected {N} bytes in {name}, found {found}")));
    }
    let mut bytes = Zeroizing::new([0; N]);
    bytes.copy_from_slice(&found[..N]);
    Ok(bytes)
}

/// A file, and what messages call it: standard input where no path is given, or `-`.
pub(super) fn open(path: Option<&Path>) -> Result<(File, String), Failure> {
    match path.filter(|&path| path != Path::new("-")) {
        Some(path) => Ok((File::open(path).map_err(Failure::with("read", path))?, format!("{path:?}"))),
        None => Ok((standard_input()?, "standard input".into())),
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

/// Fills the buffer, as far as there is something, and returns how far.
pub(super) fn fill(mut source: impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
