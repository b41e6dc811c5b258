"""The room as a Django application."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "nyckeltal.web.people"
    label = "people"
