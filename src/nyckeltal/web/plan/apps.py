"""The room as a Django application."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "nyckeltal.web.plan"
    label = "plan"
