from __future__ import annotations

from pathlib import Path

from nyckeltal.contacts.privacy import pseudonym, pseudonym_sql, secret
from nyckeltal.contacts.upkeep import connect


def test_one_value_has_one_pseudonym_per_store(tmp_path: Path) -> None:
    one, other = pseudonym(tmp_path / "one"), pseudonym(tmp_path / "other")
    assert one("0701234567") == one("0701234567") == pseudonym(tmp_path / "one")("0701234567")
    assert one("0701234567") != one("0701234568")
    assert one("0701234567") != other("0701234567")
    assert len(one("x")) == 24


def test_the_secret_is_the_owners_alone(tmp_path: Path) -> None:
    assert len(secret(tmp_path)) == 64
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_sql_gives_the_same(tmp_path: Path) -> None:
    found = connect().execute(f"select {pseudonym_sql('value', tmp_path)} as p from (select 'Åsa''s' as value)").to_arrow_table().to_pylist()
    assert found == [{"p": pseudonym(tmp_path)("Åsa's")}]
