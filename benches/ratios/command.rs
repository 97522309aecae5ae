//! The command, as a process whose output is discarded.

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

/// A job on one thread. The measured time contains the start of the process.
pub(crate) fn generate(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let program = build()?;
    let mut group = group(criterion, "command");
    // Each sample takes a quarter of a second or more.
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

/// Builds the command in the target directory of the workspace.
fn build() -> Result<PathBuf, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = root.join("target");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--quiet", "--release", "--package", "sip-password-cli", "--no-default-features"]);
    cargo.arg("--manifest-path").arg(root.join("Cargo.toml")).arg("--target-dir").arg(&target);
    if !cargo.status()?.success() {
        return Err("the command does not build".into());
    }
    Ok(target.join("release").join("sip-password"))
}
