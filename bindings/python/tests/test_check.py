"""One password: the verdict, its reasons, and what they do not contain."""

import gc
import pickle
import re
import string
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import kinds

from sip_password import EXOTEL, HUAWEI, NXCLOUD, PRESETS, Policy, PolicyError

# Texts that are often near to compliant ones, and any others, with surrogates that have no pair.
TEXTS = st.one_of(
    st.text(string.ascii_letters + string.digits + "~@^_*+.?!#", max_size=70),
    st.text(st.characters(codec=None), max_size=20),
)


@given(st.sampled_from(sorted(PRESETS)), TEXTS)
def test_the_reference_agrees(name: str, password: str) -> None:
    policy, expected = PRESETS[name], kinds(name, password)
    verdict = policy.check(password)
    assert verdict.kinds == expected
    assert [violation.kind for violation in verdict.violations] == list(expected)
    assert bool(verdict) == verdict.compliant == policy.is_compliant(password) == (not expected)
    assert policy.check(password.encode("utf-8", "surrogatepass")) == verdict
    assert (re.fullmatch(policy.pattern(), password) is not None) == verdict.compliant


@given(st.sampled_from(sorted(PRESETS)), st.binary(max_size=40))
def test_any_bytes(name: str, password: bytes) -> None:
    policy = PRESETS[name]
    verdict = policy.check(password)
    assert verdict == policy.check(bytearray(password)) == policy.check(memoryview(password))
    assert verdict.compliant == policy.is_compliant(password)


def test_figures() -> None:
    short, alien, disallowed, classes = HUAWEI.check("Sécr\0").violations
    assert (short.kind, short.found, short.expected) == ("too-short", 5, 8)
    assert (alien.kind, alien.found, alien.expected, alien.position) == ("not-ascii", 1, 0, 2)
    assert (disallowed.kind, disallowed.position) == ("not-allowed", 5)
    assert (classes.found, classes.expected, classes.classes) == (2, 3, ["digits", "special characters"])
    assert short.message == "5 characters, expected at least 8"
    assert str(short) == "too-short (5 characters, expected at least 8)"


CLASSES = """
[[class]]
name = "letters"
characters = "a-zA-Z"

[[class]]
name = "digits"
characters = "0-9"
minimum = 2
"""

# Together they would be too many to count.
SOME_RULES = 'min_length = 4\nmax_length = 12\nmax_run = 3\nfirst = ["letters"]\ncontext = "admin"\n' + CLASSES
OTHER_RULES = "min_length = 4\nmax_length = 6\nmax_repeat = 2\nmax_sequence = 3\n" + CLASSES
DISTINCT = "min_length = 4\nmax_length = 12\nmin_distinct = 3\n" + CLASSES


@pytest.mark.parametrize(
    ("rules", "password", "kind", "found", "expected", "classes"),
    [
        (OTHER_RULES, "aZZZ12", "too-many-repeats", 3, 2, []),
        (SOME_RULES, "xZqW12", "too-long-run", 4, 3, ["letters", "digits"]),
        (OTHER_RULES, "x1abcd2", "too-long-sequence", 4, 3, []),
        (DISTINCT, "a1a1", "too-few-distinct", 2, 3, []),
        (SOME_RULES, "1ab2", "wrong-first", None, None, ["letters"]),
        (SOME_RULES, "xADMIN12", "contains-context", None, None, []),
        (DISTINCT, "abx1", "too-few-of-class", 1, 2, ["digits"]),
    ],
)
def test_every_other_kind(
    rules: str, password: str, kind: str, found: int | None, expected: int | None, classes: list[str]
) -> None:
    policy = Policy.from_toml(rules)
    violation = {violation.kind: violation for violation in policy.check(password).violations}[kind]
    assert (violation.found, violation.expected, violation.classes) == (found, expected, classes)


def test_words_of_the_account() -> None:
    assert HUAWEI.check("Not_Alice_1", names=["alice"]).kinds == ("contains-context",)
    assert HUAWEI.check("Not_Alice_1", names=["", "bob"])
    with pytest.raises(TypeError):
        HUAWEI.check("Not_Alice_1", names="alice")


def test_names_with_lone_surrogates() -> None:
    assert HUAWEI.check("Not_Alice_1", names=["Needle\udc80", "bob"])
    assert HUAWEI.check("Not_Alice_1", names=["\udc80", "alice"]).kinds == ("contains-context",)

    class Odd(str):
        """Its own `encode` is not called."""

        def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
            raise AssertionError(str(self))

    assert HUAWEI.check(Odd("Secret@12\udc80")).kinds == HUAWEI.check("Secret@12\udc80").kinds == ("not-ascii",)


