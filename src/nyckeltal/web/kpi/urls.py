"""How is it counted?, one KPI explained, Explore and its export."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.frame.nav import Entry
from nyckeltal.web.kpi import views
from nyckeltal.web.people import access
from nyckeltal.web.people.session import signed_in


def may_explore(request: HttpRequest) -> bool:
    return access.figures(signed_in(request)).allowed


app_name = "kpi"
urlpatterns = [
    path("kpis/", views.listed, name="list"),
    path("kpis/<slug:kpi_id>/", views.one_explained, name="explained"),
    path("explore/", views.explore, name="explore"),
    path("explore/export/<slug:kind>/", views.export, name="export"),
]
NAV = (
    Entry(_("Explore"), "kpi:explore", order=10, shown_to=may_explore),
    Entry(_("How is it counted?"), "kpi:list", order=20),
)
