//! Huawei's phones: one call for each phone, with a token that is renewed, for an account that can be locked.

use core::{fmt, time::Duration};
use std::{
    format,
    string::{String, ToString},
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime},
};

use sip_password::{
    Client, Policy, SendError,
    api::{BaseUrl, Failure, FailureKind, FieldError, Outcome, Secret},
    huawei::{AccessToken, BodyFormat, ExtraHeaders, TokenByAkSk, UpdateSipPhonePassword},
};

use super::{CallReport, Fleet, PhoneReport, PhoneUpdate, outage};
use crate::throttle::{Feedback, Rate};

/// The phones of a tenant of Huawei Cloud CEC.
///
/// Columns of the accounts file: `user_account`, and `account_password`, the current password of the agent's account. It travels with
/// each call, and three failed checks of it lock the account. So an account is not asked again after one check that failed, or two
/// that may have; the journal counts them, by the rule of [`lockout`](sip_password::api::lockout). A corrected password may get one more
/// call: [`Journal::correct_accounts`](crate::Journal::correct_accounts).
pub struct Huawei<'a> {
    /// The address of the tenant's API.
    pub base: &'a BaseUrl,
    /// What authorises a call.
    pub access: HuaweiAccess<'a>,
    /// Where the fields of a request are: in the body itself, or wrapped.
    pub body_format: BodyFormat,
    /// Headers that the tenant needs with each update; [`ExtraHeaders::NONE`] by Huawei's page. The call that asks for a token has
    /// [its own](TokenByAkSk::extra_headers).
    pub extra_headers: ExtraHeaders<'a>,
    /// The passwords that the vendor accepts: [`HUAWEI`](sip_password::HUAWEI), or a tenant's own policy.
    pub policy: &'a Policy,
}

/// What authorises a call to Huawei.
pub enum HuaweiAccess<'a> {
    /// A token of the caller.
    Token {
        /// The token.
        token: Secret<'a>,
        /// The app key.
        app_key: Option<Secret<'a>>,
    },
    /// The app key and its secret: the run asks for tokens when it needs them.
    Keys(TokenCache<'a>),
}

/// Asks for tokens by [`TokenByAkSk`], and uses each until shortly before it expires.
pub struct TokenCache<'a> {
    call: TokenByAkSk<'a>,
    present: Mutex<Option<(Arc<AccessToken>, Asked)>>,
}

impl<'a> TokenCache<'a> {
    /// Sends nothing yet.
    pub const fn new(call: TokenByAkSk<'a>) -> Self {
        Self { call, present: Mutex::new(None) }
    }

    /// The present token, or a new one. Of several threads that need a new one, one asks and the others wait.
    fn get(&self, client: &Client) -> Result<Arc<AccessToken>, NoToken> {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, asked)) = &*present
            && token.is_usable(asked.age())
        {
            return Ok(Arc::clone(token));
        }
        let asked = Asked { clock: Instant::now(), wall: SystemTime::now() };
        let token = Arc::new(client.send(&self.call).map_err(NoToken::Send)?.map_err(NoToken::Failed)?);
        *present = Some((Arc::clone(&token), asked));
        Ok(token)
    }

    /// The vendor rejected this token: the next call asks for another.
    fn forget(&self, token: &Arc<AccessToken>) {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        present.take_if(|(present, _)| Arc::ptr_eq(present, token));
    }
}

/// When a token was asked for: by the clock that nobody sets, and by the clock that also runs while the machine sleeps.
struct Asked {
    clock: Instant,
    wall: SystemTime,
}

impl Asked {
    fn age(&self) -> Duration {
        self.clock.elapsed().max(self.wall.elapsed().unwrap_or_default())
    }
}

enum NoToken {
    Send(SendError),
    Failed(Failure),
}

