"""Passwords: compliant, the same ones of the same seed, in constant memory, from many threads."""

import copy
import hashlib
import os
import pickle
import resource
import subprocess
import sys
import textwrap
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

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
    # A formula begins with one of these; elsewhere they are characters like others.
    csv = HUAWEI.restrict(safe_for=["csv"])
    passwords = csv.generate_many(2_000)
    assert csv.alphabet == HUAWEI.alphabet
    assert any("+" in password for password in passwords)
    assert not any(password.startswith(("+", "@")) for password in passwords)
    assert csv.check("+Not_a_real_1")
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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_an_iterator_from_before_a_fork() -> None:
    """A child does not hand out the passwords of its parent."""
    passwords = HUAWEI.generate_many(10_000)
    next(passwords)
    uses: list[Callable[[], object]] = [
        lambda: next(passwords), passwords.to_list, passwords.to_buffer, lambda: len(passwords), lambda: list(passwords)
    ]  # fmt: skip
    child = os.fork()
    if child == 0:
        refused = 0
        for use in uses:
            try:
                use()
            except RuntimeError as error:
                refused += str(error).startswith("made before a fork: ")
        os._exit(0 if refused == len(uses) else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(passwords.to_list()) == 9_999


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_pool_does_not_share_an_iterator() -> None:
    program = """
        from multiprocessing import get_context
        from sip_password import HUAWEI
        passwords = HUAWEI.generate_many(10_000)
        next(passwords)
        def take(_):
            try:
                return next(passwords)
            except RuntimeError:
                return None
        with get_context("fork").Pool(4) as pool:
            print(set(pool.map(take, range(100))))
        """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60)
    assert done.stdout == "{None}\n", done.stderr


@pytest.mark.parametrize("length", [2**63, 2**64, -(2**63) - 1, 10**4000], ids=["63 bits", "64 bits", "negative", "long"])
def test_lengths_of_any_size(length: int) -> None:
    uses: list[Callable[[int], object]] = [
        HUAWEI.generate, HUAWEI.generate_bytes, HUAWEI.count, HUAWEI.entropy, lambda length: HUAWEI.generate_many(1, length)
    ]  # fmt: skip
    for use in uses:
        with pytest.raises(LengthError, match="^expected 8 to 16 characters, found a number of more than 63 bits$"):
            use(length)


def test_words_with_lone_surrogates() -> None:
    """What `os.environ` makes of bytes that are no UTF-8. An error of Python's own conversion has the whole text in it."""
    secret = "Needle\udc80"
    uses: list[Callable[[], object]] = [
        lambda: HUAWEI.generate(exclude=secret),
        lambda: HUAWEI.restrict(exclude=secret),
        lambda: HUAWEI.generate(safe_for=[secret]),
        lambda: HUAWEI.check("Not_a_real_1", language=secret),
        lambda: Policy.from_toml(f'context = "{secret}"'),
        lambda: Policy.from_password_rules(secret),
        lambda: Policy.named(secret),
    ]
    # A word that no compliant password contains anyway.
    assert HUAWEI.check(HUAWEI.generate(not_containing=[secret]))
    assert HUAWEI.check(HUAWEI.generate_bytes(not_containing=[secret]))
    assert HUAWEI.restrict(not_containing=[secret]).check(next(HUAWEI.generate_many(1, not_containing=[secret])))
    for use in uses:
        with pytest.raises(PolicyError) as caught:
            use()
        assert "Needle" not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.args)


def test_a_zeroed_secret_leaks_nothing() -> None:
    secret = SecretBytes(b"Needle12")
    copied = secret.copy()
    assert type(copied) is SecretBytes and copied == secret
    assert f"{secret}" == f"{secret!s}" == f"{secret:}" == "SecretBytes(redacted)" and "Needle" not in f"{secret:>40}"
    uses: list[Callable[[Any], object]] = [int, float, pickle.dumps, copy.copy, lambda secret: secret.__reduce__()]
    for use in uses:
        with pytest.raises(TypeError) as caught:
            use(secret)
        assert "Needle" not in "".join(traceback.format_exception(caught.value))
    # What is cleared was zeroed before: an export of the buffer keeps the memory, and stops the clearing itself.
    with memoryview(secret) as view, pytest.raises(BufferError):
        secret.clear()
    assert bytes(secret) == bytes(8)
    secret.clear()
    assert len(secret) == 0
