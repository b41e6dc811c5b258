"""The worker as a process beside the web server: begun again when it dies, ended when the server ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 20.0  # for what it is doing when it is asked to end; what is killed after that is begun anew at the next start
AGAIN_AFTER_S = (1.0, 5.0, 30.0)  # a worker that cannot start does not fill the log


@contextmanager
def worker() -> Iterator[None]:
    """Does long and scheduled work as long as the block lasts. In a session of its own: Ctrl-C reaches the server, which tells it."""
    ending = threading.Event()
    keeper = threading.Thread(target=_keep, args=(ending,), name="worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join(PATIENCE_S + 5)


def _keep(ending: threading.Event) -> None:
    begun = 0
    while not ending.is_set():
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "django", "work", "--parent", str(os.getpid())], stdin=subprocess.DEVNULL, start_new_session=True
        )
        _until_it_ends(process, ending)
        ending.wait(AGAIN_AFTER_S[min(begun, len(AGAIN_AFTER_S) - 1)])
        begun += 1


def _until_it_ends(process: subprocess.Popen[bytes], ending: threading.Event) -> None:
    while process.poll() is None:
        if ending.wait(0.2):
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
