//! A job gives the same passwords on any number of threads, and cut into any parts.

use std::io;

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use rand_core::{Rng, TryRng};
use rayon::{ThreadPool, ThreadPoolBuilder};
use sip_password::{
    Bulk, CharSet, Class, ClassSet, EXOTEL, HUAWEI, Job, Keystream, NXCLOUD, NXCLOUD_RANDOM, PRESETS, Policy,
    Rules, Seed,
};

const BLOCK: u64 = Job::BLOCK;
/// Around one block, and around a batch of one thread.
const COUNTS: [u64; 9] =
    [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5, 8 * BLOCK, 8 * BLOCK + 1, 40 * BLOCK + 1];

fn bulk<'p>(policy: &'p Policy, length: usize) -> Bulk<'p> {
    policy.bulk(length, b"\n").expect("it can be generated")
}

fn huawei(count: u64) -> Job<'static> {
    Job::new(bulk(&HUAWEI, 16), count, Seed::take(&mut [7; 32]))
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start")
}

/// What it writes on so many threads; and that it tells its progress.
fn written(job: &Job<'_>, threads: usize) -> Vec<u8> {
    let (mut bytes, mut reported) = (Vec::new(), 0);
    let progress = |done| {
        assert!(done >= reported);
        reported = done;
    };
    pool(threads).install(|| job.write(&mut bytes, progress)).expect("a Vec takes all");
    assert_eq!(reported, job.count());
    bytes
}

/// Block after block, each from a stream of the seed for this policy and length.
fn expected(bulk: &Bulk<'_>, (policy, length): (&Policy, usize), count: u64, seed: u8) -> Vec<u8> {
    let seed = Seed::take(&mut [seed; 32]).for_job(policy, length);
    let mut bytes = vec![0; count as usize * bulk.record_len()];
    for (stream, block) in (0..).zip(bytes.chunks_mut(BLOCK as usize * bulk.record_len())) {
        let mut rng = Keystream::stream(&seed, stream);
        bulk.fill(&mut rng, block).expect("the source is good");
    }
    bytes
}

#[test]
fn any_number_of_threads() {
    for count in COUNTS {
        let whole = expected(&bulk(&HUAWEI, 16), (&HUAWEI, 16), count, 7);
        assert_eq!(whole.len() as u64, 17 * count);
        for threads in [1, 2, 3, 7] {
            assert!(written(&huawei(count), threads) == whole, "{count} on {threads}");
        }
    }
}

#[test]
fn other_policies_and_separators() {
    for (policy, length) in [(&EXOTEL, 24), (&NXCLOUD_RANDOM, 6), (&HUAWEI, 8)] {
        for separator in ["", "\r\n", ", and then "] {
            let bulk = policy.bulk(length, separator.as_bytes()).expect("it can be generated");
            let count = 20 * BLOCK + 9;
            let job = Job::new(bulk.clone(), count, Seed::take(&mut [3; 32]));
            assert!(
                written(&job, 2) == expected(&bulk, (policy, length), count, 3),
                "{length} {separator:?}"
            );
        }
    }
}

/// Outside of a pool, the global one.
#[test]
fn without_a_pool() {
    let mut bytes = Vec::new();
    huawei(30 * BLOCK).write(&mut bytes, |_| ()).expect("a Vec takes all");
    assert!(bytes == written(&huawei(30 * BLOCK), 1));
}

#[test]
fn parts_in_order_are_the_whole() {
    for count in COUNTS {
        let whole = written(&huawei(count), 2);
        for of in [1, 2, 3, 7, 100, u64::MAX] {
            let numbers = if of == u64::MAX { vec![1, of / 2, of] } else { (1..=of).collect() };
            let parts: Vec<_> =
                numbers.iter().map(|&number| huawei(count).part(number, of).expect("there is one")).collect();
            let counts: Vec<_> = parts.iter().map(Job::count).collect();
            // The last block may be smaller.
            let (least, most) = (counts.iter().min().expect("some"), counts.iter().max().expect("some"));
            assert!(most - least <= 2 * BLOCK, "{count} of {of}: {counts:?}");
            if of < u64::MAX {
                assert_eq!(counts.iter().sum::<u64>(), count);
                let bytes: Vec<_> = parts.iter().flat_map(|part| written(part, 2)).collect();
                assert!(bytes == whole, "{count} in {of} parts");
            }
        }
    }
}

#[test]
fn parts_of_parts() {
    let count = 40 * BLOCK + 1;
    let parts = (1..=3).flat_map(|outer| {
        (1..=5).flat_map(move |inner| {
            let part = huawei(count).part(outer, 3).and_then(|part| part.part(inner, 5));
            written(&part.expect("there is one"), 1)
        })
    });
    assert!(parts.collect::<Vec<_>>() == written(&huawei(count), 1));
}

