"""Writes the simulated organisation as the files a customer would have, each with its mapping file beside it."""

from __future__ import annotations

import gzip
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from nyckeltal.demo import business, evaluations, interviews, leading, offers, organisation, workforce
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.incidents import incidents
from nyckeltal.demo.messages import messages
from nyckeltal.demo.notes import Habit, habits, take_notes
from nyckeltal.demo.offers import Trade, trade
from nyckeltal.demo.presence import states
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import by_telephone, calls, parts, passed_on, stays
from nyckeltal.demo.unnamed import with_unnamed
from nyckeltal.demo.voices import answers, ask_customers, invitations
from nyckeltal.demo.written import chats, mails, spoil

MAPPINGS = Path(__file__).parent / "mappings"


@dataclass(frozen=True)
class Written:
    """A data file and its mapping."""

    data: Path
    mapping: Path


@dataclass(frozen=True)
class Files:
    """The files in the order in which they are loaded, and how each agent notes (part of the truth)."""

    written: tuple[Written, ...]
    habits: dict[str, Habit]

    @property
    def by_source(self) -> dict[str, list[Written]]:
        """The files of each system, which are loaded together; the system of contacts last, so that it works out what all of it means."""
        found: dict[str, list[Written]] = {}
        for each in reversed(self.written):
            source = tomllib.loads(each.mapping.read_text(encoding="utf-8"))["fact"]["source"]
            found.setdefault(source, []).insert(0, each)
        return dict(reversed(found.items()))


def write(story: Story, folder: Path) -> Files:
    """Replaces what lies in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    chance = Chance(story.seed + 1)
    habit = habits(story, chance)
    written = [*_organisation(story, folder), *_facts(story, habit, chance, folder)]
    return Files(tuple(written), habit)


def _organisation(story: Story, folder: Path) -> list[Written]:
    return [_csv(pa.Table.from_pylist(_even(rows)), folder, f"{kind}s.csv", kind) for kind, rows in organisation.tables(story).items()]


def _even(rows: Sequence[organisation.Row]) -> list[organisation.Row]:
    """Every row with every column, in the order in which the mapping names them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name) for name in names} for row in rows]


def _facts(story: Story, habit: dict[str, Habit], chance: Chance, folder: Path) -> list[Written]:
    """What hangs on contacts comes before them, so that one load works out what all of it means together."""
    notes = take_notes(story, habit, chance)
    asked = ask_customers(story, chance)
    by_phone = [one for one in asked if by_telephone(one.contact)]
    visits, legs = passed_on(story)
    said = Chance(story.seed + 2)  # of its own, so that what is added to the demo changes nothing that was there
    offered = trade(story, said)
    return [
        *_of_work(story, said, folder),
        *_of_quality(story, said, folder),
        *_of_business(story, offered, said, folder),
        _parquet(incidents(story), folder, "incidents"),
        _csv(invitations(by_phone), folder, "invitations.csv", "invitations"),
        _csv(answers(by_phone), folder, "answers.csv", "answers"),
        _parquet(stays(visits), folder, "stays"),
        _parquet(parts(legs), folder, "parts"),
        _parquet(states(story), folder, "states"),
        _csv(with_unnamed(mails(story, notes, asked)), folder, "mails.csv.gz", "mails"),
        _csv(spoil(chats(story, notes, asked)), folder, "chats.csv", "chats", ";"),
        _parquet(calls(story, notes, offered.offered), folder, "calls"),
    ]


def _of_work(story: Story, chance: Chance, folder: Path) -> list[Written]:
    """What planners and leaders write down."""
    return [
        _parquet(workforce.shifts(story), folder, "shifts"),
        _csv(workforce.absences(story), folder, "absences.csv", "absences", ";"),
        _parquet(workforce.forecasts(story, chance), folder, "forecasts"),
        _csv(workforce.outages(story), folder, "outages.csv", "outages", ";"),
        _csv(leading.talks(story, chance), folder, "talks.csv", "talks", ";"),
        _csv(leading.employee_answers(story, chance), folder, "employee-answers.csv", "employee-answers"),
        _csv(leading.reports(story, chance), folder, "reports.csv", "reports"),
        _parquet(messages(story), folder, "messages"),
    ]


def _of_quality(story: Story, chance: Chance, folder: Path) -> list[Written]:
    """What evaluators and interviewers write down; contacts of two systems stand in two files."""
    judged = evaluations.evaluate(story, chance)
    interviewed = interviews.interview(story, chance)
    return [
        _parquet(evaluations.table(evaluations.by_source(judged, telephone=True)), folder, "evaluations"),
        _parquet(evaluations.table(evaluations.by_source(judged, telephone=False)), folder, "mail-evaluations"),
        _parquet(evaluations.answers(judged), folder, "evaluation-answers"),
        _csv(interviews.invitations(interviewed), folder, "interviews.csv", "interviews"),
        _csv(interviews.answers(interviewed), folder, "interview-answers.csv", "interview-answers"),
    ]


def _of_business(story: Story, offered: Trade, chance: Chance, folder: Path) -> list[Written]:
    """The clients' own figures."""
    shop = business.orders(story, offered.sales, chance)
    return [
        _csv(offers.sales(offered.sales), folder, "sales.csv", "sales", ";"),
        _csv(offers.leavers(offered.leavers), folder, "leavers.csv", "leavers"),
        _parquet(shop, folder, "orders"),
        _csv(business.complaints(story, chance), folder, "complaints.csv", "complaints"),
        _csv(business.customer_base(story, offered.leavers, chance), folder, "customer-base.csv", "customer-base"),
        _csv(business.finances(story, shop, chance), folder, "finances.csv", "finances"),
    ]


def _parquet(table: pa.Table, folder: Path, name: str) -> Written:
    pyarrow.parquet.write_table(table, folder / f"{name}.parquet")
    return Written(folder / f"{name}.parquet", _mapping(folder, name))


def _csv(table: pa.Table, folder: Path, name: str, mapping: str, separator: str = ",") -> Written:
    options = pyarrow.csv.WriteOptions(delimiter=separator, quoting_style="needed")
    with _opened(folder / name) as out:
        pyarrow.csv.write_csv(table, out, options)
    return Written(folder / name, _mapping(folder, mapping))


def _opened(path: Path) -> IO[bytes]:
    """Packed where the name says so, without the time of packing, so that the same seed gives the same bytes."""
    return cast("IO[bytes]", gzip.GzipFile(path, "wb", compresslevel=1, mtime=0)) if path.suffix == ".gz" else path.open("wb")


def _mapping(folder: Path, name: str) -> Path:
    return Path(shutil.copyfile(MAPPINGS / f"{name}.toml", folder / f"{name}.toml"))
