//! No branch and no address depends on a secret before the verdict: shown by valgrind, which knows of every bit whether
//! it is defined, and reports every branch and address that is not. Here, what is secret is undefined. See `run`.

mod cases;
mod policies;
mod secret;
mod source;
mod twins;

use std::process::ExitCode;

fn main() -> ExitCode {
    if !crabgrind::valgrind::running_mode().is_valgrind() {
        eprintln!("this is for valgrind: see constant-time/run");
        return ExitCode::FAILURE;
    }
    secret::learn_verdicts();
    let mut run = Run { failed: false };
    cases::all(&mut run);
    twins::all(&mut run);
    if run.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// What valgrind reports of each case.
struct Run {
    failed: bool,
}

impl Run {
    /// `case` must lead to no report. A library as it is shipped does not tell what is public: there it must lead to some, and
    /// to no more than the verdicts make up for, which is the number that it returns.
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

    /// `twin` leaks, and must be reported.
    fn twin(&mut self, name: &str, twin: impl FnOnce()) {
        let before = secret::reports();
        twin();
        let reports = secret::reports() - before;
        self.line(name, "caught", reports > 0, format_args!("{reports} reports"));
    }

    fn line(&mut self, name: &str, good: &str, is_good: bool, figures: std::fmt::Arguments<'_>) {
        self.failed |= !is_good;
        println!("{name}: {} ({figures})", if is_good { good } else { "FAILED" });
    }
}
