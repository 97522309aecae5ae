#!/usr/bin/env python3
"""Prints tests/golden.txt: the passwords of a few seeds, by the descriptions of the method and of ChaCha20.

It shares no code with the library. `python3 tests/golden.py | diff - tests/golden.txt` compares.
"""

import itertools
import struct

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


def keystream(seed):
    """The 32-bit words of ChaCha20 with a 64-bit counter from 0 and a nonce of 0."""
    mask = 0xFFFFFFFF
    constant = struct.unpack("<4I", b"expand 32-byte k")
    for counter in itertools.count():
        start = [*constant, *struct.unpack("<8I", seed), counter & mask, counter >> 32, 0, 0]
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


for name, (classes, min_classes, lengths) in PRESETS.items():
    for length in lengths:
        for seed in (0, 1, 42, 255):
            password = first_password(classes, min_classes, length, keystream(bytes([seed] * 32)))
            print(name, length, seed, password)
