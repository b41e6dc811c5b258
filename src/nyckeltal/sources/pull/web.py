"""The network as the systems see it: asks patiently, never elsewhere than where it was told to, and keeps secrets out of every message."""

from __future__ import annotations

import json as notation
import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, quote_plus, unquote, urlencode, urljoin, urlsplit

from nyckeltal.errors import CannotFetch
from nyckeltal.words import Text

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager
    from urllib3.util.retry import Retry

Params = Mapping[str, str | int] | Sequence[tuple[str, str | int]]
Signer = Callable[[str, str, bytes | None], Mapping[str, str]]
T = TypeVar("T")

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})  # what passes, as vendors document it
MOVED = frozenset({301, 302, 303, 307, 308})
NO_CONTENT = 204
MOST_MOVES = 5
HIDDEN = "•••"
MARKUP = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)|<[^>]*(>|\Z)", re.DOTALL | re.IGNORECASE)
SHOWN = 300  # characters of an answer in a message
LEAST_SECRET = 4  # shorter ones would hide ordinary words

logging.getLogger("urllib3").setLevel(logging.INFO)  # below that it writes addresses, and a secret may stand in one


@dataclass(frozen=True)
class Patience:
    """How long is waited, how often it is tried again, and how much is taken in. `until_s` is a moment of the clock after which no wait begins."""

    connect_s: float = 10
    read_s: float = 60
    answer_s: float = 300
    tries: int = 6
    first_wait_s: float = 1
    longest_wait_s: float = 120
    most_bytes: int = 100_000_000
    until_s: float | None = None


class _Broken(Exception):
    """An answer that ended early or is no JSON; asked again, it may be whole."""

    def __init__(self, said: Text) -> None:
        super().__init__(str(said))
        self.said = said


