"""A browser that sends files, and what came of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from nyckeltal.web.contacts.loads import ledger
from nyckeltal.web.jobs import worker

HEADER = "Samtal;Samtal start;Kö;Kötid;Handläggare;Avslut"
ENDS = ("Besvarad", "Tappad")

Making = Callable[[Callable[[Client], str]], tuple[Path, str]]  # the fixture `making`


def calls(n: int = 60, instead: Mapping[int, str] | None = None) -> str:
    """A Swedish export; `instead` gives rows by their number."""
    rows = [(instead or {}).get(at, f"{at};01.10.2026 08:{at % 60:02}:14;Faktura;00:00:{at % 60:02};elli;{ENDS[at % 2]}") for at in range(1, n + 1)]
    return "\n".join([HEADER, *rows, ""])


def send(browser: Client, *files: tuple[str, str | bytes], **words: str) -> HttpResponse:
    sent = [SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode()) for name, text in files]
    answer: HttpResponse = browser.post("/loads/send/", {"files": sent, **words})  # type: ignore[assignment]  # the stubs name the answer by a class of the test client
    return answer


def sent(browser: Client, text: str | bytes, name: str = "samtal.csv", **words: str) -> str:
    """The address of the page that asks what the columns mean."""
    answer = send(browser, (name, text), **words)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


class Form(HTMLParser):
    """What a browser would send of the form with the id `mapping`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.select = self.area = ""
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == "mapping"
        if not self.inside or (tag in ("input", "select", "textarea") and not given.get("name")):
            return
        if tag == "input" and given.get("type") == "checkbox":
            if "checked" in given:
                self.values.setdefault(given["name"], []).append(given["value"])
        elif tag == "input":
            self.values[given["name"]] = given.get("value", "")
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.values[self.select] = given["value"]
        elif tag == "textarea":
            self.area, self.values[given["name"]] = given["name"], ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


def form(browser: Client, address: str) -> dict[str, Any]:
    """The form as it stands."""
    return Form(browser.get(address).content.decode()).values


def changed(browser: Client, address: str, do: str = "look", **words: Any) -> HttpResponse:
    """Send the form as it stands but for these words."""
    answer: HttpResponse = browser.post(f"{address}change/", {**form(browser, address), **words, "do": do})  # type: ignore[assignment]  # the stubs name the answer by a class of the test client
    return answer


def load(browser: Client, address: str, words: Mapping[str, Any] | None = None) -> str:
    """Load it, let the worker work, and follow to the load's own page."""
    answer = changed(browser, address, "load", **{"client": "nordkraft", "zone": "Europe/Stockholm", **(words or {})})
    assert answer.status_code == 302
    assert "/loads/job/" in answer["Location"], browser.get(answer["Location"]).content.decode()
    return done(browser, str(answer["Location"]))


def done(browser: Client, job: str) -> str:
    """The address that a job's page leads to when the worker is done."""
    worker.do_all()
    answer = browser.get(job)
    return str(answer["Location"]) if answer.status_code == 302 else job


def number(address: str) -> str:
    return re.sub(r".*/loads/([^/]+)/$", r"\1", address)


def counts(address: str) -> Mapping[str, int]:
    line = ledger.one(number(address))
    assert line is not None
    return line.counts
