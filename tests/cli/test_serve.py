"""`nyckeltal serve` answers, refuses a taken port, and stops cleanly."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from nyckeltal.cli import webside
from nyckeltal.errors import UserMistake


def test_a_taken_port_is_refused_and_the_next_free_one_found() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserMistake, match=str(port)):
            webside.free_port("127.0.0.1", port)
        assert webside.free_port("127.0.0.1", port, tries=50) > port


def _answer(address: str, server: subprocess.Popen[str]) -> int:
    """The first answer's status; the server has a minute to come up."""
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 our own server
                return int(answer.status)
        except OSError:
            time.sleep(0.2)
    return 0


@pytest.mark.slow
def test_the_server_answers_and_stops_cleanly(home: Path) -> None:
    port = webside.free_port("127.0.0.1", 18_000, tries=500)
    line = [sys.executable, "-m", "nyckeltal.cli.main", "serve", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as server:
        status = _answer(f"http://127.0.0.1:{port}/", server)
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=30)
    assert status == 200
    assert server.returncode == 0
    assert f"http://127.0.0.1:{port}" in said
    assert "Traceback" not in said
