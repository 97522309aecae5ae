#!/usr/bin/env python3
"""Prints tests/golden.txt: the passwords of a few seeds, by the descriptions of the method and of ChaCha20.

With the argument `jobs` it prints tests/golden-jobs.txt: the first passwords of the first two blocks of jobs.

It shares no code with the library. `python3 tests/golden.py | diff - tests/golden.txt` compares.
"""

import itertools
import struct
import sys

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = UPPER.lower()
DIGITS = "0123456789"

# The classes, the number of classes of which a password must contain a character, and the lengths.
PRESETS = {
    "exotel": ([UPPER, LOWER, DIGITS, "!@#$%^&*"], 3, range(8, 65)),
    "huawei": ([UPPER, LOWER, DIGITS, "~@^*_+.?"], 3, range(8, 17)),
    "nxcloud": ([UPPER, LOWER, DIGITS], 3, range(8, 33)),
    "nxcloud-random": ([DIGITS], 1, range(6, 7)),
}


def keystream(seed, nonce=0, first=0):
    """The 32-bit words of ChaCha20 with a 64-bit counter and a 64-bit nonce."""
    mask = 0xFFFFFFFF
    constant = struct.unpack("<4I", b"expand 32-byte k")
    for counter in itertools.count(first):
        start = [*constant, *struct.unpack("<8I", seed), counter & mask, counter >> 32, nonce & mask, nonce >> 32]
        state = list(start)

        def quarter(a, b, c, d):
            for first, second, other, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[first] = (state[first] + state[second]) & mask
                mixed = state[other] ^ state[first]
                state[other] = (mixed << turn | mixed >> (32 - turn)) & mask

        for _ in range(10):
            for column in range(4):
                quarter(column, 4 + column, 8 + column, 12 + column)
            for column in range(4):
                quarter(column, 4 + (column + 1) % 4, 8 + (column + 2) % 4, 12 + (column + 3) % 4)
        yield from ((a + b) & mask for a, b in zip(state, start))


def per_word(radix):
    """The number of characters from one word: the most of 6 to 8 with which at most one word in 64 is rejected, or 4."""
    fits = [k for k in range(6, 9) if radix**k <= 2**32 and 2**32 % radix**k <= 2**26]
    return max(fits, default=4)


def first_password(classes, min_classes, length, words):
    alphabet = sorted("".join(classes))
    radix = len(alphabet)
    k = per_word(radix)
    while True:
        characters, rejected = [], False
        for _ in range(-(-length // k)):
            block, fraction = divmod(next(words) * radix**k, 2**32)
            rejected |= fraction < 2**32 % radix**k
            characters += [alphabet[block // radix**power % radix] for power in reversed(range(k))]
        password = "".join(characters[:length])
        present = sum(any(character in group for character in password) for group in classes)
        if not rejected and present >= min_classes:
            return password


# What Exotel accepts and counts for no class; it is never generated.
OTHERS = {"exotel": "".join(c for c in map(chr, range(33, 127)) if not c.isalnum() and c not in "!@#$%^&*")}


def blocks(classes, min_classes, length, uncounted="", excluded="", max_repeat=0, minima=(), first=None, context=(),
           max_run=0, run_classes=(), max_sequence=0, min_distinct=0, reversed_context=False, excluded_first=""):
    """A policy in blocks of 16 bytes: the documentation of `Seed::for_job`."""
    yield b"sip-password job"
    allowed = 0 if first is None else sum(1 << index for index in first)
    described = [1, length, len(classes), min_classes, max_repeat, int(first is not None), allowed]
    words = b"\xff".join(word.lower().encode() for word in context)
    limited = sum(1 << index for index in run_classes)
    accepted = "".join(classes) + uncounted
    not_first = [c for c in excluded_first if c in accepted and c not in excluded]
    described += [len(words), max_run, limited, max_sequence, min_distinct, int(reversed_context), int(bool(not_first))]
    yield bytes(described).ljust(16, b"\0")
    yield bytes(minima).ljust(16, b"\0")
    for characters in [*classes, uncounted, "".join(c for c in excluded if c in accepted), *([not_first] if not_first else [])]:
        yield sum(1 << ord(character) for character in characters).to_bytes(16, "little")
    for start in range(0, len(words), 16):
        yield words[start : start + 16].ljust(16, b"\0")


def job_seed(seed, description):
    for block in description:
        counter, nonce = struct.unpack("<2Q", block)
        seed = struct.pack("<8I", *itertools.islice(keystream(seed, nonce, counter), 8))
    return seed


def jobs():
    """Each line: a preset, a length, the excluded characters or -, the byte that fills the seed, and the first passwords of two blocks."""
    for name, (classes, min_classes, lengths) in PRESETS.items():
        for length in sorted({lengths[0], 12, 16} & set(lengths)):
            for excluded in ("", "0O1lI"):
                kept = ["".join(c for c in group if c not in excluded) for group in classes]
                for seed in (0, 7, 255):
                    others = OTHERS.get(name, "")
                    described = blocks(classes, min_classes, length, others, others + excluded)
                    key = job_seed(bytes([seed] * 32), described)
                    two = [first_password(kept, min_classes, length, keystream(key, block)) for block in (0, 1)]
                    print(name, length, excluded or "-", seed, *two)
    # Every rule: the derived seed alone.
    classes = ["ABCDEFGH", "abcdefgh", "23456789"]
    described = blocks(classes, 2, 14, "", "A2x", 3, (1, 0, 4), (0, 2), ["Agent-of-the-Call-Centre"])
    print("every-rule", job_seed(bytes(range(32)), described).hex())
    described = blocks(classes, 2, 14, "", "A2x", 3, (1, 0, 4), (0, 2), ["Agent-of-the-Call-Centre", "4567"], 5, (1, 2), 3, 0, True)
    print("more-rules", job_seed(bytes(range(32)), described).hex())
    described = blocks(classes, 2, 14, "", "A2x", 3, (1, 0, 4), (0, 2), min_distinct=6)
    print("distinct", job_seed(bytes(range(32)), described).hex())
    described = blocks(classes, 2, 14, "", "A2x", 3, (1, 0, 4), (0, 2), ["4567"], excluded_first="ABab9x-")
    print("not-first", job_seed(bytes(range(32)), described).hex())


if sys.argv[1:] == ["jobs"]:
    jobs()
    sys.exit()

for name, (classes, min_classes, lengths) in PRESETS.items():
    for length in lengths:
        for seed in (0, 1, 42, 255):
            password = first_password(classes, min_classes, length, keystream(bytes([seed] * 32)))
            print(name, length, seed, password)
