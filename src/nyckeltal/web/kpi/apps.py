"""The room as a Django application."""

from django.apps import AppConfig


class KpiConfig(AppConfig):
    name = "nyckeltal.web.kpi"
    label = "kpi"

    def ready(self) -> None:
        from nyckeltal.web.kpi import checks  # noqa: F401 - registers itself
