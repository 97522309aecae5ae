//! The command, as a process that writes to nowhere.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use criterion::Criterion;

use crate::{
    measure::{group, measure},
    work::COMMAND,
};

/// A job on one thread. What the process takes to start is in it.
pub(crate) fn generate(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let program = build()?;
    let mut group = group(criterion, "command");
    // Each takes a good part of a second.
    group.sample_size(10);
    measure(
        &mut group,
        "generate",
        false,
        |good| {
            let count = COMMAND.to_string();
            let mut command = Command::new(&program);
            command.args(["generate", "huawei", "--threads", "1", "--count", &count]).stdout(Stdio::null());
            *good = command.status().is_ok_and(|status| status.success());
        },
        |good| assert!(std::mem::take(good)),
    );
    Ok(())
}

/// Builds the command where the library's own builds go.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = root.join("target");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--release", "--features", "cli", "--manifest-path"]);
    cargo.arg(root.join("Cargo.toml")).arg("--target-dir").arg(&target);
    if !cargo.status()?.success() {
        return Err("the command does not build".into());
    }
    Ok(target.join("release").join("sip-password"))
}
