//! Any bytes as a policy file: an error in a line that is there, or a policy that is written and read again as it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_password::{Policy, PolicyFile};

fuzz_target!(|text: &str| {
    match PolicyFile::parse(text) {
        Ok(file) => {
            let classes = file.rules.classes();
            let policy = Policy::new(file.rules.rules(&classes)).expect("what is read is a policy");
            assert!(policy.tries(policy.rules().default_length.into()).is_some());
            assert_eq!(PolicyFile::parse(&file.to_string()).as_ref(), Ok(&file));
        }
        Err(error) => {
            assert!(error.line >= 1 && error.line <= text.lines().count() + 1, "{error}");
            assert!(!error.to_string().contains('\n'));
        }
    }
});
