//! NXCloud's replies.

use sip_password::{
    api::{Outcome, ReplyError},
    http::HeaderMap,
    nxcloud::{Assignment, PhoneState, Report},
};

use crate::api::calls::*;

#[test]
fn a_reply_without_a_documented_code_or_row_is_invalid() {
    for (body, expected) in [
        (r#"{"row":{}}"#, ReplyError::Missing { field: "code" }),
        (r#"{"code":null,"row":{}}"#, ReplyError::WrongType { field: "code" }),
        (r#"{"code":true}"#, ReplyError::WrongType { field: "code" }),
        (r#"{"code":"Success","row":{}}"#, ReplyError::UnknownValue { field: "code" }),
        (r#"{"code":1001,"info":"x"}"#, ReplyError::UnknownValue { field: "code" }),
        (r#"{"code":"failed","code":"success","row":{}}"#, ReplyError::Duplicate { field: "code" }),
        (r#"{"code":"success"}"#, ReplyError::Missing { field: "row" }),
        (r#"{"code":"success","row":null}"#, ReplyError::Missing { field: "row" }),
        (r#"{"code":"success","row":[]}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":671897}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":"671897"}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":""}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":"{}{}"}"#, ReplyError::WrongType { field: "row" }),
        (r#"{"code":"success","row":{},"row":{}}"#, ReplyError::Duplicate { field: "row" }),
    ] {
        assert_eq!(reply_error(&individual_outcome(200, body.as_bytes())), expected, "{body}");
    }
}

#[test]
fn an_undocumented_code_is_kept_with_its_message() {
    let outcome = individual_outcome(200, br#"{"code":1001,"info":"x"}"#);
    assert!(outcome.failure().unwrap().may_have_changed());
    assert_eq!(outcome.failure().unwrap().code().unwrap().as_str(), "1001");
    assert_eq!(outcome.failure().unwrap().message().unwrap().as_str(), "x");
}

/// It can contain a password that the server generated.
#[test]
fn the_message_of_a_success_is_dropped() {
    let outcome = server_generated_outcome(200, br#"{"code":"success","info":"now 671897","row":[]}"#);
    assert_eq!(outcome.failure().unwrap().message(), None);
}

/// The vendor marks this call as old.
#[test]
fn a_404_and_another_envelope_say_that_the_call_may_be_gone() {
    let advice = "; check the base URL; the vendor marks this call as old, and may have removed it (HTTP ";
    for (code, body, expected) in [
        (404, "", "not found"),
        (404, "<html></html>", "not found"),
        (200, r#"{"status":0,"msg":"ok"}"#, "the reply cannot be read: expected the member code, found none"),
        (
            200,
            r#"{"code":0}"#,
            "the reply cannot be read: expected a documented value of code, found another value",
        ),
    ] {
        let message = individual_outcome(code, body.as_bytes()).failure().unwrap().to_string();
        assert!(message.starts_with(&format!("NXCloud: {expected}{advice}{code}")), "{message}");
    }
    // A success in the documented form, whose row is wrong, is not another envelope.
    let message = individual_outcome(200, br#"{"code":"success"}"#).failure().unwrap().to_string();
    assert!(!message.contains("old"), "{message}");
}

/// A letter for each phone: (U)pdated, updated (T)o, (M)issing, (D)ifferent, unreadable (?).
fn states(report: &Report<'_>) -> String {
    let letter = |state: &PhoneState| match state {
        PhoneState::Updated => 'U',
        PhoneState::UpdatedTo(_) => 'T',
        PhoneState::Missing => 'M',
        PhoneState::Different(_) => 'D',
        PhoneState::Unreadable => '?',
        _ => unreachable!("there are no others"),
    };
    report.phones.iter().map(|phone| letter(&phone.state)).collect()
}

fn row(row: &str) -> Vec<u8> {
    format!(r#"{{"code":"success","row":{row}}}"#).into_bytes()
}

#[test]
fn the_report_has_the_state_of_each_phone() {
    for (json, expected, unrequested) in [
        (r#"{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2"}"#, "UU", 0),
        (r#"{"1049002":"FakePhonePwd2","10490\u00301":"Fake\u0050honePwd1"}"#, "UU", 0),
        (r#""{\"1049001\":\"FakePhonePwd1\",\"1049002\":\"FakePhonePwd2\"}""#, "UU", 0),
        (r#"{"1049001":"FakePhonePwd1"}"#, "UM", 0),
        ("{}", "MM", 0),
        (r#""{}""#, "MM", 0),
        (r#"{"1049001":"FakePhonePwd2","1049002":"FakePhonePwd1"}"#, "DD", 0),
        (r#"{"1049001":"fakephonepwd1","1049002":""}"#, "D?", 0),
        (r#"{"1049001":671897,"1049002":888799}"#, "DD", 0),
        (r#"{"1049001":null,"1049002":{"x":1}}"#, "??", 0),
        (r#"{"1049001":6.7e5,"1049002":"\udfff"}"#, "??", 0),
        (r#"{"1049001":"FakePhonePwd1","1049001":"x","1049002":"FakePhonePwd2"}"#, "?U", 0),
        (r#"{"1049001":"FakePhonePwd1","1049001":"FakePhonePwd1"}"#, "?M", 0),
        (r#"{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2","3":"x"}"#, "UU", 1),
        (r#"{"x":1,"\ud800":1}"#, "MM", 2),
    ] {
        let (complete, report) = match individual_outcome(200, &row(json)) {
            Outcome::Updated(report) => (true, report),
            Outcome::Partial(report) => (false, report),
            other => panic!("{json}: {other:?}"),
        };
        assert_eq!((states(&report).as_str(), report.unrequested.len()), (expected, unrequested), "{json}");
        assert_eq!(complete, expected == "UU" && unrequested == 0);
    }
}

#[test]
fn a_password_of_the_server_is_a_string_or_six_digits() {
    for (json, expected) in [
        (r#"{"1049001":"671897","1049002":888799}"#, "TT"),
        (r#"{"1049001":"012345","1049002":12345}"#, "T?"),
        (r#"{"1049001":"AnyOther^1","1049002":""}"#, "T?"),
        (r#"{"1049001":"a\nb","1049002":true}"#, "??"),
        (r#"{"1049001":"671897","1049001":"671897","1049002":"1"}"#, "?T"),
    ] {
        let (Outcome::Updated(report) | Outcome::Partial(report)) = server_generated_outcome(200, &row(json))
        else {
            panic!("{json}")
        };
        assert_eq!(states(&report), expected, "{json}");
    }
    let long = row(&format!(r#"{{"1049001":"{}","1049002":"{}"}}"#, "x".repeat(64), "x".repeat(65)));
    let Outcome::Partial(report) = server_generated_outcome(200, &long) else { panic!("one is too long") };
    assert_eq!(states(&report), "T?");
}

#[test]
fn a_shared_password_must_come_back_for_each_phone() {
    let pairs = pairs();
    let assignment = Assignment::Shared { usernames: &PHONES, password: pairs[0].1 };
    let outcome = |json| nxcloud(assignment).outcome(status(200), &HeaderMap::new(), &row(json));
    assert!(outcome(r#"{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd1"}"#).is_updated());
    let Outcome::Partial(report) = outcome(r#"{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2"}"#) else {
        panic!("one is different")
    };
    assert_eq!(states(&report), "UD");
}

#[test]
fn unrequested_phones_are_counted() {
    let unrequested: Vec<_> = (0..1000).map(|phone| format!(r#""{phone}":1"#)).collect();
    let Outcome::Partial(report) =
        server_generated_outcome(200, &row(&format!("{{{}}}", unrequested.join(","))))
    else {
        panic!("both phones are missing")
    };
    assert_eq!(report.unrequested.len(), 1000);
}

/// What the server reports in place of what was sent is kept, of phones that were asked for and of others; but no secret as a name.
#[test]
fn passwords_that_were_not_sent_are_kept() {
    let json = row(
        r#"{"1049001":"671897","1049002":"FakePhonePwd2","1049009":888799,"FakePhonePwd1":"x","a\nb":"y","3":[],"z":"1049001"}"#,
    );
    let Outcome::Partial(report) = individual_outcome(200, &json) else { panic!("one is different") };
    let PhoneState::Different(password) = &report.phones[0].state else { panic!("it is different") };
    assert_eq!(password.expose_secret(), "671897");
    let others: Vec<_> = report
        .unrequested
        .iter()
        .map(|phone| (phone.username(), phone.password.as_ref().map(|it| it.expose_secret())))
        .collect();
    assert_eq!(
        others,
        [
            (Some("1049009"), Some("888799")),
            (None, Some("x")),
            (None, Some("y")),
            (Some("3"), None),
            (None, Some("z")),
        ]
    );
    assert!(!format!("{report:?}").contains("671897"));
}
