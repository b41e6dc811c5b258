"""The plan as a file: given out, and read in."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from nyckeltal.errors import UserMistake
from nyckeltal.web.frame.say import say
from nyckeltal.web.people.planned import enter, require
from nyckeltal.web.people.session import signed_in
from nyckeltal.web.plan import finding, importing
from nyckeltal.web.plan.forms import FileForm


@require_safe
def file(request: HttpRequest, season_id: int) -> HttpResponse:
    """The plan as a file that can be kept, compared and read in again; persons only for whoever sees them by name."""
    person = signed_in(request)
    sight, found = finding.season_of(person, season_id)
    require(sight.manages or bool(sight.led))
    answer = HttpResponse(importing.written(found, sight), content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="plan-{found.pk}.toml"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def from_file(request: HttpRequest) -> HttpResponse:
    """A season from a file: everything that is wrong with it at once, by line."""
    person = signed_in(request)
    require(enter(person).manages)
    form, issues = FileForm(request.POST or None), []
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("plan:season", importing.read(form.cleaned_data["text"].replace("\r\n", "\n"), person).pk)
        except UserMistake as bad:
            issues = [(issue.line, issue.field or "", say(issue.text)) for issue in bad.issues] or [(None, "", say(bad.text))]
        except ValidationError as mistake:
            issues = [(None, "", message) for message in mistake.messages]
    return render(request, "plan/from_file.html", {"form": form, "issues": issues}, status=422 if issues or form.errors else 200)
