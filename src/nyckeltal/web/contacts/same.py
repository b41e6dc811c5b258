"""Contacts that two sources tell of, for the page with the loads: what rules joined, what probably counts twice, and writing, changing, removing a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from nyckeltal.contacts import same_rules
from nyckeltal.contacts.same_rules import Rule, Rules
from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.errors import UserMistake
from nyckeltal.kpi import promises
from nyckeltal.sources import alike
from nyckeltal.sources.pull import write
from nyckeltal.web.contacts.loads import words
from nyckeltal.web.contacts.loads.ledger import store
from nyckeltal.web.frame.say import say


@dataclass(frozen=True)
class Twice:
    """`waits`: rules were changed and have not taken effect yet."""

    joined: tuple[alike.Joined, ...] = ()
    alike: tuple[alike.Alike, ...] = ()
    waits: bool = False

    @property
    def is_any(self) -> bool:
        return bool(self.joined or self.alike or self.waits)


def twice() -> Twice:
    """As the store stands."""
    now = store().snapshot()
    rules = _written()
    joined, found = _found(_ById(now))
    return Twice(joined, tuple(one for one in found if one.rule not in rules), rules != now.state.same)


class _ById:
    """A snapshot that is the same as another of the same state: pages ask again and again."""

    def __init__(self, facts: Snapshot) -> None:
        self.facts = facts

    def __hash__(self) -> int:
        return hash(self.facts.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.facts.id == self.facts.id


@lru_cache(maxsize=4)
def _found(now: _ById) -> tuple[tuple[alike.Joined, ...], tuple[alike.Alike, ...]]:
    return tuple(alike.joined(now.facts)), tuple(alike.alike(now.facts))


def change(request: HttpRequest) -> None:
    """Write the rule that was shown, or take one away; what was shown and stands no more is passed over. The worker lets it take effect."""
    shown = {one.rule.toml(): one.rule for one in twice().alike}
    gone = _plain(request.POST.get("drop", ""))
    if rule := shown.get(_plain(request.POST.get("add", ""))):
        write.change_rule(_home(), None, rule)
    elif rule := written(gone):
        write.change_rule(_home(), rule, None)


def written(said: str) -> Rule | None:
    """The rule of the file that says this; None where it stands there no more."""
    return next((rule for rule in _written() if rule.toml() == _plain(said)), None)


def _written() -> Rules:
    return same_rules.in_force(_home(), store().snapshot().state.same)


class RuleForm(forms.Form):
    """A rule in words; `before` is the one that it takes the place of."""

    keep = forms.ChoiceField(label=_("Source that is kept"), help_text=_("Its times and agents count."))
    also = forms.ChoiceField(label=_("Source that tells of the same contacts"), help_text=_("Its rows stay as they came, and count nowhere."))
    by = forms.MultipleChoiceField(label=_("By what they are known as the same"), help_text=_("All of it has to agree."), widget=forms.CheckboxSelectMultiple)
    within_s = forms.FloatField(
        label=_("Seconds between their beginnings, at most"),
        required=False,
        help_text=_("Left empty: any time where one names the other, else 60."),
        widget=forms.NumberInput(attrs={"class": "input"}),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"), required=False, help_text=_("Without any, both came by the same channel."), widget=forms.CheckboxSelectMultiple
    )
    clients = forms.MultipleChoiceField(label=_("Clients"), required=False, help_text=_("Without any, all of them."), widget=forms.CheckboxSelectMultiple)

    def __init__(self, before: Rule | None, data: Any = None) -> None:
        self.before = before
        super().__init__(data, initial=before.as_dict() if before else None)
        known = {str(one) for one in (*store().loads()["source"].to_pylist(), *same_rules.sources_of(_written())) if one not in (None, promises.source)}
        clients = {*map(str, store().snapshot().small("client")["client_id"].to_pylist()), *(before.clients if before else ())}
        for name in ("keep", "also"):
            self._choose(name, sorted(known), str)
            self.fields[name].widget.attrs["class"] = "select"
        self._choose("by", same_rules.BY, lambda by: words.field("agent_id" if by == "agent" else "customer_key" if by == "customer" else by))
        self._choose("channels", same_rules.CHANNELS, words.value)
        self._choose("clients", sorted(clients), str)

    def _choose(self, name: str, known: Iterable[str], called: Callable[[str], str]) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = [(one, called(one)) for one in known]

    def saved(self) -> bool:
        """Check it as the file is checked, then put it in force."""
        if not self.is_valid():
            return False
        told = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}
        rules, issues = same_rules.read([*(rule.table() for rule in _written() if rule != self.before), told])
        for issue in issues:
            key = (issue.field or "").rsplit(".", 1)[-1]
            self.add_error(key if key in self.fields else None, say(issue.text))
        if issues:
            return False
        try:
            write.change_rule(_home(), self.before, rules[-1])
        except UserMistake as mistake:
            self.add_error(None, say(mistake.text))
        return not self.errors


def _plain(sent: str) -> str:
    """Browsers send other ends of lines."""
    return sent.replace("\r\n", "\n")


def _home() -> Path:
    return Path(settings.NYCKELTAL_HOME)
