//! Exotel, CCM v2: [`UpdatePassword`]. The preset of the passwords is [`EXOTEL`].
//!
//! Sending the same call again is harmless. Exotel's page on rate limits allows 50 calls of the "User Management API" a minute for
//! each account, all keys and programs together; its page on errors has 200 for "Voice v2 (CCM)".
//!
//! Source: Exotel support, CCM v2, "reset your user's SIP password". The URLs on that page contain the API key and the API token.
//! Here they travel in the header `Authorization`, which the page allows too, because URLs end up in logs. Nothing was tried against
//! the live service.

use http::{HeaderMap, Method, Request, StatusCode};
use serde::Serialize;

use crate::{
    api::{
        call::{Call, Sealed},
        reply::{
            Reply,
            error::ReplyError,
            failure::{Failure, FailureKind},
            json::Json,
            outcome::Outcome,
            text::{VendorText, contains_secret},
        },
        request::{
            base_url::BaseUrl,
            body::{Body, basic, basic_credentials, json_request, percent_encoded},
            field::{Field, FieldError, FieldErrorKind, NewPassword},
            secret::Secret,
        },
    },
    presets::EXOTEL,
};

/// Exotel's API of the Singapore stamp.
pub static SINGAPORE: BaseUrl = BaseUrl::from_static("https://ccm-api.exotel.com");
/// Exotel's API of the Mumbai stamp.
pub static MUMBAI: BaseUrl = BaseUrl::from_static("https://ccm-api.in.exotel.com");

/// Sets the SIP password of a user's device: `PUT /v2/accounts/{sid}/users/{uuid}/devices/{id}/password`.
///
/// The identifiers are any text of 1 to [`MAX_ID`](crate::api::MAX_ID) bytes without control characters, slashes and backslashes, and are percent-encoded. The
/// identifier of a device occurs as a number and as text.
///
/// ```
/// use std::time::Duration;
/// use sip_password::{
///     EXOTEL,
///     api::{FailureKind, RetryAfter, Secret},
///     exotel::{self, UpdatePassword},
///     http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER},
/// };
///
/// let call = UpdatePassword {
///     base: &exotel::MUMBAI,
///     api_key: Secret::new("not-a-real-key"),
///     api_token: Secret::new("not-a-real-token"),
///     account_sid: "acme1",
///     user_uuid: "0a1b2c",
///     device_id: "12345",
///     new_password: EXOTEL.check("Not_a_real_1")?.into(),
/// };
/// assert_eq!(
///     call.request()?.uri(),
///     "https://ccm-api.in.exotel.com/v2/accounts/acme1/users/0a1b2c/devices/12345/password"
/// );
///
/// let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("20"))]);
/// let outcome = call.outcome(StatusCode::TOO_MANY_REQUESTS, &headers, b"");
/// let retry_after = Some(RetryAfter::For(Duration::from_secs(20)));
/// assert_eq!(outcome.failure().unwrap().kind(), FailureKind::RateLimited { retry_after });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct UpdatePassword<'a> {
    /// The address of the API. It must be that of the account's stamp, [`SINGAPORE`] or [`MUMBAI`], which need not be that of the
    /// country: an Indian account was seen on the Singapore stamp.
    pub base: &'a BaseUrl,
    /// The API key: visible ASCII without a colon.
    pub api_key: Secret<'a>,
    /// The API token: visible ASCII.
    pub api_token: Secret<'a>,
    /// The account's SID.
    pub account_sid: &'a str,
    /// The user's UUID.
    pub user_uuid: &'a str,
    /// The identifier of the device.
    pub device_id: &'a str,
    /// The new password, which satisfies [`EXOTEL`] or the tenant's own policy.
    pub new_password: NewPassword<'a>,
}

/// Exotel's confirmation of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Confirmation {
    /// Exotel's identifier of the request.
    pub request_id: Option<VendorText>,
}

