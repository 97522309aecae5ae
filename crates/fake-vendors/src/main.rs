//! The command `fake-vendors`.

#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use clap::Parser;
use fake_vendors::{Account, Certificate, Config, FakeVendors, Fault, Rate, RetryAfter, Vendor, credentials};

type AnyError = Box<dyn std::error::Error>;

/// Fake servers of the three vendors' password APIs on loopback, for tests.
///
/// Prints what a client needs (address, root certificate, fake credentials) as lines for a shell, and serves until Ctrl-C.
#[derive(Parser)]
#[command(after_long_help = AFTER)]
struct Options {
    /// The port on 127.0.0.1; 0 for any free port.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The number of accounts of each vendor: agent-1 to agent-N.
    ///
    /// At Huawei, agent-7 has the account password fake-account-pass-7; at Exotel, it has the device device-7.
    #[arg(long, value_name = "N", default_value_t = 100)]
    accounts: u32,
    /// More accounts of one vendor, from a CSV file with a header.
    ///
    /// The columns are those of --accounts-out. For every vendor, they can also be called "account" and "device".
    #[arg(long, value_name = "VENDOR=FILE", value_parser = listed)]
    accounts_from: Vec<(Vendor, PathBuf)>,
    /// Write huawei.csv, exotel.csv and nxcloud.csv with all accounts into this directory.
    ///
    /// The columns are user_account and account_password; user_uuid and device_id; username.
    #[arg(long, value_name = "DIR")]
    accounts_out: Option<PathBuf>,
    /// Write the root certificate to this file.
    #[arg(long, value_name = "FILE", default_value = "fake-vendors-root.pem")]
    root_out: PathBuf,
    /// Serve plain HTTP, without TLS.
    #[arg(long)]
    plain: bool,
    /// The certificate of connections: good, expired, self-signed, wrong-name, other-root.
    #[arg(long, default_value = "good")]
    certificate: Certificate,
    /// The most calls in any period of this length, for all vendors or for one: 100/min, exotel=50/10s. Can be given several times.
    #[arg(long, value_name = "[VENDOR=]RATE", value_parser = rate)]
    rate: Vec<(Option<Vendor>, Rate)>,
    /// The form of Retry-After: seconds, date, none.
    #[arg(long, value_name = "FORM", default_value = "seconds")]
    retry_after: RetryAfter,
    /// How long a Huawei account stays locked after three failed checks in a row.
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = fake_vendors::duration)]
    lock_for: Duration,
    /// Huawei expects the fields in requestParam.
    #[arg(long)]
    wrapped_request: bool,
    /// Huawei's reply is inside schema.
    #[arg(long)]
    wrapped_reply: bool,
    /// Accept any new password of 1 to 128 characters.
    #[arg(long)]
    any_password: bool,
    /// What goes wrong, and when: see below. Can be given several times; the first fault whose conditions are met strikes.
    #[arg(long, value_name = "KIND[@WHEN]")]
    fault: Vec<Fault>,
    /// The seed of chances and of the passwords that the server chooses.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep new passwords in the log.
    #[arg(long)]
    log_passwords: bool,
}

const AFTER: &str = "\
Requests for scripts, with the root certificate:
  GET /fake-vendors/passwords?vendor=V  account,password of every phone that was given one; for Exotel also user_uuid,device_id
  GET /fake-vendors/accounts?vendor=V   all accounts, as with --accounts-out
  GET /fake-vendors/log                 every call: time, accounts, what the vendor did, the fault
  GET /fake-vendors/faults              how often each fault has struck
  PUT /fake-vendors/faults              replaces the faults, one a line

KIND, in place of what the vendor would have done (with @applied: after it has done that):
  status=503  status=429/Retry-After: 5  status=500//BODY  html=502  redirect=307/URL
  limited  limited=date/5s  limited=none  raw=BYTES          (BODY and BYTES can have \\r \\n \\xNN)
KIND, the connection:
  refuse=2s  certificate=expired  lose-reply
  reset=STAGE  close=STAGE (without close_notify)  farewell=STAGE  stall=STAGE/5s
  STAGE: accept, tls, headers, request (read, not carried out), reply (carried out, no
         byte of the reply sent), reply+N (N bytes sent), sent
KIND, the reply to a call that was carried out:
  trickle=20ms  huge-body=1GiB  huge-headers=1MiB  content-type=TYPE  gzip  chunked  twice
  continue  other-types  other-shape  row-missing  row-other  row-numbers  duplicate-keys
  deep=100000  invalid-utf8

WHEN, joined by commas: always (the default), N, N-M, N- (calls or connections, counted from 1),
  P% (by chance), vendor=V, account=NAME, call=token (in place of password changes), times=N, applied

