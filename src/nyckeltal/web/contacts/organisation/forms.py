"""The forms that change the organisation: one thing whole, or many with the few fields that matter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyckeltal.contacts.organisation.edit import Edit, Put, version
from nyckeltal.contacts.organisation.rows import NAMES, Row, by_id, key, plain
from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import Issue, UserMistake
from nyckeltal.web.contacts.organisation.fields import depth, field_for, next_id, proposed_id
from nyckeltal.web.contacts.organisation.kinds import HINTS, LABELS, Kind
from nyckeltal.web.frame import facts
from nyckeltal.web.frame.say import say
from nyckeltal.when.hours import Hours, write_week

ALWAYS, FROM = "always", "from"
ASIDE = frozenset({"since", "since_day", "version", "token", "confirmed"})
SINCE = [(FROM, _("From a day on")), (ALWAYS, _("It was always so: a correction"))]


class Kept(forms.Form):
    """A form that is shown again as it was typed, with what the page itself keeps in it brought up to date."""

    def keep(self, **values: str) -> None:
        data = cast("QueryDict", self.data).copy()
        for name, value in values.items():
            data[self.add_prefix(name)] = value
        self.data = data


class ThingForm(Kept):
    """One thing. `stored` is how it stands, None for a new one; `since` and `since_day` say from when the change holds."""

    def __init__(self, kind: Kind, stored: Row | None, data: Any = None, initial: Mapping[str, Any] | None = None) -> None:
        row = plain(kind.table, stored) if stored else {}
        super().__init__(data, initial={**_defaults(kind), **row, **(initial or {}), "version": version(kind.table, stored)})
        self.kind, self.stored = kind, stored
        if stored is None and kind.own_id:
            self._add("id", forms.CharField(required=False, max_length=200))
        for name in kind.fields:
            self._add(name, field_for(kind.table, name, {**row, "measure": (data or {}).get("measure") or row.get("measure")}))
        if stored and self.changes_by_day:
            self.fields["since"] = forms.ChoiceField(choices=SINCE, widget=forms.RadioSelect)
            self._add("since_day", field_for("team_membership", "valid_from"))
            self.fields["since_day"].required = False
            self.fields["since_day"].label = _("From")
            begins = stored.get("valid_from")
            self.initial.setdefault("since", ALWAYS if begins and begins > timezone.now().date() else FROM)
            if "valid_from" in self.fields:
                self.fields["valid_from"].help_text = _("Changes only by a correction.")
        for name in ("version", "token", "confirmed"):
            self.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)

    def _add(self, name: str, field: forms.Field) -> None:
        field.label, field.help_text = LABELS.get(name, name), HINTS.get(f"{self.kind.table}.{name}", HINTS.get(name, ""))
        if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.CheckboxInput | forms.MultiWidget):
            field.widget.attrs.setdefault("class", "select" if isinstance(field.widget, forms.Select) else "input")
        self.fields[name] = field

    @property
    def changes_by_day(self) -> bool:
        return self.kind.dated or self.kind.table == "calendar"

    @property
    def shown(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in {*ASIDE, *self.kind.more}]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.kind.more]

    @property
    def more_said(self) -> bool:
        """Whether one of the fields that are seldom filled in says something of its own."""
        usual = _defaults(self.kind)
        return any(field.errors or (field.value() or None) != usual.get(field.name) for field in self.more)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end <= start:
            self.add_error("valid_to", _("The last day is before the first."))
        if cleaned.get("since") == FROM and self.needs_a_day:
            self._clean_day(cleaned.get("since_day"))
        if not self.stored and self.kind.own_id and cleaned.get("id") and cleaned["id"] in by_id(facts.current(), self.kind.table):
            self.add_error("id", _("There is one with this id already. Choose another id, or change that one."))
        return cleaned

    @property
    def needs_a_day(self) -> bool:
        """Ending something, or naming holidays, needs no day from which it holds: it says so itself."""
        if self.stored is None or self.errors:
            return False
        held = plain(self.kind.table, self.stored)
        changed = {name for name in self.kind.fields if _in_order(self.cleaned_data[name], held[name]) != held[name]}
        if self.kind.table == "calendar":
            return bool(self.cleaned_data["weekly"] != _latest(self.stored["weekly"]))
        return bool(changed - {"valid_to", "penalty_note"})

    def _clean_day(self, day: date | None) -> None:
        begun = (self.stored or {}).get("valid_from")
        if day is None:
            self.add_error("since_day", _("From which day on? Write it here, or say that it was always so."))
        elif begun and day <= begun:
            self.add_error("since_day", _("It began on that day or later. Choose a later day, or say that it was always so."))

    def row(self) -> dict[str, Any]:
        """The thing as the form says it, all fields of the model."""
        table, base = self.kind.table, plain(self.kind.table, self.stored) if self.stored else {}
        given = {name: _in_order(self.cleaned_data[name], base.get(name)) for name in self.kind.fields}
        row: dict[str, Any] = {**base, **given}
        if table == "calendar" and self.stored and row["weekly"] == _latest(self.stored["weekly"]):
            row["weekly"] = self.stored["weekly"]  # the hours of earlier and later days stay
        if "described" in TABLES[table]:
            row["described"] = True
        row[key(table)] = self.stored[key(table)] if self.stored else self._new_id(row)
        if table == "reason":
            row["level"] = 1 + depth(dict(by_id(facts.current(), "reason")), row["parent_id"])
        return plain(table, row)

    def _new_id(self, row: Mapping[str, Any]) -> str:
        """Chosen, or made from what the thing is about."""
        table, taken = self.kind.table, by_id(facts.current(), self.kind.table)
        if self.cleaned_data.get("id"):
            return str(self.cleaned_data["id"])
        if table == "agreement":
            return next_id(self.stored["agreement_id"], taken) if self.stored else proposed_id(f"{row['client_id']} {row['measure']}", taken)
        if table == "team_membership":
            return proposed_id(f"{row['agent_id']} {row['team_id']}", taken)
        if table == "employment":
            return proposed_id(f"{row['agent_id']} {row['valid_from']}", taken)
        return proposed_id(str(row.get(NAMES.get(table, "tz")) or ""), taken)

    def edit(self) -> Edit:
        """What is to be put into the store."""
        puts = tuple(self._puts())
        return Edit(puts, token=self.cleaned_data["token"]) if self.cleaned_data.get("token") else Edit(puts)

    def _puts(self) -> Iterable[Put]:
        row, table, known = self.row(), self.kind.table, self.cleaned_data.get("version") or ""
        if self.stored is None or self.cleaned_data.get("since") != FROM or not self.needs_a_day:
            changed = Put(table, row, known)
            yield from (changed, *moved_along([changed]))
            return
        day = self.cleaned_data["since_day"]
        if table == "calendar":
            yield Put(table, {**row, "weekly": _week_from(self.stored["weekly"], row["weekly"], day)}, known)
            return
        yield Put(table, {**plain(table, self.stored), "valid_to": day}, known)
        fresh = {**row, "valid_from": day}
        yield Put(table, {**fresh, key(table): self._new_id(fresh)})

    def tell(self, issues: Iterable[Issue]) -> None:
        """Put what the rules say at the fields they are about."""
        for issue in issues:
            self.add_error(issue.field if issue.field in self.fields else None, say(issue.text))


def _in_order(given: Any, before: Any) -> Any:
    """What is chosen, as the store has it: a list keeps the order it had, nothing is nothing."""
    if isinstance(given, list) and isinstance(before, list):
        return [*(one for one in before if one in given), *(one for one in given if one not in before)]
    return None if given == "" else given


def _defaults(kind: Kind) -> dict[str, Any]:
    return {column.name: column.default for column in TABLES[kind.table].loaded if column.default not in (None, ())}


def _latest(weekly: str) -> str:
    """The hours that the form shows: those that hold in the end."""
    try:
        return write_week(Hours.read("", "UTC", weekly, "").week(date.max))
    except UserMistake:
        return weekly


def _week_from(before: str, week: str, day: date) -> str:
    """The calendar's notation with other hours from a day on; what was planned for later days goes."""
    hours = Hours.read("", "UTC", before, "")
    parts = [(start, hours.week(start)) for start, _week in hours.weeks if start < day]
    said = "; ".join(f"from {start}; {write_week(old)}" if start != date.min else write_week(old) for start, old in parts)
    return f"{said}; from {day}; {week}"


