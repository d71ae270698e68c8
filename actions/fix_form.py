"""The one form behind all fixes: it reads an answer, has the fix plan, and asks what comes next.

Its only required slot, `fix_done`, is filled when the plan has nothing left to ask; then the fix's own action
follows. What is no answer is rejected, so that the rules answer it as an aside and the form asks again.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, forget, intent_of, locale_of, topic_name
from actions.devices import only_device
from actions.fix import Case, Fix, all_fixes, case_of, followed
from actions.handing_over import hand_over_unsolved, nothing_came
from actions.hearing import heard
from actions.matters import begun, ended
from actions.not_understood import explained, misunderstood, misunderstood_before
from actions.other_wish import (
    FREE,
    LEAVES,
    LIKELY_WHEN_LEAVING,
    SURE,
    Meant,
    meant,
    too_little,
    wants_a_moment,
)
from actions.puzzled import corrects, knows_not, puzzled
from actions.questions import (
    NEVER_TEXT,
    Kind,
    Option,
    Question,
    Read,
    beyond,
    calls_off,
    eager,
    hesitates,
    question_of,
    read,
    says_more,
    skips,
)
from actions.taking_up import taken_up
from actions.ticket_note import add_to_ticket
from actions.wishes import entities_of, second_wish, serve
from bot.domain.intents import Category, category_of
from bot.nlu.noise import names_nothing
from bot.services.game.fixes import declared, in_locale
from bot.services.texts import text

OTHER_WISH = "other_wish"
"""The question whether a message is another wish or the answer; the message waits in `fix_other_wish`."""


class ValidateFixForm(SupportAction):
    """Reads the player's answer. Without an event the form rejects, and the rules answer instead."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Goes on with the dialogue, begins the one that the message asks for, or ends it."""
        message = tracker.latest_message or {}
        button = _button(message)
        question = question_of(tracker.get_slot("fix_question"))
        current = str(tracker.get_slot("fix") or "")
        if question is None or button.get("fix", current) != current or _says_all(current, button):
            return await begin(dispatcher, tracker, button)
        if button and button["question"] != question.id:
            return await changed(dispatcher, tracker, button)
        fix, case = all_fixes()[current], await case_of(current, dispatcher, tracker)
        if question.id == OTHER_WISH:
            settled = await settle(dispatcher, tracker, fix, case, question)
            if not isinstance(settled, Question):
                return settled
            question = settled
        words = str(message.get("text") or "")
        again: Events = [SlotSet("fix_question", question.as_slot())]
        if not button and puzzled(words):
            return await explained(dispatcher, tracker, current) or again
        known = dict(case.answers)
        if not button and await fix.overhear(case, question.id, words):
            return await noted(fix, case, question, words)
        told_beside = case.answers != known
        if question.kind in FREE and note_device(case, message):
            return await noted(fix, case, question, str(case.heard("device")))
        match meant(question, current, heard(tracker)):
            case Meant.LEFT:
                return await begin(dispatcher, tracker, button)
            case Meant.UNSURE:
                return doubt(tracker, message)
            case Meant.WAIT:
                dispatcher.utter_message(response="utter_fix_no_hurry")
                return again
            case Meant.ASIDE:
                return []
        if not button and is_noise(question, intent_of(tracker), words):
            if question.optional and misunderstood_before(tracker):
                case.answers[question.id] = ""
                return await go_on(fix, case)
            return await misunderstood(dispatcher, tracker) or again
        if not button and await now_another(fix, case, question, message):
            _listen(case, message)
            return await go_on(fix, case)
        if question.kind is Kind.CONFIRM and hesitates(words):
            dispatcher.utter_message(response="utter_fix_no_hurry")
            return again
        answer = read(question, intent_of(tracker), words, button.get("choice"), current)
        if not answer.answered and not button and note_device(case, message):
            return await noted(fix, case, question, str(case.heard("device")))
        if not answer.answered and not button:
            own = await fix.read(case, question, message)
            answer = answer if own is None else Read(own, answered=True)
            if not answer.answered and question.id in case.fix.confirms and eager(words):
                answer = Read(True, answered=True)
        if answer.drop:
            dispatcher.utter_message(response="utter_fix_dropped")
            beside = serve(dispatcher, tracker, tracker.get_slot("second_wish"))
            listen = [] if followed(beside) else [FollowupAction("action_listen")]
            over = ended(tracker, current)
            return [*forget(), *over, SlotSet("fix_done", "dropped"), *beside, *listen]
        if answer.answered:
            _listen(case, message)
            if not button and case.fix.questions and says_more(question, words, answer.value):
                case.note(words)
            if not button and question.kind is Kind.CONFIRM and (more := beyond(question, words)):
                fix.hear_beyond(case, question, more)
            case.answers[question.id] = answer.value
            return await go_on(fix, case)
        if told_beside:
            return await noted(fix, case, question, words)
        if not button and knows_not(words):
            choice = question.kind is Kind.CHOICE
            return await explained(dispatcher, tracker, current, choice=choice) or again
        if not button and wants_a_moment(heard(tracker)):
            dispatcher.utter_message(response="utter_fix_no_hurry")
            return again
        if (left_for := _left_for(tracker, current)) is not None:
            return await begin(dispatcher, tracker, button, left_for)
        if question.kind is Kind.CONFIRM and corrects(words) and _no_more_than_this(tracker, current):
            return await explained(dispatcher, tracker, current) or again
        if not _other_wish(tracker, current, question):
            return []
        if too_little(heard(tracker)):
            return await misunderstood(dispatcher, tracker) or again
        return await begin(dispatcher, tracker, button)


