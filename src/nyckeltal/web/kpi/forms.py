"""What a person may choose: on Explore a whole question, on an explained KPI month and client. Only what access allows is offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.focus import focus
from nyckeltal.kpi.vocabulary import level_of
from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import names, own_values
from nyckeltal.web.kpi.question import FILTERS, PageQuestion, variant_words
from nyckeltal.web.people import access
from nyckeltal.web.people.models import User
from nyckeltal.when.period import Grain, Period, add_months
from nyckeltal.words import Text

Choices = list[tuple[str, Any]]


def months() -> list[str]:
    """Months with contacts, newest first."""
    return sorted(facts.current().months("contact"), reverse=True)


def last_whole_month(today: date) -> str | None:
    """The newest month with data that is over, else the newest there is."""
    known = months()
    over = [month for month in known if Period.of(month).end <= today]
    return next(iter(over or known), None)


def allowed_values(person: User, dimension: str) -> Choices:
    """The values of a dimension that this person may choose; none where the dimension is not open."""
    ruling = access.figures(person, [dimension])
    if not ruling.allowed:
        return []
    own = own_values.allowed(dimension, ruling.within)
    return [(value, name) for value, name in names.choices(dimension) if own is None or value in own]


class Listed(forms.Select):
    """Django's own list of choices, written at once: Explore has a thousand of them, and its templates for each take longer than all the rest of the page."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None) -> SafeString:  # noqa: ARG002 - Django's
        chosen = {str(one) for one in self.format_value(value)}
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>', ((one, _SELECTED if str(one) in chosen else "", label) for one, label in self.choices)
        )
        return format_html("<select{}>{}</select>", flatatt({"name": name, **self.build_attrs(self.attrs, attrs)}), options)


_SELECTED = SafeString(" selected")


class Choice(forms.ChoiceField):
    widget = Listed


def offer(form: forms.Form, name: str, choices: Choices) -> None:
    """What a field lets one choose, where that depends on data and person."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 for the type checker
    field.choices = choices


def no_month(month: str) -> Text:
    return Text("page.no_month", "Nothing is loaded of a month “%(month)s”.", {"month": month})


class PeriodForm(forms.Form):
    """For one explained KPI."""

    month = Choice(label=_("Month"), required=False)
    client = Choice(label=_("Client"), required=False)

    def __init__(self, data: QueryDict, person: User) -> None:
        clients = allowed_values(person, "client")
        self.only = clients[0][0] if len(clients) == 1 else ""
        self.names_month = bool(data.get("month"))
        super().__init__({"month": last_whole_month(timezone.now().date()), **data.dict()})
        offer(self, "month", [(month, numbers.period(month)) for month in months()])
        offer(self, "client", clients if self.only else [("", _("All")), *clients])
        for field in self.fields.values():
            field.widget.attrs["class"] = "select"

    def question(self, kpi: Kpi) -> PageQuestion:
        """The usual month where none is said. What is said and not there is refused, whether it is nowhere or not open to this person."""
        self.is_valid()
        if "client" in self.errors:
            raise PermissionDenied(access.OUTSIDE)
        if "month" in self.errors and self.names_month and months():
            raise Http404(no_month(self.data["month"]))
        month = self.cleaned_data.get("month") or last_whole_month(timezone.now().date())
        period = Period.of(month) if month else Period.holding(timezone.now().date(), Grain.MONTH)
        client = self.cleaned_data.get("client") or self.only
        return PageQuestion(kpi.id, period.start, period.last, chosen={"client": client} if client else {})


class ExploreForm(forms.Form):
    """A question built from words."""

    kpi = Choice(label=_("what"))
    variant = Choice(label=_("counted as"), required=False)
    by = Choice(label=_("by"), required=False)
    and_by = Choice(label=_("and by"), required=False)
    per = Choice(label=_("per"), required=False, choices=list(names.GRAINS.items()))
    first = forms.DateField(label=_("from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("to"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: QueryDict, person: User, kpis: Mapping[str, Kpi]) -> None:
        super().__init__(_usual(person, asked="kpi" in data) | {name: value for name, value in data.items() if value})
        self.kpis = kpis
        self._offer_kpis(person)
        self._offer_dimensions(person)
        for dimension in FILTERS:
            values = allowed_values(person, dimension)
            if len(values) > 1 or self.data.get(dimension):  # what was asked for and is not open is refused, not passed over
                self.fields[dimension] = Choice(label=names.DIMENSIONS[dimension], required=False, choices=[("", _("All")), *values])
        for field in self.fields.values():
            field.widget.attrs["class"] = "input" if isinstance(field, forms.DateField) else "select"

    def _offer_kpis(self, person: User) -> None:
        named = sorted(((kpi.id, say(kpi.text("name"))) for kpi in self.kpis.values()), key=lambda pair: pair[1].casefold())
        chosen = self.kpis.get(str(self.data.get("kpi")), self.kpis[named[0][0]])
        offer(self, "kpi", named)
        variant = self.data.get("variant")
        offer(self, "variant", self._ways(chosen, variant, person))
        of_another = variant not in chosen.variants and any(variant in kpi.variants for kpi in self.kpis.values())
        if of_another or variant == chosen.default:
            self.data = {**self.data, "variant": ""}  # another KPI was chosen: its own definition

    def _ways(self, kpi: Kpi, chosen: str | None, person: User) -> Choices:
        """The ways of counting as they are called at the level that is asked about; of two that are the same there, one."""
        about = {self.data.get("by"), self.data.get("and_by"), *(name for name in FILTERS if self.data.get(name)), *access.figures(person).within}
        level, offered = level_of(frozenset(name for name in about if name)), dict[str, str]()
        for one in kpi.variant_names:
            value, words = "" if one == kpi.default else one, variant_words(kpi, one, level)
            if words not in offered or value == chosen:
                offered[words] = value
        return [(value, words) for words, value in offered.items()]

    def _offer_dimensions(self, person: User) -> None:
        open_ones: Choices = [(one, names.DIMENSIONS[one]) for one in access.dimensions(person, names.DIMENSIONS)]
        offer(self, "by", [("", _("nothing")), *open_ones])
        offer(self, "and_by", [("", _("nothing more")), *open_ones])

    @property
    def asking(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in FILTERS]

    @property
    def narrowing(self) -> list[forms.BoundField]:
        return [self[name] for name in FILTERS if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        if first and last and cleaned.get("per") in {"hour", "interval"} and last - first > timedelta(days=31):
            self.add_error("per", _("Hours and quarters of an hour can be shown for a month at most."))
        return cleaned

    def question(self) -> PageQuestion:
        given = self.cleaned_data
        by = tuple(dict.fromkeys(one for one in (given["by"], given["and_by"]) if one))
        chosen = {name: given[name] for name in FILTERS if given.get(name)}
        return PageQuestion(given["kpi"], given["first"], given["last"], by, given["per"], given["variant"], chosen)


def _usual(person: User, *, asked: bool) -> dict[str, Any]:
    """The days a question takes where it names none: the last thirteen months with data. Nothing asked at all is service level per month;
    for who sees only what is a person's own, which waiting has not, the first figure in focus."""
    kpi = focus()["agent"][0] if "agent" in access.figures(person).within else "service_level"
    known = months()
    today = timezone.now().date()
    last = min(Period.of(known[0]).last, today) if known else today
    first = max(add_months(last.replace(day=1), -12), Period.of(known[-1]).start) if known else add_months(last.replace(day=1), -12)
    return {"first": first, "last": last} | ({} if asked else {"kpi": kpi, "per": "month"})
