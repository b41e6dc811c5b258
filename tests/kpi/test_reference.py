"""The catalogue against the reference: its tables of names, goals, samples and neighbours (1.1, 1.3), its variants (1.5) and its worked numbers."""

from __future__ import annotations

from typing import Any

import pytest

import oracle
from nyckeltal.kpi.catalogue import catalogue
from oracle import definition

COUNTED = (False, True)  # by the oracle, by the engine

# id: purpose, better, goal at C K L A, show/compare for one agent, opposing, balancing
REFERENCE = """
service_level | service | higher | M M W - | - | occupancy cost_per_contact | csat qa_score
asa | service | lower | M M W - | - | occupancy cost_per_contact | abandonment_rate csat
answer_rate | service | higher | M M W - | - | occupancy cost_per_contact | service_level csat
abandonment_rate | service | lower | M M W - | - | occupancy cost_per_contact | asa csat
first_reply_time | service | lower | M M W - | - | fcr qa_score | contacts_per_case csat
reply_in_time_share | service | higher | M M W - | - | fcr qa_score | contacts_per_case csat
sla_compliance | service | higher | M M M - | - | cost_per_contact | csat qa_score
contacts_offered | efficiency | none | - - - - | - | - | contact_rate
contacts_handled | efficiency | none | M M M - | - | fcr qa_score csat | repeat_contact_rate
contacts_per_hour | efficiency | band | M M M M | 100/300 | fcr csat qa_score upsell_rate | qa_score csat
aht | efficiency | lower | M M M M | 30/100 | fcr csat qa_score upsell_rate upsell_offer_rate logged_share nps | fcr qa_score repeat_contact_rate
acw_time | efficiency | lower | - M M M | 30/100 | logged_share qa_score | logged_share
occupancy | efficiency | band | M - W - | - | service_level asa enps sickness_rate | attrition_rate employee_satisfaction
adherence | efficiency | band | - - W M | 15/60 | csat fcr | employee_satisfaction
forecast_error | efficiency | lower | M M M - | - | - | service_level
cost_per_contact | efficiency | lower | M M Q - | - | service_level csat fcr | fcr csat contact_rate
cost_share_of_revenue | efficiency | lower | M - - - | - | service_level csat enps | csat service_level
contact_rate | efficiency | lower | M - Q - | - | csat | csat abandonment_rate
failure_demand_share | efficiency | lower | M M M - | - | - | logged_share
logged_share | efficiency | higher | M M W W | 40/100 | aht acw_time | acw_time qa_score
top_reason_report | efficiency | higher | - - M - | - | - | logged_share
incidents_opened | efficiency | none | - - - - | 100/300 | - | fcr logged_share
fcr | service,quality | higher | M M M M | 40/100 | aht acw_time contacts_per_hour escalation_share | aht csat
repeat_contact_rate | quality | lower | M M M Q | 40/100 | aht contacts_per_hour | csat
contacts_per_case | quality | lower | M M M - | - | aht first_reply_time | csat
escalation_share | quality | band | M M M M | 40/100 | fcr aht | fcr qa_score
escalations_count | quality | none | - - - - | - | - | escalation_share
transfer_rate | quality | lower | M M M M | 40/100 | aht fcr | fcr
qa_score | quality | higher | M M M M | 6/23 | aht acw_time contacts_per_hour | csat qa_agreement
critical_pass_rate | quality | higher | M M M M | 6/40 | aht | qa_agreement
qa_coverage | quality | higher | M M M - | - | cost_per_contact | qa_agreement
qa_consistency | quality | lower | Q Q Q - | - | - | qa_score
qa_agreement | quality | higher | Q - Q - | - | - | qa_coverage
complaint_rate | quality | lower | M M M - | - | - | csat
csat | service | higher | M M M M | 16/62 | aht cost_per_contact | qa_score fcr
nps | service | higher | M M Q - | - | aht cost_per_contact | csat
ces | service | higher | M M M Q | 16/62 | - | fcr
total_experience | service | higher | M M M Q | 10/62 | aht | qa_score survey_response_rate
survey_response_rate | service | higher | M M M - | - | - | csat
sales_per_day | sales | higher | M M W M | 16/32 | csat aht fcr complaint_rate | csat retention_rate qa_score
sales_count | sales | higher | M M M - | - | csat complaint_rate | csat
retention_rate | sales | higher | M M M M | 40/100 | aht order_size csat | complaint_rate cost_per_contact
retentions_count | sales | higher | M M M - | - | order_size | retention_rate
upsell_offer_rate | sales | higher | - - M M | 40/100 | aht csat | csat qa_score
upsell_rate | sales | higher | M M M M | 40/100 | aht csat | csat repurchase_rate
order_size | sales | higher | M - M Q | 30/100 | upsell_rate retention_rate | repurchase_rate complaint_rate
repurchase_rate | sales | higher | Q - Q - | - | order_size | csat
net_customer_growth | sales | higher | M - - - | - | order_size | retention_rate csat
enps | people | higher | Q - Q - | - | occupancy adherence | attrition_rate
employee_satisfaction | people | higher | Q - Q - | - | occupancy adherence | attrition_rate
sickness_rate | people | lower | Q - M - | - | occupancy | employee_satisfaction
attrition_rate | people | lower | Q - Q - | - | occupancy | enps
feedback_frequency | people | higher | M - M - | - | - | feedback_equity
feedback_equity | people | higher | M - M - | - | - | feedback_frequency
"""
# parents | what contributes to them (1.7), with what must hold for it
SERVED = """
nps | csat ces total_experience fcr service_level asa answer_rate abandonment_rate first_reply_time reply_in_time_share qa_score complaint_rate
csat total_experience ces | fcr qa_score critical_pass_rate qa_consistency asa service_level first_reply_time transfer_rate contacts_per_case aht/band
service_level asa answer_rate abandonment_rate sla_compliance | asa answer_rate abandonment_rate sla_compliance forecast_error
service_level asa answer_rate abandonment_rate sla_compliance | adherence sickness_rate contact_rate fcr aht acw_time
service_level asa answer_rate abandonment_rate sla_compliance | first_reply_time reply_in_time_share service_level
first_reply_time reply_in_time_share | aht contacts_per_case fcr forecast_error
cost_share_of_revenue cost_per_contact | contact_rate failure_demand_share top_reason_report logged_share fcr
cost_share_of_revenue cost_per_contact | repeat_contact_rate aht acw_time sickness_rate attrition_rate occupancy forecast_error
contact_rate failure_demand_share | top_reason_report logged_share fcr repeat_contact_rate contacts_per_case
top_reason_report | logged_share
fcr repeat_contact_rate contacts_per_case | qa_score escalation_share transfer_rate logged_share
qa_score critical_pass_rate complaint_rate | qa_coverage qa_agreement qa_consistency feedback_frequency feedback_equity escalation_share
net_customer_growth | sales_count retentions_count sales_per_day retention_rate repurchase_rate csat
sales_count | sales_per_day upsell_offer_rate upsell_rate contacts_per_hour/outbound order_size
retentions_count retention_rate | retention_rate fcr qa_score
upsell_rate order_size repurchase_rate | upsell_offer_rate upsell_rate csat qa_score
enps employee_satisfaction attrition_rate sickness_rate | feedback_frequency feedback_equity occupancy/band adherence/band
contacts_handled | contacts_per_hour aht fcr sickness_rate
"""
LEVELS = ("company", "client", "team", "agent")
PERIODS = {"W": "week", "M": "month", "Q": "quarter"}
VARIANTS = {
    "service_level": "excl_short all_offered excl_abandon_in_T abandon_in_T_ok answered_only all_hours",
    "asa": "answered all ivr all_hours median p90",
    "abandonment_rate": "excl_short all incl_ivr all_hours",
    "contacts_offered": "all incl_ivr",
    "aht": "contact segment incl_ring active talk_s hold_s acw_s",
    "fcr": "repeat_window agent_flag survey case",
    "nps": "nps_0_10 nps_1_10 recommend_mean_1_10",
    "csat": "mean top2 top1",
    "answer_rate": "excl_short all all_hours",
    "sickness_rate": "hours calendar_days episodes",
    "attrition_rate": "all voluntary",
}
DAY = [
    {"times": 760, "wait_s": 12},
    {"times": 150, "wait_s": 75},
    {"times": 20, "outcome": "abandoned", "wait_s": 3},
    {"times": 30, "outcome": "abandoned", "wait_s": 12},
    {"times": 40, "outcome": "abandoned", "wait_s": 60},
]
V1 = [
    ("service_level", None, 77.55),
    ("service_level", "all_offered", 76.00),
    ("service_level", "excl_abandon_in_T", 80.00),
    ("service_level", "abandon_in_T_ok", 81.00),
    ("service_level", "answered_only", 83.52),
    ("answer_rate", None, 92.86),
    ("abandonment_rate", None, 7.14),
    ("abandonment_rate", "all", 9.00),
]
V2_DAY = [
    {"times": 760, "wait_s": 12},
    {"times": 150, "wait_s": 84.8},
    {"times": 20, "outcome": "abandoned", "wait_s": 3},
    {"times": 30, "outcome": "abandoned", "wait_s": 12},
    {"times": 40, "outcome": "abandoned", "wait_s": 57},
]
TRANSFERS = {
    "contact": [{"contact_id": "1"}, {"contact_id": "2"}],
    "segment": [
        {"contact_id": "1", "agent_id": "x", "talk_s": 200, "hold_s": 20, "acw_s": 40, "end_kind": "transfer"},
        {"contact_id": "1", "seq": 2, "agent_id": "y", "talk_s": 300, "hold_s": 0, "acw_s": 60},
        {"contact_id": "2", "agent_id": "x", "talk_s": 180, "hold_s": 0, "acw_s": 30},
    ],
}


