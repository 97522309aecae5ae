//! Shows that the library gives the same results on a board as on this machine: prints the golden vectors of every preset, the violations
//! of some passwords and, in lines that begin with `#`, the stack and the instructions that it took.

#![no_std]
#![no_main]

use core::hint::black_box;

use firmware::{
    board,
    clock::Clock,
    console::{print, print_number},
    counter::Counter,
    stack,
};
use sip_password::{
    CharSet, Class, ClassSet, HUAWEI, Keystream, MAX_LENGTH, PRESETS, Policy, Preset, Rules, Seed,
};

/// One password a line. None is that of a real phone.
const PASSWORDS: &[u8] = include_bytes!("../../passwords.txt");

/// A policy with every rule but those of which the compiler would have to count too many cases: sequences and different characters.
static STRICT: Policy = Policy::of(
    Rules::new()
        .with_lengths(12, 16)
        .with_class(Class::new("letters", CharSet::UPPERCASE.union(CharSet::LOWERCASE)))
        .with_class(Class::new("digits", CharSet::DIGITS).at_least(2))
        .with_min_classes(2)
        .with_uncounted(CharSet::of("-_"))
        .with_excluded_first(CharSet::of("abcXYZ"))
        .with_max_repeat(2)
        .with_max_run(4, ClassSet::EMPTY.with(1))
        .with_first(ClassSet::EMPTY.with(0))
        .with_context("abc")
        .with_reversed_context(true),
);

#[board::entry]
fn main() -> ! {
    let most = stack::depth(|| {
        PRESETS.iter().for_each(|preset| golden(preset));
        PRESETS.iter().for_each(|preset| verdicts(preset));
    });
    figure(&[b"stack of all that"], &[most]);
    let (mut words, mut buffer) = (Counter::new(0), [0; LENGTH]);
    let generate = stack::depth(|| generate_one(black_box(&HUAWEI), &mut words, &mut buffer));
    let check = stack::depth(|| check_one(black_box(&HUAWEI), &buffer));
    figure(&[b"stack of generate"], &[generate]);
    figure(&[b"stack of check"], &[check]);
    let clock = Clock::new();
    let nothing = clock.instructions(|| ());
    for (rules, policy) in [(&b", Huawei"[..], &HUAWEI), (b", all rules", &STRICT)] {
        let [generate, check] = spread(&clock, policy).map(|both| both.map(|all| all - nothing));
        figure(&[b"instructions of generate", rules], &generate);
        figure(&[b"instructions of check", rules], &check);
    }
    board::exit()
}

/// Prints the golden vectors, as in tests/golden.txt.
#[inline(never)]
fn golden(preset: &Preset) {
    for length in preset.policy.lengths() {
        for byte in [0, 1, 42, 255] {
            let mut buffer = [0; MAX_LENGTH];
            let buffer = buffer.get_mut(..length).unwrap_or_default();
            print(preset.name.as_bytes());
            print(b" ");
            print_number(length as u32);
            print(b" ");
            print_number(byte.into());
            print(b" ");
            match preset.policy.generate(&mut Keystream::new(&Seed::take(&mut [byte; 32])), buffer) {
                Ok(password) => print(password.expose_secret_bytes()),
                Err(_) => print(b"no password"),
            }
            print(b"\n");
        }
    }
}

/// Prints what the command `validate` prints, without the figures in parentheses.
#[inline(never)]
fn verdicts(preset: &Preset) {
    for (number, line) in (1..).zip(PASSWORDS.trim_ascii_end().split(|&byte| byte == b'\n')) {
        print(preset.name.as_bytes());
        print(b" ");
        print_number(number);
        match preset.policy.check(line) {
            Ok(_) => print(b": ok"),
            Err(violations) => {
                let mut before: &[u8] = b": ";
                for kind in violations.kinds() {
                    print(before);
                    print(kind.as_str().as_bytes());
                    before = b", ";
                }
            }
        }
        print(b"\n");
    }
}

/// Prints a line for the table of `run`.
fn figure(name: &[&[u8]], values: &[u32]) {
    print(b"# ");
    name.iter().for_each(|part| print(part));
    print(b":");
    for &value in values {
        print(b" ");
        print_number(value);
    }
    print(b"\n");
}

/// The smallest and the largest number of instructions of one try of `generate`, for 64 seeds, and of one `check`, for the generated
/// passwords and as many strings of any bytes. Both are the same, since no branch depends on a character.
fn spread(clock: &Clock, policy: &Policy) -> [[u32; 2]; 2] {
    let [mut generate, mut check] = [[u32::MAX, 0]; 2];
    let (mut measured, mut seed) = (0, 0_u32);
    while measured < 64 {
        seed += 1;
        let (mut words, mut buffer) = (Counter::new(0), [0; LENGTH]);
        let instructions = least_of_three(|| {
            words = Counter::new(seed << 16);
            clock.instructions(|| generate_one(policy, &mut words, &mut buffer))
        });
        // More than four words: the first try was rejected.
        if words.drawn() != 4 {
            continue;
        }
        measured += 1;
        widen(&mut generate, instructions);
        for _ in 0..2 {
            widen(&mut check, least_of_three(|| clock.instructions(|| check_one(policy, &buffer))));
            spoil(&mut buffer, seed);
        }
    }
    [generate, check]
}

/// QEMU's clock is sometimes one instruction ahead, at random. A branch would be there every time.
fn least_of_three(mut measure: impl FnMut() -> u32) -> u32 {
    (0..3).fold(u32::MAX, |least, _| least.min(measure()))
}

/// Turns a password into any bytes: some outside ASCII, some with repeats or with the context word.
fn spoil(buffer: &mut [u8; LENGTH], seed: u32) {
    buffer.iter_mut().step_by(1 + seed as usize % 8).for_each(|byte| *byte ^= (seed as u8) << 3);
    let part = buffer.iter_mut().zip([b'a', b'b', b'c', b'c', b'c']).skip(seed as usize % 5);
    part.for_each(|(to, by)| *to = by);
}

fn widen([least, most]: &mut [u32; 2], value: u32) {
    (*least, *most) = ((*least).min(value), (*most).max(value));
}

/// The length of the measured passwords, in characters.
const LENGTH: usize = 16;

/// `generate` without a random generator, into a buffer of the caller, for a policy that the compiler does not know.
#[inline(never)]
fn generate_one(policy: &Policy, words: &mut Counter, buffer: &mut [u8; LENGTH]) {
    black_box(policy.generate(words, buffer).is_ok());
}

/// The verdict of `check`.
#[inline(never)]
fn check_one(policy: &Policy, password: &[u8; LENGTH]) {
    black_box(policy.check(password).is_ok());
}
