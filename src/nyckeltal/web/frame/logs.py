"""Keeps out of the log what opens a door: links to get in, and what stands behind a question mark; and what tells nothing."""

from __future__ import annotations

import logging
import re

_SECRETS = ((re.compile(r"(/welcome/)[^/\s'\"]+"), r"\1…"), (re.compile(r"(?<=[\w/])\?[\w%.-]+=[^\s'\"]*"), "?…"))


class WithoutSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        for secret, instead in _SECRETS:
            said = secret.sub(instead, said)
        record.msg, record.args = said, None
        return True


class RefusedInOneLine(logging.Filter):
    """What anybody may send as often as they like, such as a foreign host's name or a page not open to them, leaves a line and no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security.") or getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