def _table() -> list[tuple[str, ...]]:
    return [tuple(part.strip() for part in line.split("|")) for line in REFERENCE.strip().splitlines()]


def _listed(text: str) -> list[str]:
    return [] if text == "-" else text.split()


def _asked(rows: dict[str, Any], kpi: str, variant: str | None, on_engine: bool, agent: str | None = None) -> float | None:
    by = ("agent",) if agent else ()
    if not on_engine:
        figures = oracle.ask(oracle.World(rows, case=True), kpi, by, variant=variant)
        return figures[None, agent].value if agent else figures[None,].value
    from nyckeltal.contacts.world import World
    from nyckeltal.kpi.ask import ask

    answered = ask(kpi, facts=World.of(rows, defaults=True), variant=variant, by=by, floor=0).figures
    found: float | None = next(figure.value for figure in answered if not agent or figure.by["agent"] == agent)
    return found


def _in_catalogue() -> list[tuple[str, ...]]:
    """Rows of the KPIs there are."""
    return [row for row in _table() if row[0] in definition.catalogue()]


def _opposed(kpi: str) -> set[str]:
    """A pair opposes if either row lists the other."""
    listed = {row[0]: set(_listed(row[5])) for row in _table()}
    return listed[kpi] | {other for other, theirs in listed.items() if kpi in theirs}


