"""Sets the password of an agent's SIP phone at Huawei, by httpx: a token first, then the password.

    HUAWEI_APP_KEY=… HUAWEI_APP_SECRET=… HUAWEI_ACCOUNT_PASSWORD=… python with_httpx.py https://TENANT USER-ACCOUNT
"""

import os
import ssl
import sys
from pathlib import Path
from typing import Protocol, TypeVar

import httpx

from sip_password import HUAWEI, huawei

T = TypeVar("T", covariant=True)


class Call(Protocol[T]):
    """Any call of any vendor."""

    def request(self) -> huawei.Request: ...
    def outcome(self, status: int, headers: list[tuple[str, str]], body: bytes) -> T: ...


def send(call: Call[T], client: httpx.Client) -> T:
    """Sends a call, once. The client must not follow redirects, which would take the secrets to another address."""
    request = call.request()
    reply = client.request(
        request.method, request.url, headers=request.headers, content=request.body, follow_redirects=False
    )
    return call.outcome(reply.status_code, reply.headers.multi_items(), reply.content)


def main(base: str, user_account: str, root: str | None = None) -> int:
    key, secret = os.environ["HUAWEI_APP_KEY"], os.environ["HUAWEI_APP_SECRET"]
    # Without a file .netrc, which would replace the header that authorises.
    with httpx.Client(verify=ssl.create_default_context(cafile=root), trust_env=False, timeout=60) as client:
        token = send(huawei.TokenByAkSk(base, app_key=key, app_secret=secret), client)
        if isinstance(token, huawei.Failure):
            print(token)
            return 2
        password = HUAWEI.generate()
        # Before it is sent: a reply that is lost must not leave a phone with a password that nobody knows.
        file = Path(f"{user_account}.txt")
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(password + "\n")
        call = huawei.UpdateSipPhonePassword(
            base,
            token=token.expose_secret(),
            app_key=key,
            user_account=user_account,
            account_password=os.environ["HUAWEI_ACCOUNT_PASSWORD"],
            new_password=password,
        )
        # Three failed checks of the account's password lock the account: never in a loop.
        outcome = send(call, client)
    print(outcome)
    return 0 if outcome else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
