//! The ratios, and their goals.

use std::error::Error;

use sip_password::InstructionSet;

use crate::{
    estimates::{Estimates, Time},
    floors::KEYSTREAM,
    work::{BATCH, COMMAND, JOB, ROWS},
};

/// The rows about generation.
pub(crate) const GENERATION: &[Row] = &[
    over("`Keystream`, 16 bytes, over that of `rand_chacha`", OWN_KEYSTREAM, keystream(16)),
    over("bulk Huawei-16, over its keystream", BULK, keystream(16)).goals([0.7, 0.58], [1.4, 1.25]),
    over("bulk Huawei-8, over its keystream", cost("bulk/huawei-8"), keystream(8))
        .goals([0.72, 0.6], [1.7, 1.45]),
    over("bulk Exotel-24, over its keystream", cost("bulk/exotel-24"), keystream(24))
        .goals([0.72, 0.6], [1.4, 1.25]),
    over("bulk NXCloud 6 digits, over 4 bytes of keystream", cost("bulk/nxcloud-6"), keystream(4))
        .goals([0.6, 0.5], [2.2, 1.8]),
    over("bulk Huawei-16 with 11 characters excluded, over without", cost("bulk/readable-16"), BULK),
    against("bulk Huawei-16, against `passwords`", BULK, cost("peer/passwords"))
        .goals([35.0, 50.0], [18.0, 22.0]),
    against("bulk Huawei-16, against `rand` (no policy)", BULK, cost("peer/rand-alphanumeric")),
    over("one `generate` of Huawei-16, over bulk", GENERATE, BULK),
    over("bulk of 14 digits in 16, which is counted, over Huawei-16", cost("rare/bulk"), BULK),
    over("the counting for it, over one of these passwords", cost("rare/count"), cost("rare/bulk")),
    over("the command `generate --count 20000000`, over bulk", COMMAND_TIME, BULK).goal(1.5, 1.2),
    over("one `generate` with `max_run`, over without", cost("rules/generate-max_run"), GENERATE),
    over("one `generate` with `max_sequence`, over without", cost("rules/generate-max_sequence"), GENERATE),
    over("one `generate` with `min_distinct`, over without", cost("rules/generate-min_distinct"), GENERATE),
    over(
        "the command `generate --for`, over `--count`",
        list("command/generate-for"),
        list("command/generate-rows"),
    ),
    against("a job on two threads, against one", job("job/two-threads"), job("job/one-thread"))
        .goal(1.8, 1.95),
];

/// The rows about validation.
pub(crate) const VALIDATION: &[Row] = &[
    over("lines of 16 checked, over `memchr` splitting", cost("check/lines"), cost("floor/split"))
        .goals([0.55, 0.45], [0.85, 0.7]),
    over("lines of 16 checked, over `memcpy`", cost("check/lines"), cost("floor/memcpy")),
    against("one `check`, against `fancy-regex`", CHECK, cost("peer/fancy-regex")).goal(60.0, 150.0),
    against("one `check`, against `fancy-regex`, lazy", CHECK, cost("peer/fancy-regex-lazy")),
    against("one `check`, against `passwords::analyzer`", CHECK, cost("peer/passwords-analyzer")),
    over("one `check` with `max_run`, over without", cost("rules/check-max_run"), CHECK),
    over("one `check` with `max_sequence`, over without", cost("rules/check-max_sequence"), CHECK),
    over("one `check` with `min_distinct`, over without", cost("rules/check-min_distinct"), CHECK),
    over(
        "the command `validate --quiet --column`, over bare lines",
        list("command/validate-list"),
        list("command/validate-lines"),
    )
    .goal(3.0, 2.0),
];

const OWN_KEYSTREAM: Cost = Cost { id: "keystream/ours", bytes: Some(16), batch: BATCH };
const BULK: Cost = cost("bulk/huawei-16");
const GENERATE: Cost = cost("generate/huawei-16");
const COMMAND_TIME: Cost = Cost { id: "command/generate", bytes: None, batch: COMMAND };
const CHECK: Cost = cost("check/huawei-16");

