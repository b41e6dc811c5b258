from __future__ import annotations

import errno
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fake_vendor import FakeSystem
from nyckeltal.errors import UserMistake
from nyckeltal.sources import find
from nyckeltal.sources.pull import condition, secrets, sources
from nyckeltal.sources.pull.schedule import Schedule


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    systems = find.systems()
    monkeypatch.setattr(find, "systems", lambda: {**systems, "fake": FakeSystem()})


def _read(home: Path, text: str) -> sources.Sources:
    (home / "sources.toml").write_text(text)
    return sources.read(home)


def _wrong(home: Path, text: str) -> str:
    return "\n".join(map(str, _read(home, text).issues))


def test_a_source_is_read_with_its_secret_from_where_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '[source.my-calls]\nsystem = "fake"\nclient = "shop"\nfrom = 2026-03-01\naddress = "https://calls.example"\n'
    monkeypatch.setenv("NYCKELTAL_SECRET_MY_CALLS_TOKEN", "from the environment")
    feed = _read(tmp_path, text).feed("my-calls")
    assert (feed.stored_as, feed.secret, feed.addresses) == ("fake-shop", {"token": "from the environment"}, ("https://calls.example",))
    assert "from the environment" not in repr(feed)
    monkeypatch.delenv("NYCKELTAL_SECRET_MY_CALLS_TOKEN")
    secrets.keep(tmp_path, "my-calls", "token", "from the file")
    assert _read(tmp_path, text).feed("my-calls").secret == {"token": "from the file"}
    assert list(secrets.too_open(tmp_path)) == []


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    told = _wrong(
        tmp_path,
        '[source.calls]\nsystem = "fak"\nfrom = 2026-03-01\nevery = "often"\nzone = "Europe/Stokholm"\nkeep_days = "7"\nmost_refused_percent = 500\n'
        '[source.other]\nsystem = "fake"\nfrom = "2026-03-01"\naddress = "calls.example"\ntoken = "oops"\nadress = "x"\n'
        '[source.none]\nfollwo = "/x"\n[sorce]\n',
    )
    assert "sources.toml:2: source.calls.system: “fak” is not known here. Did you mean fake?" in told
    assert "sources.toml:4: source.calls.every: “often” is no schedule." in told
    assert "Did you mean Europe/Stockholm?" in told
    assert "“most_refused_percent” is a whole number from 0 to 100." in told
    assert "sources.toml:6: source.calls.keep_days: “keep_days” is a whole number." in told
    assert "sources.toml:10: source.other.from: “from” is a date" in told
    assert "“calls.example” is no address. Write it whole" in told
    assert "sources.toml:12: source.other.token: A secret does not stand in sources.toml." in told
    assert "The secret “token” is missing. Put it into secrets/other.token" in told
    assert "Did you mean address?" in told
    assert "sources.toml:14: source.none: Say one of: from" in told
    assert "“follwo” is not known here. Did you mean follow?" in told
    assert "“sorce” is not known here. Did you mean source?" in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source = 3\n", "headed [source.…]"),
        ("[[source]]\nfolder = '/srv'\n", "headed [source.…]"),
        ("[source]\nfolder = '/srv'\n", "headed [source.…]"),
        ("[source.calls]\nfrom = 2026-03-01\nmapping = 'calls.toml'\n", "Say system ="),
    ],
)
def test_what_is_no_source_is_told_and_ends_no_page(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "calls.toml").write_text('[fact]\nkind = "contact"\n')
    assert said in _wrong(tmp_path, text)
    assert any(said in str(wrong) for _, wrong in condition.ailing(tmp_path))
    assert list(condition.of_all(tmp_path, datetime(2026, 3, 1, tzinfo=UTC))) == []


def test_a_zone_that_nobody_knows_is_told_without_the_list_of_all(tmp_path: Path) -> None:
    told = _wrong(tmp_path, '[source.hr]\nfolder = "/srv"\nzone = "Qwertyuiop/Zxcv"\n')
    assert "There is no time zone called “Qwertyuiop/Zxcv”." in told
    assert "Africa/" not in told


