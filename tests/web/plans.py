"""The plan's addresses for the tables of access: who gets them, and who is told that there is no such plan."""

from __future__ import annotations

WHO_PLANS = {"anna", "bengt", "cecilia", "david", "fatima", "gustav", "hanna"}
MANAGES, SETS = {"david"}, {"david", "cecilia"}
_OF_A_SEASON = {
    "season": "", "edit": "name-and-dates/", "history": "history/", "file": "file/", "rotate": "next/", "purpose": "of/company/purpose/",
    "choose": "of/company/choose/", "measure": "of/company/", "register": "measuring-persons/", "known": "of/company/known/",
    "override_plan": "override/R06/", "override_unit": "of/company/override/R06/",
}  # fmt: skip

GET: dict[str, tuple[str, set[str], int]] = {
    "plan:home": ("/plan/", WHO_PLANS, 403),
    "plan:new": ("/plan/new/", MANAGES, 403),
    "plan:from_file": ("/plan/from-a-file/", MANAGES, 403),
    **{f"plan:{page}": (f"/plan/1/{path}", set(), 403) for page, path in _OF_A_SEASON.items()},
    "plan:override": ("/plan/goal/1/override/R06/", set(), 403),
    "plan:answer": ("/plan/agreement/1/", set(), 403),
}
POST_ONLY: dict[str, tuple[str, set[str], int]] = {
    "plan:goal": ("/plan/goal/1/", set(), 403),
    "plan:way": ("/plan/goal/1/way/", set(), 403),
    "plan:hold_again": ("/plan/override/1/hold-again/", set(), 403),
    "plan:begin": ("/plan/1/begin/", set(), 403),
    "plan:end": ("/plan/1/end/", set(), 403),
    "plan:add": ("/plan/1/of/company/add/", set(), 403),
    "plan:ask": ("/plan/1/of/company/ask/", set(), 403),
}
WITH_FORM = {f"plan:{page}" for page in ("new", "from_file", "edit", "register", "rotate", "purpose", "override", "override_plan", "override_unit", "answer")}
NOT_THERE: dict[str, set[str]] = {
    **{f"plan:{page}": MANAGES for page in ("edit", "rotate", "begin", "end", "override_plan")},
    **{f"plan:{page}": SETS for page in ("override", "goal", "way")},
    **{
        f"plan:{page}": WHO_PLANS
        for page in ("season", "register", "history", "file", "purpose", "choose", "measure", "answer", "add", "ask", "known", "override_unit")
    },
}