#[test]
fn parts_that_there_are_not() {
    for (number, of) in [(0, 0), (0, 3), (4, 3), (1, 0), (u64::MAX, 1)] {
        assert!(huawei(BLOCK).part(number, of).is_none(), "{number} of {of}");
    }
}

#[test]
fn the_largest_job() {
    let parts = [1, 2, 3].map(|number| huawei(u64::MAX).part(number, 3).expect("there is one").count());
    assert_eq!(parts.iter().map(|&count| u128::from(count)).sum::<u128>(), u64::MAX.into());
    let last = huawei(u64::MAX).part(1 << 51, 1 << 51).expect("there is one");
    assert!(last.count() <= 2 * BLOCK, "{last:?}");
    assert_eq!(written(&last, 1).len() as u64, 17 * last.count());
}

#[test]
fn compliant_and_of_its_seed_alone() {
    let count = 9 * BLOCK;
    let mut seed = [8; 32];
    let job = Job::new(bulk(&HUAWEI, 16), count, Seed::take(&mut seed));
    assert_eq!(seed, [0; 32], "the caller's seed is wiped");
    assert!(!format!("{job:?}").contains("8, 8"), "{job:?}");
    let one = written(&job, 2);
    let other = written(&huawei(count), 2);
    let mut all = Vec::new();
    for (one, other) in one.split_inclusive(|&byte| byte == b'\n').zip(other.chunks(17)) {
        let password = one.strip_suffix(b"\n").expect("a line");
        assert!(HUAWEI.check(str::from_utf8(password).expect("ASCII")).is_ok());
        assert_ne!(one, other);
        all.extend([one, other]);
    }
    // No two are the same, of two blocks or of two seeds.
    all.sort_unstable();
    assert!(all.windows(2).all(|two| two[0] != two[1]));
    assert_eq!(all.len() as u64, 2 * count);
}

/// Takes so many bytes and then fails.
struct Full {
    taken: Vec<u8>,
    room: usize,
}

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.room == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let fits = bytes.len().min(self.room);
        self.taken.extend_from_slice(&bytes[..fits]);
        self.room -= fits;
        Ok(fits)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_first_error_ends_it() {
    let whole = written(&huawei(40 * BLOCK), 1);
    for room in [0, 1, 100_000, 2_000_000, whole.len() - 1] {
        for threads in [1, 2] {
            let (mut full, mut reported) = (Full { taken: Vec::new(), room }, 0);
            let failed = pool(threads)
                .install(|| huawei(40 * BLOCK).write(&mut full, |done| reported = done))
                .expect_err("it is full");
            assert_eq!(failed.kind(), io::ErrorKind::StorageFull);
            assert!(full.taken == whole[..room], "{room} on {threads}");
            assert!(17 * reported <= room as u64);
        }
    }
    // What is made at once, too.
    let mut full = Full { taken: Vec::new(), room: 20 };
    let failed = huawei(5).write(&mut full, |_| panic!("nothing is written whole")).expect_err("it is full");
    assert_eq!(failed.kind(), io::ErrorKind::StorageFull);
    assert!(full.taken == whole[..20]);
    // One that fails once only is not asked again.
    let mut asked = 0;
    let mut once = Once(&mut asked);
    huawei(40 * BLOCK).write(&mut once, |_| panic!("nothing is written")).expect_err("it fails");
    assert_eq!(asked, 1);
}

struct Once<'a>(&'a mut u32);

impl io::Write for Once<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        *self.0 += 1;
        if *self.0 == 1 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Each write is of whole passwords, as the documentation says.
#[test]
fn whole_passwords() {
    struct Whole(usize);

    impl io::Write for Whole {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            assert!(bytes.len().is_multiple_of(17) && bytes.ends_with(b"\n"));
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    for threads in [1, 3] {
        let mut whole = Whole(0);
        let job = huawei(50 * BLOCK + 3);
        pool(threads).install(|| job.write(&mut whole, |_| ())).expect("it takes all");
        assert_eq!(whole.0 as u64, 17 * job.count());
    }
}

#[test]
fn a_long_separator() {
    let separator = vec![b'-'; 1 << 20];
    let bulk = HUAWEI.bulk(16, &separator).expect("it can be generated");
    let job = Job::new(bulk.clone(), 3, Seed::take(&mut [7; 32]));
    assert_eq!(written(&job, 1).len(), 3 * bulk.record_len());
}

/// Each line: a preset, a length, the excluded characters or `-`, the byte that fills the seed, and the first passwords of two blocks;
/// at last, the seed that follows from a policy with every rule.
const GOLDEN: &str = include_str!("../golden-jobs.txt");

#[test]
fn golden_jobs() {
    let (mut jobs, mut rules) = (0, 0);
    for line in GOLDEN.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, length, excluded, seed, first, second] = words[..] else {
            assert_eq!(words[1], seed_by_rules(words[0]), "the seed of a policy with many rules");
            rules += 1;
            continue;
        };
        let preset = PRESETS.iter().find(|preset| preset.name == name).unwrap();
        let excluded = if excluded == "-" { CharSet::EMPTY } else { CharSet::of(excluded) };
        let rules = preset.policy.rules();
        let excluded = rules.excluded() | excluded;
        let policy = Policy::new(rules.with_excluded(excluded)).unwrap();
        let bulk = policy.bulk(length.parse().unwrap(), b"\n").unwrap();
        let seed = Seed::take(&mut [seed.parse().unwrap(); 32]);
        let lines = written(&Job::new(bulk, BLOCK + 1, seed), 2);
        let lines: Vec<&[u8]> = lines.split(|&byte| byte == b'\n').collect();
        assert_eq!((lines[0], lines[BLOCK as usize]), (first.as_bytes(), second.as_bytes()), "{line}");
        jobs += 1;
    }
    assert_eq!((jobs, rules), (60, 4));
}

