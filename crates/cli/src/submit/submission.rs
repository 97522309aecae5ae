//! One phone's password: chosen, written to a file, sent.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use sip_password::{
    Client, Preset, SendError,
    api::{Call, Outcome},
};

use super::{
    Vendor,
    check::{self, Check},
    contradiction::Contradiction,
    ending::Ending,
    password::PhonePassword,
    redacted::redacted,
};
use crate::{
    connection,
    error::CommandError,
    hook::{self, Hook},
    output::Output,
    policy::{
        accepted_by::AcceptedBy,
        options::{Exclusions, Length, PolicySource},
        words::Words,
    },
    private_file::is_same,
    progress::while_waiting,
    provision::{Fields, Sheet, TemplateOptions},
    report,
    secrets::{self, Secrets},
    signals,
    standard_output::print,
};

/// The options of `submit` that all vendors share.
#[derive(Args)]
#[group(skip)]
pub(crate) struct Submission {
    /// Write the new password to a new file that only its owner can read, before it is sent
    #[arg(long, short, value_name = "FILE", required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// Send the password that is in the file, instead of generating one
    #[arg(long, requires = "output", conflicts_with_all = ["password_stdin", "length", "bits", "exclude", "safe_for", "for_target"])]
    again: bool,
    /// Read the new password from standard input, one line, instead of generating one; at a terminal, the command asks for it and does not show it
    #[arg(long, conflicts_with_all = ["length", "bits", "exclude", "safe_for", "for_target"])]
    password_stdin: bool,
    #[command(flatten)]
    length: Length,
    #[command(flatten)]
    exclusions: Exclusions,
    #[command(flatten)]
    policy: PolicySource,
    #[command(flatten)]
    accepted_by: AcceptedBy,
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    template: TemplateOptions,
    #[command(flatten)]
    hook: hook::Options,
    #[command(flatten)]
    check: check::Options,
    #[command(flatten)]
    secrets: secrets::Options,
    /// Print the requests with their secrets redacted, and send nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    connection: connection::Options,
}

impl Submission {
    /// Refuses to write the password to standard output.
    pub(super) fn check_output(&self) -> Result<(), CommandError> {
        match self.output.as_deref() == Some(Path::new("-")) {
            true => {
                Err(CommandError::new("--output: expected a file for the password, found standard output"))
            }
            false => Ok(()),
        }
    }

