"""A job as the person sees it who started it, and when each periodic work was last done."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from nyckeltal.errors import Issue
    from nyckeltal.words import Text


class Jobs(models.QuerySet["Job"]):
    """Finds jobs by what has become of them."""

    def open(self) -> Jobs:
        """Waiting or being done."""
        return self.filter(state__in=(Job.State.WAITING, Job.State.RUNNING))


class Job(models.Model):
    """Long work that somebody asked for. `about` says what is to be done, `result` what came of it; `mistake` is a packed `UserMistake`."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting its turn")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")  # the user's mistake: it says what was wrong
        FAILED = "failed", _("failed")  # ours: written to the log
        INTERRUPTED = "interrupted", _("interrupted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="jobs")
    about = models.JSONField(default=dict)
    state = models.CharField(max_length=20, default=State.WAITING)
    stage = models.CharField(max_length=40, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)  # 0 where it is not known
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    mistake = models.JSONField(null=True)

    objects = Jobs.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "-asked_at"], name="jobs_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in (Job.State.WAITING, Job.State.RUNNING)

    @property
    def state_word(self) -> str:
        return str(Job.State(self.state).label)

    @property
    def wrong(self) -> Text | None:
        """What was wrong, to be said in the reader's language."""
        from nyckeltal.packing import unpack

        return unpack(self.mistake["text"]) if self.mistake else None

    @property
    def issues(self) -> list[Issue]:
        from nyckeltal.packing import unpack_issue

        return [unpack_issue(one) for one in self.mistake["issues"]] if self.mistake else []

    def told(self, **values: Any) -> None:
        """Keep these fields at once, without a look at the others."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))


class Periodic(models.Model):
    """When a periodic work was last done, by its name in `periodic.work()`; `fault` is empty where it went well."""

    name = models.CharField(max_length=60, primary_key=True)
    last_at = models.DateTimeField()
    fault = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