def moved_along(changed: Iterable[Put]) -> Iterable[Put]:
    """Reasons that move take those below them along to their new level."""
    given = {put.id: put.row for put in changed if put.table == "reason"}
    known: dict[str, Row] = {**by_id(facts.current(), "reason"), **given}
    for one in known.values() if given else ():
        level = depth(known, one["reason_id"])
        if one["reason_id"] not in given and one["level"] not in (None, level) and any(_below(known, one, top) for top in given):
            yield Put("reason", {**plain("reason", one), "level": level}, version("reason", one))


def _below(known: Mapping[str, Row], one: Row, top: str) -> bool:
    above: list[str] = []
    at = one.get("parent_id")
    while at and at in known and at not in above:
        above.append(at)
        at = known[at].get("parent_id")
    return top in above


def mark(edit: Edit) -> str:
    """What the preview was about: typed values that change afterwards are shown again."""
    return hashlib.sha256(repr([(put.table, sorted(put.row.items(), key=str)) for put in edit.puts]).encode()).hexdigest()[:16]


class RowForm(Kept):
    """One line of the table in which many are described at once; it counts when something was typed, or when it is right as it stands."""

    def __init__(self, kind: Kind, stored: Row, number: int, data: Any = None) -> None:
        row = plain(kind.table, stored)
        super().__init__(data, prefix=f"r{number}", initial={**row, "version": version(kind.table, stored)})
        self.kind, self.stored, self.number = kind, stored, number
        for name in kind.few:
            field = field_for(kind.table, name, row)
            field.label = LABELS.get(name, name)
            field.widget.attrs["class"] = "select" if isinstance(field.widget, forms.Select) else "input"
            self.fields[name] = field
        if not stored.get("described", True):
            self.fields["described"] = forms.BooleanField(required=False, label=_("right as it is"))
        self.fields["version"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def id(self) -> str:
        return str(self.stored[key(self.kind.table)])

    @property
    def cells(self) -> list[forms.BoundField]:
        return [self[name] for name in self.kind.few]

    @property
    def counts(self) -> bool:
        return any(name != "version" for name in self.changed_data)

    def put(self) -> Put:
        table, given = self.kind.table, {name: self.cleaned_data[name] or None for name in self.kind.few}
        row = {**plain(table, self.stored), **given, "described": True}
        if table == "reason":
            row["level"] = 1 + depth(dict(by_id(facts.current(), "reason")), row["parent_id"])
        return Put(table, plain(table, row), self.cleaned_data.get("version") or "")


def withdrawal(kind: Kind, stored: Row, known: str, token: str = "") -> Edit:
    """What was never meant to hold ends on the day it begins: it leaves no figure and keeps its trace."""
    put = Put(kind.table, {**plain(kind.table, stored), "valid_to": stored["valid_from"]}, known)
    return Edit((put,), token) if token else Edit((put,))
