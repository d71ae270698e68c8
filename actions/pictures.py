"""Pictures that players send: the channel has kept them, here it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, SupportAction, locale_of
from actions.services import Services, services
from bot.domain.tickets import TicketState
from bot.services.evidence.items import Picture
from bot.services.texts import text
from bot.services.tickets.items import Ticket

FOLLOWS = timedelta(minutes=30)
"""A picture that comes so soon after a ticket was opened belongs to it."""


class ActionPicture(SupportAction):
    """A picture that no question asked for."""

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Puts it to the ticket that it is meant for; else it waits for what is said next."""
        known, conversation, locale = await services(), tracker.sender_id, locale_of(tracker)
        ticket = None if tracker.active_loop else await meant(known, conversation)
        if ticket is None:
            dispatcher.utter_message(response="utter_picture_kept")
            return []
        since = known.now() - FOLLOWS
        pictures = await known.evidence.of_conversation(conversation, since)
        await known.evidence.attach(conversation, [p.id for p in pictures], ticket.number)
        if asked_for(ticket):
            await known.tickets.add(conversation, ticket.number, text("ticket-picture-added", locale))
        missing = still_missing(ticket, await known.evidence.of_conversation(conversation))
        if missing:
            dispatcher.utter_message(
                response="utter_account_refund_minor_paper_added",
                number=ticket.number,
                missing=paper_names(missing, locale),
            )
        else:
            dispatcher.utter_message(response="utter_picture_attached", number=ticket.number)
        return []


async def meant(known: Services, conversation: str) -> Ticket | None:
    """The open ticket that waits for something of the player, else one that lacks papers, else one that was
    opened just before."""
    since = known.now() - FOLLOWS
    tickets = [t for t in await known.tickets.of_player(conversation, 20) if t.is_open]
    for fits in (
        lambda ticket: ticket.state == TicketState.WAITING,
        asked_for,
        lambda ticket: ticket is tickets[0] and ticket.created_at > since,
    ):
        if found := next(filter(fits, tickets), None):
            return found
    return None


def asked_for(ticket: Ticket) -> bool:
    """Whether the player was asked for something that a picture may be."""
    return ticket.state == TicketState.WAITING or bool(ticket.facts.get("papers_missing"))


def still_missing(ticket: Ticket, pictures: Sequence[Picture]) -> tuple[str, ...]:
    """The papers that were missing when the ticket was opened, less one for each picture that came since.
    Which picture shows what, a person sees."""
    facts: Mapping[str, Any] = ticket.facts
    added = sum(p.ticket == ticket.number and p.at > ticket.created_at for p in pictures)
    return tuple(facts.get("papers_missing") or ())[added:]


def paper_names(names: Sequence[str], locale: str) -> str:
    """Papers in the words of people."""
    return text("list-comma", locale).join(text(f"minor-paper-{name}", locale) for name in names)
