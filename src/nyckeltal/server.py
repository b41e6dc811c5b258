"""A server somewhere else, asked as the own home folder is: the same questions, the same figures, with a token that a person made there."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from http.client import HTTPException, HTTPResponse
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from nyckeltal.errors import CannotRead, Issue, NotAllowed, UserMistake
from nyckeltal.kpi.answer import Answer, Figure
from nyckeltal.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.kpi.explain import Explanation

PATIENCE_S = 120.0
CHUNK_BYTES = 1 << 20


def connect(url: str, token: str, *, language: str = "en", timeout_s: float = 300.0) -> Server:
    """The server at this address, https://kpi.example.org; *My account* there makes tokens. Nothing is sent yet."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UserMistake(Text("server.no_address", "“%(url)s” is no address of a server. Write it like https://kpi.example.org.", {"url": url}))
    return Server(f"{parts.scheme}://{parts.netloc}", token, language, timeout_s)


class Server:
    """What a person may see there, for a program. Mistakes are raised as at home, said by the server."""

    def __init__(self, url: str, token: str, language: str, timeout_s: float) -> None:
        self.url, self.timeout_s = url, timeout_s
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        self._open = build_opener(_StayHere()).open

    def ask(self, *kpis: str, **question: Any) -> Answer:
        """Figures. The words are those of `nyckeltal.ask`; `client`, `channel`, `queue`, `team` and `reason1` narrow to one."""
        return Answer(tuple(map(_figure, self._asked("ask", _said(kpis, question)))))

    def table(self, *kpis: str, **question: Any) -> pa.Table:
        """The same as an Arrow table."""
        import pyarrow as pa

        return pa.ipc.open_stream(self._call("POST", "ask", _json(_said(kpis, question) | {"format": "arrow"})).read()).read_all()

    def explain(self, *kpis: str, **question: Any) -> list[Explanation]:
        return [_explanation(told) for told in self._json("GET", f"explain?{_address(_said(kpis, question))}")]

    def catalogue(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._json("GET", "catalogue")
        return found

    def organisation(self, table: str) -> list[dict[str, Any]]:
        """The rows of one table: client, queue, agreement, calendar, team, team_membership, agent, reason."""
        found: list[dict[str, Any]] = self._json("GET", f"organisation/{quote(table, safe='')}")
        return found

    def loads(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._json("GET", "loads")
        return found

    def load(self, paths: str | Path | Iterable[str | Path], *, wait: bool = True, **words: str | Path) -> dict[str, Any]:
        """Send files to be loaded; `mapping` is a file, `mapping_name` one that is kept there. Returns how the job ended, or how it stands."""
        files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
        for file in [*files, *(Path(said) for name, said in words.items() if name == "mapping")]:
            if not file.is_file():
                raise CannotRead(Text("sources.load.missing", "There is no file or folder “%(path)s”.", {"path": str(file)}))
        given = {name: Path(said).read_text(encoding="utf-8-sig") if name == "mapping" else str(said) for name, said in words.items()}
        job: dict[str, Any] = json.load(self._call("POST", "loads", _Parcel(files, given)))
        while wait and job["state"] in ("waiting", "running"):
            time.sleep(1.0)
            job = self.job(job["job"])
        return job

    def undo(self, load_id: str) -> dict[str, Any]:
        job: dict[str, Any] = self._json("DELETE", f"loads/{quote(load_id, safe='')}")
        return job

    def job(self, job: str) -> dict[str, Any]:
        told: dict[str, Any] = self._json("GET", f"jobs/{quote(job, safe='')}")
        return told

    def _asked(self, what: str, question: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.load(self._call("POST", what, _json(question)))
        return found

    def _json(self, method: str, address: str) -> Any:
        return json.load(self._call(method, address))

    def _call(self, method: str, address: str, parcel: _Parcel | None = None) -> HTTPResponse:
        """Waits where the server says that it was asked too often, as long as patience lasts."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self._once(method, address, parcel)
            except HTTPError as refused:
                wait_s = _seconds(refused.headers.get("Retry-After"))
                if refused.code not in (429, 503) or wait_s is None or time.monotonic() + wait_s > until:
                    raise _mistake(refused) from None
                time.sleep(wait_s)
            except (URLError, HTTPException, OSError) as failed:
                if parcel:
                    self._not_allowed(method, address)
                reason = getattr(failed, "reason", None) or failed
                raise CannotRead(Text("server.unreachable", "%(url)s does not answer: %(reason)s", {"url": self.url, "reason": str(reason)})) from None

    def _not_allowed(self, method: str, address: str) -> None:
        """Raise what a server says that will not have this from us: it may have closed the door before all was sent, and its answer is lost then."""
        try:
            self._once(method, address, _Parcel())
        except HTTPError as refused:
            if refused.code in (401, 403):
                raise _mistake(refused) from None
        except (URLError, HTTPException, OSError):
            return

    def _once(self, method: str, address: str, parcel: _Parcel | None) -> HTTPResponse:
        about = parcel.headers if parcel else {}
        data = iter(parcel) if parcel else None
        request = Request(f"{self.url}/api/{address}", data, {**self._headers, **about}, method=method)  # noqa: S310 - http and https alone, see `connect`
        answer: HTTPResponse = self._open(request, timeout=self.timeout_s)
        return answer


class _StayHere(HTTPRedirectHandler):
    """A token is for one server: it does not follow to another."""

    def redirect_request(self, *_args: Any) -> None:
        return None


class _Parcel:
    """A body with its length, read while it is sent: JSON, or files with words beside them."""

    def __init__(self, files: Iterable[Path] = (), words: Mapping[str, str] | None = None, plain: bytes | None = None) -> None:
        mark = token_hex(16)
        self.parts: list[bytes | Path] = [plain] if plain is not None else []
        for name, said in (words or {}).items():
            self.parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n'.encode())
        for file in files:
            called = "".join(letter for letter in file.name if letter.isprintable() and letter not in '"\\')
            about = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{called}"\r\nContent-Type: application/octet-stream\r\n\r\n'
            self.parts += [about.encode(), file, b"\r\n"]
        self.parts += [] if plain is not None else [f"--{mark}--\r\n".encode()]
        length = sum(part.stat().st_size if isinstance(part, Path) else len(part) for part in self.parts)
        kind = "application/json" if plain is not None else f"multipart/form-data; boundary={mark}"
        self.headers = {"Content-Type": kind, "Content-Length": str(length)}

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            with part.open("rb") if isinstance(part, Path) else BytesIO(part) as source:
                while chunk := source.read(CHUNK_BYTES):
                    yield chunk


def _json(said: Mapping[str, Any]) -> _Parcel:
    return _Parcel(plain=json.dumps(said).encode())


_CALLED = {"start": "from", "end": "to"}


def _said(kpis: Iterable[str], question: Mapping[str, Any]) -> dict[str, Any]:
    """The words of `nyckeltal.ask` as the API calls them."""
    found: dict[str, Any] = {"kpi": list(kpis)}
    for name, value in question.items():
        if value is not None and value not in ("", (), {}):
            found[_CALLED.get(name, name)] = _plain(name, value)
    return found


def _plain(name: str, value: Any) -> Any:
    if name == "by":
        return [part.strip() for part in value.split(",")] if isinstance(value, str) else list(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    return getattr(value, "value", value)


def _address(said: Mapping[str, Any]) -> str:
    pairs: list[tuple[str, str]] = []
    for name, value in said.items():
        each = [f"{key}={one}" for key, one in value.items()] if isinstance(value, Mapping) else value if isinstance(value, list) else [value]
        pairs += [(name, str(one)) for one in each]
    return urlencode(pairs)


def _figure(told: Mapping[str, Any]) -> Figure:
    known = {each.name for each in fields(Figure)}
    values = {name: value for name, value in told.items() if name in known}
    until, since = told.get("known_until"), told.get("revised_since")
    moments = {"known_until": datetime.fromisoformat(until) if until else None, "revised_since": date.fromisoformat(since) if since else None}
    return Figure(**{**values, **moments, "message": _text(told.get("message"))})


def _explanation(told: Mapping[str, Any]) -> Explanation:
    from nyckeltal.kpi.explain import Explanation

    known = {each.name for each in fields(Explanation)}
    sentences = ("name", "asks", "called", "top", "bottom", "caution", "interval", "refused")
    values: dict[str, Any] = {name: _text(value) if name in sentences else value for name, value in told.items() if name in known}
    values |= {"settings": {name: _text(value) for name, value in told["settings"].items()}, "sql": tuple(told["sql"])}
    return Explanation(**values)


def _text(said: str | None) -> Text | None:
    """A sentence of the server's, in the language it was asked in."""
    return None if said is None else Text("server.said", said)


def _seconds(said: str | None) -> float | None:
    return float(said) if said and said.isdigit() else None


def _mistake(refused: HTTPError) -> UserMistake:
    """What the server says; where it is none of ours, what it answered."""
    try:
        told = json.load(refused)
        text = Text(str(told["code"]), "%(said)s", {"said": told["detail"]})
        issues = [Issue(Text(one["code"], "%(said)s", {"said": one["detail"]}), one["file"], one["line"], one["field"]) for one in told["issues"]]
    except (ValueError, KeyError, TypeError):
        english = "%(url)s answered %(status)s instead of figures. Is it the address of a nyckeltal server?"
        text, issues = Text("server.odd", english, {"url": refused.url, "status": refused.code}), []
    kind = NotAllowed if refused.code in (401, 403) else UserMistake
    return kind(text, issues)
