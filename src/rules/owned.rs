//! Rules that own what they are made of.

use std::{string::String, vec::Vec};

use crate::rules::{
    Rules,
    charset::CharSet,
    class::{Class, ClassSet},
};

/// [`Rules`] that own their classes and names: what is read at run time, from a file or from a password manager's
/// rule. [`Rules`] borrow them, so that firmware can have them in flash:
///
/// ```
/// use sip_password::{HUAWEI, OwnedRules, Policy};
///
/// let mut owned = OwnedRules::from(HUAWEI.rules());
/// owned.longest_run = Some(2);
///
/// let classes = owned.classes();
/// let policy = Policy::new(owned.rules(&classes))?;
/// assert!(policy.check("Not_a_reeal_1").is_ok());
/// assert!(policy.check("Not_a_reeeal_1").is_err());
/// # Ok::<(), sip_password::PolicyError>(())
/// ```
///
/// The fields are those of [`Rules`], in the same units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedRules {
    /// [`Rules::min_length`].
    pub min_length: u8,
    /// [`Rules::max_length`].
    pub max_length: u8,
    /// [`Rules::default_length`].
    pub default_length: u8,
    /// [`Rules::classes`].
    pub classes: Vec<OwnedClass>,
    /// [`Rules::required_classes`].
    pub required_classes: u8,
    /// [`Rules::uncounted`].
    pub uncounted: CharSet,
    /// [`Rules::never_generated`].
    pub never_generated: CharSet,
    /// [`Rules::longest_run`].
    pub longest_run: Option<u8>,
    /// [`Rules::first`].
    pub first: Option<ClassSet>,
    /// [`Rules::context`].
    pub context: Option<String>,
}

/// A [`Class`] that owns its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedClass {
    /// [`Class::name`].
    pub name: String,
    /// [`Class::characters`].
    pub characters: CharSet,
    /// [`Class::minimum`].
    pub minimum: u8,
}

impl OwnedRules {
    /// The classes, borrowed: what [`rules`](Self::rules) wants.
    pub fn classes(&self) -> Vec<Class<'_>> {
        self.classes.iter().map(OwnedClass::borrowed).collect()
    }

    /// The rules, borrowed, with `classes` in the place of [`classes`](field@Self::classes): usually the ones that
    /// [`classes()`](Self::classes()) has just made.
    pub fn rules<'a>(&'a self, classes: &'a [Class<'a>]) -> Rules<'a> {
        Rules {
            min_length: self.min_length,
            max_length: self.max_length,
            default_length: self.default_length,
            classes,
            required_classes: self.required_classes,
            uncounted: self.uncounted,
            never_generated: self.never_generated,
            longest_run: self.longest_run,
            first: self.first,
            context: self.context.as_deref(),
        }
    }
}

impl OwnedClass {
    fn borrowed(&self) -> Class<'_> {
        Class { name: &self.name, characters: self.characters, minimum: self.minimum }
    }
}

impl From<&Rules<'_>> for OwnedRules {
    fn from(rules: &Rules<'_>) -> Self {
        let own = |class: &Class<'_>| OwnedClass {
            name: class.name.into(),
            characters: class.characters,
            minimum: class.minimum,
        };
        Self {
            min_length: rules.min_length,
            max_length: rules.max_length,
            default_length: rules.default_length,
            classes: rules.classes.iter().map(own).collect(),
            required_classes: rules.required_classes,
            uncounted: rules.uncounted,
            never_generated: rules.never_generated,
            longest_run: rules.longest_run,
            first: rules.first,
            context: rules.context.map(Into::into),
        }
    }
}
