//! Completion, as a user meets it: words are typed into real shells.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use tempfile::tempdir;

use crate::{
    machine::shared,
    process::{command, printed},
};

/// Whether a shell is installed, as it is where `.ci/run` has run.
fn is_installed(shell: &str) -> bool {
    Command::new(shell).args(["-c", "exit 0"]).status().is_ok_and(|status| status.success())
}

/// What a shell at a terminal prints while somebody types, with pauses after each piece.
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
    let output = command("sh")
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
        "sip-password explain exotel --accepted-by huawei,twil\\t",
        " -f toml\\n",
        "exit\\n",
    ];
    // A busy machine takes its time.
    let mut found = String::new();
    for pause in [1, 2, 5] {
        found = typed(command, directory.path(), &pieces, pause);
        let printed =
            ["huawei: Huawei Cloud", "name = \"exotel\"", "minlength: 6", "name = \"exotel+huawei+twilio\""];
        let is_complete = printed.iter().all(|printed| found.contains(printed));
        if is_complete {
            return;
        }
    }
    panic!("{shell}: {found}");
}

#[test]
fn bash_completes() {
    completes("bash", "bash --norc --noprofile -i", "sip-password.bash", "source ./sip-password.bash\\n");
}

#[test]
fn zsh_completes() {
    let set_up = "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D\\n";
    completes("zsh", "zsh -f -i", "_sip-password", set_up);
}

/// Fish prints what it would offer.
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
        ("sip-password explain --accepted-by twi", "twilio"),
        ("sip-password generate --accepted-by huawei,twi", "huawei,twilio"),
        ("sip-password generate huawei --safe-for uri,asterisk-", "uri,asterisk-dial"),
        ("sip-password validate huawei --fits cisco,lin", "cisco,linphone"),
    ] {
        let script = format!("source sip-password.fish; complete -C '{line}'");
        let mut fish = command("fish");
        fish.args(["--no-config", "-c", &script]).current_dir(directory.path()).env("HOME", directory.path());
        let output = fish.output().expect("it is installed");
        let offers = String::from_utf8_lossy(&output.stdout);
        let is_offered = |offer: &str| offer.split('\t').next() == Some(offered);
        assert!(offers.lines().any(is_offered), "{line}: {offers}");
    }
}

/// A terminal that did not show the passphrase shows what is typed after Ctrl-C, and after another signal.
#[cfg(feature = "rotate")]
#[test]
fn a_signal_at_the_passphrase_leaves_the_terminal_as_it_was() {
    let command = "sip-password rotate nxcloud --base-url https://127.0.0.1:1 --accounts phones.csv --journal journal.db";
    interrupted_prompt(command, "\\0003");
    interrupted_prompt(&format!("(sleep 1; kill -TERM $$) & exec {command}"), "");
}

#[cfg(feature = "rotate")]
fn interrupted_prompt(command: &str, end: &str) {
    let _turn = shared();
    let directory = tempdir().expect("there is a directory for temporary files");
    let write = |name, text: &str| fs::write(directory.path().join(name), text).expect("there is room");
    write("phones.csv", "username\nagent-1\n");
    write("ask.sh", &format!("export NXCLOUD_APPKEY=fake NXCLOUD_SECRETKEY=fake\n{command}\n"));
    let mut found = String::new();
    for pause in [2, 5] {
        found = typed(
            "sh",
            directory.path(),
            &["sh ask.sh\\n", end, "echo status $?; stty -a\\n", "exit\\n"],
            pause,
        );
        let Some((_, settings)) = found.split_once("status 130") else { continue };
        if found.contains("Passphrase") {
            let words: Vec<_> = settings.split_whitespace().collect();
            assert!(words.contains(&"echo") && !words.contains(&"-echo"), "{found}");
            assert!(words.contains(&"isig") && words.contains(&"icanon"), "{found}");
            return;
        }
    }
    panic!("{found}");
}
