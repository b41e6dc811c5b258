"""Users with their roles, their sessions, links and tokens to get in, and two logs: who looked at whom, and who changed which account."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
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
    language = models.CharField(_("language"), max_length=10, blank=True)  # empty: what the browser asks for
    theme = models.CharField(_("colours"), max_length=10, blank=True)
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

    def keep_choice(self, cookie: str, chosen: str) -> None:
        """Language or colours chosen by a switch hold in every browser in which the person signs in."""
        field = "language" if cookie == settings.LANGUAGE_COOKIE_NAME else "theme"
        setattr(self, field, "" if chosen == "system" else chosen)
        self.save(update_fields=[field])


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


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in; `began`, `seen` and `device` are kept in the session's data and repeated here to be listed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=100, blank=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
        return store


class Links(models.QuerySet["Link"]):
    """Finds links by what can still be done with them."""

    def open(self, now: datetime) -> Links:
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=now)


class Link(models.Model):
    """A way in, handed over by a person: to take up an invitation or to choose a new password. Used once; only its token's hash is kept."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # none: the command line
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = Links.as_manager()

    def __str__(self) -> str:
        return f"{self.person} → {self.expires_at:%Y-%m-%d}"


class Tokens(models.QuerySet["Token"]):
    """Finds tokens by what can still be done with them."""

    def open(self, now: datetime) -> Tokens:
        return self.filter(withdrawn_at=None, expires_at__gt=now)


class Token(models.Model):
    """A way in for a program of that person: never more than the person's own rights, and of those only `scopes`. Only its hash is kept.

    `purpose` is what the person says it is for, and stands in the log of who looked. `free_at` is when its calls are no longer counted
    against the limit, in seconds since 1970 (tokens.py).
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    purpose = models.CharField(max_length=100)
    token_hash = models.CharField(max_length=64, unique=True)
    ends_in = models.CharField(max_length=4)  # to know it by
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    free_at = models.FloatField(default=0)

    objects = Tokens.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.purpose} (…{self.ends_in})"


class Change(models.Model):
    """Somebody changed an account: who, whose, what, before and after. `what` is a word of `changes.SAID`."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="changes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # none: the command line
    what = models.CharField(max_length=20)
    before = models.JSONField(default=str, blank=True)
    after = models.JSONField(default=str, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "-at"], name="changes_of_a_person")]

    def __str__(self) -> str:
        return f"{self.by or '-'}: {self.what} {self.person}"

    @property
    def of_oneself(self) -> bool:
        return self.by_id == self.person_id
