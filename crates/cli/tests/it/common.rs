//! What the tests of the command as a process, against the fake server of the vendors, have in common.

use std::{
    env,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use fake_vendors::{Vendor, credentials};

/// The root of the workspace, where `examples/policies` is.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// `sip-password` with these arguments, in the root of the workspace.
pub(crate) fn sip_password(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sip-password"));
    command.args(arguments).current_dir(ROOT);
    command
}

/// Takes away what is in the environment, but for the file that coverage is counted in.
pub(crate) fn alone(command: &mut Command) -> &mut Command {
    let counters = "LLVM_PROFILE_FILE";
    command.env_clear().envs(env::var_os(counters).map(|file| (counters, file)))
}

/// All that must not be in any output, whatever the command does.
pub(crate) const SECRETS: [&str; 8] = [
    "fake-account-pass",
    "of-no-worth",
    credentials::HUAWEI_APP_KEY,
    credentials::HUAWEI_APP_SECRET,
    credentials::EXOTEL_API_KEY,
    credentials::EXOTEL_API_TOKEN,
    credentials::NXCLOUD_APPKEY,
    credentials::NXCLOUD_SECRETKEY,
];

/// The secrets of the tenant, by the names that the command has for them.
pub(crate) fn secrets(vendor: Vendor) -> [(&'static str, &'static str); 2] {
    match vendor {
        Vendor::Huawei => [
            ("HUAWEI_APP_KEY", credentials::HUAWEI_APP_KEY),
            ("HUAWEI_APP_SECRET", credentials::HUAWEI_APP_SECRET),
        ],
        Vendor::Exotel => [
            ("EXOTEL_API_KEY", credentials::EXOTEL_API_KEY),
            ("EXOTEL_API_TOKEN", credentials::EXOTEL_API_TOKEN),
        ],
        Vendor::NxCloud => [
            ("NXCLOUD_APPKEY", credentials::NXCLOUD_APPKEY),
            ("NXCLOUD_SECRETKEY", credentials::NXCLOUD_SECRETKEY),
        ],
    }
}

/// That only its owner can read it.
#[cfg(unix)]
#[track_caller]
pub(crate) fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{path:?}");
}

#[cfg(not(unix))]
pub(crate) fn private(_: &Path) {}

/// Waits for it, for some seconds.
#[track_caller]
pub(crate) fn wait_for<T>(mut what: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(it) = what() {
            return it;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "it does not come");
        thread::sleep(Duration::from_millis(5));
    }
}
