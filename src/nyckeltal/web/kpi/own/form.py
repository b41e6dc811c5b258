"""The form in which a KPI is put together, and the file that it becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nyckeltal import toml
from nyckeltal.kpi.checks import BETTER, GOAL_LEVELS, ID
from nyckeltal.kpi.vocabulary import FACTS
from nyckeltal.web.contacts.loads import words as loaded
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking
from nyckeltal.words import Text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST = 40_000  # characters of a file
KINDS: Mapping[str, _StrPromise] = {
    "share": _("A share: how many of how many"),
    "count": _("A number: how many there are"),
    "mean": _("An average"),
    "total": _("A sum"),
    "quantile": _("A limit that nine of ten stay under"),
}
NEEDS_OF = frozenset({"share", "mean", "total", "quantile"})
UNITS: Mapping[str, _StrPromise] = {
    "share": _("percent"),
    "count": _("a count"),
    "seconds": _("seconds"),
    "hours": _("hours"),
    "days": _("days"),
    "score": _("a mark"),
    "points": _("points"),
    "ratio": _("times"),
    "money": _("money"),
}
PURPOSES: Mapping[str, _StrPromise] = {
    "service": _("Service"),
    "efficiency": _("Efficiency"),
    "sales": _("Sales"),
    "quality": _("Quality"),
    "people": _("The people who work here"),
}
BETTER_SAID: Mapping[str, _StrPromise] = {"higher": _("higher"), "lower": _("lower"), "band": _("within a band"), "none": _("neither: it is context")}
JUDGED: Mapping[str, _StrPromise] = {"": _("no goal"), "month": _("by the month"), "quarter": _("by the quarter"), "week": _("by the week")}
LEVELS: Mapping[str, _StrPromise] = {"company": _("The company"), "client": _("A client"), "team": _("A team"), "agent": _("A person")}
CALLED: Mapping[str, Text] = {
    "contact": Text("own.contact", "contacts"),
    "queue_visit": Text("own.queue_visit", "stays in queues"),
    "segment": Text("own.segment", "the agents’ parts of contacts"),
    "case": Text("own.case", "cases"),
    "agent_state": Text("own.agent_state", "what agents were doing"),
    "survey_invitation": Text("own.survey_invitation", "invitations to surveys"),
    "survey_response": Text("own.survey_response", "answers to surveys"),
    "promise": Text("own.promise", "what was agreed with clients, kept or not in each period"),
    "shift_part": Text("own.shift_part", "planned shifts, cut at midnight"),
    "agent_day": Text("own.agent_day", "days in service of agents"),
    "agent_month": Text("own.agent_month", "months in service of agents"),
    "qa_item": Text("own.qa_item", "items of evaluations"),
    "interview": Text("own.interview", "surveys answered, all answers of one together"),
}


HINTS: Mapping[str, _StrPromise] = {
    "id": _("For files and commands: small letters, digits and _. Left empty, it is made of the name."),
    "of": _("A condition; of an average, a sum or a limit the number."),
    "among": _("A condition. Left empty, every row counts."),
    "floor": _("With fewer below the line the figure is hidden."),
    "serves": _("Key figures that get better with it: a goal on it can then serve theirs."),
    "lever": _("What those whose goal it is can do about it themselves. Without it no goal on it stands."),
}


def _area(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "input", "spellcheck": "false"})


_STAND_IN: dict[str, Any] = {
    "name": "–",
    "id": "own",
    "asks": "–",
    "purpose": "service",
    "unit": "share",
    "better": "higher",
    "floor": 0,
    "empty": "–",
    "serves": [],
}


class OwnForm(forms.Form):
    """A KPI of one of the simple kinds. What its conditions say is checked with the file that it becomes."""

    name = forms.CharField(label=_("Name"), max_length=80)
    id = forms.CharField(
        label=_("Short name"),
        required=False,
        max_length=60,
    )
    asks = forms.CharField(label=_("The question it answers"), max_length=200)
    owner = forms.CharField(label=_("Who answers for it"), required=False, max_length=80)
    purpose = forms.ChoiceField(label=_("What it serves"), choices=list(PURPOSES.items()))
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    over = forms.ChoiceField(label=_("What is counted"))
    of = forms.CharField(label=_("Above the line"), required=False, max_length=1000, widget=_area())
    among = forms.CharField(label=_("Below the line"), required=False, max_length=1000, widget=_area())
    top = forms.CharField(label=_("Above the line, in words"), required=False, max_length=200)
    bottom = forms.CharField(label=_("Below the line, in words"), required=False, max_length=200)
    unit = forms.ChoiceField(label=_("Unit"), choices=list(UNITS.items()))
    better = forms.ChoiceField(label=_("Better is"), choices=[(one, BETTER_SAID[one]) for one in BETTER])
    floor = forms.IntegerField(label=_("Shown from so many"), initial=10, min_value=0, max_value=10_000)
    empty = forms.CharField(label=_("What is said where there is nothing"), max_length=200)
    caution = forms.CharField(label=_("What it does not see"), required=False, max_length=400)
    serves = forms.MultipleChoiceField(label=_("Contributes to"), required=False, widget=forms.SelectMultiple(attrs={"size": 6}))
    lever = forms.CharField(label=_("What can be done about it"), required=False, max_length=400, widget=_area())

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        over = self.fields["over"]
        assert isinstance(over, forms.ChoiceField)  # noqa: S101 for the type checker
        over.choices = [(fact, called(fact)) for fact in FACTS]
        serves = self.fields["serves"]
        assert isinstance(serves, forms.MultipleChoiceField)  # noqa: S101 for the type checker
        names = {kpi.id: say(kpi.text("name")) for kpi in asking.kpis().values()}
        serves.choices = [(one, names[one]) for one in sorted(names, key=lambda one: names[one].casefold())]
        for level in GOAL_LEVELS:
            self.fields[f"goal_{level}"] = forms.ChoiceField(label=LEVELS[level], required=False, choices=list(JUDGED.items()))
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("class", "select" if isinstance(field.widget, forms.Select) else "input")
            field.help_text = HINTS.get(name, "")

    @property
    def about(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "id", "asks", "owner", "purpose", "better", "unit")]

    @property
    def counting(self) -> list[forms.BoundField]:
        return [self[name] for name in ("kind", "over", "of", "among", "top", "bottom")]

    @property
    def reading(self) -> list[forms.BoundField]:
        return [self[name] for name in ("empty", "caution", "floor")]

    @property
    def goals(self) -> list[forms.BoundField]:
        return [self[name] for name in (*(f"goal_{level}" for level in GOAL_LEVELS), "serves", "lever")]

    def clean_id(self) -> str:
        return str(self.cleaned_data["id"] or slug(self.cleaned_data.get("name", "")))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") in NEEDS_OF and not cleaned.get("of") and "of" not in self.errors:
            self.add_error("of", _("Say what stands above the line."))
        return cleaned

    def named(self, key: str | None) -> str:
        """The field in which a key of the file is said, or else the kind in which the file says it."""
        *above, last = (key or "").split(".")
        found = {"goal": f"goal_{last}", "levers": "lever", "words": last}.get(above[0] if above else "", last)
        return found if found in self.fields else "kind" if found in KINDS else ""

    def label(self, key: str | None) -> str:
        return str(self.fields[named].label) if (named := self.named(key)) else ""

    def in_its_words(self, mistake: Text) -> Text:
        """A mistake of the file that keys and units are called in by what the form calls them."""
        said = {name: self._called(name, value) for name, value in mistake.values.items()}
        return replace(mistake, values=said)

    def _called(self, name: str, value: object) -> object:
        if name in ("unit", "fitting"):
            return tuple(str(UNITS.get(one, one)) for one in (value if isinstance(value, tuple) else (str(value),)) if one in UNITS or name == "unit")
        return (self.label(str(value)) or value) if name in ("key", "of", "among") else value

    def text(self) -> str:
        """The KPI file; where the form has mistakes, with something in their place that is none, so that all others are found at once."""
        said = {**dict.fromkeys(self.fields, ""), **_STAND_IN, **self.cleaned_data}
        lines = [f"id = {_quoted(said['id'])}", "version = 1"]
        lines += [f"{key} = {_quoted(said[key])}" for key in ("name", "asks")]
        lines += [f"owner = {_quoted(said['owner'])}"] if said["owner"] else []
        lines += [f"purpose = [{_quoted(said['purpose'])}]"]
        lines += [f"{key} = {_quoted(said[key])}" for key in ("unit", "better", "over")]
        lines += [f"serves = [{', '.join(_quoted(one) for one in said['serves'])}]"] if said["serves"] else []
        formula = {"of": said["of"] if said["kind"] in NEEDS_OF else "", "among": said["among"]}
        lines += _table(said["kind"], formula) + (["at = 0.9"] if said["kind"] == "quantile" else [])
        lines += _table("words", {"top": said["top"], "bottom": said["bottom"]})
        goals = {level: said[f"goal_{level}"] for level in GOAL_LEVELS if said[f"goal_{level}"]}
        lines += _table("goal", goals) + (_table("levers", dict.fromkeys(goals, said["lever"])) if said["lever"] and goals else [])
        lines += [*_table("reading", {"empty": said["empty"], "caution": said["caution"]}), f"floor = {said['floor']}"]
        return "\n".join(lines) + "\n"


class FileForm(forms.Form):
    """The file itself."""

    text = forms.CharField(
        label=_("The file"), max_length=MOST, strip=False, widget=forms.Textarea(attrs={"rows": 26, "class": "input code", "spellcheck": "false"})
    )


def called(fact: str) -> str:
    """What a page calls a fact: as here, else as where it is loaded."""
    return say(CALLED[fact]) if fact in CALLED else loaded.kind(fact)


def slug(name: str) -> str:
    """An id made of a name: `Answered by Friday` is `answered_by_friday`."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("æ", "ae").replace("ß", "ss")).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:60].rstrip("_")
    return made if ID.fullmatch(made) else f"own_{made}".rstrip("_")[:60]


def renamed(text: str, kpi_id: str) -> str:
    """A file as the beginning of another KPI: a new id, from version 1, which has no history; by the agreements on the one it was."""
    was = re.search(r'(?m)^id\s*=\s*"(\w+)"', text)
    if was:
        text = re.sub(r'(?m)^(\w+ = \{ agreement = "\w+")(?!.*\bmeasure = )', rf'\1, measure = "{was[1]}"', text)
    text = re.sub(r"(?m)^id\s*=.*$", f"id = {_quoted(kpi_id)}", text, count=1)
    text = re.sub(r"(?ms)^\[\[history\]\]\n.*?(?=^\[|\Z)", "", text)
    return re.sub(r"(?m)^version\s*=.*$", "version = 1", text, count=1)


def _table(name: str, values: Mapping[str, str]) -> list[str]:
    said = [f"{key} = {_quoted(value)}" for key, value in values.items() if value]
    return ["", f"[{name}]", *said] if said or name not in ("words", "goal") else []


def _quoted(text: str) -> str:
    """On one line."""
    return toml.text(" ".join(text.split()))
