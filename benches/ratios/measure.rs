//! One measurement: the time contains the work, but not the verification of its result.

use std::{hint::black_box, time::Instant};

use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, measurement::WallTime};

use crate::work::BATCH;

/// The group `name`, whose throughput is in passwords.
pub(crate) fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    // The same number of iterations in each sample, so that all samples weigh the same in the median.
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(BATCH as u64));
    group
}

/// Measures `work`, which handles a batch and writes the result to `output`. `verify` asserts that the result is right and
/// removes it, so that no result is verified twice.
pub(crate) fn measure<O>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    mut output: O,
    mut work: impl FnMut(&mut O),
    mut verify: impl FnMut(&mut O),
) {
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|iterations| {
            let timed = |_| {
                let start = Instant::now();
                work(black_box(&mut output));
                let time = start.elapsed();
                verify(black_box(&mut output));
                time
            };
            (0..iterations).map(timed).sum()
        });
    });
}
