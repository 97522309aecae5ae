//! Huawei Cloud CEC: [`UpdateSipPhonePassword`], and [`TokenByAkSk`] for the token that it needs. The rule of the
//! passwords is [`HUAWEI`].
//!
//! The agent's current account password travels with each update, and three failed checks of it in a row lock
//! the account for 30 minutes. So never send an update again to find something out: see
//! [`Failure::counts_as_failed_check`].
//!
//! Source: Huawei Cloud, Cognitive Engagement Center, API Reference, `updateSipPhonePassword` (2023-09-27)
//! and `tokenByAkSk`.

use core::{fmt, time::Duration};
use std::string::String;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::api::{
    BaseUrl, Body, Call, Failure, FailureKind, Field, FieldError, FieldErrorKind, Json, MAX_ID, MAX_SECRET,
    NewPassword, Outcome, Reply, ReplyError, Sealed, Secret, VendorText, bearer, contains_secret, header,
    json_request,
};
use crate::presets::HUAWEI;

const VENDOR: &str = "Huawei";
const UPDATE: &str = "/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword";
const TOKEN: &str = "/apigovernance/api/oauth/tokenByAkSk";

/// Changes the password of an agent's SIP phone: `POST …/sipPhone/updateSipPhonePassword`.
///
/// ```
/// use sip_password::{
///     HUAWEI,
///     api::{BaseUrl, Secret},
///     http::{HeaderMap, StatusCode},
///     huawei::{BodyFormat, UpdateSipPhonePassword},
/// };
///
/// let call = UpdateSipPhonePassword {
///     base: &BaseUrl::new("https://service.besclouds.com")?, // the tenant's own domain
///     token: Secret::new("not-a-real-token"),                // of `TokenByAkSk`
///     app_key: Some(Secret::new("not-a-real-key")),
///     user_account: "agent1",
///     account_password: Secret::new("Not-the-real-one"),
///     new_password: HUAWEI.check("Not_a_real_1")?.into(),
///     body_format: BodyFormat::Flat,
/// };
/// let request = call.request()?;
/// assert_eq!(
///     request.body().expose_secret_bytes(),
///     br#"{"userAccount":"agent1","accountPwd":"Not-the-real-one","newPhonePwd":"Not_a_real_1"}"#
/// );
///
/// let reply = br#"{"resultCode":"1","resultMessage":"The account does not exist."}"#;
/// let outcome = call.outcome(StatusCode::OK, &HeaderMap::new(), reply);
/// let failure = outcome.failure().expect("it is refused");
/// assert!(failure.counts_as_failed_check());
/// assert_eq!(
///     failure.to_string(),
///     "Huawei: the vendor refused it (HTTP 200, code 1); it says: The account does not exist."
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct UpdateSipPhonePassword<'a> {
    /// Where the tenant's API is.
    pub base: &'a BaseUrl,
    /// The access token, without `Bearer`.
    pub token: Secret<'a>,
    /// The app key, for the header `x-app-key`: optional by this call's page, mandatory by those of its siblings. So
    /// give it.
    pub app_key: Option<Secret<'a>>,
    /// The agent's account.
    pub user_account: &'a str,
    /// The current password of the agent's account.
    pub account_password: Secret<'a>,
    /// The phone's new password, by [`HUAWEI`]'s rule or the tenant's own.
    pub new_password: NewPassword<'a>,
    /// Flat or wrapped.
    pub body_format: BodyFormat,
}

/// Whether the fields stand in the body itself.
///
/// The table of Huawei's page has them in an object `requestParam`; its example, and those of its siblings, do
/// not. Never find out by trying both: a refusal counts towards a lock.
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
struct Param<'a> {
    user_account: &'a str,
    account_pwd: &'a str,
    new_phone_pwd: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped<'a> {
    request_param: Param<'a>,
}

