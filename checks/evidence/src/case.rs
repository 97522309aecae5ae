//! What is tested: the presets, stated a second time.

use sip_password::{EXOTEL, HUAWEI, NXCLOUD, NXCLOUD_RANDOM, Policy};

use crate::exact::Exact;

/// A preset at one length.
///
/// The characters are written out here, and not asked of the preset, so that one that is missing there is found.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) policy: &'static Policy<'static>,
    /// In characters.
    pub(crate) length: usize,
    pub(crate) rule: Rule,
}

/// Characters in classes, of which so many must be present.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) classes: &'static [&'static str],
    pub(crate) required: usize,
}

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";

const EXOTEL_RULE: Rule = Rule { classes: &[UPPER, LOWER, DIGITS, "!@#$%^&*"], required: 3 };
const HUAWEI_RULE: Rule = Rule { classes: &[UPPER, LOWER, DIGITS, "~@^*_+.?"], required: 3 };
const NXCLOUD_RULE: Rule = Rule { classes: &[UPPER, LOWER, DIGITS], required: 3 };
const NXCLOUD_RANDOM_RULE: Rule = Rule { classes: &[DIGITS], required: 1 };

/// The place of the digits among the classes of [`HUAWEI_16`].
pub(crate) const HUAWEI_DIGITS: usize = 2;
pub(crate) const HUAWEI_16: Case = Case { name: "huawei", policy: &HUAWEI, length: 16, rule: HUAWEI_RULE };

/// Every preset at its default length, and at its least, where most candidates are refused.
pub(crate) const CASES: [Case; 7] = [
    Case { name: "exotel", policy: &EXOTEL, length: 16, rule: EXOTEL_RULE },
    Case { name: "exotel", policy: &EXOTEL, length: 8, rule: EXOTEL_RULE },
    HUAWEI_16,
    Case { name: "huawei", policy: &HUAWEI, length: 8, rule: HUAWEI_RULE },
    Case { name: "nxcloud", policy: &NXCLOUD, length: 16, rule: NXCLOUD_RULE },
    Case { name: "nxcloud", policy: &NXCLOUD, length: 8, rule: NXCLOUD_RULE },
    Case { name: "nxcloud-random", policy: &NXCLOUD_RANDOM, length: 6, rule: NXCLOUD_RANDOM_RULE },
];

impl Case {
    /// The exact numbers, of which the library must know the sum.
    pub(crate) fn exact(&self) -> Result<Exact, String> {
        let exact = Exact::new(self.rule, self.length);
        let (ours, total) = (self.policy.count_generated(self.length).to_string(), exact.total().to_string());
        if ours == total {
            Ok(exact)
        } else {
            Err(format!(
                "{} of {} characters: the library counts {ours}, and there are {total}",
                self.name, self.length
            ))
        }
    }
}

impl Rule {
    /// All characters, class by class.
    pub(crate) fn alphabet(&self) -> String {
        self.classes.concat()
    }
}

#[cfg(test)]
mod tests {
    use sip_password::PRESETS;

    use super::*;

    #[test]
    fn every_preset_at_its_default_and_its_least_length() {
        for preset in PRESETS {
            let rules = preset.policy.rules();
            for length in [rules.default_length, rules.min_length] {
                let mut cases = CASES.iter();
                assert!(
                    cases.any(|case| case.name == preset.name && case.length == usize::from(length)),
                    "{} {length}",
                    preset.name
                );
            }
        }
    }

    #[test]
    fn the_library_counts_the_same() {
        for case in CASES {
            assert_eq!(case.exact().err(), None);
        }
    }

    #[test]
    fn another_policy_is_found_out() {
        assert!(Case { policy: &NXCLOUD, ..HUAWEI_16 }.exact().is_err());
    }
}
