//! No account is asked where it could be locked.

use super::*;

/// After one failed check that the vendor reports, that account is left alone, and no other.
#[test]
fn after_a_reported_failed_check_the_account_is_left_alone() {
    let setting = Setting::new();
    let wrong = setting.huawei("agent-1", "of-no-worth-at-all");
    let right = setting.huawei("agent-1", "fake-account-pass-1");
    assert_eq!(setting.send(&wrong), "refused: Refused, at risk");
    for call in [&wrong, &right] {
        assert!(matches!(setting.client.send(call), Err(SendError::AtRisk)));
    }
    assert_eq!(setting.vendors.phone(Vendor::Huawei, "agent-1").map(|phone| phone.asked), Some(1));
    assert_eq!(setting.submit(Vendor::Huawei, 2), "updated");
    assert_eq!(setting.vendors.locks(), 0);
}

/// After a lost reply nobody knows whether the check failed: a third call could lock the account.
#[test]
fn after_two_lost_replies_the_account_is_left_alone() {
    let setting = Setting::new();
    let wrong = setting.huawei("agent-1", "of-no-worth-at-all");
    setting.vendors.set_faults(vec![Fault::lose_reply()]).expect("it makes sense");
    for _ in 0..2 {
        assert_eq!(setting.send(&wrong), "unknown: Broken");
    }
    assert!(matches!(setting.client.send(&wrong), Err(SendError::AtRisk)));
    assert!(!setting.vendors.locked("agent-1"));

    // A gateway that gave up waiting says nothing of the check either.
    for (account, status) in [("agent-3", 502), ("agent-4", 503), ("agent-5", 504)] {
        let wrong = setting.huawei(account, "of-no-worth-at-all");
        let fault =
            format!("status={status}@always,applied").parse().expect("it is written as the fake server says");
        setting.vendors.set_faults(vec![fault]).expect("it makes sense");
        for _ in 0..2 {
            assert!(matches!(setting.client.send(&wrong), Ok(Outcome::Failed(_))));
        }
        assert!(matches!(setting.client.send(&wrong), Err(SendError::AtRisk)), "{status}");
        assert!(!setting.vendors.locked(account));
    }

    // After a success the count starts again at zero.
    let right = setting.huawei("agent-2", "fake-account-pass-2");
    for _ in 0..2 {
        setting.vendors.set_faults(vec![Fault::lose_reply()]).expect("it makes sense");
        assert_eq!(setting.send(&right), "unknown: Broken");
        setting.vendors.set_faults(Vec::new()).expect("it makes sense");
        assert_eq!(setting.send(&right), "updated");
    }
}

/// Several threads call for the same account: each call could lock it, so each waits for the one before.
#[test]
fn an_account_has_one_call_in_flight_at_a_time() {
    for (fault, asked) in [(None, 1), (Some(Fault::lose_reply()), 2)] {
        let setting = Setting::new();
        setting.vendors.set_faults(fault.into_iter().collect()).expect("it makes sense");
        let wrong = setting.huawei("agent-1", "of-no-worth-at-all");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| setting.client.send(&wrong).map(|_| ()));
            }
        });
        assert_eq!(setting.vendors.phone(Vendor::Huawei, "agent-1").map(|phone| phone.asked), Some(asked));
        assert_eq!(setting.vendors.locks(), 0);
        assert!(matches!(setting.client.send(&wrong), Err(SendError::AtRisk)));
    }
    // With the right password, every thread gets through.
    let setting = Setting::new();
    let right = setting.huawei("agent-2", "fake-account-pass-2");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(setting.send(&right), "updated"));
        }
    });
}

/// A call that was not sent, or refused before the check, never counts as a failed check.
#[test]
fn a_call_before_the_check_does_not_count() {
    let mut setting = Setting::new();
    let right = "fake-account-pass-1";
    let limited = Fault::new(Kind::RateLimited { form: fake_vendors::RetryAfter::Absent, wait: STALL });
    setting.vendors.set_faults(vec![limited]).expect("it makes sense");
    for _ in 0..3 {
        assert_eq!(setting.send(&setting.huawei("agent-1", right)), "refused: RateLimited");
    }
    setting.vendors.stop_listening();
    setting.client = Setting::client(&setting.vendors);
    for _ in 0..3 {
        assert!(setting.send(&setting.huawei("agent-1", right)).starts_with("not sent"));
    }
    setting.vendors.listen_again();
    setting.vendors.set_faults(Vec::new()).expect("it makes sense");
    assert_eq!(setting.send(&setting.huawei("agent-1", right)), "updated");
}
