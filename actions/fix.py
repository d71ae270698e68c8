"""What a fix is: a dialogue that asks what it needs, then changes something and tells the result.

A fix is one class here and one declaration in data/fixes/ (docs/add-a-fix.md). `plan` is asked anew after
every answer and has no effect; when it has nothing left to ask, the form ends and the action itself acts.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from hashlib import sha256
from inspect import isabstract
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, forget, hand_over, locale_of, topic_name
from actions.matters import ended
from actions.questions import PICTURE, Kind, Question, read
from actions.services import Services, services
from actions.wishes import serve, turn_to
from actions.words import day_and_time, in_words
from bot.domain.messages import Chart
from bot.services.game.fixes import FixDeclared, declared
from bot.services.game.operations import OperationResult
from bot.services.texts import DEFAULT_LOCALE, text
from bot.services.tickets.items import Ticket

_NO_FACTS = frozenset({"began", "opening", "heard", "again", "tries"})


PICTURES_OF = timedelta(hours=1)
"""A player who sends pictures first and tells what is wrong then means these."""


class Case:
    """One player's dialogue with one fix: what he has said so far, and the ways to answer him."""

    def __init__(
        self, fix: FixDeclared, dispatcher: CollectingDispatcher, tracker: Tracker, known: Services
    ) -> None:
        self.fix = fix
        self.tracker = tracker
        self.services = known
        self.conversation: str = tracker.sender_id
        self.locale = locale_of(tracker)
        self.priority, self.promise = fix.ticket.urgency, fix.ticket.promise
        """Of a ticket; as declared, unless the fix knows better."""
        self.aside = False
        self.chart: Chart | None = None
        self.answers: dict[str, Any] = dict(tracker.get_slot("fix_answers") or {})
        self.collect: Callable[[Case], dict[str, Any]] = Case.facts
        """What a ticket gets."""
        self.matter: Callable[[Case], str] = lambda _: ""
        """What tells this case from another one of the same player and fix."""
        self._dispatcher = dispatcher

    @property
    def dispatcher(self) -> CollectingDispatcher:
        """Where answers go that are said elsewhere as well."""
        return self._dispatcher

    # ------------------------------------------------------------------ what was said
    def answer(self, question: str) -> Any:
        """The answer to a question of this dialogue, None while there is none."""
        return self.answers.get(question)

    def heard(self, entity: str) -> Any:
        """The latest value of an entity in what the player said since the dialogue began."""
        return self.all_heard.get(entity)

    @property
    def all_heard(self) -> dict[str, Any]:
        """All of these by name."""
        return dict(self.answers.get("heard") or {})

    @property
    def opening(self) -> str:
        """The message with which it began, as typed."""
        return str(self.answers.get("opening") or "")

    def note(self, words: str) -> None:
        """Keep words that say more than the answer that they are."""
        said = str(self.answers.get("more") or "")
        if words not in said:
            self.answers["more"] = "；".join(filter(None, (said, words)))[-300:]

    def facts(self) -> dict[str, Any]:
        """All of that, for a ticket or for the agent who takes over."""
        known = {k: v for k, v in self.answers.items() if k not in _NO_FACTS and v is not None}
        return {"words": self.opening, **self.all_heard, **known}

    # ------------------------------------------------------------------ what is said
    def say(self, response: str, **words: str) -> None:
        """Utter a Rasa response, with the chart that is set for channels that can draw."""
        drawn = {"json_message": {"chart": asdict(self.chart)}} if self.chart else {}
        self.chart = None
        self._dispatcher.utter_message(response=response, **drawn, **words)

    def offer(self, response: str, buttons: Sequence[dict[str, str]], **words: str) -> None:
        """Utter a Rasa response with further buttons."""
        self._dispatcher.utter_message(response=response, buttons=list(buttons), **words)

    async def player(self) -> tuple[str, str]:
        """The game and the player's id in it, for the game port: never from what was said."""
        return await self.services.player(self.conversation)

    async def run(self, kind: str, subject: str, **params: Any) -> OperationResult:
        """Change something in the game, once (bot.services.operations)."""
        return await self.services.operations.run(self.conversation, kind, subject, params)

    @staticmethod
    def time(value: Any) -> datetime:
        """A time from an operation's result."""
        return datetime.fromisoformat(str(value).replace("Z", "+00:00"))

    async def when(self, at: datetime) -> str:
        """A time (aware) in the player's words and zone."""
        zone = await self.services.timezone(self.conversation)
        return day_and_time(at, self.services.now(), zone, self.locale)

    # ------------------------------------------------------------------ how it ends
    def solved(self, response: str, **words: str) -> Events:
        """Say the result, and ask whether that solved it."""
        self.say(response, **words)
        if self.aside:
            return []
        if not self.tracker.get_slot("second_wish"):
            self._dispatcher.utter_message(response="utter_ask_solved")
        return self._over(SlotSet("open_question", "solved"), SlotSet("topic", self.fix.intent))

    def over(self) -> Events:
        """All is said."""
        return [] if self.aside else self._over()

    def done(self, response: str, **words: str) -> Events:
        """Say the result; there is nothing to ask about it."""
        self.say(response, **words)
        return self.over()

    def turn_to(self, intent: str, response: str, **words: str) -> Events:
        """Say why, and go on with the dialogue of another intent; what was said comes along. What the player
        wanted beside this comes up after it."""
        self.say(response, **words)
        wish = {"intent": intent, "heard": self.answers.get("heard") or {}}
        kept = ended(self.tracker, self.fix.intent, goes_on_as=intent)
        return [*forget(), *kept, *turn_to(self._dispatcher, wish)]

    async def open_ticket(self, summary: str = "", *, supervisor: bool = False) -> Ticket:
        """Open a ticket with all facts and the pictures that came lately, and say nothing yet. Where one
        about the same matter is open (`again`), what was said now is added to that."""
        facts = self.collect(self)
        summary = summary or self.summary(facts)
        ticket = await self.services.tickets.open(
            self.conversation,
            intent=self.fix.intent,
            summary=summary,
            facts=facts,
            priority=self.priority,
            promise=self.promise,
            matter=f"{self.fix.intent}:{sha256(self.matter(self).encode()).hexdigest()[:16]}",
            key=str(self.answers.get("began")),
            supervisor=supervisor,
        )
        if ticket.again and summary != ticket.summary:
            ticket = await self.services.tickets.add(self.conversation, ticket.number, summary)
            ticket = replace(ticket, again=True)
        since = self.services.now() - PICTURES_OF
        pictures = await self.services.evidence.of_conversation(self.conversation, since)
        await self.services.evidence.attach(self.conversation, [p.id for p in pictures], ticket.number)
        return ticket

    async def ticket(self, summary: str = "", response: str = "", **words: str) -> Events:
        """Open the ticket, and tell its number and promise; `response` comes before that, unless the ticket
        is open already."""
        ticket = await self.open_ticket(summary)
        if ticket.again:
            self.say("utter_ticket_known", line=await self.ticket_line(ticket))
            return self._over()
        promise = await self.when(ticket.promised_at) if ticket.promised_at else ""
        if response:
            self.say(response, number=ticket.number, promise=promise, **words)
        self.say("utter_ticket_opened", number=ticket.number, promise=promise)
        return self._over()

    async def ticket_line(self, ticket: Ticket) -> str:
        """Number, topic, state and time in one line."""
        state = "escalated" if ticket.escalated_at is not None else ticket.state.value
        when = await self.when(ticket.promised_at) if ticket.promised_at else ""
        topic = topic_name(ticket.intent, self.locale)
        return text(f"ticket-line-{state}", self.locale, number=ticket.number, topic=topic, when=when)

    def human(self, reason: str, response: str = "", summary: str = "", **words: str) -> Events:
        """Say why (unless the reason has a sentence of its own), and pass the player to a human."""
        if response:
            self.say(response, **words)
        return hand_over(self._dispatcher, self.tracker, reason, summary or self.summary(self.collect(self)))

    def summary(self, facts: Mapping[str, Any]) -> str:
        """One line for people, in Chinese."""
        topic = topic_name(self.fix.intent, DEFAULT_LOCALE)
        # A time or an amount was understood from the words; a picture is in the conversation; what the client
        # reports has a place of its own at the desk.
        elsewhere = {"", PICTURE, *map(str, (facts.get("client") or {}).values())}
        told = (in_words(v) for k, v in facts.items() if k != "words" and not isinstance(v, dict))
        said = "；".join(dict.fromkeys(words for words in told if words not in elsewhere))
        return text("summary", topic=topic, words=" ".join(filter(None, (self.opening, said)))[:240])

    def _over(self, *events: Any) -> Events:
        kept = [event["name"] for event in events]
        last = {"intent": self.fix.intent, "answers": self.answers}
        return [
            *forget(*kept),
            *ended(self.tracker, self.fix.intent),
            SlotSet("last_fix", last),
            *events,
            *serve(self._dispatcher, self.tracker, self.tracker.get_slot("second_wish")),
        ]


