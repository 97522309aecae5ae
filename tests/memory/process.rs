//! A process that does something, and hands over its memory.

use std::{
    env,
    fs::File,
    io::{self, Read, Write},
    os::{fd::AsFd, unix::fs::FileExt},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
};

use crate::secrets::{Needles, SEED};

/// One way to come by secrets, and to be rid of them.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// What is told to the process that does it.
    pub(crate) given: fn() -> Vec<u8>,
    /// What it must not leave behind, beside the seed.
    pub(crate) needles: fn() -> Vec<Vec<u8>>,
    /// So many of these, and so many seeds, may be found on the stack of a thread, where the documentation says that a compiler may
    /// leave them there.
    pub(crate) on_a_stack: [usize; 2],
    /// Does it, and drops all.
    pub(crate) run: fn(&mut Given),
}

/// What the process is told, which goes right to where it is wanted.
pub(crate) struct Given(File);

impl Given {
    pub(crate) fn read(&mut self, to: &mut [u8]) {
        self.0.read_exact(to).expect("so much is given");
    }
}

/// Does it in a process of its own, and says what of it is found there that must not be, and where.
pub(crate) fn search(way: &Way) -> Vec<String> {
    let mut child = Command::new(env::current_exe().expect("it runs"))
        .arg(way.name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs once more");
    let mut stdin = child.stdin.take().expect("it is piped");
    let mut stdout = child.stdout.take().expect("it is piped");
    stdin.write_all(&(way.given)()).expect("it reads all that is given");
    let sought = [(way.needles)(), vec![SEED.into()]].map(Needles::new);
    let (mut found, mut searched) = (Vec::new(), 0);
    while let Some((name, bytes)) = mapping(&mut stdout) {
        searched += bytes.len();
        for (needles, on_a_stack) in sought.iter().zip(way.on_a_stack) {
            let here: Vec<_> = needles.find(&bytes).map(|needle| format!("{needle} in {name}")).collect();
            if name != STACK || here.len() > on_a_stack {
                found.extend(here);
            }
        }
    }
    assert!(child.wait().is_ok_and(|status| status.success()), "{} failed", way.name);
    assert!(searched > 1 << 20, "the heap and some stacks are more");
    found
}

/// The name and the bytes of the next mapping, as [`hand_over`] writes them.
fn mapping(from: &mut impl Read) -> Option<(String, Vec<u8>)> {
    let mut sizes = [[0; 8]; 2];
    from.read_exact(sizes.as_flattened_mut()).ok()?;
    let [mut name, mut bytes] = sizes.map(|size| vec![0; u64::from_le_bytes(size) as usize]);
    from.read_exact(&mut name).expect("a mapping is handed over whole");
    from.read_exact(&mut bytes).expect("a mapping is handed over whole");
    Some((String::from_utf8(name).expect("it was a string"), bytes))
}

/// What a mapping is called in which a thread has its stack.
const STACK: &str = "a stack";

/// Does it, on a thread that then stays as it is, and hands the memory over. What this does itself is on another stack.
pub(crate) fn work(way: &'static Way) {
    let mut given = Given(File::from(io::stdin().as_fd().try_clone_to_owned().expect("it is piped")));
    // Of the pool first: to ask it afterwards would write over what it left.
    let mut stacks = rayon::broadcast(|_| here());
    stacks.push(here());
    let (done, is_done) = mpsc::channel();
    let worker = move || {
        deep_down(&mut || (way.run)(&mut given));
        done.send(here()).expect("it is waited for");
        loop {
            thread::park();
        }
    };
    thread::Builder::new().name("worker".into()).spawn(worker).expect("there is room for a thread");
    stacks.push(is_done.recv().expect("the way comes to its end"));
    hand_over(&stacks).expect("/proc/self is readable");
}

/// An address on the stack of this thread.
fn here() -> u64 {
    let place = 0_u8;
    std::hint::black_box(&raw const place) as u64
}

/// So far down the stack that what comes afterwards does not write over what is left there.
#[inline(never)]
fn deep_down(run: &mut dyn FnMut()) {
    let room = std::hint::black_box([0_u8; 1 << 16]);
    run();
    std::hint::black_box(room);
}

/// Writes every mapping that can be written to, and is nobody else's: heap, stacks, static data.
fn hand_over(stacks: &[u64]) -> io::Result<()> {
    let mut to = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let memory = File::open("/proc/self/mem")?;
    let maps = std::fs::read_to_string("/proc/self/maps")?;
    let mut buffer = vec![0; 1 << 16];
    for line in maps.lines() {
        let mut columns = line.split_ascii_whitespace();
        let (Some(range), Some(rights)) = (columns.next(), columns.next()) else { continue };
        let Some((start, end)) = range.split_once('-') else { continue };
        let address = |hex| u64::from_str_radix(hex, 16).map_err(io::Error::other);
        let (mut at, end) = (address(start)?, address(end)?);
        if rights != "rw-p" {
            continue;
        }
        let is_stack = stacks.iter().any(|stack| (at..end).contains(stack));
        let name = if is_stack { STACK } else { columns.nth(3).unwrap_or("anonymous") };
        to.write_all(&(name.len() as u64).to_le_bytes())?;
        to.write_all(&(end - at).to_le_bytes())?;
        to.write_all(name.as_bytes())?;
        while at < end {
            let size = buffer.len().min((end - at) as usize);
            memory.read_exact_at(&mut buffer[..size], at)?;
            to.write_all(&buffer[..size])?;
            at += size as u64;
        }
    }
    Ok(())
}