impl UpdateSipPhonePassword<'_> {
    /// The request, ready to be sent. Send it once.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field that is empty, too long, has a character that it cannot have, or is a
    /// password that does not satisfy its rule.
    pub fn request(&self) -> Result<Request<Body>, FieldError> {
        Field("token").header_value(self.token)?;
        let param = Param {
            user_account: Field("user_account").text(self.user_account, MAX_ID)?,
            account_pwd: Field("account_password").secret(self.account_password)?,
            new_phone_pwd: self.new_password.checked("new_password", &HUAWEI)?,
        };
        let app_key = self.app_key.map(|key| Field("app_key").header_value(key)).transpose()?;
        let mut request = match self.body_format {
            BodyFormat::Flat => json_request(Method::POST, self.base, UPDATE, &param),
            BodyFormat::Wrapped => {
                json_request(Method::POST, self.base, UPDATE, &Wrapped { request_param: param })
            }
        };
        bearer(&mut request, self.token);
        if let Some(key) = app_key {
            request.headers_mut().insert(HeaderName::from_static("x-app-key"), header(&[key.as_bytes()]));
        }
        Ok(request)
    }

    /// What became of it, by the reply.
    ///
    /// [`Outcome::Updated`] is HTTP 200 with the result code 0, as a string or a number, in the body itself or in
    /// `schema`: the table of Huawei's page has the one, its example the other.
    pub fn outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Outcome {
        let is_secret = |text: &str| {
            [Some(self.token), self.app_key, Some(self.account_password)]
                .into_iter()
                .flatten()
                .map(Secret::expose_secret)
                .chain([self.new_password.expose_secret()])
                .any(|secret| contains_secret(text, secret))
        };
        let reply = Reply { vendor: VENDOR, status, headers, body, is_secret: &is_secret };
        let result = reply.json().and_then(ResultOf::read);
        let kind = match &result {
            _ if status != StatusCode::OK => kind_of_status(&reply, result.is_ok()),
            Ok(result) if *result.code == "0" => return Outcome::Updated(()),
            Ok(_) => FailureKind::Refused,
            Err(error) => FailureKind::InvalidReply { error: *error },
        };
        let (code, message) = match result {
            Ok(result) => (Some(VendorText::new(&result.code, is_secret)), reply.text(result.message)),
            Err(_) => (None, None),
        };
        let failed_check = match status.as_u16() {
            300..=399 | 404 | 407 | 429 | 502 | 503 | 504 => false,
            // By the page 200, 400, 401 and 500; the others may hide one of them.
            _ => true,
        };
        Outcome::Failed(Failure { code, message, failed_check, ..reply.failure(kind) })
    }
}

/// As for the others, but that 500 has a meaning of its own.
fn kind_of_status(reply: &Reply<'_>, answered: bool) -> FailureKind {
    match reply.status {
        StatusCode::INTERNAL_SERVER_ERROR => FailureKind::BusinessFailure,
        _ => reply.failure_of_status(answered).kind,
    }
}

/// `resultCode` and `resultMessage`.
struct ResultOf<'a> {
    code: Zeroizing<String>,
    message: Option<Json<'a>>,
}

impl<'a> ResultOf<'a> {
    fn read(json: Json<'a>) -> Result<Self, ReplyError> {
        const CODE: &str = "resultCode";
        const MESSAGE: &str = "resultMessage";
        let [code, message, schema] = json.fields("the reply", [CODE, MESSAGE, "schema"])?;
        let (code, message) = match schema.filter(|schema| !schema.is_null()) {
            None => (code, message),
            Some(schema) => {
                let [inner, inner_message] = schema.fields("schema", [CODE, MESSAGE])?;
                if code.is_some() && inner.is_some() {
                    return Err(ReplyError::Duplicate { field: CODE });
                }
                (code.or(inner), message.or(inner_message))
            }
        };
        let code = code.ok_or(ReplyError::Missing { field: CODE })?;
        let code = code.text().ok_or(ReplyError::WrongType { field: CODE })?;
        Ok(Self { code, message })
    }
}

/// Asks for an access token: `POST …/oauth/tokenByAkSk`.
///
/// The host that gives tokens can be another one than that of the API.
///
/// ```
/// use std::time::Duration;
/// use sip_password::{
///     api::{BaseUrl, Secret},
///     http::{HeaderMap, StatusCode},
///     huawei::TokenByAkSk,
/// };
///
/// let base = BaseUrl::new("https://service.besclouds.com")?;
/// let call = TokenByAkSk::new(&base, Secret::new("not-a-real-key"), Secret::new("not-a-real-secret"));
/// let request = call.request()?;
/// assert_eq!(request.headers()["x-token-expire"], "600");
///
/// let reply = br#"{"AccessToken":"not-a-real-token","ApplyType":"Bearer","Expires":"600"}"#;
/// let token = call.outcome(StatusCode::OK, &HeaderMap::new(), reply)?;
/// // Nine minutes after it was asked for, and two seconds before its end.
/// assert!(token.is_usable(Duration::from_secs(540)));
/// assert!(!token.is_usable(Duration::from_secs(598)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TokenByAkSk<'a> {
    /// Where tokens are given.
    pub base: &'a BaseUrl,
    /// The app key.
    pub app_key: Secret<'a>,
    /// The app secret.
    pub app_secret: Secret<'a>,
    /// How long the token is to be valid, in seconds: 1 to [`MAX_LIFETIME`](Self::MAX_LIFETIME).
    pub lifetime: u32,
}

impl<'a> TokenByAkSk<'a> {
    /// The lifetime in the example of Huawei's page, in seconds.
    pub const DEFAULT_LIFETIME: u32 = 600;
    /// The greatest lifetime by Huawei's page, in seconds.
    pub const MAX_LIFETIME: u32 = 3600;

    /// With the default lifetime.
    pub const fn new(base: &'a BaseUrl, app_key: Secret<'a>, app_secret: Secret<'a>) -> Self {
        Self { base, app_key, app_secret, lifetime: Self::DEFAULT_LIFETIME }
    }

    /// The request, ready to be sent.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field that is empty, too long, out of its range, or has a control character.
    pub fn request(&self) -> Result<Request<Body>, FieldError> {
        #[derive(Serialize)]
        struct Keys<'a> {
            app_key: &'a str,
            app_secret: &'a str,
        }

