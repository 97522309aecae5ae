//! This library.

use std::io::{self, Write};

use criterion::Criterion;
use rand_chacha::rand_core::Rng;
use rayon::ThreadPoolBuilder;
use sip_password::{HUAWEI, Job, Keystream, Seed};

use crate::{
    floors::KEYSTREAM,
    measure::{group, measure},
    work::{BATCH, FLAWED, JOB, JOBS, RARE, lines, verify, with_rules},
};

fn seed() -> Seed {
    Seed::take(&mut [3; 32])
}

fn keystream() -> Keystream {
    Keystream::new(&seed())
}

/// One `generate` after another.
pub(crate) fn generate(criterion: &mut Criterion) {
    let mut group = group(criterion, "generate");
    for job in JOBS {
        let mut rng = keystream();
        measure(
            &mut group,
            job.name,
            vec![0; BATCH * job.length],
            |passwords| {
                for password in passwords.chunks_exact_mut(job.length) {
                    job.policy.generate(&mut rng, password).expect("the source is good");
                }
            },
            |passwords| {
                verify(job.policy, job.length, passwords);
                passwords.fill(0);
            },
        );
    }
}

/// The keystream alone.
pub(crate) fn stream(criterion: &mut Criterion) {
    let mut group = group(criterion, "keystream");
    let mut rng = keystream();
    measure(
        &mut group,
        "ours",
        vec![0; KEYSTREAM],
        |buffer| rng.fill_bytes(buffer),
        |buffer| {
            assert!(buffer.iter().any(|&byte| byte != 0));
            buffer.fill(0);
        },
    );
}

/// Many passwords at once, each followed by a line break.
pub(crate) fn bulk(criterion: &mut Criterion) {
    let mut group = group(criterion, "bulk");
    for job in JOBS {
        let mut rng = keystream();
        let bulk = job.policy.bulk(job.length, b"\n").expect("this length can be generated");
        measure(
            &mut group,
            job.name,
            vec![0; BATCH * bulk.record_len()],
            |lines| {
                bulk.fill(&mut rng, lines).expect("the source is good");
            },
            |lines| {
                let passwords: Vec<u8> = lines.iter().copied().filter(|&byte| byte != b'\n').collect();
                verify(job.policy, job.length, &passwords);
                lines.fill(0);
            },
        );
    }
}

/// Many passwords at once that are so rare that they are counted, and the cost of counting.
pub(crate) fn rare(criterion: &mut Criterion) {
    let mut group = group(criterion, "rare");
    let mut rng = keystream();
    let bulk = RARE.bulk(16, b"").expect("this length can be counted");
    measure(
        &mut group,
        "bulk",
        vec![0; BATCH * 16],
        |passwords| {
            bulk.fill(&mut rng, passwords).expect("the source is good");
        },
        |passwords| {
            verify(&RARE, 16, passwords);
            passwords.fill(0);
        },
    );
    measure(
        &mut group,
        "count",
        0,
        |records| {
            for _ in 0..BATCH {
                *records += RARE.bulk(16, b"").expect("this length can be counted").record_len();
            }
        },
        |records| assert_eq!(std::mem::take(records), BATCH * 16),
    );
}

/// A job on one thread and on two.
pub(crate) fn threads(criterion: &mut Criterion) {
    let mut group = group(criterion, "job");
    let bulk = HUAWEI.bulk(16, b"\n").expect("this length can be generated");
    let job = Job::new(bulk, JOB as u64, seed());
    for (name, threads) in [("one-thread", 1), ("two-threads", 2)] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started");
        measure(
            &mut group,
            name,
            0,
            |written| {
                let mut sink = Sink(written);
                pool.install(|| job.write(&mut sink, |_| {})).expect("the sink accepts everything");
            },
            |written| assert_eq!(std::mem::take(written), JOB * 17),
        );
    }
}

/// Discards everything, and counts the bytes.
struct Sink<'a>(&'a mut usize);

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        *self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One `check` after another, of lines that are already split; and lines that are not.
pub(crate) fn check(criterion: &mut Criterion) {
    let mut group = group(criterion, "check");
    let text = lines();
    let lines: Vec<&str> = text.lines().collect();
    let verify = |compliant: &mut usize| assert_eq!(std::mem::take(compliant), BATCH - FLAWED);

    measure(
        &mut group,
        "huawei-16",
        0,
        |compliant| *compliant = lines.iter().filter(|line| HUAWEI.check(**line).is_ok()).count(),
        verify,
    );

    measure(
        &mut group,
        "lines",
        0,
        |compliant| *compliant = HUAWEI.count_lines(text.as_bytes()).compliant() as usize,
        verify,
    );
}

/// One `generate` and one `check` after another by policies that have another rule, and the counting for it.
pub(crate) fn rules(criterion: &mut Criterion) {
    let mut group = group(criterion, "rules");
    for (name, policy) in with_rules() {
        let mut rng = keystream();
        let mut made = vec![0; BATCH * 16];
        for password in made.chunks_exact_mut(16) {
            policy.generate(&mut rng, password).expect("the source is good");
        }
        measure(
            &mut group,
            &format!("generate-{name}"),
            vec![0; BATCH * 16],
            |passwords| {
                for password in passwords.chunks_exact_mut(16) {
                    policy.generate(&mut rng, password).expect("the source is good");
                }
            },
            |passwords| {
                verify(&policy, 16, passwords);
                passwords.fill(0);
            },
        );
        measure(
            &mut group,
            &format!("check-{name}"),
            0,
            |compliant| {
                *compliant = made.chunks_exact(16).filter(|password| policy.check(*password).is_ok()).count();
            },
            |compliant| assert_eq!(std::mem::take(compliant), BATCH),
        );
    }
}