/// The seed of the line with a name, if it is that of the policy.
fn seed_by_rules(name: &str) -> String {
    let classes = [
        Class::new("a", CharSet::of("ABCDEFGH")).at_least(1),
        Class::new("b", CharSet::of("abcdefgh")),
        Class::new("c", CharSet::of("23456789")).at_least(4),
    ];
    let mut rules = Rules::new()
        .with_lengths(14, 20)
        .with_classes(&classes)
        .with_min_classes(2)
        .with_excluded(CharSet::of("A2x"))
        .with_max_repeat(3)
        .with_first(ClassSet::EMPTY.with(0).with(2));
    rules = match name {
        "every-rule" => rules.with_context("Agent-of-the-Call-Centre"),
        "more-rules" => rules
            .with_max_run(5, ClassSet::EMPTY.with(1).with(2))
            .with_max_sequence(3)
            .with_context_words(&["Agent-of-the-Call-Centre", "4567"])
            .with_reversed_context(true),
        "not-first" => rules.with_excluded_first(CharSet::of("ABab9x-")).with_context("4567"),
        _ => rules.with_min_distinct(6),
    };
    let policy = Policy::new(rules).expect("it can be satisfied");
    let seed = Seed::take(&mut std::array::from_fn(|index| index as u8)).for_job(&policy, 14);
    // A seed cannot be read, but its keystream can: it is that of `rand_chacha`.
    let mut drawn = [0; 32];
    let Ok(()) = Keystream::new(&seed).try_fill_bytes(&mut drawn);
    let mut lines = GOLDEN.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let expected = lines.next().expect("a line has the seed");
    let bytes: Vec<u8> = (0..32)
        .map(|at| u8::from_str_radix(&expected[2 * at..2 * at + 2], 16).expect("it is hexadecimal"))
        .collect();
    let mut theirs = [0; 32];
    ChaCha20Rng::from_seed(bytes.try_into().expect("a seed has 32 bytes")).fill_bytes(&mut theirs);
    if drawn == theirs { expected.into() } else { "another seed".into() }
}

/// From a password of one policy, nothing of one of the same seed for another policy, length or exclusion follows.
#[test]
fn jobs_of_one_seed_are_unrelated() {
    let without = Policy::new(HUAWEI.rules().with_excluded(CharSet::of("0"))).unwrap();
    let repeat = Policy::new(HUAWEI.rules().with_max_repeat(2)).unwrap();
    let first = Policy::new(HUAWEI.rules().with_excluded_first(CharSet::of("0"))).unwrap();
    let jobs = [
        (&HUAWEI, 16),
        (&HUAWEI, 15),
        (&without, 16),
        (&first, 16),
        (&repeat, 16),
        (&EXOTEL, 16),
        (&NXCLOUD, 16),
    ];
    let passwords: Vec<Vec<u8>> = jobs
        .iter()
        .map(|&(policy, length)| {
            let mut bytes = written(&Job::new(bulk(policy, length), 1000, Seed::take(&mut [7; 32])), 1);
            // The first four characters of each: those of the first word.
            bytes = bytes.chunks(length + 1).flat_map(|record| record[..4].to_vec()).collect();
            bytes
        })
        .collect();
    for (index, one) in passwords.iter().enumerate() {
        for other in &passwords[..index] {
            // One character in 70 is the same by chance: 57 of 4000.
            let same = one.iter().zip(other).filter(|(one, other)| one == other).count();
            assert!(same < 150, "{same} of 4000 characters are the same");
        }
    }
    // What does not change which passwords there are does not change them.
    let classes = ["i", "ii", "iii", "iv"].iter().zip(HUAWEI.rules().classes().to_vec());
    let classes: Vec<Class> = classes.map(|(name, class)| Class::new(name, class.characters())).collect();
    let rules = HUAWEI.rules().with_classes(&classes).with_lengths(10, 30).with_default_length(11);
    let renamed = Policy::new(rules.with_excluded(CharSet::of("!"))).unwrap();
    assert!(
        written(&Job::new(bulk(&renamed, 16), 10, Seed::take(&mut [7; 32])), 1) == written(&huawei(10), 1)
    );
}
