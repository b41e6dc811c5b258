"""3CX: call data records with their names in the first line, as CSV; read by the mapping beside this file."""

from pathlib import Path

from nyckeltal.sources.ready import Ready
from nyckeltal.words import Text

SYSTEM = Ready("three_cx", Text("sources.three_cx.title", "3CX call data records (CDR) with a header, as CSV"), Path(__file__).parent)
