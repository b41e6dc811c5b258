"""Addresses under /api/, made from the table of operations; the page about them is linked from *My account*."""

import re

from django.urls import path

from nyckeltal.web.api import views
from nyckeltal.web.api.operations import PATHS

app_name = "api"
urlpatterns = [
    path("api/", views.reference, name="reference"),
    path("api/openapi.json", views.openapi, name="openapi"),
    *(
        path("api/" + re.sub(r"{(\w+)}", r"<str:\1>", address), views.resource, {"address": address}, name=next(iter(operations.values())).name)
        for address, operations in PATHS.items()
    ),
]
