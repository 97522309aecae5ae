//! The vendors' password policies, stated a second time and as plainly as possible: if the library is wrong, the two disagree.

use crate::config::Vendor;

const HUAWEI_SPECIALS: &str = "~@^*_+.?";
const EXOTEL_SPECIALS: &str = "!@#$%^&*";

/// How many of these classes the password has: lowercase letters, uppercase letters, digits, the vendor's special characters.
fn classes(password: &str, specials: &str) -> usize {
    [
        password.chars().any(|c| c.is_ascii_lowercase()),
        password.chars().any(|c| c.is_ascii_uppercase()),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| specials.contains(c)),
    ]
    .into_iter()
    .filter(|&is_present| is_present)
    .count()
}

/// Whether a vendor accepts a new password.
pub(crate) fn accepts(vendor: Vendor, password: &str) -> bool {
    let length = password.chars().count();
    match vendor {
        Vendor::Huawei => {
            (8..=16).contains(&length)
                && password.chars().all(|c| c.is_ascii_alphanumeric() || HUAWEI_SPECIALS.contains(c))
                && classes(password, HUAWEI_SPECIALS) >= 3
        }
        Vendor::Exotel => {
            (8..=64).contains(&length)
                && password.chars().all(|c| c.is_ascii_graphic())
                && classes(password, EXOTEL_SPECIALS) >= 3
        }
        // The vendor documents no policy. This is the library's own preset.
        Vendor::NxCloud => {
            (8..=32).contains(&length)
                && password.chars().all(|c| c.is_ascii_alphanumeric())
                && classes(password, "") == 3
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        for (vendor, password, accepted) in [
            (Vendor::Huawei, "fakePass1", true),
            (Vendor::Huawei, "fakepass~1", true),
            (Vendor::Huawei, "fakepass1", false),
            (Vendor::Huawei, "Fake~12", false),
            (Vendor::Huawei, "fakePassword1234", true),
            (Vendor::Huawei, "fakePassword12345", false),
            (Vendor::Huawei, "fakePass1!", false),
            (Vendor::Huawei, "fake Pass1", false),
            (Vendor::Exotel, "fakePass1", true),
            (Vendor::Exotel, "fakepass1#", true),
            (Vendor::Exotel, "fakepass1~", false),
            (Vendor::Exotel, "fakePass1~", true),
            (Vendor::Exotel, "fake Pass1", false),
            (Vendor::Exotel, "fäkePass1", false),
            (Vendor::NxCloud, "fakePass1", true),
            (Vendor::NxCloud, "fakePass1*", false),
            (Vendor::NxCloud, "fakepass1", false),
            (Vendor::NxCloud, "671897", false),
        ] {
            assert_eq!(accepts(vendor, password), accepted, "{vendor} {password}");
        }
    }
}