def is_noise(question: Question, intent: str, words: str) -> bool:
    """Whether these are keys hit at random where a picture or a story is asked for (a number or an address
    may mean something)."""
    asked = question.kind is Kind.PICTURE or question.prose
    may = asked and intent not in {"affirm", "deny", *NEVER_TEXT} and not skips(words)
    return may and re.search(r"[\d/]", words) is None and names_nothing(words.casefold())


async def now_another(fix: Fix, case: Case, question: Question, message: dict[str, Any]) -> bool:
    """Whether what the message names changes what the player is asked to confirm: a yes in it is none to the
    question that is open."""
    intent = str((message.get("intent") or {}).get("name") or "")
    beside = intent in NEVER_TEXT or (intent != fix.intent and category_of(intent) is not Category.OTHER)
    if question.kind is not Kind.CONFIRM or beside or not entities_of(message):
        return False
    told = copy(case)
    _listen(told, message)
    then = await fix.plan(told)
    if then is None or then.id != question.id:
        return then is not None
    return any(question.words.get(name) != word for name, word in then.words.items())


def doubt(tracker: Tracker, message: dict[str, Any]) -> Events:
    """Ask whether a message is the answer or another wish, and keep it until that is known."""
    intent, locale = intent_of(tracker), locale_of(tracker)
    topic = topic_name(intent, locale)
    options = (
        Option(
            "yes", text("button-switch", locale, topic=topic), tuple(text("words-switch", locale).split())
        ),
        Option("no", text("button-my-answer", locale)),
    )
    asked = Question(
        OTHER_WISH, options=options, words={"topic": topic}, response="utter_fix_other_wish", no="no"
    )
    wish = {
        "intent": intent,
        "words": str(message.get("text") or ""),
        "heard": entities_of(message),
        "beside": second_wish(tracker, intent),
    }
    return [SlotSet("fix_question", asked.as_slot()), SlotSet("fix_other_wish", wish)]


async def settle(
    dispatcher: CollectingDispatcher, tracker: Tracker, fix: Fix, case: Case, asked: Question
) -> Events | Question:
    """What became of the message in doubt. A question: neither was said, so it is forgotten and the message
    after it is an answer to that question or none."""
    message, waiting = tracker.latest_message or {}, tracker.get_slot("fix_other_wish") or {}
    button, intent = _button(message), intent_of(tracker)
    said = read(asked, intent, str(message.get("text") or ""), button.get("choice"))
    once_more = intent == waiting.get("intent") and heard(tracker).confidence >= SURE
    if said.value == "yes" or once_more:
        return await begin(dispatcher, tracker, {}, waiting)
    question = await fix.plan(case)
    if question is not None and said.value != "no":
        return question
    if question is not None:
        case.answers[question.id] = waiting.get("words")
        case.answers["heard"] = case.all_heard | (waiting.get("heard") or {})
    return await go_on(fix, case)


