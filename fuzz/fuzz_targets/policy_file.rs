//! Any text as a policy file: an error in a line that exists, or a policy that stays the same when it is written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_password::PolicyFile;

fuzz_target!(|text: &str| {
    match PolicyFile::parse(text) {
        Ok(file) => {
            let policy = file.policy();
            assert!(policy.tries(policy.default_length()).is_some());
            assert_eq!(PolicyFile::parse(&file.to_string()).as_ref(), Ok(&file));
        }
        Err(error) => {
            assert!(error.line >= 1 && error.line <= text.lines().count() + 1, "{error}");
            assert!(!error.to_string().contains('\n'));
        }
    }
});
