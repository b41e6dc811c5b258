"""A season with its units and goals, who agreed to what, what was said about it, and an append-only history of every change."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from nyckeltal.web.people.models import User

COMPANY = "company"  # the id of the one unit at that level


class Seasons(models.QuerySet["Season"]):
    """Finds seasons by how far they have come."""

    def in_force(self, day: date) -> Seasons:
        return self.filter(state=Season.State.IN_FORCE, starts__lte=day, ends__gte=day)

    def open(self) -> Seasons:
        return self.exclude(state=Season.State.OVER)


class Season(models.Model):
    """A plan: drafted, put in force, over. `ends` is its last day; `bottom_up` where leaders propose the goals of their teams first."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("plan", "Draft")
        IN_FORCE = "in_force", pgettext_lazy("plan", "In force")
        OVER = "over", pgettext_lazy("plan", "Over")

    name = models.CharField(_("name"), max_length=120)
    objective = models.TextField(_("objective"), blank=True)
    starts = models.DateField(_("first day"))
    ends = models.DateField(_("last day"))
    state = models.CharField(max_length=10, default=State.DRAFT)  # one of State
    bottom_up = models.BooleanField(default=False)
    register = models.JSONField(default=dict, blank=True)  # of measuring persons: the fields of `Entry` in the core
    follows = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followed_by")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # none: the command line or the demo
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = Seasons.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends__gte=models.F("starts")), name="season_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.state == Season.State.DRAFT

    @property
    def is_over(self) -> bool:
        return self.state == Season.State.OVER

    @property
    def state_word(self) -> str:
        return str(Season.State(self.state).label)


class Unit(models.Model):
    """The company, a client or a team in a season, with its directions; `rotation` are the key figures that wait for their turn."""

    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="units")
    level = models.CharField(max_length=10)  # company, client, team
    unit_id = models.CharField(max_length=200)
    primary = models.CharField(max_length=20, blank=True)
    secondary = models.CharField(max_length=20, blank=True)
    claims_quality = models.BooleanField(default=False)
    rotation = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["season", "unit_id"], name="unit_once_a_season")]

    def __str__(self) -> str:
        return self.unit_id


class Goal(models.Model):
    """One goal as it is set. At the agent's level it is for each person who has an `Agreement` with it; `owner` is an agent elsewhere, or a name.

    Values are in the unit of the key figure: shares as fractions, durations in seconds. `removed_at`: taken out again, kept for the history.
    """

    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="goals")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="goals")
    key = models.CharField(max_length=120)  # its id in the plan's file
    level = models.CharField(max_length=10)
    kpi = models.CharField(max_length=80)
    variant = models.CharField(max_length=80, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    owner = models.CharField(max_length=200, blank=True)  # an agent's id where one answers for it, else a name; empty at the agent's level
    role = models.CharField(max_length=10, default="primary")
    target = models.FloatField(null=True, blank=True)
    band_low = models.FloatField(null=True, blank=True)
    band_high = models.FloatField(null=True, blank=True)
    is_band = models.BooleanField(default=False)
    assess = models.CharField(max_length=10, default="month")
    provisional = models.BooleanField(default=False)
    starts = models.DateField()
    ends = models.DateField()
    baseline = models.JSONField(null=True, blank=True)  # value, n, periods, low, high
    benchmark_value = models.FloatField(null=True, blank=True)
    benchmark_source = models.CharField(max_length=300, blank=True)
    benchmark_variant = models.CharField(max_length=80, blank=True)
    benchmark_peers = models.BooleanField(default=False)
    reach = models.FloatField(null=True, blank=True)
    effect = models.FloatField(default=0)
    purpose = models.TextField(blank=True)
    why = models.TextField(blank=True)
    influence = models.TextField(blank=True)
    method = models.TextField(blank=True)
    action = models.TextField(blank=True)
    support = models.JSONField(default=list, blank=True)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children")
    link_reason = models.TextField(blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    last_by = models.JSONField(default=dict, blank=True)  # by field, who wrote it last: for those who have the page open as it was before
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["season", "key"], name="goal_key_once_a_season")]

    def __str__(self) -> str:
        return self.key


UNASKED = ("proposed", "measuring")


class Agreements(models.QuerySet["Agreement"]):
    """Finds agreements by what is still open."""

    def waiting(self) -> Agreements:
        return self.filter(state=Agreement.State.ASKED, goal__removed_at=None)

    def of(self, agent_id: str) -> Agreements:
        """One's own; nobody is nobody."""
        return self.filter(agent_id=agent_id, goal__removed_at=None) if agent_id else self.none()

    def ask_anew(self) -> None:
        """Nobody has agreed to what was not there when they answered."""
        answered = self.exclude(state__in=UNASKED)
        answered.update(state=Agreement.State.ASKED, asked_at=timezone.now(), answered_at=None, refused_why="")


class Agreement(models.Model):
    """One person and one goal: each agent's part of an agent goal, or a leader's word on the team's. Own target and baseline where they differ."""

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("goal", "Not asked yet")
        ASKED = "asked", pgettext_lazy("goal", "Not answered yet")
        AGREED = "agreed", pgettext_lazy("goal", "Agreed")
        REFUSED = "refused", pgettext_lazy("goal", "Says no")
        MEASURING = "measuring", pgettext_lazy("goal", "Measured first")  # no goal yet: too little is known of where the person stands

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="agreements")
    agent_id = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default=State.PROPOSED)  # one of State
    target = models.FloatField(null=True, blank=True)
    band_low = models.FloatField(null=True, blank=True)
    band_high = models.FloatField(null=True, blank=True)
    own_target = models.BooleanField(default=False)
    baseline = models.JSONField(null=True, blank=True)
    reach = models.FloatField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    refused_why = models.TextField(blank=True)

    objects = Agreements.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["agent_id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["goal", "agent_id"], name="one_agreement_a_person")]

    def __str__(self) -> str:
        return f"{self.goal}/{self.agent_id}"

    @property
    def state_word(self) -> str:
        return str(Agreement.State(self.state).label)


class Said(models.Model):
    """One turn in the talk about a goal with one person; kept as it was said."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="said")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.text[:40]}"


class Override(models.Model):
    """A rule set aside for a goal, for a unit, or for the plan where there is neither, by a named person with a reason; shown wherever that is."""

    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="overrides")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, null=True, blank=True, related_name="overrides")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, blank=True, related_name="overrides")
    rule = models.CharField(max_length=10)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=200)
    reason = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.rule} {self.goal or self.unit or self.season}"


class Change(models.Model):
    """What somebody did to a plan: append-only. `what` is a word of `changes.SAID`; `agent_id` where it concerns one person's goal."""

    season = models.ForeignKey(Season, on_delete=models.CASCADE, related_name="changes")
    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, null=True, blank=True, related_name="changes")
    agent_id = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)
    what = models.CharField(max_length=30)
    before = models.JSONField(default=str, blank=True)
    after = models.JSONField(default=str, blank=True)
    why = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["season", "-at"], name="changes_of_a_season")]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.what} {self.goal or self.season}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written once; nobody rewrites what was done."""
        if not self._state.adding:
            raise TypeError("A change is kept as it was written.")
        super().save(*args, **kwargs)


class Reminder(models.Model):
    """Somebody was reminded of a goal that waits for an answer; at most one stands for each, and it goes with the answer."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="reminder")
    at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.agreement} × {self.times}"
