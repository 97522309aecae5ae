//! NXCloud: [`UpdatePassword`]. The rule of chosen passwords is [`NXCLOUD`], which is this library's: the vendor
//! publishes none.
//!
//! Source: NXCloud, `sipphone/updatePassword`, "Interface for modifying phone passwords". How often it can be
//! called is not stated; other calls of the vendor's allow one a second for a key.

use core::fmt;
use std::{collections::HashMap, io, string::String, vec::Vec};

use http::{HeaderMap, Request, StatusCode};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    api::{
        BaseUrl, Body, Call, Failure, FailureKind, Field, FieldError, FieldErrorKind, Json, MAX_ID,
        NewPassword, Outcome, Reply, ReplyError, Sealed, Secret, contains_secret, percent_encoded, post,
    },
    presets::NXCLOUD,
    rules::MAX_LENGTH,
};

/// NXCloud's API.
pub static PRODUCTION: BaseUrl = BaseUrl::constant("https://api.nxcloud.com");

const PATH: &str = "/api/sipphone/updatePassword";

/// Changes the passwords of phones: `POST /api/sipphone/updatePassword`.
///
/// ```
/// use sip_password::{
///     NXCLOUD,
///     api::{Outcome, Secret},
///     http::{HeaderMap, StatusCode},
///     nxcloud::{self, Assignment, PhoneState, UpdatePassword},
/// };
///
/// let first = NXCLOUD.check("NotARealOne1")?;
/// let second = NXCLOUD.check("NotARealOne2")?;
/// let phones = [("1049001", first.into()), ("1049002", second.into())];
/// let call = UpdatePassword {
///     base: &nxcloud::PRODUCTION,
///     app_key: Secret::new("not-a-real-key"),
///     secret_key: Secret::new("not-a-real-secret"),
///     assignment: Assignment::Individual(&phones),
/// };
/// assert_eq!(
///     call.request()?.body().expose_secret_bytes(),
///     b"appkey=not-a-real-key&secretkey=not-a-real-secret\
///       &username=1049001%2C1049002&new_password=NotARealOne1%2CNotARealOne2"
/// );
///
/// let reply = br#"{"code":"success","row":{"1049001":"NotARealOne1"}}"#;
/// let Outcome::Partial(report) = call.outcome(StatusCode::OK, &HeaderMap::new(), reply) else {
///     panic!("one phone is missing");
/// };
/// assert!(matches!(report.phones[0].state, PhoneState::Updated));
/// assert!(matches!(report.phones[1].state, PhoneState::Missing));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct UpdatePassword<'a> {
    /// Where the API is: [`PRODUCTION`].
    pub base: &'a BaseUrl,
    /// The app key.
    pub app_key: Secret<'a>,
    /// The secret key.
    pub secret_key: Secret<'a>,
    /// Which phones, and their passwords.
    pub assignment: Assignment<'a>,
}

/// Which phones, and who chooses their passwords.
///
/// Several values are separated by a comma, which the vendor's page does not say and other pages of it do; so none
/// may have a comma in it. One phone a call does not depend on that.
#[derive(Clone, Copy, Debug)]
pub enum Assignment<'a> {
    /// Each phone its own password. As pairs, so that their numbers cannot differ.
    Individual(
        /// Usernames and their new passwords.
        &'a [(&'a str, NewPassword<'a>)],
    ),
    /// The server makes a password for each phone. The documented ones are 6 digits: one of a million, which
    /// a program tries in no time.
    ServerGenerated(
        /// Usernames.
        &'a [&'a str],
    ),
    /// One password for all phones: who learns one has all of them. Prefer [`Individual`](Self::Individual).
    Shared {
        /// Usernames.
        usernames: &'a [&'a str],
        /// The password of each of them.
        password: NewPassword<'a>,
    },
}

impl<'a> Assignment<'a> {
    /// How many phones.
    fn len(self) -> usize {
        match self {
            Self::Individual(pairs) => pairs.len(),
            Self::ServerGenerated(usernames) | Self::Shared { usernames, .. } => usernames.len(),
        }
    }

    /// Each phone, with its password where that is chosen.
    fn phones(self) -> impl Iterator<Item = (&'a str, Option<NewPassword<'a>>)> {
        (0..self.len()).map(move |place| match self {
            Self::Individual(pairs) => (pairs[place].0, Some(pairs[place].1)),
            Self::ServerGenerated(usernames) => (usernames[place], None),
            Self::Shared { usernames, password } => (usernames[place], Some(password)),
        })
    }

