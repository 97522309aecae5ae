//! The command `figures`: the exact numbers of every preset, as tables.

use crate::case::CASES;

/// The tables: the passwords of each preset, and the probability of two equal ones in a batch.
///
/// # Errors
///
/// If the library and the exact numbers of this package disagree.
pub(crate) fn figures() -> Result<String, String> {
    let mut numbers = vec![
        "| preset | length | passwords | min-entropy, bits | exhaustive search at 10^10 a second, s | acceptance | tries |"
            .to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    let mut batches = vec![
        "| preset | length | two equal ones in 10^3, at most | in 10^6 | in 10^9 |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for case in CASES {
        let (name, length, total) = (case.name, case.length, case.exact()?.total());
        let counts = case.policy.counts();
        let (bits, acceptance) = (counts.entropy(length), counts.acceptance(length));
        let tries =
            case.policy.tries(length).ok_or_else(|| format!("{name}: too rare to be found by trial"))?;
        let seconds = total as f64 / 1e10;
        numbers.push(format!(
            "| {name} | {length} | {total} | {bits:.4} | {seconds:.1e} | {acceptance:.6} | {tries} |"
        ));
        let [thousand, million, billion] = [1_000, 1_000_000, 1_000_000_000].map(|n| birthday(n, total));
        batches.push(format!("| {name} | {length} | {thousand} | {million} | {billion} |"));
    }
    Ok(format!("{}\n\n{}\n", numbers.join("\n"), batches.join("\n")))
}

/// A bound on the probability that two of `batch` passwords are equal. Each pair is equal with a probability of 1 in `total`; the expected
/// number of equal pairs bounds the probability, if it is under 1.
fn birthday(batch: u128, total: u128) -> String {
    let pairs = batch * (batch - 1) / 2;
    let expected = pairs as f64 / total as f64;
    if batch > total {
        "certain".to_owned()
    } else if pairs >= total {
        format!("{expected:.1e} pairs expected")
    } else {
        format!("{expected:.1e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn birthdays() {
        assert_eq!(birthday(23, 365), "6.9e-1");
        assert_eq!(birthday(28, 365), "1.0e0 pairs expected");
        assert_eq!(birthday(366, 365), "certain");
        assert_eq!(birthday(1_000_000_000, 329449241992944238668919603200), "1.5e-12");
    }
}
