//! The command, tested as a process.
