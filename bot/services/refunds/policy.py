"""Reads the refund policy's file. A mistake in it is told with its place, in words that help, before anything
starts; docs/refunds.md is the reference."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from bot.domain.refunds.conditions import DURATIONS, FLAGS, TEXTS, Condition, Measure
from bot.domain.refunds.policy import Instead, Outcome, Policy, Reason, Rule
from bot.domain.refunds.risk import Risk, Signal
from bot.services.policy_files import Part, Span, Version, Word, digest, given_twice, read_as, read_text, span
from bot.services.policy_files import PolicyError as PolicyError

_COMPARISONS = ("above", "at_least", "below", "at_most")


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy, the text that it was read from, and the SHA-256 of what the text means."""

    policy: Policy
    text: str
    digest: str


def load(path: Path) -> PolicyFile:
    """The policy in a file. Raises PolicyError."""
    try:
        return parse(read_text(path))
    except PolicyError as error:
        raise PolicyError(f"{path}: {error}") from None


def parse(text: str) -> PolicyFile:
    """The policy in a text. Raises PolicyError."""
    written = read_as(_File, text)
    return PolicyFile(written.policy(), text, digest(written))


Points = Annotated[int, Field(ge=0, le=100)]


class _Signal(Part):
    points: Points
    free: Annotated[int, Field(ge=0)]
    most: Points

    def signal(self) -> Signal:
        return Signal(self.points, self.free, self.most)


class _RefundSignal(_Signal):
    period: Span


class _NewAccount(Part):
    points: Points
    younger_than: Span


class _Risk(Part):
    refunds: _RefundSignal
    device: _Signal
    payer: _Signal
    consumed: _Signal
    new_account: _NewAccount

    def risk(self) -> Risk:
        return Risk(
            refunds=self.refunds.signal(),
            refunds_period=self.refunds.period,
            device=self.device.signal(),
            payer=self.payer.signal(),
            consumed=self.consumed.signal(),
            new_account=self.new_account.points,
            new_account_age=self.new_account.younger_than,
        )


class _Execute(Part):
    outcome: Literal["execute"]


class _Approve(Part):
    outcome: Literal["approve"]
    by: Annotated[list[Word], Field(min_length=1, max_length=5)]
    say: Annotated[Reason, Field(strict=False)] = Reason.PERSON


class _Impossible(Part):
    outcome: Literal["impossible"]
    instead: Annotated[Instead, Field(strict=False)]
    say: Annotated[Reason, Field(strict=False)] = Reason.PERSON


class _Rule(Part):
    id: Word
    when: Annotated[dict[Annotated[Measure, Field(strict=False)], Any], Field(min_length=1)]
    then: Annotated[_Execute | _Approve | _Impossible, Field(discriminator="outcome")]

    @model_validator(mode="after")
    def _conditions_make_sense(self) -> _Rule:
        self.conditions()
        return self

    def conditions(self) -> dict[Measure, Condition]:
        return {measure: _condition(measure, asked) for measure, asked in self.when.items()}

    def rule(self) -> Rule:
        then = self.then
        return Rule(
            id=self.id,
            when=self.conditions(),
            outcome=Outcome(then.outcome),
            reason=Reason.ELIGIBLE if isinstance(then, _Execute) else then.say,
            approvals=tuple(then.by) if isinstance(then, _Approve) else (),
            instead=then.instead if isinstance(then, _Impossible) else None,
        )


def _condition(measure: Measure, asked: Any) -> Condition:
    """What `asked` says about a measure. Raises ValueError."""
    if measure in FLAGS:
        if not isinstance(asked, bool):
            raise ValueError(f"{measure}: true or false is needed")
        return Condition(flag=asked)
    if measure in TEXTS:
        key, names = "any_of", asked
        if isinstance(asked, dict) and len(asked) == 1:
            key, names = next(iter(asked.items()))
        names = [names] if isinstance(names, str) else names
        good = isinstance(names, list) and names and all(isinstance(name, str) for name in names)
        if key not in ("any_of", "none_of") or not good:
            raise ValueError(f"{measure}: a word, a list of words, or none_of with such a list is needed")
        chosen = frozenset(names)
        return Condition(any_of=chosen) if key == "any_of" else Condition(none_of=chosen)
    if not isinstance(asked, dict) or not asked or not set(asked) <= set(_COMPARISONS):
        raise ValueError(f"{measure}: {', '.join(_COMPARISONS)} are what can be asked")
    numbers = {key: _number(measure, value) for key, value in asked.items()}
    return Condition(
        above=numbers.get("above"),
        at_least=numbers.get("at_least"),
        below=numbers.get("below"),
        at_most=numbers.get("at_most"),
    )


def _number(measure: Measure, value: Any) -> int:
    if measure in DURATIONS:
        try:
            return int(span(value).total_seconds())
        except ValueError as error:
            raise ValueError(f"{measure}: {error}") from None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{measure}: a whole number is needed (money in fen)")  # noqa: TRY004 - for pydantic
    return value


class _File(Part):
    version: Version
    roles: Annotated[list[Word], Field(min_length=1)]
    refunds_period: Span
    double_charge_within: Span
    partial: bool
    promise: Span
    risk: _Risk
    refund_rules: Annotated[
        list[_Rule], Field(min_length=1)
    ]  # Rasa takes a key `rules` under data/ for its own

    @model_validator(mode="after")
    def _names_fit(self) -> _File:
        for what, names in (("roles", self.roles), ("refund_rules", [rule.id for rule in self.refund_rules])):
            twice = given_twice(names)
            if twice:
                raise ValueError(f"{what}: given twice: {', '.join(twice)}")
        for rule in self.refund_rules:
            unknown = set(rule.then.by if isinstance(rule.then, _Approve) else ()) - set(self.roles)
            if unknown:
                raise ValueError(f"rule {rule.id}: not among the roles: {', '.join(sorted(unknown))}")
        return self

    def policy(self) -> Policy:
        return Policy(
            version=self.version,
            roles=tuple(self.roles),
            rules=tuple(rule.rule() for rule in self.refund_rules),
            risk=self.risk.risk(),
            refunds_period=self.refunds_period,
            double_charge_within=self.double_charge_within,
            partial=self.partial,
            promise=self.promise,
        )
