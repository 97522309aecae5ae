//! Accounts files, right and wrong.

use std::fs;

use fake_vendors::{Account, Vendor};

use crate::rotate::setting::{Setting, columns, made};

/// Asserts that the command refuses the file with these words, and does nothing.
#[track_caller]
fn refused(vendor: Vendor, content: impl AsRef<[u8]>, said: &[&str]) {
    let setting = Setting::new(vendor, 1);
    setting.write("accounts.csv", content);
    let files = setting.files();
    let ended = setting.rotate(&[]);
    setting.refused(&ended, said);
    assert!(ended.stderr.contains("accounts.csv"), "{}", ended.stderr);
    assert_eq!(setting.files(), files);
    assert_eq!(setting.vendors.connections(), 0);
}

/// The header and this many good rows, as lines without line ends.
fn lines(vendor: Vendor, count: usize) -> Vec<String> {
    let (header, row): (_, fn(usize) -> String) = match vendor {
        Vendor::Huawei => ("user_account,account_password", |n| format!("agent-{n},fake-account-pass-{n}")),
        Vendor::Exotel => ("user_uuid,device_id", |n| format!("agent-{n},device-{n}")),
        Vendor::NxCloud => ("username", |n| format!("agent-{n}")),
    };
    [header.to_owned()].into_iter().chain((1..=count).map(row)).collect()
}

