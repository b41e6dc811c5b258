"""One contact's story."""

from django.urls import path

from nyckeltal.web.contacts import views

app_name = "contacts"
urlpatterns = [path("contacts/<path:contact_id>/", views.one, name="story")]
