//! Devices that cannot hold every password, and the policy of those that fit.

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use sip_password::Policy;

use super::NamedPolicy;
use crate::error::CommandError;

/// A device or a client, and its longest password.
#[derive(Clone, Copy)]
struct Device {
    /// The name in the command.
    name: &'static str,
    /// Its longest password, in characters.
    longest: u16,
    /// What it is, and the document or the report that states the length.
    source: &'static str,
}

/// The devices whose documents, or users, name a longest password.
const DEVICES: &[Device] = &[
    Device {
        name: "cisco",
        longest: 30,
        source: "Cisco 7900 to 8800, enterprise firmware: authPassword, by the community's reference of the configuration file (usecallmanagernz, 2026-04)",
    },
    Device { name: "audiocodes", longest: 15, source: "AudioCodes Mediant 8000, by its manual (2014)" },
    Device {
        name: "avaya-j100",
        longest: 31,
        source: "Avaya J100 with open SIP, by Avaya's installation guide; ASCII alone",
    },
    Device {
        name: "linphone",
        longest: 34,
        source: "Linphone desktop, by a report of a user (linphone-desktop issue 132, 2018)",
    },
];

/// The devices that the passwords must fit.
#[derive(Args)]
pub(crate) struct Fits {
    /// Allow only passwords that this device can hold; can be given several times, or as a list with commas
    #[arg(long, value_name = "DEVICE", value_delimiter = ',', value_parser = devices())]
    fits: Vec<&'static Device>,
}

impl Fits {
    pub(crate) fn is_given(&self) -> bool {
        !self.fits.is_empty()
    }

    /// The policy of the passwords that every device can hold; the same policy if these are all.
    pub(crate) fn of(&self, named: NamedPolicy) -> Result<NamedPolicy, CommandError> {
        let Some(device) = self.fits.iter().min_by_key(|device| device.longest) else { return Ok(named) };
        let rules = named.policy().rules();
        if rules.max_length() <= device.longest {
            return Ok(named);
        }
        let (name, longest) = (device.name, device.longest);
        if u16::from(rules.min_length()) > longest {
            return Err(CommandError::new(format!(
                "--fits {name}: expected a policy with passwords of at most {longest} characters, found {}, whose shortest have {}",
                named.name(),
                rules.min_length()
            )));
        }
        let min = rules.min_length();
        let policy = Policy::new(rules.with_lengths(min, longest))
            .map_err(|error| CommandError::new(format!("--fits {name}: {}: {error}", named.name())))?;
        let argument = format!("{} --fits {name}", named.argument);
        let mut fitting = named.with_policy(policy, argument);
        fitting.file.name = Some(format!("{}-for-{name}", fitting.name()));
        fitting.file.notes.push(format!("At most {longest} characters: {}.", device.source));
        Ok(fitting)
    }
}

fn devices() -> impl TypedValueParser<Value = &'static Device> {
    let value = |device: &Device| {
        PossibleValue::new(device.name).help(format!("{} characters: {}", device.longest, device.source))
    };
    PossibleValuesParser::new(DEVICES.iter().map(value)).map(|name| {
        let device = DEVICES.iter().find(|device| device.name == name);
        device.expect("only the names of devices are possible")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Completions put them into scripts of shells.
    #[test]
    fn sources_mean_nothing_to_a_shell() {
        for device in DEVICES {
            assert!(!device.source.contains(['$', '"', '\\', '`']), "{}", device.name);
        }
    }
}
