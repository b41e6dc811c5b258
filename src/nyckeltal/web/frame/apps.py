"""Registers the checks of settings."""

from django.apps import AppConfig


class FrameConfig(AppConfig):
    name = "nyckeltal.web.frame"
    label = "frame"

    def ready(self) -> None:
        from nyckeltal.web.frame import checks  # noqa: F401 - registers itself
