"""Answers that no figure counts, because nobody has said what their question measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts
    from nyckeltal.sources.reading import Reading


def undescribed(reading: Reading, facts: Facts) -> list[Text]:
    """One warning for the questions of this load that stand in no table of questions with a measure."""
    import pyarrow.parquet as pq

    asked = {one for path in reading.facts.get("survey_response", ()) for one in pq.read_table(path, columns=["question_id"])["question_id"].to_pylist() if one}
    measured = {row["question_id"] for row in facts.small("question").to_pylist() if row["measure"]}
    if not (lost := sorted(asked - measured)):
        return []
    english = (
        "No figure counts these answers yet: %(questions)s. Load a table of questions that says for each question_id which measure it is: csat, nps or ces."
    )
    return [Text("sources.warning.questions", english, {"questions": ", ".join(lost[:5])})]
