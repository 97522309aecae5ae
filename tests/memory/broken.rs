//! Scenarios that wipe nothing, on purpose: the search must find what they leave.

use std::hint::black_box;

use sip_password::{HUAWEI, Keystream};

use crate::{
    process::{Input, Scenario},
    scenarios::{COUNT, take_seed},
    secrets::{lines, passwords, seed},
};

pub(crate) const ALL: [Scenario; 4] = [
    Scenario {
        name: "broken: lines that are not wiped",
        input: seed,
        needles: passwords,
        max_on_stack: [2, usize::MAX],
        run: leave_lines,
    },
    Scenario {
        name: "broken: a buffer that is not wiped",
        input: seed,
        needles: passwords,
        max_on_stack: [2, usize::MAX],
        run: leave_buffers,
    },
    Scenario {
        name: "broken: a seed that is not wiped",
        input: seed,
        needles: passwords,
        max_on_stack: [2, usize::MAX],
        run: leave_seed,
    },
    Scenario {
        name: "broken: bodies that are copied",
        input: lines,
        needles: passwords,
        max_on_stack: [0; 2],
        run: leave_body,
    },
];

fn leave_lines(input: &mut Input) {
    let mut rng = Keystream::new(&take_seed(input));
    let bulk = HUAWEI.bulk(16, b"\n").expect("it is feasible");
    let mut lines = vec![0; 17 * COUNT];
    bulk.fill(&mut rng, &mut lines).expect("the source does not fail");
    black_box(lines);
}

/// On the stack.
fn leave_buffers(input: &mut Input) {
    let mut rng = Keystream::new(&take_seed(input));
    let mut buffers = [[0; 16]; 8];
    for buffer in &mut buffers {
        let made = HUAWEI.generate(&mut rng, buffer).is_ok();
        assert!(made, "the source does not fail");
    }
    black_box(buffers);
}

/// On the heap.
fn leave_seed(input: &mut Input) {
    let mut seeds = vec![[0; 32]; 100];
    input.read(&mut seeds[50]);
    black_box(seeds);
}

fn leave_body(input: &mut Input) {
    // The allocator overwrites the start of a freed block, which is not the password.
    let mut body = b"{\"account\":\"1001\",\"password\":\"0123456789abcdef\"}".to_vec();
    input.read(&mut body[30..][..16]);
    black_box(String::from_utf8(body).expect("it is ASCII"));
}
