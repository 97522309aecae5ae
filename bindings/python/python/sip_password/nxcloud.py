"""NXCloud: a request that sets the passwords of phones, for any HTTP client.

>>> from sip_password import nxcloud
>>> call = nxcloud.UpdatePassword(
...     nxcloud.PRODUCTION,
...     app_key="not-a-real-key",
...     secret_key="not-a-real-secret",
...     phones=[("1049001", "NotARealOne1"), ("1049002", "NotARealOne2")],
... )
>>> call.request().url
'https://api.nxcloud.com/api/sipphone/updatePassword'

Send it. Then, with the status, the headers and the bytes of the reply:

>>> outcome = call.outcome(200, {}, b'{"code":"success","row":{"1049001":"NotARealOne1"}}')
>>> bool(outcome)
False
>>> outcome.phones
[<Phone 1049001: updated>, <Phone 1049002: missing>]

With `None` in the place of every password the server generates them, of 6 digits.
"""

from typing import Final

from ._sip_password import Failure, Outcome, Phone, Request
from ._sip_password import NxcloudUpdatePassword as UpdatePassword

__all__ = ["PRODUCTION", "Failure", "Outcome", "Phone", "Request", "UpdatePassword"]

PRODUCTION: Final = "https://api.nxcloud.com"
"""The address of NXCloud's API."""
