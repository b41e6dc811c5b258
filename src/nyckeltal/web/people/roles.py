"""The roles a person may hold, in the order of architecture 12; one person may hold several."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    AGENT = "agent", _("Agent")
    LEADER = "leader", _("Team leader")
    MANAGER = "manager", _("Manager")
    EVALUATOR = "evaluator", _("Quality evaluator")
    CLIENT = "client", _("Client")
    REPRESENTATIVE = "representative", _("Employee representative")
    ADMINISTRATOR = "administrator", _("Administrator")
