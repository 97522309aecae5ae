"""The test plugin in the real Ansible."""

import json
import os
import subprocess
import sys
from pathlib import Path

from sip_password import HUAWEI

PLUGINS = Path(__file__).parents[1] / "ansible" / "test_plugins"

PLAYBOOK = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - assert:
        that:
          - "'Not_a_real_1' is sip_password_compliant('huawei')"
          - "'short' is not sip_password_compliant('huawei')"
          - "'Not-a-real-1' is sip_password_compliant('exotel')"
          - "'Not-a-real-1' is not sip_password_compliant('huawei')"
          - "'Not_a_real_1' is sip_password_compliant(policy)"
          - "'Not_a_real_1' is sip_password_compliant('Twilio')"
          - "'Short_1a' is not sip_password_compliant('twilio')"
"""


def play(tasks: str, folder: Path, **variables: object) -> subprocess.CompletedProcess[str]:
    playbook = folder / "playbook.yml"
    playbook.write_text(tasks)
    environment = os.environ | {
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_TEST_PLUGINS": str(PLUGINS),
        "LC_ALL": "C.UTF-8",
    }
    command = [sys.executable, "-m", "ansible", "playbook", "-i", "localhost,", "-e", json.dumps(variables), str(playbook)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


def test_a_playbook(tmp_path: Path) -> None:
    done = play(PLAYBOOK, tmp_path, policy=HUAWEI.to_toml())
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_password_that_is_refused(tmp_path: Path) -> None:
    tasks = PLAYBOOK[: PLAYBOOK.index("          - ")] + "          - \"'Not_a_real_1' is sip_password_compliant('nxcloud')\"\n"
    done = play(tasks, tmp_path)
    assert done.returncode == 2 and "Assertion failed" in done.stdout


def test_errors(tmp_path: Path) -> None:
    start = PLAYBOOK[: PLAYBOOK.index("          - ")]
    done = play(start + "          - \"'Not_a_real_1' is sip_password_compliant('twillio')\"\n", tmp_path)
    assert done.returncode == 2 and "expected exotel, huawei, nxcloud, nxcloud-random, a name of CATALOGUE or a policy file" in done.stdout + done.stderr
    done = play(start + "          - \"123456 is sip_password_compliant('huawei')\"\n", tmp_path)
    assert done.returncode == 2 and "expected a text, found int" in done.stdout + done.stderr
    done = play(start + "          - \"'Not_a_real_1' is sip_password_compliant(['huawei'])\"\n", tmp_path)
    assert done.returncode == 2 and "expected the name or the text of a policy, found " in done.stdout + done.stderr
