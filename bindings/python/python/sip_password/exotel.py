"""Exotel, CCM v2: a request that sets the SIP password of a user's device, for any HTTP client.

>>> from sip_password import exotel
>>> call = exotel.UpdatePassword(
...     exotel.SINGAPORE,
...     api_key="not-a-real-key",
...     api_token="not-a-real-token",
...     account_sid="acme1",
...     user_uuid="0a1b2c",
...     device_id="12345",
...     new_password="Not_a_real_1",
... )
>>> request = call.request()
>>> request.method, request.body
('PUT', b'{"password":"Not_a_real_1"}')
>>> request
<Request PUT https://ccm-api.exotel.com/v2/accounts/acme1/users/0a1b2c/devices/12345/password>

Send it. Then, with the status, the headers and the bytes of the reply:

>>> outcome = call.outcome(429, {"Retry-After": "20"}, b"")
>>> outcome.updated, outcome.failure.kind, outcome.failure.retry_after
(False, 'rate-limited', 20.0)
"""

from typing import Final

from ._sip_password import ExotelUpdatePassword as UpdatePassword
from ._sip_password import Failure, Outcome, Request

__all__ = ["MUMBAI", "SINGAPORE", "Failure", "Outcome", "Request", "UpdatePassword"]

SINGAPORE: Final = "https://ccm-api.exotel.com"
"""Exotel's API of the Singapore stamp."""

MUMBAI: Final = "https://ccm-api.in.exotel.com"
"""Exotel's API of the Mumbai stamp."""
