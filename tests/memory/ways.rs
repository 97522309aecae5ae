//! What the library promises: however passwords are made, checked and put into requests, nothing is left of them.

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
    huawei::{BodyFormat, UpdateSipPhonePassword},
    nxcloud::{self, Assignment},
    rand_core::TryRng,
};
use zeroize::Zeroizing;

use crate::{
    process::{Given, Way},
    secrets::{lines, of_broken, of_job, of_rare, passwords, seed},
    source::{Source, Unplugged},
};

/// How many passwords each way has, but for [`JOB`].
pub(crate) const COUNT: usize = 3000;
/// How many a job has: several blocks for each thread.
pub(crate) const JOB: u64 = 40_000;

/// How many there are of rare ones, which cost more.
pub(crate) const RARE: usize = 300;

pub(crate) const ALL: [Way; 13] = [
    Way { name: "one by one", given: seed, needles: passwords, on_a_stack: [0, MOVED], run: one_by_one },
    Way { name: "owned passwords", given: seed, needles: passwords, on_a_stack: [MOVED; 2], run: owned },
    Way {
        name: "a source that breaks",
        given: seed,
        needles: of_broken,
        on_a_stack: [0, MOVED],
        run: broken,
    },
    Way { name: "bulk", given: seed, needles: passwords, on_a_stack: [0, MOVED], run: bulk },
    job("a job on all cores", of_job, |given| write_job(given, &HUAWEI, JOB)),
    job("a job of one", of_job, |given| write_job(given, &HUAWEI, 1)),
    job("a job of few", of_job, |given| write_job(given, &HUAWEI, 31)),
    job("a job with one left over", of_job, |given| write_job(given, &HUAWEI, Job::BLOCK + 1)),
    job("a job of rare ones", of_rare, |given| write_job(given, &rare(), RARE as u64)),
    Way { name: "rare ones", given: seed, needles: of_rare, on_a_stack: [0, MOVED], run: rare_ones },
    Way { name: "checks and reasons", given: lines, needles: passwords, on_a_stack: [0; 2], run: checks },
    Way { name: "requests", given: lines, needles: passwords, on_a_stack: [0; 2], run: requests },
    Way { name: "replies", given: lines, needles: passwords, on_a_stack: [0; 2], run: replies },
];

/// A `Password` or a `Keystream` that is made and moved may leave a copy wherever it was.
const MOVED: usize = 4;

/// The seed that the process is given.
pub(crate) fn take_seed(given: &mut Given) -> Seed {
    let mut bytes = Zeroizing::new([0; 32]);
    given.read(&mut *bytes);
    Seed::take(&mut bytes)
}

fn one_by_one(given: &mut Given) {
    let mut rng = Keystream::new(&take_seed(given));
    let mut buffer = Zeroizing::new([0; 16]);
    for _ in 0..COUNT {
        let made = HUAWEI.generate(&mut rng, &mut *buffer).is_ok();
        assert!(made, "the source is good");
    }
}

fn owned(given: &mut Given) {
    let mut rng = Keystream::new(&take_seed(given));
    let mut passwords = Vec::with_capacity(COUNT);
    for _ in 0..COUNT {
        let password = Password::<16>::generate(&HUAWEI, 16, &mut rng).expect("the source is good");
        let proof = HUAWEI.check(password.expose_secret()).expect("it was generated so");
        let copy = Password::<20>::try_from(proof).expect("there is room");
        assert!(copy.expose_secret() == password.expose_secret());
        passwords.push(password);
    }
}

/// Three words of a stream, and then what `then` gives, once.
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

/// It fails, and it panics. Nobody but the library wipes the buffers.
fn broken(given: &mut Given) {
    std::panic::set_hook(Box::new(|_| ()));
    let seed = take_seed(given);
    let mut buffers = vec![[[0; 16]; 2]; COUNT];
    for (stream, [failing, panicking]) in (0..).zip(&mut buffers) {
        let mut source = breaking(&seed, stream, || Err(Unplugged));
        let failed = HUAWEI.generate(&mut source, failing).map(drop);
        assert!(failed.is_err_and(|error| !error.to_string().is_empty()));
        let mut source = breaking(&seed, stream, || panic!("as it should"));
        let panicked = catch_unwind(AssertUnwindSafe(|| HUAWEI.generate(&mut source, panicking).is_ok()));
        assert!(panicked.is_err());
    }
}

