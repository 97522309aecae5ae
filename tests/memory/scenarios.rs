//! The library's promise: however passwords are generated, checked and put into requests, nothing of them remains.

use std::{
    fmt::Write,
    hint::black_box,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
};

use sip_password::{
    CharSet, Class, ClassSet, EXOTEL, HUAWEI, Job, Keystream, NXCLOUD, Password, Policy, Rules, Seed,
    api::{BaseUrl, Secret},
    exotel,
    http::{HeaderMap, StatusCode},
    huawei::{BodyFormat, ExtraHeaders, UpdateSipPhonePassword},
    nxcloud::{self, Assignment},
    rand_core::TryRng,
};
use zeroize::Zeroizing;

use crate::{
    process::{Input, Scenario},
    secrets::{lines, of_broken, of_job, of_rare, passwords, seed},
    source::{Source, Unplugged},
};

/// The number of passwords of a scenario, other than [`JOB`] and [`RARE`].
pub(crate) const COUNT: usize = 3000;
/// The number of passwords of a job: several blocks for each thread.
pub(crate) const JOB: u64 = 40_000;

/// The number of rare passwords, which cost more.
pub(crate) const RARE: usize = 300;

pub(crate) const ALL: [Scenario; 13] = [
    Scenario {
        name: "one by one",
        input: seed,
        needles: passwords,
        max_on_stack: [0, MOVED],
        run: one_by_one,
    },
    Scenario {
        name: "owned passwords",
        input: seed,
        needles: passwords,
        max_on_stack: [MOVED; 2],
        run: owned,
    },
    Scenario {
        name: "a source that breaks",
        input: seed,
        needles: of_broken,
        max_on_stack: [0, MOVED],
        run: broken,
    },
    Scenario { name: "bulk", input: seed, needles: passwords, max_on_stack: [0, MOVED], run: bulk },
    job("a job on all cores", of_job, |input| write_job(input, &HUAWEI, JOB)),
    job("a job of one", of_job, |input| write_job(input, &HUAWEI, 1)),
    job("a job of few", of_job, |input| write_job(input, &HUAWEI, 31)),
    job("a job with one left over", of_job, |input| write_job(input, &HUAWEI, Job::BLOCK + 1)),
    job("a job of rare ones", of_rare, |input| write_job(input, &rare(), RARE as u64)),
    Scenario { name: "rare ones", input: seed, needles: of_rare, max_on_stack: [0, MOVED], run: rare_ones },
    Scenario {
        name: "checks and reasons",
        input: lines,
        needles: passwords,
        max_on_stack: [0; 2],
        run: checks,
    },
    Scenario { name: "requests", input: lines, needles: passwords, max_on_stack: [0; 2], run: requests },
    Scenario { name: "replies", input: lines, needles: passwords, max_on_stack: [0; 2], run: replies },
];

/// A `Password` or a `Keystream` that is moved may leave a copy at its old address.
const MOVED: usize = 4;

/// Reads the seed.
pub(crate) fn take_seed(input: &mut Input) -> Seed {
    let mut bytes = Zeroizing::new([0; 32]);
    input.read(&mut *bytes);
    Seed::take(&mut bytes)
}

fn one_by_one(input: &mut Input) {
    let mut rng = Keystream::new(&take_seed(input));
    let mut buffer = Zeroizing::new([0; 16]);
    for _ in 0..COUNT {
        let made = HUAWEI.generate(&mut rng, &mut *buffer).is_ok();
        assert!(made, "the source does not fail");
    }
}

fn owned(input: &mut Input) {
    let mut rng = Keystream::new(&take_seed(input));
    let mut passwords = Vec::with_capacity(COUNT);
    for _ in 0..COUNT {
        let password = Password::<16>::generate(&HUAWEI, 16, &mut rng).expect("the source does not fail");
        let proof = HUAWEI.check(password.expose_secret()).expect("it is compliant");
        let copy = Password::<20>::try_from(proof).expect("there is room");
        assert!(copy.expose_secret() == password.expose_secret());
        passwords.push(password);
    }
}