async def begin(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    button: dict[str, str],
    waiting: dict[str, Any] | None = None,
) -> Events:
    """Start the fix that the message, the button, the second wish of an earlier message or the message that
    was `waiting` asks for."""
    if not waiting and not button and nothing_came(tracker):
        return [SlotSet("fix_done", "left"), *await hand_over_unsolved(dispatcher, tracker)]
    wish = waiting or tracker.get_slot("next_fix") or {}
    fresh = not wish and not button and not tracker.get_slot("fix_question")
    if fresh and (added := await add_to_ticket(dispatcher, tracker)):
        return [*added, SlotSet("fix_done", "noted")]
    if fresh and calls_off(str((tracker.latest_message or {}).get("text") or "")):
        dispatcher.utter_message(response="utter_fix_dropped")
        return [*forget(), SlotSet("fix_done", "dropped"), FollowupAction("action_listen")]
    wish = wish or (not button and taken_up(tracker)) or {}
    intent = str(wish.get("intent") or button.get("fix") or intent_of(tracker))
    fix, other = all_fixes().get(intent), declared().get(intent)
    if fix is None and other is not None:  # another form leads that dialogue
        return [*forget(), SlotSet("fix_done", "left"), FollowupAction(other.form)]
    if fix is None:
        return [*forget(), SlotSet("fix_done", "unknown"), FollowupAction("action_not_understood")]
    case = await case_of(intent, dispatcher, tracker)
    message = tracker.latest_message or {}
    case.answers = {
        **(wish.get("answers") or {}),
        "began": _began(tracker),
        "opening": str(wish.get("words") or "")[:300],
        "heard": dict(wish.get("heard") or {}),
    }
    if not wish:
        _listen(case, message)
        typed = str(message.get("text") or "")
        case.answers["opening"] = "" if typed.startswith("/") else typed[:300]
        case.answers |= _said_of_the_trouble(tracker, intent)
        await fix.overhear(case, "", case.opening)
    if "answers" in wish:
        await fix.take_up(case, str(message.get("text") or ""))
    else:
        await fix.greet(case)
    if button.get("question"):
        await fix.recall(case, button)
    events = [SlotSet("next_fix", None), SlotSet("topic", intent), SlotSet("fix", intent)]
    wishes = [intent]
    if not wish or "beside" in wish:
        beside = wish["beside"] if wish else second_wish(tracker, intent)
        events.append(SlotSet("second_wish", beside))
        wishes = [beside["intent"], intent] if beside else wishes
    events += begun(tracker, case.opening, *wishes)
    return [*forget("topic", "fix", "requested_slot"), *events, *await go_on(fix, case)]


def note_device(case: Case, message: dict[str, Any]) -> bool:
    """Whether the message just names the device in the midst of a trouble: that is heard, asked or not."""
    device = only_device(message)
    if not device or case.fix.category is not Category.TECHNICAL or case.heard("device") == device:
        return False
    _listen(case, message)
    return True


async def noted(fix: Fix, case: Case, question: Question, what: str) -> Events:
    """Go on, and say `what` was noted where the same question comes again."""
    upcoming = await fix.plan(case)
    if upcoming is not None and upcoming.id == question.id:
        case.say("utter_fix_noted", what=what[:40])
    return await go_on(fix, case)


async def changed(dispatcher: CollectingDispatcher, tracker: Tracker, button: dict[str, str]) -> Events:
    """The player presses a button of an earlier question: that answer changes, later ones are asked again."""
    current = str(tracker.get_slot("fix"))
    fix, case = all_fixes()[current], await case_of(current, dispatcher, tracker)
    kept: dict[str, Any] = {}
    for name, value in case.answers.items():
        if name == button["question"]:
            break
        kept[name] = value
    case.answers = kept
    question = await fix.plan(case)
    if question is not None and question.id == button["question"]:
        answer = read(question, "choose", "", button.get("choice"))
        case.answers |= {question.id: answer.value} if answer.answered else {}
    return await go_on(fix, case)


async def go_on(fix: Fix, case: Case) -> Events:
    """Ask what the plan wants to know next, or have the fix act."""
    question = named(await fix.plan(case), case)
    events = [SlotSet("fix_answers", case.answers), SlotSet("fix_question", question and question.as_slot())]
    events.append(SlotSet("fix_other_wish", None))
    if question is not None:
        return [*events, SlotSet("fix_done", None)]
    return [*events, SlotSet("fix_done", fix.intent), FollowupAction(fix.name())]


