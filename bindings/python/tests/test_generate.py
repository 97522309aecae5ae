"""Passwords: compliant, the same ones of the same seed, in constant memory, from many threads."""

import hashlib
import os
import pickle
import resource
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_password import EXOTEL, HUAWEI, NXCLOUD_RANDOM, PRESETS, SAFE_FOR, LengthError, Policy, PolicyError, SecretBytes

GOLDEN = Path(__file__).parents[3] / "tests"
SEED = bytes([7]) * 32


@given(st.sampled_from(sorted(PRESETS)), st.data())
def test_every_length(name: str, data: st.DataObject) -> None:
    policy = PRESETS[name]
    length = data.draw(st.integers(*policy.lengths))
    password = policy.generate(length)
    assert len(password) == length and set(password) <= set(policy.alphabet) and policy.check(password)
    many = policy.generate_many(3, length).to_list()
    assert [len(one) for one in many] == [length] * 3 and all(map(policy.is_compliant, many))


@given(
    st.text(HUAWEI.alphabet, max_size=30),
    st.lists(st.sampled_from(SAFE_FOR), max_size=2),
    st.lists(st.text("abcXYZ123", min_size=2, max_size=6), max_size=2),
)
def test_what_is_asked_for(exclude: str, safe_for: list[str], words: list[str]) -> None:
    try:
        password = HUAWEI.generate(exclude=exclude, safe_for=safe_for, not_containing=words)
    except PolicyError:
        # So few characters can be left that nothing is compliant.
        with pytest.raises(PolicyError):
            HUAWEI.restrict(exclude=exclude, safe_for=safe_for, not_containing=words)
        return
    policy = HUAWEI.restrict(exclude=exclude, safe_for=safe_for, not_containing=words)
    assert HUAWEI.check(password) and policy.check(password)
    assert set(password) <= set(policy.alphabet) <= set(HUAWEI.alphabet) - set(exclude)
    assert not any(word.lower() in password.lower() for word in words)


def test_safe_for_is_what_the_place_takes() -> None:
    assert HUAWEI.restrict(safe_for=["keypad"]).alphabet == "*" + HUAWEI.restrict(exclude="~@^_*+.?").alphabet
    with pytest.raises(PolicyError, match="^safe_for: expected one of uri, .*, found \"paper\"$"):
        HUAWEI.generate(safe_for=["paper"])


def test_it_is_uniform() -> None:
    # 6 digits: each digit at each place is one of ten. Chi-square with 9 degrees of freedom exceeds 60 once in a billion.
    passwords = NXCLOUD_RANDOM.generate_many(100_000).to_list()
    for place in range(6):
        counts = Counter(password[place] for password in passwords)
        assert sum((counts[digit] - 10_000) ** 2 / 10_000 for digit in "0123456789") < 60
    singles = Counter(HUAWEI.generate()[0] for _ in range(20_000))
    assert len(singles) == 70
    assert len(set(HUAWEI.generate_many(10_000))) == 10_000


def test_one_job_in_every_form() -> None:
    count = 10_001
    whole = HUAWEI.generate_many(count, seed=SEED).to_buffer()
    passwords = whole.decode().splitlines()
    assert len(passwords) == count and len(set(passwords)) == count
    assert HUAWEI.generate_many(count, seed=SEED).to_list() == passwords
    assert list(HUAWEI.generate_many(count, seed=bytearray(SEED))) == passwords
    assert HUAWEI.generate_many(count, seed=SEED).to_buffer(threads=1) == whole
    assert HUAWEI.generate_many(count, seed=SEED).to_buffer(threads=3) == whole
    # Begun one by one and ended at once.
    for begun in (1, 4095, 4096, 4097, count):
        some = HUAWEI.generate_many(count, seed=SEED)
        first = [next(some) for _ in range(begun)]
        assert len(some) == count - begun
        assert first + some.to_buffer().decode().splitlines() == passwords
        assert len(some) == 0 and list(some) == [] and some.to_buffer() == b""
        some = HUAWEI.generate_many(count, seed=SEED)
        assert [next(some) for _ in range(begun)] + some.to_list() == passwords
    for of in (1, 2, 3, 5):
        parts = [HUAWEI.generate_many(count, seed=SEED, part=(number + 1, of)) for number in range(of)]
        assert sum(map(len, parts)) == count
        assert b"".join(part.to_buffer() for part in parts) == whole


def test_memory_does_not_grow() -> None:
    passwords = HUAWEI.generate_many(10**15)
    assert len(passwords) == 10**15
    for _ in range(5000):
        next(passwords)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(300_000):
        next(passwords)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 4096, "KiB"


