//! What the tests of `submit` and `rotate` share: the secrets of the fake servers, and private files.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use fake_vendors::{Vendor, credentials};

/// What no output may contain.
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

/// The secrets of the tenant, by the names of their environment variables.
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

/// Asserts that only its owner can read a file.
#[cfg(unix)]
#[track_caller]
pub(crate) fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{path:?}");
}

#[cfg(not(unix))]
pub(crate) fn private(_: &Path) {}

/// Waits until `what` returns something, for at most 20 seconds.
#[track_caller]
pub(crate) fn wait_for<T>(mut what: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(it) = what() {
            return it;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "nothing came");
        thread::sleep(Duration::from_millis(5));
    }
}
