"""Home, switches and the sign of life."""

from django.urls import path

from nyckeltal.web.frame import views

app_name = "frame"
urlpatterns = [
    path("", views.home, name="home"),
    path("alive/", views.alive, name="alive"),
    path("language/", views.switch_language, name="language"),
    path("theme/", views.switch_theme, name="theme"),
]
