//! Deliberately broken routines, which leak: valgrind must report each.

use std::hint::black_box;

use sip_password::rand_core::TryRng;

use crate::{
    Run,
    secret::{hide, revealed},
    source::Source,
};

pub(crate) fn all(run: &mut Run) {
    run.broken("broken: a check that stops at the first disallowed character", || {
        let password = hidden();
        let is_allowed = password.iter().all(|byte| byte.is_ascii_alphanumeric());
        assert!(black_box(!is_allowed));
    });
    run.broken("broken: a check that looks classes up in a table", || {
        let mut classes = [0_u8; 256];
        classes[usize::from(b'0')..][..10].fill(1);
        let classes = black_box(classes);
        let digits: u8 = hidden().iter().map(|&byte| classes[usize::from(byte)]).sum();
        black_box(revealed(digits > 0));
    });
    run.broken("broken: a candidate that is accepted for one of its characters", || {
        let mut source = Source::new(1);
        while source.try_next_u32().is_ok_and(|word| word >> 24 < 128) {}
    });
    run.broken("broken: a comparison that stops at the first difference", || {
        black_box(revealed(hidden() == hidden()));
    });
    run.broken("broken: a branch on a value that is not yet a verdict", || {
        let password = hidden();
        let runs = password.windows(2).fold(0, |runs, pair| runs + u32::from(pair[0] == pair[1]));
        assert!(runs < 2, "no character repeats");
    });
}

fn hidden() -> Vec<u8> {
    let mut password = b"NotARealOne_1".to_vec();
    hide(&mut password);
    password
}
