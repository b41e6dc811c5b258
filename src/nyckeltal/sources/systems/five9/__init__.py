"""Five9: the report Call Log, exported as CSV with whichever columns were chosen; read by the mappings beside this file."""

from pathlib import Path

from nyckeltal.sources.ready import Ready, rewritten
from nyckeltal.words import Text

_optional = frozenset({"customer_key", "wait_s", "ring_s", "talk_s", "hold_s", "acw_s"})


def told(file: Path, folder: Path) -> Path:
    """The same rows; in `ABANDONED` stands “overflowed” for a call that waited, was not given up and met no agent: it left its queue for something else."""
    return rewritten(file, folder, _row)


def _row(said: dict[str, str]) -> dict[str, str]:
    waited = said.get("QUEUE WAIT TIME", "").strip(" 0:") != ""
    left = waited and said["AGENT"].strip() in ("", "[None]") and said["ABANDONED"].strip() in ("", "0") and said["CALL TYPE"].strip() == "Inbound"
    return said | {"ABANDONED": "overflowed"} if left else said


SYSTEM = Ready("five9", Text("sources.five9.title", "Five9 call log, exported as CSV"), Path(__file__).parent, _optional, told)
