//! After passwords are looked up, the whole memory of the process contains none of them, nor their hashes. As the library's own search does
//! (`tests/memory` in the repository's root), each scenario runs in a process of its own, whose memory this one searches.

#[cfg(target_os = "linux")]
#[path = "../../../../tests/memory/needles.rs"]
mod needles;
#[cfg(target_os = "linux")]
#[path = "../../../../tests/memory/process.rs"]
mod process;
#[cfg(target_os = "linux")]
mod scenarios;
#[cfg(target_os = "linux")]
mod secrets;

#[cfg(target_os = "linux")]
fn main() {
    use scenarios::{BROKEN, WIPED};

    if let Some(name) = std::env::args().nth(1)
        && let Some(scenario) = WIPED.iter().chain(&BROKEN).find(|scenario| scenario.name == name)
    {
        return process::work(scenario);
    }
    let mut failed = false;
    let expected = WIPED.iter().map(|scenario| (scenario, true)).chain(BROKEN.iter().map(|one| (one, false)));
    for (scenario, is_wiped) in expected {
        let found = process::search(scenario, "");
        let is_ok = is_wiped == found.is_empty();
        failed |= !is_ok;
        println!("{}: {}, {} found", scenario.name, if is_ok { "ok" } else { "FAILED" }, found.len());
        if !is_ok {
            found.iter().take(5).for_each(|found| println!("    {found}"));
        }
    }
    assert!(!failed, "a secret was found, or one that a broken scenario leaves was not");
}

/// Only Linux has `/proc/self/mem`.
#[cfg(not(target_os = "linux"))]
fn main() {}
