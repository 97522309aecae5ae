//! Huawei's phones: one call for each, with a token that is renewed, and an account that can be locked.

use core::{fmt, time::Duration};
use std::{
    format,
    string::{String, ToString},
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime},
    vec,
};

use super::{CallReport, Fleet, PhoneReport, PhoneUpdate};
use crate::throttle::{Feedback, Rate};
use sip_password::{
    Client, Policy, Preset, SendError,
    api::{BaseUrl, Failure, FailureKind, FieldError, Outcome, Secret},
    huawei::{AccessToken, Shape, TokenByAkSk, UpdateSipPhonePassword},
};

/// The phones of a tenant of Huawei Cloud CEC.
///
/// Columns of the accounts file: `user_account`, and `account_password`, the current password of the agent's account,
/// which travels with each call. Three failed checks of it lock the account: so no account is asked again after one check
/// that is known to have failed, or two that may have; the journal counts them.
pub struct Huawei<'a> {
    /// Where the API is.
    pub base: &'a BaseUrl,
    /// What lets a call through.
    pub access: HuaweiAccess<'a>,
    /// Whether the fields stand in the body itself.
    pub shape: Shape,
    /// Which passwords are taken: the vendor's preset, or the rule of a tenant's own.
    pub policy: &'a Policy<'a>,
}

/// What lets a call to Huawei through.
pub enum HuaweiAccess<'a> {
    /// A token that the caller has.
    Token {
        /// The token.
        token: Secret<'a>,
        /// The app key.
        app_key: Option<Secret<'a>>,
    },
    /// TokenCache that are asked for when they are needed.
    Keys(TokenCache<'a>),
}

/// TokenCache of [`TokenByAkSk`], each used until shortly before its end.
pub struct TokenCache<'a> {
    call: TokenByAkSk<'a>,
    present: Mutex<Option<(Arc<AccessToken>, Asked)>>,
}

impl<'a> TokenCache<'a> {
    /// None is asked for yet.
    pub const fn new(call: TokenByAkSk<'a>) -> Self {
        Self { call, present: Mutex::new(None) }
    }

    /// The present token, or a new one. Who comes while another asks for one waits for it.
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

    /// The vendor does not take this token: the next phone gets another.
    fn forget(&self, token: &Arc<AccessToken>) {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        present.take_if(|(present, _)| Arc::ptr_eq(present, token));
    }
}

/// When a token was asked for: by the clock that is never set, and by the one that goes on while the machine sleeps.
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
    /// Nothing was sent to any account: a token that nobody uses does no harm.
    fn sent(self, phones: usize) -> CallReport {
        let (why, feedback) = match &self {
            Self::Send(SendError::Field(error)) => (error.to_string(), None),
            Self::Send(error) => (error.to_string(), Some(Feedback::Unavailable)),
            Self::Failed(failure) => {
                let feedback = match failure.kind() {
                    FailureKind::Unauthorized | FailureKind::Forbidden | FailureKind::BadRequest => None,
                    _ => Some(Feedback::wait_of(failure).unwrap_or(Feedback::Unavailable)),
                };
                (failure.to_string(), feedback)
            }
        };
        let why = format!("no token: {why}");
        let Some(feedback) = feedback else { return CallReport::stopped(phones, why) };
        CallReport { phones: vec![PhoneReport::unsent(&why); phones], feedback }
    }
}

impl Huawei<'_> {
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
            shape: self.shape,
        })
    }

    /// `unauthorized`: what to do where the token may be the cause.
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
        let sent = client.send(&call);
        if let Ok(Outcome::Failed(failure)) = &sent
            && failure.kind() == FailureKind::Unauthorized
        {
            unauthorized();
        }
        CallReport::of(1, sent, |()| [PhoneReport::confirmed()].into())
    }
}

impl Fleet for Huawei<'_> {
    fn preset(&self) -> &'static Preset {
        Preset::named("huawei").expect("it is one of the presets")
    }

    fn policy(&self) -> &Policy<'_> {
        self.policy
    }

    fn tenant(&self) -> String {
        self.base.to_string()
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

    /// 100 calls a minute: no document of the vendor's has a limit.
    fn default_rate(&self) -> Rate {
        Rate::per_minute(100)
    }

    fn validate(&self, phone: &PhoneUpdate<'_>) -> Result<(), FieldError> {
        let token = match &self.access {
            HuaweiAccess::Token { token, .. } => *token,
            HuaweiAccess::Keys(tokens) => {
                tokens.call.request()?;
                Secret::new("of-tokenByAkSk")
            }
        };
        self.call(token, phone)?.request().map(drop)
    }

    fn send(&self, client: &Client, phones: &[PhoneUpdate<'_>]) -> CallReport {
        let [phone] = phones else {
            return CallReport::stopped(phones.len(), "a call to Huawei is for one phone".into());
        };
        match &self.access {
            HuaweiAccess::Token { token, .. } => self.update(client, *token, phone, || ()),
            HuaweiAccess::Keys(tokens) => match tokens.get(client) {
                Ok(token) => self.update(client, token.as_secret(), phone, || tokens.forget(&token)),
                Err(error) => error.sent(1),
            },
        }
    }
}

/// Where, and no secret.
impl fmt::Debug for Huawei<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Huawei").field("base", &self.base).field("shape", &self.shape).finish_non_exhaustive()
    }
}
