//! Whether a journal is as this library wrote it.

use core::fmt;
use std::{
    borrow::ToOwned,
    collections::BTreeSet,
    format,
    string::{String, ToString},
};

use super::{
    Journal, Unlocked,
    authentication::{Authenticator, RowSet},
    encryption::Protection,
    knowledge::Knowledge,
    name_for_message,
    rows::{MAX_DAMAGED, PhoneRow, select_phones},
    schema::Header,
    state::{RotationState, StateCounts},
};
use crate::error::{JournalError, SqlResult};

/// Whether a journal is as this library wrote it, as far as is known.
///
/// A journal that is [`Edited`](Self::Edited) or an [`OlderCopy`](Self::OlderCopy) can still be read; everything that would change it,
/// and [`run`](crate::run), is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Integrity {
    /// Nobody can tell: the journal is not unlocked.
    Unverified,
    /// Nobody can tell: the journal was planned with [`Key::Plaintext`](crate::Key::Plaintext).
    Unauthenticated,
    /// Every row and the head are as this library wrote them.
    Intact,
    /// This many rows were changed: their phones are [`damaged`](crate::PhoneRecord::damaged). All others are intact.
    DamagedRows(
        /// At least 1.
        usize,
    ),
    /// Rows were added, removed or replaced by older versions of themselves, or the head was changed.
    Edited,
    /// The file is an older copy of the journal: see [`Journal::anchor`].
    OlderCopy,
}

impl Integrity {
    /// The word for programs: `"intact"`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Unauthenticated => "unauthenticated",
            Self::Intact => "intact",
            Self::DamagedRows(_) => "damaged rows",
            Self::Edited => "edited",
            Self::OlderCopy => "older copy",
        }
    }
}

/// The sentence for people.
impl fmt::Display for Integrity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unverified => {
                f.write_str("whether somebody changed the journal is not known: that needs its key")
            }
            Self::Unauthenticated => {
                f.write_str("whether somebody changed the journal is not known: it was planned without a key")
            }
            Self::Intact => f.write_str("nobody else changed the journal"),
            Self::DamagedRows(1) => f.write_str("the row of 1 phone was changed; all others are intact"),
            Self::DamagedRows(rows) => {
                write!(f, "the rows of {rows} phones were changed; all others are intact")
            }
            Self::Edited => f.write_str("somebody changed the journal: its states are not to be trusted"),
            Self::OlderCopy => f.write_str("the journal is an older copy: its states are not the latest"),
        }
    }
}

/// What is known of the whole.
pub(super) enum Verdict {
    /// The journal is not unlocked.
    Unverified,
    /// It may be written.
    Usable,
    /// What was changed.
    Edited(String),
    Older {
        journal: i64,
        anchor: i64,
    },
}

/// What one pass over all rows shows.
struct Survey {
    counts: StateCounts,
    rows: i64,
    row_set: RowSet,
    damaged: BTreeSet<i64>,
}

/// What is known of a phone; an error if its row was changed by somebody else, or damaged.
pub(super) fn examine(
    row: &PhoneRow,
    authenticator: Option<&Authenticator>,
) -> Result<Knowledge, JournalError> {
    match row.knowledge() {
        Ok(known) if authenticator.is_none_or(|authenticator| authenticator.is_row(row)) => Ok(known),
        _ => Err(changed(row)),
    }
}

pub(super) fn changed(row: &PhoneRow) -> JournalError {
    JournalError::Damaged(format!("the row of {} was changed", name_for_message(&row.name)))
}

impl Journal {
    /// Whether the journal is as this library wrote it.
    pub fn integrity(&self) -> Integrity {
        match (&self.verdict, self.damaged.len()) {
            (Verdict::Unverified, _) => Integrity::Unverified,
            (Verdict::Edited(_), _) => Integrity::Edited,
            (Verdict::Older { .. }, _) => Integrity::OlderCopy,
            (Verdict::Usable, 0) if self.header.protection == Protection::Plaintext => {
                Integrity::Unauthenticated
            }
            (Verdict::Usable, 0) => Integrity::Intact,
            (Verdict::Usable, rows) => Integrity::DamagedRows(rows),
        }
    }

