//! The password that is sent: generated, chosen, or by a tenant's own policy.

use fake_vendors::Vendor;

use crate::submit::setting::{CHOSEN, Setting};

/// The account's own words are not in the password that is generated, nor in one that is read.
#[test]
fn a_password_without_the_account_s_words() {
    let letters = ["a", "e", "i", "o", "u", "t", "n", "s", "r", "1", "2", "3"];
    let words: Vec<&str> = letters.iter().flat_map(|letter| ["--not-containing", letter]).collect();
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        setting.submit(&words).is(0, &["updated"]);
        let password = setting.in_file();
        assert!(!password.to_lowercase().contains(|c: char| letters.contains(&&*c.to_string())), "{vendor}");
        assert_eq!(setting.on_phone(), Some(password), "{vendor}");
    }
    let setting = Setting::new(Vendor::NxCloud);
    setting.write("new.txt", CHOSEN);
    let again = ["--again", "--not-containing", "areal"];
    setting.submit(&again).is(2, &["expected a password that is compliant with nxcloud", "contains-context"]);
}

#[test]
fn a_password_is_generated_and_set() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        setting.submit(&[]).is(0, &["updated; the password is in \"new.txt\""]);
        assert_eq!(setting.on_phone(), Some(setting.in_file()), "{vendor}");
        assert_eq!(setting.in_file().len(), 16);
        assert_eq!(setting.phone().asked, 1);
    }
}

#[test]
fn the_length_and_excluded_characters_are_kept() {
    for (vendor, length) in [(Vendor::Huawei, 8), (Vendor::Exotel, 64), (Vendor::NxCloud, 32)] {
        let setting = Setting::new(vendor);
        let arguments =
            ["--length", &length.to_string(), "-x", "0O1lI", "--exclude", "abcdefghijkmnopqrstuvwyz!@#$%^&*"];
        // The only lowercase letter left is x, which is enough for every vendor's policy.
        setting.submit(&arguments).is(0, &["updated"]);
        let password = setting.in_file();
        assert_eq!(password.len(), length);
        assert!(!password.contains(|char| "0O1lIabcdefghijkmnopqrstuvwyz!@#$%^&*".contains(char)));
        assert_eq!(setting.on_phone(), Some(password), "{vendor}");
    }
    let setting = Setting::new(Vendor::Huawei);
    setting.submit(&["--length", "17"]).is(2, &["expected 8 to 16 characters for huawei, found 17"]);
    setting.submit(&["--exclude", "é"]).is(2, &["--exclude"]);
    setting.submit(&["--timeout", "0"]).is(2, &["--timeout"]);
    assert_eq!(setting.vendors.connections(), 0);
}

/// A tenant's own policy takes the place of the vendor's.
#[test]
fn a_tenants_own_policy_is_followed() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        let rule = "min_length = 11\nmax_length = 11\nmax_repeat = 1\nmin_classes = 3\n";
        let class =
            |name, characters| format!("[[class]]\nname = \"{name}\"\ncharacters = \"{characters}\"\n");
        let classes = [class("letters", "a-f"), class("capitals", "A-F"), class("digits", "0-9")].concat();
        setting.write("own.toml", &format!("{rule}{classes}"));
        setting.submit(&["--policy-file", "own.toml"]).is(0, &["updated"]);
        let password = setting.in_file();
        assert_eq!(password.len(), 11);
        assert!(password.chars().all(|char| char.is_ascii_hexdigit()));
        assert_eq!(setting.on_phone(), Some(password), "{vendor}");
        // The password in the file again, with the same policy.
        setting.submit(&["--policy-file", "own.toml", "--again"]).is(0, &["updated"]);
        setting.submit(&["--policy-file", "none.toml", "--dry-run"]).is(2, &["cannot read \"none.toml\""]);
    }
    // This policy allows more than the vendor's default policy.
    let setting = Setting::new(Vendor::Huawei);
    let tenant = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/policies/huawei-tenant.toml");
    assert_eq!(setting.submit(&["--policy-file", tenant, "--dry-run"]).status, Some(0));
    setting.submit(&["--bits", "90", "--safe-for", "uri"]).is(0, &["updated"]);
    assert_eq!(setting.in_file().len(), 15);
}

#[test]
fn a_chosen_password_is_sent() {
    for vendor in Vendor::ALL {
        for line in ["NotARealOne1\n", "NotARealOne1", "NotARealOne1\r\n"] {
            let setting = Setting::new(vendor);
            let mut command = setting.command(&["--output", "new.txt", "--password-stdin"]);
            setting.run_on(line, &mut command).is(0, &["updated"]);
            assert_eq!(setting.in_file(), CHOSEN);
            assert_eq!(setting.on_phone().as_deref(), Some(CHOSEN));
        }
        let setting = Setting::new(vendor);
        for (input, said) in [
            ("of-no-worth", "expected a password that is compliant with"),
            ("", "expected one line with the password"),
            ("\n", "expected one line with the password"),
            ("NotARealOne1\nNotARealOne1\n", "expected one line with the password"),
            (&"NotARealOne1".repeat(100), "expected one line with the password"),
        ] {
            let mut command = setting.command(&["--output", "new.txt", "--password-stdin"]);
            setting.run_on(input, &mut command).is(2, &["standard input", said]);
        }
        assert!(!setting.path("new.txt").exists());
        assert_eq!(setting.vendors.connections(), 0);
    }
}
