//! The call `tokenByAkSk`, and the token that it returns.

use core::{fmt, time::Duration};
use std::string::String;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{headers::ExtraHeaders, result::ResultEnvelope};
use crate::api::{
    call::{Call, Sealed},
    reply::{
        Reply,
        error::ReplyError,
        failure::{Failure, FailureKind},
        json::Json,
        text::{VendorText, contains_secret},
    },
    request::{
        base_url::BaseUrl,
        body::{Body, json_request},
        field::{Field, FieldError, FieldErrorKind, MAX_SECRET},
        secret::Secret,
    },
};

const PATH: &str = "/apigovernance/api/oauth/tokenByAkSk";

/// Requests an access token: `POST …/oauth/tokenByAkSk`.
///
/// Request a token once, and reuse it while it [`is_usable`](AccessToken::is_usable).
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
/// // Nine minutes after the request, and two seconds before the token expires.
/// assert!(token.is_usable(Duration::from_secs(540)));
/// assert!(!token.is_usable(Duration::from_secs(598)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TokenByAkSk<'a> {
    /// The address of the token service, which can differ from that of the API. The AICC edition of Huawei's page has
    /// `https://<domain>:28070`, and the port is part of it.
    pub base: &'a BaseUrl,
    /// The app key.
    pub app_key: Secret<'a>,
    /// The app secret.
    pub app_secret: Secret<'a>,
    /// The lifetime to request, in seconds: 1 to [`MAX_LIFETIME`](Self::MAX_LIFETIME).
    pub lifetime: u32,
    /// Headers that the tenant needs beside these; [`ExtraHeaders::NONE`] by Huawei's page.
    pub extra_headers: ExtraHeaders<'a>,
}

impl<'a> TokenByAkSk<'a> {
    /// The lifetime in the example of Huawei's page, in seconds.
    pub const DEFAULT_LIFETIME: u32 = 600;
    /// The greatest lifetime, in seconds, by Huawei's page.
    pub const MAX_LIFETIME: u32 = 3600;

    /// A call with the default lifetime and no extra headers.
    pub const fn new(base: &'a BaseUrl, app_key: Secret<'a>, app_secret: Secret<'a>) -> Self {
        Self {
            base,
            app_key,
            app_secret,
            lifetime: Self::DEFAULT_LIFETIME,
            extra_headers: ExtraHeaders::NONE,
        }
    }

    /// Makes the request, ready to be sent.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field that is empty, too long or out of range, or contains a control character.
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
        let (min, max, found) = (1, Self::MAX_LIFETIME, self.lifetime);
        if !(min..=max).contains(&found) {
            return Err(Field("lifetime").error(FieldErrorKind::OutOfRange { min, max, found }));
        }
        let mut request = json_request(Method::POST, self.base, PATH, &keys);
        self.extra_headers.insert_into(&mut request);
        request
            .headers_mut()
            .insert(HeaderName::from_static("x-token-expire"), HeaderValue::from(self.lifetime));
        Ok(request)
    }

    /// The token in the reply.
    ///
    /// The reply must have `AccessToken` and `Expires` (seconds, as a string or a number). `ApplyType`, if present, must be `Bearer`.
    /// `CreateTime` is ignored: [`AccessToken::is_usable`] needs only the caller's clock.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the reply has no token. It counts towards no lockout.
    pub fn outcome(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<AccessToken, Failure> {
        let is_secret = |text: &str| {
            [self.app_key, self.app_secret].iter().any(|secret| contains_secret(text, secret.expose_secret()))
        };
        let reply = Reply { vendor: super::VENDOR, status, headers, body, is_secret: &is_secret };
        if status == StatusCode::OK {
            let token = reply.json().and_then(AccessToken::read);
            return token.map_err(|error| reply.failure(FailureKind::InvalidReply { error }));
        }
        let result = reply.json().and_then(ResultEnvelope::read);
        let mut failure = reply.failure_from_status(result.is_ok());
        if let Ok(result) = result {
            failure.code = Some(VendorText::new(&result.code, is_secret));
            failure.message = reply.text(result.message);
        }
        if failure.kind == FailureKind::Forbidden {
            // A page of the gateway, which does not say which of the two is the cause.
            failure.advice = Some(
                "check that the app key is one of this gateway, and that the tenant's allow list contains the address of this \
                 machine",
            );
        }
        Err(failure)
    }
}

/// A token for [`UpdateSipPhonePassword`](super::UpdateSipPhonePassword), in memory that is wiped on drop.
///
/// `Debug` prints `AccessToken(redacted)`, and there is no `Clone`.
pub struct AccessToken {
    token: Zeroizing<String>,
    lifetime: Duration,
}

impl AccessToken {
    /// A token is no longer used this long before it expires, so that a request has time to arrive and to be processed.
    pub const MARGIN: Duration = Duration::from_secs(30);

    /// The token itself: visible ASCII, at most [`MAX_SECRET`] bytes.
    pub fn expose_secret(&self) -> &str {
        &self.token
    }

    /// The token, for [`UpdateSipPhonePassword::token`](super::UpdateSipPhonePassword::token).
    pub fn as_secret(&self) -> Secret<'_> {
        Secret::new(&self.token)
    }

    /// How long the token is valid after it was made.
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Whether the token can still be used at this `age`, measured from the *request* for it by the caller's monotonic clock. It can
    /// until [`MARGIN`](Self::MARGIN) before it expires, or until half of its lifetime if that is later.
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
            // `parse` accepts a plus sign.
            Ok(seconds) if seconds > 0 && !expires.starts_with('+') => {
                Ok(Self { token, lifetime: Duration::from_secs(seconds.into()) })
            }
            _ => Err(ReplyError::UnknownValue { field: EXPIRES }),
        }
    }
}

/// Without the token.
impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(redacted)")
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
