"""The door, the own account, the administrator's people, and who sees what."""

from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.frame.nav import Entry
from nyckeltal.web.people import access
from nyckeltal.web.people.session import signed_in
from nyckeltal.web.people.views import account, oversight, people, sign_in, tokens, welcome


def keeps_people(request: HttpRequest) -> bool:
    return access.page(signed_in(request), access.Page.PEOPLE).allowed


def oversees(request: HttpRequest) -> bool:
    return access.page(signed_in(request), access.Page.LOOKS).allowed


app_name = "people"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/demo/<slug:role>/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("welcome/<str:token>/", welcome.by_link, name="by_link"),
    path("account/", account.account, name="account"),
    path("account/password/", account.own_password, name="own_password"),
    path("account/sign-out-everywhere/", account.end_sessions, name="end_sessions"),
    path("account/tokens/", tokens.own, name="tokens"),
    path("account/tokens/<int:token_id>/withdraw/", tokens.withdraw_own, name="withdraw_token"),
    path("who-sees-what/", oversight.who_sees_what, name="who_sees_what"),
    path("oversight/", oversight.oversight, name="oversight"),
    path("oversight/looks/", oversight.all_looks, name="looks"),
    path("oversight/changes/", oversight.all_changes, name="changes"),
    path("people/", people.listed, name="list"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("people/<int:person_id>/link/", people.link, name="link"),
    path("people/<int:person_id>/link/withdraw/", people.withdraw, name="withdraw"),
    path("people/<int:person_id>/tokens/<int:token_id>/withdraw/", people.withdraw_token, name="withdraw_persons_token"),
    path("people/<int:person_id>/sign-out/", people.sign_out, name="sign_out_person"),
    path("people/<int:person_id>/close/", people.close, name="close"),
    path("people/<int:person_id>/reopen/", people.reopen, name="reopen"),
]
NAV = (
    Entry(_("People"), "people:list", order=70, shown_to=keeps_people),
    Entry(_("Oversight"), "people:oversight", order=85, shown_to=oversees),
    Entry(_("Who sees what"), "people:who_sees_what", order=90),
)
