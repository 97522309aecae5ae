//! Any rules: what the library makes of them agrees with itself and with the naive twin.

#![no_main]

#[path = "../../tests/naive/mod.rs"]
mod naive;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sip_password::{CharSet, MAX_LENGTH, Natural, Password, Policy};

#[derive(Arbitrary, Debug)]
struct Case {
    /// Which class each printable character is in; 8 for uncounted, more for not allowed.
    slots: Vec<u8>,
    classes: u8,
    minima: [u8; 10],
    never_generated: Vec<u8>,
    lengths: (u8, u8),
    required: u8,
    longest_run: Option<u8>,
    first: Option<u8>,
    context: Option<String>,
    seed: u8,
    password: String,
}

impl Case {
    fn parts(&self) -> naive::Parts {
        let classes = usize::from(self.classes % 10);
        let mut sets = [CharSet::EMPTY; 16];
        for (character, slot) in (0_u8..).zip(&self.slots) {
            let set = &mut sets[usize::from(slot % 16)];
            *set = set.union(CharSet::range(b' ' + character % 96, b' ' + character % 96));
        }
        let never = self.never_generated.iter().map(|byte| char::from(byte & 127)).collect::<String>();
        naive::Parts {
            names: (0..classes).map(|place| format!("class {place}")).collect(),
            sets: sets[..classes].to_vec(),
            minima: self.minima[..classes].to_vec(),
            uncounted: sets[15],
            never_generated: CharSet::of(&never),
            lengths: self.lengths,
            required: self.required,
            longest_run: self.longest_run,
            first: self.first,
            context: self.context.clone(),
        }
    }
}

fn holds(policy: &Policy<'_>, case: &Case) {
    let rules = policy.rules();
    assert_eq!(naive::reasons(policy, case.password.as_bytes()), naive::check(rules, &case.password));
    let mut rng = ChaCha20Rng::from_seed([case.seed; 32]);
    for length in 0..=MAX_LENGTH + 1 {
        let (compliant, generated) = (policy.count(length), policy.count_generated(length));
        assert!(generated <= compliant);
        let share = policy.acceptance(length);
        assert!((0.0..=1.0 + 1e-12).contains(&share) && (share > 0.0) == (generated > Natural::ZERO));
        if policy.tries(length).is_none_or(|tries| tries > 2_000) {
            assert!(generated == Natural::ZERO || share < 0.06);
            continue;
        }
        let password =
            Password::<MAX_LENGTH>::generate(policy, length, &mut rng).expect("the source is good");
        assert!(naive::check(rules, password.expose_secret()).is_empty());
        assert!(password.expose_secret().chars().all(|character| policy.alphabet().contains(character)));
    }
}

fuzz_target!(|case: Case| {
    case.parts().with(|policy| holds(policy, &case));
});