Examples:
  fake-vendors --accounts 10000 --rate huawei=100/min --fault lose-reply@1% --fault status=500@2%
  fake-vendors --port 8443 --fault 'stall=reply/30s@1,vendor=exotel' --fault certificate=expired@3";

fn vendor_and(text: &str) -> Result<(Vendor, &str), String> {
    let (vendor, rest) = text.split_once('=').ok_or_else(|| format!("expected VENDOR=…, found `{text}`"))?;
    Ok((vendor.parse().map_err(|error| format!("{error}"))?, rest))
}

fn listed(text: &str) -> Result<(Vendor, PathBuf), String> {
    vendor_and(text).map(|(vendor, file)| (vendor, file.into()))
}

fn rate(text: &str) -> Result<(Option<Vendor>, Rate), String> {
    let (vendor, rate) = match text.contains('=') {
        true => vendor_and(text).map(|(vendor, rate)| (Some(vendor), rate))?,
        false => (None, text),
    };
    Ok((vendor, rate.parse().map_err(|error| format!("{error}"))?))
}

fn read(file: &Path) -> Result<Vec<Account>, AnyError> {
    let named = |error: csv::Error| format!("{}: {error}", file.display());
    let mut reader = csv::Reader::from_path(file).map_err(named)?;
    Ok(reader.deserialize().collect::<Result<_, _>>().map_err(named)?)
}

fn run(options: Options) -> Result<(), AnyError> {
    let mut listed: BTreeMap<Vendor, Vec<Account>> = BTreeMap::new();
    for (vendor, file) in &options.accounts_from {
        listed.entry(*vendor).or_default().extend(read(file)?);
    }
    let mut rates = BTreeMap::new();
    for (vendor, rate) in options.rate {
        match vendor {
            Some(vendor) => drop(rates.insert(vendor, rate)),
            None => rates.extend(Vendor::ALL.map(|vendor| (vendor, rate))),
        }
    }
    let vendors = FakeVendors::start(Config {
        port: options.port,
        plain: options.plain,
        certificate: options.certificate,
        accounts: options.accounts,
        listed,
        lock_for: options.lock_for,
        wrapped_request: options.wrapped_request,
        wrapped_reply: options.wrapped_reply,
        any_password: options.any_password,
        rates,
        retry_after: options.retry_after,
        faults: options.fault,
        seed: options.seed,
        log_passwords: options.log_passwords,
        ..Config::default()
    })?;
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || stop.send(()).unwrap_or_default())?;

    if !options.plain {
        let file = &options.root_out;
        fs::write(file, vendors.root_pem()).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if let Some(directory) = &options.accounts_out {
        fs::create_dir_all(directory)?;
        for vendor in Vendor::ALL {
            fs::write(directory.join(format!("{vendor}.csv")), vendors.accounts_csv(vendor))?;
        }
    }
    print(&vendors, (!options.plain).then_some(&options.root_out))?;
    // An error ends the server too: nobody is left to stop it.
    let _ = stopped.recv();
    for (fault, times) in vendors.faults() {
        eprintln!("{times} x {fault}");
    }
    Ok(())
}

/// Prints lines for a shell.
fn print(vendors: &FakeVendors, root: Option<&PathBuf>) -> Result<(), AnyError> {
    let root = root.map(fs::canonicalize).transpose()?;
    let root = root.map(|root| root.display().to_string()).unwrap_or_default();
    let url = vendors.base_url();
    let lines = [
        ("FAKE_VENDORS_URL", url.as_str()),
        ("FAKE_VENDORS_ROOT", &root),
        ("HUAWEI_APP_KEY", credentials::HUAWEI_APP_KEY),
        ("HUAWEI_APP_SECRET", credentials::HUAWEI_APP_SECRET),
        ("EXOTEL_API_KEY", credentials::EXOTEL_API_KEY),
        ("EXOTEL_API_TOKEN", credentials::EXOTEL_API_TOKEN),
        ("EXOTEL_SID", credentials::EXOTEL_SID),
        ("NXCLOUD_APPKEY", credentials::NXCLOUD_APPKEY),
        ("NXCLOUD_SECRETKEY", credentials::NXCLOUD_SECRETKEY),
    ];
    let mut out = std::io::stdout().lock();
    for (name, value) in lines {
        writeln!(out, "export {name}='{}'", value.replace('\'', r"'\''"))?;
    }
    writeln!(
        out,
        "# agent-1, fake-account-pass-1, device-1; all accounts: {url}/fake-vendors/accounts?vendor=huawei"
    )?;
    out.flush()?;
    Ok(())
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fake-vendors: {error}");
            ExitCode::from(2)
        }
    }
}
