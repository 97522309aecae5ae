//! The examples of the help.

use std::{fs, path::Path};

use fake_vendors::Vendor;

use crate::{
    process::{run, sip_password, status, stdout},
    submit::setting::{Setting, lines, secrets},
};

#[test]
fn every_help_page_has_examples() {
    let output = run(&["submit", "--help"]);
    assert_eq!(status(&output), 0);
    assert!(stdout(&output).contains("Examples:"));
    for vendor in Vendor::ALL {
        let output = run(&["submit", &vendor.to_string(), "--help"]);
        assert_eq!(status(&output), 0);
        assert!(stdout(&output).contains("Example:"), "{vendor}");
    }
}

/// A page of the help, with each example in one line.
fn page(arguments: &[&str]) -> String {
    let mut command = sip_password(&[&["submit"], arguments, &["--help"]].concat());
    // At this width, the help does not break the lines of the examples.
    let output = command.env("COLUMNS", "80").output().expect("the command starts");
    stdout(&output).replace("\\\n", " ")
}

/// An example of the help, for the first account of the fake servers.
fn for_fake_servers(example: &str, base: &str) -> String {
    let mut example = example
        .replace("https://service.besclouds.com", base)
        .replace("--region mumbai", &format!("--base-url {base}"))
        .replace("acme1", "fake-sid")
        .replace("12345", "device-1");
    for name in ["agent1", "0a1b2c", "1049001"] {
        example = example.replace(name, "agent-1");
    }
    // Nobody listens there.
    example = example.replace("sip.example.com", "127.0.0.1:1");
    if example.contains("nxcloud") {
        example += &format!(" --base-url {base}");
    }
    example
}

/// Only Unix asks for that.
fn make_executable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).expect("it is ours");
    }
    let _ = path;
}

#[test]
fn every_example_works() {
    let mut count = 0;
    for page in [&[][..], &["huawei"], &["exotel"], &["nxcloud"]].map(page) {
        let setting = Setting::new(Vendor::Huawei);
        for vendor in Vendor::ALL {
            setting.write(&format!("{vendor}.env"), &lines(vendor, |line| line));
        }
        setting.write("hand-on", "#!/bin/sh\ncat > /dev/null\n");
        make_executable(&setting.path("hand-on"));
        for example in page.lines().filter_map(|line| line.trim().strip_prefix("sip-password ")) {
            let example = for_fake_servers(example, &setting.vendors.base_url());
            if example.contains("--again") {
                setting.write("agent-1.txt", "TheOldOne123\n");
            }
            let mut command = setting.prepared();
            command.args(example.split_whitespace()).args(["--root", "root.pem"]);
            if !example.contains("--secrets") {
                command.envs(secrets(Vendor::Huawei));
            }
            let ended = setting.run(&mut command);
            let expected = if example.contains("--registrar ") { 4 } else { 0 };
            assert_eq!(ended.status, Some(expected), "{example}: {}", ended.all());
            let _ = fs::remove_file(setting.path("agent-1.txt"));
            count += 1;
        }
        // Each page names the secrets of its vendor, and no others.
        for (name, _) in Vendor::ALL.into_iter().flat_map(secrets) {
            let vendor = name.split('_').next().unwrap_or_default().to_lowercase();
            let expected = page.contains(&format!("submit {vendor} [")) || page.contains(&format!("{name}="));
            assert_eq!(page.contains(name), expected, "{name}");
        }
    }
    assert_eq!(count, 9);
}
