"""The room as a Django application."""

from django.apps import AppConfig


class KpiConfig(AppConfig):
    name = "nyckeltal.web.kpi"
    label = "kpi"
