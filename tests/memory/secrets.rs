//! What is looked for. Only the process that searches calls what is here.

use std::collections::HashMap;

use sip_password::{HUAWEI, Job, Keystream, Policy, Seed};

use crate::ways::{COUNT, JOB, RARE, breaking, rare};

/// From which all passwords come.
pub(crate) const SEED: &[u8; 32] = b"a seed of a test, and no secret!";

pub(crate) fn seed() -> Vec<u8> {
    SEED.to_vec()
}

/// Passwords of 16 characters.
fn made(policy: &Policy, stream: u64, count: usize) -> Vec<Vec<u8>> {
    let mut rng = Keystream::stream(&Seed::take(&mut SEED.clone()), stream);
    let mut one = || {
        let mut buffer = vec![0; 16];
        policy.generate(&mut rng, &mut buffer).map(drop).expect("the source is good");
        buffer
    };
    (0..count).map(|_| one()).collect()
}

pub(crate) fn passwords() -> Vec<Vec<u8>> {
    made(&HUAWEI, 0, COUNT)
}

/// The same as lines.
pub(crate) fn lines() -> Vec<u8> {
    let lines = passwords().into_iter().flat_map(|password| [password, b"\n".to_vec()]);
    lines.flatten().collect()
}

pub(crate) fn of_job() -> Vec<Vec<u8>> {
    let blocks = (0..).take_while(|block| block * Job::BLOCK < JOB);
    blocks
        .flat_map(|block| made(&HUAWEI, block, (JOB - block * Job::BLOCK).min(Job::BLOCK) as usize))
        .collect()
}

pub(crate) fn of_rare() -> Vec<Vec<u8>> {
    made(&rare(), 0, RARE)
}

/// What there was of a candidate when the source broke: of its first words, the places of the characters in the alphabet. Here
/// one more word makes a password of it.
pub(crate) fn of_broken() -> Vec<Vec<u8>> {
    let alphabet: Vec<_> = HUAWEI.alphabet().iter().collect();
    let place = |byte: &u8| alphabet.binary_search(&char::from(*byte)).expect("it is ascending") as u8;
    let one = |stream| {
        let mut buffer = [0; 16];
        let made = HUAWEI
            .generate(&mut breaking(&Seed::take(&mut SEED.clone()), stream, || Ok(0x9E37_79B9)), &mut buffer)
            .is_ok();
        made.then(|| buffer[..12].iter().map(place).collect())
    };
    (0..COUNT as u64).filter_map(one).collect()
}

/// Many texts, found at once.
pub(crate) struct Needles {
    /// By their first eight bytes.
    texts: HashMap<[u8; 8], Vec<Vec<u8>>>,
    /// Whether some text begins with these two bytes.
    begins: Vec<bool>,
}

impl Needles {
    pub(crate) fn new(needles: Vec<Vec<u8>>) -> Self {
        let mut texts: HashMap<_, Vec<_>> = HashMap::new();
        let mut begins = vec![false; 1 << 16];
        for needle in needles {
            begins[usize::from(u16::from_le_bytes([needle[0], needle[1]]))] = true;
            let begin = *needle.first_chunk().expect("it is that long at least");
            texts.entry(begin).or_default().push(needle);
        }
        Self { texts, begins }
    }

    /// Each that stands somewhere in `bytes`, as often as it does.
    pub(crate) fn find(&self, bytes: &[u8]) -> impl Iterator<Item = String> {
        let likely = bytes
            .windows(8)
            .enumerate()
            .filter(|(_, window)| self.begins[usize::from(u16::from_le_bytes([window[0], window[1]]))]);
        likely.flat_map(move |(at, window)| {
            let texts = self.texts.get(window).into_iter().flatten();
            let there = texts.filter(move |text| bytes[at..].starts_with(text));
            there.map(move |text| format!("{} at {at} of {}", text.escape_ascii(), bytes.len()))
        })
    }
}
