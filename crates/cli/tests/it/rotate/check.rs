//! `rotate check`: a registrar is asked which password the phones have.

use std::{thread, time::Duration};

use fake_vendors::Vendor;
use serde_json::Value;

use crate::{
    registered::fake::{Character, FakeRegistrar, Wire},
    rotate::{
        setting::{Ended, Setting, fault, made},
        waves::interrupt,
    },
};

/// Six phones, with their old passwords in a column. The replies of the first four are lost, and none of the first two calls had an effect.
fn unknown() -> Setting {
    let phones = made(Vendor::NxCloud, 6);
    let setting = Setting::with(Vendor::NxCloud, &phones, Vec::new());
    let mut csv = String::from("username,old\n");
    for phone in &phones {
        csv += &format!("{},Oldest#34\n", phone.account);
    }
    setting.write("accounts.csv", csv);
    setting.fails(
        [
            fault("lose-reply@account=agent-3"),
            fault("lose-reply@account=agent-4"),
            fault("reset=request@account=agent-1"),
            fault("reset=request@account=agent-2"),
        ]
        .concat(),
    );
    let rotation = setting.command(&["--batch", "1"]).spawn().expect("it starts");
    let is_sent = |status: Value| status["unknown"] == 4 && status["confirmed"] == 2;
    while !setting.status_if_any().is_some_and(is_sent) {
        thread::sleep(Duration::from_millis(50));
    }
    interrupt(&setting, rotation);
    assert_eq!(setting.status()["unknown"], 4);
    setting
}

/// A registrar that knows the phones as the vendor does, and the old passwords of the others.
fn registrar(setting: &Setting) -> FakeRegistrar {
    let on_phones = setting.on_phones();
    let users: Vec<(String, String)> = made(Vendor::NxCloud, 6)
        .iter()
        .map(|phone| {
            let name = phone.account.clone();
            let password = on_phones.get(&name).cloned().unwrap_or_else(|| "Oldest#34".into());
            (name, password)
        })
        .collect();
    FakeRegistrar::start(
        Wire::Udp,
        Character::with_users(users.iter().map(|(user, password)| (&**user, &**password))),
    )
}

fn check(setting: &Setting, registrar: &FakeRegistrar, arguments: &[&str]) -> Ended {
    let address = registrar.address.to_string();
    let usual = [
        "check",
        "--journal",
        "journal",
        "--key-file",
        "key",
        "--registrar",
        &address,
        "--rate",
        "1000/s",
        "--timeout",
        "20",
    ];
    setting.run(&mut setting.bare(&[&usual, arguments].concat()))
}

#[test]
fn phones_are_settled_by_what_the_registrar_accepts_and_nobody_is_asked_twice() {
    let setting = unknown();
    let registrar = registrar(&setting);
    let ended = check(&setting, &registrar, &["--dry-run"]);
    assert_eq!((ended.status, registrar.tries().len()), (Some(0), 0), "{}", ended.all());
    assert!(ended.stderr.contains("nothing was sent; 4 phones of"), "{}", ended.stderr);
    let ended = check(&setting, &registrar, &["--old-password", "old"]);
    assert_eq!(ended.status, Some(3), "{}", ended.all());
    assert_eq!(ended.stdout, "2 agent-1: old\n3 agent-2: old\n4 agent-3: new\n5 agent-4: new\n");
    assert!(ended.stderr.contains("4 phones: 2 new, 2 old, 0 neither, 0 not known"), "{}", ended.stderr);
    let status = setting.status();
    // The old password settles nothing so soon after the call.
    assert_eq!((&status["confirmed"], &status["unknown"]), (&4.into(), &2.into()), "{status}");
    setting.export(&[]).succeeded();
    let registered: Vec<_> = setting.exported().into_iter().map(|row| row.registered).collect();
    assert_eq!(registered, ["old", "old", "new", "new", "", ""]);
    let tries = registrar.tries().len();
    assert_eq!(tries, 6);
    let ended = check(&setting, &registrar, &["--old-password", "old"]);
    assert_eq!((ended.status, registrar.tries().len()), (Some(0), tries), "{}", ended.all());
    // Those that are confirmed, too.
    let ended = check(&setting, &registrar, &["--only", "confirmed"]);
    assert_eq!(
        (ended.status, &*ended.stdout),
        (Some(0), "6 agent-5: new\n7 agent-6: new\n"),
        "{}",
        ended.all()
    );
    let ended = check(&setting, &registrar, &["--again"]);
    assert_eq!(
        (ended.status, &*ended.stdout),
        (Some(3), "2 agent-1: neither\n3 agent-2: neither\n"),
        "{}",
        ended.all()
    );
    // When the vendor works again, all phones get their passwords.
    setting.fails(Vec::new());
    assert_eq!(setting.rotate(&["--batch", "1"]).status, Some(0));
}

#[test]
fn wrong_columns_and_no_registrar() {
    let setting = unknown();
    let registrar = registrar(&setting);
    check(&setting, &registrar, &["--user", "usernam"]).failed(&["--user: expected a column of the accounts file (username, old), found no such column; did you mean username?"]);
    check(&setting, &registrar, &["--old-password", "older"]).failed(&["--old-password: expected a column"]);
    assert!(registrar.tries().is_empty());
    drop(registrar);
    let usual = [
        "check",
        "--journal",
        "journal",
        "--key-file",
        "key",
        "--registrar",
        "127.0.0.1:9",
        "--transport",
        "tcp",
    ];
    let ended = setting.run(&mut setting.bare(&usual));
    assert_eq!(ended.status, Some(3), "{}", ended.all());
    assert!(ended.stdout.starts_with("2 agent-1: not known: "), "{}", ended.stdout);
    assert_eq!(setting.status()["unknown"], 4);
}