def test_two_jobs_differ() -> None:
    assert HUAWEI.generate_many(100).to_buffer() != HUAWEI.generate_many(100).to_buffer()
    one = HUAWEI.generate_many(100, seed=SEED).to_list()
    assert not set(one) & set(HUAWEI.generate_many(100, seed=SEED, exclude="0").to_list())


def test_golden_vectors() -> None:
    """The first passwords of the first two blocks, as an implementation that shares no code has them."""
    compared = 0
    for line in (GOLDEN / "golden-jobs.txt").read_text().splitlines():
        match line.split(" "):
            case [name, length, excluded, seed, first, second]:
                exclude = "" if excluded == "-" else excluded
                block = 4096
                passwords = PRESETS[name].generate_many(
                    block + 1, int(length), exclude=exclude, seed=bytes([int(seed)]) * 32
                )
                made = passwords.to_list()
                assert (made[0], made[block]) == (first, second), line
                compared += 1
    assert compared == 60
    lines = [line.split(" ") for line in (GOLDEN / "golden.txt").read_text().splitlines()]
    assert len(lines) == 368 and all(PRESETS[name].check(password) for name, _, _, password in lines)


def test_bytes_are_zeroed() -> None:
    with HUAWEI.generate_bytes(12) as password:
        assert type(password) is SecretBytes and len(password) == 12 and HUAWEI.check(password)
        assert str(password) == repr(password) == "SecretBytes(redacted)"
    assert bytes(password) == bytes(12)
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(password)


def test_errors() -> None:
    for wrong in (-1, 7, 17, 65, 10**6):
        for make in (HUAWEI.generate, HUAWEI.generate_bytes, lambda length: HUAWEI.generate_many(1, length)):
            with pytest.raises(LengthError, match=f"^expected 8 to 16 characters, found {wrong}$"):
                make(wrong)
    with pytest.raises(ValueError, match="^seed: expected 32 bytes, found 3$"):
        HUAWEI.generate_many(1, seed=b"abc")
    with pytest.raises(TypeError, match="^seed: expected 32 bytes$"):
        HUAWEI.generate_many(1, seed="a" * 32)  # type: ignore[arg-type]
    for part in ((0, 3), (4, 3), (1, 0)):
        with pytest.raises(ValueError, match=f"^part: expected a number .*, found {part[0]} of {part[1]}$"):
            HUAWEI.generate_many(1, part=part)
    with pytest.raises(MemoryError):
        HUAWEI.generate_many(2**63).to_list()
    with pytest.raises(MemoryError):
        HUAWEI.generate_many(2**64 - 1).to_buffer()
    with pytest.raises(PolicyError, match="^exclude: expected ASCII"):
        HUAWEI.generate(exclude="é")
    with pytest.raises(TypeError):
        HUAWEI.generate(not_containing="abc")


def test_rare_passwords() -> None:
    rules = 'min_length = 16\nmax_length = 16\n[[class]]\nname = "letters"\ncharacters = "a-z"\n'
    rare = Policy.from_toml(rules + '[[class]]\nname = "digits"\ncharacters = "0-9"\nminimum = 14\n')
    assert sum(map(str.isdigit, rare.generate())) >= 14
    assert all(map(rare.is_compliant, rare.generate_many(500).to_list()))


def test_threads_share_a_policy_and_an_iterator() -> None:
    passwords = EXOTEL.generate_many(40_000, seed=SEED)
    barrier = threading.Barrier(4)

    def take() -> list[str]:
        barrier.wait()
        return list(passwords)

    with ThreadPoolExecutor(4) as pool:
        taken = [future.result() for future in [pool.submit(take) for _ in range(4)]]
    together = [password for some in taken for password in some]
    assert sorted(together) == sorted(EXOTEL.generate_many(40_000, seed=SEED).to_list())


def test_other_threads_run_meanwhile() -> None:
    """The interpreter's lock is released: a thread counts while one call makes many passwords."""
    done, count = threading.Event(), 0

    def work() -> None:
        HUAWEI.generate_many(5_000_000).to_buffer(threads=1)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    while not done.is_set():
        count += 1
        done.wait(0.001)
    worker.join()
    assert count > 10


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_makes_other_passwords() -> None:
    HUAWEI.generate_many(100_000).to_buffer()
    HUAWEI.generate()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Threads of the parent are not there: a pool that is shared would wait for them for ever.
        made = HUAWEI.generate_many(100_000, seed=SEED).to_buffer()
        os.write(writing, hashlib.sha256(made).hexdigest().encode() + HUAWEI.generate().encode())
        os._exit(0)
    mine = HUAWEI.generate()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        theirs = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    whole = HUAWEI.generate_many(100_000, seed=SEED).to_buffer()
    assert theirs[:64].decode() == hashlib.sha256(whole).hexdigest()
    assert theirs[64:].decode() != mine