/// A source with three words of a stream, then the result of `then` once, and then errors.
pub(crate) fn breaking(
    seed: &Seed,
    stream: u64,
    then: fn() -> Result<u32, Unplugged>,
) -> Source<impl FnMut() -> Result<u32, Unplugged>> {
    let mut words = Keystream::stream(seed, stream);
    let mut drawn = 0;
    Source(move || {
        drawn += 1;
        match drawn {
            1..=3 => words.try_next_u32().map_err(|never| match never {}),
            4 => then(),
            _ => Err(Unplugged),
        }
    })
}

/// A source that fails, and one that panics. Only the library wipes the buffers.
fn broken(input: &mut Input) {
    std::panic::set_hook(Box::new(|_| ()));
    let seed = take_seed(input);
    let mut buffers = vec![[[0; 16]; 2]; COUNT];
    for (stream, [failing, panicking]) in (0..).zip(&mut buffers) {
        let mut source = breaking(&seed, stream, || Err(Unplugged));
        let failed = HUAWEI.generate(&mut source, failing).map(drop);
        assert!(failed.is_err_and(|error| !error.to_string().is_empty()));
        let mut source = breaking(&seed, stream, || panic!("the test panics on purpose"));
        let panicked = catch_unwind(AssertUnwindSafe(|| HUAWEI.generate(&mut source, panicking).is_ok()));
        assert!(panicked.is_err());
    }
}

fn bulk(input: &mut Input) {
    let mut rng = Keystream::new(&take_seed(input));
    let bulk = HUAWEI.bulk(16, b"\n").expect("it is feasible");
    bulk.write(&mut rng, COUNT as u64, &mut io::sink()).expect("the source does not fail");
}

/// A scenario of a job, which leaves nothing on any stack.
const fn job(name: &'static str, needles: fn() -> Vec<Vec<u8>>, run: fn(&mut Input)) -> Scenario {
    Scenario { name, input: seed, needles, max_on_stack: [0; 2], run }
}

fn write_job(input: &mut Input, policy: &Policy, count: u64) {
    let seed = take_seed(input);
    let bulk = policy.bulk(16, b"\n").expect("it is feasible");
    Job::new(bulk, count, seed).write(&mut io::sink(), |_| ()).expect("the source does not fail");
}

fn rare_ones(input: &mut Input) {
    let seed = take_seed(input);
    let policy = rare();
    let mut buffer = Zeroizing::new([0; 16]);
    let mut rng = Keystream::stream(&seed, 0);
    let few = (0..20).all(|_| policy.generate(&mut rng, &mut *buffer).is_ok());
    assert!(few, "the source does not fail");
    let bulk = policy.bulk(16, b"\n").expect("it is feasible");
    bulk.write(&mut Keystream::stream(&seed, 0), RARE as u64, &mut io::sink())
        .expect("the source does not fail");
}

/// A policy with at least 14 digits in 16 characters, which random candidates hardly ever satisfy.
pub(crate) fn rare() -> Policy {
    const CLASSES: [Class; 2] =
        [Class::new("digits", CharSet::DIGITS).at_least(14), Class::new("letters", CharSet::LOWERCASE)];
    Policy::new(Rules::new().with_classes(&CLASSES)).expect("it is sound")
}

/// Reads the passwords, as lines.
fn input_lines(input: &mut Input) -> Zeroizing<Vec<u8>> {
    let mut lines = Zeroizing::new(vec![0; 17 * COUNT]);
    input.read(&mut lines);
    lines
}

