//! Is this password compliant, and if not, what exactly is wrong?

use core::fmt;

#[cfg(all(feature = "std", target_arch = "x86_64"))]
use crate::fast::{self, Fast};
use crate::{
    findings::{Figures, Findings, less},
    policy::Policy,
    public::public,
    violation::{Code, Codes, Violations},
};

/// A password that is compliant with a policy: the proof of having checked.
///
/// Only [`Policy::check`] and [`Policy::generate`] make one, so a function that wants a compliant
/// password can say so in its signature:
///
/// ```
/// use sip_password::{Compliant, HUAWEI};
///
/// fn submit(new_password: Compliant<'_>) {
///     assert_eq!(new_password.policy(), &HUAWEI);
///     let _body = new_password.expose_secret();
/// }
///
/// submit(HUAWEI.check("Not_a_real_1")?);
/// # Ok::<(), sip_password::Violations>(())
/// ```
///
/// It is compliant with some policy, and says with which: a function that wants a certain one compares
/// [`policy`](Self::policy), as this one does. It borrows the password, and shows it to nobody who does not
/// ask by name.
#[derive(Clone, Copy)]
pub struct Compliant<'a> {
    policy: &'a Policy<'a>,
    /// ASCII, since it is compliant.
    password: &'a [u8],
}

impl<'a> Compliant<'a> {
    /// The password itself.
    pub const fn expose_secret(&self) -> &'a str {
        match core::str::from_utf8(self.password) {
            Ok(password) => password,
            // It is ASCII. To panic here would put the machinery of panics into firmware.
            Err(_) => "",
        }
    }

    /// The password itself, in ASCII: smaller than [`expose_secret`](Self::expose_secret) in firmware.
    pub const fn expose_secret_bytes(&self) -> &'a [u8] {
        self.password
    }

    /// The policy that it is compliant with.
    pub const fn policy(&self) -> &'a Policy<'a> {
        self.policy
    }

    /// The one place where the type is made: for a password whose [`Verdict`] is compliant.
    #[inline]
    pub(crate) const fn proven(policy: &'a Policy<'a>, password: &'a [u8]) -> Self {
        Self { policy, password }
    }
}

/// Only that there is one.
impl fmt::Debug for Compliant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Compliant(redacted)")
    }
}

impl Policy<'_> {
    /// Whether `password`, as text or bytes, is compliant.
    ///
    /// The time depends on the number of bytes, on the policy and on the verdict. No branch and no address depends
    /// on a character, in the source, but on the verdict. Cost: linear in the bytes, times the runs of neighbours in
    /// the policy's classes, and with a context word times its length. Nothing is allocated.
    ///
    /// # Errors
    ///
    /// Every [`Violation`](crate::Violation) at once. They borrow the policy, for the names of its classes: a
    /// function that makes a policy of its own returns their text, or their [`codes`](Violations::codes). Length
    /// is counted in characters of UTF-8, so that the reasons are right for any text; of bytes that are not
    /// UTF-8, each counts that does not look like the continuation of a character. Runs are counted among ASCII
    /// characters.
    ///
    /// ```
    /// use sip_password::{Code, HUAWEI, Violation};
    ///
    /// let violations = HUAWEI.check("naïve").unwrap_err();
    /// assert!(violations.codes().contains(Code::TooFewClasses));
    /// assert_eq!(violations.iter().next(), Some(Violation::TooShort { found: 5, wanted: 8 }));
    /// assert_eq!(
    ///     violations.to_string(),
    ///     "too-short (5 characters, expected at least 8), \
    ///      not-ascii (1 character outside ASCII, the first at position 3), \
    ///      too-few-classes (1 character class, expected at least 3; \
    ///      missing: uppercase letters, digits, special characters)"
    /// );
    /// ```
    #[inline]
    pub fn check<'p, 'a, T>(&'p self, password: &'a T) -> Result<Compliant<'a>, Violations<'p>>
    where
        'p: 'a,
        T: AsRef<[u8]> + ?Sized,
    {
        let password = password.as_ref();
        // The verdict is public: here by the vector unit, below by what was found. No branch before depends on a
        // character.
        if quickly(self, password).is_some_and(public) {
            return Ok(Compliant::proven(self, password));
        }
        let mut findings = Findings::default();
        findings.look(self, password);
        let codes = codes(self, &findings);
        if public(codes.is_empty()) {
            return Ok(Compliant::proven(self, password));
        }
        Err(Violations { policy: self, codes, figures: Figures::of(&findings, self, password) })
    }
}

/// The verdict alone.
#[inline]
pub(crate) fn complies(policy: &Policy<'_>, password: &[u8]) -> bool {
    quickly(policy, password).unwrap_or_else(|| {
        let mut findings = Findings::default();
        findings.look(policy, password);
        codes(policy, &findings).is_empty()
    })
}

/// The verdict of the vector unit, where there is one and the rules are such that it can judge.
#[inline]
fn quickly(policy: &Policy<'_>, password: &[u8]) -> Option<bool> {
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    if fast::LENGTHS.contains(&password.len()) {
        return Some(Fast::new(policy)?.complies(password));
    }
    let _ = (policy, password);
    None
}

/// Holds what was found against the rules, still without a branch that depends on a character.
fn codes(policy: &Policy<'_>, found: &Findings) -> Codes {
    let rules = policy.rules();
    let (mut classes, mut poor) = (0, 0);
    for (class, &count) in rules.classes.iter().zip(&found.kinds.classes) {
        classes += less(0, count);
        poor |= less(count, class.minimum.into());
    }
    let violated = |yes: usize, code: Code| (yes as u16) << code as u8;
    Codes(
        violated(less(found.characters(), rules.min_length.into()), Code::TooShort)
            | violated(less(rules.max_length.into(), found.characters()), Code::TooLong)
            | violated(less(0, found.not_ascii()), Code::NotAscii)
            | violated(less(0, found.not_allowed()), Code::NotAllowed)
            | violated(less(classes, rules.required_classes.into()), Code::TooFewClasses)
            | violated(poor, Code::TooFewOfClass)
            | violated(found.run, Code::RunTooLong)
            | violated(found.wrong_first, Code::WrongFirst)
            | violated(found.context, Code::ContainsContext),
    )
}
