//! The call `updateSipPhonePassword`.

use http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use serde::Serialize;

use super::{headers::ExtraHeaders, result::ResultEnvelope};
use crate::{
    api::{
        call::{Call, Sealed},
        reply::{
            Reply,
            failure::{Failure, FailureKind},
            outcome::Outcome,
            text::{VendorText, contains_secret},
        },
        request::{
            base_url::BaseUrl,
            body::{Body, bearer, header, json_request},
            field::{Field, FieldError, NewPassword},
            secret::Secret,
        },
    },
    presets::HUAWEI,
};

const PATH: &str = "/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword";

/// Updates the password of an agent's SIP phone: `POST …/sipPhone/updateSipPhonePassword`.
///
/// ```
/// use sip_password::{
///     HUAWEI,
///     api::{BaseUrl, Secret},
///     http::{HeaderMap, StatusCode},
///     huawei::{BodyFormat, ExtraHeaders, UpdateSipPhonePassword},
/// };
///
/// let call = UpdateSipPhonePassword {
///     base: &BaseUrl::new("https://service.besclouds.com")?, // the tenant's own domain
///     token: Secret::new("not-a-real-token"),                // from `TokenByAkSk`
///     app_key: Some(Secret::new("not-a-real-key")),
///     user_account: "agent1",
///     account_password: Secret::new("Not-the-real-one"),
///     new_password: HUAWEI.check("Not_a_real_1")?.into(),
///     body_format: BodyFormat::Flat,
///     extra_headers: ExtraHeaders::NONE,
/// };
/// let request = call.request()?;
/// assert_eq!(
///     request.body().expose_secret_bytes(),
///     br#"{"userAccount":"agent1","accountPwd":"Not-the-real-one","newPhonePwd":"Not_a_real_1"}"#
/// );
///
/// let reply = br#"{"resultCode":"1","resultMessage":"The account does not exist."}"#;
/// let outcome = call.outcome(StatusCode::OK, &HeaderMap::new(), reply);
/// let failure = outcome.failure().expect("the result code is 1");
/// assert!(failure.counts_as_failed_check());
/// assert_eq!(
///     failure.to_string(),
///     "Huawei: the vendor refused the request (HTTP 200, code 1); the vendor says: The account does not exist."
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct UpdateSipPhonePassword<'a> {
    /// The address of the tenant's API.
    pub base: &'a BaseUrl,
    /// The access token, without `Bearer`: at most [`MAX_SECRET`](crate::api::MAX_SECRET) bytes of visible ASCII.
    pub token: Secret<'a>,
    /// The app key, for the header `x-app-key`: visible ASCII. This call's page has it as optional, its siblings as mandatory, so set
    /// it if you have it.
    pub app_key: Option<Secret<'a>>,
    /// The agent's account: 1 to [`MAX_ID`](crate::api::MAX_ID) bytes, without slashes, backslashes and control characters.
    pub user_account: &'a str,
    /// The current password of the agent's account. Three failed checks of it lock the account.
    pub account_password: Secret<'a>,
    /// The phone's new password, which satisfies [`HUAWEI`] or the tenant's own policy.
    pub new_password: NewPassword<'a>,
    /// The form of the JSON body.
    pub body_format: BodyFormat,
    /// Headers that the tenant needs beside these; [`ExtraHeaders::NONE`] by Huawei's page.
    pub extra_headers: ExtraHeaders<'a>,
}

/// The form of the JSON body, on which Huawei's page contradicts itself.
///
/// Its table has the fields in an object `requestParam`; its example, and those of its siblings, have them in the body itself. Never
/// try both to find out which is right: a refusal counts towards a lockout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BodyFormat {
    /// `{"userAccount":…}`, as in the example.
    #[default]
    Flat,
    /// `{"requestParam":{"userAccount":…}}`, as in the table.
    Wrapped,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    user_account: &'a str,
    account_pwd: &'a str,
    new_phone_pwd: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped<'a> {
    request_param: Fields<'a>,
}

