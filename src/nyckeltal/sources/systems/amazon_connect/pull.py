"""Reads the objects into which Firehose writes the streams of Amazon Connect, out of the S3 bucket where they lie."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from urllib.parse import quote, unquote_plus, urlencode
from xml.etree import ElementTree as ET

from nyckeltal.errors import CannotFetch, UserMistake
from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, moved_on
from nyckeltal.sources.systems.amazon_connect.signature import signer
from nyckeltal.words import Text

OBJECTS, BYTES = 200, 4_000_000  # of what becomes one page
MOST_BYTES = 200_000_000  # of an object, unpacked
MARGIN = timedelta(minutes=15)  # between our clock and that of S3
DAY = timedelta(days=1)
BY_DAY = "%Y/%m/%d/"  # how Firehose names folders, in UTC, unless told otherwise


@dataclass(frozen=True)
class Stored:
    """An object of the bucket."""

    key: str
    changed: datetime
    size: int


class AmazonConnectPull:
    """An object lies in the folder of the day on which its first record came, and is written at the latest a day after, which is for how long Firehose tries.

    The place is the last object of a round through the days; the next round takes what was written since that one began.
    """

    given = (
        Given("address", Text("pull.address", "Address"), "https://example-bucket.s3.eu-north-1.amazonaws.com"),
        Given("region", Text("pull.region", "Region"), "eu-north-1"),
        Given("folder_in_bucket", Text("pull.folder_in_bucket", "Folder in the bucket"), "connect/contact-records/", default=""),
        Given("days", Text("pull.days", "Name of the folder of a day"), BY_DAY, default=BY_DAY),
        Given("key_id", Text("pull.key_id", "Access key ID"), "AKIA…"),
        Given("key_secret", Text("pull.key_secret", "Secret access key"), "…", secret=True),
    )
    look_back = DAY

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Objects as they lie, many to a page, day by day."""
        if "%d" not in given["days"]:
            raise UserMistake(Text("pull.no_days", "“%(days)s” names no day. Write %%Y, %%m and %%d where year, month and day stand.", {"days": given["days"]}))
        web.sign_each(signer(given["key_id"], given["key_secret"], given["region"]))
        place = self._begin(given, cursor, until)
        day, least = date.fromisoformat(place["day"]), place.get("changed")
        while day <= until.astimezone(UTC).date():
            folder = given["folder_in_bucket"].lstrip("/") + day.strftime(given["days"])
            place = {**place, "day": day.isoformat()}
            new = (one for one in _listed(web, folder, place.get("after", "")) if one.size and (least is None or one.changed.isoformat() >= least))
            for last, content in _together(web, new):
                yield Page("records", content, {**place, "after": last})
            place.pop("after", None)
            day += DAY

    def _begin(self, given: Mapping[str, str], cursor: Cursor, until: datetime) -> dict[str, str]:
        """Where a round goes on, or a new one begins: with what was written since the last one began."""
        if cursor and "caught_up" not in cursor:
            return dict(cursor)
        place = {"round": until.astimezone(UTC).isoformat()}
        if "round" not in cursor:
            return {**place, "day": given["from"]}
        before = datetime.fromisoformat(cursor["round"])
        return {**place, "day": (before - self.look_back).date().isoformat(), "changed": (before - MARGIN).isoformat()}


def _listed(web: Web, folder: str, after: str) -> Iterator[Stored]:
    """Every object of the folder after that one, in the order of their names."""
    while True:
        asked = {"list-type": "2", "encoding-type": "url", "max-keys": "1000", "prefix": folder} | ({"start-after": after} if after else {})
        found, more = moved_on(partial(web.read, "?" + urlencode(asked, quote_via=quote, safe=""), _listing), partial(_none_after, after))
        yield from found
        if not more or not found:
            return
        after = found[-1].key


def _none_after(after: str, listing: tuple[list[Stored], bool]) -> bool:
    return any(one.key <= after for one in listing[0])


def _listing(content: bytes) -> tuple[list[Stored], bool]:
    """The objects of an answer, and whether there are more; ValueError where it is no whole one."""
    try:
        root = ET.fromstring(content)  # noqa: S314 the parser itself bounds entities
    except ET.ParseError as broken:
        raise ValueError(str(broken)) from None
    space = root.tag.removesuffix("ListBucketResult")
    if space == root.tag:
        raise ValueError(root.tag)
    found = [
        Stored(
            unquote_plus(one.findtext(f"{space}Key", "")),
            datetime.fromisoformat(one.findtext(f"{space}LastModified", "")).astimezone(UTC),
            int(one.findtext(f"{space}Size", "")),
        )
        for one in root.iter(f"{space}Contents")
    ]
    return found, root.findtext(f"{space}IsTruncated", "") == "true"


def _together(web: Web, objects: Iterator[Stored]) -> Iterator[tuple[str, bytes]]:
    """The last object's key and what they hold, one after the other, as many as make a page."""
    parts: list[bytes] = []
    last = ""
    for one in objects:
        parts.append(web.read(quote(one.key), partial(_unpacked, one.size)))
        last = one.key
        if len(parts) >= OBJECTS or sum(map(len, parts)) >= BYTES:
            yield last, b"\n".join(parts)
            parts = []
    if parts:
        yield last, b"\n".join(parts)


def _unpacked(size: int, content: bytes) -> bytes:
    """What an object of that size holds; ValueError where something else came in its place. It is larger where it was unpacked on the way."""
    if len(content) != size and (len(content) < size or not content.rstrip().endswith((b"}", b"]"))):
        raise ValueError(len(content))
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        plain = gzip.GzipFile(fileobj=io.BytesIO(content)).read(MOST_BYTES + 1)
    except (EOFError, OSError, zlib.error) as broken:
        raise ValueError(str(broken)) from None
    if len(plain) > MOST_BYTES:
        english = "An answer of the source is larger than %(most)s MB. Ask for smaller pages."
        raise CannotFetch(Text("pull.too_large", english, {"most": round(MOST_BYTES / 1e6)}))
    return plain
