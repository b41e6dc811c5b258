"""Form fields for the organisation: what people type, kept as they typed it, and the value it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, cast
from zoneinfo import available_timezones

from babel.dates import get_day_names
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nyckeltal.contacts.organisation.rows import Row
from nyckeltal.contacts.schema import TABLES, Column
from nyckeltal.errors import UserMistake
from nyckeltal.web.contacts.organisation import words
from nyckeltal.web.contacts.organisation.kinds import CHOICES
from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.frame.say import say
from nyckeltal.when.hours import Hours, read_spans, write_week

Choices = list[tuple[str, Any]]
NOT_SAID = ("", "–")
LINKED = {"client_id": "client", "calendar_id": "calendar", "team_id": "team", "agent_id": "agent", "parent_id": "reason"}


class Number(forms.FloatField):
    """A number with a comma or a full stop; `worth` is how much one of what is typed is worth."""

    default_error_messages = {"invalid": _("Write a number, such as 80 or 7.5.")}

    def __init__(self, *, worth: float = 1, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)
        self.worth = worth

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]  # the stubs overload by what cannot be None
        typed = re.sub(r"[\s\u00a0\u202f]", "", str(value)).replace(",", ".") if value not in self.empty_values else None
        found = super().to_python(typed)
        return None if found is None else found * self.worth

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, float):
            return value
        shown = round(value / self.worth, 6)
        return int(shown) if shown.is_integer() else shown


class Day(forms.DateField):
    """A day; one that ends something is shown as the last day, and stored as the day after it."""

    default_error_messages = {"invalid": _("Write a day as 2026-12-31.")}

    def __init__(self, *, last: bool = False, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"], **options)
        self.last = last

    def to_python(self, value: Any) -> date | None:
        found = super().to_python(value)
        return found + timedelta(days=1) if found and self.last else found

    def prepare_value(self, value: Any) -> Any:
        return value - timedelta(days=1) if self.last and isinstance(value, date) else value


class Listed(forms.CharField):
    """Several short texts, parted by commas."""

    def to_python(self, value: Any) -> Any:
        return [part.strip() for part in re.split(r"[,;\n]", value or "") if part.strip()]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value


class Week(forms.MultiValueField):
    """The hours of a week, a line for each day; its value is the calendar's notation."""

    def __init__(self, **options: Any) -> None:
        days = [forms.CharField(required=False) for _day in range(7)]
        super().__init__(days, widget=WeekWidget(), require_all_fields=False, **options)

    def clean(self, value: Any) -> str:
        wrong, week = [], []
        for name, typed in zip(WeekWidget.days(), value or [""] * 7, strict=False):
            try:
                week.append(read_spans((typed or "").replace("–", "-").replace(".", ":")))
            except UserMistake:
                wrong.append(_("%(day)s: write the hours as 08:00-17:00, with a break 08:00-12:00, 13:00-17:00.") % {"day": name})
        if wrong:
            raise ValidationError(wrong)
        return write_week(tuple(week))