impl UpdateSipPhonePassword<'_> {
    /// Makes the request, ready to be sent. Send it once.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field that is empty, is too long, contains a character that is not allowed there, or is a password
    /// that does not satisfy its policy.
    pub fn request(&self) -> Result<Request<Body>, FieldError> {
        Field("token").header_value(self.token)?;
        let fields = Fields {
            user_account: Field("user_account").id(self.user_account)?,
            account_pwd: Field("account_password").secret(self.account_password)?,
            new_phone_pwd: self.new_password.checked("new_password", &HUAWEI)?,
        };
        let app_key = self.app_key.map(|key| Field("app_key").header_value(key)).transpose()?;
        let mut request = match self.body_format {
            BodyFormat::Flat => json_request(Method::POST, self.base, PATH, &fields),
            BodyFormat::Wrapped => {
                json_request(Method::POST, self.base, PATH, &Wrapped { request_param: fields })
            }
        };
        self.extra_headers.insert_into(&mut request);
        bearer(&mut request, self.token);
        if let Some(key) = app_key {
            request.headers_mut().insert(HeaderName::from_static("x-app-key"), header(&[key.as_bytes()]));
        }
        Ok(request)
    }

    /// The outcome that the reply stands for.
    ///
    /// [`Outcome::Updated`] needs HTTP 200 and the result code 0, as a string or a number, in the body itself or in an object
    /// `schema`. The result code 1 is a refusal. Huawei's page has no other code, so any other one, `"00"` or an empty text,
    /// leaves open whether the password was updated ([`Failure::may_have_changed`]), with every HTTP status.
    pub fn outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Outcome {
        let is_secret = |text: &str| {
            [Some(self.token), self.app_key, Some(self.account_password)]
                .into_iter()
                .flatten()
                .map(Secret::expose_secret)
                .chain([self.new_password.expose_secret()])
                .any(|secret| contains_secret(text, secret))
        };
        let reply = Reply { vendor: super::VENDOR, status, headers, body, is_secret: &is_secret };
        let result = reply.json().and_then(ResultEnvelope::read);
        let is_success = result.as_ref().map_err(|error| *error).and_then(ResultEnvelope::is_success);
        let refused = is_success == Ok(false);
        let kind = match is_success {
            _ if status == StatusCode::INTERNAL_SERVER_ERROR => FailureKind::BusinessFailure,
            _ if status != StatusCode::OK => reply.failure_from_status(refused).kind,
            Ok(true) => return Outcome::Updated(()),
            Ok(false) => FailureKind::Refused,
            Err(error) => FailureKind::InvalidReply { error },
        };
        let may_have_changed = match kind {
            FailureKind::BusinessFailure => !refused,
            // A result that does not say "refused" contradicts the status, whatever the status is.
            kind => kind.may_have_changed() || result.is_ok() && !refused,
        };
        let (code, message) = match result {
            Ok(result) => (Some(VendorText::new(&result.code, is_secret)), reply.text(result.message)),
            Err(_) => (None, None),
        };
        let failed_check = match status.as_u16() {
            300..=399 | 404 | 407 | 429 | 502 | 503 | 504 => false,
            // The page names 200, 400, 401 and 500. Another status may hide one of them.
            _ => true,
        };
        let advice = (status == StatusCode::UNAUTHORIZED)
            .then_some("check the credentials, that the service is purchased, and the state of the account");
        Outcome::Failed(Failure {
            advice,
            code,
            message,
            failed_check,
            may_have_changed,
            ..reply.failure(kind)
        })
    }
}

impl Sealed for UpdateSipPhonePassword<'_> {}

impl Call for UpdateSipPhonePassword<'_> {
    type Outcome = Outcome;

    fn request(&self) -> Result<Request<Body>, FieldError> {
        self.request()
    }

    fn outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Outcome {
        self.outcome(status, headers, body)
    }

    fn failure(outcome: &Outcome) -> Option<&Failure> {
        outcome.failure()
    }

    fn account_at_risk(&self) -> Option<&str> {
        Some(self.user_account)
    }
}
