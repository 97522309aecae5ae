//! How many guesses a password withstands, by an estimate.

use zxcvbn::zxcvbn;

use crate::names::words_of;

/// The greatest estimate, as a power of ten: `zxcvbn` counts in 64 bits.
pub const MAX_GUESSES_LOG10: f64 = 19.0;

/// An estimate of the guesses that find a password, as a power of ten: 6.0 stands for a million. By the crate `zxcvbn`, which looks for
/// words, names, dates, keyboard walks and repetitions, with the account's `names` as its further words.
///
/// An empty password has negative infinity. No estimate is above [`MAX_GUESSES_LOG10`] by more than 0.3. Only the first 100 characters
/// are looked at. It is an estimate for passwords that people have chosen: a uniformly random one needs none.
///
/// `zxcvbn` keeps parts of the password in memory that it gives back without wiping.
///
/// ```
/// use sip_password_weak::guesses_log10;
///
/// assert!(guesses_log10("P@ssw0rd1", &[]) < 6.0);
/// assert!(guesses_log10("tulip.kettle~orbit", &[]) > 12.0);
/// // The account's words are the first that anybody would try.
/// assert!(guesses_log10("Winterthur21", &["winterthur"]) < guesses_log10("Winterthur21", &[]));
/// ```
pub fn guesses_log10(password: &str, names: &[&str]) -> f64 {
    let words: Vec<&str> = names.iter().flat_map(|name| words_of(name)).collect();
    zxcvbn(password, &words).guesses_log10()
}
