"""Recharge records."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, locale_of
from actions.services import services
from actions.words import balances, order_line
from bot.services.texts import text


async def answer_recharge_query(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """List the newest recharges and the wallet."""
    known, locale = await services(), locale_of(tracker)
    orders = await known.refunds.recent(tracker.sender_id)
    if not orders:
        dispatcher.utter_message(response="utter_account_recharge_query_none")
        return
    profile = await known.profile(tracker.sender_id)
    zone = await known.timezone(tracker.sender_id)
    lines = [order_line(order, known.now(), zone, locale) for order in orders]
    dispatcher.utter_message(
        response="utter_account_recharge_query",
        orders="\n".join(lines),
        wallet=text("wallet-line", locale, balances=balances(profile.wallet, locale)),
    )


class ActionRechargeQuery(SupportAction):
    """What was paid, and what is left."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Newest first."""
        await answer_recharge_query(dispatcher, tracker)
        return []
