//! After secrets are used and dropped, the whole memory of the process contains none of them.
//!
//! Each scenario runs in a process of its own: it generates or checks thousands of known passwords, makes requests and reads replies
//! that contain them, and drops everything. (The client that sends requests is not part of this.) Then the process hands all its memory
//! to this one, which searches it for the passwords and for the seed. Only this process knows what to search for, so the other has no
//! password but those that the library made. The same search must find what broken scenarios, which wipe nothing, leave behind.

#[cfg(target_os = "linux")]
mod broken;
#[cfg(target_os = "linux")]
mod needles;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod scenarios;
#[cfg(target_os = "linux")]
mod secrets;
#[cfg(target_os = "linux")]
#[path = "../it/source.rs"]
mod source;

/// The argument that limits a process to AVX2, where it would use AVX-512.
#[cfg(target_os = "linux")]
const AVX2: &str = "avx2";

#[cfg(target_os = "linux")]
fn main() {
    if std::env::args().nth(2).as_deref() == Some(AVX2) {
        sip_password::InstructionSet::Avx2.limit();
    }
    if let Some(name) = std::env::args().nth(1)
        && let Some(scenario) =
            scenarios::ALL.iter().chain(&broken::ALL).find(|scenario| scenario.name == name)
    {
        return process::work(scenario);
    }
    let mut failed = false;
    let mut report = |name, found: Vec<String>, expected: bool| {
        let is_ok = expected != found.is_empty();
        failed |= !is_ok;
        println!("{name}: {}, {} found", if is_ok { "ok" } else { "FAILED" }, found.len());
        if !is_ok {
            found.iter().take(5).for_each(|found| println!("    {found}"));
        }
    };
    for scenario in &scenarios::ALL {
        report(scenario.name, process::search(scenario, ""), false);
        report(scenario.name, process::search(scenario, AVX2), false);
    }
    for scenario in &broken::ALL {
        report(scenario.name, process::search(scenario, ""), true);
    }
    assert!(!failed, "a secret was found, or one that a broken scenario leaves was not");
}

/// Only Linux has `/proc/self/mem`.
#[cfg(not(target_os = "linux"))]
fn main() {}
