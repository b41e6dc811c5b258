"""The room as a Django application."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "nyckeltal.web.jobs"
    label = "jobs"
