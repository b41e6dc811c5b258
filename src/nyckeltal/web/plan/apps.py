"""The room as a Django application; when it is ready, the pages of figures learn of its plans."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "nyckeltal.web.plan"
    label = "plan"

    def ready(self) -> None:
        from nyckeltal.web.plan import offered

        offered.offer()
