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
    description: The name of a preset (exotel, huawei, nxcloud, nxcloud-random), or the text of a policy file.
    type: str
    required: true
"""


def sip_password_compliant(password: object, policy: str) -> bool:
    """Whether a password is compliant. An error names the type of what was given, and not its value."""
    if not isinstance(password, str):
        raise AnsibleFilterError(f"sip_password_compliant: expected a text, found {type(password).__name__}")
    try:
        rules = PRESETS[policy] if policy in PRESETS else Policy.from_toml(policy, max_states=131_072)
    except PolicyError as error:
        names = ", ".join(PRESETS)
        raise AnsibleFilterError(f"sip_password_compliant: expected {names} or a policy file: {error}") from None
    return rules.is_compliant(password)


class TestModule:
    """What Ansible looks for."""

    def tests(self) -> dict[str, Callable[..., bool]]:
        return {"sip_password_compliant": sip_password_compliant}
