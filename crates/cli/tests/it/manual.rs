//! Help, completions and the manual pages.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use tempfile::tempdir;

use crate::{
    machine::shared,
    process::{ROOT, fails, printed, run, status, stdout},
};

#[test]
fn every_help_page_has_examples() {
    for arguments in [
        &["--help"][..],
        &["generate", "--help"],
        &["validate", "--help"],
        &["explain", "--help"],
        &["man", "--help"],
    ] {
        let output = run(arguments);
        assert_eq!(status(&output), 0);
        assert!(stdout(&output).contains("Examples:"), "{arguments:?}");
    }
}

#[test]
fn the_version_names_the_command() {
    let version = run(&["--version"]);
    assert_eq!(stdout(&version), concat!("sip-password ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn every_shell_gets_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell]);
        assert!(status(&output) == 0 && stdout(&output).contains("policy-file"), "{shell}");
    }
}

/// Whether a shell is installed, as it is where `.ci/run` has run.
#[cfg(unix)]
fn is_installed(shell: &str) -> bool {
    Command::new(shell).args(["-c", "exit 0"]).status().is_ok_and(|status| status.success())
}

/// What a shell at a terminal prints while somebody types, with pauses after each piece.
#[cfg(unix)]
fn typed(shell: &str, directory: &Path, pieces: &[&str], pause: u32) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_sip-password"));
    let path = env::join_paths(
        program
            .parent()
            .map(Path::to_owned)
            .into_iter()
            .chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
    );
    let typist: String = pieces.iter().map(|piece| format!("printf %b '{piece}'; sleep {pause}; ")).collect();
    let script = format!("(sleep {pause}; {typist}) | script -qec '{shell}' /dev/null");
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(directory)
        .env("PATH", path.expect("no directory has a colon"))
        .env("TERM", "dumb")
        .stderr(Stdio::null())
        .output()
        .expect("there is a shell");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A real shell completes what a user types: a policy, an option, its value, and what belongs to a subcommand of a subcommand.
#[cfg(unix)]
fn completes(shell: &str, command: &str, name: &str, set_up: &str) {
    if !is_installed(shell) {
        eprintln!("{shell} is not installed: its completions are not tested");
        return;
    }
    let _turn = shared();
    let directory = tempdir().expect("there is a directory for temporary files");
    fs::write(directory.path().join(name), printed(&["completions", shell])).expect("there is room");
    let pieces = [
        set_up,
        "sip-password explain hua\\t",
        "\\n",
        "sip-password explain exotel --form\\t",
        "toml\\n",
        "sip-password expl\\t",
        "nxcloud-r\\t",
        "-f passwordr\\t",
        "\\n",
        "exit\\n",
    ];
    // A busy machine takes its time.
    let mut found = String::new();
    for pause in [1, 2, 5] {
        found = typed(command, directory.path(), &pieces, pause);
        let is_complete = ["huawei: Huawei Cloud", "name = \"exotel\"", "minlength: 6"]
            .iter()
            .all(|printed| found.contains(printed));
        if is_complete {
            return;
        }
    }
    panic!("{shell}: {found}");
}

#[cfg(unix)]
#[test]
fn bash_completes() {
    completes("bash", "bash --norc --noprofile -i", "sip-password.bash", "source ./sip-password.bash\\n");
}

#[cfg(unix)]
#[test]
fn zsh_completes() {
    let set_up = "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D\\n";
    completes("zsh", "zsh -f -i", "_sip-password", set_up);
}

/// Fish prints what it would offer.
#[cfg(unix)]
#[test]
fn fish_completes() {
    if !is_installed("fish") {
        eprintln!("fish is not installed: its completions are not tested");
        return;
    }
    let _turn = shared();
    let directory = tempdir().expect("there is a directory for temporary files");
    fs::write(directory.path().join("sip-password.fish"), printed(&["completions", "fish"]))
        .expect("there is room");
    for (line, offered) in [
        ("sip-password gen", "generate"),
        ("sip-password explain hua", "huawei"),
        ("sip-password generate nx", "nxcloud-random"),
        ("sip-password validate exo", "exotel"),
        ("sip-password explain exotel --form", "--format"),
        ("sip-password explain exotel --format to", "toml"),
    ] {
        let script = format!("source sip-password.fish; complete -C '{line}'");
        let mut fish = Command::new("fish");
        fish.args(["--no-config", "-c", &script]).current_dir(directory.path()).env("HOME", directory.path());
        let output = fish.output().expect("it is installed");
        let offers = String::from_utf8_lossy(&output.stdout);
        let is_offered = |offer: &str| offer.split('\t').next() == Some(offered);
        assert!(offers.lines().any(is_offered), "{line}: {offers}");
    }
}

#[test]
fn every_subcommand_has_a_manual_page() {
    let page = printed(&["man"]);
    for part in [".TH sip-password 1", "generate", "validate"] {
        assert!(page.contains(part), "{part}");
    }
    assert_eq!(page.matches(".TH ").count(), 1);
    let page = printed(&["man", "generate"]);
    assert!(page.contains(".TH sip-password-generate 1") && page.contains("exclude"), "{page}");
    fails(&run(&["man", "nothing"]), "expected a subcommand (generate, ");
    fails(&run(&["man", "generate", "nothing"]), "expected no further subcommand");

    let directory = tempdir().expect("there is a directory for temporary files");
    let path = directory.path().to_str().expect("the name is text");
    assert_eq!(printed(&["man", "--directory", path]), "");
    let expected = if cfg!(feature = "rotate") {
        [
            "sip-password.1",
            "sip-password-generate.1",
            "sip-password-rotate-export.1",
            "sip-password-submit-huawei.1",
        ]
        .as_slice()
    } else {
        &["sip-password.1", "sip-password-generate.1"]
    };
    for name in expected {
        let page = fs::read_to_string(directory.path().join(name)).expect("it is there");
        assert!(page.contains(&format!(".TH {} 1", name.trim_end_matches(".1"))), "{name}");
    }
}

/// The table fits into the narrowest usual terminal.
#[test]
fn the_table_of_policies_is_narrow() {
    for line in printed(&["explain"]).lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// Whoever tries the README's examples must not commit the passwords and keys that they make.
#[test]
fn what_the_readme_writes_is_ignored_by_git() {
    let read = |name: &str| fs::read_to_string(Path::new(ROOT).join(name)).expect("it is there");
    let (readme, ignored) = (read("README.md"), read(".gitignore"));
    let mut files = 0;
    for block in readme.split("```sh\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        let words: Vec<_> = block.split_whitespace().collect();
        for pair in words.windows(2) {
            let is_written =
                [">", "--output", "--journal", "--accounts-out", "--new-seed", "keygen"].contains(&pair[0]);
            if !is_written || pair[1] == "/dev/null" {
                continue;
            }
            files += 1;
            let is_ignored = |line: &str| line.trim_matches('/') == pair[1].trim_end_matches(';');
            assert!(ignored.lines().any(is_ignored), "{}", pair[1]);
        }
    }
    assert!(files > 10, "{files} files");
}

/// Without `--locked`, whoever installs gets other versions than those that were tested.
#[test]
fn every_installation_is_locked() {
    for name in ["README.md", "CONTRIBUTING.md", ".ci/run", ".ci/coverage", ".ci/packages", "fuzz/run"] {
        let text = fs::read_to_string(Path::new(ROOT).join(name)).expect("it is there");
        for line in text.lines().filter(|line| line.contains("cargo install")) {
            assert!(line.contains("--locked"), "{name}: {line}");
        }
    }
}
