"""The room as a Django application."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "nyckeltal.web.plan"
    label = "plan"

    def ready(self) -> None:
        """The pages that show figures stand below this room; here they are given the plan."""
        from nyckeltal.web.kpi import planned
        from nyckeltal.web.plan.offering import Offered

        planned.offer(Offered())
