"""3CX: call data records as CSV, with their names in the first line or as the system writes them; read by the mapping beside this file."""

from pathlib import Path

from nyckeltal.sources.ready import Ready
from nyckeltal.sources.systems.three_cx.records import FIELDS, documented, is_record
from nyckeltal.words import Text

SYSTEM = Ready(
    "three_cx",
    Text("sources.three_cx.title", "3CX call data records (CDR) as CSV, with a header or as the system writes them"),
    Path(__file__).parent,
    prepared=documented,
    unnamed=FIELDS,
    is_unnamed=is_record,
)