impl NoToken {
    /// The report on a call that was not sent for want of a token. No account was checked.
    fn report(self, phones: usize) -> CallReport {
        let (reason, feedback) = match &self {
            Self::Send(error @ (SendError::Field(_) | SendError::TraceLogEnabled { .. })) => {
                (error.to_string(), None)
            }
            Self::Send(error @ SendError::NotSent(cause)) => (error.to_string(), Some(outage(cause))),
            // A token that nobody uses does no harm, so it does not matter whether the call arrived.
            Self::Send(error) => (error.to_string(), Some(Feedback::Unavailable)),
            Self::Failed(failure) => {
                let feedback = match failure.kind() {
                    FailureKind::Unauthorized | FailureKind::Forbidden | FailureKind::BadRequest => None,
                    _ => Some(Feedback::wait_of(failure).unwrap_or(Feedback::Unavailable)),
                };
                (failure.to_string(), feedback)
            }
        };
        let reason = format!("no token: {reason}");
        match feedback {
            None => CallReport::stopped(phones, reason),
            Some(feedback) => CallReport::all(phones, PhoneReport::not_sent(reason), feedback),
        }
    }
}

impl Huawei<'_> {
    /// The rate unless another is asked for. 100 calls a minute: no document of the vendor states a limit.
    pub const USUAL_RATE: Rate = Rate::per_minute(100);

    fn call<'b>(
        &'b self,
        token: Secret<'b>,
        phone: &PhoneUpdate<'b>,
    ) -> Result<UpdateSipPhonePassword<'b>, FieldError> {
        Ok(UpdateSipPhonePassword {
            base: self.base,
            token,
            app_key: match &self.access {
                HuaweiAccess::Token { app_key, .. } => *app_key,
                HuaweiAccess::Keys(tokens) => Some(tokens.call.app_key),
            },
            user_account: phone.names.first().copied().unwrap_or_default(),
            account_password: Secret::new(phone.account_password),
            new_password: phone.password(self.policy)?,
            body_format: self.body_format,
            extra_headers: self.extra_headers,
        })
    }

    /// Calls `unauthorized` if the token may be the cause of a failure.
    fn update(
        &self,
        client: &Client,
        token: Secret<'_>,
        phone: &PhoneUpdate<'_>,
        unauthorized: impl FnOnce(),
    ) -> CallReport {
        let call = match self.call(token, phone) {
            Ok(call) => call,
            Err(error) => return CallReport::stopped(1, error.to_string()),
        };
        match client.send(&call) {
            Ok(Outcome::Updated(())) => CallReport::confirmed(1),
            Ok(Outcome::Failed(failure)) => {
                if failure.kind() == FailureKind::Unauthorized {
                    unauthorized();
                }
                CallReport::of_failure(1, &failure)
            }
            Err(error) => CallReport::of_send_error(1, &error),
        }
    }
}

impl Fleet for Huawei<'_> {
    fn vendor(&self) -> &str {
        "huawei"
    }

    fn policy(&self) -> &Policy {
        self.policy
    }

    fn tenant(&self) -> String {
        self.base.to_string()
    }

    fn extra_headers(&self) -> ExtraHeaders<'_> {
        self.extra_headers
    }

    fn columns(&self) -> &'static [&'static str] {
        &["user_account"]
    }

    fn account_password_column(&self) -> Option<&'static str> {
        Some("account_password")
    }

    fn locks_accounts(&self) -> bool {
        true
    }

    fn default_rate(&self) -> Rate {
        Self::USUAL_RATE
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        let token = match &self.access {
            HuaweiAccess::Token { token, .. } => *token,
            HuaweiAccess::Keys(tokens) => {
                tokens.call.request()?;
                Secret::new("placeholder-for-tokenByAkSk")
            }
        };
        self.call(token, phone)?.request().map(drop)
    }

    fn send(&self, client: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        let [phone] = phones else {
            return CallReport::stopped(phones.len(), "a call to Huawei is for one phone");
        };
        match &self.access {
            HuaweiAccess::Token { token, .. } => self.update(client, *token, phone, || ()),
            HuaweiAccess::Keys(tokens) => match tokens.get(client) {
                Ok(token) => self.update(client, token.as_secret(), phone, || tokens.forget(&token)),
                Err(error) => error.report(1),
            },
        }
    }
}

/// The address and the shape, and no secret.
impl fmt::Debug for Huawei<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Huawei")
            .field("base", &self.base)
            .field("body_format", &self.body_format)
            .field("extra_headers", &self.extra_headers)
            .finish_non_exhaustive()
    }
}
