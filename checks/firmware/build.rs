//! Passes the memory layout of the board to the linker script of its runtime.

use std::{env, fs, path::PathBuf};

fn main() {
    let target = env::var("TARGET").expect("Cargo sets TARGET");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR"));
    let memory = format!("memory/{target}.x");
    println!("cargo:rerun-if-changed={memory}");
    fs::copy(&memory, out.join("memory.x")).expect("memory/ has a file for each target");
    println!("cargo:rustc-link-search={}", out.display());
    if target.starts_with("riscv") {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
}