class HttpWeb:
    """`addresses` are what the person gave, the source's own first: nothing else is ever asked. `secrets` are shown nowhere.

    Proxies named in the environment are not used: a source that needs one says so.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        *,
        secrets: Iterable[str] = (),
        patience: Patience | None = None,
        proxy: str | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base = "".join(addresses[:1]).rstrip("/") + "/"
        self.origins = frozenset(_origin(address) for address in addresses)
        self.patience = patience or Patience()
        self.requests = 0
        self._headers: dict[str, str] = {"Accept": "application/json", "User-Agent": "nyckeltal"}
        self._secrets = {secret for secret in secrets if len(secret) >= LEAST_SECRET}
        self._secrets |= {part for part in (urlsplit(proxy).password if proxy else None, proxy if proxy and "@" in proxy else None) if part}
        self._pool, self._retry = _pool(self.patience, proxy), _retry(self.patience)
        self._sleep, self._clock = sleep, clock
        self._signer: Signer = lambda *_: {}

    def sign(self, headers: Mapping[str, str]) -> None:
        """Headers that every request carries from now on; they are as secret as what they were made of."""
        self._headers |= headers
        said = [part for value in headers.values() for part in (value, value.split(" ", 1)[-1])]
        self._secrets |= {part for part in said if len(part) >= LEAST_SECRET and not part.startswith("application/")}

    def sign_each(self, signer: Signer) -> None:
        """Headers made for each request from its method, address and body."""
        self._signer = signer

    def get(self, path: str, params: Params | None = None) -> object:
        """The parsed JSON of an answer; None where its status says that there is no content."""
        return self._ask("GET", self._address(path, params), None, {}, _parsed)

    def read(self, path: str, take: Callable[[bytes], T]) -> T:
        """What `take` makes of an answer; a ValueError of it means that the answer was not whole."""
        return self._ask("GET", self._address(path, None), None, {}, take)

    def post(self, path: str, *, json: object = None, form: Mapping[str, str] | None = None) -> object:
        """The parsed JSON of an answer to what only asks."""
        if form is not None:
            return self._ask("POST", self._address(path, None), urlencode(dict(form)).encode(), {"Content-Type": "application/x-www-form-urlencoded"}, _parsed)
        return self._ask("POST", self._address(path, None), notation.dumps(json).encode(), {"Content-Type": "application/json"}, _parsed)

    def close(self) -> None:
        self._pool.clear()

    def plain(self, said: object) -> str:
        """A text with no secret in it, in whichever form it may stand in an address or a header."""
        text = str(said)
        for secret in sorted(self._secrets, key=len, reverse=True):
            for form in _forms(secret):
                text = text.replace(form, HIDDEN)
        return text

    def _address(self, path: str, params: Params | None) -> str:
        """Below the source's address; a whole address, as vendors give for the next page, only where the person gave its host."""
        whole = path if path.startswith(("https://", "http://")) else urljoin(self.base, path.lstrip("/"))
        if _origin(whole) not in self.origins:
            english = "The source sends us on to %(address)s, which is not where it was said to be. If it is right, give that address in its settings."
            raise CannotFetch(Text("pull.elsewhere", english, {"address": self.plain(_origin(whole))}))
        told = urlencode(list(params.items()) if isinstance(params, Mapping) else list(params)) if params else ""
        return whole + ("&" if "?" in whole else "?") + told if told else whole

    def _ask(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str], take: Callable[[bytes], T]) -> T:
        """Until an answer can be used, or patience ends."""
        import urllib3

        retry, asked = self._retry, f"{method} {self.plain(address)}"
        while True:
            again_s: float | None = None
            said: str | Text
            status, away = None, None
            try:
                answer, content = self._once(method, address, body, headers)
                status = answer.status
                if status < 300:
                    return _taken(take, content, may_be_empty=status == NO_CONTENT)
                said = self.plain(_shown(content))
                if status not in AGAIN:
                    raise _refused(asked, status, said)
                again_s = retry_after(answer.headers.get("Retry-After"))
            except _Broken as broken:
                status, said = None, broken.said
            except urllib3.exceptions.HTTPError as fault:
                said, away = self.plain(_reason(fault)), fault
                if "CERTIFICATE_VERIFY_FAILED" in said:  # stays so, however often one asks
                    raise _unsafe(asked, said) from None
            retry = self._wait(retry, asked, status, said, again_s, away)

    def _wait(self, retry: Retry, asked: str, status: int | None, said: str | Text, again_s: float | None, away: Exception | None) -> Retry:
        """Before the next try: as long as the vendor says, else a little longer each time; a CannotFetch where that would be too long."""
        import urllib3

        try:
            retry = retry.increment(error=urllib3.exceptions.HTTPError(said))
        except urllib3.exceptions.MaxRetryError:
            raise _given_up(asked, status, said, self.patience.tries + 1, again_s, away) from None
        wait_s = retry.get_backoff_time() if again_s is None else again_s
        late = self.patience.until_s is not None and self._clock() + wait_s > self.patience.until_s
        if late or wait_s > self.patience.longest_wait_s:
            raise _given_up(asked, status, said, len(retry.history), again_s, away)
        self._sleep(wait_s)
        return retry

    def _once(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[BaseHTTPResponse, bytes]:
        """One answer, whole; sent on within the given addresses, as far as it only asks."""
        for _ in range(MOST_MOVES + 1):
            self.requests += 1
            signed = {**self._headers, **self._signer(method, address, body), **headers}
            answer = self._pool.request(method, address, body=body, headers=signed, preload_content=False, redirect=False, retries=False)
            try:
                content = self._content(answer)
            finally:
                answer.release_conn()
            target = answer.headers.get("Location")
            if answer.status not in MOVED or not target or (method != "GET" and answer.status not in {307, 308}):
                return answer, content
            address = self._address(urljoin(address, target), None)
        return answer, content

    def _content(self, answer: BaseHTTPResponse) -> bytes:
        """The body, as long as it is neither too large nor too slow."""
        begun, parts, size = self._clock(), [], 0
        while part := answer.read(1 << 16, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > self.patience.most_bytes:
                answer.close()
                english = "An answer of the source is larger than %(most)s MB. Ask for smaller pages."
                raise CannotFetch(Text("pull.too_large", english, {"most": round(self.patience.most_bytes / 1e6)}))
            if self._clock() - begun > self.patience.answer_s:
                answer.close()
                raise _Broken(Text("pull.slow", "The answer took too long to arrive."))
        return b"".join(parts)


def retry_after(header: str | None) -> float | None:
    """Seconds to wait, from a header that says them or a moment; None where it says nothing that can be read."""
    import urllib3

    try:
        return urllib3.Retry().parse_retry_after(header.strip()) if header else None
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
        return None


def _pool(patience: Patience, proxy: str | None) -> PoolManager:
    import urllib3

    timeout = urllib3.Timeout(connect=patience.connect_s, read=patience.read_s)
    if not proxy:
        return urllib3.PoolManager(timeout=timeout)
    login = unquote(urlsplit(proxy).netloc.rpartition("@")[0])
    return urllib3.ProxyManager(proxy, timeout=timeout, proxy_headers=urllib3.make_headers(proxy_basic_auth=login) if login else None)


def _retry(patience: Patience) -> Retry:
    import urllib3

    return urllib3.Retry(
        total=patience.tries,
        backoff_factor=patience.first_wait_s,
        backoff_max=patience.longest_wait_s,
        backoff_jitter=patience.first_wait_s / 2,
        allowed_methods=None,  # POST too: it only asks
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"


def _forms(secret: str) -> list[str]:
    """As it may stand in an address, in JSON (that of PHP too), and in a page; the longest first, so that no part of one is left."""
    told = notation.dumps(secret)[1:-1]
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), told, told.replace("/", "\\/"), escape(secret)}
    return sorted(forms, key=len, reverse=True)


def _parsed(content: bytes) -> object:
    return notation.loads(content) if content else None


def _taken(take: Callable[[bytes], T], content: bytes, *, may_be_empty: bool) -> T:
    with suppress(ValueError):
        if content or may_be_empty:
            return take(content)
    english = "The answer (%(bytes)s bytes) is not of the form that this interface has: it was cut short, or is a page for people to read."
    raise _Broken(Text("pull.no_answer", english, {"bytes": len(content)}))


def _shown(content: bytes) -> str:
    """The beginning of an answer; of a page for people its words alone."""
    text = content[: 40 * SHOWN].decode("utf-8", errors="replace")
    if text.lstrip()[:1] == "<":
        text = unescape(MARKUP.sub(" ", text))
    return " ".join(text.split())[:SHOWN]


def _reason(fault: Exception) -> str:
    """What the library says, without the objects it names."""
    told = re.sub(r"^HTTPS?Connection(Pool)?\([^)]*\): ", "", str(fault.args[-1] if fault.args else fault).split(">: ", 1)[-1])
    return f"{type(fault).__name__}: {told}"[:SHOWN]


def _refused(asked: str, status: int, said: str) -> CannotFetch:
    """An answer that stays the same however often one asks."""
    values = _told(asked, status, said)
    if status in {401, 403}:
        english = "The source refused us (%(status)s) when asked %(asked)s: %(said)s Check the secret in its settings, and what its owner may read."
        return CannotFetch(Text("pull.refused", english, values), status=status)
    return CannotFetch(
        Text("pull.wrong", "The source answered %(status)s when asked %(asked)s: %(said)s Check its address and settings.", values), status=status
    )


def _unsafe(asked: str, said: str) -> CannotFetch:
    english = (
        "The source's certificate cannot be trusted, so it was not asked (%(asked)s): %(said)s Check its address and this machine's clock; an authority of "
        "your own must be known to this machine."
    )
    return CannotFetch(Text("pull.certificate", english, _told(asked, 0, said)))


def _given_up(asked: str, status: int | None, said: str | Text, tries: int, again_s: float | None, away: Exception | None) -> CannotFetch:
    import urllib3

    values = {**_told(asked, status or 0, said), "tries": tries}
    if status is not None:
        busy = "The source answered %(status)s when asked %(asked)s, %(tries)s times: %(said)s It is asked again when it is next due."
        return CannotFetch(Text("pull.busy", busy, values), status=status, again_s=again_s)
    if isinstance(away, urllib3.exceptions.ProxyError):
        english = "The proxy could not be used when asked %(asked)s, %(tries)s times: %(said)s Check proxy in the settings of the source."
        return CannotFetch(Text("pull.proxy_away", english, values))
    if isinstance(away, urllib3.exceptions.NameResolutionError):
        english = (
            "No machine was found by the name in the address when asked %(asked)s, %(tries)s times: %(said)s Check the address, and this machine's network."
        )
        return CannotFetch(Text("pull.no_name", english, values))
    gone = (
        "The source could not be reached, or broke off, when asked %(asked)s, %(tries)s times: %(said)s It is asked again when it is next due. If it stays so, "
        "check its address, and whether this machine may go there."
    )
    return CannotFetch(Text("pull.unreachable", gone, values))


def _told(asked: str, status: int, said: str | Text) -> dict[str, object]:
    """The end of what was said closes its sentence."""
    if not said:
        said = Text("pull.said_nothing", "It said nothing more.")
    ended = said if isinstance(said, Text) or said.endswith((".", "!", "?")) else f"{said}."
    return {"asked": asked, "status": status, "said": ended}
