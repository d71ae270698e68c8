"""Who may see a player's pictures, and that every look is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import update

from bot.domain.players import Player
from bot.services import audit
from bot.storage.models import TicketRow
from tests.integration.desk.conftest import API, Browser, Office
from tests.pictures import jpeg


async def with_picture(office: Office, player: str = "p1") -> tuple[str, str]:
    """A queued conversation with a picture: their ids."""
    conversation = await office.queued(player)
    stored = await office.pictures.receive(conversation, jpeg(), f"{player}-pic")
    return conversation, stored.meta["picture"]["id"]


async def looks(office: Office) -> list[tuple[str, str, dict[str, Any]]]:
    return [(e.kind, e.actor, json.loads(e.data)) async for e in audit.entries(office.database)]


def path(conversation: str, picture: str, size: str = "small") -> str:
    return f"conversations/{conversation}/pictures/{picture}?size={size}"


async def status(browser: Browser, path: str) -> int:
    async with browser.client.get(f"{API}/{path}") as answer:
        return answer.status


async def test_the_agent_who_has_the_player_sees_his_pictures(office: Office) -> None:
    conversation, picture = await with_picture(office)
    lili = await office.browser("lili")
    await lili.post(f"conversations/{conversation}/claim")
    shown = (await lili.get(f"conversations/{conversation}"))["messages"]
    assert next(m for m in shown if m["text"] == "[图片]")["meta"]["picture"] == {
        "id": picture,
        "width": 64,
        "height": 48,
    }
    async with lili.client.get(f"{API}/{path(conversation, picture)}") as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["Cache-Control"] == "no-store"
        assert (await answer.read())[:3] == b"\xff\xd8\xff"


async def test_a_player_who_waits_is_nobodys_yet(office: Office) -> None:
    conversation, picture = await with_picture(office)
    lili, meimei = await office.browser("lili"), await office.browser("meimei")
    assert await status(lili, path(conversation, picture)) == 403
    await lili.post(f"conversations/{conversation}/claim")
    assert await status(lili, path(conversation, picture)) == 200
    assert await status(meimei, path(conversation, picture)) == 403
    await lili.post(f"conversations/{conversation}/close")
    assert await status(lili, path(conversation, picture)) == 403


@pytest.mark.parametrize("role", ["lead", "supervisor", "manager"])
async def test_leads_see_all(office: Office, role: str) -> None:
    conversation, picture = await with_picture(office)
    assert await status(await office.browser("chief", role), path(conversation, picture)) == 200


async def test_nobody_else_sees_anything(office: Office) -> None:
    conversation, picture = await with_picture(office)
    other, _ = await with_picture(office, "p2")
    assert await status(await office.browser(), path(conversation, picture)) == 401
    chief = await office.browser("chief", "manager")
    assert await status(chief, path(other, picture)) == 404
    assert await status(chief, path(conversation, "0" * 32)) == 404
    assert await status(chief, "conversations/x/pictures/y") == 404


async def test_every_look_is_in_the_audit_record_once_in_ten_minutes(office: Office) -> None:
    conversation, picture = await with_picture(office)
    chief = await office.browser("chief", "lead")
    for size in ("small", "small", "large", "large"):
        assert await status(chief, path(conversation, picture, size)) == 200
    small, large = await looks(office)
    assert small == ("evidence.seen", "agent:chief", {"conversation": conversation, "small": True})
    assert large[2]["small"] is False
    office.clock.advance(minutes=11)
    assert await status(chief, path(conversation, picture)) == 200
    assert len(await looks(office)) == 3
    lili = await office.browser("lili")
    assert await status(lili, path(conversation, picture)) == 403
    assert len(await looks(office)) == 3  # who saw nothing has not looked
    assert (await audit.verify(office.database)).faults == ()


async def test_a_lead_deletes_what_should_not_be_here(office: Office) -> None:
    conversation, picture = await with_picture(office)
    lili, chief = await office.browser("lili"), await office.browser("chief", "lead")
    await lili.post(f"conversations/{conversation}/claim")
    where = f"conversations/{conversation}/pictures/{picture}"
    assert (await lili.ask("DELETE", where))[0] == 403
    assert (await chief.ask("DELETE", where, **{"X-CSRF-Token": "no"}))[0] == 403
    assert (await chief.ask("DELETE", where))[0] == 204
    assert await status(chief, path(conversation, picture)) == 404
    assert (await chief.ask("DELETE", where))[0] == 404
    assert [look[0] for look in await looks(office)] == ["evidence.deleted"]
    assert await office.evidence.of_conversation(conversation) == []


async def test_pictures_are_linked_to_a_ticket(office: Office) -> None:
    conversation, picture = await with_picture(office)
    other, foreign = await with_picture(office, "p2")
    await office.evidence.attach(conversation, [picture, foreign], "T1")
    assert [p.ticket for p in await office.evidence.of_conversation(conversation)] == ["T1"]
    assert [p.ticket for p in await office.evidence.of_conversation(other)] == [None]
    found = await office.evidence.of_conversation(conversation)
    assert await office.evidence.of_conversation(conversation, since=found[0].at) == []


async def test_the_picture_is_the_players_last_message_in_the_list(office: Office) -> None:
    conversation, _ = await with_picture(office)
    chief = await office.browser("chief")
    [entry] = (await chief.get("queue"))["entries"]
    assert entry["last"]["text"] == "[图片]"
    opened = await office.conversations.open(Player("demo", "p1"))
    assert opened.id == conversation


async def test_whoever_works_on_the_ticket_sees_its_pictures(office: Office) -> None:
    conversation, picture = await with_picture(office)
    lili, meimei = await office.browser("lili"), await office.browser("meimei")
    await ticket(office, conversation, "XR-261120-0001", lili.agent["id"])
    await ticket(office, conversation, "XR-261120-0002", meimei.agent["id"])
    assert await status(lili, path(conversation, picture)) == 200
    await office.evidence.attach(conversation, [picture], "XR-261120-0002")
    assert await status(lili, path(conversation, picture)) == 403
    assert await status(meimei, path(conversation, picture)) == 200
    async with office.database.begin() as session:
        await session.execute(update(TicketRow).values(state="resolved"))
    assert await status(meimei, path(conversation, picture)) == 403


async def ticket(office: Office, conversation: str, number: str, agent: int) -> None:
    now = office.clock.now()
    async with office.database.begin() as session:
        session.add(
            TicketRow(
                number=number,
                game="demo",
                conversation_id=conversation,
                intent="account_refund_minor",
                category="account",
                priority=2,
                state="working",
                summary="未成年人退款",
                facts={},
                opened_by="bot",
                agent_id=agent,
                promise_s=3600,
                created_at=now,
                updated_at=now,
            )
        )
