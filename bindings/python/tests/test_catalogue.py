"""Policies by name, and the intersection of several."""

import re

import pytest

from sip_password import CATALOGUE, EXOTEL, HUAWEI, PRESETS, Policy, PolicyError


def test_every_name() -> None:
    assert len(CATALOGUE) > 50
    assert not set(CATALOGUE) & set(PRESETS)
    for name in [*PRESETS, *CATALOGUE]:
        policy = Policy.named(name.upper())
        assert policy.name == name
        assert policy.certainty in ("high", "medium", "low")
        assert policy.source
        password = policy.generate()
        assert policy.is_compliant(password)
        assert re.fullmatch(policy.pattern(), password)
    assert Policy.named("huawei").to_toml() == HUAWEI.to_toml()
    assert Policy.named("aws").name == "chime"
    with pytest.raises(LookupError, match='found "twillio"'):
        Policy.named("twillio")


def test_intersections() -> None:
    systems = [HUAWEI, EXOTEL, Policy.named("twilio"), Policy.named("cisco")]
    all_of_them = Policy.intersection(*systems)
    for password in all_of_them.generate_many(1_000):
        assert all(policy.is_compliant(password) for policy in systems)
    for password in HUAWEI.generate_many(1_000):
        assert all_of_them.is_compliant(password) == all(policy.is_compliant(password) for policy in systems)
    assert Policy.intersection(HUAWEI).explain() == HUAWEI.explain()
    with pytest.raises(PolicyError, match="policies 0 and 2: one requires at least 16 characters, another allows at most 15"):
        Policy.intersection(Policy.named("sip-us"), HUAWEI, Policy.named("audiocodes"))
    with pytest.raises(PolicyError, match="expected at least one policy, found none"):
        Policy.intersection()
    with pytest.raises(TypeError):
        Policy.intersection(HUAWEI, "exotel")  # type: ignore[arg-type]