    /// The passwords as they travel.
    fn passwords(self) -> impl Iterator<Item = NewPassword<'a>> {
        let shared = matches!(self, Self::Shared { .. });
        self.phones().filter_map(|(_, password)| password).take(if shared { 1 } else { usize::MAX })
    }
}

impl<'a> UpdatePassword<'a> {
    /// The request, ready to be sent.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field that is empty, too long, has a comma or a control character, or is a password
    /// that does not satisfy its rule; and `username` where one stands in the list twice.
    pub fn request(&self) -> Result<Request<Body>, FieldError> {
        let app_key = Field("app_key").secret(self.app_key)?;
        let secret_key = Field("secret_key").secret(self.secret_key)?;
        if self.assignment.len() == 0 {
            return Err(Field("username").error(FieldErrorKind::Empty));
        }
        let mut places = HashMap::with_capacity(self.assignment.len());
        for (place, (username, _)) in (1..).zip(self.assignment.phones()) {
            Field("username").list_item(Field("username").text(username, MAX_ID)?)?;
            if places.insert(username, place).is_some() {
                return Err(Field("username").error(FieldErrorKind::Duplicate { position: place }));
            }
        }
        for password in self.assignment.passwords() {
            Field("new_password").list_item(password.checked("new_password", &NXCLOUD)?)?;
        }
        let body = Body::from_writer(|to| {
            field(to, "appkey=", [app_key])?;
            field(to, "&secretkey=", [secret_key])?;
            field(to, "&username=", self.assignment.phones().map(|(username, _)| username))?;
            let mut passwords = self.assignment.passwords().peekable();
            if passwords.peek().is_some() {
                field(to, "&new_password=", passwords.map(|password| password.expose_secret()))?;
            }
            Ok(())
        });
        Ok(post(self.base, PATH, "application/x-www-form-urlencoded", body))
    }

    /// What became of it, by the reply.
    ///
    /// `code` alone decides, neither `info`, which exists in two languages, nor the HTTP status; the status
    /// counts where the reply has no `code`, and tells [`FailureKind::RateLimited`] apart. After
    /// `"success"`, every phone asked for must be in `row`, with the password sent; where that is not so, or where a phone
    /// is in it that was not asked for, the outcome is [`Outcome::Partial`], phone by phone.
    pub fn outcome(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Outcome<Report<'a>, Report<'a>> {
        let is_secret = |text: &str| {
            [self.app_key.expose_secret(), self.secret_key.expose_secret()]
                .into_iter()
                .chain(self.assignment.passwords().map(|password| password.expose_secret()))
                .any(|secret| contains_secret(text, secret))
        };
        let reply = Reply { vendor: "NXCloud", status, headers, body, is_secret: &is_secret };
        let fields = reply.json().and_then(|json| json.fields("the reply", ["code", "info", "row"]));
        let verdict = match &fields {
            Ok([Some(code), ..]) if code.equals("success") => Ok(true),
            Ok([Some(code), ..]) if code.equals("failed") => Ok(false),
            Ok([Some(code), ..]) if code.text().is_some() => Err(ReplyError::UnknownValue { field: "code" }),
            Ok([Some(_), ..]) => Err(ReplyError::WrongType { field: "code" }),
            Ok([None, ..]) => Err(ReplyError::Missing { field: "code" }),
            Err(error) => Err(*error),
        };
        let [code, info, row] = fields.unwrap_or_default();
        // What is said of a success can hold a password that the server chose.
        let message = if verdict == Ok(true) { None } else { reply.text(info) };
        let failure = match verdict {
            Ok(true) => match self.report(row) {
                Ok(report) if report.is_complete() => return Outcome::Updated(report),
                Ok(report) => return Outcome::Partial(report),
                Err(error) => reply.failure(FailureKind::InvalidReply { error }),
            },
            _ if status == StatusCode::TOO_MANY_REQUESTS => reply.failure_of_status(true),
            Ok(false) => reply.failure(FailureKind::Refused),
            Err(_) if status != StatusCode::OK => reply.failure_of_status(code.is_some()),
            Err(error) => reply.failure(FailureKind::InvalidReply { error }),
        };
        Outcome::Failed(Failure { code: reply.text(code), message, ..failure })
    }

    /// What `row` says of each phone.
    fn report(&self, row: Option<Json<'_>>) -> Result<Report<'a>, ReplyError> {
        const ROW: &str = "row";
        let row = row.filter(|row| !row.is_null()).ok_or(ReplyError::Missing { field: ROW })?;
        // The table calls it a string, the example is an object; a string can hold the object.
        let inner = if row.is_string() { row.text() } else { None };
        let row = match &inner {
            Some(inner) => Json::parse(inner).ok_or(ReplyError::WrongType { field: ROW })?,
            None => row,
        };
        let mut report = Report {
            phones: self
                .assignment
                .phones()
                .map(|(username, _)| Phone { username, state: PhoneState::Missing })
                .collect(),
            unrequested: 0,
        };
        let asked: HashMap<&str, (usize, Option<NewPassword<'_>>)> = (0..)
            .zip(self.assignment.phones())
            .map(|(place, (username, password))| (username, (place, password)))
            .collect();
        let is_object = row.members(|key, value| {
            let username = key.text();
            let place = username.as_ref().and_then(|username| asked.get(username.as_str()));
            match place {
                Some(&(place, password)) => {
                    let state = &mut report.phones[place].state;
                    // Twice in the reply: it can mean either.
                    let first = matches!(state, PhoneState::Missing);
                    *state = if first { state_of(value, password) } else { PhoneState::Unreadable };
                }
                None => report.unrequested += 1,
            }
        });
        if is_object { Ok(report) } else { Err(ReplyError::WrongType { field: ROW }) }
    }
}

/// The state of a phone with this value in `row`, which was sent this password.
fn state_of(value: Json<'_>, sent: Option<NewPassword<'_>>) -> PhoneState {
    let Some(found) = value.text() else { return PhoneState::Unreadable };
    match sent {
        Some(sent) if found.as_bytes().ct_eq(sent.expose_secret().as_bytes()).into() => PhoneState::Updated,
        Some(_) => PhoneState::Different,
        None if value.is_digits() && found.len() < DIGITS => PhoneState::Unreadable,
        None if (1..=MAX_LENGTH).contains(&found.len()) && !found.chars().any(char::is_control) => {
            PhoneState::UpdatedTo(ServerPassword(found))
        }
        None => PhoneState::Unreadable,
    }
}

/// How many digits the server's passwords have. As a number, one of fewer has lost the zeros at its front.
const DIGITS: usize = 6;

/// One field of a form, with its values separated by commas, as curl's `--data-urlencode` writes it.
fn field<'a>(
    to: &mut dyn io::Write,
    name: &str,
    values: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    to.write_all(name.as_bytes())?;
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            to.write_all(b"%2C")?;
        }
        for piece in percent_encoded(value) {
            to.write_all(piece.as_bytes())?;
        }
    }
    Ok(())
}

