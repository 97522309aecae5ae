//! The value of `--rate`.

use std::str::FromStr;

use sip_password_rotate::Rate;

/// A rate, or `None` for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MaxRate(pub(super) Option<Rate>);

impl FromStr for MaxRate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self(None)),
            text => text.parse().map(|rate| Self(Some(rate))).map_err(|error| format!("{error}; or none")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates() {
        assert_eq!("none".parse(), Ok(MaxRate(None)));
        assert_eq!("100/min".parse(), Ok(MaxRate(Some(Rate::per_minute(100)))));
        for text in ["", "None", "none ", "0/s", "100"] {
            let message = text.parse::<MaxRate>().expect_err("it is no rate");
            assert!(message.contains("100/min") && message.ends_with("or none"), "{message}");
        }
    }
}