def test_what_would_send_a_secret_in_the_open_or_mix_two_accounts_is_refused(tmp_path: Path) -> None:
    secrets.keep(tmp_path, "a", "token", "abcd")
    secrets.keep(tmp_path, "b", "token", "abcd")
    one = 'system = "fake"\nfrom = 2026-03-01\naddress = "http://calls.example"\n'
    assert "everybody on the way could read the secret" in _wrong(tmp_path, f"[source.a]\n{one}")
    assert _wrong(tmp_path, f"[source.a]\n{one}unencrypted = true\n") == ""
    two = f"[source.a]\n{one}unencrypted = true\n[source.b]\n{one}unencrypted = true\n"
    assert "“a” and “b” would both be kept as fake" in _wrong(tmp_path, two)
    assert _wrong(tmp_path, two + 'source = "fake-b"\n') == ""


def test_a_proxy_is_a_whole_address_and_with_a_password_a_secret(tmp_path: Path) -> None:
    secrets.keep(tmp_path, "a", "token", "abcd")
    one = '[source.a]\nsystem = "fake"\nfrom = 2026-03-01\naddress = "https://calls.example"\nproxy = "%s"\n'
    assert "“proxy.example:3128” is no proxy. Write it whole" in _wrong(tmp_path, one % "proxy.example:3128")
    assert "put it into secrets/a.proxy" in _wrong(tmp_path, one % "http://me:word@proxy.example:3128")
    secrets.keep(tmp_path, "a", "proxy", "http://me:word@proxy.example:3128")
    feed = _read(tmp_path, one.rsplit("proxy", 1)[0]).feed("a")
    assert feed.proxy == "http://me:word@proxy.example:3128"
    assert "word" not in repr(feed)


def test_a_secret_that_may_not_be_read_is_told_and_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", "secrets/a.token")

    monkeypatch.setattr(secrets, "find", closed)
    text = '[source.b]\nfolder = "/tmp"\n[source.a]\nsystem = "fake"\nfrom = 2026-03-01\naddress = "https://calls.example"\n'
    assert "Permission denied: secrets/a.token" in _wrong(tmp_path, text)
    assert list(sources.read(tmp_path).feeds) == ["b"]


def test_a_broken_source_stops_no_other_and_says_why_when_named(tmp_path: Path) -> None:
    found = _read(tmp_path, '[source.good]\nfolder = "/tmp"\n[source.bad]\nfolder = "tmp"\n')
    assert list(found.feeds) == ["good"]
    with pytest.raises(UserMistake, match="cannot be used") as told:
        found.feed("bad")
    assert "whole path" in str(told.value.issues[0])
    assert "cannot be read" in _wrong(tmp_path, "[source.good\n")


def test_no_system_asks_for_a_setting_that_the_frame_has(tmp_path: Path) -> None:
    asked = {name: [one.name for one in sources.settings_of(name)] for name in sources.askable()}
    assert {name: set(given) & sources.KEYS.keys() for name, given in asked.items() if set(given) & sources.KEYS.keys()} == {}
    assert [name for name, given in asked.items() if not {"address", "host"} & {*given}] == []


def test_a_schedule_says_when_it_is_next() -> None:
    last = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert Schedule.read("15 minutes").after(last, None) == datetime(2026, 3, 28, 12, 15, tzinfo=UTC)
    assert Schedule.read("hour").after(last, None) == datetime(2026, 3, 28, 13, tzinfo=UTC)
    assert Schedule.read("daily at 05:30").after(last, "Europe/Stockholm") == datetime(2026, 3, 29, 3, 30, tzinfo=UTC)
    for wrong in ("0 minutes", "daily at 25:00", "sometimes", ""):
        with pytest.raises(UserMistake, match="is no schedule"):
            Schedule.read(wrong)
