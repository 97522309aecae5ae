"""How fast it is, beside what Python has, in processor time of one run. Ends with 1 if a ratio is under half of its floor.

Half, because a busy machine makes each figure uncertain; the floors are those that the README states.
"""

import re
import secrets
import sys
import time
from collections.abc import Callable

import pyarrow as pa

from sip_password import HUAWEI

ALPHABET = HUAWEI.alphabet
PATTERN = re.compile(HUAWEI.pattern())


def recipe() -> str:
    """The recipe of the documentation of `secrets`, with Huawei's rule."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for _ in range(16))
        kinds = (
            any(c.isupper() for c in password),
            any(c.islower() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        )
        if sum(kinds) >= 3:
            return password


def speed(count: int, work: Callable[[], object]) -> float:
    """Passwords a second; the best of three, since others only slow it down."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return count / min(times)


def main() -> int:
    # A column of so many rows, made of fewer.
    rows = 10_000_000
    passwords = HUAWEI.generate_many(rows // 10).to_list()
    column = pa.chunked_array([pa.array(passwords * 10)])
    some = passwords[: rows // 50]
    by_secrets = speed(10_000, lambda: [recipe() for _ in range(10_000)])
    by_re = speed(len(some), lambda: [PATTERN.fullmatch(password) is not None for password in some])
    million = 1_000_000
    figures = [
        ("generate", "the recipe of secrets", 20, speed(million // 4, lambda: [HUAWEI.generate() for _ in range(million // 4)]), by_secrets),
        ("generate_many(…).to_list()", "the recipe of secrets", 250, speed(million, as_list), by_secrets),
        ("generate_many(…).to_buffer()", "the recipe of secrets", 800, speed(4 * million, as_buffer), by_secrets),
        ("check_many(pyarrow column)", "re.fullmatch", 45, speed(rows, lambda: HUAWEI.check_many(column)), by_re),
    ]
    print(f"secrets: {by_secrets / 1e6:.4f} M/s; re: {by_re / 1e6:.2f} M/s; 16 characters of Huawei")
    slow = False
    for name, peer, floor, ours, theirs in figures:
        ratio = ours / theirs
        slow |= ratio < floor / 2
        print(f"{name:30} {ours / 1e6:7.2f} M/s {ratio:7.0f} times {peer} (floor {floor})")
    return int(slow)


def as_list() -> object:
    return HUAWEI.generate_many(1_000_000).to_list()


def as_buffer() -> object:
    return HUAWEI.generate_many(4_000_000).to_buffer()


if __name__ == "__main__":
    sys.exit(main())
