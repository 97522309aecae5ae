//! How many calls a second the fake servers answer: `cargo run --release --example throughput [CONNECTIONS [SECONDS]]`.
//!
//! The client runs on the same machine and does as much TLS as the servers. It keeps its connections, and sends the next call
//! when the last one is answered.

#[expect(clippy::unwrap_used, dead_code, reason = "the helpers of the tests")]
#[path = "../tests/it/common.rs"]
mod common;

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{Wire, good, token, trust};
use fake_vendors::{Config, Entry, FakeVendors, Outcome, Vendor};

/// Reads one reply, as fast as a client can.
fn answered(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<()> {
    let mut read = 0;
    loop {
        read += match stream.read(&mut buffer[read..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            more => more,
        };
        // Every reply here ends like this, and has these bytes nowhere else.
        if buffer[..read].ends_with(b"\"}") || buffer[..read].ends_with(b"}}") {
            return Ok(());
        }
    }
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let connections = arguments.next().unwrap_or(16) as u32;
    let time = Duration::from_secs(arguments.next().unwrap_or(5));
    for plain in [false, true] {
        let vendors = FakeVendors::start(Config {
            plain,
            accounts: 1_000_000,
            log_length: usize::MAX,
            ..Config::default()
        })?;
        let token = if plain { String::new() } else { token(&mut Wire::open(&vendors)?) };
        for vendor in Vendor::ALL {
            if plain && vendor == Vendor::Huawei {
                continue;
            }
            let calls = AtomicU64::new(0);
            let from = Instant::now();
            thread::scope(|scope| {
                for part in 0..connections {
                    let (vendors, token, calls) = (&vendors, &token, &calls);
                    scope.spawn(move || -> io::Result<()> {
                        let mut wire = if plain { None } else { Some(Wire::with(vendors, trust(vendors))?) };
                        let mut socket = TcpStream::connect(vendors.address())?;
                        let mut buffer = vec![0; 4096];
                        let mut n = part;
                        while from.elapsed() < time {
                            n = (n + connections) % 1_000_000;
                            let request = good(vendor, token, n.max(1), "fakePass1");
                            match &mut wire {
                                Some(wire) => {
                                    let mut tls = rustls::Stream::new(&mut wire.tls, &mut wire.socket);
                                    tls.write_all(&request)?;
                                    answered(&mut tls, &mut buffer)?;
                                }
                                None => {
                                    socket.write_all(&request)?;
                                    answered(&mut socket, &mut buffer)?;
                                }
                            }
                            calls.fetch_add(1, Ordering::Relaxed);
                        }
                        Ok(())
                    });
                }
            });
            let calls = calls.into_inner();
            let rate = calls as f64 / from.elapsed().as_secs_f64();
            let updated = |entry: &&Entry| entry.vendor == vendor && entry.outcome == Outcome::Updated;
            assert_eq!(vendors.log().iter().filter(updated).count() as u64, calls);
            let scheme = if plain { "http" } else { "https" };
            println!("{scheme} {vendor}: {rate:.0} calls a second on {connections} connections");
        }
    }
    Ok(())
}