def named(question: Question | None, case: Case) -> Question | None:
    """A question for a yes with buttons that say what they do, where that is declared."""
    if question is None or question.kind is not Kind.CONFIRM or question.options:
        return question
    words = case.fix.confirms.get(question.id)
    if words is None:
        return question
    yes, no = (
        Option(value, in_locale(title, case.locale))
        for value, title in (("yes", words.do), ("no", words.leave))
    )
    return replace(question, options=(yes, no))


class ActionAskFixDone(SupportAction):
    """Asks the open question of the fix."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """With a button for each option."""
        question = question_of(tracker.get_slot("fix_question"))
        if question is None:
            return []
        intent = str(tracker.get_slot("fix"))
        response = question.response or f"utter_ask_{intent}_{question.id}"
        buttons = buttons_of(question, intent, locale_of(tracker))
        dispatcher.utter_message(response=response, buttons=buttons, **question.words)
        return []


def buttons_of(question: Question, fix: str, locale: str) -> list[dict[str, str]]:
    """The options of a question as buttons, and the way out where none of them is one."""
    options = [(option.title, option.value) for option in question.options]
    if question.kind is Kind.CONFIRM and not options:
        options = [(text("button-yes", locale), "yes"), (text("button-no", locale), "no")]
    if question.optional:
        options.append((text("button-none", locale), "none"))
    made = [
        {
            "title": title,
            "payload": f'/choose{{"fix": "{fix}", "question": "{question.id}", "choice": "{value}"}}',
        }
        for title, value in options
    ]
    if any(option.human for option in question.options):
        return made
    return [*made, {"title": text("button-human", locale), "payload": "/request_human"}]


def _button(message: dict[str, Any]) -> dict[str, str]:
    """What a pressed button carries; empty for typed words."""
    if (message.get("intent") or {}).get("name") != "choose":
        return {}
    return {str(e["entity"]): str(e["value"]) for e in message.get("entities") or () if e.get("entity")}


def _says_all(fix: str, button: dict[str, str]) -> bool:
    """Whether the button needs no question that is open to be understood."""
    return bool(button) and all_fixes()[fix].says_all(button)


def _other_wish(tracker: Tracker, current: str, question: Question) -> bool:
    """Whether the message asks for another fix instead of answering (a look-up is answered as an aside)."""
    intent = intent_of(tracker)
    other = declared().get(intent)
    return other is not None and intent != current and not other.aside and question.kind not in FREE


def _no_more_than_this(tracker: Tracker, current: str) -> bool:
    """Whether the message asks for nothing beside what the dialogue is about."""
    intent = intent_of(tracker)
    other = category_of(intent) is not Category.OTHER or intent in NEVER_TEXT
    return intent == current or not other


def _left_for(tracker: Tracker, current: str) -> dict[str, Any] | None:
    """The wish for which the player turns away from the question ("算了 先查下活动"), be it read ever so
    unsurely; None where he does not."""
    message = tracker.latest_message or {}
    words = str(message.get("text") or "")
    ranked = ((str(r["name"]), float(r["confidence"])) for r in message.get("intent_ranking") or ())
    likely = (name for name, sure in ranked if name in declared() and sure >= LIKELY_WHEN_LEAVING)
    wish = next(likely, current)
    if wish == current or not LEAVES.match(words.strip()):
        return None
    return {"intent": wish, "words": words, "heard": entities_of(message)}


def _listen(case: Case, message: dict[str, Any]) -> None:
    case.answers = {**case.answers, "heard": case.all_heard | entities_of(message)}


def _said_of_the_trouble(tracker: Tracker, intent: str) -> dict[str, Any]:
    """What was said of another trouble before this one came up in the middle of it: the two may be one."""
    before, answers = str(tracker.get_slot("fix") or ""), tracker.get_slot("fix_answers") or {}
    if before == intent or {category_of(before), category_of(intent)} != {Category.TECHNICAL}:
        return {}
    said = "；".join(filter(None, (answers.get("opening"), answers.get("more"))))
    return {"more": said[:300]} if said else {}


def _began(tracker: Tracker) -> str:
    """What tells this run of the dialogue from another: the message that began it."""
    asked: dict[str, Any] = next((e for e in reversed(tracker.events) if e.get("event") == "user"), {})
    return str(asked.get("message_id") or asked.get("timestamp") or "")
