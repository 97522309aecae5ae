//! Whole rotations with faults of every kind, in a simulated world.
//!
//! What decides is the real thing: the journal on a disk, the [journal writer](JournalWriter), what [workers do next](Duty), the throttle,
//! and the reading of replies. Simulated are the clock, the network, the vendor, the disk's faults, the ends of the process, and the order
//! in which threads get to run; a seed decides all of that, so each rotation can be repeated.
//!
//! ```sh
//! SIMULATIONS=1000000 cargo test --release -p sip-password-rotate --lib simulation::no -- --nocapture   # seeds 0 to 999,999
//! SIMULATIONS=5000..6000 cargo test --release -p sip-password-rotate --lib simulation::no -- --nocapture
//! SIMULATION_SEED=17 cargo test -p sip-password-rotate --lib simulation::no -- --nocapture   # one of them, and what happens in it
//! ```
//!
//! Always, what the journal says of each phone is true, no account sees more failed checks than it may, and no call comes sooner than the
//! rate and the vendor allow. When the faults end, every phone gets its password.
//!
//! As in the explorer, a vendor's own password whose only reply is lost is beyond the model.

mod process;
mod worker;
mod world;

use core::{num::NonZeroUsize, ops::Range};
use std::{
    env, format,
    string::String,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    vec::Vec,
};

use self::world::{Twin, World};

/// The seeds of a test unless `SIMULATIONS` says otherwise.
const DEFAULT_SEEDS: Range<u64> = 0..1000;
/// After so many rotations, a line says how far a long test is.
const PROGRESS: u64 = 10_000;

/// A rotation with this seed: how it went, or what must not be.
fn rotation(seed: u64, twin: Twin) -> Result<World, String> {
    let mut world = World::new(seed, twin);
    match world.rotate() {
        Ok(()) => Ok(world),
        Err(why) => Err(format!("seed {seed}: {why}\n{}", world.trace.join("\n"))),
    }
}

/// The seeds of an environment variable: a range, `5..9`, or their number.
fn seeds(variable: &str) -> Option<Range<u64>> {
    let value = env::var(variable).ok()?;
    let (from, to) = value.split_once("..").unwrap_or(("0", &value));
    let number = |text: &str| {
        text.parse().unwrap_or_else(|_| panic!("{variable}: expected a number or a range, found {value}"))
    };
    Some(number(from)..number(to))
}

/// How much happened, over all rotations.
#[derive(Default)]
struct Totals {
    rotations: AtomicU64,
    processes: AtomicU64,
    kills: AtomicU64,
    disk_faults: AtomicU64,
    calls: AtomicU64,
    faulty_calls: AtomicU64,
}

impl Totals {
    fn add(&self, world: &World) {
        let add = |total: &AtomicU64, number| total.fetch_add(number, Ordering::Relaxed);
        add(&self.rotations, 1);
        add(&self.processes, world.counts.processes);
        add(&self.kills, world.counts.kills);
        add(&self.disk_faults, world.counts.disk_faults);
        add(&self.calls, world.counts.calls);
        add(&self.faulty_calls, world.counts.faulty_calls);
    }

    fn print(&self) {
        let [rotations, processes, kills, disk_faults, calls, faulty] = [
            &self.rotations,
            &self.processes,
            &self.kills,
            &self.disk_faults,
            &self.calls,
            &self.faulty_calls,
        ]
        .map(|total| total.load(Ordering::Relaxed));
        std::println!(
            "{rotations} rotations: {processes} runs, {kills} of them killed and {disk_faults} on a disk that failed; \
             {calls} calls, {faulty} of them with a fault"
        );
    }
}

#[test]
fn no_rotation_loses_a_password_or_locks_an_account() {
    if let Some(Range { end: seed, .. }) = seeds("SIMULATION_SEED") {
        match rotation(seed, Twin::Real) {
            Ok(world) => std::println!("{}", world.trace.join("\n")),
            Err(why) => panic!("{why}"),
        }
        return;
    }
    let seeds = seeds("SIMULATIONS").unwrap_or(DEFAULT_SEEDS);
    let (next, totals) = (AtomicU64::new(seeds.start), Totals::default());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZeroUsize::get) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    totals.add(&rotation(seed, Twin::Real).unwrap_or_else(|why| panic!("{why}")));
                    if (seed + 1 - seeds.start).is_multiple_of(PROGRESS) {
                        totals.print();
                    }
                }
            });
        }
    });
    totals.print();
    assert_eq!(totals.rotations.load(Ordering::Relaxed), seeds.end - seeds.start);
}

#[test]
fn a_seed_gives_the_same_rotation_again() {
    for seed in 0..20 {
        let trace =
            || rotation(seed, Twin::Real).map(|world| world.trace).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(trace(), trace(), "seed {seed}");
    }
}

#[test]
fn broken_twins_are_found() {
    /// Each is found much earlier.
    const ENOUGH: u64 = 20_000;
    for twin in Twin::BROKEN {
        let found: Vec<_> = (0..ENOUGH).filter(|&seed| rotation(seed, twin).is_err()).take(1).collect();
        std::println!("{twin:?}: found with seed {found:?}");
        assert!(!found.is_empty(), "{twin:?}: not found");
    }
}
