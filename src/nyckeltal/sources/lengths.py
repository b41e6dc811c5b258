"""The units of time that headers say: “Talk (min)”, “Minutes of talk”, in five languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_UNITS: Mapping[str, str] = {  # as mappings write them
    "seconds": "s|sec|sek|seconds|sekunder|mp|másodperc|sekuntia|sekunti",
    "minutes": "m|min|mins|minutes|minuter|minutter|perc|minuuttia|minuutti",
    "hours": "h|hr|hrs|hours|tim|timmar|timer|t|óra|tuntia|tunti",
}
UNITS = "|".join((*_UNITS.values(), "mm:ss", "hh:mm:ss"))


def unit(header: str) -> str | None:
    """The unit that a header says beside what it is called, as mappings write it; None where it says none."""
    said = unicodedata.normalize("NFC", header).casefold()
    for form, listed in _UNITS.items():
        whole = "|".join(word for word in listed.split("|") if len(word) > 4 and word != "timer")  # which is a clock as well
        if re.search(rf"[\(\[]({listed})\.?[\)\]]|\b({whole})\b", said):
            return form
    return None
