//! What the vendors may do with a call, and the replies that they write: for the explorer and the simulation.

use core::ops::Range;
use std::{format, string::String, vec, vec::Vec};

use sip_password::{
    NXCLOUD, SendError, TransportError,
    api::{Outcome, Secret},
    http::{HeaderMap, StatusCode},
    nxcloud,
};

use crate::fleet::{CallReport, PhoneUpdate, nxcloud::NxCloud, replies};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Vendor {
    NxCloud,
    Huawei,
    Exotel,
}

/// A password, as far as it matters which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Password {
    Old,
    /// That of the journal.
    New,
    /// One that the vendor chose.
    Vendors,
}

/// A phone as it is at the vendor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Device {
    pub(crate) password: Password,
    pub(crate) account: Account,
}

impl Device {
    /// One that nobody has called about.
    pub(crate) const fn new(account: Account) -> Self {
        Self { password: Password::Old, account }
    }
}

/// A call: the devices, as indices, and the passwords that it sends, by device.
pub(crate) struct Call<'a> {
    pub(crate) called: &'a [usize],
    pub(crate) new: &'a [String],
}

/// A phone's account, whose password may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Account {
    pub(crate) password_is_right: bool,
    failed_checks: u8,
}

impl Account {
    /// The vendor checks the account's password: whether it is right.
    const fn check(&mut self) -> bool {
        self.failed_checks = if self.password_is_right { 0 } else { self.failed_checks + 1 };
        self.password_is_right
    }

    /// A call whose reply nobody read reached the vendor: at worst, it was a failed check.
    pub(crate) const fn may_have_been_checked(&mut self) {
        if !self.password_is_right {
            self.failed_checks += 1;
        }
    }

    /// Huawei locks after three.
    pub(crate) const fn is_locked(self) -> bool {
        self.failed_checks >= 3
    }
}

/// What the vendor made of a call: a reply, or none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    /// The call never left.
    NotSent,
    /// It may have arrived, and there is no reply.
    Lost,
    Reply {
        status: u16,
        body: String,
        /// The phones that the body gives a password that was not sent for them.
        contradicts: Vec<usize>,
        /// Those of them that the call did not contain.
        others: Vec<usize>,
    },
}

impl Answer {
    fn reply(status: u16, body: &str) -> Self {
        Self::Reply { status, body: body.into(), contradicts: Vec::new(), others: Vec::new() }
    }

    /// Whether the answer says something of this phone that the journal does not know yet.
    pub(crate) fn tells_of(&self, phone: usize) -> bool {
        matches!(self, Self::Reply { contradicts, .. } if contradicts.contains(&phone))
    }

    pub(crate) fn is_success(&self) -> bool {
        matches!(self, Self::Reply { status: 200, body, .. } if body.contains("success"))
    }

    pub(crate) fn is_contradiction(&self) -> bool {
        matches!(self, Self::Reply { contradicts, .. } if !contradicts.is_empty())
    }

    pub(crate) fn others(&self) -> Vec<usize> {
        match self {
            Self::Reply { others, .. } => others.clone(),
            _ => Vec::new(),
        }
    }
}

/// The devices after the vendor acted, whether the call may be applied later, and the answer.
type Answers = Vec<(Vec<Device>, bool, Answer)>;

/// Every way to change some of the devices of a call to what was sent.
fn applied(phones: &[Device], called: &[usize]) -> impl Iterator<Item = Vec<Device>> {
    let (phones, called) = (phones.to_vec(), called.to_vec());
    (0..1_u32 << called.len()).map(move |subset| {
        let mut phones = phones.clone();
        for (bit, &index) in called.iter().enumerate() {
            if subset >> bit & 1 == 1 {
                phones[index].password = Password::New;
            }
        }
        phones
    })
}

/// The names of the devices, by their indices.
pub(crate) const NAMES: [&str; 8] = ["0", "1", "2", "3", "4", "5", "6", "7"];
/// The password that the vendor chooses.
pub(crate) const VENDORS: &str = "671897";

impl Vendor {
    pub(crate) const fn max_batch(self) -> usize {
        match self {
            Self::NxCloud => 4,
            Self::Huawei | Self::Exotel => 1,
        }
    }

