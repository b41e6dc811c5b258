"""The pages of the roles, How is it counted?, one KPI explained, Explore and its export."""

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.frame.nav import Entry
from nyckeltal.web.kpi import pages, views
from nyckeltal.web.kpi.own import views as own
from nyckeltal.web.people import access
from nyckeltal.web.people.access import Page
from nyckeltal.web.people.roles import Role
from nyckeltal.web.people.session import signed_in


def may_explore(request: HttpRequest) -> bool:
    return access.figures(signed_in(request)).allowed


def evaluates(request: HttpRequest) -> bool:
    return signed_in(request).holds(Role.EVALUATOR)


def opens(page: Page) -> Callable[[HttpRequest], bool]:
    return lambda request: access.page(signed_in(request), page).allowed


app_name = "kpi"
urlpatterns = [
    path("my-figures/", pages.my_figures, name="mine"),
    path("team/", pages.one_team, name="team"),
    path("team/<str:team_id>/", pages.one_team, name="one_team"),
    path("team/<str:team_id>/<str:agent_id>/", pages.one_person, name="person"),
    path("customer-service/", pages.customer_service, name="service"),
    path("our-service/", pages.our_service, name="ours"),
    path("our-service/<str:client_id>/", pages.our_service, name="one_client"),
    path("evaluations/", pages.evaluations, name="evaluations"),
    path("kpis/", views.listed, name="list"),
    path("kpis/own/new/", own.new, name="own_new"),
    path("kpis/own/<slug:kpi_id>/", own.edit, name="own"),
    path("kpis/own/<slug:kpi_id>/remove/", own.remove, name="own_remove"),
    path("kpis/<slug:kpi_id>/", views.one_explained, name="explained"),
    path("explore/", views.explore, name="explore"),
    path("explore/export/<slug:kind>/", views.export, name="export"),
]
NAV = (
    Entry(_("Customer service"), "kpi:service", order=1, shown_to=opens(Page.CUSTOMER_SERVICE), start=True),
    Entry(_("Team"), "kpi:team", order=2, shown_to=opens(Page.TEAM), start=True),
    Entry(_("Our service"), "kpi:ours", order=3, shown_to=opens(Page.OUR_SERVICE), start=True),
    Entry(_("My figures"), "kpi:mine", order=4, shown_to=opens(Page.MY_FIGURES), start=True),
    Entry(_("Evaluations"), "kpi:evaluations", order=5, shown_to=evaluates, start=True),
    Entry(_("Explore"), "kpi:explore", order=10, shown_to=may_explore),
    Entry(_("How is it counted?"), "kpi:list", order=20),
)
