"""The calls by three clients, against the fake servers; and what they say and do not say."""

import asyncio
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import with_aiohttp
import with_httpx
import with_requests
from conftest import Vendors

from sip_password import HUAWEI, FieldError, Policy, SecretBytes, exotel, huawei, nxcloud


def test_requests(vendors: Vendors) -> None:
    sid = vendors.settings["EXOTEL_SID"]
    assert with_requests.main(sid, "agent-1", "device-1", vendors.url, vendors.root) == 0
    password = Path("device-1.txt").read_text().strip()
    (line,) = vendors.passwords("exotel")
    assert password in line and "agent-1" in line


def test_httpx(vendors: Vendors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUAWEI_ACCOUNT_PASSWORD", "fake-account-pass-7")
    assert with_httpx.main(vendors.url, "agent-7", vendors.root) == 0
    assert vendors.passwords("huawei") == [f"agent-7,{Path('agent-7.txt').read_text().strip()}"]


def test_aiohttp(vendors: Vendors) -> None:
    phones = ["agent-1", "agent-2", "agent-3"]
    assert asyncio.run(with_aiohttp.main(phones, vendors.url, vendors.root)) == 0
    assert sorted(vendors.passwords("nxcloud")) == Path("phones.csv").read_text().splitlines()


def test_a_refusal(vendors: Vendors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HUAWEI_ACCOUNT_PASSWORD", "not-the-real-one")
    assert with_httpx.main(vendors.url, "agent-7", vendors.root) == 1
    assert capsys.readouterr().out.startswith("Huawei: the vendor refused the request (HTTP 200, code 1)")
    monkeypatch.setenv("HUAWEI_APP_SECRET", "not-the-real-one")
    assert with_httpx.main(vendors.url, "agent-8", vendors.root) == 2
    assert "not authorised" in capsys.readouterr().out
    # Nothing was sent, so there is no password to keep.
    assert not Path("agent-8.txt").exists()
    assert vendors.passwords("huawei") == []


def call(vendors: Vendors, **changes: Any) -> exotel.UpdatePassword:
    fields: dict[str, Any] = {
        "api_key": vendors.settings["EXOTEL_API_KEY"],
        "api_token": vendors.settings["EXOTEL_API_TOKEN"],
        "account_sid": vendors.settings["EXOTEL_SID"],
        "user_uuid": "agent-1",
        "device_id": "device-1",
        "new_password": "Not_a_real_1",
    }
    return exotel.UpdatePassword(vendors.url, **fields | changes)


@pytest.mark.parametrize(
    ("vendors", "kind", "may_have_changed"),
    [
        (["status=503"], "unavailable", True),
        (["limited"], "rate-limited", False),
        (["redirect=307/http://127.0.0.1:1/"], "redirected", True),
        (["html=502"], "server-error", True),
        (["gzip"], "invalid-reply", True),
        (["invalid-utf8"], "invalid-reply", True),
    ],
    indirect=["vendors"],
)
def test_faults(vendors: Vendors, kind: str, may_have_changed: bool) -> None:
    with requests.Session() as session:
        session.verify = vendors.root
        outcome = with_requests.send(call(vendors), session)
    assert not outcome and outcome.failure is not None
    assert (outcome.failure.kind, outcome.failure.may_have_changed) == (kind, may_have_changed)
    assert (outcome.failure.retry_after is not None) == (kind == "rate-limited")


@pytest.mark.parametrize("vendors", [["row-other"], ["row-missing"]], indirect=True)
def test_a_report_that_does_not_match(vendors: Vendors, capsys: pytest.CaptureFixture[str]) -> None:
    assert asyncio.run(with_aiohttp.main(["agent-1", "agent-2"], vendors.url, vendors.root)) == 1
    out = capsys.readouterr().out
    sent = [line.split(",")[1] for line in Path("phones.csv").read_text().splitlines()]
    assert not any(password in out for password in sent)
    assert "updated" not in out.replace("unrequested", "").splitlines()[0]


def test_passwords_of_the_server(vendors: Vendors) -> None:
    keys: dict[str, Any] = {"app_key": vendors.settings["NXCLOUD_APPKEY"], "secret_key": vendors.settings["NXCLOUD_SECRETKEY"]}
    update = nxcloud.UpdatePassword(vendors.url, **keys, phones=[("agent-1", None), ("agent-2", None)])
    with requests.Session() as session:
        session.verify = vendors.root
        outcome = with_requests.send(update, session)
    assert outcome and [phone.state for phone in outcome.phones] == ["updated-to"] * 2
    assert sorted(vendors.passwords("nxcloud")) == [f"{phone.username},{phone.password}" for phone in outcome.phones]
    assert not any(phone.password and phone.password in repr(phone) for phone in outcome.phones)


SECRETS = ("Needle-Token", "Needle-Key", "Needle-Account", "Needle_Pass1")


def calls() -> list[Any]:
    base, (token, key, account, password) = "https://service.example.com", SECRETS
    return [
        huawei.TokenByAkSk(base, app_key=key, app_secret=token, extra_headers=[("X-TenantSpaceID", "201811")]),
        huawei.UpdateSipPhonePassword(
            base, token=token, app_key=key, user_account="a", account_password=account, new_password=password
        ),
        exotel.UpdatePassword(
            base, api_key=key, api_token=token, account_sid="s", user_uuid="u", device_id="d", new_password=password
        ),
        nxcloud.UpdatePassword(base, app_key=key, secret_key=token, phones=[("p", "NeedlePass1")]),
    ]


@pytest.mark.parametrize("one", calls(), ids=lambda one: type(one).__name__)
def test_nothing_shows_a_secret(one: Any) -> None:
    request = one.request()
    echo = b'{"resultCode":"1","code":"failed","info":"Needle-Token","resultMessage":"Needle_Pass1 Needle-Key"}'
    outcome = one.outcome(200, {}, echo)
    failure = outcome if isinstance(outcome, huawei.Failure) else outcome.failure
    texts = [repr(one), repr(request), request.url, str(outcome), repr(outcome), str(failure), repr(failure)]
    assert not any("Needle" in text for text in texts)
    assert b"Needle" in request.body
    assert request.headers["accept-encoding"] == "identity"
    assert one.request().body == request.body


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"new_password": "Needle"}, "new_password: "),
        ({"device_id": ""}, "device_id: "),
        ({"device_id": "a/b"}, "device_id: "),
        ({"api_key": "Needle:Key"}, "api_key: "),
        ({"base_url": "http://127.0.0.1:1"}, "base URL: expected https"),
        ({"base_url": "http://service.example.com", "plain_loopback": True}, "base URL: expected https"),
    ],
)
def test_invalid_fields(change: dict[str, Any], message: str) -> None:
    fields: dict[str, Any] = {
        "base_url": exotel.MUMBAI,
        "api_key": "k",
        "api_token": "t",
        "account_sid": "s",
        "user_uuid": "u",
        "device_id": "d",
        "new_password": "Not_a_real_1",
    }
    exotel.UpdatePassword(**fields)
    with pytest.raises(FieldError, match=f"^{message}") as caught:
        exotel.UpdatePassword(**fields | change)
    assert "Needle" not in str(caught.value)


