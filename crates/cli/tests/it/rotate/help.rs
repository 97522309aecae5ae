//! The help.

use fake_vendors::Vendor;

use crate::{
    common::secrets,
    process::{run, status, stdout},
    rotate::setting::Setting,
};

#[test]
fn every_help_page_has_examples() {
    let output = run(&["rotate", "--help"]);
    assert_eq!(status(&output), 0);
    assert!(stdout(&output).contains("Examples:"));
    for action in ["huawei", "exotel", "nxcloud", "status", "export", "forget"] {
        let output = run(&["rotate", action, "--help"]);
        assert_eq!(status(&output), 0);
        assert!(stdout(&output).contains("Example"), "{action}");
    }
}

/// Each page names its vendor's default rate, as a dry run reports it.
#[test]
fn the_default_rates_are_those_of_the_fleets() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor, 2);
        let mut command = setting.bare(&setting.target());
        command.args(["--accounts", "accounts.csv", "--key-file", "key", "--dry-run"]);
        let ended = setting.run(command.envs(secrets(vendor)));
        let rate =
            ended.stderr.rsplit(" at ").next().and_then(|rest| rest.split(';').next()).expect("a rate");
        let page = run(&["rotate", &vendor.to_string(), "--help"]);
        assert!(stdout(&page).contains(&format!("The rate is {rate}")), "{rate} in {}", stdout(&page));
    }
}