    /// Refuses to write the password over another one.
    fn check_is_new(&self) -> Result<(), CommandError> {
        match self.output.as_deref() {
            Some(path) if !self.again && fs::symlink_metadata(path).is_ok() => {
                Err(CommandError::new(format!(
                    "{path:?} exists, and may be the only copy of the phone's current password. To send the password in it, use \
                 --again. To send a new password, move the file away or choose another name"
                )))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn secrets(&self) -> Result<Secrets, CommandError> {
        self.secrets.open()
    }

    pub(super) const fn connection(&self) -> &connection::Options {
        &self.connection
    }

    pub(crate) const fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    fn path(&self) -> &Path {
        self.output.as_deref().expect("it is required unless nothing is sent")
    }

    /// The new password: from the file, from standard input, or generated. `names` are those of the phone, with what they are.
    pub(crate) fn password(
        &self,
        vendor: &str,
        names: &[(&'static str, &str)],
    ) -> Result<PhonePassword, CommandError> {
        let preset = Preset::named(vendor).expect("each vendor has a preset");
        let own = self.policy.policy()?;
        // With words of its own, or for more systems, the policy is no longer the vendor's.
        let is_own = own.is_some() || self.words.is_given() || self.accepted_by.is_given();
        let policy = self.accepted_by.of(own.unwrap_or_else(|| preset.into()), &self.policy)?;
        let policy = self.words.of(policy)?;
        policy.report_doubts();
        let password = match (self.again, self.password_stdin) {
            (true, _) => PhonePassword::read(policy, is_own, Some(self.path())),
            (false, true) => PhonePassword::read(policy, is_own, None),
            (false, false) => PhonePassword::generate(policy, is_own, &self.exclusions, &self.length),
        }?;
        Ok(password.of(names))
    }

    /// Writes the password to the file and sends the call, or only shows the call.
    pub(crate) fn send_or_show<C: Call<Outcome = Outcome<T, P>>, T, P: Contradiction>(
        &self,
        call: &C,
        password: &PhonePassword,
    ) -> Result<ExitCode, CommandError> {
        if self.dry_run {
            return self.show(call);
        }
        self.prepare(call)?.send(call, password)
    }

    /// Shows the call that sends the password, and names the registrar that would be asked.
    pub(crate) fn show(&self, call: &impl Call) -> Result<ExitCode, CommandError> {
        self.check_is_new()?;
        show(call)?;
        if let Some(question) = self.check.text()? {
            report(&format!("sip-password: nothing was sent; {question}"));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Checks everything that could be wrong with the call or the file, before anything is sent.
    pub(crate) fn prepare(&self, call: &impl Call) -> Result<Prepared<'_>, CommandError> {
        let client = self.connection.client(1)?;
        check(call)?;
        let hook = self.hook.hook(Vendor::secrets())?;
        let registrar = self.check.check()?;
        signals::report_if_interrupted(
            "sip-password: interrupted. No password was sent. The phone keeps its current password".into(),
        );
        let sheet = self.template.open_for_one()?;
        self.check_is_new()?;
        let output = if self.again { None } else { Some(Output::open(Some(self.path()), false)?) };
        Ok(Prepared { submission: self, client, output, sheet, hook, registrar })
    }

    /// What holds for the phone if this call changed nothing. After `--again`, an earlier call may have changed its password.
    fn unchanged(&self, password: &PhonePassword) -> String {
        let path = self.path();
        if self.again {
            return format!("The phone keeps its current password, which may be the one in {path:?}.");
        }
        let policy = if password.is_own { ", with the same policy" } else { "" };
        format!(
            "The phone keeps its old password. The one in {path:?} is not in use; to send it, use --again{policy}."
        )
    }
}

/// A call that can be sent.
pub(crate) struct Prepared<'a> {
    submission: &'a Submission,
    client: Client,
    /// The file for the password, unless the password is in one already.
    output: Option<Output>,
    /// The files of a template, which appear when the phone has the password.
    sheet: Option<Sheet>,
    /// What hands the password on then.
    hook: Option<Hook>,
    /// Whom to ask whether the phone can register with it.
    registrar: Option<Check<'a>>,
}

impl Prepared<'_> {
    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// Writes the password to the file, sends the call, and reports the outcome.
    pub(crate) fn send<C: Call<Outcome = Outcome<T, P>>, T, P: Contradiction>(
        mut self,
        call: &C,
        password: &PhonePassword,
    ) -> Result<ExitCode, CommandError> {
        if let Some(sheet) = &mut self.sheet {
            // What the template cannot carry is found before anything is sent.
            sheet.phone(&Fields { line: None, fields: &[], secrets: &[("password", password.text())] })?;
            sheet.complete()?;
            let password = self.submission.path();
            if sheet.files().iter().any(|file| is_same(file, password)) {
                return Err(CommandError::new(format!(
                    "--output: {password:?} is a file of the template: expected another one, which the template does not overwrite"
                )));
            }
        }
        if let Some(output) = self.output {
            password.write(output)?;
        }
        let ending = Ending {
            path: self.submission.path(),
            password,
            unchanged: self.submission.unchanged(password),
            sheet: self.sheet,
            hook: self.hook,
            registrar: self.registrar,
        };
        signals::report_if_interrupted(format!("sip-password: interrupted. {}", ending.old_or_new()));
        let client = &self.client;
        match while_waiting("waiting for the vendor's reply", || client.send(call)) {
            Ok(Outcome::Updated(_)) => Ok(ending.updated()),
            Ok(Outcome::Failed(failure)) => Ok(ending.failed(&failure)),
            Ok(Outcome::Partial(reply)) => Ok(ending.contradicted(&reply)),
            Err(SendError::Unknown(error)) => Ok(ending.unknown(&format!("no usable reply: {error}"))),
            Err(error) => Err(CommandError::new(format!("{error}. {}", ending.unchanged))),
        }
    }
}

/// Checks the fields of a call.
pub(crate) fn check(call: &impl Call) -> Result<(), CommandError> {
    match call.request() {
        Ok(_) => Ok(()),
        Err(error) => Err(CommandError::new(format!("{error}; nothing was sent"))),
    }
}

/// Prints the request of a call, with its secrets redacted.
pub(crate) fn show(call: &impl Call) -> Result<(), CommandError> {
    let request = call.request().map_err(|error| CommandError::new(error.to_string()))?;
    print(redacted(&request).as_bytes())
}
