//! The command, as a process whose output is discarded.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use criterion::Criterion;

use crate::{
    measure::{group, measure},
    work::{COMMAND, ROWS},
};

/// Jobs on one thread. The measured times contain the start of the process.
pub(crate) fn command(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let program = build()?;
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let [users, list, lines] = ["users.csv", "list.csv", "lines.txt"].map(|name| directory.join(name));
    fs::write(&users, (0..ROWS).fold("user\n".to_owned(), |text, user| text + &format!("agent-{user}\n")))?;
    let mut made = Command::new(&program);
    let made = made
        .args(["generate", "huawei", "--force", "--for"])
        .arg(&users)
        .arg("--output")
        .arg(&list)
        .status()?;
    if !made.success() {
        return Err("the command makes no list".into());
    }
    let rows = fs::read_to_string(&list)?;
    let passwords = rows.lines().skip(1).filter_map(|row| row.split_once(',')).map(|(_, password)| password);
    fs::write(&lines, passwords.fold(String::new(), |text, password| text + password + "\n"))?;

    let mut group = group(criterion, "command");
    // Each sample takes a quarter of a second or more.
    group.sample_size(10);
    let [users, list, lines] = [&users, &list, &lines].map(|path| path.to_str().unwrap_or_default());
    let (count, rows) = (COMMAND.to_string(), ROWS.to_string());
    let jobs: [(&str, &[&str]); 5] = [
        ("generate", &["generate", "huawei", "--count", &count]),
        ("generate-rows", &["generate", "huawei", "--count", &rows]),
        ("generate-for", &["generate", "huawei", "--for", users]),
        ("validate-lines", &["validate", "huawei", "--quiet", lines]),
        ("validate-list", &["validate", "huawei", "--quiet", list, "--column", "password"]),
    ];
    for (name, arguments) in jobs {
        measure(
            &mut group,
            name,
            false,
            |good| {
                let mut command = Command::new(&program);
                command.args(arguments).args(["--threads", "1"]).stdout(Stdio::null()).stderr(Stdio::null());
                *good = command.status().is_ok_and(|status| status.success());
            },
            |good| assert!(std::mem::take(good)),
        );
    }
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