class WeekWidget(forms.MultiWidget):
    template_name = "contacts/organisation/week.html"

    def __init__(self) -> None:
        super().__init__([forms.TextInput(attrs={"class": "input", "autocomplete": "off"}) for _day in range(7)])

    @staticmethod
    def days() -> list[str]:
        names = get_day_names("wide", "stand-alone", locale=numbers.locale())
        return [str(names[number]).capitalize() for number in range(7)]

    def decompress(self, value: Any) -> list[str]:
        try:
            week = Hours.read("", "UTC", value or "", "").week(date.max)
        except UserMistake:
            return [str(value), *[""] * 6]
        return [", ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans) for spans in week]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for day, part in zip(self.days(), context["widget"]["subwidgets"], strict=True):
            part["day"] = day
        return context


class Lines(forms.CharField):
    """The parts of a calendar's notation, a line each."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 8}), **options)

    def to_python(self, value: Any) -> str:
        return "; ".join(part.strip() for part in re.split(r"[;\n]", value or "") if part.strip())

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(part.strip() for part in value.split(";")) if isinstance(value, str) and "\n" not in value else value


def zones() -> Choices:
    """Those in use first, then all by continent."""
    used = sorted({row["tz"] for table in ("client", "queue", "calendar", "agent") for row in facts.current().small(table).to_pylist() if row["tz"]})
    groups: dict[str, Choices] = {}
    for name in sorted(available_timezones()):
        continent, slash, _place = name.partition("/")
        if slash and continent not in ("Etc", "SystemV", "US", "posix", "right"):
            groups.setdefault(continent, []).append((name, name.replace("_", " ")))
    return [(str(_("In use here")), [(name, name.replace("_", " ")) for name in used]), *groups.items(), ("UTC", [("UTC", "UTC")])]


def linked(table: str) -> Choices:
    return list(words.names(table).items())


def field_for(table: str, name: str, row: Row | None = None) -> forms.Field:
    """The form field of a column. What the row holds is always among its choices, known or not, so that nothing goes in silence;
    which variants there are depends on the row's measure."""
    field = _field(table, name, row)
    if isinstance(field, forms.ChoiceField):
        held = (row or {}).get(name)
        choices = cast("Choices", list(field.choices))  # type: ignore[arg-type]  # the stubs let choices be a callable, which Django has called by now
        offered = {str(value) for value in _values(choices)}
        missing = [one for one in (held if isinstance(held, list | tuple) else [held]) if one and one not in offered]
        field.choices = [*choices, *((one, one) for one in missing)]
    return field


def _values(choices: Iterable[Any]) -> Iterator[Any]:
    for value, name in choices:
        yield from _values(name) if isinstance(name, list | tuple) else [value]


def _field(table: str, name: str, row: Row | None) -> forms.Field:
    column = TABLES[table][name]
    options: dict[str, Any] = {"required": column.required}
    if name == "tz":
        return forms.ChoiceField(choices=[NOT_SAID, *zones()], **options)
    if name == "measure":
        named = sorted(((kpi, words.measure_name(kpi)) for kpi in words.kpis()), key=lambda pair: pair[1].casefold())
        return forms.ChoiceField(choices=[NOT_SAID, *named], **options)
    if name == "variant":
        return forms.ChoiceField(choices=[("", _("as it is usually counted")), *_variants(row)], **options)
    if name in LINKED and table != LINKED[name]:
        return forms.ChoiceField(choices=[NOT_SAID, *linked(LINKED[name])], **options)
    if name == "parent_id":
        return forms.ChoiceField(choices=[("", _("nothing: a main group")), *_possible_parents(row)], **options)
    if name in ("queue_ids", "client_ids"):
        return forms.MultipleChoiceField(choices=linked(name.removesuffix("_ids")), widget=forms.CheckboxSelectMultiple, required=False)
    if name in CHOICES:
        return forms.ChoiceField(choices=[*([NOT_SAID] if column.nullable else []), *CHOICES[name].items()], required=not column.nullable)
    return _plain_field(column, options)


def _plain_field(column: Column, options: dict[str, Any]) -> forms.Field:
    if column.name == "weekly":
        return Week(required=False)
    if column.name == "holidays":
        return Lines(**options)
    if column.name == "fte_share":
        return Number(worth=0.01, **options)
    if column.kind == "date":
        return Day(last=column.name == "valid_to", **options)
    if column.kind in ("number", "seconds", "count"):
        return Number(**options)
    if column.kind == "flag":
        return forms.BooleanField(required=False)
    return Listed(required=False) if column.kind == "ids" else forms.CharField(max_length=400 if column.name == "penalty_note" else 200, **options)


def _variants(row: Row | None) -> Choices:
    """The ways of counting of the chosen measure; while none is chosen, of all of them."""
    known = words.kpis()
    measure = (row or {}).get("measure")
    chosen = [known[measure]] if measure and measure in known else list(known.values())
    several = len(chosen) > 1
    found: dict[str, str] = {}
    for kpi in chosen:
        for variant in kpi.variant_names:
            called = say(kpi.text("words.called" if variant == kpi.default else f"variants.{variant}.called")) or variant
            found.setdefault(variant, f"{words.measure_name(kpi.id)}: {called}" if several else called)
    return list(found.items())


def _possible_parents(row: Row | None) -> Choices:
    """Reasons of the two upper levels, not the reason itself."""
    known = {one["reason_id"]: one for one in facts.current().small("reason").to_pylist()}
    mine = (row or {}).get("reason_id")
    return [(one, name) for one, name in linked("reason") if one != mine and depth(known, one) < 3]


def depth(known: dict[str, Any], reason: str | None) -> int:
    """The level a reason stands on, from 1; those above it that nobody knows do not count."""
    above: list[str] = []
    while reason and reason in known and reason not in above and len(above) < 9:
        above.append(reason)
        reason = known[reason].get("parent_id")
    return len(above)


def proposed_id(text: str, taken: Iterable[str]) -> str:
    """A name as an id: plain letters, and a number behind it where that is taken."""
    from django.utils.text import slugify

    base, known = slugify(text) or "new", set(taken)
    return next(one for number in range(1, len(known) + 3) if (one := base if number == 1 else f"{base}-{number}") not in known)


def next_id(before: str, taken: Iterable[str]) -> str:
    """The id of what follows upon another: its number goes on."""
    known, base, number = set(taken), before, 1
    if found := re.fullmatch(r"(.+)-(\d{1,4})", before):
        base, number = found[1], int(found[2])
    return next(one for step in range(1, len(known) + 2) if (one := f"{base}-{number + step}") not in known)