fn bulk(given: &mut Given) {
    let mut rng = Keystream::new(&take_seed(given));
    let bulk = HUAWEI.bulk(16, b"\n").expect("it is feasible");
    bulk.write(&mut rng, COUNT as u64, &mut io::sink()).expect("the source is good");
}

/// A way of a job, which leaves nothing anywhere.
const fn job(name: &'static str, needles: fn() -> Vec<Vec<u8>>, run: fn(&mut Given)) -> Way {
    Way { name, given: seed, needles, on_a_stack: [0; 2], run }
}

fn write_job(given: &mut Given, policy: &Policy, count: u64) {
    let seed = take_seed(given);
    let bulk = policy.bulk(16, b"\n").expect("it is feasible");
    Job::new(bulk, count, seed).write(&mut io::sink(), |_| ()).expect("the source is good");
}

fn rare_ones(given: &mut Given) {
    let seed = take_seed(given);
    let policy = rare();
    let mut buffer = Zeroizing::new([0; 16]);
    let mut rng = Keystream::stream(&seed, 0);
    let few = (0..20).all(|_| policy.generate(&mut rng, &mut *buffer).is_ok());
    assert!(few, "the source is good");
    let bulk = policy.bulk(16, b"\n").expect("it is feasible");
    bulk.write(&mut Keystream::stream(&seed, 0), RARE as u64, &mut io::sink()).expect("the source is good");
}

/// 14 digits of 16 characters, which no trying finds.
pub(crate) fn rare() -> Policy {
    const CLASSES: [Class; 2] =
        [Class::new("digits", CharSet::DIGITS).at_least(14), Class::new("letters", CharSet::LOWERCASE)];
    Policy::new(Rules::new().with_classes(&CLASSES)).expect("it is sound")
}

/// The passwords that are given, as lines.
fn given_lines(given: &mut Given) -> Zeroizing<Vec<u8>> {
    let mut lines = Zeroizing::new(vec![0; 17 * COUNT]);
    given.read(&mut lines);
    lines
}

/// Compliant and not, by simple rules and by all of them.
fn checks(given: &mut Given) {
    let lines = given_lines(given);
    let rules = HUAWEI.rules().with_max_repeat(1).with_first(ClassSet::EMPTY.with(2)).with_context("aB3");
    let strict = Policy::new(rules).expect("it is sound");
    for line in lines.chunks(17) {
        let proof = HUAWEI.check(&line[..16]).expect("it was generated so");
        assert!(!format!("{proof:?}").is_empty());
        for policy in [&HUAWEI, &NXCLOUD, &EXOTEL, &strict] {
            if let Err(violations) = policy.check(line) {
                let mut text = String::new();
                write!(text, "{violations} {violations:?}").expect("a String takes all");
                black_box(text);
            }
            black_box(policy.check(&line[..16]).is_ok());
        }
    }
    assert!(HUAWEI.count_lines(&lines).compliant() == COUNT as u64);
    assert!(strict.count_lines(&lines).lines() == COUNT as u64);
}

const OTHER: Secret<'static> = Secret::new("not-a-real-secret");

/// What a client does with a request, and what is refused.
fn requests(given: &mut Given) {
    let lines = given_lines(given);
    let base = BaseUrl::new("https://service.example").expect("it is one");
    for line in lines.chunks(17) {
        let text = std::str::from_utf8(&line[..16]).expect("it is ASCII");
        let password = HUAWEI.check(text).expect("it was generated so");
        let requests = [
            UpdateSipPhonePassword {
                base: &base,
                token: Secret::new(text),
                app_key: Some(OTHER),
                user_account: "agent1",
                account_password: Secret::new(text),
                new_password: password.into(),
                body_format: BodyFormat::Wrapped,
            }
            .request(),
            exotel(&base, text).request(),
            // Some have other characters than letters and digits, and are refused.
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

/// Replies that repeat the password, and that choose one.
fn replies(given: &mut Given) {
    let lines = given_lines(given);
    let base = BaseUrl::new("https://service.example").expect("it is one");
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
        new_password: HUAWEI.check(password).expect("it was generated so").into(),
    }
}

fn nxcloud<'a>(base: &'a BaseUrl, assignment: Assignment<'a>) -> nxcloud::UpdatePassword<'a> {
    nxcloud::UpdatePassword { base, app_key: OTHER, secret_key: OTHER, assignment }
}
