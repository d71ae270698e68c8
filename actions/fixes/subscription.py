"""A monthly card or pass that shall not renew itself any more."""

from __future__ import annotations

from actions.base import Events
from actions.fix import Case, Fix
from actions.questions import Kind, Question
from actions.words import channel_name, store_way
from bot.domain.game import Subscription
from bot.services.game.operations import OperationState
from bot.services.refunds.items import yuan

STORES = ("apple", "google")
"""Only the store itself can end what was bought there."""


class ActionSubscriptionCancel(Fix):
    """Stops the renewal; what is paid for stays until it ends."""

    intent = "account_subscription_cancel"

    async def plan(self, case: Case) -> Question | None:
        """Whether to stop it, if there is something to stop."""
        found = await renewing(case)
        if found is None or found.channel in STORES or case.answer("cancel") is not None:
            return None
        return Question("cancel", Kind.CONFIRM, words=await words_of(case, found))

    async def carry_out(self, case: Case) -> Events:
        """Stop it, or say how things stand."""
        found = await renewing(case)
        if found is None:
            last = await case.services.game.subscription(*await case.player())
            if last is None:
                return case.solved("utter_account_subscription_cancel_none")
            return case.solved("utter_account_subscription_cancel_already", **await words_of(case, last))
        if found.channel in STORES:
            how = store_way("cancel", found.channel, case.locale)
            return case.solved(f"utter_{self.intent}_store", how=how, **await words_of(case, found))
        words = await words_of(case, found)
        if not case.answer("cancel"):
            return case.done("utter_account_subscription_cancel_kept", **words)
        result = await case.run("cancel_subscription", f"{found.product}:{found.expires_at:%Y%m%d%H%M}")
        if result.state is OperationState.DONE:
            return case.solved("utter_account_subscription_cancel_done", **words)
        if result.state is OperationState.RESERVED:
            return case.done("utter_fix_unknown")
        return await case.ticket(response="utter_fix_refused")


async def renewing(case: Case) -> Subscription | None:
    """The subscription that would be charged again."""
    found = await case.services.game.subscription(*await case.player())
    return found if found is not None and found.auto_renew else None


async def words_of(case: Case, found: Subscription) -> dict[str, str]:
    """What the responses may name."""
    return {
        "product": found.product,
        "yuan": yuan(found.price_fen),
        "until": await case.when(found.expires_at),
        "channel": channel_name(found.channel, case.locale),
    }
