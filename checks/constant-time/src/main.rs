//! No branch and no address depends on a secret before the verdict. Valgrind shows it: it knows of every bit whether the bit is
//! defined, and reports every branch and every address that depends on an undefined one. Here, secrets are undefined. See `run`.

#![forbid(unsafe_code)]

mod broken;
mod cases;
mod policies;
mod secret;
mod source;

use std::process::ExitCode;

fn main() -> ExitCode {
    if !crabgrind::valgrind::running_mode().is_valgrind() {
        eprintln!("expected to run under valgrind: see checks/constant-time/run");
        return ExitCode::FAILURE;
    }
    // The fastest that valgrind knows.
    #[cfg(feature = "std")]
    assert_eq!(sip_password::InstructionSet::current(), sip_password::InstructionSet::Avx2);
    secret::learn_verdicts();
    let mut run = Run { failed: false };
    cases::all(&mut run);
    broken::all(&mut run);
    if run.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Counts the reports of valgrind for each case.
struct Run {
    failed: bool,
}

impl Run {
    /// `case` must cause no report, and returns the largest number of branches that its verdicts can cause. The library as shipped
    /// does not report what is public: there the case must cause at least one report and at most that number.
    fn case(&mut self, name: &str, case: impl FnOnce() -> usize) {
        let before = secret::reports();
        let most = case();
        let reports = secret::reports() - before;
        if cfg!(constant_time) {
            self.line(name, "ok", reports == 0, format_args!("{reports} reports"));
        } else {
            self.line(name, "ok", (1..=most).contains(&reports), format_args!("{reports} reports of {most}"));
        }
    }

    /// `broken` leaks, and must be reported.
    fn broken(&mut self, name: &str, broken: impl FnOnce()) {
        let before = secret::reports();
        broken();
        let reports = secret::reports() - before;
        self.line(name, "caught", reports > 0, format_args!("{reports} reports"));
    }

    fn line(&mut self, name: &str, good: &str, is_good: bool, figures: std::fmt::Arguments<'_>) {
        self.failed |= !is_good;
        println!("{name}: {} ({figures})", if is_good { good } else { "FAILED" });
    }
}
