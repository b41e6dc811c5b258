"""Five9: the report Call Log, exported as CSV with whichever columns were chosen; read by the mappings beside this file."""

from pathlib import Path

from nyckeltal.sources.ready import Ready
from nyckeltal.words import Text

_optional = frozenset({"customer_key", "wait_s", "ring_s", "talk_s", "hold_s", "acw_s"})
SYSTEM = Ready("five9", Text("sources.five9.title", "Five9 call log, exported as CSV"), Path(__file__).parent, _optional)
