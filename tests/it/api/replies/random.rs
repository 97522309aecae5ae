//! Random replies, compared with the reference implementation.

use proptest::prelude::*;

use crate::api::{calls::*, oracle, vendor_examples::*};

/// Documented replies with pieces of JSON inserted or bytes removed at random.
fn mutated_replies() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "null",
        "0",
        "1",
        "200",
        "400",
        "\"0\"",
        "\"1\"",
        "\"success\"",
        "\"failed\"",
        "\"failure\"",
        "\"resultCode\":",
        "\"resultMessage\":",
        "\"schema\":{",
        "\"response\":{",
        "\"code\":",
        "\"status\":",
        "\"error_data\":",
        "\"row\":{",
        "\"1049001\":",
        "\"1049002\":",
        "\"FakePhonePwd1\"",
        "\"FakePhonePwd2\"",
        "671897",
        "\\u0030",
        "\\ud800",
        "\u{feff}",
        " ",
    ]);
    let documented = prop::sample::select(vec![
        HUAWEI_REPLY,
        EXOTEL_REPLY,
        NXCLOUD_REPLY,
        r#"{"code":"success","row":{"1049001":"FakePhonePwd1","1049002":"FakePhonePwd2"}}"#,
    ]);
    (documented, prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, piece), 0..4)).prop_map(
        |(documented, changes)| {
            let mut reply = documented.as_bytes().to_vec();
            for (position, removed, piece) in changes {
                let start = position.index(reply.len() + 1);
                let end = (start + removed).min(reply.len());
                reply.splice(start..end, piece.bytes());
            }
            reply
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn a_success_is_one_by_the_reference_implementation_too(
        body in mutated_replies(),
        code in prop::sample::select(vec![200_u16, 200, 200, 204, 400, 500]),
    ) {
        prop_assert!(!huawei_outcome(code, &body).is_updated() || oracle::huawei_updated(code, &body));
        prop_assert!(!exotel_outcome(code, &body).is_updated() || oracle::exotel_updated(code, &body));
        let sent = [(PHONES[0], Some(FIRST)), (PHONES[1], Some(SECOND))];
        prop_assert!(!individual_outcome(code, &body).is_updated() || oracle::nxcloud_updated(&body, &sent));
        let sent = [(PHONES[0], None), (PHONES[1], None)];
        prop_assert!(!server_generated_outcome(code, &body).is_updated() || oracle::nxcloud_updated(&body, &sent));
    }
}
