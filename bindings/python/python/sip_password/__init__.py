"""SIP phone passwords by the vendors' own rules: check, generate (exactly uniform), count, explain.

>>> from sip_password import HUAWEI
>>> bool(HUAWEI.check("Secret@12"))
True
>>> print(HUAWEI.check("Secret"))
too-short (6 characters, expected at least 8), too-few-classes (2 character classes, expected at least 3; missing: digits, special characters)
>>> HUAWEI.is_compliant(HUAWEI.generate(length=16, exclude="0O1lI"))
True
"""

from types import MappingProxyType
from typing import Final, Mapping

from ._secret import SecretBytes
from ._sip_password import (
    CATALOGUE,
    EXOTEL,
    HUAWEI,
    NXCLOUD,
    NXCLOUD_RANDOM,
    SAFE_FOR,
    FieldError,
    LengthError,
    Passwords,
    Policy,
    PolicyError,
    Verdict,
    Verdicts,
    Violation,
)

__all__ = [
    "CATALOGUE",
    "EXOTEL",
    "HUAWEI",
    "NXCLOUD",
    "NXCLOUD_RANDOM",
    "PRESETS",
    "SAFE_FOR",
    "FieldError",
    "LengthError",
    "Passwords",
    "Policy",
    "PolicyError",
    "SecretBytes",
    "Verdict",
    "Verdicts",
    "Violation",
]

PRESETS: Final[Mapping[str, Policy]] = MappingProxyType(
    {"exotel": EXOTEL, "huawei": HUAWEI, "nxcloud": NXCLOUD, "nxcloud-random": NXCLOUD_RANDOM}
)
"""The vendors' policies by the names that the command `sip-password` has for them."""