def test_a_policy_of_the_tenant() -> None:
    tenant = Policy.from_toml(HUAWEI.to_toml().replace("max_length = 16", "max_length = 20"))
    make: Callable[..., huawei.UpdateSipPhonePassword] = lambda **policy: huawei.UpdateSipPhonePassword(
        "https://service.example.com",
        token="t",
        user_account="a",
        account_password="p",
        new_password="Not_a_real_password1",
        **policy,
    )
    assert b"Not_a_real_password1" in make(policy=tenant).request().body
    with pytest.raises(FieldError, match="too-long"):
        make()
    wrapped = make(policy=tenant, wrapped=True).request().body
    assert wrapped.startswith(b'{"requestParam":{')


def test_a_token() -> None:
    token_call = calls()[0]
    assert token_call.request().headers["x-tenantspaceid"] == "201811"
    reply = b'{"AccessToken":"Needle","ApplyType":"Bearer","Expires":"600"}'
    token = token_call.outcome(200, [("content-type", "application/json")], reply)
    assert isinstance(token, huawei.AccessToken)
    assert (token.expose_secret(), token.lifetime, repr(token)) == ("Needle", 600.0, "AccessToken(redacted)")
    assert token.is_usable(540) and not token.is_usable(598) and not token.is_usable(1e300)
    assert not token.is_usable(float("nan")) and not token.is_usable(-1.0) and token.is_usable(0)


def test_odd_replies() -> None:
    update = calls()[2]
    with pytest.raises(ValueError, match="^status: expected 100 to 999, found 7$"):
        update.outcome(7, {}, b"")
    with pytest.raises(TypeError, match="^expected headers: a mapping or pairs, found int$"):
        update.outcome(200, 5, b"")
    headers = [("bad name\n", "x"), ("retry-after", "1"), ("x", "\r\n")]
    failure = update.outcome(429, headers, b"\xff" * 100_000).failure
    assert failure is not None and failure.retry_after == 1.0 and failure.status == 429


