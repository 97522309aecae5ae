//! NXCloud: [`UpdatePassword`]. The vendor publishes no rule for chosen passwords, so the preset [`NXCLOUD`] is this library's own.
//!
//! The vendor states no rate limit. Other calls of its API allow one request a second for each key, or one in two seconds from each
//! address.
//!
//! Source: NXCloud, `sipphone/updatePassword`, "Interface for modifying phone passwords", in a section that the vendor marks as old.
//! Nothing was tried against the live service.

use core::fmt;
use std::{
    collections::{HashMap, HashSet},
    io,
    string::String,
    vec::Vec,
};

use http::{HeaderMap, Request, StatusCode};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::{
    api::{
        call::{Call, Sealed},
        reply::{
            Reply,
            error::ReplyError,
            failure::{Failure, FailureKind},
            json::Json,
            outcome::Outcome,
            text::contains_secret,
        },
        request::{
            base_url::BaseUrl,
            body::{Body, percent_encoded, post},
            field::{Field, FieldError, FieldErrorKind, MAX_ID, NewPassword},
            secret::Secret,
        },
    },
    presets::NXCLOUD,
    rules::MAX_LENGTH,
};

/// The address of NXCloud's API.
pub static PRODUCTION: BaseUrl = BaseUrl::from_static("https://api.nxcloud.com");

const PATH: &str = "/api/sipphone/updatePassword";

/// Updates the passwords of phones: `POST /api/sipphone/updatePassword`.
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
    /// The address of the API: [`PRODUCTION`].
    pub base: &'a BaseUrl,
    /// The app key.
    pub app_key: Secret<'a>,
    /// The secret key.
    pub secret_key: Secret<'a>,
    /// The phones and their passwords.
    pub assignment: Assignment<'a>,
}

/// The phones, and the password that is assigned to each.
///
/// A username has 1 to [`MAX_ID`] bytes, without slashes, backslashes and control characters. Commas separate several values, and so no value may contain one. That separator is a reading:
/// the page for this call does not state it, other pages of the vendor do. A call for one phone does not depend on it.
#[derive(Clone, Copy, Debug)]
pub enum Assignment<'a> {
    /// Each phone gets a password of its own. Phones and passwords are pairs, so their numbers cannot differ.
    Individual(
        /// Usernames and their new passwords.
        &'a [(&'a str, NewPassword<'a>)],
    ),
    /// The server generates a password for each phone: 6 digits in the documented examples. A program tries the one million of them
    /// in no time.
    ServerGenerated(
        /// Usernames.
        &'a [&'a str],
    ),
    /// All phones get the same password, so whoever learns it has access to every phone. Prefer [`Individual`](Self::Individual).
    Shared {
        /// Usernames.
        usernames: &'a [&'a str],
        /// The new password of each phone.
        password: NewPassword<'a>,
    },
}

impl<'a> Assignment<'a> {
    /// The number of phones.
    fn len(self) -> usize {
        match self {
            Self::Individual(pairs) => pairs.len(),
            Self::ServerGenerated(usernames) | Self::Shared { usernames, .. } => usernames.len(),
        }
    }

    /// The username of each phone, and its password if the caller chose it.
    fn phones(self) -> impl Iterator<Item = (&'a str, Option<NewPassword<'a>>)> {
        (0..self.len()).map(move |index| match self {
            Self::Individual(pairs) => (pairs[index].0, Some(pairs[index].1)),
            Self::ServerGenerated(usernames) => (usernames[index], None),
            Self::Shared { usernames, password } => (usernames[index], Some(password)),
        })
    }

    /// The passwords in the request.
    fn passwords(self) -> impl Iterator<Item = NewPassword<'a>> {
        let is_shared = matches!(self, Self::Shared { .. });
        self.phones().filter_map(|(_, password)| password).take(if is_shared { 1 } else { usize::MAX })
    }
}

impl<'a> UpdatePassword<'a> {
    /// Makes the request, ready to be sent.
    ///
    /// # Errors
    ///
    /// [`FieldError`] names the field that is empty, is too long, contains a comma or a control character, or is a password that does
    /// not satisfy its policy; and `username` if the list contains a phone twice.
    pub fn request(&self) -> Result<Request<Body>, FieldError> {
        let app_key = Field("app_key").secret(self.app_key)?;
        let secret_key = Field("secret_key").secret(self.secret_key)?;
        if self.assignment.len() == 0 {
            return Err(Field("username").error(FieldErrorKind::Empty));
        }
        let mut seen = HashSet::with_capacity(self.assignment.len());
        for (position, (username, _)) in (1..).zip(self.assignment.phones()) {
            Field("username").list_item(Field("username").id(username)?)?;
            if !seen.insert(username) {
                return Err(Field("username").error(FieldErrorKind::Duplicate { position }));
            }
        }
        for password in self.assignment.passwords() {
            Field("new_password").list_item(password.checked("new_password", &NXCLOUD)?)?;
        }
        let body = Body::from_writer(|to| {
            write_field(to, "appkey=", [app_key])?;
            write_field(to, "&secretkey=", [secret_key])?;
            write_field(to, "&username=", self.assignment.phones().map(|(username, _)| username))?;
            let mut passwords = self.assignment.passwords().peekable();
            if passwords.peek().is_some() {
                write_field(to, "&new_password=", passwords.map(|password| password.expose_secret()))?;
            }
            Ok(())
        });
        Ok(post(self.base, PATH, "application/x-www-form-urlencoded", body))
    }

