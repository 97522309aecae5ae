//! Refused, unknown and not sent: the exit status and the message say what is true of the phone.

use std::{fs, thread, time::Duration};

use fake_vendors::{Fault, Kind, Stage, Vendor};

use crate::submit::setting::Setting;

/// The phone keeps its old password, and the message says so.
#[test]
fn a_refusal_changes_nothing() {
    let wrong = [
        (Vendor::Huawei, "HUAWEI_ACCOUNT_PASSWORD", "three in a row lock the account"),
        (Vendor::Exotel, "EXOTEL_API_TOKEN", "not authorised"),
        (Vendor::NxCloud, "NXCLOUD_SECRETKEY", "the vendor refused the request"),
    ];
    for (vendor, secret, said) in wrong {
        let setting = Setting::new(vendor);
        let mut command = setting.command(&["--output", "new.txt"]);
        let ended = setting.run(command.env(secret, "of-no-worth"));
        ended.is(
            1,
            &["refused: ", "The phone keeps its old password. The one in \"new.txt\" is not in use", said],
        );
        assert_eq!(setting.on_phone(), None);
        // With the right secrets, the same password can be sent.
        setting.in_file();
        setting.submit(&["--again"]).is(0, &["updated"]);
        assert_eq!(setting.on_phone(), Some(setting.in_file()));
    }
    for vendor in Vendor::ALL {
        for status in [400, 401, 403, 404, 429] {
            let setting =
                Setting::failing(vendor, Kind::Status { status, headers: Vec::new(), body: Vec::new() });
            setting.submit(&[]).is(1, &["refused: ", "keeps its old password", &status.to_string()]);
            assert_eq!(setting.on_phone(), None);
            setting.in_file();
        }
    }
    assert_eq!(Setting::new(Vendor::Huawei).phone().failed_checks, 0);
}

/// Whatever happened to the phone, the file has the new password, and --again sends it.
#[test]
fn an_unknown_outcome_is_reported() {
    let lost = Fault::lose_reply();
    let stalls = |stage| Fault::new(Kind::Stall { stage, time: Duration::from_secs(3) });
    let broke = |status| Fault::new(Kind::Status { status, headers: Vec::new(), body: Vec::new() });
    let faults = [
        (lost, "no usable reply"),
        (stalls(Stage::Request), "timed out"),
        (stalls(Stage::Reply(30)), "timed out"),
        (Fault::new(Kind::Html(200)), "HTML"),
        (Fault::new(Kind::Html(200)).applied(), "HTML"),
        (broke(500), "HTTP 500"),
        (broke(502).applied(), "HTTP 502"),
        (Fault::new(Kind::Redirect { status: 307, to: "https://elsewhere.invalid".into() }), "redirect"),
        (Fault::new(Kind::HugeHeaders(1 << 20)), "not HTTP"),
    ];
    thread::scope(|scope| {
        for vendor in Vendor::ALL {
            for (fault, said) in &faults {
                scope.spawn(move || unknown_by(vendor, fault.clone(), said));
            }
        }
        scope.spawn(move || unknown_by(Vendor::NxCloud, Fault::new(Kind::RowMissing), "does not confirm"));
    });
}

/// What the vendor reports in place of the password that was sent is added to the file, which can be sent again all the same.
#[test]
fn a_password_that_the_vendor_reports_is_kept() {
    let setting = Setting::failing(Vendor::NxCloud, Kind::RowOther);
    let ended = setting.submit(&[]);
    ended.is(
        3,
        &[
            "the outcome is unknown",
            "does not confirm",
            "another password for the phone",
            "in a line that says so",
        ],
    );
    let text = fs::read_to_string(setting.path("new.txt")).expect("it is there");
    let [first, mark] = text.lines().collect::<Vec<_>>()[..] else { panic!("expected two lines") };
    assert!(
        mark.starts_with("# the vendor reports for the phone \"") && mark.ends_with(": fakeOtherPassword1"),
        "{mark}"
    );
    assert!(!ended.all().contains("fakeOtherPassword1"));
    setting.faults(Vec::new());
    setting.submit(&["--again"]).is(0, &["updated"]);
    assert_eq!(setting.on_phone().as_deref(), Some(first));
}

fn unknown_by(vendor: Vendor, fault: Fault, said: &str) {
    let setting = Setting::new(vendor);
    setting.faults(vec![fault.clone()]);
    let keep = "The phone has its old password or the one in \"new.txt\". Keep both, and find out with which one it registers.";
    // Short only if the deadline must pass: a machine can be slow.
    let timeout = if said == "timed out" { "2" } else { "60" };
    setting.submit(&["--timeout", timeout]).is(3, &["the outcome is unknown", said, keep]);
    let password = setting.in_file();
    setting.faults(Vec::new());
    setting.submit(&["--again"]).is(0, &["updated"]);
    assert_eq!((setting.in_file(), setting.on_phone()), (password.clone(), Some(password)), "{fault}");
    assert_eq!(setting.vendors.locks(), 0);
}

/// No message says that a password is not in use after an earlier call that may have set it.
#[test]
fn a_password_that_is_sent_again_may_be_in_use() {
    for vendor in Vendor::ALL {
        let setting = Setting::failing(
            vendor,
            Kind::Break { stage: Stage::Reply(0), how: fake_vendors::Ending::Reset },
        );
        setting.submit(&[]).is(3, &["the outcome is unknown"]);
        assert_eq!(setting.on_phone(), Some(setting.in_file()));
        setting.fails(Kind::Status { status: 429, headers: Vec::new(), body: Vec::new() });
        let kept = "The phone keeps its current password, which may be the one in \"new.txt\".";
        setting.submit(&["--again"]).is(1, &[kept]);
        if vendor != Vendor::Huawei {
            setting.vendors.stop_listening();
            setting.submit(&["--again"]).is(2, &["not sent", kept]);
        }
        assert_eq!(setting.on_phone(), Some(setting.in_file()));
    }
}

#[test]
fn a_call_that_is_not_sent_is_reported() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        setting.vendors.stop_listening();
        setting.submit(&[]).is(2, &["not sent"]);
        setting.vendors.listen_again();
        let other = Setting::new(vendor);
        // The root certificate of other fake servers.
        fs::copy(other.path("root.pem"), setting.path("root.pem")).expect("there is room");
        let _ = fs::remove_file(setting.path("new.txt"));
        setting.submit(&[]).is(2, &["not sent", "not secure"]);
        assert_eq!(setting.on_phone(), None);
        assert_eq!(setting.vendors.log().len(), 0);
    }
}