/// One ratio.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    pub(crate) ours: Cost,
    pub(crate) other: Cost,
    pub(crate) ratio: Ratio,
    /// With AVX-512, and with AVX2.
    goals: Option<[Goal; 2]>,
}

/// The direction of a ratio.
#[derive(Clone, Copy)]
pub(crate) enum Ratio {
    /// Our time over a floor's: the lower, the better.
    Over,
    /// A peer's time over ours: the higher, the better.
    Against,
}

/// The ratio that must be reached, and the one that is the aim.
#[derive(Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) must: f64,
    pub(crate) aim: f64,
}

/// The time for one password.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    /// Criterion's name: group/function.
    id: &'static str,
    /// The bytes of keystream for one password.
    bytes: Option<usize>,
    /// The number of passwords of one iteration.
    batch: usize,
}

const fn over(what: &'static str, ours: Cost, other: Cost) -> Row {
    Row { what, ours, other, ratio: Ratio::Over, goals: None }
}

const fn against(what: &'static str, ours: Cost, other: Cost) -> Row {
    Row { what, ours, other, ratio: Ratio::Against, goals: None }
}

impl Row {
    const fn goal(self, must: f64, aim: f64) -> Self {
        self.goals([must, aim], [must, aim])
    }

    const fn goals(self, avx512: [f64; 2], avx2: [f64; 2]) -> Self {
        let [avx512, avx2] = [Goal { must: avx512[0], aim: avx512[1] }, Goal { must: avx2[0], aim: avx2[1] }];
        Self { goals: Some([avx512, avx2]), ..self }
    }

    /// The goal with the instructions that are used.
    pub(crate) fn goal_here(&self) -> Option<Goal> {
        let [avx512, avx2] = self.goals?;
        Some(if InstructionSet::current() >= InstructionSet::Avx512 { avx512 } else { avx2 })
    }

    /// Both times; `None` if either was not measured.
    pub(crate) fn measured(&self, estimates: &Estimates) -> Result<Option<Measured<'_>>, Box<dyn Error>> {
        let (ours, other) = (self.ours.time(estimates)?, self.other.time(estimates)?);
        Ok(ours.zip(other).map(|(ours, other)| Measured { row: self, ours, other }))
    }
}

/// A row with its measured times.
#[derive(Clone, Copy)]
pub(crate) struct Measured<'r> {
    pub(crate) row: &'r Row,
    pub(crate) ours: Time,
    pub(crate) other: Time,
}

impl Measured<'_> {
    pub(crate) fn ratio(&self) -> Time {
        match self.row.ratio {
            Ratio::Over => self.ours.over(self.other),
            Ratio::Against => self.other.over(self.ours),
        }
    }
}

const fn cost(id: &'static str) -> Cost {
    Cost { id, bytes: None, batch: BATCH }
}

const fn job(id: &'static str) -> Cost {
    Cost { id, bytes: None, batch: JOB }
}

const fn list(id: &'static str) -> Cost {
    Cost { id, bytes: None, batch: ROWS }
}

const fn keystream(bytes: usize) -> Cost {
    Cost { id: "floor/keystream", bytes: Some(bytes), batch: BATCH }
}

impl Cost {
    pub(crate) fn label(self) -> String {
        match self.bytes {
            Some(bytes) => format!("{}, {bytes} bytes", self.id),
            None => self.id.to_owned(),
        }
    }

    /// `"floor"`, `"peer"`, or a group of this library.
    pub(crate) fn group(self) -> &'static str {
        self.id.split_once('/').map_or(self.id, |(group, _)| group)
    }

    /// In nanoseconds; `None` if it was not measured.
    fn time(self, estimates: &Estimates) -> Result<Option<Time>, Box<dyn Error>> {
        let share = match self.bytes {
            Some(bytes) => bytes as f64 / KEYSTREAM as f64,
            None => 1.0 / self.batch as f64,
        };
        Ok(estimates.iteration(self.id)?.map(|time| time.times(share)))
    }
}