    /// Checks that the journal is unlocked, that nobody else changed it as a whole, and that it is no older copy.
    ///
    /// # Errors
    ///
    /// [`JournalError::WrongKey`], [`JournalError::Edited`], [`JournalError::OlderCopy`].
    pub fn check_integrity(&self) -> Result<(), JournalError> {
        match &self.verdict {
            Verdict::Usable => Ok(()),
            Verdict::Unverified => Err(JournalError::WrongKey),
            Verdict::Edited(what) => Err(JournalError::Edited(what.clone())),
            &Verdict::Older { journal, anchor } => Err(JournalError::OlderCopy { journal, anchor }),
        }
    }

    /// What is known of a phone; an error if its row is damaged.
    pub(super) fn authentic(&self, row: &PhoneRow) -> Result<Knowledge, JournalError> {
        match self.damaged.contains(&row.id) {
            true => Err(changed(row)),
            false => examine(row, self.unlocked.as_ref().and_then(Unlocked::authenticator)),
        }
    }

    /// A row that is not used any more.
    pub(super) fn note_damaged(&mut self, id: i64) {
        self.damaged.insert(id);
        if self.damaged.len() > MAX_DAMAGED {
            self.verdict = Verdict::Edited(too_many());
        }
    }

    /// Reads the head and every row, and checks them.
    ///
    /// Cost: some 3 µs a phone.
    pub(super) fn reload(&mut self) -> Result<(), JournalError> {
        self.header = Header::read(&self.connection)?;
        let Survey { counts, rows, row_set, mut damaged } = self.survey()?;
        let authenticator = self.unlocked()?.authenticator();
        let is_head = authenticator.is_none_or(|authenticator| authenticator.is_head(&self.header, row_set));
        let edited = match self.header.rows {
            expected if authenticator.is_some() && expected != rows => {
                Some(format!("expected {expected} phones, found {rows}"))
            }
            _ if !is_head => Some(
                "expected the head and the rows of its last change, found others (rows that were added, removed or replaced by older \
                 versions of themselves, or another head)"
                    .to_owned(),
            ),
            _ if damaged.len() > MAX_DAMAGED => Some(too_many()),
            _ => None,
        };
        damaged.append(&mut self.damaged);
        self.damaged = damaged;
        self.counts = counts;
        self.row_set = row_set;
        self.is_stale = false;
        self.verdict = edited.map_or(Verdict::Usable, Verdict::Edited);
        Ok(())
    }

    fn survey(&self) -> Result<Survey, JournalError> {
        let authenticator = self.unlocked()?.authenticator();
        let mut survey = Survey {
            counts: StateCounts::default(),
            rows: 0,
            row_set: RowSet::default(),
            damaged: BTreeSet::new(),
        };
        let mut select = self.connection.prepare(select_phones!("ORDER BY id")).sql()?;
        let mut rows = select.query([]).sql()?;
        while let Some(row) = rows.next().sql()? {
            let row = PhoneRow::read(row)?;
            survey.rows += 1;
            let state = match examine(&row, authenticator) {
                Ok(known) => known.state,
                Err(_) => {
                    // In bounded memory.
                    if survey.damaged.len() <= MAX_DAMAGED {
                        survey.damaged.insert(row.id);
                    }
                    RotationState::Unknown
                }
            };
            survey.counts.add(state);
            if let Some(authenticator) = authenticator {
                survey.row_set.toggle(authenticator.addend(&row));
            }
        }
        Ok(survey)
    }
}

fn too_many() -> String {
    ["more than ", &MAX_DAMAGED.to_string(), " rows were changed"].concat()
}
