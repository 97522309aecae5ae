//! What is known of a phone, and how each step of a rotation changes it. Without a database, a clock or a network: the journal stores the
//! results, and the tests in `explorer` walk through every state that can be reached.

use sip_password::api::lockout::{LockoutEffect, checks_after, checks_after_correction, may_ask_again};

use super::state::RotationState;
use crate::fleet::PhoneOutcome;

/// What is known of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Knowledge {
    pub(crate) state: RotationState,
    /// Some call may have changed the password.
    pub(crate) uncertain: bool,
    /// The vendor refused the last call: to ask again makes no sense.
    pub(crate) refused: bool,
    /// While a call for the phone was in flight, the reply to another call named it.
    pub(crate) disputed: bool,
    /// Failed checks of the account's password, known and possible.
    pub(crate) checks: u8,
}

impl Knowledge {
    /// Of a phone for which nothing was sent.
    #[cfg(test)]
    pub(crate) const PLANNED: Self =
        Self { state: RotationState::Planned, uncertain: false, refused: false, disputed: false, checks: 0 };

    /// Whether a call for the phone may be made: one that is planned or, with `unknown_too`, one whose state is unknown.
    pub(crate) const fn is_claimable(self, unknown_too: bool) -> bool {
        let wanted = matches!(self.state, RotationState::Planned)
            || unknown_too && matches!(self.state, RotationState::Unknown);
        wanted && !self.refused && may_ask_again(self.checks)
    }

    /// A call for the phone is about to be made. After a crash, nobody knows what it did; so it counts as a possible failed check if
    /// the vendor locks accounts.
    pub(crate) const fn claimed(self, locks_accounts: bool) -> Self {
        let checks = match locks_accounts {
            true => checks_after(self.checks, LockoutEffect::Unknown),
            false => self.checks,
        };
        Self { state: RotationState::Sending, disputed: false, checks, ..self }
    }

    /// A call for several phones was answered without confirming them. Whatever the reply says of the call as a whole, it may have
    /// changed some of its phones.
    pub(crate) const fn doubted(self) -> Self {
        Self { uncertain: true, ..self }
    }

    /// The call for the phone ended like this. `checks` are those before the call, if the vendor locks accounts.
    pub(crate) fn recorded(self, outcome: PhoneOutcome, lockout: LockoutEffect, checks: Option<u8>) -> Self {
        let state = match outcome {
            // The reply to another call says otherwise, and nobody knows which of the two came last.
            PhoneOutcome::Confirmed if self.disputed => RotationState::Unknown,
            PhoneOutcome::Confirmed => RotationState::Confirmed,
            PhoneOutcome::Unknown => RotationState::Unknown,
            // An earlier call may have changed the password: that the vendor refuses this one does not say that it did not.
            PhoneOutcome::Refused | PhoneOutcome::NotSent if self.uncertain => RotationState::Unknown,
            PhoneOutcome::Refused => RotationState::Refused,
            PhoneOutcome::NotSent => RotationState::Planned,
        };
        Self {
            state,
            uncertain: self.uncertain || matches!(state, RotationState::Unknown),
            refused: matches!(outcome, PhoneOutcome::Refused),
            disputed: false,
            checks: checks.map_or(self.checks, |checks| checks_after(checks, lockout)),
        }
    }

    /// The reply to a call that was not for this phone says that the phone has another password.
    pub(crate) const fn named_by_another(self) -> Self {
        let state = match self.state {
            RotationState::Sending => RotationState::Sending,
            _ => RotationState::Unknown,
        };
        Self { state, uncertain: true, disputed: matches!(state, RotationState::Sending), ..self }
    }

    /// The journal is opened again: nobody recorded what became of a call that was in flight.
    pub(crate) const fn reopened(self) -> Self {
        match self.state {
            RotationState::Sending => {
                Self { state: RotationState::Unknown, uncertain: true, disputed: false, ..self }
            }
            _ => self,
        }
    }

    /// A registrar accepts the new password.
    pub(crate) const fn settled_new(self) -> Self {
        match self.state {
            RotationState::Unknown => {
                Self { state: RotationState::Confirmed, refused: false, disputed: false, ..self }
            }
            _ => self,
        }
    }

    /// A registrar accepts the old password, and no call is on its way any more.
    pub(crate) const fn settled_old(self) -> Self {
        match (self.state, self.refused) {
            (RotationState::Unknown, false) => {
                Self { state: RotationState::Planned, uncertain: false, disputed: false, ..self }
            }
            (RotationState::Unknown, true) => {
                Self { state: RotationState::Refused, uncertain: false, disputed: false, ..self }
            }
            _ => self,
        }
    }

    /// A person gave the account's password anew, after this many calls for the phone.
    pub(crate) const fn corrected(self, calls: u32) -> Self {
        Self { checks: checks_after_correction(self.checks, calls), ..self }
    }

    /// A person found out why the vendor refused.
    pub(crate) const fn retried(self) -> Self {
        if !self.refused || !may_ask_again(self.checks) {
            return self;
        }
        let state = match self.state {
            RotationState::Refused => RotationState::Planned,
            state => state,
        };
        Self { state, refused: false, ..self }
    }
}
