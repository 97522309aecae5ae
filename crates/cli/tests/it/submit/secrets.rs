//! Secrets come from the environment or a file, and never from an argument.

use std::fs;

use fake_vendors::Vendor;

use crate::submit::setting::{Setting, lines, secrets};

/// A secret as an argument is refused in both forms, and no message repeats it.
#[test]
fn secrets_as_arguments_are_refused() {
    let options = [
        "--account-password",
        "--api-key",
        "--api-token",
        "--app-key",
        "--app-secret",
        "--appkey",
        "--new-password",
        "--password",
        "--secret-key",
        "--secretkey",
        "--token",
    ];
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        for option in options {
            setting.submit(&[option, "of-no-worth"]).is(2, &["a secret cannot be an argument", "--secrets"]);
            setting.submit(&[&format!("{option}=of-no-worth")]).is(2, &["a secret cannot be an argument"]);
            // Also if there are other errors.
            setting.run(&mut setting.bare(&[option, "of-no-worth"])).is(2, &[]);
            setting.submit(&[option, "of-no-worth", option, "of-no-worth"]).is(2, &[]);
        }
        for stray in [
            &["of-no-worth"][..],
            &["--password-stdin=of-no-worth"],
            &["--password-stdin", "of-no-worth"],
            &["--", "-of-no-worth"],
            &["--unknown", "of-no-worth"],
            &["--unknown=of-no-worth"],
            &["--api-secret=of-no-worth"],
        ] {
            setting.submit(stray).is(2, &["unexpected"]);
        }
        assert!(!setting.path("new.txt").exists());
        assert_eq!(setting.vendors.connections(), 0);
    }
}

#[test]
fn secrets_come_from_a_file() {
    for vendor in Vendor::ALL {
        let right = lines(vendor, |line| line);
        let forms = [
            right.clone(),
            format!("# a comment\r\n\r\nOTHER=1\n{}", right.replace('\n', "\r\n")),
            lines(vendor, |line| format!("export {}\"", line.replace('=', "=\""))),
            lines(vendor, |line| format!("  {}'  ", line.replace('=', " = '"))),
            lines(vendor, |line| format!("{}\" # of the tenant", line.replace('=', "=\""))),
            lines(vendor, |line| format!("{line} # of the tenant")),
            format!("\u{feff}{right}"),
        ];
        for form in forms {
            let setting = Setting::new(vendor);
            setting.write("secrets.env", &form);
            let mut command = setting.command(&["--output", "new.txt", "--secrets", "secrets.env"]);
            // The file takes precedence over the environment.
            for (name, _) in secrets(vendor) {
                command.env(name, "of-no-worth");
            }
            setting.run(&mut command).is(0, &["updated"]);
            assert_eq!(setting.on_phone(), Some(setting.in_file()));
        }
    }
}

#[test]
fn wrong_files_are_refused() {
    for vendor in Vendor::ALL {
        let right = lines(vendor, |line| line);
        let setting = Setting::new(vendor);
        let (first, secret) = secrets(vendor)[0];
        for (content, said) in [
            (
                format!("{right}of-no-worth\n"),
                format!("line {}: expected NAME=VALUE, found no name, or no =", right.lines().count() + 1),
            ),
            (format!("# {right}\n=of-no-worth\n"), "no name, or no =".into()),
            (format!("{right}{first}=of-no-worth\n"), format!("the --secrets file has {first} twice")),
            (
                format!("{right}#{}", "of-no-worth".repeat(10_000)),
                "expected a file of secrets of at most 65536 bytes, found more".into(),
            ),
        ] {
            setting.write("secrets.env", &content);
            setting.submit(&["--secrets", "secrets.env"]).is(2, &[&said]);
        }
        fs::write(setting.path("secrets.env"), b"A=1\nB=\xff\n").expect("there is room");
        setting
            .submit(&["--secrets", "secrets.env"])
            .is(2, &["line 2: expected NAME=VALUE, found bytes that are not UTF-8"]);
        setting.submit(&["--secrets", "no-such.env"]).is(2, &["cannot read \"no-such.env\""]);
        setting.write("secrets.env", "OTHER=1\n");
        let mut command = setting.command(&["--output", "new.txt", "--secrets", "secrets.env"]);
        setting
            .run(command.env_remove(first))
            .is(2, &[first, "neither in \"secrets.env\" nor in the environment"]);
        #[cfg(unix)]
        for mode in [0o640, 0o604, 0o660, 0o610] {
            setting.write("secrets.env", &right);
            setting.mode("secrets.env", mode);
            let ended = setting.submit(&["--secrets", "secrets.env"]);
            ended.is(2, &["\"secrets.env\" can be read by others", "chmod 600"]);
        }
        assert!(!setting.path("new.txt").exists());
        assert_eq!(setting.vendors.connections(), 0);

        // A secret that the file lacks comes from the environment.
        setting.write("secrets.env", &format!("{first}={secret}"));
        let mut command = setting.command(&["--output", "new.txt", "--secrets", "secrets.env"]);
        setting.run(command.env_remove(first)).is(0, &["updated"]);
    }
}

/// A value that programs read differently is an error that names its line: a wrong guess would be a failed check of the account's
/// password.
#[test]
fn values_that_are_not_certain_are_refused() {
    let setting = Setting::new(Vendor::Huawei);
    for value in [
        "\"of-no-worth\"# note",
        "\"of-no-worth\" note",
        "\"of-no-worth",
        "of-no-worth'",
        "of-no-worth#1",
        "of no worth",
        "of$no-worth",
        "\"of-no-worth$HOME\"",
        "of\\no-worth",
        "\"of-no-worth\\n\"",
    ] {
        setting.write("secrets.env", &format!("# a comment\nHUAWEI_ACCOUNT_PASSWORD={value}\n"));
        let ended = setting.submit(&["--secrets", "secrets.env"]);
        ended.is(2, &["\"secrets.env\", line 2: expected"]);
        assert!(!ended.stderr.contains("worth"), "{}", ended.stderr);
    }
    assert_eq!((setting.vendors.connections(), setting.phone().asked), (0, 0));
}

#[test]
fn a_name_in_lower_case_is_pointed_out() {
    let setting = Setting::new(Vendor::NxCloud);
    setting.write(
        "secrets.env",
        &format!("\n{}", lines(Vendor::NxCloud, |line| line.replace("APPKEY", "appkey"))),
    );
    let mut command = setting.command(&["--output", "new.txt", "--secrets", "secrets.env"]);
    setting
        .run(command.env_remove("NXCLOUD_APPKEY"))
        .is(2, &["expected the name NXCLOUD_APPKEY, in capital letters, found NXCLOUD_appkey in line 2"]);
}

/// The superuser can read the files of others, who could change them at any time.
#[cfg(unix)]
#[test]
fn a_file_of_another_user_is_refused() {
    let setting = Setting::new(Vendor::Exotel);
    setting.write("secrets.env", &lines(Vendor::Exotel, |line| line));
    // Only the superuser can give a file away, and only the superuser could read it then.
    if std::os::unix::fs::chown(setting.path("secrets.env"), Some(65534), None).is_ok() {
        let ended = setting.submit(&["--secrets", "secrets.env"]);
        ended.is(2, &["\"secrets.env\" belongs to another user (uid 65534)"]);
    }
    assert_eq!(setting.vendors.connections(), 0);
}
