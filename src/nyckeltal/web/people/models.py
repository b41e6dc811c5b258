"""Users with their roles, and the log of who looked at another person's figures or at a contact."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.people.roles import Role


def known_roles(value: Any) -> None:
    unknown = [role for role in value if role not in Role.values] if isinstance(value, list) else [value]
    if unknown:
        raise ValidationError(_("There is no role %(role)s."), params={"role": unknown[0]})


def list_of_ids(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise ValidationError(_("This must be a list of ids."))


class People(BaseUserManager["User"]):
    """Finds users; new ones are made by `actions.create_person`."""


class User(AbstractBaseUser):
    """Somebody who signs in. `agent_id` says which agent of the organisation the person is; `client_ids` whom a client may see."""

    username = models.CharField(_("user name"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    roles = models.JSONField(_("roles"), default=list, blank=True, validators=[known_roles])
    agent_id = models.CharField(_("agent"), max_length=200, blank=True)
    client_ids = models.JSONField(_("clients"), default=list, blank=True, validators=[list_of_ids])
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.username

    def holds(self, role: Role) -> bool:
        return role.value in self.roles

    @property
    def held(self) -> list[Role]:
        return [role for role in Role if self.holds(role)]

    @property
    def role_names(self) -> str:
        return ", ".join(str(role.label) for role in self.held)

    @property
    def initials(self) -> str:
        words = str(self).split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


class Look(models.Model):
    """Somebody opened another person's figures, or a contact: who, whose, what and what for. The person looked at reads it."""

    class Thing(models.TextChoices):
        FIGURES = "figures", _("figures")
        CONTACT = "contact", _("a contact")
        EVIDENCE = "evidence", _("contacts drawn as evidence")
        EXPORT = "export", _("an export")

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="looks")
    agent_id = models.CharField(max_length=200, blank=True)  # empty where no agent is involved
    thing = models.CharField(max_length=20)  # one of Thing
    what = models.CharField(max_length=500)  # the KPI and period, or the contact's id
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["agent_id", "-at"], name="looks_at_a_person")]

    def __str__(self) -> str:
        return f"{self.by} → {self.agent_id or self.what}"

    @property
    def thing_word(self) -> str:
        return str(Look.Thing(self.thing).label)
