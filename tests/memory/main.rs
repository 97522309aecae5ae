//! A process makes and checks thousands of known passwords, makes requests and reads replies that have them, drops all, and then its
//! whole memory is searched: no password is there, and no seed. (What sends a request is not part of it.)
//!
//! For each way in which that is done there is a process of its own, which hands its memory, byte by byte, to this one. This one
//! alone knows what to look for, so that the other has no password but what the library made. Twins without wiping are
//! found by the same search.

#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod secrets;
#[cfg(target_os = "linux")]
#[path = "../it/source.rs"]
mod source;
#[cfg(target_os = "linux")]
mod twins;
#[cfg(target_os = "linux")]
mod ways;

#[cfg(target_os = "linux")]
fn main() {
    if let Some(name) = std::env::args().nth(1)
        && let Some(way) = ways::ALL.iter().chain(&twins::ALL).find(|way| way.name == name)
    {
        return process::work(way);
    }
    let mut failed = false;
    let mut line = |name, found: Vec<String>, wanted: bool| {
        let good = wanted != found.is_empty();
        failed |= !good;
        println!("{name}: {}, {} found", if good { "ok" } else { "FAILED" }, found.len());
        if !good {
            found.iter().take(5).for_each(|found| println!("    {found}"));
        }
    };
    for way in &ways::ALL {
        line(way.name, process::search(way), false);
    }
    for twin in &twins::ALL {
        line(twin.name, process::search(twin), true);
    }
    assert!(!failed, "what should have been wiped was found, or a twin was not");
}

/// There is no `/proc/self/mem` here.
#[cfg(not(target_os = "linux"))]
fn main() {}
