"""What the tables of a real ticket system hold that nothing can be counted from is counted, row by row."""

from __future__ import annotations

from pathlib import Path

from components import shared_data
from nyckeltal.sources.load import load


def test_every_row_of_the_tables_is_accounted_for(home: Path) -> None:
    folder = shared_data("zendesk-tickets")
    report = load(sorted(folder.glob("*.csv")), home=home)  # told from the files alone
    counts = report.as_dict()["facts"]
    history, comments = counts["ticket_change"], counts["ticket_message"]
    assert (history["read"], history["repeated"], sum(history["refused"].values())) == (38, 3, 19)
    assert (comments["read"], sum(comments["refused"].values())) == (20, 20)
    assert (counts["case"]["new"], counts["zendesk"]["left_out"]["deleted"]) == (8, 2)
    assert load(sorted(folder.glob("*.csv")), home=home).already
