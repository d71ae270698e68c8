"""What to do with a message that was not understood."""

from __future__ import annotations

from itertools import takewhile

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, hand_over, locale_of, topic_name
from actions.follow_ups import came_back
from actions.handing_over import so_far
from actions.puzzled import knows_not
from actions.wishes import entities_of
from bot.domain.intents import Category, category_of
from bot.services.game.fixes import declared, in_locale
from bot.services.texts import text

NOT_UNDERSTOOD = frozenset(
    {
        "utter_fix_again_please",
        "utter_refund_again_please",
        "utter_fix_what_for",
        "utter_fix_not_sure",
        "utter_did_you_mean",
        "utter_rephrase",
    }
)
"""What is said to a message that was not understood, or to who does not understand the question."""

SAYS_IT_ALL = {"ticket_number": "ticket_progress", "gift_code": "content_gift_code"}
"""What is sent without a word about it, and what it is sent for."""

LIKELY = 0.5
"""Two readings that are together more probable than this are worth asking about."""


class ActionNotUnderstood(SupportAction):
    """Asks back at the first time; at the second in a row a human is needed."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Offers the two likeliest readings where they are likely enough; a number or code may say it all."""
        loop = (tracker.active_loop or {}).get("name")
        heard = entities_of(tracker.latest_message or {})
        wish = next((intent for entity, intent in SAYS_IT_ALL.items() if entity in heard), None)
        if wish and not loop:
            return [SlotSet("next_fix", {"intent": wish, "heard": heard}), FollowupAction("fix_form")]
        if not loop and (back := await came_back(dispatcher, tracker)):
            return back
        if loop or misunderstood_before(tracker):
            return await misunderstood(dispatcher, tracker)
        if readings := likely_readings(tracker):
            locale = locale_of(tracker)
            buttons = [{"title": topic_name(name, locale), "payload": f"/{name}"} for name in readings]
            buttons.append({"title": text("none-of-these", locale), "payload": "/request_human"})
            dispatcher.utter_message(response="utter_did_you_mean", buttons=buttons)
        else:
            dispatcher.utter_message(response="utter_rephrase")
        return [FollowupAction("action_listen")]  # also where no rule fitted and none says what comes next


def likely_readings(tracker: Tracker) -> list[str]:
    """The two likeliest requests, or nothing if they are improbable."""
    ranking = [
        (str(entry["name"]), float(entry["confidence"]))
        for entry in (tracker.latest_message or {}).get("intent_ranking") or ()
        if category_of(entry["name"]) is not Category.OTHER
    ]
    best = sorted(ranking, key=lambda entry: entry[1], reverse=True)[:2]
    return [name for name, _ in best] if sum(score for _, score in best) > LIKELY else []


async def misunderstood(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Once more, please: the form asks its question again. The second time in a row a human is needed."""
    if misunderstood_before(tracker):
        return hand_over(dispatcher, tracker, "not_understood", await so_far(dispatcher, tracker))
    loop = (tracker.active_loop or {}).get("name")
    again = "utter_fix_again_please" if loop == "fix_form" else "utter_refund_again_please"
    dispatcher.utter_message(response=again)
    return []


async def explained(
    dispatcher: CollectingDispatcher, tracker: Tracker, about: str, *, choice: bool = False
) -> Events:
    """An answer to who asks back, or does not know the answer to, a question of the dialogue `about`, before
    that is asked again: what it is for; how to make a `choice` that is none of his knowledge. The second time
    in a row a human is needed (the events are empty before that)."""
    if misunderstood_before(tracker):
        return hand_over(dispatcher, tracker, "not_understood", await so_far(dispatcher, tracker))
    if choice and knows_not(str((tracker.latest_message or {}).get("text") or "")):
        dispatcher.utter_message(response="utter_fix_not_sure")
        return []
    fix, locale = declared()[about], locale_of(tracker)
    title, offers = in_locale(fix.title, locale), in_locale(fix.offers, locale)
    dispatcher.utter_message(response="utter_fix_what_for", topic=title, offers=offers)
    return []


def misunderstood_before(tracker: Tracker) -> bool:
    """Whether the answer to the message before this one was that it was not understood."""
    events = reversed(tracker.events)
    for event in events:
        if event.get("event") == "user":
            break
    answers = takewhile(lambda event: event.get("event") != "user", events)
    return any((event.get("metadata") or {}).get("utter_action") in NOT_UNDERSTOOD for event in answers)
