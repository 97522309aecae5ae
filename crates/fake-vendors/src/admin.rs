//! The API for scripts, `/fake-vendors/…`. Rate limits and faults do not apply to it.

use std::time::SystemTime;

use crate::config::{Account, Vendor};
use crate::faults::{ActiveFaults, Fault};
use crate::http::{Reply, Request};
use crate::server::Shared;

fn text(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply::new(status, "text/plain; charset=utf-8", body)
}

fn csv<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Reply {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut written = writer.write_record(header);
    for row in rows {
        written = written.and_then(|()| writer.write_record(row));
    }
    match (written, writer.into_inner()) {
        (Ok(()), Ok(body)) => Reply::new(200, "text/csv; charset=utf-8", body),
        _ => text(500, "cannot write the rows"),
    }
}

/// The accounts as a file for `sip-password rotate`.
pub(crate) fn accounts(vendor: Vendor, accounts: impl Iterator<Item = Account>) -> Reply {
    match vendor {
        Vendor::Huawei => {
            csv(["user_account", "account_password"], accounts.map(|one| [one.account, one.account_password]))
        }
        Vendor::Exotel => csv(["user_uuid", "device_id"], accounts.map(|one| [one.account, one.device])),
        Vendor::NxCloud => csv(["username"], accounts.map(|one| [one.account])),
    }
}

/// Answers a request that is for no vendor.
pub(crate) fn answer(shared: &Shared, request: &Request) -> Reply {
    let head = &request.head;
    let vendor = form_urlencoded::parse(head.query.as_bytes())
        .find(|(name, _)| name == "vendor")
        .and_then(|(_, vendor)| vendor.parse::<Vendor>().ok());
    match (head.method.as_str(), head.path.as_str(), vendor) {
        ("GET", "/fake-vendors/passwords", Some(vendor)) => passwords(shared, vendor),
        ("GET", "/fake-vendors/accounts", Some(vendor)) => {
            let all = shared.backend().accounts(vendor);
            accounts(vendor, all.into_iter())
        }
        ("GET", "/fake-vendors/passwords" | "/fake-vendors/accounts", None) => {
            text(400, "expected ?vendor=huawei, exotel or nxcloud\n")
        }
        ("GET", "/fake-vendors/log", _) => log(shared),
        ("GET", "/fake-vendors/faults", _) => {
            let struck = shared.backend().faults.struck();
            csv(
                ["fault", "struck"],
                struck.into_iter().map(|(fault, times)| [fault.to_string(), times.to_string()]),
            )
        }
        ("PUT", "/fake-vendors/faults", _) => set_faults(shared, &request.body),
        _ => text(404, "expected /fake-vendors/passwords, accounts, log or faults\n"),
    }
}

/// For Exotel also the two ids that form a name, in the columns of an export of `sip-password rotate`.
fn passwords(shared: &Shared, vendor: Vendor) -> Reply {
    let backend = shared.backend();
    let passwords = backend.passwords(vendor).into_iter();
    match vendor {
        Vendor::Exotel => csv(
            ["account", "password", "user_uuid", "device_id"],
            passwords.map(|(name, password)| {
                let ids = backend.account(vendor, &name).map(|one| (one.account, one.device));
                let (user, device) = ids.unwrap_or_default();
                [name, password, user, device]
            }),
        ),
        _ => csv(["account", "password"], passwords.map(|(name, password)| [name, password])),
    }
}

fn log(shared: &Shared) -> Reply {
    let header = [
        "at",
        "since_start",
        "connection",
        "vendor",
        "call",
        "accounts",
        "outcome",
        "status",
        "fault",
        "passwords",
    ];
    let entries = shared.backend().log();
    csv(
        header,
        entries.into_iter().map(|entry| {
            let at = entry.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            [
                format!("{:.3}", at.as_secs_f64()),
                format!("{:.6}", entry.since_start.as_secs_f64()),
                entry.connection.to_string(),
                entry.vendor.to_string(),
                entry.call.to_string(),
                entry.accounts.join(" "),
                entry.outcome.to_string(),
                entry.status.to_string(),
                entry.fault.unwrap_or_default(),
                entry.passwords.join(" "),
            ]
        }),
    )
}

/// Replaces the faults. The body has one fault a line.
fn set_faults(shared: &Shared, body: &[u8]) -> Reply {
    let lines = String::from_utf8_lossy(body);
    let faults: Result<Vec<Fault>, _> =
        lines.lines().filter(|line| !line.trim().is_empty()).map(|line| line.trim().parse()).collect();
    let mut backend = shared.backend();
    match faults.and_then(|faults| ActiveFaults::new(backend.config.seed, faults)) {
        Ok(active) => {
            backend.faults = active;
            text(200, "the faults are set\n")
        }
        Err(error) => text(400, format!("{error}\n")),
    }
}
