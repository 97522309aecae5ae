//! This library.

use criterion::Criterion;
use memchr::memchr_iter;
use sip_password::{HUAWEI, Keystream};

use crate::{
    measure::{group, measure},
    work::{BATCH, FLAWED, JOBS, lines, verify},
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
        |compliant| {
            let mut start = 0;
            for end in memchr_iter(b'\n', text.as_bytes()) {
                *compliant += usize::from(HUAWEI.check(&text.as_bytes()[start..end]).is_ok());
                start = end + 1;
            }
        },
        verify,
    );
}
