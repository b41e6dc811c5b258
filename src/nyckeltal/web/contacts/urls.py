"""One contact's story."""

from django.urls import path

from nyckeltal.web.contacts.views import story

app_name = "contacts"
urlpatterns = [path("contacts/<path:contact_id>/", story.one, name="story")]
