"""Sets the SIP password of a device at Exotel, by requests. The library makes the request and reads the reply; the client carries bytes.

    EXOTEL_API_KEY=… EXOTEL_API_TOKEN=… python with_requests.py ACCOUNT-SID USER-UUID DEVICE-ID
"""

import os
import sys
from pathlib import Path
from typing import Protocol, TypeVar

import requests

from sip_password import EXOTEL, exotel

T = TypeVar("T", covariant=True)


class Call(Protocol[T]):
    """Any call of any vendor."""

    def request(self) -> exotel.Request: ...
    def outcome(self, status: int, headers: list[tuple[str, str]], body: bytes) -> T: ...


def send(call: Call[T], session: requests.Session) -> T:
    """Sends a call, once."""
    # A file .netrc would replace the header that authorises. Proxies of the environment are not used then either.
    session.trust_env = False
    request = call.request()
    reply = session.request(
        request.method,
        request.url,
        headers=request.headers,
        data=request.body,
        # A redirect would take the secrets to another address.
        allow_redirects=False,
        timeout=60,
    )
    return call.outcome(reply.status_code, list(reply.headers.items()), reply.content)


def main(account_sid: str, user_uuid: str, device_id: str, base: str = exotel.SINGAPORE, root: str | None = None) -> int:
    password = EXOTEL.generate()
    # Before it is sent: a reply that is lost must not leave a phone with a password that nobody knows.
    file = Path(f"{device_id}.txt")
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(password + "\n")
    call = exotel.UpdatePassword(
        base,
        api_key=os.environ["EXOTEL_API_KEY"],
        api_token=os.environ["EXOTEL_API_TOKEN"],
        account_sid=account_sid,
        user_uuid=user_uuid,
        device_id=device_id,
        new_password=password,
    )
    with requests.Session() as session:
        session.verify = root or True
        outcome = send(call, session)
    print(outcome)
    return 0 if outcome else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
