"""The refund policy: what the shipped file says, laws that hold for any facts, and mistakes in the file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.recharges import OrderStatus
from bot.domain.refunds.approval import may_approve, may_reject, still_needed
from bot.domain.refunds.facts import Facts, Wish
from bot.domain.refunds.policy import Instead, Outcome, Policy, Reason, Rule, decide, joined
from bot.domain.refunds.risk import score
from bot.services.refunds.policy import PolicyError, load, parse

FILE = Path(__file__).parents[2] / "data/policies/refund.yml"
TEXT = FILE.read_text("utf-8")
POLICY = load(FILE).policy
ROLES = POLICY.roles
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
GOOD = Facts(
    at=NOW,
    wish=Wish.MISTAKEN,
    status=OrderStatus.DELIVERED,
    channel="wechat",
    currency="CNY",
    amount_fen=64800,
    granted=6480,
    consumed=0,
    paid_at=NOW - timedelta(hours=3),
    registered_at=NOW - timedelta(days=400),
    vip=2,
    balance=7000,
    age=27,
    other_roles=1,
    accounts_on_device=1,
    accounts_of_payer=1,
)
DAYS_AGO = [NOW - timedelta(days=n) for n in (1, 2, 3, 4, 5)]


def test_a_good_wish_is_executed_in_full() -> None:
    decision = decide(POLICY, GOOD)
    assert (decision.outcome, decision.reason) == (Outcome.EXECUTE, Reason.ELIGIBLE)
    assert (decision.refund_fen, decision.units, decision.rules) == (64800, 6480, ())
    assert decision.policy == POLICY.version


@pytest.mark.parametrize(
    ("change", "reason", "instead"),
    [
        ({"status": OrderStatus.REFUNDED}, Reason.ALREADY_REFUNDED, Instead.NOTHING),
        ({"age": 17}, Reason.MINOR, Instead.GUARDIAN),
        ({"channel": "apple"}, Reason.STORE_ORDER, Instead.STORE),
        ({"channel": "google"}, Reason.STORE_ORDER, Instead.STORE),
        ({"status": OrderStatus.PAID, "granted": 0}, Reason.NOT_DELIVERED, Instead.HUMAN),
        ({"wish": Wish.WRONG_ROLE}, Reason.WRONG_ROLE, Instead.MOVE),
        ({"consumed": 6480}, Reason.CONSUMED, Instead.HUMAN),
        ({"consumed": 3241}, Reason.CONSUMED, Instead.HUMAN),
        ({"amount_fen": 99}, Reason.CONSUMED, Instead.HUMAN),
        ({"paid_at": NOW - timedelta(days=91)}, Reason.TOO_OLD, Instead.HUMAN),
    ],
)
def test_what_is_not_possible_and_what_is_instead(
    change: dict[str, Any], reason: Reason, instead: Instead
) -> None:
    decision = decide(POLICY, replace(GOOD, **change))
    assert (decision.outcome, decision.reason, decision.instead) == (Outcome.IMPOSSIBLE, reason, instead)


@pytest.mark.parametrize(
    ("change", "reason", "approvals"),
    [
        ({"paid_at": NOW - timedelta(days=7, seconds=1)}, Reason.TOO_OLD, ("lead",)),
        ({"amount_fen": 100_001}, Reason.TOO_MUCH, ("lead",)),
        ({"amount_fen": 200_001, "vip": 9}, Reason.TOO_MUCH, ("lead",)),
        ({"amount_fen": 300_001}, Reason.TOO_MUCH, ("lead", "supervisor")),
        ({"currency": "USD"}, Reason.PERSON, ("lead",)),
        ({"earlier_refunds": tuple(DAYS_AGO[:2])}, Reason.PERSON, ("lead",)),
        ({"earlier_refunds": tuple(DAYS_AGO[:4])}, Reason.PERSON, ("supervisor",)),
        ({"registered_at": NOW - timedelta(days=1)}, Reason.PERSON, ("lead",)),
        ({"refused_before": True}, Reason.PERSON, ("lead",)),
        ({"accounts_of_payer": 6}, Reason.PERSON, ("supervisor",)),
        (
            {"accounts_of_payer": 9, "accounts_on_device": 9},
            Reason.PERSON,
            ("supervisor", "manager"),
        ),
    ],
)
def test_what_needs_approval(change: dict[str, Any], reason: Reason, approvals: tuple[str, ...]) -> None:
    decision = decide(POLICY, replace(GOOD, **change))
    assert (decision.outcome, decision.reason, decision.approvals) == (Outcome.APPROVE, reason, approvals)


@pytest.mark.parametrize(
    "change",
    [
        {"paid_at": NOW - timedelta(days=7)},
        {"amount_fen": 100_000},
        {"amount_fen": 200_000, "vip": 6},
        {"earlier_refunds": (DAYS_AGO[0],)},
        {"earlier_refunds": tuple(NOW - timedelta(days=100 + n) for n in range(9))},
        {"age": None, "balance": None, "accounts_on_device": None, "accounts_of_payer": None},
        {"double_charge": True, "paid_at": NOW - timedelta(days=30), "earlier_refunds": tuple(DAYS_AGO[:2])},
        {"wish": Wish.WRONG_ROLE, "other_roles": 0},
    ],
)
def test_what_is_still_executed(change: dict[str, Any]) -> None:
    assert decide(POLICY, replace(GOOD, **change)).outcome is Outcome.EXECUTE


def test_what_is_left_of_a_consumed_order_is_refunded_alone() -> None:
    decision = decide(POLICY, replace(GOOD, consumed=2000))
    assert (decision.outcome, decision.refund_fen, decision.units) == (Outcome.EXECUTE, 44800, 4480)
    assert decide(replace(POLICY, partial=False), replace(GOOD, consumed=1)).instead is Instead.HUMAN


def test_what_was_spent_from_the_wallet_counts_as_consumed() -> None:
    decision = decide(POLICY, replace(GOOD, balance=4480))
    assert (decision.refund_fen, decision.units) == (44800, 4480)


# ---------------------------------------------------------------------- laws
past = st.timedeltas(timedelta(0), timedelta(days=120)).map(lambda ago: NOW - ago)
count = st.none() | st.integers(1, 12)
facts = st.builds(
    Facts,
    at=st.just(NOW),
    wish=st.sampled_from(Wish),
    status=st.sampled_from(OrderStatus),
    channel=st.sampled_from(["wechat", "alipay", "apple", "google"]),
    currency=st.sampled_from(["CNY", "USD"]),
    amount_fen=st.integers(0, 500_000),
    granted=st.integers(0, 20_000),
    consumed=st.integers(0, 20_000),
    paid_at=past,
    registered_at=st.timedeltas(timedelta(0), timedelta(days=999)).map(lambda ago: NOW - ago),
    vip=st.integers(0, 12),
    balance=st.none() | st.integers(0, 30_000),
    age=st.none() | st.integers(6, 80),
    double_charge=st.booleans(),
    earlier_refunds=st.lists(past, max_size=6).map(tuple),
    refused_before=st.booleans(),
    other_roles=st.integers(0, 3),
    accounts_on_device=count,
    accounts_of_payer=count,
)
STRICT = {outcome: rank for rank, outcome in enumerate(Outcome)}


def strictness(policy: Policy, wish: Facts) -> int:
    return STRICT[decide(policy, wish).outcome]


@given(facts)
def test_never_more_than_was_paid_and_never_more_than_the_share_that_is_left(wish: Facts) -> None:
    decision = decide(POLICY, wish)
    assert 0 <= decision.refund_fen <= wish.amount_fen
    assert 0 <= decision.units <= wish.granted
    assert decision.units <= max(0, wish.granted - wish.consumed)
    if wish.granted:
        assert decision.refund_fen * wish.granted <= wish.amount_fen * decision.units


@given(facts)
def test_what_is_executed_is_allowed_by_every_rule(wish: Facts) -> None:
    decision = decide(POLICY, wish)
    if decision.outcome is Outcome.EXECUTE:
        assert decision.rules == ()
        assert wish.status is OrderStatus.DELIVERED
        assert wish.channel not in {"apple", "google"}
        assert wish.age is None or wish.age >= 18
        assert decision.risk < 45
        assert 100 <= decision.refund_fen <= 200_000
    assert (decision.outcome is Outcome.APPROVE) == bool(decision.approvals)
    assert (decision.outcome is Outcome.IMPOSSIBLE) == (decision.instead is not None)


@given(facts)
def test_a_decision_can_be_made_again_from_what_is_stored(wish: Facts) -> None:
    stored = json.loads(json.dumps(wish.plain()))
    assert Facts.of(stored) == wish
    assert decide(POLICY, Facts.of(stored)) == decide(POLICY, wish)


@given(
    facts,
    st.sampled_from(["consumed", "accounts_on_device", "accounts_of_payer", "amount_fen"]),
    st.integers(1, 9999),
)
def test_more_of_what_is_bad_never_makes_it_easier(wish: Facts, what: str, more: int) -> None:
    """A larger amount is harder too, unless it is what lifts a rest above the smallest that is paid."""
    worse = replace(wish, **{what: (getattr(wish, what) or 0) + more})
    if what == "amount_fen" and decide(POLICY, wish).refund_fen < 100:
        return
    if what == "consumed":  # consuming makes the rest smaller, which may need fewer people: not its risk
        assert score(POLICY.risk, worse) >= score(POLICY.risk, wish)
        assert decide(POLICY, worse).refund_fen <= decide(POLICY, wish).refund_fen
        return
    assert strictness(POLICY, worse) >= strictness(POLICY, wish)


@given(facts, past)
def test_one_refund_more_never_makes_it_easier(wish: Facts, at: datetime) -> None:
    worse = replace(wish, earlier_refunds=(*wish.earlier_refunds, at))
    assert strictness(POLICY, worse) >= strictness(POLICY, wish)
    assert score(POLICY.risk, worse) >= score(POLICY.risk, wish)


rules = st.builds(
    Rule,
    id=st.just("extra"),
    when=st.sampled_from(POLICY.rules).map(lambda rule: rule.when),
    outcome=st.sampled_from([Outcome.EXECUTE, Outcome.IMPOSSIBLE]),
    instead=st.just(Instead.HUMAN),
)


@given(facts, rules)
def test_a_rule_more_never_makes_it_easier(wish: Facts, rule: Rule) -> None:
    stricter = replace(POLICY, rules=(*POLICY.rules, rule))
    assert strictness(stricter, wish) >= strictness(POLICY, wish)


@given(facts)
def test_a_high_risk_never_executes(wish: Facts) -> None:
    if score(POLICY.risk, wish) >= 45:
        assert decide(POLICY, wish).outcome is not Outcome.EXECUTE


@given(facts)
def test_what_the_player_is_told_names_no_rule_of_habit_or_risk(wish: Facts) -> None:
    hidden = {"often", "very_often", "new_account", "refused_before", "risky", "very_risky"}
    decision = decide(POLICY, wish)
    if decision.rules and set(decision.rules) <= hidden:
        assert decision.reason is Reason.PERSON


roles = st.lists(st.sampled_from(ROLES), max_size=4).map(tuple)


@given(roles, roles)
def test_joined_approvals_satisfy_both(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    both = joined(ROLES, one, other)
    assert len(both) == max(len(one), len(other))
    assert still_needed(ROLES, one, both) == still_needed(ROLES, other, both) == ()
    assert sorted(joined(ROLES, other, one)) == sorted(both)


@given(roles, roles)
def test_a_yes_fills_at_most_one_place(approvals: tuple[str, ...], given_by: tuple[str, ...]) -> None:
    needed = still_needed(ROLES, approvals, given_by)
    assert len(needed) >= len(approvals) - len(given_by)
    for role in ROLES:
        assert (len(still_needed(ROLES, approvals, [*given_by, role])) < len(needed)) == may_approve(
            ROLES, approvals, given_by, role
        )


def test_who_may_approve_and_reject() -> None:
    asked = ("lead", "supervisor")
    assert not may_approve(ROLES, asked, (), "agent")
    assert may_approve(ROLES, asked, (), "lead")
    assert not may_approve(ROLES, asked, ("lead",), "lead")
    assert still_needed(ROLES, asked, ("manager", "lead")) == ()
    assert still_needed(ROLES, asked, ("supervisor", "supervisor")) == ()
    assert not may_reject(ROLES, asked, "agent")
    assert may_reject(ROLES, asked, "lead")
    assert not may_approve(ROLES, asked, (), "director")


# ---------------------------------------------------------------------- mistakes in the file
def changed(path: str, value: Any) -> str:
    """The shipped file with one value replaced; None removes it."""
    content = yaml.safe_load(TEXT)
    node: Any = content
    *parts, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    for part in parts:
        node = node[part]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return yaml.safe_dump(content, sort_keys=False)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("version", None, "version: Field required"),
        ("version", "a b", "version:"),
        ("promise", "soon", "promise: a duration such as 30m, 12h or 7d is needed"),
        ("promise", "0d", "promise: a duration"),
        ("partial", "yes please", "partial:"),
        ("surplus", 1, "surplus: Extra inputs are not permitted"),
        ("roles", ["agent", "agent"], "roles: given twice: agent"),
        ("refund_rules", [], "refund_rules:"),
        ("refund_rules/1/id", "store", "refund_rules: given twice: store"),
        ("refund_rules/1/when", {}, "refund_rules.1.when:"),
        ("refund_rules/1/when", {"colour": "red"}, "refund_rules.1.when.colour"),
        ("refund_rules/1/when/player_age", {"under": 18}, "player_age: above, at_least, below, at_most"),
        ("refund_rules/1/when/player_age", {"below": "18"}, "player_age: a whole number is needed"),
        ("refund_rules/1/when/player_age", {"below": 17.5}, "player_age: a whole number is needed"),
        ("refund_rules/1/when/player_age", {"below": True}, "player_age: a whole number is needed"),
        ("refund_rules/2/when/channel", 7, "channel: a word, a list of words"),
        ("refund_rules/2/when/channel", [], "channel: a word, a list of words"),
        ("refund_rules/7/when/since_payment", {"above": 7}, "since_payment: a duration such as"),
        ("refund_rules/7/when/double_charge", "no", "double_charge: true or false is needed"),
        ("refund_rules/1/then/outcome", "maybe", "refund_rules.1.then"),
        ("refund_rules/1/then/instead", "pray", "refund_rules.1.then.impossible.instead"),
        ("refund_rules/1/then/say", "go_away", "refund_rules.1.then.impossible.say"),
        ("refund_rules/7/then/by", ["boss"], "not among the roles: boss"),
        ("refund_rules/7/then/by", [], "refund_rules.7.then.approve.by"),
        ("risk/device/points", 101, "risk.device.points"),
    ],
)
def test_a_mistake_is_told_with_its_place(path: str, value: Any, said: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse(changed(path, value))
    assert said in str(refused.value)


def test_a_key_given_twice_is_a_mistake() -> None:
    with pytest.raises(PolicyError, match="'partial' is given 2 times"):
        parse(TEXT + "\npartial: false\n")


def test_no_yaml_no_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="not valid YAML"):
        parse("version: [")
    with pytest.raises(PolicyError, match="can't be read"):
        load(tmp_path / "none.yml")
    broken = tmp_path / "refund.yml"
    broken.write_text(changed("promise", None))
    with pytest.raises(PolicyError, match=r"refund.yml: promise: Field required"):
        load(broken)


def test_the_digest_is_of_the_meaning() -> None:
    assert parse(TEXT).digest == parse("# a comment\n" + TEXT).digest
    assert parse(TEXT).digest != parse(changed("partial", False)).digest
