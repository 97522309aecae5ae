//! The presets, stated a second time.

use sip_password::{EXOTEL, HUAWEI, NXCLOUD, NXCLOUD_RANDOM, Policy};

use crate::exact::Exact;

/// A preset at one length.
///
/// The characters are written out here instead of taken from the preset, so that one that the preset lacks is noticed.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) policy: &'static Policy,
    /// In characters.
    pub(crate) length: usize,
    pub(crate) rule: Rule,
}

/// Classes of characters, and the number of classes that must be present.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(crate) classes: &'static [&'static str],
    pub(crate) min_classes: usize,
}

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";

const EXOTEL_RULE: Rule = Rule { classes: &[UPPER, LOWER, DIGITS, "!@#$%^&*"], min_classes: 3 };
const HUAWEI_RULE: Rule = Rule { classes: &[UPPER, LOWER, DIGITS, "~@^*_+.?"], min_classes: 3 };
const NXCLOUD_RULE: Rule = Rule { classes: &[UPPER, LOWER, DIGITS], min_classes: 3 };
const NXCLOUD_RANDOM_RULE: Rule = Rule { classes: &[DIGITS], min_classes: 1 };

/// The index of the digits among the classes of [`HUAWEI_16`].
pub(crate) const HUAWEI_DIGITS: usize = 2;
pub(crate) const HUAWEI_16: Case = Case { name: "huawei", policy: &HUAWEI, length: 16, rule: HUAWEI_RULE };

/// Every preset at its default length, and at its shortest, where most candidates are rejected.
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
    /// The exact numbers. Their sum must be the count of the library.
    pub(crate) fn exact(&self) -> Result<Exact, String> {
        let exact = Exact::new(self.rule, self.length);
        let (ours, total) =
            (self.policy.counts().generated(self.length).to_string(), exact.total().to_string());
        if ours == total {
            Ok(exact)
        } else {
            Err(format!(
                "{} of {} characters: expected {total} passwords, found {ours} by the library",
                self.name, self.length
            ))
        }
    }
}

impl Rule {
    /// The characters of all classes, one class after the other.
    pub(crate) fn alphabet(&self) -> String {
        self.classes.concat()
    }
}

#[cfg(test)]
mod tests {
    use sip_password::PRESETS;

    use super::*;

    #[test]
    fn every_preset_at_its_default_and_its_shortest_length() {
        for preset in PRESETS {
            for length in [preset.policy.default_length(), *preset.policy.lengths().start()] {
                let mut cases = CASES.iter();
                assert!(
                    cases.any(|case| case.name == preset.name && case.length == length),
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
    fn another_policy_is_an_error() {
        assert!(Case { policy: &NXCLOUD, ..HUAWEI_16 }.exact().is_err());
    }
}
