//! Estimates.

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use sip_password::HUAWEI;
use sip_password_weak::{MAX_GUESSES_LOG10, guesses_log10};

#[test]
fn a_known_password_takes_few_guesses_and_a_random_one_many() {
    for password in ["Huawei@123", "P@ssw0rd1", "Admin@123"] {
        let estimate = guesses_log10(password, &[]);
        assert!((0.0..10.0).contains(&estimate), "{password}: {estimate}");
    }
    let mut rng = ChaCha20Rng::from_seed([9; 32]);
    let mut buffer = [0; 16];
    for _ in 0..200 {
        let password = HUAWEI.generate(&mut rng, &mut buffer).expect("the source is good");
        let password = password.expose_secret();
        let estimate = guesses_log10(password, &[]);
        assert!((12.0..MAX_GUESSES_LOG10 + 0.3).contains(&estimate), "{estimate}");
    }
}

#[test]
fn the_accounts_words_are_the_first_guesses() {
    let word = "Winterthur21";
    let with = guesses_log10(word, &["agent.winterthur@example.com"]);
    assert!(with + 2.0 < guesses_log10(word, &[]), "{with}");
}

#[test]
fn odd_passwords() {
    assert_eq!(guesses_log10("", &["x"]), f64::NEG_INFINITY);
    assert!(guesses_log10(&"a".repeat(1_000_000), &[]) < 6.0);
    for password in ["\0", "🔑🔑🔑", "\u{feff}", "ẞßẞß", "İİİ"] {
        assert!(guesses_log10(password, &["İ", "ẞ", "", "xyz"]) >= 0.0, "{password:?}");
    }
}
