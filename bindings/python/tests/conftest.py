"""Settings of all tests, and the fake servers of the vendors, on loopback."""

import os
import shlex
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

sys.path.append(str(Path(__file__).parents[1] / "examples"))


@dataclass
class Vendors:
    """What a client needs, and what the phones have."""

    url: str
    root: str
    settings: dict[str, str]

    def get(self, path: str) -> str:
        context = ssl.create_default_context(cafile=self.root)
        with urllib.request.urlopen(f"{self.url}/fake-vendors/{path}", context=context, timeout=30) as reply:
            return str(reply.read().decode())

    def passwords(self, vendor: str) -> list[str]:
        """A line for each phone that was given a password, without the header."""
        return self.get(f"passwords?vendor={vendor}").splitlines()[1:]


@pytest.fixture
def vendors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Vendors]:
    """A server of its own for each test, with the faults that the test asks for."""
    faults = [part for fault in getattr(request, "param", []) for part in ("--fault", fault)]
    command = [os.environ["FAKE_VENDORS"], "--root-out", str(tmp_path / "root.pem"), *faults]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            exported = {}
            for line in server.stdout:
                if not line.startswith("export "):
                    break
                name, _, value = line.removeprefix("export ").partition("=")
                (exported[name],) = shlex.split(value)
            for name, value in exported.items():
                monkeypatch.setenv(name, value)
            monkeypatch.chdir(tmp_path)
            yield Vendors(exported["FAKE_VENDORS_URL"], exported["FAKE_VENDORS_ROOT"], exported)
        finally:
            server.terminate()
