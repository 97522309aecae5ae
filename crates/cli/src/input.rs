//! The lines of a file or of standard input, in a buffer that is wiped.

use std::{
    fs::{self, File},
    io::{self, IsTerminal, Read},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use zeroize::Zeroizing;

use super::{encoding, error::CommandError};

/// The longest line, in bytes: so much longer than any password that a file with a longer line is no list of passwords.
const MAX_LINE: usize = if cfg!(fuzzing) { 64 } else { 1 << 24 };
/// How much is read at once, in bytes.
const BLOCK: usize = if cfg!(fuzzing) { 16 } else { 1 << 20 };

/// Reads blocks of whole lines. What was read is in one buffer and nowhere else.
pub(super) struct Input<S = File> {
    source: S,
    name: String,
    size: Option<u64>,
    buffer: Zeroizing<Vec<u8>>,
    /// The number of bytes in the buffer that were read.
    filled: usize,
    /// The number of these that were returned.
    used: usize,
    /// The number of lines that were returned.
    lines: u64,
    is_begun: bool,
    is_at_end: bool,
}

impl Input {
    /// Standard input, if there is no path or the path is `-`.
    pub(super) fn open(path: Option<&Path>, quiet: bool) -> Result<Self, CommandError> {
        let (source, name) = open(path)?;
        if source.is_terminal() && !quiet {
            let shown = if cfg!(unix) { "; it is not shown" } else { "" };
            let end = if cfg!(windows) { "Ctrl-Z and Enter end" } else { "Ctrl-D ends" };
            super::report(&format!("sip-password: type a password and press Enter{shown}; {end} the input"));
        }
        // The size of a pipe is unknown.
        let size = source.metadata().ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len());
        Ok(Self::of(source, name, size))
    }

    /// Whether a person types the lines.
    pub(super) fn is_terminal(&self) -> bool {
        self.source.is_terminal()
    }
}

impl<S: Read> Input<S> {
    /// Reads from `source`, which messages call `name`.
    pub(super) fn of(source: S, name: String, size: Option<u64>) -> Self {
        let buffer = Zeroizing::new(vec![0; BLOCK]);
        Self { source, name, size, buffer, filled: 0, used: 0, lines: 0, is_begun: false, is_at_end: false }
    }

    /// The number of bytes in the source, if it is known.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// The next lines, as many as are read at once. Each has its line break, except that the last of all may have none. After
    /// the last line, `None`. A byte order mark, which some editors write before the first line, is left out.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, CommandError> {
        let mut searched = self.used;
        let end = loop {
            if let Some(last) = memchr::memrchr(b'\n', &self.buffer[searched..self.filled]) {
                break searched + last + 1;
            }
            if self.is_at_end {
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
        if !std::mem::replace(&mut self.is_begun, true) {
            if sip_password::is_utf_16(block) {
                return Err(CommandError::new(format!("{}: {}", self.name, encoding::UTF_16)));
            }
            block = block.strip_prefix("\u{feff}".as_bytes()).unwrap_or(block);
        }
        Ok(Some(block))
    }

    /// Moves what was not returned to the front, and reads more behind it, into a larger buffer if this one is full.
    fn fill(&mut self) -> Result<(), CommandError> {
        self.buffer.copy_within(self.used..self.filled, 0);
        self.filled -= self.used;
        self.used = 0;
        if self.filled == self.buffer.len() {
            if self.filled > MAX_LINE {
                let (line, name) = (self.lines + 1, &self.name);
                return Err(CommandError::new(format!(
                    "line {line} of {name}: expected at most {MAX_LINE} bytes, found more; this is no list of passwords"
                )));
            }
            // A new buffer, so that the old one is wiped. The largest has room for the line break too.
            let size = (2 * self.filled).min(MAX_LINE + 1);
            let mut larger = Zeroizing::new(vec![0; size]);
            larger[..self.filled].copy_from_slice(&self.buffer);
            self.buffer = larger;
        }
        let read = loop {
            match self.source.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read.map_err(CommandError::reading(&self.name))?,
            }
        };
        self.filled += read;
        self.is_at_end = read == 0;
        Ok(())
    }
}

/// The bytes of a file that has exactly `N`. Messages call them `what`.
pub(super) fn exactly<const N: usize>(
    source: impl Read,
    name: &str,
    what: &str,
) -> Result<Zeroizing<[u8; N]>, CommandError> {
    // One byte more shows that the file is too long.
    let mut found = Zeroizing::new(vec![0; N + 1]);
    let length = fill(source, &mut found).map_err(CommandError::reading(name))?;
    if length != N {
        let found = if length > N { "more".into() } else { length.to_string() };
        return Err(CommandError::new(format!("{what}: expected {N} bytes in {name}, found {found}")));
    }
    let mut bytes = Zeroizing::new([0; N]);
    bytes.copy_from_slice(&found[..N]);
    Ok(bytes)
}

/// A file, and what messages call it. Standard input, if there is no path or the path stands for it.
pub(super) fn open(path: Option<&Path>) -> Result<(File, String), CommandError> {
    static IS_STDIN_TAKEN: AtomicBool = AtomicBool::new(false);

    if let Some(path) = path.filter(|path| !is_standard_input(path)) {
        let file = File::open(path).map_err(CommandError::with("read", path))?;
        return Ok((file, format!("{path:?}")));
    }
    if IS_STDIN_TAKEN.swap(true, Ordering::Relaxed) {
        return Err(CommandError::new(
            "expected one thing from standard input, found two; name a file for one of them",
        ));
    }
    Ok((standard_input()?, "standard input".into()))
}

/// Whether a path stands for standard input.
pub(super) fn is_standard_input(path: &Path) -> bool {
    let names: &[&str] =
        if cfg!(unix) { &["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"] } else { &["-"] };
    names.iter().any(|name| path == Path::new(name))
}

/// Standard input without the standard library's buffer, which is not wiped.
#[cfg(unix)]
fn standard_input() -> Result<File, CommandError> {
    use std::os::fd::AsFd;
    let own = io::stdin().as_fd().try_clone_to_owned();
    own.map(File::from).map_err(CommandError::reading("standard input"))
}

/// Standard input without the standard library's buffer, which is not wiped.
#[cfg(windows)]
fn standard_input() -> Result<File, CommandError> {
    use std::os::windows::io::AsHandle;
    let own = io::stdin().as_handle().try_clone_to_owned();
    own.map(File::from).map_err(CommandError::reading("standard input"))
}

/// Reads until the buffer is full or the source ends, and returns the number of bytes read.
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