impl UpdatePassword<'_> {
    /// Makes the request, ready to be sent.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field that is empty, is too long, contains a character that is not allowed there, would change the
    /// path, or is a password that does not satisfy its policy.
    pub fn request(&self) -> Result<Request<Body>, FieldError> {
        #[derive(Serialize)]
        struct Fields<'a> {
            password: &'a str,
        }

        let key = Field("api_key").header_value(self.api_key)?;
        Field("api_key").without(key, |char| char == ':', |position| FieldErrorKind::Colon { position })?;
        Field("api_token").header_value(self.api_token)?;
        let path = std::format!(
            "/v2/accounts/{}/users/{}/devices/{}/password",
            percent_encoded(Field("account_sid").id(self.account_sid)?),
            percent_encoded(Field("user_uuid").id(self.user_uuid)?),
            percent_encoded(Field("device_id").id(self.device_id)?),
        );
        let fields = Fields { password: self.new_password.checked("new_password", &EXOTEL)? };
        let mut request = json_request(Method::PUT, self.base, &path, &fields);
        basic(&mut request, self.api_key, self.api_token);
        Ok(request)
    }

    /// The outcome that the reply stands for.
    ///
    /// [`Outcome::Updated`] needs HTTP 200, `response.code` 200 and `response.status` `"success"`, and nothing that contradicts them:
    /// no `error_data`, and no other `http_code`. `response` is an object, or a list of one, as in Exotel's calls that list records.
    ///
    /// A refusal is `response.status` `"failure"` with a code from 400 to 499, or an HTTP status that Exotel's page on errors has: with
    /// it the status decides, 402 (the plan's limit or the balance) and 409 (a conflict) included, with or without an envelope. A
    /// record that reports a success within such a reply, or a status or a code that nobody documents, leaves open whether the password
    /// was updated: [`Failure::may_have_changed`].
    pub fn outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Outcome<Confirmation> {
        let credentials = basic_credentials(self.api_key, self.api_token);
        let is_secret = |text: &str| {
            [self.api_key.expose_secret(), self.api_token.expose_secret(), &credentials]
                .into_iter()
                .chain([self.new_password.expose_secret()])
                .any(|secret| contains_secret(text, secret))
        };
        let reply = Reply { vendor: "Exotel", status, headers, body, is_secret: &is_secret };
        let envelope = reply.json().and_then(Envelope::read);
        let details = envelope.as_ref().map(|envelope| envelope.details(&reply)).unwrap_or_default();
        let is_success = envelope.and_then(|envelope| envelope.is_success());
        let refused = is_success == Ok(false) || details.is_exception;
        let failure = match is_success {
            _ if status != StatusCode::OK => {
                let is_documented = matches!(status, StatusCode::PAYMENT_REQUIRED | StatusCode::CONFLICT);
                reply.failure_from_status(is_documented || refused)
            }
            Ok(true) => return Outcome::Updated(Confirmation { request_id: details.request_id }),
            Ok(false) => reply.failure(FailureKind::Refused),
            Err(error) => reply.failure(FailureKind::InvalidReply { error }),
        };
        Outcome::Failed(Failure {
            advice: advice(status, details.code.as_ref()),
            // A record that is no refusal contradicts the status, whatever the status is.
            may_have_changed: failure.may_have_changed || details.is_record && !refused,
            code: details.code,
            message: details.message,
            request_id: details.request_id,
            ..failure
        })
    }
}

/// What Exotel's page on errors says of a code of CCM, or else of a status. The code only advises: the page lists four, and there are
/// more.
fn advice(status: StatusCode, code: Option<&VendorText>) -> Option<&'static str> {
    const CREDENTIALS: &str = "check the API key and token, and that the host is that of the account's stamp, which need not be that \
                               of its country: ccm-api.exotel.com or ccm-api.in.exotel.com";
    const DEVICE_OFF: &str = "check whether the device is off";
    match (code.map(VendorText::as_str), status) {
        (Some("1010"), _) => Some(CREDENTIALS),
        (Some("10731"), _) => Some("check the user's UUID: Exotel does not find the user"),
        (Some("1012"), _) => Some(DEVICE_OFF),
        (Some("1100"), _) => Some(
            "Exotel's server failed inside; if it does so again, give the request's identifier to Exotel's support",
        ),
        (_, StatusCode::UNAUTHORIZED) => Some(CREDENTIALS),
        (_, StatusCode::PAYMENT_REQUIRED) => Some("check the limit of the plan and the balance"),
        (_, StatusCode::FORBIDDEN) => Some("check whether the account is suspended"),
        (None, StatusCode::CONFLICT) => Some(DEVICE_OFF),
        _ => None,
    }
}

/// The members of a reply that decide.
struct Envelope<'a> {
    request_id: Option<Json<'a>>,
    http_code: Option<Json<'a>>,
    response: Option<Json<'a>>,
    /// The envelope of HTTP 429.
    exception: Option<Json<'a>>,
}

/// What a failure tells a person.
#[derive(Default)]
struct Details {
    /// Whether the reply has a record, with a code or a status.
    is_record: bool,
    /// Whether the reply has Exotel's envelope of errors.
    is_exception: bool,
    code: Option<VendorText>,
    message: Option<VendorText>,
    request_id: Option<VendorText>,
}