# What a client makes of bytes that are no UTF-8.
SURROGATE = "Needle\udc80"


def fields(one: type) -> dict[str, Any]:
    """Valid fields of a call."""
    named: dict[type, dict[str, Any]] = {
        huawei.TokenByAkSk: {"app_key": "k", "app_secret": "s"},
        huawei.UpdateSipPhonePassword: {
            "token": "t", "user_account": "a", "account_password": "p", "new_password": "Not_a_real_1", "app_key": "k"
        },
        exotel.UpdatePassword: {
            "api_key": "k", "api_token": "t", "account_sid": "s", "user_uuid": "u", "device_id": "d", "new_password": "Not_a_real_1"
        },
        nxcloud.UpdatePassword: {"app_key": "k", "secret_key": "s", "phones": [("p", "NotARealOne1")]},
    }  # fmt: skip
    return {"base_url": "https://service.example.com"} | named[one]


CALLS = [type(one) for one in calls()]


@pytest.mark.parametrize("one", CALLS)
def test_lone_surrogates(one: type) -> None:
    for name, value in fields(one).items():
        wrong: Any = SURROGATE
        if name == "phones":
            wrong = [(SURROGATE, value[0][1])], [("p", SURROGATE)]
        for change in wrong if isinstance(wrong, tuple) else (wrong,):
            with pytest.raises(FieldError) as caught:
                one(**fields(one) | {name: change})
            shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(caught.value.args)
            assert "Needle" not in shown and name in shown
    if "extra_headers" in (one.__text_signature__ or ""):
        with pytest.raises(FieldError) as caught:
            one(**fields(one), extra_headers=[("X-Tenant", SURROGATE)])
        assert "Needle" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("one", CALLS)
def test_secrets_in_bytes(one: type) -> None:
    """Whoever has a secret that is zeroed need not make text of it."""
    given, in_bytes = fields(one), {}
    for name, value in given.items():
        in_bytes[name] = SecretBytes(value.encode()) if isinstance(value, str) else [(b"p", SecretBytes(value[0][1].encode()))]
    assert one(**in_bytes).request().body == one(**given).request().body
    with pytest.raises(FieldError, match="expected text without lone surrogates, or bytes of UTF-8"):
        one(**given | {"app_key" if "app_key" in given else "api_key": b"Needle\xff"})
    with pytest.raises(TypeError, match="expected str or bytes, found int"):
        one(**given | {"base_url": 5})


def test_bodies() -> None:
    update = calls()[1]
    body = b'{"resultCode":"0","resultMessage":"success"}'
    for form in (body, bytearray(body), memoryview(body), memoryview(b"".join(b"%c?" % byte for byte in body))[::2]):
        assert update.outcome(200, {}, form)
    for wrong, found in ((body.decode(), "str"), (None, "NoneType")):
        for one in calls():
            with pytest.raises(TypeError, match=f"^expected body: bytes, found {found}$"):
                one.outcome(200, {}, wrong)


def test_a_password_in_the_place_of_a_name() -> None:
    """A server that has names and passwords the wrong way round does not put a password into a log."""
    update: Any = calls()[3]
    outcome = update.outcome(200, {}, b'{"code":"success","row":{"Server9pass":"true"}}')
    assert [phone.username for phone in outcome.phones] == ["p", "Server9pass"]
    assert "Server9pass" not in repr(outcome.phones) + str(outcome.phones[1]) + repr(outcome)
    assert repr(outcome.phones[1]) == "<Phone redacted: unrequested>"


def test_odd_headers() -> None:
    """The password was changed: whatever the headers are, the outcome is told."""
    update = calls()[2]
    good: list[Any] = [("retry-after", "7"), (b"Retry-After", b"7")]
    odd: list[Any] = [
        ("x-\udce9", "x"), ("x", "\udce9\ud800"), (b"\xff", b"x"), (b"x", b"\xe9"), (5, "x"), ("x", None), ("x",), None, "ab", ("x", "\0"),
    ]  # fmt: skip
    for pair in good:
        assert update.outcome(429, [*odd, pair, *odd], b"").failure.retry_after == 7.0
    assert update.outcome(429, {b"retry-after": b"7"}, b"").failure.retry_after == 7.0
    many = [("retry-after", "7"), *((f"x-{number}", "x") for number in range(40_000))]
    assert update.outcome(429, many, b"").failure.retry_after == 7.0


def test_no_phones() -> None:
    with pytest.raises(FieldError, match="^phones: expected at least one, found none$"):
        nxcloud.UpdatePassword("https://service.example.com", app_key="k", secret_key="s", phones=[])
