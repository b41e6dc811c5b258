"""Signing in and out; who sees what."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.frame.nav import Entry
from nyckeltal.web.people import views

app_name = "people"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/demo/<slug:role>/", views.demo_sign_in, name="demo_sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("who-sees-what/", views.who_sees_what, name="who_sees_what"),
]
NAV = (Entry(_("Who sees what"), "people:who_sees_what", order=90),)