    /// The outcome that the reply stands for.
    ///
    /// Only `code` decides: not `info`, which exists in two languages, and not the HTTP status. The status decides only if the reply
    /// has no `code`, and it tells [`FailureKind::RateLimited`] apart. After `"success"`, `row` must contain every phone of the
    /// request with the password that was sent, and no other phone. Otherwise the outcome is [`Outcome::Partial`], with a report on
    /// each phone.
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
        let is_success = fields.and_then(|[code, ..]| is_success(code));
        let [code, info, row] = fields.unwrap_or_default();
        // A message about a success can contain a password that the server generated.
        let message = if is_success == Ok(true) { None } else { reply.text(info) };
        let failure = match is_success {
            Ok(true) => match self.report(row, &is_secret) {
                Ok(report) if report.is_complete() => return Outcome::Updated(report),
                Ok(report) => return Outcome::Partial(report),
                Err(error) => reply.failure(FailureKind::InvalidReply { error }),
            },
            _ if status == StatusCode::TOO_MANY_REQUESTS => reply.failure_from_status(true),
            Ok(false) => reply.failure(FailureKind::Refused),
            Err(_) if status != StatusCode::OK => Failure {
                advice: (status == StatusCode::NOT_FOUND).then_some(OLD_CALL),
                ..reply.failure_from_status(code.is_some())
            },
            Err(error) => {
                Failure { advice: Some(OLD_CALL), ..reply.failure(FailureKind::InvalidReply { error }) }
            }
        };
        Outcome::Failed(Failure { code: reply.text(code), message, ..failure })
    }

    /// The report of `row` on each phone.
    fn report(
        &self,
        row: Option<Json<'_>>,
        is_secret: &dyn Fn(&str) -> bool,
    ) -> Result<Report<'a>, ReplyError> {
        const ROW: &str = "row";
        let row = row.filter(|row| !row.is_null()).ok_or(ReplyError::Missing { field: ROW })?;
        // The vendor's table calls it a string, the example is an object. A string can contain the object.
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
            unrequested: Vec::new(),
        };
        let requested: HashMap<&str, (usize, Option<NewPassword<'_>>)> = (0..)
            .zip(self.assignment.phones())
            .map(|(index, (username, password))| (username, (index, password)))
            .collect();
        let is_object = row.members(|key, value| {
            let username = key.text();
            match username.as_ref().and_then(|username| requested.get(username.as_str())) {
                Some(&(index, password)) => {
                    let state = &mut report.phones[index].state;
                    // A phone that occurs twice is ambiguous.
                    let is_first = matches!(state, PhoneState::Missing);
                    *state = if is_first { state_of(value, password) } else { PhoneState::Unreadable };
                }
                None if report.unrequested.len() == MAX_UNREQUESTED => {}
                None => report.unrequested.push(match username {
                    // A name and a password that changed places.
                    Some(username)
                        if value.text().is_some_and(|text| requested.contains_key(text.as_str())) =>
                    {
                        UnrequestedPhone { username: None, password: Some(ServerPassword(username)) }
                    }
                    username => UnrequestedPhone {
                        username: username.filter(|username| plausible_username(username, is_secret)),
                        password: server_password(value),
                    },
                }),
            }
        });
        if is_object { Ok(report) } else { Err(ReplyError::WrongType { field: ROW }) }
    }
}

/// So that a reply does not take much more memory than it is long.
const MAX_UNREQUESTED: usize = 1024;

/// Advice for a reply in another form, or none.
const OLD_CALL: &str = "check the base URL; the vendor marks this call as old, and may have removed it";

/// Whether `code` reports success.
fn is_success(code: Option<Json<'_>>) -> Result<bool, ReplyError> {
    const CODE: &str = "code";
    let code = code.ok_or(ReplyError::Missing { field: CODE })?;
    if code.equals("success") {
        Ok(true)
    } else if code.equals("failed") {
        Ok(false)
    } else if code.text().is_some() {
        Err(ReplyError::UnknownValue { field: CODE })
    } else {
        Err(ReplyError::WrongType { field: CODE })
    }
}

