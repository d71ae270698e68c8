"""What can be fixed here, from the declarations of the fixes."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, locale_of
from actions.services import services
from bot.domain.intents import Category
from bot.services.game.fixes import declared, in_locale
from bot.services.texts import text

OFFERED = ("account_recharge_missing", "account_refund_mistaken", "account_recharge_query", "account_stolen")


class ActionSelfService(SupportAction):
    """The answer to "what can you do"."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """One line for each category, what is asked most as buttons, and where the rules are published."""
        locale = locale_of(tracker)
        lines = [line for category in Category if (line := line_of(category, locale))]
        buttons = [
            {"title": in_locale(declared()[intent].title, locale), "payload": f"/{intent}"}
            for intent in OFFERED
            if intent in declared()
        ]
        buttons.append({"title": text("button-human", locale), "payload": "/request_human"})
        url = f"{(await services()).url}/help/self-service"
        dispatcher.utter_message(
            response="utter_self_service", offers="\n".join(lines), url=url, buttons=buttons
        )
        return [FollowupAction("action_listen")] if not tracker.active_loop else []


def line_of(category: Category, locale: str) -> str:
    """Such as "账号与充值：充值没到账、被盗…"; empty where nothing is published."""
    fixes = [fix for fix in declared().values() if fix.listed and fix.category is category]
    titles = text("list-comma", locale).join(in_locale(fix.title, locale) for fix in fixes)
    return (
        text("help-line", locale, category=text(f"category-{category.value}", locale), titles=titles)
        if fixes
        else ""
    )
