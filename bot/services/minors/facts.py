"""What the agent who decides a guardian's request gets: the calculation, in numbers and in words."""

from __future__ import annotations

from typing import Any

from bot.domain.minors import Assessment, Finding, Limit, Standing
from bot.services.refunds.items import yuan
from bot.services.texts import DEFAULT_LOCALE, text


def calculation(assessment: Assessment, locale: str = DEFAULT_LOCALE) -> dict[str, Any]:
    """The assessment as JSON: `lines` for people, the rest to replay and to compute with."""
    return {
        "rules": assessment.version,
        "refundable_fen": assessment.refundable_fen,
        "at_most_fen": assessment.at_most_fen,
        "paid_fen": assessment.paid_fen,
        "orders": [_order(finding) for finding in assessment.findings],
        "lines": [*(_line(finding, locale) for finding in assessment.findings), _total(assessment, locale)],
    }


def _order(finding: Finding) -> dict[str, Any]:
    band = finding.band
    return {
        "order_no": finding.order_no,
        "amount_fen": finding.amount_fen,
        "day": finding.day.isoformat(),
        "age": finding.age,
        "standing": finding.standing.value,
        "over": [limit.value for limit in finding.over],
        "charge_limit_fen": band and band.charge_fen,
        "month_limit_fen": band and band.month_fen,
        "month_before_fen": finding.counted_fen,
    }


def _line(finding: Finding, locale: str) -> str:
    return text(
        "minor-order-line",
        locale,
        day=finding.day.isoformat(),
        yuan=yuan(finding.amount_fen),
        age=finding.age,
        verdict=_verdict(finding, locale),
        order_no=finding.order_no,
    )


def _verdict(finding: Finding, locale: str) -> str:
    if finding.standing is not Standing.OVER or finding.band is None:
        return text(f"minor-{finding.standing.value}", locale)
    band = finding.band
    limits = {Limit.CHARGE: band.charge_fen, Limit.MONTH: band.month_fen}
    if not any(limits.values()):
        return text("minor-over-none", locale)
    parts = [text(f"minor-over-{limit.value}", locale, yuan=yuan(limits[limit])) for limit in finding.over]
    return text("list-comma", locale).join(parts)


def _total(assessment: Assessment, locale: str) -> str:
    key = "minor-total" if assessment.refundable_fen == assessment.at_most_fen else "minor-total-range"
    return text(
        key,
        locale,
        yuan=yuan(assessment.refundable_fen),
        most=yuan(assessment.at_most_fen),
        paid=yuan(assessment.paid_fen),
        version=assessment.version,
    )
