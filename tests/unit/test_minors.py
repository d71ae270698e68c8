"""What a child's recharges come to by the rules."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.minors import Assessment, Child, Limit, MinorRules, Standing, assess, years_between
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services.minors.facts import calculation
from bot.services.minors.rules import load
from bot.services.policy_files import PolicyError
from bot.settings import PROJECT

SHANGHAI = ZoneInfo("Asia/Shanghai")
FILE = PROJECT / "data" / "policies" / "minors.yml"
RULES = load(FILE)
TWELVE = Child(birth=date(2014, 3, 1))


def order(yuan: float, at: datetime, number: str = "", **more: object) -> RechargeOrder:
    fen = round(yuan * 100)
    no = number or f"{at:%Y%m%d%H%M%S}-{fen}"
    known = RechargeOrder(no, "p", "钻石", fen, "CNY", "wechat", OrderStatus.DELIVERED, at)
    return replace(known, **more)  # type: ignore[arg-type]


def at(day: int, hour: int = 12, month: int = 11, year: int = 2026) -> datetime:
    """A local time."""
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


def overs(assessment: Assessment) -> list[tuple[Limit, ...]]:
    return [finding.over for finding in assessment.findings]


# ---------------------------------------------------------------------- the public rules
@pytest.mark.parametrize(
    ("age", "charge", "month"),
    [(0, 0, 0), (7, 0, 0), (8, 50, 200), (15, 50, 200), (16, 100, 400), (17, 100, 400)],
)
def test_the_limits_are_those_of_the_public_rules(age: int, charge: int, month: int) -> None:
    band = RULES.band(age)
    assert band is not None
    assert (band.charge_fen, band.month_fen) == (charge * 100, month * 100)


def test_adults_have_none() -> None:
    assert RULES.adult == 18
    assert RULES.band(18) is None
    got = assess(RULES, Child(birth=date(2000, 1, 1)), [order(9999, at(1))], SHANGHAI)
    assert got.findings[0].standing is Standing.ADULT
    assert got.refundable_fen == 0


def test_a_payment_over_the_limit_of_one_may_be_paid_back_as_a_whole() -> None:
    got = assess(RULES, TWELVE, [order(50, at(1)), order(50.01, at(2))], SHANGHAI)
    assert overs(got) == [(), (Limit.CHARGE,)]
    assert (got.refundable_fen, got.paid_fen, got.at_most_fen) == (5001, 10001, 5001)


def test_the_payment_that_crosses_the_months_limit_and_those_after_it() -> None:
    orders = [order(50, at(day)) for day in range(1, 7)]
    got = assess(RULES, TWELVE, orders, SHANGHAI)
    assert overs(got) == [(), (), (), (), (Limit.MONTH,), (Limit.MONTH,)]
    assert [f.counted_fen for f in got.findings] == [0, 5000, 10000, 15000, 20000, 20000]
    assert got.refundable_fen == 10000


def test_what_is_over_does_not_count_towards_the_month() -> None:
    got = assess(RULES, TWELVE, [order(648, at(1)), order(50, at(2))], SHANGHAI)
    assert overs(got) == [(Limit.CHARGE, Limit.MONTH), ()]
    assert got.refundable_fen == 64800


def test_a_child_under_eight_may_pay_nothing() -> None:
    got = assess(RULES, Child(birth=date(2020, 1, 1)), [order(1, at(1)), order(6, at(2))], SHANGHAI)
    assert got.refundable_fen == got.paid_fen == 700


def test_months_are_those_of_the_players_zone() -> None:
    """23:30 UTC on 31 October is November in Shanghai."""
    late = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    orders = [order(50, late), *(order(50, at(day)) for day in range(2, 6))]
    assert overs(assess(RULES, TWELVE, orders, SHANGHAI))[-1] == (Limit.MONTH,)
    assert overs(assess(RULES, TWELVE, orders, ZoneInfo("UTC")))[-1] == ()


def test_a_birthday_changes_the_band() -> None:
    child = Child(birth=date(2018, 11, 10))
    got = assess(RULES, child, [order(30, at(9)), order(30, at(10))], SHANGHAI)
    assert [(f.age, f.standing) for f in got.findings] == [(7, Standing.OVER), (8, Standing.WITHIN)]


def test_refunded_and_foreign_orders_are_left_to_people() -> None:
    orders = [
        order(648, at(1), status=OrderStatus.REFUNDED),
        order(648, at(2), currency="USD"),
        order(50, at(3)),
    ]
    got = assess(RULES, TWELVE, orders, SHANGHAI)
    assert [f.standing for f in got.findings] == [Standing.REFUNDED, Standing.CURRENCY, Standing.WITHIN]
    assert (got.refundable_fen, got.paid_fen) == (0, 5000)


def test_only_an_age_leaves_a_birthday_open() -> None:
    """Eight today: three months ago it may have been seven."""
    child = Child(age=8, as_of=date(2026, 11, 25))
    got = assess(RULES, child, [order(30, at(20, month=8))], SHANGHAI)
    assert (got.refundable_fen, got.at_most_fen) == (0, 3000)
    assert (got.findings[0].age, got.findings[0].standing) == (8, Standing.WITHIN)


def test_nothing_known_about_the_age_is_an_error() -> None:
    with pytest.raises(ValueError, match="birthday"):
        assess(RULES, Child(), [order(1, at(1))], SHANGHAI)


def test_who_is_born_on_29_february_is_a_year_older_on_1_march() -> None:
    born = date(2008, 2, 29)
    assert years_between(born, date(2026, 2, 28)) == 17
    assert years_between(born, date(2026, 3, 1)) == 18


# ---------------------------------------------------------------------- laws
times = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 - as the strategy wants it
    datetime(2026, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
orders_of = st.lists(
    st.builds(
        lambda fen, when, status, number: RechargeOrder(
            str(number), "p", "钻石", fen, "CNY", "wechat", status, when
        ),
        st.one_of(st.integers(1, 30000), st.sampled_from([600, 3000, 5000, 5001, 10000, 10001, 20000])),
        times,
        st.sampled_from([*OrderStatus, OrderStatus.DELIVERED, OrderStatus.DELIVERED]),
        st.integers(0, 10**9),
    ),
    max_size=25,
    unique_by=lambda o: o.order_no,
)
births = st.dates(date(2004, 1, 1), date(2022, 12, 31))


@given(orders_of, births)
def test_law_what_stays_keeps_the_limits(orders: list[RechargeOrder], birth: date) -> None:
    months: defaultdict[tuple[int, int], int] = defaultdict(int)
    for finding in assess(RULES, Child(birth=birth), orders, SHANGHAI).of(Standing.WITHIN):
        assert finding.band is not None
        assert finding.amount_fen <= finding.band.charge_fen
        months[finding.day.year, finding.day.month] += finding.amount_fen
        assert months[finding.day.year, finding.day.month] <= finding.band.month_fen


@given(orders_of, births)
def test_law_every_fen_is_somewhere(orders: list[RechargeOrder], birth: date) -> None:
    got = assess(RULES, Child(birth=birth), orders, SHANGHAI)
    kept = sum(f.amount_fen for f in got.of(Standing.WITHIN) + got.of(Standing.ADULT))
    paid = sum(o.amount_fen for o in orders if o.status is not OrderStatus.REFUNDED)
    assert got.refundable_fen + kept == got.paid_fen == paid
    assert 0 <= got.refundable_fen == got.at_most_fen
    assert sorted(f.order_no for f in got.findings) == sorted(o.order_no for o in orders)
    assert all((f.standing is Standing.OVER) == bool(f.over) for f in got.findings)


@given(orders_of, births, st.randoms())
def test_law_the_order_of_the_list_does_not_matter(
    orders: list[RechargeOrder], birth: date, random: st.DataObject
) -> None:
    mixed = list(orders)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    child = Child(birth=birth)
    assert assess(RULES, child, mixed, SHANGHAI) == assess(RULES, child, orders, SHANGHAI)


@given(orders_of, births)
def test_law_what_comes_later_changes_nothing_before_it(orders: list[RechargeOrder], birth: date) -> None:
    child = Child(birth=birth)
    whole = assess(RULES, child, orders, SHANGHAI).findings
    first = sorted(orders, key=lambda o: (o.paid_at, o.order_no))[: len(orders) // 2]
    assert assess(RULES, child, first, SHANGHAI).findings == whole[: len(first)]


@given(orders_of, births)
def test_law_months_do_not_touch_each_other(orders: list[RechargeOrder], birth: date) -> None:
    child = Child(birth=birth)
    months: defaultdict[tuple[int, int], list[RechargeOrder]] = defaultdict(list)
    for one in orders:
        local = one.paid_at.astimezone(SHANGHAI)
        months[local.year, local.month].append(one)
    parts = [assess(RULES, child, part, SHANGHAI).refundable_fen for part in months.values()]
    assert sum(parts) == assess(RULES, child, orders, SHANGHAI).refundable_fen


@given(orders_of, births)
def test_law_a_refund_of_all_that_is_over_settles_it(orders: list[RechargeOrder], birth: date) -> None:
    child = Child(birth=birth)
    over = {f.order_no for f in assess(RULES, child, orders, SHANGHAI).of(Standing.OVER)}
    after = [replace(o, status=OrderStatus.REFUNDED) if o.order_no in over else o for o in orders]
    assert assess(RULES, child, after, SHANGHAI).refundable_fen == 0


@given(orders_of, births, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_law_an_age_alone_brackets_the_birthday(
    orders: list[RechargeOrder], birth: date, today: date
) -> None:
    known = Child(birth=birth)
    told = Child(age=max(0, years_between(birth, today)), as_of=today)
    for one in orders:
        day = one.paid_at.astimezone(SHANGHAI).date()
        if birth <= min(day, today):
            youngest, oldest = told.ages_on(day)
            assert youngest <= known.ages_on(day)[0] <= oldest <= youngest + 1
    got = assess(RULES, told, orders, SHANGHAI)
    assert got.refundable_fen <= got.at_most_fen


@given(orders_of)
def test_law_under_eight_everything(orders: list[RechargeOrder]) -> None:
    got = assess(RULES, Child(birth=date(2022, 1, 1)), orders, SHANGHAI)
    assert got.refundable_fen == got.paid_fen


# ---------------------------------------------------------------------- the file
def changed(tmp_path: Path, **changes: object) -> MinorRules:
    written = yaml.safe_load(FILE.read_text("utf-8")) | changes
    path = tmp_path / "minors.yml"
    path.write_text(yaml.safe_dump(written), "utf-8")
    return load(path)


BAND = {"id": "a", "below": 8, "charge_fen": 100, "month_fen": 200}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": ""}, "version"),
        ({"bands": []}, "bands"),
        ({"bands": [BAND | {"below": "8"}]}, "bands.0.below"),
        ({"bands": [BAND | {"charge_fen": 50.0}]}, "bands.0.charge_fen"),
        ({"bands": [BAND | {"charge_fen": -1}]}, "bands.0.charge_fen"),
        ({"bands": [BAND | {"charge_fen": 300}]}, "a allows more at once than in a month"),
        ({"bands": [BAND, BAND]}, "bands: given twice: a"),
        ({"bands": [BAND, BAND | {"id": "b"}]}, "b must be older than a"),
        ({"bands": [BAND, BAND | {"id": "b", "below": 9, "month_fen": 199}]}, "b allows less than a"),
        ({"papers": [{"id": "x", "required": 1}]}, "papers.0.required"),
        ({"papers": [{"id": "x", "required": True}] * 2}, "papers: given twice: x"),
        ({"more": 1}, "more"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(
    tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(PolicyError, match=r"minors\.yml") as error:
        changed(tmp_path, **changes)
    assert words in str(error.value)


def test_a_file_that_is_not_there_or_no_yaml_is_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="can't be read"):
        load(tmp_path / "none.yml")
    (tmp_path / "bad.yml").write_text("bands: [", "utf-8")
    with pytest.raises(PolicyError, match="not valid YAML"):
        load(tmp_path / "bad.yml")


# ---------------------------------------------------------------------- what the agent reads
def test_the_agent_reads_which_order_exceeds_which_limit() -> None:
    orders = [
        order(648, at(1), "A"),
        order(50, at(2), "B"),
        order(6, at(3), "C", status=OrderStatus.REFUNDED),
    ]
    shown = calculation(assess(RULES, TWELVE, orders, SHANGHAI))
    assert shown["rules"] == RULES.version
    assert shown["lines"] == [
        "2026-11-01 · 648 元 · 当时 12 岁 · 超过单笔上限 50 元、超过当月上限 200 元（A）",
        "2026-11-02 · 50 元 · 当时 12 岁 · 在限额内（B）",
        "2026-11-03 · 6 元 · 当时 12 岁 · 已退款，不计（C）",
        f"按规则（{RULES.version} 版）可退 648 元，共充值 698 元",
    ]
    assert json.loads(json.dumps(shown)) == shown


def test_a_birthday_that_may_lie_between_is_said() -> None:
    child = Child(age=8, as_of=date(2026, 11, 25))
    shown = calculation(assess(RULES, child, [order(30, at(20, month=8))], SHANGHAI))
    assert shown["lines"][-1].startswith(
        f"按规则（{RULES.version} 版）可退 0 元；若充值时还没过生日，最多 30 元"
    )
    assert (
        "这个年龄不能充值"
        in calculation(assess(RULES, Child(birth=date(2020, 1, 1)), [order(1, at(1))], SHANGHAI))["lines"][0]
    )


@given(orders_of, births)
def test_law_the_facts_add_up(orders: list[RechargeOrder], birth: date) -> None:
    for locale in ("zh-CN", "en"):
        shown = calculation(assess(RULES, Child(birth=birth), orders, SHANGHAI), locale)
        over = [o["amount_fen"] for o in shown["orders"] if o["over"]]
        assert sum(over) == shown["refundable_fen"]
        assert len(shown["lines"]) == len(orders) + 1