    pub(crate) const fn locks_accounts(self) -> bool {
        matches!(self, Self::Huawei)
    }

    /// The accounts that a rotation may be for.
    pub(crate) fn accounts(self) -> Vec<Account> {
        let account = |password_is_right| Account { password_is_right, failed_checks: 0 };
        match self {
            Self::Huawei => vec![account(true), account(false)],
            Self::NxCloud | Self::Exotel => vec![account(true)],
        }
    }

    /// All that the vendor may do with this call.
    pub(crate) fn answers(self, phones: &[Device], call: &Call<'_>) -> Answers {
        let mut answers = vec![
            (phones.to_vec(), false, Answer::NotSent),
            // It is applied now, later, or never.
            (phones.to_vec(), true, Answer::Lost),
        ];
        match self {
            Self::NxCloud => nxcloud_answers(phones, call, &mut answers),
            Self::Exotel => exotel_answers(phones, call.called, &mut answers),
            Self::Huawei => huawei_answers(phones, call.called[0], &mut answers),
        }
        answers
    }

    /// What the vendor does with this call as its document has it.
    pub(crate) fn usual_answer(self, phones: &[Device], call: &Call<'_>) -> (Vec<Device>, Answer) {
        let mut after = phones.to_vec();
        if let (Self::Huawei, [called]) = (self, call.called)
            && !after[*called].account.check()
        {
            return (after, Answer::reply(200, r#"{"resultCode":"1","resultMessage":"no"}"#));
        }
        call.called.iter().for_each(|&index| after[index].password = Password::New);
        let body = match self {
            Self::Huawei => String::from(r#"{"resultCode":"0"}"#),
            Self::Exotel => String::from(EXOTEL_SUCCESS),
            Self::NxCloud => {
                let row =
                    call.called.iter().map(|&index| format!(r#""{}":"{}""#, NAMES[index], call.new[index]));
                nxcloud_success(&row.collect::<Vec<_>>())
            }
        };
        (after, Answer::reply(200, &body))
    }

    /// What the answer means, as the fleet reads it.
    pub(crate) fn report(self, call: &Call<'_>, answer: &Answer) -> CallReport {
        let phones = call.called.len();
        let (status, body) = match answer {
            Answer::NotSent => {
                return CallReport::of_send_error(phones, &SendError::NotSent(TransportError::HostNotFound));
            }
            Answer::Lost => {
                return CallReport::of_send_error(phones, &SendError::Unknown(TransportError::NotHttp));
            }
            Answer::Reply { status, body, .. } => {
                (StatusCode::from_u16(*status).expect("it is one"), body.as_bytes())
            }
        };
        match self {
            Self::NxCloud => nxcloud_report(call, status, body),
            Self::Exotel => report_of(&replies::exotel(status, &HeaderMap::new(), body)),
            Self::Huawei => report_of(&replies::huawei(status, body)),
        }
    }
}

fn nxcloud_answers(phones: &[Device], call: &Call<'_>, answers: &mut Answers) {
    let Call { called, new } = *call;
    for phones in applied(phones, called) {
        let is_unchanged = |&index: &usize| phones[index].password != Password::New;
        // Garbage, and errors of the server, after whatever it did.
        answers.push((phones.clone(), false, Answer::reply(500, "<html>")));
        // A call for several phones is refused as a whole, also if some were changed; one for one phone only if it was not.
        if called.len() > 1 || called.iter().all(is_unchanged) {
            for (status, body) in [(200, r#"{"code":"failed"}"#), (429, "")] {
                answers.push((phones.clone(), false, Answer::reply(status, body)));
            }
        }
    }
    // Success: each phone has what was sent or what the server makes, and the reply says so or leaves it out.
    let choices = 3_usize.pow(called.len() as u32);
    for choice in 0..choices {
        let (mut after, mut row, mut contradicts, mut rest) =
            (phones.to_vec(), Vec::new(), Vec::new(), choice);
        for &index in called {
            match rest % 3 {
                0 => {
                    after[index].password = Password::New;
                    row.push(format!(r#""{}":"{}""#, NAMES[index], new[index]));
                }
                1 => {
                    after[index].password = Password::Vendors;
                    row.push(format!(r#""{}":"{VENDORS}""#, NAMES[index]));
                    contradicts.push(index);
                }
                // The reply forgets the phone.
                _ => {}
            }
            rest /= 3;
        }
        push_success(&after, &row, &contradicts, &[], answers);
        // It also changes a phone that was not asked for, and says so.
        if let Some(other) = (0..phones.len()).find(|index| !called.contains(index)) {
            after[other].password = Password::Vendors;
            row.push(format!(r#""{}":"{VENDORS}""#, NAMES[other]));
            contradicts.push(other);
            push_success(&after, &row, &contradicts, &[other], answers);
        }
    }
}

fn push_success(
    after: &[Device],
    row: &[String],
    contradicts: &[usize],
    others: &[usize],
    answers: &mut Answers,
) {
    let answer = Answer::Reply {
        status: 200,
        body: nxcloud_success(row),
        contradicts: contradicts.to_vec(),
        others: others.to_vec(),
    };
    answers.push((after.to_vec(), false, answer));
}

fn nxcloud_success(row: &[String]) -> String {
    format!(r#"{{"code":"success","row":{{{}}}}}"#, row.join(","))
}

/// A tenant of NXCloud.
pub(crate) const NXCLOUD_FLEET: NxCloud<'static> = NxCloud {
    base: &nxcloud::PRODUCTION,
    app_key: Secret::new("not-a-real-key"),
    secret_key: Secret::new("not-a-real-secret"),
    batch: 4,
    policy: &NXCLOUD,
};

fn nxcloud_report(call: &Call<'_>, status: StatusCode, body: &[u8]) -> CallReport {
    let names: Vec<_> = call.called.iter().map(|&index| [NAMES[index]]).collect();
    let updates = call.called.iter().zip(&names).map(|(&index, names)| PhoneUpdate {
        names,
        account_password: "",
        new_password: call.new[index].as_str(),
    });
    let updates: Vec<_> = updates.collect();
    NXCLOUD_FLEET.report(&updates, status, &HeaderMap::new(), body)
}

const EXOTEL_SUCCESS: &str = r#"{"http_code":200,"response":{"code":200,"status":"success","data":null}}"#;

fn exotel_answers(phones: &[Device], called: &[usize], answers: &mut Answers) {
    let mut updated = phones.to_vec();
    updated[called[0]].password = Password::New;
    answers.push((updated.clone(), false, Answer::reply(200, EXOTEL_SUCCESS)));
    for status in [401, 403, 404, 429] {
        answers.push((phones.to_vec(), false, Answer::reply(status, "")));
    }
    for after in [phones.to_vec(), updated] {
        for status in [200, 418, 500, 502, 503] {
            answers.push((after.clone(), false, Answer::reply(status, "")));
        }
    }
}

/// A call is turned away, or the vendor checks the account's password, and then acts or not.
fn huawei_answers(phones: &[Device], called: usize, answers: &mut Answers) {
    for status in [404, 429] {
        answers.push((phones.to_vec(), false, Answer::reply(status, "")));
    }
    let mut checked = phones.to_vec();
    let outcomes: Range<usize> = if checked[called].account.check() { 0..2 } else { 0..1 };
    let refusal = r#"{"resultCode":"1","resultMessage":"no"}"#;
    for outcome in outcomes {
        let mut after = checked.clone();
        if outcome == 1 {
            after[called].password = Password::New;
            answers.push((after.clone(), false, Answer::reply(200, r#"{"resultCode":"0"}"#)));
        } else {
            for (status, body) in [(200, refusal), (400, ""), (401, "")] {
                answers.push((after.clone(), false, Answer::reply(status, body)));
            }
        }
        for (status, body) in [(200, ""), (500, ""), (502, ""), (504, "")] {
            answers.push((after.clone(), false, Answer::reply(status, body)));
        }
        answers.push((after, false, Answer::Lost));
    }
}

fn report_of<T>(outcome: &Outcome<T>) -> CallReport {
    outcome.failure().map_or_else(|| CallReport::confirmed(1), |failure| CallReport::of_failure(1, failure))
}
