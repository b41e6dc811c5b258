from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from fake_vendor import SECRET, FakeVendor, serving
from nyckeltal.errors import CannotFetch
from nyckeltal.sources.pull.web import HttpWeb, Patience, retry_after


@pytest.fixture(scope="module")
def served() -> Iterator[FakeVendor]:
    with serving(FakeVendor()) as vendor:
        yield vendor


@pytest.fixture
def vendor(served: FakeVendor) -> FakeVendor:
    served.faults.clear()
    served.asked.clear()
    return served


@pytest.fixture
def waits() -> list[float]:
    return []


def _web(vendor: FakeVendor, waits: list[float], **patience: Any) -> HttpWeb:
    web = HttpWeb([vendor.address], secrets=[SECRET], patience=Patience(**{"first_wait_s": 1, **patience}), sleep=waits.append)
    web.sign({"Authorization": f"Bearer {SECRET}"})
    return web


@pytest.mark.parametrize("fault", ["500", "503", "429", "truncated", "half", "dropped"])
def test_what_passes_is_tried_again(vendor: FakeVendor, waits: list[float], fault: str) -> None:
    vendor.faults += [fault, fault]
    assert _web(vendor, waits).get("/calls") == {"calls": [], "end": "", "more": False}
    assert len(vendor.asked) == 3


def test_it_waits_as_long_as_the_vendor_says_and_else_longer_each_time(vendor: FakeVendor, waits: list[float]) -> None:
    vendor.faults += ["429", "500", "500", "500"]
    _web(vendor, waits).get("/calls")
    assert waits[0] == 7
    assert 2 <= waits[1] < waits[2] < waits[3] <= 8.5


def test_a_post_is_tried_again_too_for_it_only_asks(vendor: FakeVendor, waits: list[float]) -> None:
    vendor.faults += ["500"]
    assert _web(vendor, waits).post("/search", json={"q": 1}) == {"calls": [], "end": "", "more": False}
    assert _web(vendor, waits).post("/token", form={"a": "b"}) is not None


def test_patience_ends_with_what_was_asked_and_what_came(vendor: FakeVendor, waits: list[float]) -> None:
    vendor.faults += ["500"] * 9
    with pytest.raises(CannotFetch, match=r"answered 500 when asked GET .*/calls, 3 times: .*is wrong") as told:
        _web(vendor, waits, tries=2).get("/calls")
    assert told.value.status == 500
    assert SECRET not in str(told.value)


def test_what_would_wait_beyond_the_time_of_a_catch_up_ends_it(vendor: FakeVendor, waits: list[float]) -> None:
    vendor.faults += ["429"]
    web = HttpWeb([vendor.address], patience=Patience(until_s=5), sleep=waits.append, clock=lambda: 0.0)
    with pytest.raises(CannotFetch) as told:
        web.get("/calls")
    assert (told.value.again_s, waits) == (7, [])


def test_what_is_wrong_between_here_and_there_is_told_with_what_to_look_at(waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    def no_name(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    def asked(**how: Any) -> str:
        with pytest.raises(CannotFetch) as told:
            HttpWeb(["https://calls.example"], patience=Patience(tries=1), sleep=waits.append, **how).get("/calls")
        return str(told.value)

    proxied = asked(proxy="http://me:hidden-word@127.0.0.1:9")
    assert "Check proxy in the settings" in proxied
    assert "hidden-word" not in proxied
    monkeypatch.setattr(socket, "getaddrinfo", no_name)
    assert "NameResolutionError: Failed to resolve 'calls.example'" in asked()
    assert "Check the address, and this machine's network" in asked()
    waits.clear()
    untrusted = urllib3.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired")
    monkeypatch.setattr(urllib3.PoolManager, "request", lambda *_, **__: (_ for _ in ()).throw(untrusted))
    assert "certificate has expired. Check its address and this machine's clock" in asked()
    assert waits == []


@pytest.mark.parametrize("status", ["401", "403", "404", "422"])
def test_what_stays_wrong_is_not_tried_again(vendor: FakeVendor, waits: list[float], status: str) -> None:
    vendor.faults += [status]
    with pytest.raises(CannotFetch, match=f"{status}") as told:
        _web(vendor, waits).get("/calls")
    assert (told.value.status, waits, len(vendor.asked)) == (int(status), [], 1)


def test_it_is_sent_on_within_its_own_address_only(vendor: FakeVendor, waits: list[float]) -> None:
    vendor.faults += ["moved"]
    assert _web(vendor, waits).get("/calls", {"a": 1}) is not None
    vendor.faults += ["elsewhere"]
    with pytest.raises(CannotFetch, match=r"sends us on to https://elsewhere\.example"):
        _web(vendor, waits).get("/calls")
    with pytest.raises(CannotFetch, match="sends us on"):
        _web(vendor, waits).get("https://elsewhere.example/next")
    assert _web(vendor, waits).get(vendor.address + "/calls?after=1", {"b": "2"}) is not None
    assert vendor.asked[-1] == "/calls?after=1&b=2"


def test_an_answer_may_not_be_endless(vendor: FakeVendor, waits: list[float]) -> None:
    with pytest.raises(CannotFetch, match="larger than 0 MB"):
        _web(vendor, waits, most_bytes=10).get("/calls")


def test_proxies_of_the_environment_are_not_used(vendor: FakeVendor, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert _web(vendor, waits).get("/calls") is not None


def test_no_secret_is_in_a_message_or_a_log(vendor: FakeVendor, waits: list[float], caplog: pytest.LogCaptureFixture) -> None:
    said = []
    with caplog.at_level(logging.DEBUG):
        for faults in (["401"], ["500"] * 3, ["dropped"] * 3, ["elsewhere"]):
            vendor.faults[:] = faults
            with pytest.raises(CannotFetch) as told:
                _web(vendor, waits, tries=1).get("/calls", {"key": SECRET})
            said += [str(told.value), repr(told.value), repr(told.value.text)]
    assert len(said) == 12
    for form in (SECRET, "s3cret%2Fwith%2Bsigns", "s3cret/with%2Bsigns"):
        assert form not in " ".join(said) + caplog.text


def test_when_to_come_again_may_be_a_moment_or_nonsense() -> None:
    assert retry_after("12") == 12
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("soon") is None
    assert retry_after(None) is None
