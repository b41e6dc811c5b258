"""A process of the web server does not outlive the server: killed, it could not tell its own to stop, and they would hold the port."""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """Where another server than `nyckeltal serve` started this process, that server looks after its own."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def end() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end, name="ends with its parent", daemon=True).start()
