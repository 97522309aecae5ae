//! The secrets to search for. Only the searching process knows them.

use sip_password::{HUAWEI, Job, Keystream, Policy, Seed};

use crate::scenarios::{COUNT, JOB, RARE, breaking, rare};

/// The seed of all passwords.
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

/// The same passwords as lines.
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

/// The remains of a candidate when the source fails: the indices of its characters in the alphabet, from its first words. One more
/// word completes it here.
pub(crate) fn of_broken() -> Vec<Vec<u8>> {
    let alphabet: Vec<_> = HUAWEI.alphabet().iter().collect();
    let index = |byte: &u8| alphabet.binary_search(&char::from(*byte)).expect("it is sorted") as u8;
    let one = |stream| {
        let mut buffer = [0; 16];
        let made = HUAWEI
            .generate(&mut breaking(&Seed::take(&mut SEED.clone()), stream, || Ok(0x9E37_79B9)), &mut buffer)
            .is_ok();
        made.then(|| buffer[..12].iter().map(index).collect())
    };
    (0..COUNT as u64).filter_map(one).collect()
}
