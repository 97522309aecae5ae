//! What scripts ask the fake server itself: `/fake-vendors/…`, never subject to limits and faults.

use std::time::SystemTime;

use crate::config::{Account, Vendor};
use crate::faults::{Fault, Orders};
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
        _ => text(500, "the rows cannot be written"),
    }
}

/// The accounts as the file that `sip-password rotate` takes.
pub(crate) fn accounts(vendor: Vendor, accounts: impl Iterator<Item = Account>) -> Reply {
    match vendor {
        Vendor::Huawei => {
            csv(["user_account", "account_password"], accounts.map(|one| [one.account, one.account_password]))
        }
        Vendor::Exotel => csv(["user_uuid", "device_id"], accounts.map(|one| [one.account, one.device])),
        Vendor::NxCloud => csv(["username"], accounts.map(|one| [one.account])),
    }
}

/// Whatever is not a vendor's.
pub(crate) fn answer(shared: &Shared, request: &Request) -> Reply {
    let head = &request.head;
    let vendor = form_urlencoded::parse(head.query.as_bytes())
        .find(|(name, _)| name == "vendor")
        .and_then(|(_, vendor)| vendor.parse::<Vendor>().ok());
    match (head.method.as_str(), head.path.as_str(), vendor) {
        ("GET", "/fake-vendors/passwords", Some(vendor)) => passwords(shared, vendor),
        ("GET", "/fake-vendors/accounts", Some(vendor)) => {
            let all = shared.world().accounts(vendor);
            accounts(vendor, all.into_iter())
        }
        ("GET", "/fake-vendors/passwords" | "/fake-vendors/accounts", None) => {
            text(400, "say ?vendor=huawei, exotel or nxcloud\n")
        }
        ("GET", "/fake-vendors/log", _) => log(shared),
        ("GET", "/fake-vendors/faults", _) => {
            let struck = shared.world().orders.struck();
            csv(
                ["fault", "struck"],
                struck.into_iter().map(|(fault, times)| [fault.to_string(), times.to_string()]),
            )
        }
        ("PUT", "/fake-vendors/faults", _) => order(shared, &request.body),
        _ => text(404, "there is nothing here; /fake-vendors/passwords, accounts, log and faults are\n"),
    }
}

/// On Exotel also the two ids that a name is made of, as an export of `sip-password rotate` has them.
fn passwords(shared: &Shared, vendor: Vendor) -> Reply {
    let world = shared.world();
    let passwords = world.passwords(vendor).into_iter();
    match vendor {
        Vendor::Exotel => csv(
            ["account", "password", "user_uuid", "device_id"],
            passwords.map(|(name, password)| {
                let ids = world.account(vendor, &name).map(|one| (one.account, one.device));
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
    let entries = shared.world().log();
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

/// One fault a line, instead of those that were ordered before.
fn order(shared: &Shared, body: &[u8]) -> Reply {
    let lines = String::from_utf8_lossy(body);
    let faults: Result<Vec<Fault>, _> =
        lines.lines().filter(|line| !line.trim().is_empty()).map(|line| line.trim().parse()).collect();
    let mut world = shared.world();
    match faults.and_then(|faults| Orders::new(world.config.seed, faults)) {
        Ok(orders) => {
            world.orders = orders;
            text(200, "ordered\n")
        }
        Err(error) => text(400, format!("{error}\n")),
    }
}
