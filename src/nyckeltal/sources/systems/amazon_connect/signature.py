"""Amazon's Signature Version 4 for what is read from S3. The maintained library wants an older python-dateutil than everything else here."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

ALGORITHM, SERVICE = "AWS4-HMAC-SHA256", "s3"


def signer(
    key_id: str, secret: str, region: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Callable[[str, str, bytes | None], Mapping[str, str]]:
    """Makes the headers of one request; they hold for fifteen minutes and for that request alone."""

    def signed(method: str, address: str, body: bytes | None) -> Mapping[str, str]:
        parts, at = urlsplit(address), f"{now():%Y%m%dT%H%M%SZ}"
        digest = hashlib.sha256(body or b"").hexdigest()
        own = {"x-amz-content-sha256": digest, "x-amz-date": at}
        headers = {"host": _host(address), **own}
        names, query = ";".join(sorted(headers)), "&".join(sorted(parts.query.split("&")))
        told = "\n".join([method, parts.path or "/", query, *(f"{name}:{headers[name]}" for name in sorted(headers)), "", names, digest])
        scope = f"{at[:8]}/{region}/{SERVICE}/aws4_request"
        key = f"AWS4{secret}".encode()
        for step in scope.split("/"):
            key = _hmac(key, step)
        signature = _hmac(key, "\n".join([ALGORITHM, at, scope, hashlib.sha256(told.encode()).hexdigest()])).hex()
        return {**own, "Authorization": f"{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"}

    return signed


def _hmac(key: bytes, said: str) -> bytes:
    return hmac.new(key, said.encode(), hashlib.sha256).digest()


def _host(address: str) -> str:
    """As it is sent: without the port that goes without saying."""
    parts = urlsplit(address)
    plain = {"https": 443, "http": 80}.get(parts.scheme)
    return (parts.hostname or "") + (f":{parts.port}" if parts.port and parts.port != plain else "")
