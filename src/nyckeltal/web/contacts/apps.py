"""The room as a Django application."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "nyckeltal.web.contacts"
    label = "contacts"