fn file(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

/// The good file with one line changed.
fn with(vendor: Vendor, line: usize, changed: &str) -> String {
    let mut lines = lines(vendor, 5);
    changed.clone_into(&mut lines[line - 1]);
    file(&lines)
}

#[test]
fn a_header_without_a_column_is_refused() {
    for vendor in Vendor::ALL {
        for column in columns(vendor) {
            let all = file(&lines(vendor, 3));
            refused(vendor, all.replacen(column, "other", 1), &[column]);
            refused(vendor, all.replacen(column, &column.to_uppercase(), 1), &[column]);
        }
        refused(vendor, "", &[]);
        refused(vendor, file(&lines(vendor, 0)), &[]);
        // Without a header, the first phone would be taken for one, and its password would be in a message.
        refused(vendor, file(&lines(vendor, 3)[1..]), &[columns(vendor)[0]]);
    }
    refused(Vendor::Huawei, "user_account\nagent-1\n", &["account_password"]);
    refused(Vendor::Exotel, "user_uuid\nagent-1\n", &["device_id"]);
    refused(Vendor::NxCloud, "username,username\nagent-1,agent-2\n", &["username"]);
}

/// A phone that is listed twice would get two passwords.
#[test]
fn a_phone_that_is_listed_twice_is_refused() {
    refused(
        Vendor::Huawei,
        with(Vendor::Huawei, 5, "agent-1,of-no-worth"),
        &["line 2", "line 5"].map(|line| line.rsplit(' ').next().unwrap_or_default()),
    );
    refused(Vendor::Exotel, with(Vendor::Exotel, 6, "agent-2,device-2"), &["3", "6"]);
    refused(Vendor::NxCloud, with(Vendor::NxCloud, 3, "agent-5"), &["3", "6"]);
    // A user's second device is another phone.
    let setting = Setting::new(Vendor::Exotel, 1);
    setting.write("accounts.csv", "user_uuid,device_id\nagent-1,device-1\nagent-1,device-2\n");
    assert_eq!(setting.rotate(&[]).summary()["phones"], 2);
}

#[test]
fn a_bad_row_is_refused_by_its_line() {
    let long = "x".repeat(10_000);
    let rows = [
        (Vendor::Huawei, ",of-no-worth"),
        (Vendor::Huawei, "agent-3,"),
        (Vendor::Huawei, "agent-3"),
        (Vendor::Huawei, "agent-3,of-no-worth,more"),
        (Vendor::Huawei, &format!("{long},of-no-worth")),
        (Vendor::Huawei, &format!("agent-3,of-no-worth{long}")),
        (Vendor::Exotel, ",device-3"),
        (Vendor::Exotel, "agent-3,"),
        (Vendor::Exotel, "agent-3"),
        (Vendor::Exotel, "agent-3,device-3,more"),
        (Vendor::Exotel, &format!("agent-3,{long}")),
        (Vendor::NxCloud, "\"\""),
        (Vendor::NxCloud, "agent-3,more"),
        (Vendor::NxCloud, "\"agent-3,agent-4\""),
        (Vendor::NxCloud, &long),
    ];
    for (vendor, row) in rows {
        refused(vendor, with(vendor, 4, row), &["line 4"]);
    }
    for vendor in Vendor::ALL {
        let mut bytes = file(&lines(vendor, 5)).into_bytes();
        let place = bytes.windows(7).position(|window| window == b"agent-3").expect("it is there");
        bytes[place] = 0xFF;
        refused(vendor, bytes, &["line 4", "UTF-8"]);
    }
    let setting = Setting::new(Vendor::Huawei, 1);
    fs::remove_file(setting.path("accounts.csv")).expect("it is ours");
    setting.refused(&setting.rotate(&[]), &["accounts.csv"]);
    fs::create_dir(setting.path("accounts.csv")).expect("there is room");
    setting.refused(&setting.rotate(&[]), &["accounts.csv"]);
    assert!(setting.journal_files().is_empty());
}

/// An accounts file with passwords is as secret as the `--secrets` file.
#[test]
fn a_file_with_passwords_that_others_can_read_is_refused() {
    let setting = Setting::new(Vendor::Huawei, 1);
    for mode in [0o640, 0o604, 0o620] {
        setting.mode("accounts.csv", mode);
        setting.refused(&setting.rotate(&[]), &["\"accounts.csv\" can be read by others", "chmod 600"]);
        setting.refused(&setting.rotate(&["--dry-run"]), &["\"accounts.csv\" can be read by others"]);
    }
    assert!(setting.journal_files().is_empty());
    assert_eq!(setting.vendors.connections(), 0);
    // Names alone are no secret.
    let setting = Setting::new(Vendor::Exotel, 1);
    setting.mode("accounts.csv", 0o644);
    assert_eq!(setting.rotate(&[]).status, Some(0));
}

/// A vendor may ignore white space around a name.
#[test]
fn white_space_around_a_name_is_refused() {
    let rows = [
        (Vendor::Huawei, " agent-3,of-no-worth", "user_account"),
        (Vendor::Exotel, "agent-3 ,device-3", "user_uuid"),
        (Vendor::Exotel, "agent-3,\u{a0}device-3", "device_id"),
        (Vendor::NxCloud, "agent-3\t", "username"),
        (Vendor::NxCloud, " ", "username"),
    ];
    for (vendor, row, column) in rows {
        refused(vendor, with(vendor, 4, row), &["line 4", column, "white space"]);
    }
    // A password may have white space anywhere, and a name within.
    let setting = Setting::new(Vendor::Huawei, 5);
    setting.write("accounts.csv", with(Vendor::Huawei, 4, "agent 3, of-no-worth "));
    let summary = setting.rotate(&[]).summary();
    assert_eq!((&summary["confirmed"], &summary["refused"]), (&4.into(), &1.into()), "{summary}");
}

#[test]
fn a_quote_that_is_not_closed_is_refused() {
    let rows = [
        (Vendor::Huawei, "agent-3,\"of-no-worth"),
        (Vendor::Huawei, "\"agent-3,of-no-worth"),
        (Vendor::Exotel, "agent-3,\"device-3"),
        (Vendor::Exotel, "\"agent-3,device-3"),
        (Vendor::NxCloud, "\"agent-3"),
    ];
    for (vendor, row) in rows {
        refused(vendor, with(vendor, 4, row), &["line 4", "line break", "quote"]);
    }
    // A column that is not read may contain line breaks.
    let setting = Setting::new(Vendor::NxCloud, 2);
    setting.write("accounts.csv", "username,note\nagent-1,\"a\nb\"\nagent-2,\n");
    assert_eq!(setting.rotate(&[]).summary()["confirmed"], 2);
}

/// The error names the cause as well as the line.
#[test]
fn accounts_in_another_order_are_refused() {
    for vendor in Vendor::ALL {
        let mut phones = made(vendor, 5);
        let setting = Setting::with(vendor, &phones, Vec::new());
        assert_eq!(setting.rotate(&[]).status, Some(0));
        phones.swap(1, 3);
        setting.accounts(&phones);
        setting.rotate(&[]).failed(&["line 3", "another order"]);
    }
}

/// Files as other programs write them.
#[test]
fn files_of_other_programs_are_read() {
    for vendor in Vendor::ALL {
        let phones = made(vendor, 5);
        let plain = lines(vendor, 5);
        let quoted = |line: &String| line.split(',').map(|field| format!("\"{field}\"")).collect::<Vec<_>>();
        let wide = |line: &String| {
            let mut fields: Vec<_> = line.split(',').collect();
            fields.reverse();
            format!("\"a, \"\"b\"\" \u{e9}\",{},", fields.join(","))
        };
        let columns = |line: &String| wide(line).replace("\"a, \"\"b\"\" \u{e9}\"", "note") + "more";
        let files = [
            plain.join("\n"),
            plain.join("\r\n") + "\r\n",
            format!("\u{feff}{}", file(&plain)),
            format!(
                "\u{feff}{}\r\n",
                plain.iter().map(|line| quoted(line).join(",")).collect::<Vec<_>>().join("\r\n")
            ),
            file(&plain.iter().map(|line| quoted(line).join(",")).collect::<Vec<_>>()),
            file(&[vec![columns(&plain[0])], plain[1..].iter().map(wide).collect()].concat()),
        ];
        for content in files {
            let setting = Setting::with(vendor, &phones, Vec::new());
            setting.write("accounts.csv", &content);
            let ended = setting.rotate(&[]);
            assert_eq!(ended.status, Some(0), "{vendor}: {content:?}: {}", ended.all());
            setting.all_confirmed(&ended, &phones);
        }
    }
}

/// The accounts file that the fake servers write can be used as it is.
#[test]
fn the_fake_servers_file_is_read() {
    for vendor in Vendor::ALL {
        let phones: Vec<Account> = made(vendor, 50);
        let setting = Setting::with(vendor, &phones, Vec::new());
        setting.write("accounts.csv", setting.vendors.accounts_csv(vendor));
        setting.all_confirmed(&setting.rotate(&[]), &phones);
    }
}

/// A name that only looks different is a mistake, or worse; and a name with a slash may be another path at the vendor.
#[test]
fn misleading_names_are_refused() {
    for (row, said) in [
        ("AGENT-2", &["line 4", "AGENT-2 looks like agent-2 in line 3"][..]),
        ("agent\u{200b}-2", &["line 4", "agent\\u{200b}-2 looks like agent-2 in line 3"]),
        ("agent-\u{202e}2", &["line 4", "agent-\\u{202e}2 looks like agent-2 in line 3"]),
        ("agent/3", &["line 4", "slash"]),
        ("agent\\3", &["line 4", "slash"]),
        ("..", &["line 4", "..", "username"]),
        (".", &["line 4", "username"]),
        ("agent\u{7}3", &["line 4", "control character"]),
    ] {
        refused(Vendor::NxCloud, with(Vendor::NxCloud, 4, row), said);
    }
    refused(
        Vendor::Huawei,
        with(Vendor::Huawei, 4, "Agent-2,of-no-worth"),
        &["Agent-2 looks like agent-2 in line 3"],
    );
    refused(
        Vendor::Exotel,
        with(Vendor::Exotel, 4, "agent-2,DEVICE-2"),
        &["agent-2/DEVICE-2 looks like agent-2/device-2"],
    );
    refused(Vendor::Exotel, with(Vendor::Exotel, 4, "agent-3/,device-3"), &["line 4", "slash"]);
}

/// What cannot be read is named by its cause.
#[test]
fn files_of_other_kinds_are_named() {
    let text = file(&lines(Vendor::NxCloud, 3));
    for units in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(units).collect();
        refused(Vendor::NxCloud, &bytes, &["line 1", "found UTF-16"]);
        let mark: Vec<u8> = [0xfeff].into_iter().flat_map(units).collect();
        refused(Vendor::NxCloud, [mark, bytes].concat(), &["line 1", "found UTF-16"]);
    }
    for vendor in [Vendor::Huawei, Vendor::Exotel] {
        refused(vendor, file(&lines(vendor, 3)).replace(',', ";"), &["line 1", "commas", "semicolons"]);
    }
}

