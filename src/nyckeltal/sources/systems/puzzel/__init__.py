"""Puzzel: the table call_events of its raw data, exported as CSV; read by the mappings beside this file."""

from pathlib import Path

from nyckeltal.sources.ready import Ready
from nyckeltal.sources.systems.puzzel.events import told_whole
from nyckeltal.words import Text

SYSTEM = Ready("puzzel", Text("sources.puzzel.title", "Puzzel raw data: the table call_events, exported as CSV"), Path(__file__).parent, prepared=told_whole)
