"""Huawei Cloud (CEC, AICC): a request for a token, and one that sets an agent's SIP password, for any HTTP client.

>>> from sip_password import HUAWEI, huawei
>>> call = huawei.UpdateSipPhonePassword(
...     "https://service.example.com",
...     token="not-a-real-token",
...     app_key="not-a-real-key",
...     user_account="agent1",
...     account_password="Not-the-real-one",
...     new_password="Not_a_real_1",
... )
>>> request = call.request()
>>> request.method, request.url
('POST', 'https://service.example.com/apiaccess/rest/cc-management/v1/sipPhone/updateSipPhonePassword')
>>> request.body
b'{"userAccount":"agent1","accountPwd":"Not-the-real-one","newPhonePwd":"Not_a_real_1"}'

Send it once. Then, with the status, the headers and the bytes of the reply:

>>> outcome = call.outcome(200, {}, b'{"resultCode":"1","resultMessage":"The account does not exist."}')
>>> bool(outcome)
False
>>> print(outcome)
Huawei: the vendor refused the request (HTTP 200, code 1); the vendor says: The account does not exist.
>>> outcome.failure.counts_as_failed_check, outcome.failure.may_have_changed
(True, False)
"""

from ._sip_password import AccessToken, Failure, Outcome, Request, TokenByAkSk, UpdateSipPhonePassword

__all__ = ["AccessToken", "Failure", "Outcome", "Request", "TokenByAkSk", "UpdateSipPhonePassword"]
