//! ViolationKind that sends any call alike, by the trait that all have.

use sip_password::{
    HUAWEI,
    api::{Body, Call, NewPassword},
    http::{HeaderMap, Request, StatusCode},
    nxcloud::Assignment,
};
use zeroize::Zeroize;

use super::calls::*;

/// That the call's own functions and those of the trait are the same; the account that is at risk.
fn same<C: Call>(call: &C, own: Request<Body>) -> Option<&str> {
    let request = call.request().expect("the fields are right");
    assert_eq!((request.method(), request.uri()), (own.method(), own.uri()));
    assert_eq!(request.headers(), own.headers());
    assert_eq!(request.body().expose_secret_bytes(), own.body().expose_secret_bytes());
    assert_eq!(
        (request.body().len(), request.body().is_empty()),
        (own.body().expose_secret_bytes().len(), false)
    );

    let outcome = call.outcome(StatusCode::NOT_FOUND, &HeaderMap::new(), b"");
    let failure = C::failure(&outcome).expect("it was not found");
    assert_eq!(failure.status(), StatusCode::NOT_FOUND);
    call.account_at_risk()
}

#[test]
fn every_call() {
    assert_eq!(same(&huawei(), huawei().request().unwrap()), Some("agent1"));
    assert_eq!(same(&token(), token().request().unwrap()), None);
    assert_eq!(same(&exotel(), exotel().request().unwrap()), None);
    let pairs = pairs();
    let call = || nxcloud(Assignment::Individual(&pairs));
    assert_eq!(same(&call(), call().request().unwrap()), None);
}

#[test]
fn a_body_that_is_wiped_early() {
    let (_, mut body) = huawei().request().unwrap().into_parts();
    body.zeroize();
    assert!(body.is_empty() && body.expose_secret_bytes().is_empty());
}

#[test]
fn a_password_by_a_tenants_rule_is_redacted() {
    let password = HUAWEI.check(PASSWORD).expect("it is compliant");
    assert_eq!(format!("{:?}", NewPassword::from(password)), "VendorPolicy(redacted)");
    let by_tenant = NewPassword::TenantPolicy { password, policy: &HUAWEI };
    assert_eq!(format!("{by_tenant:?}"), "TenantPolicy(redacted)");
}
