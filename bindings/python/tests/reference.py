"""The rules of the presets in Python, as the vendors' documents state them: the reference that the library is held against."""

import string

# Each preset: the lengths, the classes, how many of them a password needs, and what else it may contain.
RULES = {
    "exotel": (8, 64, (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!#$%&*@^"), 3, string.punctuation),
    "huawei": (8, 16, (string.ascii_uppercase, string.ascii_lowercase, string.digits, "~@^_*+.?"), 3, ""),
    "nxcloud": (8, 32, (string.ascii_uppercase, string.ascii_lowercase, string.digits), 3, ""),
    "nxcloud-random": (6, 6, (string.digits,), 1, ""),
}


def kinds(name: str, password: str) -> tuple[str, ...]:
    """The kinds of violations, in the order of their numbers."""
    shortest, longest, classes, required, others = RULES[name]
    allowed = set("".join(classes) + others)
    present = sum(any(character in characters for character in password) for characters in classes)
    verdicts = {
        "too-short": len(password) < shortest,
        "too-long": len(password) > longest,
        "not-ascii": any(ord(character) > 127 for character in password),
        "not-allowed": any(ord(character) < 128 and character not in allowed for character in password),
        "too-few-classes": present < required,
    }
    return tuple(kind for kind, violated in verdicts.items() if violated)
