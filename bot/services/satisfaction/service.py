"""The player's answers to how a case went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from bot.domain.errors import Code, ProblemError
from bot.domain.messages import Button, IncomingMessage, Message
from bot.domain.ownership import Author
from bot.domain.satisfaction import (
    ANSWERED_WITHIN,
    POOR,
    SCORES,
    Aspect,
    Rating,
    is_comment,
    next_aspect,
    read_payload,
    typed_score,
)
from bot.services import metrics, topics
from bot.services.contacts.service import reply_to
from bot.services.conversations import transcript
from bot.services.conversations.service import Beside, Conversations
from bot.services.ports import Bus, Clock
from bot.services.satisfaction.questions import choices
from bot.services.texts import available, text
from bot.storage.database import Database
from bot.storage.models import ConversationRow, SatisfactionRow

EVENT = "satisfaction"
"""The kind of the events that show a score in the conversation's record."""

COMMENT_ON = "comment_on"
"""In a message's meta: the survey that the words are about. They are kept where all words are, and
erased with them."""

LONGEST_TITLE = 40


class Satisfaction:
    """`take` understands the answers; whatever else a player writes is none, and goes its usual way."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, conversations: Conversations) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._conversations = conversations

    async def take(
        self,
        conversation: str,
        incoming: IncomingMessage,
        channel: str = "ingame",
        beside: Beside | None = None,
    ) -> Message | None:
        """Deal with a score: a button of a survey, or its number or words while the survey is the last thing
        said; or with words about how it was, said instead of a score or after it. `beside` as in
        Conversations.receive. Returns the message as stored, None where it is something else.

        Raises ProblemError as Conversations.receive does.
        """
        rating = read_payload(incoming.payload)
        if rating is None:
            rating = await self._typed(conversation, incoming)
        if rating is None:
            return await self._comment(conversation, incoming, beside)
        stored = await self._conversations.receive(
            conversation, replace(incoming, payload=rating.payload), answered=True, aside=True, beside=beside
        )
        await self._keep(stored, rating, channel)
        return stored

    async def _typed(self, conversation: str, incoming: IncomingMessage) -> Rating | None:
        words = incoming.text.strip()
        if incoming.payload is not None or len(words) > LONGEST_TITLE:
            return None
        score = typed_score(words)
        if score is None and words not in _titles():
            return None
        for message in reversed(await self._conversations.latest(conversation, 5)):
            if message.author is Author.PLAYER:
                return None
            if message.buttons:
                return _chosen(message.buttons, words, score)
        return None

    async def _comment(
        self, conversation: str, incoming: IncomingMessage, beside: Beside | None
    ) -> Message | None:
        if incoming.payload is not None or not is_comment(incoming.text):
            return None
        survey = _talked_about(await self._conversations.latest(conversation, 6))
        if survey is None:
            return None
        stored = await self._conversations.receive(
            conversation, incoming, answered=True, aside=True, beside=beside, meta={COMMENT_ON: survey}
        )
        await self._thank(stored, survey)
        return stored

    async def _thank(self, stored: Message, survey_id: int) -> None:
        """Once a message; what is not scored yet may still be."""
        async with self._database.begin() as session:
            row = await transcript.locked(session, stored.conversation)
            client_id = reply_to(stored.client_id or "")
            if await transcript.by_client_id(session, row.id, Author.SYSTEM, client_id) is not None:
                return
            survey = await session.get(SatisfactionRow, survey_id)
            if survey is None or survey.conversation_id != row.id:
                raise ProblemError(Code.UNKNOWN_PAYLOAD)
            now = self._clock.now()
            transcript.record(
                session, row, EVENT, Author.PLAYER.value, now, survey=survey.id, comment=stored.seq
            )
            scores = _scores_of(survey)
            poor = min((score for score in scores.values() if score is not None), default=POOR) <= POOR
            human = [Button(text("satisfaction-human", row.locale), "/request_human")] if poor else []
            following = next_aspect(scores)
            asked = [*choices(survey.id, following, row.locale)] if following else []
            words = text("satisfaction-comment", row.locale)
            if following:
                words = f"{words}\n{text(f'satisfaction-ask-{following}', row.locale)}"
            message = transcript.append(
                session, row, Author.SYSTEM, words, now, buttons=asked or human, client_id=client_id
            )
        await self._bus.publish(topics.conversation(row.id), {"kind": "message", "seq": message.seq})

    async def _keep(self, stored: Message, rating: Rating, channel: str) -> None:
        """Write the score down and go on with the next question, in one transaction and once a message."""
        async with self._database.begin() as session:
            row = await transcript.locked(session, stored.conversation)
            client_id = reply_to(stored.client_id or "")
            if await transcript.by_client_id(session, row.id, Author.SYSTEM, client_id) is not None:
                return
            survey = await session.get(SatisfactionRow, rating.survey, with_for_update=True)
            if survey is None or survey.conversation_id != row.id:
                raise ProblemError(Code.UNKNOWN_PAYLOAD)
            now = self._clock.now()
            words, buttons = self._answer(row, survey, rating, now, channel)
            if survey.answered_at == now:
                transcript.record(
                    session,
                    row,
                    EVENT,
                    Author.PLAYER.value,
                    now,
                    survey=survey.id,
                    **{rating.aspect.value: rating.score},
                )
            message = transcript.append(
                session, row, Author.SYSTEM, words, now, buttons=buttons, client_id=client_id
            )
        await self._bus.publish(topics.conversation(row.id), {"kind": "message", "seq": message.seq})

    @staticmethod
    def _answer(
        row: ConversationRow, survey: SatisfactionRow, rating: Rating, now: datetime, channel: str
    ) -> tuple[str, Sequence[Button]]:
        """What to say to the score, which is in `survey` now if it counts."""
        if getattr(survey, rating.aspect.value) is not None:
            return text("satisfaction-known", row.locale), ()
        if now > survey.asked_at + ANSWERED_WITHIN:
            return text("satisfaction-late", row.locale), ()
        setattr(survey, rating.aspect.value, rating.score)
        survey.answered_at, survey.channel = now, channel
        metrics.scores.labels(rating.aspect.value, str(rating.score)).inc()
        scores = _scores_of(survey)
        following = next_aspect(scores)
        if following is not None:
            words = text(f"satisfaction-ask-{following}", row.locale)
            return words, choices(survey.id, following, row.locale)
        if min(score for score in scores.values() if score is not None) <= POOR:
            human = Button(text("satisfaction-human", row.locale), "/request_human")
            return text("satisfaction-sorry", row.locale), (human,)
        return text("satisfaction-thanks", row.locale), ()


def _scores_of(survey: SatisfactionRow) -> dict[Aspect, int | None]:
    return {aspect: getattr(survey, aspect.value) for aspect in Aspect}


def _talked_about(latest: Sequence[Message]) -> int | None:
    """The survey that is the last thing talked about: asked, scored or commented on; None without one."""
    for message in reversed(latest):
        if message.author is Author.PLAYER:
            rating = read_payload(message.payload)
            return rating.survey if rating else message.meta.get(COMMENT_ON)
        if message.author is not Author.SYSTEM:
            return None
        for button in message.buttons:
            if (rating := read_payload(button.payload)) is not None:
                return rating.survey
    return None


def _chosen(buttons: Sequence[Button], words: str, score: int | None) -> Rating | None:
    """The rating that is meant among the `buttons` on the table; None where these are no survey's."""
    for button in buttons:
        rating = read_payload(button.payload)
        if rating is not None and (rating.score == score or button.title == words):
            return rating
    return None


@cache
def _titles() -> frozenset[str]:
    """The words of all answers, in all languages."""
    return frozenset(text(f"satisfaction-{score}", locale) for score in SCORES for locale in available())
