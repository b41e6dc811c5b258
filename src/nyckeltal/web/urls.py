"""The paths of all rooms, and the pages for errors."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [path("", include(f"nyckeltal.web.{room}.urls")) for room in settings.ROOMS]

handler400 = "nyckeltal.web.frame.views.bad_request"
handler403 = "nyckeltal.web.frame.views.refused"
handler404 = "nyckeltal.web.frame.views.not_found"
handler500 = "nyckeltal.web.frame.views.failed"
