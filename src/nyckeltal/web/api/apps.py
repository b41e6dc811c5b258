"""The room as a Django application."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "nyckeltal.web.api"
    label = "api"
