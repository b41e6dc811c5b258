"""No pages of its own: a job is shown where it belongs."""

app_name = "jobs"
urlpatterns: list[object] = []