def test_other_languages() -> None:
    assert HUAWEI.check("Secret", language="zh").violations[0].message == "只有 6 个字符，至少需要 8 个"
    with pytest.raises(LookupError, match="expected one of en, zh, found \"xx\""):
        HUAWEI.check("Secret", language="xx")


def test_no_text_contains_the_password() -> None:
    password = "Hidden\x01Needle\udc80"
    verdict = EXOTEL.check(password)
    texts = [repr(verdict), str(verdict), *map(repr, verdict.violations), *map(str, verdict.violations)]
    assert len(texts) > 3
    assert not any("Needle" in text or "Hidden" in text for text in texts)
    with pytest.raises(TypeError) as caught:
        HUAWEI.check([password])  # type: ignore[arg-type]
    assert str(caught.value) == "expected str or bytes, found list"
    with pytest.raises(TypeError) as caught:
        HUAWEI.check_many([password, {"password": password}])  # type: ignore[list-item]
    assert str(caught.value) == "expected str, bytes or None as item 1, found dict"
    trace = "".join(traceback.format_exception(caught.value, chain=True)[-1:])
    assert "Needle" not in trace and caught.value.__context__ is None


@pytest.mark.parametrize("policy", [*PRESETS.values(), Policy.from_toml(SOME_RULES)])
def test_pickled(policy: Policy) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(policy, protocol))
        assert again == policy and hash(again) == hash(policy)
        assert (again.name, again.notes, again.explain()) == (policy.name, policy.notes, policy.explain())
    assert policy != NXCLOUD or policy is NXCLOUD


def test_frozen() -> None:
    with pytest.raises(AttributeError):
        HUAWEI.name = "mine"  # type: ignore[misc]
    with pytest.raises(TypeError):
        Policy()


def test_errors_have_the_words_of_the_library() -> None:
    with pytest.raises(PolicyError, match="^line 2, max_length: expected a whole number from 1 to 256"):
        Policy.from_toml("min_length = 8\nmax_length = 1000\n")
    with pytest.raises(PolicyError, match="expected at most 15 states, found 16"):
        Policy.from_toml(HUAWEI.to_toml(), max_states=15)
    with pytest.raises(PolicyError, match="^passwordrules: at byte 0: expected required"):
        Policy.from_password_rules("x: y")
    with pytest.raises(PolicyError):
        Policy.from_toml(SOME_RULES).password_rules()


def test_formats() -> None:
    rules = HUAWEI.password_rules()
    again = Policy.from_password_rules(rules)
    assert again.password_rules() == rules and again.count(16) == HUAWEI.count(16)
    assert HUAWEI.html().startswith('minlength="8" maxlength="16" pattern="')
    assert EXOTEL.html(generated=True) != EXOTEL.html()
    assert "at least 3 of these 4 classes" in HUAWEI.explain()
    assert (HUAWEI.name, HUAWEI.lengths, HUAWEI.default_length) == ("huawei", (8, 16), 16)
    assert HUAWEI.title and HUAWEI.source and len(HUAWEI.notes) > 2


def test_counts() -> None:
    # By inclusion and exclusion over the four classes.
    sizes = [26, 26, 10, 8]
    length, subsets = 12, range(16)
    total = 0
    for present in subsets:
        if present.bit_count() < 3:
            continue
        inside = [size for bit, size in enumerate(sizes) if present >> bit & 1]
        for left in range(1 << len(inside)):
            kept = sum(size for bit, size in enumerate(inside) if left >> bit & 1)
            total += (-1) ** (len(inside) - left.bit_count()) * kept**length
    assert HUAWEI.count(length) == HUAWEI.count(length, generated=True) == total
    assert EXOTEL.count() > EXOTEL.count(generated=True)
    assert HUAWEI.count(7) == 0 and HUAWEI.entropy(7) == float("-inf")
    assert abs(2 ** HUAWEI.entropy(length) / total - 1) < 1e-9
    assert HUAWEI.shortest(80) == 14 and HUAWEI.shortest(500) is None


def test_nothing_leaks() -> None:
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(1000):
        HUAWEI.check("short")
        Policy.from_toml(SOME_RULES)
    gc.collect()
    assert len(gc.get_objects()) < before + 100
