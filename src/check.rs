//! Whether a password is compliant, and if not, in which ways.

#[cfg(all(feature = "std", target_arch = "x86_64"))]
pub(crate) mod avx2;
pub(crate) mod kind;
#[cfg(feature = "std")]
pub(crate) mod lines;
pub(crate) mod scan;
pub(crate) mod violation;

use core::fmt;

#[cfg(all(feature = "std", target_arch = "x86_64"))]
use crate::check::avx2::Judge;
use crate::{
    check::{
        kind::{ViolationKind, ViolationKinds},
        scan::{Details, Scan},
        violation::Violations,
    },
    kernel::{ct::ct_lt, declassify::declassify},
    policy::Policy,
};

/// A password that is compliant with a policy: the proof that it was checked.
///
/// Only [`Policy::check`] and [`Policy::generate`] make one, so a function can ask for a compliant password in its
/// signature:
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
/// The policy can be any: a function that expects a certain one compares [`policy`](Self::policy), as this one does. The
/// value borrows the password and reveals it only to callers who ask by name.
#[derive(Clone, Copy)]
pub struct Compliant<'a> {
    policy: &'a Policy,
    /// ASCII, since it is compliant.
    password: &'a [u8],
}

impl<'a> Compliant<'a> {
    /// The password.
    pub const fn expose_secret(&self) -> &'a str {
        match core::str::from_utf8(self.password) {
            Ok(password) => password,
            // Never: it is ASCII. A panic would bring the machinery of panics into firmware.
            Err(_) => "",
        }
    }

    /// The password as ASCII bytes; smaller than [`expose_secret`](Self::expose_secret) in firmware.
    pub const fn expose_secret_bytes(&self) -> &'a [u8] {
        self.password
    }

    /// The policy with which the password is compliant.
    pub const fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// The only constructor, for a password whose verdict is known.
    #[inline]
    pub(crate) const fn proven(policy: &'a Policy, password: &'a [u8]) -> Self {
        Self { policy, password }
    }
}

/// Redacted.
impl fmt::Debug for Compliant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Compliant(redacted)")
    }
}

impl Policy {
    /// Checks a password, given as text or bytes.
    ///
    /// The time depends on the number of bytes, on the policy and on the verdict. In the source, no branch and no address
    /// depends on a character, apart from the verdict. Cost: linear in the bytes, times the number of runs of neighbours in
    /// the policy's classes; with a context word also times its length. Nothing is allocated.
    ///
    /// # Errors
    ///
    /// Every [`Violation`](crate::Violation) at once. They borrow the policy for the names of its classes; a function with
    /// a policy of its own returns their text or their [`kinds`](Violations::kinds). The length is counted in characters
    /// of UTF-8, so the reasons are right for any text; in bytes that are not UTF-8, every byte counts that does not look
    /// like the continuation of a character. Repeats are counted among ASCII characters.
    ///
    /// ```
    /// use sip_password::{HUAWEI, Violation, ViolationKind};
    ///
    /// let violations = HUAWEI.check("naïve").unwrap_err();
    /// assert!(violations.kinds().contains(ViolationKind::TooFewClasses));
    /// assert_eq!(violations.iter().next(), Some(Violation::TooShort { found: 5, expected: 8 }));
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
        // The verdict is public, by the vector unit here and by the scan below. No branch before it depends on a character.
        if complies_avx2(self, password).is_some_and(declassify) {
            return Ok(Compliant::proven(self, password));
        }
        let mut scan = Scan::default();
        scan.scan(self, password);
        self.verdict(&scan, password)
    }
}

impl Policy {
    /// [`check`](Self::check), and refuses a password that contains one of `names`, those of one account, as well. They are compared as the
    /// words of [the policy's own context](crate::Rules::with_context_words): in upper and lower case and, if the policy says so,
    /// reversed. An empty name is no name.
    ///
    /// Nothing is counted, so a check takes no longer for another account than for the same.
    ///
    /// # Errors
    ///
    /// Those of [`check`](Self::check); a name is a [`ContainsContext`](crate::Violation::ContainsContext).
    ///
    /// ```
    /// use sip_password::{HUAWEI, ViolationKind};
    ///
    /// assert!(HUAWEI.check_for_account("Not_a_real_1", &["agent-1", "alice"]).is_ok());
    /// let violations = HUAWEI.check_for_account("Not_Alice_1", &["agent-1", "alice"]).unwrap_err();
    /// assert!(violations.kinds().contains(ViolationKind::ContainsContext));
    /// ```
    pub fn check_for_account<'p, 'a, T>(
        &'p self,
        password: &'a T,
        names: &[&str],
    ) -> Result<Compliant<'a>, Violations<'p>>
    where
        'p: 'a,
        T: AsRef<[u8]> + ?Sized,
    {
        let password = password.as_ref();
        let mut scan = Scan::default();
        scan.scan(self, password);
        for name in names {
            scan.scan_word(password, name.as_bytes(), self.context().is_reversed());
        }
        self.verdict(&scan, password)
    }

    /// The verdict on a password that was scanned. Inlined for the same reason as [`Details::new`].
    #[inline(always)]
    fn verdict<'p, 'a>(&'p self, scan: &Scan, password: &'a [u8]) -> Result<Compliant<'a>, Violations<'p>>
    where
        'p: 'a,
    {
        let kinds = violated(self, scan);
        if declassify(kinds.is_empty()) {
            return Ok(Compliant::proven(self, password));
        }
        Err(Violations { policy: self, kinds, details: Details::new(scan, self, password) })
    }
}

/// The verdict alone.
#[inline]
pub(crate) fn complies(policy: &Policy, password: &[u8]) -> bool {
    complies_avx2(policy, password).unwrap_or_else(|| {
        let mut scan = Scan::default();
        scan.scan(policy, password);
        violated(policy, &scan).is_empty()
    })
}

/// The verdict of the vector unit, if there is one and it can judge by these rules.
#[inline]
fn complies_avx2(policy: &Policy, password: &[u8]) -> Option<bool> {
    #[cfg(all(feature = "std", target_arch = "x86_64"))]
    if avx2::LENGTHS.contains(&password.len()) {
        return Some(Judge::new(policy)?.complies(password));
    }
    let _ = (policy, password);
    None
}

/// Compares a scan with the rules, still without a branch that depends on a character.
#[cfg_attr(target_family = "wasm", inline)]
fn violated(policy: &Policy, scan: &Scan) -> ViolationKinds {
    let (mut classes, mut too_few, mut of_classes) = (0, 0, 0);
    for (&minimum, &count) in policy.minima().iter().zip(&scan.kinds.classes) {
        of_classes += count;
        classes += ct_lt(0, count);
        too_few |= ct_lt(count, minimum.into());
    }
    // The characters beyond the shortest length. For a shorter password this wraps around to a negative number, which `ct_lt` finds to be
    // less than the span.
    let beyond = scan.characters().wrapping_sub(policy.min_length());
    ViolationKinds::from_bits(
        ViolationKind::TooShort.bit(ct_lt(scan.characters(), policy.min_length()))
            | ViolationKind::TooLong.bit(ct_lt(policy.span(), beyond))
            | ViolationKind::NotAscii.bit(scan.has_not_ascii())
            | ViolationKind::NotAllowed.bit(ct_lt(0, scan.not_allowed(of_classes)))
            | ViolationKind::TooFewClasses.bit(ct_lt(classes, policy.min_classes()))
            | ViolationKind::TooFewOfClass.bit(too_few)
            | scan.violated,
    )
}