/// Checks passwords that are compliant and that are not, by simple policies and by one with many rules.
fn checks(input: &mut Input) {
    let lines = input_lines(input);
    let rules = HUAWEI.rules().with_max_repeat(1).with_first(ClassSet::EMPTY.with(2)).with_context("aB3");
    let strict = Policy::new(rules).expect("it is sound");
    for line in lines.chunks(17) {
        let proof = HUAWEI.check(&line[..16]).expect("it is compliant");
        assert!(!format!("{proof:?}").is_empty());
        for policy in [&HUAWEI, &NXCLOUD, &EXOTEL, &strict] {
            if let Err(violations) = policy.check(line) {
                let mut text = String::new();
                write!(text, "{violations} {violations:?}").expect("a String never fails");
                black_box(text);
            }
            black_box(policy.check(&line[..16]).is_ok());
        }
    }
    assert!(HUAWEI.count_lines(&lines).compliant() == COUNT as u64);
    assert!(strict.count_lines(&lines).lines() == COUNT as u64);
}

const OTHER: Secret<'static> = Secret::new("not-a-real-secret");

/// Makes requests, some of which are refused, and takes them apart as a client does.
fn requests(input: &mut Input) {
    let lines = input_lines(input);
    let base = BaseUrl::new("https://service.example").expect("it is a base URL");
    for line in lines.chunks(17) {
        let text = std::str::from_utf8(&line[..16]).expect("it is ASCII");
        let password = HUAWEI.check(text).expect("it is compliant");
        let requests = [
            UpdateSipPhonePassword {
                base: &base,
                token: Secret::new(text),
                app_key: Some(OTHER),
                user_account: "agent1",
                account_password: Secret::new(text),
                new_password: password.into(),
                body_format: BodyFormat::Wrapped,
                extra_headers: ExtraHeaders::NONE,
            }
            .request(),
            exotel(&base, text).request(),
            // Refused if the password contains other characters than letters and digits.
            nxcloud(&base, Assignment::Individual(&[("1001", password.into())])).request(),
        ];
        for request in requests {
            match request {
                Ok(request) => {
                    let (parts, body) = request.into_parts();
                    black_box((parts.headers.clone(), bytes::Bytes::from_owner(body)));
                }
                Err(error) => _ = black_box(format!("{error} {error:?}")),
            }
        }
    }
}

/// Reads replies that repeat a password, and replies with a password that the server generated.
fn replies(input: &mut Input) {
    let lines = input_lines(input);
    let base = BaseUrl::new("https://service.example").expect("it is a base URL");
    let none = HeaderMap::new();
    let mut reply = Zeroizing::new(Vec::with_capacity(200));
    for line in lines.chunks(17) {
        let text = std::str::from_utf8(&line[..16]).expect("it is ASCII");
        reply.clear();
        for piece in [&b"{\"code\":\"success\",\"row\":{\"1001\":\""[..], &line[..16], b"\"}}"] {
            reply.extend_from_slice(piece);
        }
        let outcome =
            nxcloud(&base, Assignment::ServerGenerated(&["1001"])).outcome(StatusCode::OK, &none, &reply);
        black_box(format!("{outcome:?}"));
        _ = black_box(outcome);
        reply.clear();
        for piece in [
            &b"{\"request_id\":\""[..],
            &line[..16],
            b"\",\"response\":{\"code\":400,\"status\":\"failure\"}}",
        ] {
            reply.extend_from_slice(piece);
        }
        let outcome = exotel(&base, text).outcome(StatusCode::BAD_REQUEST, &none, &reply);
        black_box(format!("{outcome:?}"));
    }
}

fn exotel<'a>(base: &'a BaseUrl, password: &'a str) -> exotel::UpdatePassword<'a> {
    exotel::UpdatePassword {
        base,
        api_key: OTHER,
        api_token: Secret::new(password),
        account_sid: "acme1",
        user_uuid: "0a1b2c",
        device_id: "12345",
        new_password: HUAWEI.check(password).expect("it is compliant").into(),
    }
}

fn nxcloud<'a>(base: &'a BaseUrl, assignment: Assignment<'a>) -> nxcloud::UpdatePassword<'a> {
    nxcloud::UpdatePassword { base, app_key: OTHER, secret_key: OTHER, assignment }
}
