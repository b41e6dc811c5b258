"""One way to break each rule, so that any two can be done together; and something close to it that breaks none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import plans
from nyckeltal.plan.around import Ages, Around, Interviews, Seen, Talk, Tile, View
from nyckeltal.plan.goal import Band, Baseline, Benchmark, Goal, Plan, Unit
from nyckeltal.plan.structural import Finding
from nyckeltal.when.period import Grain

Case = tuple[Plan, Around]
Change = Callable[[Plan, Around], Case]

MANY = (
    "service_level",
    "asa",
    "answer_rate",
    "abandonment_rate",
    "first_reply_time",
    "reply_in_time_share",
    "failure_demand_share",
    "fcr",
    "repeat_contact_rate",
    "contacts_per_case",
    "transfer_rate",
    "qa_score",
    "critical_pass_rate",
    "qa_coverage",
    "complaint_rate",
    "ces",
)
LINKED = {"parent": "nps", "link_reason": "It is what customers tell us."}


def changed(name: str, **changes: Any) -> Change:
    return lambda plan, around: (plans.with_goal(plan, name, **changes), around)


def known(**changes: Any) -> Change:
    """Tables are added to, so that two changes of one table both hold."""

    def change(plan: Plan, around: Around) -> Case:
        merged = {name: _with(getattr(around, name), new) for name, new in changes.items()}
        return plan, replace(around, **merged)

    return change


def _with(old: Any, new: Any) -> Any:
    return {**old, **new} if isinstance(old, dict) and isinstance(new, dict) and new else (*old, *new) if isinstance(old, tuple) and old else new


def more(*goals: Goal, unit: Unit | None = None, **changes: Any) -> Change:
    def change(plan: Plan, around: Around) -> Case:
        added = plans.added(replace(plan, units=(*plan.units, *filter(None, [unit]))), *goals)
        return known(**changes)(added, around)

    return change


def unit(name: str, **changes: Any) -> Change:
    return lambda plan, around: (plans.with_unit(plan, name, **changes), around)


def both(*changes: Change) -> Change:
    def change(plan: Plan, around: Around) -> Case:
        for one in changes:
            plan, around = one(plan, around)
        return plan, around

    return change


def of_agent(agent: str, kpi: str, **given: Any) -> Goal:
    return plans.goal(f"{kpi}-{agent}", kpi, "agent", **{"owner": agent, "parent": "csat-nord", **given})


def of_team(kpi: str, **given: Any) -> Goal:
    return plans.goal(f"{kpi}-team", kpi, "team", **{**LINKED, "owner": f"leader of {kpi}", **given})


def view(name: str, *tiles: Tile, **given: Any) -> Change:
    return known(views=(View(name, given.pop("audience", "team"), tiles=tiles, **given),))


def without_levers(plan: Plan, around: Around) -> Case:
    own = replace(around.catalogue["transfer_rate"], id="own", levers={}, reading={"empty": "Nothing."})
    return plans.added(plan, of_team("own")), replace(around, catalogue={**around.catalogue, "own": own})


def two_agreements(other: float) -> tuple[Any, ...]:
    return plans.agreement("one"), plans.agreement("two", threshold=other)


STRUCTURAL = {"nord": Finding("structural_understaffing", 2.0, 70.0, 180.0)}
BREAKING: dict[str, Change] = {
    "R01": more(of_agent("r01", "service_level", parent="nps")),
    "R02": changed("fcr", assess=Grain.WEEK),
    "R03": view("wall", Tile("csat", "anna", 100), window=Grain.DAY, marks=frozenset({"target"})),
    "R04": more(*(of_agent("dora", kpi) for kpi in ("csat", "fcr", "qa_score", "critical_pass_rate"))),
    "R05": unit("nord", secondary=None),
    "R06": more(of_agent("edit", "csat"), of_agent("edit", "aht", band=Band(280, 360))),
    "R07": both(unit("nord", rotation=("qa_score",)), known(focus_since={"nord": date(2025, 5, 1)})),
    "R08": changed("csat-nord", baseline=None),
    "R09": changed("csat", benchmark=None),
    "R10": changed("csat-nord", reach=0.95),
    "R11": changed("csat", reach=0.05),
    "R12": without_levers,
    "R13": changed("fcr", purpose=""),
    "R14": changed("csat-nord", parent=""),
    "R15": changed("csat", target=7.0),
    "R16": more(*(of_team(kpi) for kpi in MANY)),
    "R17": more(
        plans.goal("transfer-syd", "transfer_rate", "team", unit="syd", owner="erik", target=0.1, **LINKED),
        unit=Unit("syd", "team", "service", "sales"),
        clients={"nord": frozenset({"one"}), "syd": frozenset({"one", "two"})},
    ),
    "R18": changed("csat", accepted_at=None),
    "R19": changed("fcr", support=(), target=0.8, baseline=Baseline(0.75, 1200, 6)),
    "R20": view("board", Tile("csat", off=True, comment=True), since=date(2025, 6, 1)),
    "R21": known(talks=()),
    "R22": known(follow_ups={}),
    "R23": view("crowd", *(Tile("csat") for _ in range(8))),
    "R24": both(more(of_agent("frida", "qa_score")), known(alpha=0.7)),
    "R25": known(surveys={"csat": Ages(50, 3)}),
    "R26": known(quality_sd=6.0),
    "R27": known(forms=None),
    "R28": more(unit=Unit("vast", "team", "service", "sales", claims_quality=True)),
    "R29": both(more(of_team("upsell_rate")), known(upsell_item=False)),
    "R30": more(of_team("contacts_handled", target=9000.0), of_agent("gun", "contacts_per_hour", parent="contacts_handled-team")),
    "R31": more(of_agent("hans", "aht", band=Band(280, 360))),
    "R32": more(plans.goal("sl", "service_level", "company", owner="kim"), agreements=two_agreements(30.0)),
    "R33": more(of_team("asa", target=60.0), structural=STRUCTURAL, missed=frozenset({"asa-team"})),
    "R34": changed("nps", target=7.0),
    "R35": more(plans.goal("cost", "cost_per_contact", "company", owner="kai", target=50.0), revenue_varies=0.2),
    "R36": more(of_agent("ida", "logged_share", assess=Grain.WEEK, link_reason="What is logged can be mended.")),
    "R37": known(unowned=0.3),
    "R38": known(equity={"nord": 0.7}),
    "R39": known(interviews={"anna": Interviews(6)}),
    "R40": view("team", Tile("csat", "bengt", 3)),
    "R41": known(tenure_months={"anna": 3.0}),
    "R42": view("all", Tile("service_level"), audience="agent"),
    "R43": view("contest", Tile("csat", "bengt", 100), Tile("fcr"), kind="contest"),
    "R44": known(register={}),
    "R45": known(late_days={"survey_response": 5}),
    "R46": known(moved={("anna", "fcr"): "better", ("anna", "csat"): "worse"}),
    "R47": more(
        *(plans.goal(f"{kpi}-ost", kpi, "team", unit="ost", owner=kpi, **LINKED) for kpi in ("contacts_per_case", "transfer_rate")),
        unit=Unit("ost", "team", "service", "sales"),
    ),
}
BREAKING["R20"] = both(BREAKING["R20"], known(acted={}))

TALKS = (Talk(date(2026, 3, 5), "anna", "nord"), Talk(date(2026, 3, 6), "", "nord", "group"))
KEEPING: dict[str, list[Change]] = {
    "R01": [more(of_team("service_level"))],
    "R02": [changed("fcr", assess=Grain.QUARTER), more(of_agent("ida", "logged_share", assess=Grain.WEEK))],
    "R03": [
        view("own", Tile("csat", "anna", 100), window=Grain.DAY),
        view("month", Tile("csat", "anna", 100), window=Grain.MONTH, marks=frozenset({"target"})),
    ],
    "R04": [more(*(of_agent("dora", kpi) for kpi in ("csat", "fcr", "qa_score")), of_agent("dora", "critical_pass_rate", role="guard"))],
    "R05": [unit("nord", primary="efficiency", secondary="service")],
    "R06": [
        more(of_agent("edit", "csat"), of_agent("edit", "aht", band=Band(280, 360), role="secondary")),
        more(of_agent("edit", "csat"), of_agent("edit", "aht", band=Band(280, 360), role="guard")),
    ],
    "R07": [known(focus_since={"nord": date(2025, 5, 1)}), both(unit("nord", rotation=("qa_score",)), known(focus_since={"nord": date(2025, 11, 1)}))],
    "R08": [changed("csat-nord", baseline=None, provisional=True, ends=date(2026, 3, 31))],
    "R09": [changed("csat", benchmark=Benchmark(None, "none found")), changed("csat", benchmark=Benchmark(8.2, "our other teams", peers=True))],
    "R10": [changed("csat-nord", reach=0.90)],
    "R11": [changed("csat", reach=0.10)],
    "R12": [more(of_team("transfer_rate"))],
    "R13": [changed("fcr", purpose="Ten chars.")],
    "R14": [changed("csat-nord", parent="nps"), more(of_team("top_reason_report"))],
    "R15": [changed("csat", target=8.4)],
    "R16": [more(*(of_team(kpi) for kpi in MANY[:11]))],
    "R17": [
        more(
            plans.goal("transfer-syd", "transfer_rate", "team", unit="syd", owner="erik", target=0.1, **LINKED),
            unit=Unit("syd", "team", "service", "sales"),
            clients={"nord": frozenset({"one"}), "syd": frozenset({"two"})},
        )
    ],
    "R18": [both(changed("csat", accepted_at=None), known(today=date(2025, 12, 20)))],
    "R19": [changed("fcr", support=(), target=0.77, baseline=Baseline(0.75, 1200, 6))],
    "R20": [
        both(BREAKING["R20"], known(acted={"csat": date(2026, 1, 10)})),
        both(view("new", Tile("csat", off=True, comment=True), since=date(2025, 12, 1)), known(acted={})),
    ],
    "R21": [known(talks=TALKS)],
    "R22": [known(follow_ups=dict.fromkeys(("nps", "csat-nord", "csat", "fcr", "aht"), date(2026, 2, 20)))],
    "R23": [view("few", *(Tile("csat", off=True, comment=True) for _ in range(7)))],
    "R24": [more(of_agent("frida", "qa_score")), known(alpha=0.7)],
    "R25": [known(surveys={"csat": Ages(45, 60)})],
    "R26": [known(quality_sd=5.0), known(adjusted=frozenset({"csat"}))],
    "R27": [both(known(forms=None), changed("aht", role="guard")), known(coverage={"nord": (0.8, 0.8)})],
    "R28": [
        more(of_team("qa_score"), unit=Unit("company2", "company", "service", "sales")),
        both(unit("nord", claims_quality=True), more(of_team("qa_score"))),
    ],
    "R29": [more(of_team("upsell_rate"))],
    "R30": [more(of_agent("gun", "contacts_per_hour", variant="outbound", link_reason="Calls that we make.")), known(inbound={"anna": 0.9})],
    "R31": [more(of_agent("hans", "aht", band=Band(280, 360), role="secondary"), of_agent("hans", "fcr"))],
    "R32": [
        more(plans.goal("sl", "service_level", "company", owner="kim"), agreements=two_agreements(20.0)),
        more(plans.goal("sl", "service_level", "company", owner="kim"), agreements=two_agreements(30.0), per_agreement=True),
    ],
    "R33": [
        more(of_team("asa", target=60.0), structural=STRUCTURAL),
        more(of_team("asa", target=60.0), missed=frozenset({"asa-team"}), structural={"nord": Finding("absence", 2.0, 70.0, 180.0)}),
        more(of_team("aht", band=Band(150, 190)), structural=STRUCTURAL),
    ],
    "R34": [
        changed("nps", target=7.0, baseline=Baseline(5, 600, 6)),
        changed("nps", target=7.0, variant="recommend_mean_1_10", baseline=Baseline(6.8, 600, 6)),
    ],
    "R35": [
        more(plans.goal("cost", "cost_per_contact", "company", owner="kai", target=50.0), revenue_varies=0.1),
        more(plans.goal("cost", "cost_share_of_revenue", "company", owner="kai", target=0.02), revenue_varies=0.2),
    ],
    "R36": [more(of_agent("ida", "logged_share"), of_agent("ida", "acw_time", band=Band(20, 60), role="guard"))],
    "R37": [known(unowned=0.2)],
    "R38": [known(equity={"nord": 0.8}, without_feedback={"nord": ()})],
    "R39": [known(interviews={"anna": Interviews(10, response_rate=0.2)})],
    "R40": [view("team", Tile("csat", "bengt", 16))],
    "R41": [known(tenure_months={"anna": 6.0}), known(tenure_months={"anna": 3.0}, for_tenure=frozenset({"csat", "fcr", "aht"}))],
    "R42": [view("all", Tile("service_level", information=True), audience="agent"), view("all", Tile("service_level"))],
    "R43": [view("contest", Tile("csat", "bengt", 100), Tile("fcr"), kind="contest", opt_in=True)],
    "R44": [known(register={"*": plans.around().register["*"]})],
    "R45": [known(late_days={"survey_response": 2}, set_aside={"contact": 0.05}, without_customer=0.3)],
    "R46": [known(moved={("anna", "fcr"): "better", ("bengt", "csat"): "worse"})],
    "R47": [
        more(*(plans.goal(f"{kpi}-ost", kpi, "team", unit="ost", owner=kpi, **LINKED) for kpi in ("csat", "fcr")), unit=Unit("ost", "team", "service", "sales"))
    ],
}
SEEN_NOT = {frozenset({"csat", "aht"}): Seen("unclear", -0.05, 12, 20)}
