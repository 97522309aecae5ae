//! This library.

use std::{
    convert::Infallible,
    io::{self, Write},
};

use criterion::Criterion;
use rayon::ThreadPoolBuilder;
use sip_password::{HUAWEI, Job, Keystream};

use crate::{
    measure::{group, measure},
    work::{BATCH, FLAWED, JOB, JOBS, RARE, lines, verify},
};

/// One `generate` after another.
pub(crate) fn generate(criterion: &mut Criterion) {
    let mut group = group(criterion, "generate");
    for job in JOBS {
        let mut rng = Keystream::from_seed(&mut [3; 32]);
        measure(
            &mut group,
            job.name,
            vec![0; BATCH * job.length],
            |passwords| {
                for password in passwords.chunks_exact_mut(job.length) {
                    job.policy.generate(&mut rng, password).expect("the source is true");
                }
            },
            |passwords| {
                verify(job.policy, job.length, passwords);
                passwords.fill(0);
            },
        );
    }
}

/// Many at once, with a line break behind each.
pub(crate) fn bulk(criterion: &mut Criterion) {
    let mut group = group(criterion, "bulk");
    for job in JOBS {
        let mut rng = Keystream::from_seed(&mut [3; 32]);
        let bulk = job.policy.bulk::<Infallible>(job.length, b"\n").expect("it can be generated");
        measure(
            &mut group,
            job.name,
            vec![0; BATCH * bulk.record()],
            |lines| {
                bulk.fill(&mut rng, lines).expect("the source is true");
            },
            |lines| {
                let passwords: Vec<u8> = lines.iter().copied().filter(|&byte| byte != b'\n').collect();
                verify(job.policy, job.length, &passwords);
                lines.fill(0);
            },
        );
    }
}

/// Many at once, so rare that they are counted, and what counting costs.
pub(crate) fn rare(criterion: &mut Criterion) {
    let mut group = group(criterion, "rare");
    let mut rng = Keystream::from_seed(&mut [3; 32]);
    let bulk = RARE.bulk::<Infallible>(16, b"").expect("it can be counted");
    measure(
        &mut group,
        "bulk",
        vec![0; BATCH * 16],
        |passwords| {
            bulk.fill(&mut rng, passwords).expect("the source is true");
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
                *records += RARE.bulk::<Infallible>(16, b"").expect("it can be counted").record();
            }
        },
        |records| assert_eq!(std::mem::take(records), BATCH * 16),
    );
}

/// A job on one thread and on two.
pub(crate) fn threads(criterion: &mut Criterion) {
    let mut group = group(criterion, "job");
    let bulk = HUAWEI.bulk::<Infallible>(16, b"\n").expect("it can be generated");
    let job = Job::new(bulk, JOB as u64, &mut [3; 32]);
    for (name, threads) in [("one-thread", 1), ("two-threads", 2)] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("there are threads");
        measure(
            &mut group,
            name,
            0,
            |written| {
                let mut sink = Sink(written);
                pool.install(|| job.write(&mut sink, |_| {})).expect("the sink takes all");
            },
            |written| assert_eq!(std::mem::take(written), JOB * 17),
        );
    }
}

/// Takes all, and counts it.
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

/// One `check` after another: of lines that are split already, and of those that are not.
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
        |compliant| *compliant = HUAWEI.report(text.as_bytes()).compliant() as usize,
        verify,
    );
}