/// What NXCloud says of each phone, after it said that it is done.
#[derive(Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// The phones asked for, in the order of the request.
    pub phones: Vec<Phone<'a>>,
    /// How many phones in the reply nobody asked for. Their passwords may have been changed. Their names are not
    /// kept: a reply that mixes names and passwords up would have the passwords shown.
    pub unrequested: usize,
}

impl Report<'_> {
    /// Whether every phone asked for has its new password, and no other phone is in the reply.
    pub fn is_complete(&self) -> bool {
        self.unrequested == 0 && self.phones.iter().all(|phone| phone.state.is_updated())
    }
}

/// One phone of a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Phone<'a> {
    /// Its username.
    pub username: &'a str,
    /// What the reply says of it.
    pub state: PhoneState,
}

/// What a reply says of a phone.
#[derive(Debug)]
#[non_exhaustive]
pub enum PhoneState {
    /// It has the password that was sent.
    Updated,
    /// It has this password, which the server chose.
    UpdatedTo(ServerPassword),
    /// It is not in the reply. Its password may be the old one.
    Missing,
    /// It has another password than the one that was sent, which is not shown.
    Different,
    /// It is in the reply twice, or with something that is not a password: not a string or a number; or, where the
    /// server chose it, a number of fewer than 6 digits, since zeros at its front are lost.
    Unreadable,
}

impl PhoneState {
    /// Whether its new password is known.
    pub const fn is_updated(&self) -> bool {
        matches!(self, Self::Updated | Self::UpdatedTo(_))
    }
}

/// A password that the server chose, in memory that is overwritten on drop.
///
/// It prints as `ServerPassword(redacted)`, and cannot be cloned. At most [`MAX_LENGTH`] bytes; it need not satisfy
/// any policy.
pub struct ServerPassword(Zeroizing<String>);

impl ServerPassword {
    /// The password itself.
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl Zeroize for ServerPassword {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl zeroize::ZeroizeOnDrop for ServerPassword {}

/// Only that there is one.
impl fmt::Debug for ServerPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerPassword(redacted)")
    }
}

impl Sealed for UpdatePassword<'_> {}

impl<'a> Call for UpdatePassword<'a> {
    type Outcome = Outcome<Report<'a>, Report<'a>>;

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