@pytest.mark.parametrize("row", _in_catalogue(), ids=lambda row: row[0])
def test_a_kpi_has_the_goals_samples_and_neighbours_of_the_reference(row: tuple[str, ...]) -> None:
    kpi, purpose, better, goals, sample, _, balanced = row
    file = definition.read(kpi)
    assert (file["purpose"], file["better"]) == (purpose.split(","), better)
    assert file.get("goal", {}) == {level: PERIODS[letter] for level, letter in zip(LEVELS, goals.split(), strict=True) if letter != "-"}
    if sample != "-":
        assert {key: file["sample"]["agent"][key] for key in ("show", "compare")} == dict(zip(("show", "compare"), map(int, sample.split("/")), strict=True))
    assert set(file["reading"].get("opposed", [])) == _opposed(kpi)
    assert file["reading"].get("balanced_by", []) == _listed(balanced)


def test_the_reference_table_names_every_kpi_of_the_catalogue() -> None:
    assert {*definition.catalogue()} <= {row[0] for row in _table()}


@pytest.mark.parametrize("kpi", definition.catalogue())
def test_whoever_may_have_a_goal_has_a_lever(kpi: str) -> None:
    """A client inherits the company's levers (reference 1.4)."""
    file = definition.read(kpi)
    levers = set(file.get("levers", {})) | ({"client"} if "company" in file.get("levers", {}) else set())
    assert set(file.get("goal", {})) <= levers