        let keys = Keys {
            app_key: Field("app_key").secret(self.app_key)?,
            app_secret: Field("app_secret").secret(self.app_secret)?,
        };
        if !(1..=Self::MAX_LIFETIME).contains(&self.lifetime) {
            return Err(Field("lifetime").error(FieldErrorKind::OutOfRange {
                min: 1,
                max: Self::MAX_LIFETIME,
                found: self.lifetime,
            }));
        }
        let mut request = json_request(Method::POST, self.base, TOKEN, &keys);
        request
            .headers_mut()
            .insert(HeaderName::from_static("x-token-expire"), HeaderValue::from(self.lifetime));
        Ok(request)
    }

    /// The token, by the reply.
    ///
    /// `AccessToken` and `Expires` (in seconds, as a string or a number) must be there; `ApplyType`, where it is, must
    /// be `Bearer`. `CreateTime` is not read: [`AccessToken::is_usable`] needs no clock but the caller's.
    ///
    /// # Errors
    ///
    /// [`Failure`] where the reply has no token. Nothing is locked by it.
    pub fn outcome(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<AccessToken, Failure> {
        let is_secret = |text: &str| {
            [self.app_key, self.app_secret].iter().any(|secret| contains_secret(text, secret.expose_secret()))
        };
        let reply = Reply { vendor: VENDOR, status, headers, body, is_secret: &is_secret };
        if status == StatusCode::OK {
            match reply.json().and_then(AccessToken::read) {
                Ok(token) => return Ok(token),
                Err(error) => return Err(reply.failure(FailureKind::InvalidReply { error })),
            }
        }
        match reply.json().and_then(ResultOf::read) {
            Ok(result) => Err(Failure {
                code: Some(VendorText::new(&result.code, is_secret)),
                message: reply.text(result.message),
                ..reply.failure_of_status(true)
            }),
            Err(_) => Err(reply.failure_of_status(false)),
        }
    }
}

/// A token for [`UpdateSipPhonePassword`], in memory that is overwritten on drop.
///
/// It prints as `AccessToken(redacted)`, and cannot be cloned.
pub struct AccessToken {
    token: Zeroizing<String>,
    lifetime: Duration,
}

impl AccessToken {
    /// How long before its end a token is no longer used: time for a request to arrive and be worked on.
    pub const MARGIN: Duration = Duration::from_secs(30);

    /// The token itself.
    pub fn expose_secret(&self) -> &str {
        &self.token
    }

    /// The token, for [`UpdateSipPhonePassword::token`].
    pub fn as_secret(&self) -> Secret<'_> {
        Secret::new(&self.token)
    }

    /// How long it is valid from when it was made.
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Whether it can still be used `age` after it was *asked for*, by the caller's monotonic clock: at least
    /// [`MARGIN`](Self::MARGIN) before its end, or half of its lifetime where that is less.
    pub fn is_usable(&self, age: Duration) -> bool {
        age.saturating_add(Self::MARGIN.min(self.lifetime / 2)) < self.lifetime
    }

    fn read(json: Json<'_>) -> Result<Self, ReplyError> {
        const TOKEN: &str = "AccessToken";
        const TYPE: &str = "ApplyType";
        const EXPIRES: &str = "Expires";
        let [token, kind, expires] = json.fields("the reply", [TOKEN, TYPE, EXPIRES])?;
        if let Some(kind) = kind.filter(|kind| !kind.is_null()) {
            let kind = kind.text().ok_or(ReplyError::WrongType { field: TYPE })?;
            if !kind.eq_ignore_ascii_case("bearer") {
                return Err(ReplyError::UnknownValue { field: TYPE });
            }
        }
        let token = token.ok_or(ReplyError::Missing { field: TOKEN })?;
        let token =
            token.text().filter(|_| token.is_string()).ok_or(ReplyError::WrongType { field: TOKEN })?;
        let fits = (1..=MAX_SECRET).contains(&token.len());
        if !fits || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ReplyError::UnknownValue { field: TOKEN });
        }
        let expires = expires.ok_or(ReplyError::Missing { field: EXPIRES })?;
        let expires = expires.text().ok_or(ReplyError::WrongType { field: EXPIRES })?;
        match expires.parse::<u32>() {
            Ok(seconds) if seconds > 0 && !expires.starts_with('+') => {
                Ok(Self { token, lifetime: Duration::from_secs(seconds.into()) })
            }
            _ => Err(ReplyError::UnknownValue { field: EXPIRES }),
        }
    }
}

/// Only that there is one.
impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(redacted)")
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

impl Sealed for TokenByAkSk<'_> {}

impl Call for TokenByAkSk<'_> {
    type Outcome = Result<AccessToken, Failure>;

    fn request(&self) -> Result<Request<Body>, FieldError> {
        self.request()
    }

    fn outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self::Outcome {
        self.outcome(status, headers, body)
    }

    fn failure(outcome: &Self::Outcome) -> Option<&Failure> {
        outcome.as_ref().err()
    }
}
