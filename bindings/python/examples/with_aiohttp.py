"""Sets the passwords of phones at NXCloud, by aiohttp.

    NXCLOUD_APPKEY=… NXCLOUD_SECRETKEY=… python with_aiohttp.py PHONE PHONE …
"""

import asyncio
import os
import ssl
import sys
from pathlib import Path
from typing import Any, Protocol, TypeVar

import aiohttp
import yarl

from sip_password import NXCLOUD, nxcloud

T = TypeVar("T", covariant=True)


class Call(Protocol[T]):
    """Any call of any vendor."""

    def request(self) -> nxcloud.Request: ...
    def outcome(self, status: int, headers: list[tuple[str, str]], body: bytes) -> T: ...


async def send(call: Call[T], session: aiohttp.ClientSession) -> T:
    """Sends a call, once."""
    request = call.request()
    # As it is, without another encoding.
    url = yarl.URL(request.url, encoded=True)
    # A redirect would take the secrets to another address.
    options: Any = {"headers": request.headers, "data": request.body, "allow_redirects": False}
    async with session.request(request.method, url, **options) as reply:
        return call.outcome(reply.status, list(reply.headers.items()), await reply.read())


async def main(phones: list[str], base: str = nxcloud.PRODUCTION, root: str | None = None) -> int:
    passwords = list(zip(phones, NXCLOUD.generate_many(len(phones))))
    # Before they are sent: a reply that is lost must not leave a phone with a password that nobody knows.
    file = Path("phones.csv")
    file.touch(mode=0o600, exist_ok=False)
    file.write_text("".join(f"{phone},{password}\n" for phone, password in passwords))
    call = nxcloud.UpdatePassword(
        base,
        app_key=os.environ["NXCLOUD_APPKEY"],
        secret_key=os.environ["NXCLOUD_SECRETKEY"],
        phones=passwords,
    )
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=root))
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(60)) as session:
        outcome = await send(call, session)
    print(outcome)
    for phone in outcome.phones:
        print(phone)
    return 0 if outcome else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
