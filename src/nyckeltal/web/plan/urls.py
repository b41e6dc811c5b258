"""The paths of the plan, and its line in the menu."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.frame.nav import Entry
from nyckeltal.web.people import access
from nyckeltal.web.people.access import Page
from nyckeltal.web.people.planned import sight
from nyckeltal.web.people.session import signed_in
from nyckeltal.web.plan import waiting
from nyckeltal.web.plan.views import agreement, files, overview, setup


def plans(request: HttpRequest) -> bool:
    return access.page(signed_in(request), Page.PLAN).allowed


def waits(request: HttpRequest) -> int:
    return waiting.count(sight(signed_in(request)))


app_name = "plan"
urlpatterns = [
    path("plan/", overview.home, name="home"),
    path("plan/new/", overview.new, name="new"),
    path("plan/from-a-file/", files.from_file, name="from_file"),
    path("plan/goal/<int:goal_id>/", setup.save, name="goal"),
    path("plan/goal/<int:goal_id>/way/", setup.way, name="way"),
    path("plan/goal/<int:goal_id>/override/<slug:rule>/", setup.override, name="override"),
    path("plan/override/<int:override_id>/hold-again/", setup.hold_again, name="hold_again"),
    path("plan/agreement/<int:agreement_id>/", agreement.answer, name="answer"),
    path("plan/<int:season_id>/", overview.season, name="season"),
    path("plan/<int:season_id>/name-and-dates/", overview.edit, name="edit"),
    path("plan/<int:season_id>/measuring-persons/", overview.register, name="register"),
    path("plan/<int:season_id>/begin/", overview.begin, name="begin"),
    path("plan/<int:season_id>/end/", overview.end, name="end"),
    path("plan/<int:season_id>/history/", overview.history, name="history"),
    path("plan/<int:season_id>/file/", files.file, name="file"),
    path("plan/<int:season_id>/next/", overview.rotate, name="rotate"),
    path("plan/<int:season_id>/of/<str:unit_id>/purpose/", setup.purpose, name="purpose"),
    path("plan/<int:season_id>/of/<str:unit_id>/choose/", setup.choose, name="choose"),
    path("plan/<int:season_id>/of/<str:unit_id>/add/", setup.add, name="add"),
    path("plan/<int:season_id>/of/<str:unit_id>/ask/", setup.ask, name="ask"),
    path("plan/<int:season_id>/override/<slug:rule>/", setup.override_plan, name="override_plan"),
    path("plan/<int:season_id>/of/<str:unit_id>/override/<slug:rule>/", setup.override_unit, name="override_unit"),
    path("plan/<int:season_id>/of/<str:unit_id>/known/", setup.known, name="known"),
    path("plan/<int:season_id>/of/<str:unit_id>/", setup.measure, name="measure"),
]
NAV = (Entry(_("Plan"), "plan:home", order=6, shown_to=plans, waits=waits),)
