"""What a person may type about a plan: a season, directions, one goal, a reason, an answer, a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.people.models import User
from nyckeltal.web.plan import targets
from nyckeltal.web.plan.models import Goal, Season, Unit

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DIRECTIONS: Mapping[str, _StrPromise] = {"service": _("Service"), "efficiency": _("Efficiency"), "sales": _("Sales")}
MEANT: Mapping[str, _StrPromise] = {
    "service": _("Customers get what they came for, soon, and are content."),
    "efficiency": _("The same is done with less: fewer needless contacts, less waiting and looking things up."),
    "sales": _("Customers buy what fits them, and stay."),
}
ROLES: Mapping[str, _StrPromise] = {
    "primary": pgettext_lazy("goal", "In focus, first direction"),
    "secondary": pgettext_lazy("goal", "In focus, second direction"),
    "guard": pgettext_lazy("goal", "Quiet guard: kept an eye on, not pushed"),
}
MOST_TEXT = 2000


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Dressed(forms.Form):
    """Fields in the house's clothes."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.HiddenInput):
                field.widget.attrs.setdefault("class", "select" if isinstance(field.widget, forms.Select) else "input")


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class SeasonForm(Dressed):
    """A new season, or the dates of one."""

    name = forms.CharField(label=_("Name of the season"), max_length=120, help_text=_("For example “Spring 2027”."))
    starts = forms.DateField(label=_("First day"), widget=_day(), help_text=_("Focus changes a couple of times a year, so half a year is usual."))
    ends = forms.DateField(label=_("Last day"), widget=_day())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] < cleaned["starts"]:
            self.add_error("ends", _("The last day lies before the first."))
        return cleaned


class NewSeasonForm(SeasonForm):
    """With where to begin: from nothing, or from a ready plan."""

    template = forms.ChoiceField(label=_("Begin with"), required=False)
    order = forms.ChoiceField(
        label=_("Order of work"),
        choices=[("top", _("From the top: company, then teams, then each agent")), ("bottom", _("From below: teams propose, the company’s goals follow"))],
    )

    def __init__(self, *args: Any, ready: Mapping[str, str] | None = None, **given: Any) -> None:
        super().__init__(*args, **given)
        template = self.fields["template"]
        assert isinstance(template, forms.ChoiceField)  # noqa: S101 for the type checker
        template.choices = [("", _("An empty plan")), *(ready or {}).items()]


