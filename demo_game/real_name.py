"""What follows from real-name registration: when and for how much minors may play and pay in China."""

from __future__ import annotations

from typing import Any

from demo_game import views
from demo_game.models import Player

# Friday, Saturday and Sunday, 20 to 21 h; public holidays are left out of the demo.
_HOURS = [{"weekday": day, "opens": "20:00", "closes": "21:00"} for day in (5, 6, 7)]
_ADULT = 18


def registration(player: Player) -> dict[str, Any]:
    """The registration in the form of the API. Who is not registered may not pay, like the youngest."""
    charge, month = _limits(player.age)
    minor = player.age is None or player.age < _ADULT
    return {
        "verified": player.verified_at is not None,
        "age": player.age,
        "verified_at": views.iso(player.verified_at),
        "hours": _HOURS if minor else [],
        "charge_limit_fen": charge,
        "month_limit_fen": month,
    }


def _limits(age: int | None) -> tuple[int | None, int | None]:
    if age is None or age < 8:
        return 0, 0
    if age < 16:
        return 5_000, 20_000
    return (10_000, 40_000) if age < _ADULT else (None, None)
