//! Lookups in a second, and memory, with lists of five million passwords in a directory for temporary files.
//!
//!     cargo bench -p sip-password-weak                 the table in the crate's documentation
//!     cargo bench -p sip-password-weak -- list FILE    leaves a list of hashes of 215 MB, to be tried with the command

use std::{
    env,
    fs::{self, File},
    hint::black_box,
    io::{BufReader, BufWriter, Write},
    path::Path,
    time::Instant,
};

use sha1::{Digest, Sha1};
use sip_password_weak::{DenyList, build_filter, guesses_log10, known_default};
use tempfile::tempdir;

const WORDS: u32 = 5_000_000;
const LOOKUPS: u32 = 200_000;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "list") {
        write_hashes(Path::new(arguments.get(place + 1).expect("the name of a file")));
        return;
    }
    // Tests run every bench, once and for no figures.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let directory = tempdir().expect("there is a directory for temporary files");
    let [hashes, words, filter] =
        ["hashes.txt", "words.txt", "filter"].map(|name| directory.path().join(name));
    write_hashes(&hashes);
    let mut to = BufWriter::new(File::create(&words).expect("there is room"));
    (0..WORDS).for_each(|number| writeln!(to, "{}", word(number)).expect("there is room"));
    to.flush().expect("there is room");
    let begun = Instant::now();
    let from = BufReader::with_capacity(1 << 16, File::open(&hashes).expect("it is there"));
    build_filter(from, File::create(&filter).expect("there is room"), |_| ()).expect("it is a list");
    println!("filter of hashes: built in {:.1} s", begun.elapsed().as_secs_f64());

    println!("| what | bytes | opened in, ms | lookups a second |\n|---|---:|---:|---:|");
    for (what, path) in [("words", words), ("SHA-1 hashes", hashes), ("a filter of them", filter)] {
        let begun = Instant::now();
        let list = DenyList::open(&path).expect("it is a list");
        let opened = begun.elapsed().as_secs_f64() * 1e3;
        // Half of them are in the list. The first round reads a filter's parts.
        let all = || (0..LOOKUPS).map(|number| word(number.wrapping_mul(2_654_435_761) % (2 * WORDS)));
        let found = || all().filter(|word| list.contains(word.as_bytes()).expect("it is sorted")).count();
        black_box(found());
        let speed = rate(|| assert!((99_000..101_000).contains(&found())), LOOKUPS);
        let size = fs::metadata(&path).expect("it is there").len();
        println!("| {what} | {size} | {opened:.1} | {speed} |");
    }
    let passwords: Vec<String> = (0..2_000).map(|number| format!("Xq9~{}v", word(number))).collect();
    let names = ["alice.smith@example.com"];
    let speed = rate(
        || passwords.iter().for_each(|word| assert!(known_default(word.as_bytes(), &names).is_none())),
        2_000,
    );
    println!("| `known_default` | | | {speed} |");
    let speed = rate(|| passwords.iter().for_each(|word| assert!(guesses_log10(word, &names) > 5.0)), 2_000);
    println!("| `guesses_log10` | | | {speed} |");
}

fn word(number: u32) -> String {
    format!("word-{number}")
}

fn write_hashes(path: &Path) {
    let mut hashes: Vec<[u8; 20]> = (0..WORDS).map(|number| Sha1::digest(word(number)).into()).collect();
    hashes.sort_unstable();
    let mut to = BufWriter::new(File::create(path).expect("there is room"));
    for hash in hashes {
        hash.iter().for_each(|byte| write!(to, "{byte:02X}").expect("there is room"));
        to.write_all(b":1\n").expect("there is room");
    }
    to.flush().expect("there is room");
}

/// How often a second something is done that `work` does this many times.
fn rate(work: impl FnOnce(), times: u32) -> u64 {
    let begun = Instant::now();
    work();
    (f64::from(times) / begun.elapsed().as_secs_f64()) as u64
}
