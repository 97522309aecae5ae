//! What is found, where nothing is wiped.

use std::hint::black_box;

use sip_password::{HUAWEI, Keystream};

use crate::{
    process::{Given, Way},
    secrets::{lines, passwords, seed},
    ways::{COUNT, take_seed},
};

pub(crate) const ALL: [Way; 4] = [
    Way {
        name: "twin: lines that are not wiped",
        given: seed,
        needles: passwords,
        on_a_stack: [2, usize::MAX],
        run: lines_kept,
    },
    Way {
        name: "twin: a buffer that is not wiped",
        given: seed,
        needles: passwords,
        on_a_stack: [2, usize::MAX],
        run: buffer,
    },
    Way {
        name: "twin: a seed that is not wiped",
        given: seed,
        needles: passwords,
        on_a_stack: [2, usize::MAX],
        run: seed_kept,
    },
    Way {
        name: "twin: bodies that are copied",
        given: lines,
        needles: passwords,
        on_a_stack: [0; 2],
        run: bodies,
    },
];

fn lines_kept(given: &mut Given) {
    let mut rng = Keystream::new(&take_seed(given));
    let bulk = HUAWEI.bulk(16, b"\n").expect("it is feasible");
    let mut lines = vec![0; 17 * COUNT];
    bulk.fill(&mut rng, &mut lines).expect("the source is good");
    black_box(lines);
}

/// On the stack.
fn buffer(given: &mut Given) {
    let mut rng = Keystream::new(&take_seed(given));
    let mut buffers = [[0; 16]; 8];
    for buffer in &mut buffers {
        let made = HUAWEI.generate(&mut rng, buffer).is_ok();
        assert!(made, "the source is good");
    }
    black_box(buffers);
}

/// On the heap.
fn seed_kept(given: &mut Given) {
    let mut seeds = vec![[0; 32]; 100];
    given.read(&mut seeds[50]);
    black_box(seeds);
}

fn bodies(given: &mut Given) {
    // What the allocator writes over the beginning of a block is not the password.
    let mut body = b"{\"account\":\"1001\",\"password\":\"0123456789abcdef\"}".to_vec();
    given.read(&mut body[30..][..16]);
    black_box(String::from_utf8(body).expect("it is ASCII"));
}