const RESPONSE: &str = "response";
const RESPONSE_FIELDS: [&str; 3] = ["code", "status", "error_data"];

impl<'a> Envelope<'a> {
    fn read(json: Json<'a>) -> Result<Self, ReplyError> {
        let [request_id, http_code, response, exception] =
            json.fields("the reply", ["request_id", "http_code", RESPONSE, "RestException"])?;
        Ok(Self { request_id, http_code, response, exception })
    }

    /// The record of this device: `response`, or the only element of that list.
    fn record(&self) -> Option<Json<'a>> {
        let response = self.response.filter(|value| !value.is_null())?;
        Some(response.only_element().unwrap_or(response))
    }

    /// Whether the reply reports success. An error means that it reports neither success nor a documented refusal.
    fn is_success(&self) -> Result<bool, ReplyError> {
        const CODE: &str = "response.code";
        const STATUS: &str = "response.status";
        let record = self.record().ok_or(ReplyError::Missing { field: RESPONSE })?;
        let [code, status, error] = record.fields(RESPONSE, RESPONSE_FIELDS)?;
        let code = code.ok_or(ReplyError::Missing { field: CODE })?;
        let code = code.text().ok_or(ReplyError::WrongType { field: CODE })?;
        let status = status.ok_or(ReplyError::Missing { field: STATUS })?;
        if !status.is_string() {
            return Err(ReplyError::WrongType { field: STATUS });
        }
        let http_code_is = |accepted: fn(&str) -> bool| {
            let http_code = self.http_code.filter(|code| !code.is_null());
            http_code.is_none_or(|code| code.text().is_some_and(|code| accepted(&code)))
        };
        if status.equals("success") {
            return if *code != "200" {
                Err(ReplyError::Contradiction { field: CODE })
            } else if error.is_some_and(|error| !error.is_null()) {
                Err(ReplyError::Contradiction { field: "response.error_data" })
            } else if !http_code_is(|code| code == "200") {
                Err(ReplyError::Contradiction { field: "http_code" })
            } else {
                Ok(true)
            };
        }
        if !status.equals("failure") {
            return Err(ReplyError::UnknownValue { field: STATUS });
        }
        if *code == "200" {
            return Err(ReplyError::Contradiction { field: CODE });
        }
        if !is_refusal(&code) {
            return Err(ReplyError::UnknownValue { field: CODE });
        }
        // A list of records has its own code.
        if !http_code_is(|code| matches!(code, "200" | "207") || is_refusal(code)) {
            return Err(ReplyError::Contradiction { field: "http_code" });
        }
        Ok(false)
    }

    fn details(&self, reply: &Reply<'_>) -> Details {
        let request_id = reply.text(self.request_id);
        if let Some(Ok([code, message])) =
            self.exception.map(|exception| exception.fields("RestException", ["Code", "Message"]))
        {
            let (code, message) = (reply.text(code), reply.text(message));
            return Details { is_record: false, is_exception: true, code, message, request_id };
        }
        let Some(Ok([code, status, error])) =
            self.record().map(|record| record.fields(RESPONSE, RESPONSE_FIELDS))
        else {
            return Details { request_id, ..Details::default() };
        };
        let is_record = code.is_some() || status.is_some();
        let Some(Ok([error_code, message, description])) =
            error.map(|error| error.fields("error_data", ["code", "message", "description"]))
        else {
            return Details { is_record, code: reply.text(code), request_id, ..Details::default() };
        };
        Details {
            is_record,
            is_exception: false,
            code: reply.text(error_code.or(code)),
            message: reply.text(message).or_else(|| reply.text(description)),
            request_id,
        }
    }
}

/// Whether a code, as a number of HTTP, means that nothing was done: 400 to 499 without 408, a time-out. Behind another one, such as
/// 500, the server may have set the password before it failed.
fn is_refusal(code: &str) -> bool {
    matches!(code.as_bytes(), [b'4', b'0'..=b'9', b'0'..=b'9']) && code != "408"
}

impl Sealed for UpdatePassword<'_> {}

impl Call for UpdatePassword<'_> {
    type Outcome = Outcome<Confirmation>;

    fn request(&self) -> Result<Request<Body>, FieldError> {
        self.request()
    }

    fn outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self::Outcome {
        self.outcome(status, headers, body)
    }

    fn failure(outcome: &Self::Outcome) -> Option<&Failure> {
        outcome.failure()
    }
}
