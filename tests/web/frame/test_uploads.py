"""Files on their way in: in the home's own folder, the owner's alone, and gone where nobody keeps them."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

from nyckeltal.web.frame import uploads

BODY = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\na,b\r\n--x--\r\n'


def _request(body: bytes) -> WSGIRequest:
    return WSGIRequest(
        {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(len(BODY)), "wsgi.input": io.BytesIO(body)}
    )


def _there() -> list[Path]:
    return [path for path in (Path(settings.NYCKELTAL_HOME) / "uploads").iterdir() if path.is_file()]


def test_a_file_is_the_owners_alone_and_kept_where_it_is_wanted(tmp_path: Path) -> None:
    request = _request(BODY)
    file = request.FILES["files"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in _there()] == [0o600]
    uploads.keep(file, tmp_path / "kept")
    request.close()
    assert (tmp_path / "kept").read_bytes() == b"a,b"
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o600
    assert _there() == []


def test_a_file_that_nobody_keeps_goes_with_its_request() -> None:
    request = _request(BODY)
    assert request.FILES
    request.close()
    assert _there() == []


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_a_dead_process_was_receiving_is_swept_and_what_a_living_one_receives_is_not() -> None:
    request = _request(BODY)
    assert request.FILES
    (uploads.folder() / f"{uploads.ARRIVING}left").write_bytes(b"half")
    assert uploads.sweep() == 1
    assert len(_there()) == 1
    request.close()
