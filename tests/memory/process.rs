//! Runs a scenario in a process of its own, and searches the memory of that process.

use std::{
    env,
    fs::File,
    io::{self, Read, Write},
    os::{fd::AsFd, unix::fs::FileExt},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
};

use crate::{needles::Needles, secrets::SEED};

/// Something that uses secrets and drops them.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// The input of the process.
    pub(crate) input: fn() -> Vec<u8>,
    /// What must not remain in its memory, besides the seed.
    pub(crate) needles: fn() -> Vec<Vec<u8>>,
    /// The greatest number of needles, and of seeds, that may remain on the stack of a thread, where the documentation says that the
    /// compiler may leave copies.
    pub(crate) max_on_stack: [usize; 2],
    /// Uses the secrets and drops them.
    pub(crate) run: fn(&mut Input),
}

/// The input of the process. It is read straight into its destination, without a buffer.
pub(crate) struct Input(File);

impl Input {
    pub(crate) fn read(&mut self, to: &mut [u8]) {
        self.0.read_exact(to).expect("the input is that long");
    }
}

/// Runs the scenario in a process of its own, with one more argument for its `main`. Returns the needles that must not remain there, and
/// where they are.
pub(crate) fn search(scenario: &Scenario, argument: &str) -> Vec<String> {
    let mut child = Command::new(env::current_exe().expect("this process has a path"))
        .args([scenario.name, argument])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    let mut stdout = child.stdout.take().expect("it is piped");
    stdin.write_all(&(scenario.input)()).expect("it reads all of its input");
    // A vector register has the same word of the seed in each of its places.
    let in_registers = SEED.as_chunks::<4>().0.iter().map(|word| word.repeat(8));
    let searches = [(scenario.needles)(), vec![SEED.into()], in_registers.collect()].map(Needles::new);
    let [needles, seeds] = scenario.max_on_stack;
    let (mut found, mut searched) = (Vec::new(), 0);
    while let Some((name, bytes)) = mapping(&mut stdout) {
        searched += bytes.len();
        for (needles, max_on_stack) in searches.iter().zip([needles, seeds, 0]) {
            let here: Vec<_> = needles.find(&bytes).map(|needle| format!("{needle} in {name}")).collect();
            if name != STACK || here.len() > max_on_stack {
                found.extend(here);
            }
        }
    }
    assert!(child.wait().is_ok_and(|status| status.success()), "{} failed", scenario.name);
    assert!(searched > 1 << 20, "the heap and the stacks are larger");
    found
}

/// The name and the bytes of the next mapping, in the form that [`hand_over`] writes.
fn mapping(from: &mut impl Read) -> Option<(String, Vec<u8>)> {
    let mut sizes = [[0; 8]; 2];
    from.read_exact(sizes.as_flattened_mut()).ok()?;
    let [mut name, mut bytes] = sizes.map(|size| vec![0; u64::from_le_bytes(size) as usize]);
    from.read_exact(&mut name).expect("a mapping is complete");
    from.read_exact(&mut bytes).expect("a mapping is complete");
    Some((String::from_utf8(name).expect("it was a string"), bytes))
}

/// The name of a mapping that contains the stack of a thread.
const STACK: &str = "a stack";

/// Runs the scenario on a thread that then waits forever, so that its stack remains, and hands the memory over from another thread.
pub(crate) fn work(scenario: &'static Scenario) {
    let mut input = Input(File::from(io::stdin().as_fd().try_clone_to_owned().expect("it is piped")));
    // The pool's stacks first: asking for them afterwards would overwrite what is left on them.
    let mut stacks = rayon::broadcast(|_| here());
    stacks.push(here());
    let (done, is_done) = mpsc::channel();
    let worker = move || {
        deep_down(&mut || (scenario.run)(&mut input));
        done.send(here()).expect("this thread waits for it");
        loop {
            thread::park();
        }
    };
    thread::Builder::new().name("worker".into()).spawn(worker).expect("a thread starts");
    stacks.push(is_done.recv().expect("the scenario ends"));
    hand_over(&stacks).expect("/proc/self is readable");
}

/// An address on the stack of this thread.
fn here() -> u64 {
    let local = 0_u8;
    std::hint::black_box(&raw const local) as u64
}

/// Calls `run` so deep in the stack that later calls do not overwrite what it leaves there.
#[inline(never)]
fn deep_down(run: &mut dyn FnMut()) {
    let room = std::hint::black_box([0_u8; 1 << 16]);
    run();
    std::hint::black_box(room);
}

/// Writes every private, writable mapping: heap, stacks, static data.
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
