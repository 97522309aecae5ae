//! What follows a vendor's reply: the password is handed on, a registrar is asked, and the outcome is reported.

use std::{path::Path, process::ExitCode};

use sip_password::api::Failure;

use super::{
    NOT_PROVISIONED, REFUSED, UNKNOWN,
    check::Check,
    contradiction::{self, Contradiction},
    password::PhonePassword,
};
use crate::{hook::Hook, progress::while_waiting, provision::Sheet, report, signals::report_if_interrupted};

/// What is left to do for a phone whose password was sent.
pub(super) struct Ending<'a> {
    /// The file with the new password.
    pub(super) path: &'a Path,
    pub(super) password: &'a PhonePassword,
    /// What holds for the phone if the call changed nothing.
    pub(super) unchanged: String,
    /// The files of a template, which appear when the phone has the password.
    pub(super) sheet: Option<Sheet>,
    /// What hands the password on then.
    pub(super) hook: Option<Hook>,
    /// Whom to ask whether the phone can register with it.
    pub(super) registrar: Option<Check<'a>>,
}

impl Ending<'_> {
    pub(super) fn updated(self) -> ExitCode {
        let path = self.path;
        report(&format!("sip-password: updated; the password is in {path:?}"));
        report_if_interrupted(format!(
            "sip-password: interrupted. The phone has the new password, which is in {path:?}"
        ));
        let (registrar, password) = (self.registrar, self.password);
        // At once: until then the phone cannot register.
        let is_handed_on = hand_on(self.sheet, self.hook.as_ref(), password);
        let is_accepted = registrar.is_none_or(|registrar| match ask(&registrar, password) {
            Ok(()) => {
                report("sip-password: the registrar accepts the new password");
                true
            }
            Err(reason) => {
                report(&format!(
                    "sip-password: the phone has the new password, but cannot be seen to register with it: {reason}"
                ));
                false
            }
        });
        if is_handed_on && is_accepted { ExitCode::SUCCESS } else { ExitCode::from(NOT_PROVISIONED) }
    }

    pub(super) fn failed(self, failure: &Failure) -> ExitCode {
        if failure.may_have_changed() {
            return self.unknown(&failure.to_string());
        }
        let check = if failure.counts_as_failed_check() {
            "\nThis may have counted as a failed check of the account's password; three in a row lock the account. Find the cause \
             before you try again."
        } else {
            ""
        };
        report(&format!("sip-password: refused: {failure}\n{}{check}", self.unchanged));
        ExitCode::from(REFUSED)
    }

    /// Nobody knows whether the phone has the new password, unless the registrar accepts it.
    pub(super) fn unknown(mut self, reason: &str) -> ExitCode {
        let asked = self.registrar.take().map(|registrar| ask(&registrar, self.password));
        let registrar = match asked {
            Some(Ok(())) => {
                report(&format!("sip-password: {reason}; but the registrar accepts the new password"));
                return self.updated();
            }
            // The call may still have its effect.
            Some(Err(reason)) => format!("\nThe registrar was asked about the new password: {reason}."),
            None => String::new(),
        };
        report(&format!("sip-password: the outcome is unknown: {reason}\n{}{registrar}", self.old_or_new()));
        ExitCode::from(UNKNOWN)
    }

    /// The vendor reports success, but not of this phone with what was sent. What it reports is kept before anything is said.
    pub(super) fn contradicted(self, reply: &impl Contradiction) -> ExitCode {
        let path = self.path;
        let reason = "the vendor reports success, but does not confirm this phone's password";
        match contradiction::keep(reply, path) {
            Ok(phones) if phones.is_empty() => return self.unknown(reason),
            Ok(phones) => report(&format!(
                "sip-password: the outcome is unknown: {reason}. It reports another password {}\n\
                 Probably the vendor chose it. Each that can be read is in {path:?}, in a line that says so. Keep it, the old password \
                 and the one that was sent, and find out with which one each phone registers.",
                phones.join("; ")
            )),
            Err(error) => report(&format!(
                "sip-password: the outcome is unknown: {reason}. It reports another one, which cannot be added to {path:?}: {error}"
            )),
        }
        ExitCode::from(UNKNOWN)
    }

    /// What holds for the phone if the outcome is unknown.
    pub(super) fn old_or_new(&self) -> String {
        format!(
            "The phone has its old password or the one in {:?}. Keep both, and find out with which one it registers.",
            self.path
        )
    }
}

fn ask(registrar: &Check<'_>, password: &PhonePassword) -> Result<(), String> {
    while_waiting("waiting for the registrar's reply", || registrar.ask(password.text()))
}

/// Gives the files of a template their names and hands the password on, after the phone has got it: whether that worked. If not, the reason is reported.
fn hand_on(sheet: Option<Sheet>, hook: Option<&Hook>, password: &PhonePassword) -> bool {
    match sheet.map(Sheet::finish).transpose() {
        Ok(done) => done.iter().for_each(|done| report(done)),
        Err(error) => {
            report(&format!("sip-password: the phone has the new password, but not its file: {error}"));
            return false;
        }
    }
    match hook.map(|hook| hook.hand_on(&password.record())).transpose() {
        Ok(_) => true,
        Err(reason) => {
            report(&format!(
                "sip-password: the phone has the new password, which was not handed on: {reason}"
            ));
            false
        }
    }
}