@pytest.mark.parametrize("kpi", definition.catalogue())
def test_a_level_is_a_goal_or_says_why_never(kpi: str) -> None:
    file = definition.read(kpi)
    assert sorted([*file.get("goal", {}), *file.get("never", {})]) == sorted(LEVELS)


@pytest.mark.parametrize("kpi", definition.catalogue())
def test_a_kpi_says_what_is_counted_in_words(kpi: str) -> None:
    file = definition.read(kpi)
    assert {"called", "top"} <= file["words"].keys()
    assert all("called" in overlay for part in ("variants", "beside") for overlay in file.get(part, {}).values())
    assert {"empty", "caution"} <= file["reading"].keys()


@pytest.mark.parametrize("kpi", VARIANTS)
def test_every_variant_of_the_reference_can_be_asked(kpi: str) -> None:
    file = definition.read(kpi)
    assert file["default"] == VARIANTS[kpi].split()[0]
    assert set(VARIANTS[kpi].split()) <= {*definition.variants(kpi), *file.get("beside", {})}


@pytest.mark.parametrize("on_engine", COUNTED, ids=("oracle", "engine"))
@pytest.mark.parametrize(("kpi", "variant", "per_cent"), V1)
def test_one_day_reads_differently_by_definition(kpi: str, variant: str | None, per_cent: float, on_engine: bool) -> None:
    value = _asked({"contact": DAY}, kpi, variant, on_engine)
    assert value is not None
    assert round(100 * value, 2) == per_cent


@pytest.mark.parametrize("on_engine", COUNTED, ids=("oracle", "engine"))
@pytest.mark.parametrize(("variant", "seconds"), [(None, 24.00), ("all", 24.54)])
def test_waiting_is_averaged_over_those_answered_or_over_all(variant: str | None, seconds: float, on_engine: bool) -> None:
    assert _asked({"contact": V2_DAY}, "asa", variant, on_engine) == pytest.approx(seconds, abs=1e-9)


@pytest.mark.parametrize("on_engine", COUNTED, ids=("oracle", "engine"))
@pytest.mark.parametrize(("variant", "agent", "seconds"), [(None, None, 415.00), ("segment", None, 276.67), (None, "x", 235.00)])
def test_a_transferred_contact_is_one_contact_and_two_parts(variant: str | None, agent: str | None, seconds: float, on_engine: bool) -> None:
    value = _asked(TRANSFERS, "aht", variant, on_engine, agent)
    assert value is not None
    assert round(value, 2) == seconds


def test_each_key_figure_serves_those_of_the_contribution_map() -> None:
    said: dict[str, dict[str, str]] = {}
    for line in SERVED.strip().splitlines():
        parents, children = (part.split() for part in line.split("|"))
        for child, only in (name.partition("/")[::2] for name in children):
            said.setdefault(child, {}).update({parent: only for parent in parents if parent != child})
    assert {name: dict(kpi.serves) for name, kpi in catalogue().items() if kpi.serves} == said
