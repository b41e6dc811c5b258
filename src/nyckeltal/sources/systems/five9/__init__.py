"""Five9: the report Call Log, exported as CSV; read by the mappings beside this file."""

from pathlib import Path

from nyckeltal.sources.ready import Ready
from nyckeltal.words import Text

SYSTEM = Ready("five9", Text("sources.five9.title", "Five9 call log, exported as CSV"), Path(__file__).parent)
