//! The command `figures`: the exact numbers of every preset, as tables.

use crate::case::CASES;

/// The tables: what there is, and what follows for a batch.
///
/// # Errors
///
/// The library and the exact numbers of this package disagree.
pub(crate) fn figures() -> Result<String, String> {
    let mut numbers = vec![
        "| preset | length | passwords, each equally likely | min-entropy, bits | all tried at 10^10 a second, s | kept | tries |"
            .to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    let mut batches = vec![
        "| preset | length | two alike of 10^3, at the most | of 10^6 | of 10^9 |".to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for case in CASES {
        let (name, length, total) = (case.name, case.length, case.exact()?.total());
        let (bits, share) = (case.policy.bits(length), case.policy.acceptance(length));
        let tries =
            case.policy.tries(length).ok_or_else(|| format!("{name}: too rare to be found by trying"))?;
        let seconds = total as f64 / 1e10;
        numbers.push(format!(
            "| {name} | {length} | {total} | {bits:.4} | {seconds:.1e} | {share:.6} | {tries} |"
        ));
        let [thousand, million, milliard] = [1_000, 1_000_000, 1_000_000_000].map(|n| birthday(n, total));
        batches.push(format!("| {name} | {length} | {thousand} | {million} | {milliard} |"));
    }
    Ok(format!("{}\n\n{}\n", numbers.join("\n"), batches.join("\n")))
}

/// A bound on the probability that two of `batch` passwords are the same. Each pair is with a probability of 1 in
/// `total`; the number of such pairs that is expected bounds the probability, where it is under 1.
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
