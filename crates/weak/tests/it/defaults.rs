//! What scanners try and configurations come with.

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use sip_password::{HUAWEI, NXCLOUD, Policy};
use sip_password_weak::{KnownDefault, MAX_DEFAULT, known_default};

#[track_caller]
fn is(expected: Option<KnownDefault>, passwords: &[&str], names: &[&str]) {
    for password in passwords {
        assert_eq!(known_default(password.as_bytes(), names), expected, "{password} of {names:?}");
    }
}

/// The examples comply with Huawei's and Exotel's rules.
#[test]
fn compliant_and_well_known() {
    for password in ["Huawei@123", "P@ssw0rd1", "Admin@123"] {
        assert!(HUAWEI.check(password).is_ok(), "{password}");
        is(Some(KnownDefault::Word), &[password], &[]);
    }
}

#[test]
fn words_in_every_disguise() {
    is(
        Some(KnownDefault::Word),
        &[
            "huawei",
            "HUAWEI",
            "Huawei1",
            "huawei2024",
            "2024huawei",
            "Huawei_2024!",
            "!Huawei!",
            "Hu@w31",
            "Hu4wei@99",
            "#1Huawei",
            "cisco12345",
            "Cisco.1111",
            "SipAdmin",
            "sip-admin-1",
            "VoipUser@2019",
            "Yealink#00",
            "adminadmin",
            "ClueCon",
            "unsecurepassword",
            "kamailiorw",
            "eLaStIx.2oo7",
            "E$I789",
            "PlcmSpIp",
            "Changeme_123",
            "Admin@huawei.com",
            "admintelecom",
            "Pa$$w0rd",
            "pa55word",
            "p455w0rd!",
            "Passw0rd!23",
            "secret123",
            "Letmein1!",
            "Welcome1",
            "Test1234",
        ],
        &[],
    );
}

#[test]
fn walks_on_keys() {
    is(
        Some(KnownDefault::Walk),
        &[
            "qwerty",
            "Qwerty123!",
            "1qaz2wsx",
            "1qaz@WSX",
            "1QAZ2wsx3edc",
            "zaq1",
            "asdfghjkl",
            "qwer1234",
            "!@#$%^&*",
            "!QAZ2wsx",
            "987654321",
            "aaaaaaaa",
            "AAAA1111",
            "abc123",
            "Abcd1234",
            "abcd!@#$",
            "zyxwvuts",
            "qazwsxedc",
            "0987654321",
        ],
        &[],
    );
}

#[test]
fn numbers() {
    is(Some(KnownDefault::Number), &["0", "1234", "1001", "0815", "456", "22"], &[]);
    // NXCloud's own are numbers of six digits: what is short is the policy's business.
    is(None, &["671897", "10019"], &[]);
}

#[test]
fn the_account_itself() {
    is(
        Some(KnownDefault::Account),
        &[
            "10017",
            "71001",
            "1001710017",
            "10017-10017",
            "1001771001",
            "10017@2024",
            "Sip10017",
            "10017Huawei!",
        ],
        &["10017"],
    );
    is(None, &["10017", "10017-10017"], &["20024"]);
    is(
        Some(KnownDefault::Account),
        &[
            "Alice123",
            "alice_smith",
            "SmithAlice1",
            "ecila",
            "4l1c3!",
            "Alice@Example1",
            "alice.smith@example.com",
            "Admin.Alice",
        ],
        &["alice.smith@example.com"],
    );
    // A name that is a word too is a name first.
    is(Some(KnownDefault::Account), &["Huawei@123"], &["huawei"]);
    // A short name occurs by chance.
    is(None, &["Al-Xq9v"], &["Al"]);
    is(Some(KnownDefault::Account), &["Zoë2024"], &["zoë"]);
}

/// A part of a password that is well known does not make it a default.
#[test]
fn what_is_more_than_pieces_is_none() {
    is(
        None,
        &[
            "",
            "Xq9~vTz2",
            "Huawei@7391",
            "Huawei@Xq",
            "xHuawei@123",
            "tulip.kettle~orbit",
            "adminhuaweicisco",
            "1z2y3x4w5v",
            "12-34-56",
            "Huawei@12@34@56",
        ],
        &[],
    );
    let longest = format!("huawei{}", "1".repeat(MAX_DEFAULT - 6));
    is(Some(KnownDefault::Word), &[&longest], &[]);
    is(None, &[&format!("{longest}1")], &[]);
    assert_eq!(known_default(b"\xff\xfe\x80huawei", &[]), None);
}

/// Of two million generated passwords of 8 characters, with names, fewer than twenty are; of longer ones, none.
#[test]
fn a_generated_password_is_practically_never_one() {
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let names = ["1001", "alice.smith@example.com", "bob"];
    let mut count = |policy: &Policy, length: usize, passwords: usize| {
        let mut buffer = [0; 16];
        let mut found = 0;
        for _ in 0..passwords {
            let password = policy.generate(&mut rng, &mut buffer[..length]).expect("the source is good");
            found += usize::from(known_default(password.expose_secret().as_bytes(), &names).is_some());
        }
        found
    };
    let short = count(&HUAWEI, 8, 1_000_000) + count(&NXCLOUD, 8, 1_000_000);
    println!("{short} of two million passwords of 8 characters");
    assert!(short < 20, "{short}");
    assert_eq!(count(&HUAWEI, 12, 500_000) + count(&NXCLOUD, 12, 500_000), 0);
}

/// The search is short whatever the password is: these have many ways to be cut into pieces.
#[test]
fn no_password_takes_long() {
    let begun = std::time::Instant::now();
    let mut rng = ChaCha20Rng::from_seed([8; 32]);
    let pieces = [
        "1",
        "11",
        "111",
        "1111111",
        "aaa",
        "123",
        "abcdefgh",
        "admin",
        "!",
        "!!",
        "2024",
        "qwertyuiop",
        "4dm1n",
    ];
    for _ in 0..1_000 {
        let mut password = String::new();
        while password.len() < MAX_DEFAULT - 1 {
            password += pieces[rng.next_u32() as usize % pieces.len()];
        }
        password.truncate(MAX_DEFAULT - 1);
        password.push('~');
        known_default(password.as_bytes(), &["1111", "admin"]);
    }
    for password in [
        "1".repeat(MAX_DEFAULT - 1) + "x",
        "ab".repeat(MAX_DEFAULT / 2),
        "12345678901234567890".repeat(3) + "x~y",
    ] {
        known_default(password.as_bytes(), &["1111", "111"]);
    }
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}