/// A quote that is not closed makes one row of the rest of the file, which must not be read into memory.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_a_row() {
    let setting = Setting::new(Vendor::NxCloud, 1);
    let rest = "agent,more\n".repeat(6_000_000);
    setting.write("accounts.csv", format!("username,note\nagent-1,\"not closed\n{rest}"));
    let mut command = setting.command(&[]);
    // Too little for the row, and enough for everything else.
    let limited = format!("ulimit -v {}; exec \"$0\" \"$@\"", 200 << 10);
    let mut shell = std::process::Command::new("sh");
    setting.prepare(&mut shell).args(["-c", &limited]).arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    setting.refused(&setting.run(&mut shell), &["line 2", "at most 65536 bytes", "is a quote not closed?"]);
    command.args(["--dry-run"]);
    setting.refused(&setting.run(&mut command), &["line 2", "at most 65536 bytes"]);
}

/// A dry run names every wrong row, so that a file is corrected at once.
#[test]
fn a_dry_run_names_all_wrong_rows() {
    let setting = Setting::new(Vendor::Huawei, 1);
    let rows = [
        "user_account,account_password",
        "agent-1,fake-account-pass-1",
        "agent-2,",
        "agent-3",
        "agent-1,of-no-worth",
        " agent-5,of-no-worth",
        "agent/6,of-no-worth",
        "AGENT-1,of-no-worth",
        "agent-8,fake-account-pass-8",
    ];
    setting.write("accounts.csv", rows.join("\n"));
    let ended = setting.rotate(&["--dry-run"]);
    setting.refused(&ended, &["6 rows are wrong, and 2 right; nothing was sent"]);
    for (line, said) in [
        (3, "account_password"),
        (4, "expected 2 fields"),
        (5, "agent-1 is in line 2 already"),
        (6, "white space"),
        (7, "slash"),
        (8, "AGENT-1 looks like agent-1 in line 2"),
    ] {
        let of_line = format!("\"accounts.csv\", line {line}: ");
        let message = ended.stderr.lines().find(|message| message.contains(&of_line)).unwrap_or_default();
        assert!(message.contains(said), "{line}: {}", ended.stderr);
    }
    // The file is read once, so that a pipe is checked as well.
    let mut command = setting.keyless(&["--accounts", "-", "--key-file", "key", "--dry-run"]);
    command.stdin(fs::File::open(setting.path("accounts.csv")).expect("it is there"));
    setting.refused(&setting.run(&mut command), &["line 3: ", "line 8: ", "6 rows are wrong, and 2 right"]);
    assert_eq!(setting.vendors.connections(), 0);
}
