//! Help, completions and the manual pages.

use std::{fs, path::Path};

use tempfile::tempdir;

use crate::process::{ROOT, fails, printed, run, status, stdout};

#[test]
fn every_help_page_has_examples() {
    for arguments in [
        &["--help"][..],
        &["generate", "--help"],
        &["validate", "--help"],
        &["explain", "--help"],
        &["man", "--help"],
        #[cfg(feature = "strength")]
        &["deny-list", "build", "--help"],
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

/// README.md and the chapters of the guide, by their names.
fn documents() -> Vec<(String, String)> {
    let chapters = fs::read_dir(Path::new(ROOT).join("docs/guide")).expect("it is there");
    let chapters =
        chapters.map(|entry| format!("docs/guide/{}", entry.expect("a name").file_name().display()));
    let names = chapters.filter(|name| name.ends_with(".md")).chain(["README.md".to_owned()]);
    let read = |name: String| {
        let text = fs::read_to_string(Path::new(ROOT).join(&name)).expect("it is there");
        (name, text)
    };
    names.map(read).collect()
}

/// Whoever tries the examples in a clone must not commit the passwords and keys that they make.
#[test]
fn what_the_guide_writes_is_ignored_by_git() {
    let ignored = fs::read_to_string(Path::new(ROOT).join(".gitignore")).expect("it is there");
    let mut files = 0;
    for (name, text) in documents() {
        for block in text.split("```sh\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            let words: Vec<_> = block.split_whitespace().collect();
            for pair in words.windows(2) {
                let is_written =
                    [">", "--output", "--output-dir", "--journal", "--accounts-out", "--new-seed", "keygen"]
                        .contains(&pair[0]);
                let file = pair[1].trim_end_matches(';');
                if !is_written || file.contains(['/', '$']) {
                    continue;
                }
                files += 1;
                let is_ignored = |line: &str| {
                    let line = line.trim_matches('/');
                    line == file || line.strip_prefix('*').is_some_and(|end| file.ends_with(end))
                };
                assert!(ignored.lines().any(is_ignored), "{name}: {file}");
            }
        }
    }
    assert!(files > 30, "{files} files");
}

/// Without `--locked`, whoever installs gets other versions than those that were tested.
#[test]
fn every_installation_is_locked() {
    let others = ["CONTRIBUTING.md", ".ci/run", ".ci/coverage", ".ci/packages", "fuzz/run"];
    let others = others
        .map(|name| (name.to_owned(), fs::read_to_string(Path::new(ROOT).join(name)).expect("it is there")));
    for (name, text) in documents().into_iter().chain(others) {
        for line in text.lines().filter(|line| line.contains("cargo install")) {
            assert!(line.contains("--locked"), "{name}: {line}");
        }
    }
}
