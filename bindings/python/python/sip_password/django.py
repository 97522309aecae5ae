"""A password validator for Django: a SIP password in a form, by the vendor's rule.

In the settings:

    AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "sip_password.django.SipPasswordValidator", "OPTIONS": {"policy": "huawei"}},
    ]

or for a single field:

    SipPasswordValidator("exotel").validate(form.cleaned_data["sip_password"], user)
"""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from . import Policy

MIN_NAME_LENGTH = 3


class SipPasswordValidator:
    """Refuses a password that a policy does not accept, with one message for each violation.

    `policy` is a name for `Policy.named`, or a `Policy`. `user_attributes` name what of the user the password may not contain; by default it is
    the user's name. What has one or two characters is left out, since it is in too many passwords. Each error has the kind of its violation as its code, and never a character of the password.
    """

    def __init__(
        self, policy: str | Policy = "huawei", user_attributes: Sequence[str] = ("username",), language: str = "en"
    ) -> None:
        if isinstance(policy, str):
            try:
                policy = Policy.named(policy)
            except LookupError as error:
                raise ValueError(f"policy: {error}") from None
        # The settings are of any type, and a wrong one would switch the check off or fail in the first request.
        if not isinstance(policy, Policy):
            raise TypeError(f"policy: expected a name or a Policy, found {type(policy).__name__}")
        if isinstance(user_attributes, (str, bytes)):
            raise TypeError(f"user_attributes: expected a list of names, found {type(user_attributes).__name__}")
        self.user_attributes = tuple(user_attributes)
        for attribute in self.user_attributes:
            if not isinstance(attribute, str):
                raise TypeError(f"user_attributes: expected a list of names, found {type(attribute).__name__} in it")
        policy.check("", language=language)
        self.policy = policy
        self.language = language

    def validate(self, password: str, user: Any = None) -> None:
        """Raises a `ValidationError` with every violation."""
        values = (getattr(user, attribute, None) for attribute in self.user_attributes)
        names = [value for value in values if isinstance(value, str) and len(value) >= MIN_NAME_LENGTH]
        verdict = self.policy.check(password, names=names, language=self.language)
        if not verdict:
            raise ValidationError(
                [ValidationError(violation.message, code=violation.kind) for violation in verdict.violations]
            )

    def get_help_text(self) -> str:
        """The rule in words, in English."""
        return self.policy.explain()
