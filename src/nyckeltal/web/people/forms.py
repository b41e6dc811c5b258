"""What a person types: to sign in, about oneself and one's programs, and as an administrator about others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm, UsernameField
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.people import tokens
from nyckeltal.web.people.models import Look, User
from nyckeltal.web.people.organisation import agents, clients
from nyckeltal.web.people.roles import Role

if TYPE_CHECKING:
    _NewPassword = SetPasswordForm[User]
else:
    _NewPassword = SetPasswordForm


def _dressed(form: forms.BaseForm) -> None:
    """Classes of the stylesheet; no colons behind labels."""
    form.label_suffix = ""
    for field in form.fields.values():
        widget = field.widget
        if not isinstance(widget, forms.CheckboxSelectMultiple | forms.HiddenInput):
            widget.attrs["class"] = "select" if isinstance(widget, forms.Select) else "input"


def _languages() -> list[tuple[str, str]]:
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


class SignInForm(AuthenticationForm):
    # Django's own field takes a name of any length; the count of wrong passwords does not.
    username = UsernameField(max_length=150, widget=forms.TextInput(attrs={"autofocus": True}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dressed(self)


class WelcomeForm(_NewPassword):
    """Taking up an invitation: language, name, password. A new password alone where the account is in use already."""

    language = forms.ChoiceField(label=_("Language"), choices=_languages)
    name = forms.CharField(label=_("Your name, as others see it"), max_length=200)
    field_order = ("language", "name", "new_password1", "new_password2")

    def __init__(self, person: User, *args: Any, first: bool, **kwargs: Any) -> None:
        super().__init__(person, *args, **kwargs)
        if not first:
            del self.fields["language"], self.fields["name"]
        _dressed(self)


class OwnPasswordForm(PasswordChangeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        _dressed(self)


class OwnForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), required=False)
    theme = forms.ChoiceField(
        label=_("Colours"),
        required=False,
        choices=[("", pgettext_lazy("theme", "As the device")), ("light", pgettext_lazy("theme", "Light")), ("dark", pgettext_lazy("theme", "Dark"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101 - for the type checker
        language.choices = [("", _("As the browser asks")), *_languages()]
        _dressed(self)


class TokenForm(forms.Form):
    """A token for a program: what for, which of the person's rights, until when; and the password, since it outlives the session."""

    purpose = forms.CharField(label=_("What it is for"), max_length=100, help_text=_("It stands beside everything the program reads about persons."))
    scopes = forms.MultipleChoiceField(label=_("What the program may do"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label=_("How long it works"), coerce=int, initial=90, choices=[(7, _("A week")), (30, _("A month")), (90, _("Three months")), (365, _("A year"))]
    )
    password = forms.CharField(label=_("Your password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)  # noqa: S101 - for the type checker
        scopes.choices = [(scope.value, scope.label) for scope in tokens.open_to(person)]
        if not person.has_usable_password():
            del self.fields["password"]
        _dressed(self)

    def clean_password(self) -> str:
        """Not kept: it only says who is sitting there."""
        if not self.person.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."))
        return ""

    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("purpose", "scopes", "days")}


class PersonForm(forms.Form):
    """What an administrator says about somebody. `person` none: somebody new."""

    name = forms.CharField(label=_("Name"), max_length=200)
    roles = forms.MultipleChoiceField(label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple, choices=Role.choices)
    agent_id = forms.ChoiceField(label=_("Agent"), required=False, help_text=_("Who this person is among the agents: for agents and team leaders."))
    client_ids = forms.MultipleChoiceField(
        label=_("Clients"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Whose service this person sees: for clients.")
    )

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known_agents, known_clients = dict(agents()), dict(clients())
        if person:  # tied to somebody the store no longer knows: stays as it is until it is changed
            known_agents |= {person.agent_id: person.agent_id} if person.agent_id and person.agent_id not in known_agents else {}
            known_clients |= {one: one for one in person.client_ids if one not in known_clients}
        self._offer("agent_id", [("", _("nobody")), *known_agents.items()])
        self._offer("client_ids", list(known_clients.items()))
        if not known_clients:
            del self.fields["client_ids"]
        _dressed(self)

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = choices

    def details(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"name": given["name"], "roles": given["roles"], "agent_id": given["agent_id"], "client_ids": given.get("client_ids", [])}


class InvitationForm(PersonForm):
    username = forms.CharField(
        label=_("User name"), max_length=150, validators=[UnicodeUsernameValidator()], help_text=_("Typed at each sign-in. It cannot be changed later.")
    )
    field_order = ("username", "name", "roles", "agent_id", "client_ids")


class LooksForm(forms.Form):
    """Narrows the log of who looked."""

    by = forms.ChoiceField(label=_("Who looked"), required=False)
    at = forms.ChoiceField(label=_("At whom"), required=False)
    thing = forms.ChoiceField(label=_("What"), required=False)
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        looking = User.objects.filter(looks__isnull=False).distinct().order_by("name")
        offered = {
            "by": [(str(person.pk), person.name) for person in looking],
            "at": list(agents().items()),
            "thing": [(thing.value, str(thing.label).capitalize()) for thing in Look.Thing],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = [("", _("All")), *choices]
        _dressed(self)


class ChangesForm(forms.Form):
    """Narrows the log of changes to accounts."""

    person = forms.ChoiceField(label=_("Whose account"), required=False)
    by = forms.ChoiceField(label=_("Changed by"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(person.pk), person.name) for person in User.objects.order_by("name")]
        for field in self.fields.values():
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = [("", _("All")), *people]
        _dressed(self)
