//! Wrong arguments, which are reported before anything is sent.

use std::fs;

use fake_vendors::Vendor;

use crate::submit::setting::{Setting, secrets};

/// Wrong arguments are reported before anything is sent, and no file is created or changed.
#[test]
fn wrong_arguments_are_refused() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        setting.write("old.txt", "TheOldOne123\n");
        for (name, content) in [
            ("broken.pem", "-----BEGIN CERTIFICATE-----\nnot base64!\n-----END CERTIFICATE-----\n"),
            ("empty.pem", ""),
        ] {
            setting.write(name, content);
        }
        let with = |arguments: &[&str]| setting.run(&mut setting.command(arguments));
        with(&[]).is(2, &["--output"]);
        with(&["--output", "-"]).is(2, &["expected a file for the password, found standard output"]);
        with(&["--output", "-", "--again"])
            .is(2, &["expected a file for the password, found standard output"]);
        with(&["--output", "old.txt"]).is(2, &["\"old.txt\" exists", "--again", "move the file away"]);
        with(&["--output", "."]).is(2, &["exists"]);
        with(&["--output", "old.txt", "--force"]).is(2, &["--force"]);
        with(&["--output", "no/such/directory"]).is(2, &["cannot create a file beside"]);
        with(&["--output", "new.txt", "--again"]).is(2, &["cannot read \"new.txt\""]);
        with(&["--output", "new.txt", "--again", "--length", "9"]).is(2, &["cannot be used with"]);
        with(&["--again"]).is(2, &["--output"]);
        with(&["--output", "new.txt", "--unknown"]).is(2, &["--unknown"]);
        for (root, said) in [
            ("broken.pem", "expected PEM"),
            ("empty.pem", "expected a certificate"),
            ("no-such.pem", "cannot read"),
            (".", "cannot read"),
        ] {
            let base = setting.vendors.base_url();
            let mut command = setting.bare(&["--base-url", &base, "--root", root, "--output", "new.txt"]);
            setting.run(command.args(setting.names()).envs(secrets(vendor))).is(2, &[said]);
        }
        for (url, said) in [
            ("http://127.0.0.1:9", "expected https, found http"),
            ("https://fake-user:of-no-worth@127.0.0.1", "expected no credentials"),
            ("127.0.0.1", "https://"),
            ("https://127.0.0.1/?a=b", "found a query"),
        ] {
            let mut command = setting.bare(&["--base-url", url, "--output", "new.txt"]);
            setting.run(command.args(setting.names()).envs(secrets(vendor))).is(2, &["--base-url", said]);
        }
        for (name, _) in secrets(vendor) {
            let mut command = setting.command(&["--output", "new.txt"]);
            setting.run(command.env_remove(name)).is(2, &[name, "not in the environment", "--secrets"]);
            setting.run(command.env(name, "")).is(2, &["found an empty text", "nothing was sent"]);
            setting
                .run(command.env(name, "of-no-worth\r\nX-Other: 1"))
                .is(2, &["control character", "position 12"]);
        }
        let names: Vec<_> = setting.names().iter().map(|name| name.replace("1", "1\n")).collect();
        let mut command = setting.bare(&["--base-url", &setting.vendors.base_url(), "--output", "new.txt"]);
        setting.run(command.args(&names).envs(secrets(vendor))).is(2, &["control character"]);

        assert_eq!(fs::read_to_string(setting.path("old.txt")).expect("it is there"), "TheOldOne123\n");
        assert!(!setting.path("new.txt").exists() && !setting.path("-").exists());
        assert_eq!(setting.vendors.connections(), 0, "{vendor}");
    }
}

/// The file behind a link stays as it is.
#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let setting = Setting::new(Vendor::Exotel);
    setting.write("old.txt", "TheOldOne123\n");
    for (name, to) in [("new.txt", "old.txt"), ("dangling.txt", "no-such.txt")] {
        std::os::unix::fs::symlink(to, setting.path(name)).expect("links can be made");
        setting.run(&mut setting.command(&["--output", name])).is(2, &["exists"]);
    }
    assert_eq!(setting.file("old.txt").as_deref(), Some("TheOldOne123"));
    assert!(!setting.path("no-such.txt").exists());
}
