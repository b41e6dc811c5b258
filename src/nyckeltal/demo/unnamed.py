"""What only a file names: a mailbox opened lately, a colleague who helped out, and two codes. Nobody has described them yet."""

from __future__ import annotations

import pyarrow as pa

CLIENT = "nordhem"
MAILBOX = "nordhem-returns"
AGENT = "helper-1"
REASONS = ("nordhem-returns-pickup-point", "nordhem-gift-card")
LATELY = 80  # of the client's last answered mails some, so that no figure moves


def with_unnamed(mails: pa.Table) -> pa.Table:
    """The mailboxes' export with a few of its last rows as they look where the organisation is behind its systems."""
    rows = mails.to_pylist()
    lately = [row for row in rows if row["client"] == CLIENT and row["state"] == "replied"][-LATELY:]
    for number, row in enumerate(lately):
        if number % 4 == 0:
            row["mailbox"] = MAILBOX
        if number % 8 == 3:
            row["agent"] = AGENT
        if number % 5 == 2 and row["reason"] is not None:
            row["reason"] = REASONS[number % 2]
    return pa.Table.from_pylist(rows, schema=mails.schema)
