//! The trait that all calls implement.

use sip_password::{
    HUAWEI,
    api::{Body, Call, NewPassword},
    http::{HeaderMap, Request, StatusCode},
    nxcloud::Assignment,
};
use zeroize::Zeroize;

use super::calls::*;

/// Compares the functions of the trait with the call's own. Returns the account at risk.
fn assert_same<C: Call>(call: &C, own: Request<Body>) -> Option<&str> {
    let request = call.request().expect("the fields are valid");
    assert_eq!((request.method(), request.uri()), (own.method(), own.uri()));
    assert_eq!(request.headers(), own.headers());
    assert_eq!(request.body().expose_secret_bytes(), own.body().expose_secret_bytes());
    assert_eq!(
        (request.body().len(), request.body().is_empty()),
        (own.body().expose_secret_bytes().len(), false)
    );

    let outcome = call.outcome(StatusCode::NOT_FOUND, &HeaderMap::new(), b"");
    let failure = C::failure(&outcome).expect("404 is a failure");
    assert_eq!(failure.status(), StatusCode::NOT_FOUND);
    call.account_at_risk()
}

#[test]
fn the_trait_agrees_with_the_calls_own_functions() {
    assert_eq!(assert_same(&huawei(), huawei().request().unwrap()), Some("agent1"));
    assert_eq!(assert_same(&token(), token().request().unwrap()), None);
    assert_eq!(assert_same(&exotel(), exotel().request().unwrap()), None);
    let pairs = pairs();
    let call = || nxcloud(Assignment::Individual(&pairs));
    assert_eq!(assert_same(&call(), call().request().unwrap()), None);
}

#[test]
fn a_body_can_be_wiped_before_its_drop() {
    let (_, mut body) = huawei().request().unwrap().into_parts();
    body.zeroize();
    assert!(body.is_empty() && body.expose_secret_bytes().is_empty());
}

#[test]
fn debug_redacts_a_new_password() {
    let password = HUAWEI.check(PASSWORD).expect("it is compliant");
    assert_eq!(format!("{:?}", NewPassword::from(password)), "VendorPolicy(redacted)");
    let by_tenant = NewPassword::TenantPolicy { password, policy: &HUAWEI };
    assert_eq!(format!("{by_tenant:?}"), "TenantPolicy(redacted)");
}
