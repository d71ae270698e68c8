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
        """A short line for each category, what is asked most as buttons, and where the rules are published
        if that can be opened from here."""
        locale = locale_of(tracker)
        lines = [line for category in Category if (line := line_of(category, locale))]
        buttons = [
            {"title": in_locale(declared()[intent].title, locale), "payload": f"/{intent}"}
            for intent in OFFERED
            if intent in declared()
        ]
        buttons.append({"title": text("button-human", locale), "payload": "/request_human"})
        more = await more_of(tracker.sender_id, locale)
        dispatcher.utter_message(
            response="utter_self_service", offers="\n".join(lines), more=more, buttons=buttons
        )
        return [FollowupAction("action_listen")] if not tracker.active_loop else []


async def more_of(conversation: str, locale: str) -> str:
    """Where the rest is: on the page, which from WeChat opens only at a public address."""
    known = await services()
    if not known.url.startswith("https://") and await known.channel(conversation) != "ingame":
        return text("help-more-asked", locale)
    return text("help-more-page", locale, url=f"{known.url}/help/self-service")


def line_of(category: Category, locale: str) -> str:
    """Such as "账号与充值：充值没到账、被盗…"; empty where nothing is named."""
    fixes = [fix for fix in declared().values() if fix.listed and fix.category is category]
    fixes.sort(key=lambda fix: fix.intent not in OFFERED)
    titles = text("list-comma", locale).join(in_locale(fix.main, locale) for fix in fixes if fix.main)
    return (
        text("help-line", locale, category=text(f"category-{category.value}", locale), titles=titles)
        if titles
        else ""
    )
