"""How far a refund is (of tickets: actions/fixes/ticket_progress.py)."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.services import services
from bot.domain.refunds.steps import ACTIVE, RefundState, Remedy
from bot.services.refunds.items import RefundResult, yuan


async def answer_ticket_progress(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Say what came of the player's newest refund, or that nothing is open."""
    latest = await (await services()).refunds.latest(tracker.sender_id)
    if latest is None:
        dispatcher.utter_message(response="utter_ticket_progress_none")
        return
    state = RefundState.RESERVED if latest.state in ACTIVE else latest.state
    moved = "move_" if latest.remedy is Remedy.MOVE else ""
    dispatcher.utter_message(
        response=f"utter_ticket_progress_{moved}{state.value}",
        order_no=latest.order_no,
        yuan=yuan(latest.amount_fen),
        ticket=latest.ticket or "",
    )


def refund_is_running(refund: RefundResult | None) -> bool:
    """Whether its outcome is still open."""
    return refund is not None and refund.state in ACTIVE
