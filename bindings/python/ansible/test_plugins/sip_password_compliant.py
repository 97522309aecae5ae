"""A test for Ansible: whether a password satisfies the rule of a vendor.

Copy this file into the folder `test_plugins` beside a playbook, and install the package `sip-password` where Ansible runs.

    - assert:
        that: "sip_password is sip_password_compliant('huawei')"
      no_log: true
"""

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from sip_password import PRESETS, Policy, PolicyError

DOCUMENTATION = """
name: sip_password_compliant
short_description: whether a SIP password satisfies the rule of a vendor
options:
  _input:
    description: The password.
    type: str
    required: true
  policy:
    description: A name of PRESETS or CATALOGUE, such as huawei or twilio, or the text of a policy file.
    type: str
    required: true
"""


def sip_password_compliant(password: object, policy: object) -> bool:
    """Whether a password is compliant. An error names the type of what was given, and not its value."""
    if not isinstance(password, str):
        raise AnsibleFilterError(f"sip_password_compliant: expected a text, found {type(password).__name__}")
    if not isinstance(policy, str):
        raise AnsibleFilterError(f"sip_password_compliant: expected the name or the text of a policy, found {type(policy).__name__}")
    return rules(policy).is_compliant(password)


def rules(policy: str) -> Policy:
    """The policy of a name, or of the text of a policy file."""
    try:
        return Policy.named(policy)
    except (LookupError, PolicyError):
        pass
    try:
        return Policy.from_toml(policy, max_states=131_072)
    except PolicyError as error:
        names = ", ".join(PRESETS)
        raise AnsibleFilterError(
            f"sip_password_compliant: expected {names}, a name of CATALOGUE or a policy file: {error}"
        ) from None


class TestModule:
    """What Ansible looks for."""

    def tests(self) -> dict[str, Callable[..., bool]]:
        return {"sip_password_compliant": sip_password_compliant}