/// The state of a phone that has this value in `row`, after this password was sent.
fn state_of(value: Json<'_>, sent: Option<NewPassword<'_>>) -> PhoneState {
    let Some(found) = value.text() else { return PhoneState::Unreadable };
    match sent {
        Some(sent) if found.as_bytes().ct_eq(sent.expose_secret().as_bytes()).into() => PhoneState::Updated,
        Some(_) => server_password(value).map_or(PhoneState::Unreadable, PhoneState::Different),
        None => server_password(value).map_or(PhoneState::Unreadable, PhoneState::UpdatedTo),
    }
}

/// A value in `row` as a password, if it can be one.
fn server_password(value: Json<'_>) -> Option<ServerPassword> {
    let found = value.text()?;
    let is_cut = value.is_digits() && found.len() < DIGITS;
    let is_password = (1..=MAX_LENGTH).contains(&found.len()) && !found.chars().any(char::is_control);
    (is_password && !is_cut).then_some(ServerPassword(found))
}

/// Whether a name in `row` that the request does not contain can be a username, and contains no secret of the request.
fn plausible_username(name: &str, is_secret: &dyn Fn(&str) -> bool) -> bool {
    let is_username = (1..=MAX_ID).contains(&name.len()) && !name.chars().any(char::is_control);
    is_username && !is_secret(name)
}

/// The number of digits in a password of the server, by the vendor's examples. A JSON number with fewer has lost its leading zeros.
const DIGITS: usize = 6;

/// Writes a field of a form, its values separated by commas, as `--data-urlencode` of curl does.
fn write_field<'a>(
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

/// NXCloud's report on each phone, in a reply that reports success.
#[derive(Debug)]
#[non_exhaustive]
pub struct Report<'a> {
    /// The phones of the request, in its order.
    pub phones: Vec<Phone<'a>>,
    /// The phones in the reply that the request did not name. Their passwords may have been updated: keep these. Of more than 1,024,
    /// which are more than a call can have, the first.
    pub unrequested: Vec<UnrequestedPhone>,
}

impl Report<'_> {
    /// Whether every phone of the request has its new password, and the reply contains no other phone.
    pub fn is_complete(&self) -> bool {
        self.unrequested.is_empty() && self.phones.iter().all(|phone| phone.state.is_updated())
    }
}

/// A phone that the reply contains and the request does not.
#[non_exhaustive]
pub struct UnrequestedPhone {
    /// Wiped: a reply may confuse names and passwords.
    username: Option<Zeroizing<String>>,
    /// The password that the reply gives for it; `None` if that cannot be a password.
    pub password: Option<ServerPassword>,
}

impl UnrequestedPhone {
    /// The username. `None` if it cannot be one, contains a secret of the request, or stands in the place of a password: a reply may
    /// confuse names and passwords.
    pub fn username(&self) -> Option<&str> {
        self.username.as_ref().map(|username| username.as_str())
    }
}

/// Without the password, and without the username, which may be one.
impl fmt::Debug for UnrequestedPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnrequestedPhone").finish_non_exhaustive()
    }
}

/// A phone of the request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Phone<'a> {
    /// The username.
    pub username: &'a str,
    /// Its state, according to the reply.
    pub state: PhoneState,
}

/// The state of a phone, according to the reply.
#[derive(Debug)]
#[non_exhaustive]
pub enum PhoneState {
    /// The phone has the password that was sent.
    Updated,
    /// The phone has this password, which the server generated.
    UpdatedTo(ServerPassword),
    /// The reply does not contain the phone. It may still have its old password.
    Missing,
    /// The reply contains this password, and another one was sent. The phone has probably this one: a server that ignores the password
    /// of the request generates one. Keep all three, the old, the sent and this one, until one is seen to work.
    Different(ServerPassword),
    /// The reply contains the phone twice, or with a value that cannot be a password: neither a string nor a number, longer than
    /// [`MAX_LENGTH`] bytes, or a number of fewer than 6 digits, which has lost its leading zeros.
    Unreadable,
}

impl PhoneState {
    /// Whether the phone has its new password.
    pub const fn is_updated(&self) -> bool {
        matches!(self, Self::Updated | Self::UpdatedTo(_))
    }
}

/// A password that the server reports, and that was not sent, in memory that is wiped on drop: 1 to [`MAX_LENGTH`] bytes, which need not satisfy any policy.
///
/// `Debug` prints `ServerPassword(redacted)`, and there is no `Clone`.
pub struct ServerPassword(Zeroizing<String>);

impl ServerPassword {
    /// The password itself.
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

/// The same memory, for a caller that keeps it.
impl From<ServerPassword> for Zeroizing<String> {
    fn from(mut password: ServerPassword) -> Self {
        core::mem::take(&mut password.0)
    }
}

impl Zeroize for ServerPassword {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl zeroize::ZeroizeOnDrop for ServerPassword {}

/// Without the password.
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