class PurposeForm(Dressed):
    """Directions of a unit; with the objective where it is the company."""

    objective = forms.CharField(
        label=_("Objective, in your own words"),
        required=False,
        max_length=MOST_TEXT,
        widget=_area(),
        help_text=_("What should be different for customers when the season is over? A sentence or two that everybody can repeat."),
    )
    primary = forms.ChoiceField(label=_("First direction"), choices=list(DIRECTIONS.items()), widget=forms.Select, help_text=_("Two of three goals serve it."))
    secondary = forms.ChoiceField(
        label=_("Second direction"), choices=list(DIRECTIONS.items()), widget=forms.Select, help_text=_("One of three goals serves it, often as a range.")
    )
    claims_quality = forms.BooleanField(label=_("We tell customers or clients that our quality is assured"), required=False)

    def __init__(self, *args: Any, unit: Unit, **given: Any) -> None:
        super().__init__(*args, **given)
        self.unit = unit
        if unit.level != "company":
            del self.fields["objective"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("primary") and cleaned.get("primary") == cleaned.get("secondary"):
            self.add_error("secondary", _("Choose another direction than the first."))
        return cleaned


class GoalForm(Dressed):
    """One goal: what to reach, whose, why, how, and what is done when it is off. A draft may miss anything; what cannot be read stays as typed.

    Each field carries what stood there when the page was made: only what was touched is written, and not over what `by` has not seen yet.
    """

    target = forms.CharField(label=_("Goal"), required=False, max_length=30)
    low = forms.CharField(label=_("Lower end"), required=False, max_length=30)
    high = forms.CharField(label=_("Upper end"), required=False, max_length=30)
    effect = forms.CharField(label=_("What the support is expected to add"), required=False, max_length=30)
    purpose = forms.CharField(label=_("What do we want from it?"), required=False, max_length=MOST_TEXT, widget=_area())
    why = forms.CharField(label=_("Why does it matter?"), required=False, max_length=MOST_TEXT, widget=_area())
    influence = forms.CharField(label=_("How can you influence it?"), required=False, max_length=MOST_TEXT, widget=_area())
    method = forms.CharField(label=_("How is it measured?"), required=False, max_length=MOST_TEXT, widget=_area())
    action = forms.CharField(label=_("When it is off, we"), required=False, max_length=MOST_TEXT, widget=_area(2))
    support = forms.CharField(
        label=_("Support: training, tools, time"), required=False, max_length=MOST_TEXT, widget=_area(2), help_text=_("One on each line.")
    )
    parent = forms.ChoiceField(label=_("Serves"), required=False)
    link_reason = forms.CharField(label=_("Why it serves that goal"), required=False, max_length=MOST_TEXT, widget=_area(2))
    role = forms.ChoiceField(label=_("Role"), choices=list(ROLES.items()))
    variant = forms.ChoiceField(label=_("Way of counting"), required=False)
    owner = forms.CharField(label=_("Answers for it"), required=False, max_length=200)
    benchmark_value = forms.CharField(label=_("Best known elsewhere"), required=False, max_length=30)
    benchmark_source = forms.CharField(
        label=_("Source of that"), required=False, max_length=300, help_text=_("Where you looked and found nothing, write “none found”.")
    )
    starts = forms.DateField(label=_("From"), widget=_day())
    ends = forms.DateField(label=_("To and including"), widget=_day())
    provisional = forms.BooleanField(label=_("For trial, at most three months, while the level is being measured"), required=False)

    VALUES = ("target", "low", "high", "effect", "benchmark_value")
    STORED: Mapping[str, str] = {"low": "band_low", "high": "band_high"}  # where the goal calls it otherwise

    def __init__(
        self, data: Any = None, *, goal: Goal, kpi: Kpi | None, parents: Mapping[str, str], variants: Mapping[str, str], owners: Mapping[str, str]
    ) -> None:
        self.goal, self.unit_of_it = goal, kpi.unit if kpi else ""
        self.clashes: list[tuple[str, str]] = []  # what somebody else has written meanwhile: field and words
        super().__init__(data, initial=self._initial(), prefix=f"g{goal.pk}")
        self._choose("parent", {"": _("nothing yet")} | dict(parents))
        self._choose("variant", dict(variants))
        if owners:
            self.fields["owner"] = forms.ChoiceField(label=_("Answers for it"), choices=list(owners.items()), widget=forms.Select(attrs={"class": "select"}))
        for name in ("low", "high") if not goal.is_band else ("target",):
            del self.fields[name]
        if goal.level == "agent":
            del self.fields["owner"]
        if goal.level == "company":
            del self.fields["parent"], self.fields["link_reason"]
        for name in self.VALUES:
            if name in self.fields:
                self.fields[name].widget.attrs |= {"class": "input input--num", "inputmode": "text", "autocomplete": "off"}
        for field in self.fields.values():
            field.show_hidden_initial = True

    def _choose(self, name: str, choices: Mapping[Any, Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 for the type checker
        field.choices = list(choices.items())

    def _initial(self) -> dict[str, Any]:
        goal, unit = self.goal, self.unit_of_it
        names = ("purpose", "why", "influence", "method", "action", "link_reason", "role", "variant", "owner", "benchmark_source", "starts", "ends")
        values = {"target": goal.target, "low": goal.band_low, "high": goal.band_high, "effect": goal.effect or None, "benchmark_value": goal.benchmark_value}
        typed = {name: targets.typed(value, unit) for name, value in values.items()}
        parent = str(goal.parent_id) if goal.parent_id and goal.parent and goal.parent.removed_at is None else ""
        others = {"support": "\n".join(goal.support), "parent": parent, "provisional": goal.provisional}
        return {name: getattr(goal, name) for name in names} | typed | others

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in self.VALUES:
            if name in cleaned:
                cleaned[name] = self._read(name, cleaned[name])
        if cleaned.get("low") is not None and cleaned.get("high") is not None and cleaned["low"] >= cleaned["high"]:
            self.add_error("high", _("The upper end lies below the lower one."))
        if cleaned.get("starts") and cleaned.get("ends") and cleaned["ends"] < cleaned["starts"]:
            self.add_error("ends", _("The last day lies before the first."))
        return cleaned

    def _read(self, name: str, text: str) -> float | None:
        unit = self.unit_of_it
        try:
            if name == "effect" and unit == "share":  # points, which may be many or fewer
                found = targets.read(text.lstrip("+").strip(), "points")
                return found / 100 if found is not None else None
            return targets.read(text, unit)
        except ValidationError as wrong:
            self.add_error(name, wrong)
            return None

    def fields_of_goal(self, by: User) -> dict[str, Any]:
        """What of it changes the goal: of a valid form, or of the part that could be read, what was touched and nobody else has changed meanwhile."""
        clashing = [name for name in self.fields if self._clashes(name, by)]
        self.clashes = [(str(self[name].label), self._words(name)) for name in clashing]
        written = [name for name in self.fields if name in self.cleaned_data and name not in self.errors and name not in clashing and self._touched(name)]
        return {self.STORED.get(name, name): self._meant(name) for name in written}

    def _meant(self, name: str) -> Any:
        read = self.cleaned_data[name]
        if name == "support":
            return [line.strip() for line in read.splitlines() if line.strip()]
        if name == "parent":
            return Goal.objects.filter(pk=read).first() if read else None
        if name == "effect":
            return read or 0.0
        return read.strip() if isinstance(read, str) else read

    def _touched(self, name: str) -> bool:
        """Whether it says something else than the page did."""
        return self[name].html_initial_name not in self.data or name in self.changed_data

    def _clashes(self, name: str, by: User) -> bool:
        """Whether it would be written over what another has written since the page was made."""
        shown, stored, typed = self.data.get(self[name].html_initial_name), _plain(self.initial.get(name)), _plain(self[name].value())
        if shown is None or not self._touched(name) or stored in (_plain(shown), typed):
            return False
        return bool(self.goal.last_by.get(self.STORED.get(name, name)) != by.pk)

    def _words(self, name: str) -> str:
        stored, field = self.initial.get(name), self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(stored, stored))  # type: ignore[arg-type]  # choices are a list of pairs here
        return gettext("yes") if stored is True else gettext("no") if stored is False else _plain(stored)

    def show_stored(self) -> None:
        """Next to what was typed, from now on what stands there: whoever saves once more has seen it."""
        stored = {self[name].html_initial_name: _plain(self.initial.get(name)) for name in self.fields}
        self.data = {name: self.data.get(name) for name in self.data} | stored


def _plain(value: Any) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


class ReasonForm(Dressed):
    reason = forms.CharField(label=_("Why it is right here"), max_length=MOST_TEXT, widget=_area())


class AnswerForm(Dressed):
    text = forms.CharField(label=_("What you want to say"), required=False, max_length=MOST_TEXT, widget=_area())


class RegisterForm(Dressed):
    """Why and how persons are measured at all; asked for before any goal is set for a person."""

    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        max_length=MOST_TEXT,
        widget=_area(),
        help_text=_("What personal figures are used for, and what they are not used for."),
    )
    legal_basis = forms.CharField(
        label=_("Legal basis"),
        required=False,
        max_length=300,
        help_text=_("For example legitimate interest, or an agreement with the employees’ representatives."),
    )
    informed = forms.CharField(
        label=_("When people were told"), required=False, max_length=100, help_text=_("The day on which everybody measured was informed.")
    )
    consulted = forms.CharField(
        label=_("Record of the consultation"), required=False, max_length=300, help_text=_("Where the talk with the representatives is written down.")
    )
    assessed = forms.CharField(label=_("Data protection impact assessment"), required=False, max_length=300, help_text=_("Where it is kept, or its number."))


class FileForm(Dressed):
    text = forms.CharField(
        label=_("The file"),
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 20, "class": "input code", "spellcheck": "false"}),
    )


class RotationForm(SeasonForm):
    """The next season: its dates, and of each goal what it is then."""

    CHOICES: Mapping[str, _StrPromise] = {
        "primary": pgettext_lazy("goal", "stays in focus, first direction"),
        "secondary": pgettext_lazy("goal", "stays in focus, second direction"),
        "guard": pgettext_lazy("goal", "becomes a quiet guard"),
        "": pgettext_lazy("goal", "is left behind"),
    }

    def __init__(self, *args: Any, goals: Mapping[int, tuple[str, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.goals = goals
        for pk, (label, role) in goals.items():
            choice = forms.ChoiceField(label=label, choices=list(self.CHOICES.items()), required=False, initial=role)
            choice.widget.attrs["class"] = "select"
            self.fields[f"goal_{pk}"] = choice

    @property
    def chosen(self) -> dict[int, str]:
        return {pk: role for pk in self.goals if (role := self.cleaned_data.get(f"goal_{pk}"))}


def dates(season: Season) -> dict[str, Any]:
    return {"name": season.name, "starts": season.starts, "ends": season.ends}
