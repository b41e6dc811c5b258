"""Files that people send: streamed into the home's own folder under random names, readable by the owner only, gone when nobody keeps them."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

ARRIVING = "arriving-"


def folder() -> Path:
    """The uploads folder of this home."""
    found = Path(settings.NYCKELTAL_HOME) / "uploads"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


class Arriving(TemporaryUploadedFile):
    """One file while it comes in. The process that receives it holds a lock on it, so that a dead one's leftovers are known."""

    def __init__(self, name: str, content_type: str, size: int, charset: str | None, extra: dict[str, bytes] | None = None) -> None:
        file = tempfile.NamedTemporaryFile(prefix=ARRIVING, dir=folder())  # noqa: SIM115 - closed by Django, and gone with that
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        UploadedFile.__init__(self, file, name, content_type, size, charset, extra)  # instead of the parent's own folder


class ToDisk(TemporaryFileUploadHandler):
    """Every file on disk, small ones too."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        self.file: Any = Arriving(self.file_name or "", self.content_type or "", 0, self.charset, self.content_type_extra)


def keep(arrived: object, to: Path) -> None:
    """Take the file out of Django's hands."""
    assert isinstance(arrived, Arriving)  # noqa: S101 - there is no other handler
    arrived.flush()
    Path(arrived.temporary_file_path()).replace(to)
    to.chmod(0o600)


def sweep() -> int:
    """Remove what was still coming in when its receiver died; how many there were."""
    swept = 0
    for path in folder().glob(f"{ARRIVING}*"):
        descriptor = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            path.unlink(missing_ok=True)
            swept += 1
        finally:
            os.close(descriptor)
    return swept
