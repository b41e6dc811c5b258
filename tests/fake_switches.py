"""Genesys Cloud, Twilio and the bucket of Amazon Connect on this machine: they tell the samples in the shapes, and with the limits, that they document."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote_plus, unquote, urlencode, urlsplit

from fake_vendor import FakeVendor
from nyckeltal.sources import find
from nyckeltal.sources.documents import records

SYSTEMS = Path(find.__file__).parent / "systems"
Answer = tuple[int, dict[str, str], Any]


@dataclass
class Asked:
    """What a request said."""

    path: str
    params: dict[str, str]
    signed: str
    body: str


@dataclass
class Switch(FakeVendor):
    """Answers with one of the functions below."""

    answers: Callable[[Any, Asked], Answer] = lambda *_: (404, {}, {})

    def reply(self, path: str, signed: str, body: str) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(path)
        asked = Asked(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}, signed, body)
        status, headers, said = self.answers(self, asked)
        return status, headers, said if isinstance(said, bytes) else json.dumps(said).encode()


def genesys_answers(_vendor: Any, asked: Asked) -> Answer:
    """Tokens for those who have the secret; pages of what lies in the interval, `conversations` left out where there are none."""
    if asked.path == "/oauth/token":
        known = b64decode(asked.signed.removeprefix("Basic ")).decode() == "id:s3cret" and asked.body == "grant_type=client_credentials"
        return (200, {}, {"access_token": "t0ken", "token_type": "bearer", "expires_in": 86400}) if known else (400, {}, {"error": "invalid_client"})
    if asked.signed != "bearer t0ken":
        return 401, {}, {"message": "No authentication bearer token specified", "code": "authentication.required", "status": 401}
    said = json.loads(asked.body)
    first, last = said["interval"].split("/")
    name, file = ("conversations", "conversation-details.json") if "conversations" in asked.path else ("userDetails", "users-details.json")
    everything = json.loads((SYSTEMS / "genesys_cloud" / "samples" / file).read_text(encoding="utf-8"))[name]
    there = [one for one in everything if name == "userDetails" or first <= one["conversationStart"].replace("-2T", "-02T") < last]
    there = there if first <= "2026-03-02T23" < last or name == "conversations" else []
    size, number = said["paging"]["pageSize"], said["paging"]["pageNumber"]
    page = there[(number - 1) * size : number * size]
    return 200, {}, {name: page, "totalHits": len(there)} if page else {"totalHits": len(there)}


def twilio_answers(vendor: Any, asked: Asked) -> Answer:
    """Events of the time asked about, newest first, with the next page's whole address."""
    if asked.signed != "Basic QUMxOnMzY3JldA==":
        return 401, {}, {"code": 20003, "message": "Authenticate", "status": 401}
    everything = json.loads((SYSTEMS / "twilio_taskrouter" / "samples" / "events.json").read_text(encoding="utf-8"))["events"]
    there = [one for one in everything if asked.params["StartDate"] <= one["event_date"] < asked.params["EndDate"]]
    size, number = int(asked.params["PageSize"]), int(asked.params.get("Page", "0"))
    page = there[number * size : (number + 1) * size]
    more = len(there) > (number + 1) * size
    same = urlencode({name: asked.params[name] for name in ("StartDate", "EndDate", "PageSize")})
    following = f"{vendor.address}{asked.path}?{same}&Page={number + 1}&PageToken=PT1"
    return 200, {}, {"events": page, "meta": {"page": number, "page_size": size, "next_page_url": following if more else None, "key": "events"}}


RECORDS = [record.value for file in ("contact-records.json", "agent-events.jsonl") for record in records(SYSTEMS / "amazon_connect" / "samples" / file)]
NIGHT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def stored() -> dict[str, tuple[datetime, bytes]]:
    """The samples as Firehose writes them: several records to an object, nothing between them, some packed; a folder's own entry holds nothing."""
    cut = [RECORDS[at : at + 3] for at in range(0, len(RECORDS), 3)]
    written = ["".join(json.dumps(one) for one in part).encode() for part in cut]
    packed = [gzip.compress(content) if at % 2 else content for at, content in enumerate(written)]
    keys = [f"connect/2026/03/{2 + at % 2:02}/08/stream-1-{at:02}+a b" for at in range(len(packed))]
    return {"connect/2026/03/02/": (NIGHT, b"")} | {key: (NIGHT, content) for key, content in zip(keys, packed, strict=True)}


def bucket_answers(objects: dict[str, tuple[datetime, bytes]], page: int = 2) -> Callable[[Any, Asked], Answer]:
    """S3: keys in order after a key, as XML; each object's bytes; nothing without a signature."""

    def answers(_vendor: Any, asked: Asked) -> Answer:
        if not asked.signed.startswith(f"AWS4-HMAC-SHA256 Credential=AKIA1/{datetime.now(UTC):%Y%m%d}/eu-north-1/s3/aws4_request, SignedHeaders=host;"):
            return 403, {}, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
        if asked.path != "/":
            return 200, {}, objects[unquote(asked.path[1:])][1]
        there = sorted(key for key in objects if key.startswith(asked.params["prefix"]) and key > asked.params.get("start-after", ""))
        told = "".join(
            f"<Contents><Key>{quote_plus(key)}</Key><LastModified>{objects[key][0]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified><Size>{len(objects[key][1])}</Size></Contents>"
            for key in there[:page]
        )
        more = str(len(there) > page).lower()
        body = (
            f'<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>{more}</IsTruncated>{told}</ListBucketResult>'
        )
        return 200, {}, body.encode()

    return answers
