//! Help, completions and the manual page.

use crate::process::{run, status, stdout};

#[test]
fn every_help_page_has_examples() {
    for arguments in
        [&["--help"][..], &["generate", "--help"], &["validate", "--help"], &["explain", "--help"]]
    {
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
fn the_manual_page_has_every_subcommand() {
    let page = run(&["man"]);
    for part in [".TH sip-password", "generate", "exclude"] {
        assert!(stdout(&page).contains(part), "{part}");
    }
}