class Fix(SupportAction):
    """A fix; the declaration of its `intent` says what is published about it."""

    @property
    @abstractmethod
    def intent(self) -> str:
        """The intent that begins it; a subclass says it as a plain attribute."""

    @abstractmethod
    async def plan(self, case: Case) -> Question | None:
        """The next thing to ask, None when enough is known. Only reads; may raise ProblemError."""

    @abstractmethod
    async def carry_out(self, case: Case) -> Events:
        """Do what the answers amount to, and end with one of the case's endings. Asked twice, it must not do
        it twice (bot.services.operations)."""

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """The player's message as an answer to `question` where the usual reading found none; None: no
        answer. `message` is Rasa's parse data."""
        return None

    async def overhear(self, case: Case, question: str, words: str) -> bool:
        """Keep what `words` tell beside the open `question` (empty as the dialogue begins) in the answers to
        those that it answers; whether they say nothing else. By default nothing is kept."""
        return False

    def hear_beyond(self, case: Case, question: Question, words: str) -> None:
        """What the player said beside the yes or no to `question`: it goes to the ticket."""
        case.note(words)

    def goes_on(self, words: str, intent: str) -> bool:
        """Whether `words`, read as `intent` soon after the end of this dialogue, go on with it: they name no
        other subject ("又不行了"); by default never."""
        return False

    async def take_up(self, case: Case, words: str) -> None:
        """Go on after such words: the answers are those of the ended dialogue."""
        return

    async def greet(self, case: Case) -> None:
        """Say something as the dialogue begins; nothing by default."""
        return

    async def recall(self, case: Case, button: Mapping[str, str]) -> None:
        """Take over the answer of an old button whose dialogue is over, as the new one begins: only a choice
        that is open now, for what a yes meant then may mean something else now."""
        question = await self.plan(case)
        if question is not None and question.id == button["question"] and question.kind is Kind.CHOICE:
            answer = read(question, "choose", "", button.get("choice"))
            case.answers |= {question.id: answer.value} if answer.answered else {}

    def says_all(self, button: Mapping[str, str]) -> bool:
        """Whether a button of this fix begins it anew, whatever is asked now: it says what it is about."""
        return False

    def facts(self, case: Case) -> dict[str, Any]:
        """What the dialogue has come to, for a ticket or for the agent who takes over."""
        return case.facts()

    async def told(self, case: Case, last: str) -> str:
        """One line for the human to whom the player leaves in the middle; `last` is what he typed last."""
        facts = self.facts(case)
        if last and last not in (case.opening, *map(in_words, facts.values())):
            facts["last"] = last
        return case.summary(facts)

    def matter(self, case: Case) -> str:
        """What tells one case of this fix from another of the same player: as long as a ticket about it is
        open, asking again gives that one. By default he has one case at a time."""
        return ""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Carry out what the dialogue came to."""
        case = await case_of(self.intent, dispatcher, tracker)
        case.collect, case.matter = self.facts, self.matter
        events = await self.carry_out(case)
        return [*events, FollowupAction("action_listen")] if not followed(events) else events


async def case_of(intent: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> Case:
    """The case as it stands in the dialogue."""
    return Case(declared()[intent], dispatcher, tracker, await services())


def all_fixes() -> dict[str, Fix]:
    """Every fix that there is a class for, by intent."""
    return {kind.intent: kind() for kind in _kinds_of(Fix) if not isabstract(kind)}


def _kinds_of(kind: Any) -> list[Any]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in _kinds_of(below))]


def followed(events: Events) -> bool:
    """Whether the events say which action comes next."""
    return any(event.get("event") == "followup" for event in events)
