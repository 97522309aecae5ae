//! Work that every implementation must do: the keystream, the splitting of lines, the writing of bytes.

use criterion::Criterion;
use memchr::memchr_iter;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};
use sip_password::{Keystream, Seed};

use crate::{
    measure::{group, measure},
    work::{BATCH, lines},
};

/// The bytes of keystream in one iteration: 64 KiB.
pub(crate) const KEYSTREAM: usize = BATCH * 16;

pub(crate) fn floors(criterion: &mut Criterion) {
    let mut group = group(criterion, "floor");

    let mut rng = ChaCha20Rng::from_seed([2; 32]);
    // The library's keystream is the same, word for word.
    let mut ours = Keystream::new(&Seed::take(&mut [2; 32]));
    let mut expected = vec![0; KEYSTREAM];
    measure(
        &mut group,
        "keystream",
        vec![0; KEYSTREAM],
        |buffer| rng.fill_bytes(buffer),
        |buffer| {
            ours.fill_bytes(&mut expected);
            assert!(*buffer == expected);
            buffer.fill(0);
        },
    );

    let text = lines();
    measure(
        &mut group,
        "split",
        (0, 0),
        |(count, characters)| {
            let mut start = 0;
            for end in memchr_iter(b'\n', text.as_bytes()) {
                *count += 1;
                *characters += text.as_bytes()[start..end].len();
                start = end + 1;
            }
        },
        |found| assert_eq!(std::mem::take(found), (BATCH, BATCH * 16)),
    );

    measure(
        &mut group,
        "memcpy",
        vec![0; text.len()],
        |copy| copy.copy_from_slice(text.as_bytes()),
        |copy| {
            assert!(copy == text.as_bytes());
            copy.fill(0);
        },
    );
}
