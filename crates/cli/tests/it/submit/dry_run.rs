//! Requests that are shown and not sent.

use fake_vendors::Vendor;

use crate::submit::setting::Setting;

#[test]
fn a_dry_run_shows_the_requests_and_sends_nothing() {
    for vendor in Vendor::ALL {
        let setting = Setting::new(vendor);
        let base = setting.vendors.base_url();
        let shown: &[&str] = match vendor {
            Vendor::Huawei => &[
                "POST {}/apigovernance/api/oauth/tokenByAkSk\n",
                "x-token-expire: 600\n",
                r#"{"app_key":"***","app_secret":"***"}"#,
                "POST {}/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword\n",
                "authorization: ***\n",
                "x-app-key: ***\n",
                r#"{"userAccount":"agent-1","accountPwd":"***","newPhonePwd":"***"}"#,
            ],
            Vendor::Exotel => &[
                "PUT {}/v2/accounts/fake-sid/users/agent-1/devices/device-1/password\n",
                "authorization: ***\n",
                r#"{"password":"***"}"#,
            ],
            Vendor::NxCloud => &[
                "POST {}/api/sipphone/updatePassword\n",
                "appkey=***&secretkey=***&username=agent-1&new_password=***\n",
            ],
        };
        for arguments in [&["--dry-run"][..], &["--dry-run", "--output", "new.txt"]] {
            let ended = setting.run(&mut setting.command(arguments));
            // NXCloud states no rule.
            let doubts = if vendor == Vendor::NxCloud {
                "sip-password: nxcloud: the rule may be another (certainty: low); explain has its source and notes\n"
            } else {
                ""
            };
            assert_eq!((ended.status, &*ended.stderr), (Some(0), doubts));
            for shown in shown {
                let shown = shown.replace("{}", &base);
                assert!(ended.stdout.contains(&shown), "{shown} in {}", ended.stdout);
            }
        }
        let mut command = setting.command(&["--dry-run", "--password-stdin"]);
        let ended = setting.run_on("NotARealOne1", &mut command);
        assert_eq!(ended.status, Some(0));
        assert!(!setting.path("new.txt").exists());
        assert_eq!(setting.vendors.connections(), 0);
    }
    let setting = Setting::new(Vendor::Huawei);
    let mut command = setting.command(&["--dry-run", "--wrapped"]);
    let ended = setting.run(command.env("HUAWEI_TOKEN", "of-no-worth"));
    let wrapped = r#"{"requestParam":{"userAccount":"agent-1","accountPwd":"***","newPhonePwd":"***"}}"#;
    assert!(ended.stdout.contains(wrapped) && !ended.stdout.contains("tokenByAkSk"), "{}", ended.stdout);
}

/// What the real run would refuse.
#[test]
fn a_dry_run_refuses_a_file_that_exists() {
    let setting = Setting::new(Vendor::NxCloud);
    setting.write("old.txt", "TheOldOne123\n");
    for more in [&["--dry-run"][..], &[]] {
        let arguments = [&["--output", "old.txt"][..], more].concat();
        setting.run(&mut setting.command(&arguments)).is(2, &["exists, and may be the only copy"]);
    }
    assert_eq!(
        (setting.file("old.txt").as_deref(), setting.vendors.connections()),
        (Some("TheOldOne123"), 0)
    );
}
