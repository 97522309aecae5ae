//! Hands the board's memory to the linker script of its runtime.

use std::{env, fs, path::PathBuf};

fn main() {
    let target = env::var("TARGET").expect("Cargo says the target");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo says where to write"));
    let memory = format!("memory/{target}.x");
    println!("cargo:rerun-if-changed={memory}");
    fs::copy(&memory, out.join("memory.x")).expect("there is a file in memory/ for each target with a board");
    println!("cargo:rustc-link-search={}", out.display());
    if target.starts_with("riscv") {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
}
