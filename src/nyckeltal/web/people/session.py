"""The user behind a request, typed; every page but the sign-in is behind Django's LoginRequiredMiddleware."""

from django.http import HttpRequest

from nyckeltal.errors import OurMistake
from nyckeltal.web.people.models import User


def signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise OurMistake("A page for people who have signed in was reached without signing in.")
    return request.user
