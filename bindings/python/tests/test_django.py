"""The validator in the real Django."""

from typing import Any

import django
import pytest
from django.conf import settings
from django.contrib.auth.password_validation import get_password_validators, password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError

from sip_password import EXOTEL
from sip_password.django import SipPasswordValidator

settings.configure(
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": "sip_password.django.SipPasswordValidator", "OPTIONS": {"policy": "huawei"}},
    ],
    USE_TZ=True,
)
django.setup()


class User:
    username = "alice"


def test_the_settings_find_it() -> None:
    validate_password("Not_a_real_1", User())
    with pytest.raises(ValidationError) as caught:
        validate_password("Alice_ü", User())
    errors = caught.value.error_list
    assert [error.code for error in errors] == ["too-short", "not-ascii", "contains-context"]
    assert errors[0].messages == ["7 characters, expected at least 8"]
    assert "Alice" not in str(caught.value) and "Alice" not in repr(caught.value)
    assert "at least 3 of these 4 classes" in password_validators_help_texts()[0]


def test_options() -> None:
    validate_password("Not-a-real-1", None, [SipPasswordValidator(EXOTEL)])
    with pytest.raises(ValidationError) as caught:
        SipPasswordValidator("exotel", language="zh").validate("Secret")
    assert caught.value.messages[0] == "只有 6 个字符，至少需要 8 个"
    SipPasswordValidator(user_attributes=()).validate("Not_Alice_1", User())
    short = User()
    short.username = "al"
    SipPasswordValidator().validate("Not_Alice_1", short)
    with pytest.raises(ValueError, match="^policy: expected a name of PRESETS or CATALOGUE, found \"twillio\"$"):
        get_password_validators([{"NAME": "sip_password.django.SipPasswordValidator", "OPTIONS": {"policy": "twillio"}}])
    assert SipPasswordValidator("Twilio").policy.name == "twilio"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"user_attributes": "username"}, TypeError, "user_attributes: expected a list of names, found str"),
        ({"user_attributes": [5]}, TypeError, "user_attributes: expected a list of names, found int in it"),
        ({"policy": None}, TypeError, "policy: expected a name or a Policy, found NoneType"),
        ({"policy": {}}, TypeError, "policy: expected a name or a Policy, found dict"),
        ({"language": "xx"}, LookupError, "language: expected one of en, zh, found \"xx\""),
    ],
)
def test_wrong_settings(options: dict[str, Any], error: type[Exception], message: str) -> None:
    """They fail when the settings are read, and do not switch the check off."""
    with pytest.raises(error, match=f"^{message}$"):
        get_password_validators([{"NAME": "sip_password.django.SipPasswordValidator", "OPTIONS": options}])
