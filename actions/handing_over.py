"""The ways to a human that the player takes himself, and what the human is told."""

from __future__ import annotations

import re

import structlog
from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, hand_over, intent_of, tell_with, typed_last
from actions.fix import all_fixes, case_of
from actions.matters import open_matters
from actions.taking_up import taken_up
from bot.services.texts import text

log = structlog.get_logger(__name__)

SENDS = ("account_password", "account_binding", "account_real_name", "account_delete")
"""What ends with a link that is sent."""


class ActionHandOver(SupportAction):
    """Asked for directly, or "no" to the question whether it is solved."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Says one sentence; the gateway tells position and wait. Who only says that a link went where it
        does not reach him has another way first."""
        unsolved = intent_of(tracker) == "deny"
        if unsolved and tracker.get_slot("topic") in SENDS and (wish := taken_up(tracker)):
            return [SlotSet("next_fix", wish), FollowupAction("fix_form")]
        reason = "not_solved" if unsolved else "player_request"
        return hand_over(dispatcher, tracker, reason, await so_far(dispatcher, tracker))


_NOTHING_CAME = re.compile(
    r"[^,，。;；]{0,4}(?:没(?:有)?收到|收不到|没(?:有)?到|没(?:有)?来)[^,，。;；]{0,6}"
    r"|.{0,6}(?:旧|老|原来|以前|之前|那个)的?.{0,3}(?:手机|号|卡|邮箱|mail).{0,12}(?:收不[到了]|不用了|停机|停用|注销|丢了|没了|不在|坏了).{0,14}"
    r"|nothing (?:came|arrived)|not received",
    re.I,
)


def nothing_came(tracker: Tracker) -> bool:
    """Whether the answer to "is it solved?" is that what was sent did not arrive: no new wish."""
    words = str((tracker.latest_message or {}).get("text") or "").strip().rstrip("!！。~？?")
    asked = tracker.get_slot("open_question") == "solved" and tracker.get_slot("topic") in SENDS
    return asked and _NOTHING_CAME.fullmatch(words) is not None


async def hand_over_unsolved(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """The same as a no to that question."""
    return hand_over(dispatcher, tracker, "not_solved", await so_far(dispatcher, tracker))


async def so_far(dispatcher: CollectingDispatcher, tracker: Tracker) -> str:
    """What the dialogue in whose middle the player leaves has come to: what he wants, his answers, what was
    tried, and his last words. Empty without a dialogue, or where even this fails."""
    try:
        if tracker.get_slot("refund_order"):
            return _of_the_refund(tracker)
        return await _of_the_fix(dispatcher, tracker)
    except Exception:  # what has failed before may fail here
        log.warning("not_summarised", conversation=tracker.sender_id, exc_info=True)
        return ""


async def _of_the_fix(dispatcher: CollectingDispatcher, tracker: Tracker) -> str:
    current, answers = str(tracker.get_slot("fix") or ""), tracker.get_slot("fix_answers")
    last = tracker.get_slot("last_fix") or {}
    if not current and last.get("intent") == tracker.get_slot("topic"):  # it has just ended, to no avail
        current, answers = str(last.get("intent") or ""), last.get("answers")
    if current not in all_fixes() or not answers:
        return ""
    case = await case_of(current, dispatcher, tracker)
    case.answers = dict(answers)
    return await all_fixes()[current].told(case, typed_last(tracker))


def _of_the_refund(tracker: Tracker) -> str:
    topic = text("topic-account-refund-mistaken")
    order = text("summary-of-order", order_no=str(tracker.get_slot("refund_order")))
    began = (m.words for m in open_matters(tracker) if m.intent == "account_refund_mistaken")
    words = dict.fromkeys((next(began, ""), typed_last(tracker)[:80], order))
    return text("summary", topic=topic, words=" ".join(filter(None, words)))


tell_with(so_far)
