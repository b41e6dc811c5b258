"""The examples of docs/guide/use-the-api.md do what the guide says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings

from components import REPOSITORY
from web.api import wired
from web.api.test_loads import MAPPING, _calls

GUIDE = (REPOSITORY / "docs" / "guide" / "use-the-api.md").read_text(encoding="utf-8")
CURLS = re.findall(r"^\$ (curl .+)$", GUIDE, re.MULTILINE)
HOST = "https://kpi.example.org"


def _called(command: str, token: str, files: dict[str, str]) -> Any:
    """What curl would send."""
    words = shlex.split(command.replace("$TOKEN", token))[1:]
    headers, sent, data, url = {}, {}, None, ""
    while words:
        match words.pop(0):
            case "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            case "-d":
                data = words.pop(0)
            case "-F":
                name, _, file = words.pop(0).partition("=@")
                sent[name] = SimpleUploadedFile(file, files[file].encode())
            case "-o":
                words.pop(0)
            case address:
                url = address.removeprefix(HOST)
    program = Client(headers=headers)
    if data is not None:
        return program.post(url, data, content_type=headers["Content-Type"])
    return program.post(url, sent) if sent else program.get(url)


@pytest.mark.parametrize("command", CURLS)
def test_each_call_of_the_guide_is_answered(command: str, token_of: Callable[..., str]) -> None:
    person = "ingrid" if re.search("/organisation|/loads", command) else "david"
    files = {"calls.csv": _calls(), "calls.toml": MAPPING}
    if "queue.csv" in command:
        headers = {"Authorization": f"Bearer {token_of('ingrid')}"}
        files["queue.csv"] = Client(headers=headers).get("/api/organisation/queue?format=csv").content.decode()
    assert _called(command, token_of(person), files).status_code == (202 if "-F" in command else 200)


def test_the_python_of_the_guide_runs(token_of: Callable[..., str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    wired.wire(monkeypatch)
    code = re.search(r"```python\n(.+?)```", GUIDE, re.DOTALL)
    assert code is not None
    with override_settings(ALLOWED_HOSTS=["*"]):
        exec(code[1], {"token": token_of("david")})  # noqa: S102 - the guide's own lines
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("2026-08 invoice 0.")
    assert said[-2:] == ["contacts answered within the time agreed (else 20 s)", str(int(said[-1]))]


def test_the_guide_has_an_example_for_each_kind_of_call() -> None:
    assert {re.split(r"[/?\" ]", command.partition("/api/")[2])[0] for command in CURLS} == {"ask", "catalogue", "evidence", "explain", "loads", "organisation"}
