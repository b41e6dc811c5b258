"""A source as a form: what its system asks for, the secret write-only; and what the worker does when somebody wants it fetched now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from nyckeltal.errors import Issue, UserMistake
from nyckeltal.sources import find
from nyckeltal.sources.pull import condition, run, secrets, sources, write
from nyckeltal.sources.pull.means import Means
from nyckeltal.web.contacts.loads import saved
from nyckeltal.web.frame import facts
from nyckeltal.web.frame.say import say
from nyckeltal.web.jobs import actions
from nyckeltal.web.jobs.actions import Progress
from nyckeltal.web.jobs.models import Job
from nyckeltal.web.people.models import User

PULL = "pull"
MOST_NAMED = 5  # clients as examples


def home() -> Path:
    return Path(settings.NYCKELTAL_HOME)


def means() -> Means:
    import nyckeltal

    return Means(home(), load=nyckeltal.load, settle=nyckeltal.promises_judged, join=nyckeltal.join, stop=actions.stopping)


class FeedForm(forms.Form):
    """`kind` is a system that is asked, or `folder`, or `follow`; `name` is given where the source is there already."""

    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("Small letters, digits and hyphens."))
    client = forms.CharField(label=_("Client"), required=False)
    every = forms.CharField(label=_("How often"), help_text=_("For example: 15 minutes, 1 hour, daily at 05:30."))
    zone = forms.CharField(label=_("Time zone"), required=False, help_text=_("Of times that say none. For example: Europe/Stockholm."))
    most_refused_percent = forms.IntegerField(
        label=_("Most refused rows, percent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("With more, nothing is loaded. Otherwise 5."),
    )

    def __init__(self, kind: str, name: str | None = None, data: Any = None) -> None:
        self.kind, self.way = kind, kind if kind in ("folder", "follow") else "from"
        self.known = name
        self.before = write.table_of(home(), name) if name else {}
        super().__init__(data, initial={**self.before, "name": name or kind.replace("_", "-"), "every": self.before.get("every", sources.EVERY[self.way])})
        self.title = condition.titled(kind)
        self.asked = sources.settings_of(kind) if self.way == "from" else []
        if name:
            self.fields["name"].disabled = True
        self._of_way()
        for one in self.asked:
            self._asked(one)
        self.order_fields(["name", self.way, "pattern", "system", "mapping", *(one.name for one in self.asked), "client", "every"])
        self.fields["client"].help_text = ", ".join(map(str, facts.current().small("client")["client_id"].to_pylist()[:MOST_NAMED]))
        for field in self.fields.values():
            field.widget.attrs["class"] = "select" if isinstance(field.widget, forms.Select) else "input"

    def _of_way(self) -> None:
        if self.way == "from":
            self.fields["from"] = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
            return
        label = _("Folder on the server") if self.way == "folder" else _("File on the server")
        example = "/srv/drop/hr" if self.way == "folder" else "/var/log/asterisk/queue_log"
        self.fields[self.way] = forms.CharField(label=label, help_text=example)
        none = [("", "–")]
        self.fields["system"] = forms.ChoiceField(
            label=_("System"), required=False, choices=none + [(one, say(system.title)) for one, system in find.systems().items()]
        )
        self.fields["mapping"] = forms.ChoiceField(
            label=_("Mapping"),
            required=False,
            help_text=_("What its columns mean, as you remembered it on Loads. A system needs none."),
            choices=none + [(one, one) for one in saved.names()],
        )
        if self.way == "folder":
            self.fields["pattern"] = forms.CharField(label=_("Which files"), required=False, help_text="*.csv")

    def _asked(self, one: Any) -> None:
        """A secret is never shown again: left empty it stays as it is."""
        there = one.secret and self.known and secrets.find(home(), self.known, one.name) is not None
        self.fields[one.name] = forms.CharField(
            label=say(one.label),
            required=one.default is None and not there,
            initial=self.before.get(one.name, one.default),
            widget=forms.PasswordInput(attrs={"autocomplete": "off"}) if one.secret else forms.TextInput(),
            help_text=_("It is kept, and never shown again. Left empty, it stays as it is.") if there else one.example.strip("…"),
        )

    def saved(self) -> bool:
        """Check it as the file is checked, then put it in force."""
        if not self.is_valid():
            return False
        name, given = self.cleaned_data["name"], self.cleaned_data
        if not sources.NAME.fullmatch(name) or (not self.known and name in {*sources.read(home()).feeds, *sources.read(home()).broken}):
            self.add_error("name", _("Another source has this name, or it has other letters than these."))
            return False
        hidden = {one.name for one in self.asked if one.secret}
        for key in hidden:
            if given[key]:
                secrets.keep(home(), name, key, given[key])
        kept = {key: value for key, value in self.before.items() if key not in self.fields}
        said = {key: value for key, value in given.items() if key not in hidden | {"name"} and value not in ("", None)}
        table = kept | ({"system": self.kind} if self.way == "from" else {}) | said
        for issue in self._wrong(name, table):
            key = (issue.field or "").rsplit(".", 1)[-1]
            self.add_error(key if key in self.fields else None, say(issue.text))
        if self.errors:
            return False
        write.put(home(), name, table)
        return True

    def _wrong(self, name: str, table: dict[str, Any]) -> Sequence[Issue]:
        """A file that is no TOML is put right by hand first: nothing is written over it."""
        before = sources.read(home())
        if len(before.issues) > len(before.wrong_rules) and not before.broken:
            return before.issues
        return write.checked(home(), name, table).broken.get(name, ())


def pause(name: str, *, paused: bool) -> None:
    table = write.table_of(home(), name)
    write.put(home(), name, {key: value for key, value in table.items() if key != "paused"} | ({"paused": True} if paused else {}))


def begin(name: str, by: User) -> Job:
    """Have it fetched by the worker, unless that is asked for already."""
    waiting = Job.objects.open().filter(kind=PULL, about__source=name).first()
    return waiting or actions.ask_for(fetch, kind=PULL, title=name, by=by, about={"source": name})


@task()
def fetch(job_id: str) -> str:
    return actions.do(job_id, _fetch)


def _fetch(job: Job, _progress: Progress) -> dict[str, Any]:
    feed = sources.read(home()).feed(job.about["source"])
    status = run.catch_up_all([feed], means())[feed.name]
    if status is not None and status.error is not None:
        raise UserMistake(status.error)
    return {"counts": dict(status.counts) if status else {}}
