"""Files somebody sent and has not loaded yet, with what is known about how to read them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Upload(models.Model):
    """`files` are name and size; `seen` is what the first file looks like (loads/uploads.py), `mapping` how its columns are meant.

    `repairs` names the load whose refused rows these are. The files lie under `uploads/<id>/` until they are in, or for a week.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads")
    at = models.DateTimeField(default=timezone.now)
    files = models.JSONField(default=list)
    system = models.CharField(max_length=60, blank=True)
    seen = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    read_as = models.CharField(max_length=200, blank=True)  # the saved mapping that fits
    client = models.CharField(max_length=200, blank=True)  # for a system's files, which have no mapping
    zone = models.CharField(max_length=60, blank=True)
    repairs = models.CharField(max_length=60, blank=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="uploads")

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]

    def __str__(self) -> str:
        return self.title

    @property
    def names(self) -> list[str]:
        return [str(file["name"]) for file in self.files]

    @property
    def title(self) -> str:
        return ", ".join(self.names)

    @property
    def size(self) -> int:
        return sum(int(file["size"]) for file in self.files)

    def told(self, **values: Any) -> None:
        """Keep these fields at once."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
