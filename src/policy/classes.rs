//! Some classes of a policy, with their names.

use core::{fmt, iter::FusedIterator};

use super::Policy;
use crate::rules::class::{Class, ClassIndices, ClassSet};

/// Some of a policy's classes. Prints their names, separated by commas.
///
/// ```
/// assert_eq!(
///     sip_password::HUAWEI.classes().to_string(),
///     "uppercase letters, lowercase letters, digits, special characters"
/// );
/// ```
#[derive(Clone, Copy)]
pub struct Classes<'p> {
    policy: &'p Policy,
    set: ClassSet,
}

impl<'p> Classes<'p> {
    /// Every class of the policy.
    pub(super) const fn all(policy: &'p Policy) -> Self {
        let mut set = ClassSet::EMPTY;
        let mut index = 0;
        while index < policy.class_count {
            set = set.with(index as usize);
            index += 1;
        }
        Self { policy, set }
    }

    /// The same policy's classes in `set`.
    pub(crate) const fn only(self, set: ClassSet) -> Self {
        Self { set, ..self }
    }

    /// Those of these classes whose indices are in `set`; an index that none of them has is left out.
    ///
    /// ```
    /// use sip_password::{ClassSet, HUAWEI};
    ///
    /// let classes = HUAWEI.classes().select(ClassSet::EMPTY.with(2).with(7));
    /// assert_eq!(classes.to_string(), "digits");
    /// ```
    #[must_use]
    pub fn select(self, set: ClassSet) -> Self {
        self.only(set.iter().filter(|&index| self.set.contains(index)).collect())
    }

    /// The indices of the classes in the policy's rules.
    pub const fn indices(self) -> ClassSet {
        self.set
    }

    /// The number of classes, 0 to 8.
    pub const fn len(self) -> usize {
        self.set.len()
    }

    /// Whether there is no class.
    pub const fn is_empty(self) -> bool {
        self.set.is_empty()
    }

    /// The classes, in the policy's order.
    pub const fn iter(self) -> ClassesIter<'p> {
        ClassesIter { policy: self.policy, indices: self.set.iter() }
    }
}

/// Equal if the classes have the same names, characters and minima.
impl PartialEq for Classes<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.set == other.set && self.iter().eq(other.iter())
    }
}

impl Eq for Classes<'_> {}

impl<'p> IntoIterator for Classes<'p> {
    type Item = Class;
    type IntoIter = ClassesIter<'p>;

    fn into_iter(self) -> ClassesIter<'p> {
        self.iter()
    }
}

/// The classes of [`Classes`], in the policy's order; see [`Classes::iter`].
#[derive(Clone)]
pub struct ClassesIter<'p> {
    policy: &'p Policy,
    indices: ClassIndices,
}

impl Iterator for ClassesIter<'_> {
    type Item = Class;

    fn next(&mut self) -> Option<Class> {
        self.indices.next().map(|index| self.policy.class_at(index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.indices.size_hint()
    }
}

impl ExactSizeIterator for ClassesIter<'_> {}
impl FusedIterator for ClassesIter<'_> {}

impl fmt::Display for Classes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().enumerate().try_for_each(|(at, class)| {
            f.write_str(if at == 0 { "" } else { ", " })?;
            f.write_str(class.name())
        })
    }
}

/// The names.
impl fmt::Debug for Classes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        for class in *self {
            list.entry(&class.name());
        }
        list.finish()
    }
}

impl fmt::Debug for ClassesIter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClassesIter").field(&self.indices).finish()
    }
}
