"""One contact's story; loads; the organisation's pages."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from nyckeltal.sources.pull.condition import ailing
from nyckeltal.web.contacts.feeds import home
from nyckeltal.web.contacts.views import loads, organisation, sources, story, uploads
from nyckeltal.web.frame.nav import Entry
from nyckeltal.web.people import access
from nyckeltal.web.people.session import signed_in


def may_read_organisation(request: HttpRequest) -> bool:
    return access.page(signed_in(request), access.Page.ORGANISATION).allowed


def may_load(request: HttpRequest) -> bool:
    return access.page(signed_in(request), access.Page.LOADS).allowed


app_name = "contacts"
urlpatterns = [
    path("contacts/<path:contact_id>/", story.one, name="story"),
    path("loads/", loads.listed, name="loads"),
    path("loads/send/", uploads.send, name="send"),
    path("loads/file/<uuid:upload_id>/", uploads.upload, name="upload"),
    path("loads/file/<uuid:upload_id>/change/", uploads.change, name="upload_change"),
    path("loads/file/<uuid:upload_id>/mapping.toml", uploads.mapping_file, name="mapping_file"),
    path("loads/template/<slug:kind>.<slug:form>", loads.template, name="template"),
    path("loads/job/<uuid:job_id>/", loads.job, name="job"),
    path("loads/<slug:load_id>/", loads.one, name="load"),
    path("loads/<slug:load_id>/refused/", loads.refused_rows, name="refused"),
    path("loads/<slug:load_id>/settle/", loads.settle, name="settle"),
    path("loads/<slug:load_id>/undo/", loads.undo, name="undo"),
    path("sources/", sources.listed, name="sources"),
    path("sources/same/", loads.same_rule, name="same"),
    path("sources/same/rule/", loads.rule, name="rule"),
    path("sources/new/<slug:kind>/", sources.new, name="source_new"),
    path("sources/of/<slug:name>/", sources.one, name="source"),
    path("sources/of/<slug:name>/try/", sources.attempt, name="source_try"),
    path("sources/of/<slug:name>/fetch/", sources.fetch, name="source_fetch"),
    path("sources/of/<slug:name>/rest/", sources.rest, name="source_rest"),
    path("organisation/", organisation.overview, name="organisation"),
    path("organisation/under-way/<uuid:job_id>/", organisation.work, name="organisation_work"),
    path("organisation/<slug:slug>/", organisation.things, name="things"),
    path("organisation/<slug:slug>/new/", organisation.new, name="new"),
    path("organisation/<slug:slug>/describe/", organisation.describe, name="describe"),
    path("organisation/<slug:slug>/as/<slug:form>/", organisation.download, name="organisation_file"),
    path("organisation/<slug:slug>/of/<path:thing_id>/", organisation.thing, name="thing"),
]
NAV = (
    Entry(_("Loads"), "contacts:loads", order=50, shown_to=may_load, start=True),
    Entry(_("Sources"), "contacts:sources", order=51, shown_to=may_load, waits=lambda _: len(ailing(home()))),
    Entry(_("Organisation"), "contacts:organisation", order=60, shown_to=may_read_organisation),
)
