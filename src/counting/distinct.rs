//! How many different characters of each group a password has, as one number, until they are as many as the rules ask for.

use crate::counting::automaton::GROUPS;

/// The numbers of different characters of each group, as long as they are fewer than required together; the last number stands for
/// all that are enough.
///
/// They are ranked like the digits of a number, those of the first group first: before `u` of a group stand all numbers with fewer, which
/// are differences of binomial coefficients.
#[derive(Clone, Copy)]
pub(super) struct Distinct {
    /// How many different characters are required; 0 if the rules do not ask.
    required: usize,
    groups: usize,
}

/// The number of different characters of each group.
pub(super) type Used = [u8; GROUPS];

impl Distinct {
    pub(super) const fn new(required: usize, groups: usize) -> Self {
        // One character is always there.
        Self { required: if required > 1 { required } else { 0 }, groups }
    }

    /// The number of numbers, at least 1; `usize::MAX` stands for more.
    pub(super) const fn parts(self) -> usize {
        match self.required {
            0 => 1,
            required => binomial(required - 1 + self.groups, self.groups).saturating_add(1),
        }
    }

    /// Whether a number stands for enough different characters.
    pub(super) const fn is_enough(self, part: usize) -> bool {
        part + 1 == self.parts()
    }

    /// The different characters that a number stands for; `None` if they are enough.
    pub(super) const fn used(self, part: usize) -> Option<Used> {
        if self.is_enough(part) {
            return None;
        }
        let mut used = [0; GROUPS];
        let (mut left, mut rest) = (self.required - 1, part);
        let mut group = 0;
        while group < self.groups && group < GROUPS {
            let behind = self.groups - group - 1;
            let mut count = 0;
            while count < left && before(count + 1, left, behind) <= rest {
                count += 1;
            }
            used[group] = count as u8;
            rest -= before(count, left, behind);
            left -= count;
            group += 1;
        }
        Some(used)
    }

    /// The number after one more character of `group`, which is different from all before.
    pub(super) const fn after(self, used: &Used, group: usize) -> usize {
        let (mut left, mut part) = (self.required - 1, 0);
        let mut at = 0;
        while at < self.groups && at < GROUPS {
            let count = used[at] as usize + (at == group) as usize;
            if count > left {
                return self.parts() - 1;
            }
            part += before(count, left, self.groups - at - 1);
            left -= count;
            at += 1;
        }
        part
    }

    /// How many different characters are missing at a number.
    #[cfg(any(test, feature = "std"))]
    pub(super) fn missing(self, part: usize) -> usize {
        let used = self.used(part);
        used.map_or(0, |used| self.required - used.iter().map(|&count| usize::from(count)).sum::<usize>())
    }
}

/// How many ways there are to distribute at most `left` characters to a group that gets fewer than `count`, and `behind` groups.
const fn before(count: usize, left: usize, behind: usize) -> usize {
    binomial(left + behind + 1, behind + 1).saturating_sub(binomial(left - count + behind + 1, behind + 1))
}

/// `usize::MAX` stands for more.
const fn binomial(of: usize, size: usize) -> usize {
    let size = if size > of {
        return 0;
    } else if size > of - size {
        of - size
    } else {
        size
    };
    let (mut result, mut chosen) = (1_u128, 0);
    while chosen < size {
        result = result * (of - chosen) as u128 / (chosen + 1) as u128;
        if result > usize::MAX as u128 {
            return usize::MAX;
        }
        chosen += 1;
    }
    result as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every number of every small case is that of its characters, and of no others.
    #[test]
    fn each_number_stands_for_its_characters() {
        for required in 2..=6 {
            for groups in 1..=4 {
                let distinct = Distinct::new(required, groups);
                let mut seen = BTreeSet::new();
                for part in 0..distinct.parts() - 1 {
                    let used = distinct.used(part).expect("they are not enough");
                    let sum: u8 = used.iter().sum();
                    assert!(usize::from(sum) < required && seen.insert(used));
                    assert_eq!(distinct.missing(part), required - usize::from(sum));
                    for group in 0..groups {
                        let mut more = used;
                        more[group] += 1;
                        let after = distinct.after(&used, group);
                        let enough = usize::from(sum) + 1 == required;
                        assert_eq!(distinct.used(after), (!enough).then_some(more));
                    }
                }
                assert_eq!(distinct.used(0), Some([0; GROUPS]));
                assert_eq!(distinct.missing(distinct.parts() - 1), 0);
            }
        }
    }

    #[test]
    fn what_is_not_asked_for() {
        for required in [0, 1] {
            let distinct = Distinct::new(required, 5);
            assert_eq!((distinct.parts(), distinct.used(0), distinct.missing(0)), (1, None, 0));
        }
        assert_eq!(Distinct::new(8, 4).parts(), 331);
        assert_eq!(Distinct::new(64, 95).parts(), usize::MAX);
    }
}
