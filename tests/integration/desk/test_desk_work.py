"""What agents see and do over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.domain.errors import Code, ProblemError
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.storage.models import ConversationRow, EventRow
from tests.integration.desk.conftest import Browser, Office


async def claimed(office: Office, agent: Browser, player: str = "p1") -> str:
    id = await office.queued(player)
    await agent.post(f"conversations/{id}/claim")
    return id


async def test_the_queue_is_ordered_by_urgency_and_age(office: Office) -> None:
    lili = await office.browser("lili")
    first = await office.queued("p1", "content_character")
    office.clock.advance(seconds=30)
    second = await office.queued("p2", "content_event")
    office.clock.advance(seconds=30)
    stolen = await office.queued("p3", "account_stolen", vip=3)
    answer = await lili.get("queue")
    assert ([e["id"] for e in answer["entries"]], answer["length"]) == ([stolen, second, first], 3)
    assert answer["entries"][0] == {
        "id": stolen,
        "player": {
            "game": "demo",
            "id": "p3",
            "name": "玩家p3",
            "server": "一区",
            "role": "燕无双",
            "vip": 3,
            "locale": "zh-CN",
        },
        "state": "queued",
        "intent": "account_stolen",
        "category": "account",
        "urgency": 3,
        "reason": "player_wish",
        "queued_at": "2026-11-20T07:31:00.000Z",
        "agent": None,
        "seq": 3,
        "unread": 1,
        "last": {
            "seq": 3,
            "from": "system",
            "text": answer["entries"][0]["last"]["text"],
            "at": "2026-11-20T07:31:00.000Z",
        },
        "said": "/account_stolen",
    }
    assert "转接人工客服" in answer["entries"][0]["last"]["text"]


async def test_lists_cost_the_same_number_of_queries_however_long(office: Office) -> None:
    lili = await office.browser("lili")
    statements: list[str] = []
    event.listen(
        office.database.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2])
    )

    async def cost(path: str) -> int:
        statements.clear()
        await lili.get(path)
        return len(statements)

    await claimed(office, lili, "mine0")
    await office.queued("q0")
    few = [await cost("queue"), await cost("conversations")]
    for n in range(1, 8):
        await claimed(office, lili, f"mine{n}")
        await office.queued(f"q{n}")
    assert [await cost("queue"), await cost("conversations")] == few
    assert len((await lili.get("queue"))["entries"]) == len((await lili.get("conversations"))["entries"]) == 8


async def test_of_two_agents_who_claim_at_once_one_wins(office: Office) -> None:
    lili, wang = await office.browser("lili"), await office.browser("wang")
    for n in range(5):
        id = await office.queued(f"p{n}")
        claims = await asyncio.gather(*(a.ask("POST", f"conversations/{id}/claim") for a in (lili, wang)))
        assert sorted(status for status, _ in claims) == [200, 409]
        assert next(body["code"] for status, body in claims if status == 409) == "wrong_state"
        winner = lili if claims[0][0] == 200 else wang
        shown = next(body["conversation"] for status, body in claims if status == 200)
        assert (shown["state"], shown["agent"]["id"]) == ("agent", winner.agent["id"])
        assert id in [e["id"] for e in (await winner.get("conversations"))["entries"]]
    assert (await lili.get("queue"))["entries"] == []


async def test_a_conversation_opens_with_all_that_happened(office: Office) -> None:
    lili = await office.browser("lili")
    id = await office.queued("p1", "account_refund_mistaken")
    await lili.post(f"conversations/{id}/claim")
    await lili.post(f"conversations/{id}/notes", {"text": " 已核实身份 "})
    await office.conversations.report(id, {"device": "Xiaomi 14", "app_version": "3.2.0"})
    opened = await lili.get(f"conversations/{id}")
    assert opened["context"] == {"device": "Xiaomi 14", "app_version": "3.2.0"}
    assert [(m["seq"], m["from"]) for m in opened["messages"]] == [
        (1, "player"),
        (2, "bot"),
        (3, "system"),
        (4, "system"),
    ]
    reading = opened["messages"][0]["meta"]
    assert (reading["intent"], reading["confidence"]) == ("account_refund_mistaken", 0.93)
    assert reading["ranking"][1] == ["small_talk", 0.02]
    assert reading["entities"][0]["value"] == 64800
    assert [e["name"] for e in opened["events"]] == [None, "客服lili"]
    assert [(e["kind"], e["actor"], e["seq"]) for e in opened["events"]] == [
        ("hand_over", "bot", 3),
        ("claim", "lili", 4),
    ]
    author = {"id": lili.agent["id"], "name": "客服lili"}
    assert [(n["text"], n["agent"]) for n in opened["notes"]] == [("已核实身份", author)]
    assert (opened["more"], opened["conversation"]["agent"]) == (False, author)


async def test_long_conversations_come_in_pages(office: Office) -> None:
    lili = await office.browser("lili")
    id = await claimed(office, lili)
    await office.append(id, [str(n) for n in range(5, 451)])
    opened = await lili.get(f"conversations/{id}")
    assert ([m["seq"] for m in opened["messages"]], opened["more"]) == (list(range(251, 451)), True)

    async def page(query: str) -> tuple[list[int], bool]:
        answer = await lili.get(f"conversations/{id}/messages?{query}")
        return [m["seq"] for m in answer["messages"]], answer["more"]

    assert await page("before=251") == (list(range(151, 251)), True)
    assert await page("before=3&limit=2") == ([1, 2], False)
    assert await page("after=448") == ([449, 450], False)
    assert await page("after=2&limit=3") == ([3, 4, 5], True)
    for query in ("before=x", "after=-1", "after=99999999999", "limit=0", "limit=201"):
        status, body = await lili.ask("GET", f"conversations/{id}/messages?{query}")
        assert (status, body["code"]) == (400, "bad_frame")


async def test_only_the_owner_and_leads_open_a_conversation_and_only_the_owner_writes(office: Office) -> None:
    lili, wang, lead = (
        await office.browser("lili"),
        await office.browser("wang"),
        await office.browser("chen", role="lead"),
    )
    id = await office.queued("p1")
    assert (await wang.ask("GET", f"conversations/{id}"))[0] == 200
    await lili.post(f"conversations/{id}/claim")
    for path in ("", "/messages", "/player"):
        assert (await lili.ask("GET", f"conversations/{id}{path}"))[0] == 200
        assert (await lead.ask("GET", f"conversations/{id}{path}"))[0] == 200
        status, body = await wang.ask("GET", f"conversations/{id}{path}")
        assert (status, body["code"]) == (403, "forbidden")
    bodies: dict[str, Any] = {
        "messages": {"id": "x", "text": "x"},
        "notes": {"text": "x"},
        "read": {"seq": 1},
    }
    for other in (wang, lead):
        for name in ("release", "requeue", "close", "messages", "notes", "read"):
            status, body = await other.ask("POST", f"conversations/{id}/{name}", bodies.get(name))
            assert (status, body["code"]) == (403, "not_owner"), name
    await lili.post(f"conversations/{id}/close")
    for name in ("release", "messages", "notes", "read"):
        status, body = await lili.ask("POST", f"conversations/{id}/{name}", bodies.get(name))
        assert (status, body["code"]) == (409, "wrong_state"), name
    assert (await lili.ask("GET", f"conversations/{id}"))[0] == 403


async def test_what_an_agent_says_is_stored_once(office: Office) -> None:
    lili = await office.browser("lili")
    id = await claimed(office, lili)
    said = [
        await lili.post(f"conversations/{id}/messages", {"id": "m1", "text": "你好，我是丽丽"})
        for _ in range(3)
    ]
    assert said[0] == said[1] == said[2]
    message = said[0]["message"]
    assert (message["seq"], message["from"], message["name"]) == (5, "agent", "客服lili")
    assert (message["text"], message["id"]) == ("你好，我是丽丽", "m1")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"id": "m", "text": "长" * 2001}, 413, "text_too_long"),
        ({"id": "m", "text": " \n "}, 400, "text_empty"),
        ({"id": "m", "text": "a\x00b"}, 400, "bad_frame"),
        ({"id": "m", "text": "\ud800"}, 400, "bad_frame"),
        ({"id": "m\x00", "text": "x"}, 400, "bad_frame"),
        ({"id": "", "text": "x"}, 400, "bad_frame"),
        ({"id": "m" * 65, "text": "x"}, 400, "bad_frame"),
        ({"text": "x"}, 400, "bad_frame"),
        ({"id": "m", "text": ["x"]}, 400, "bad_frame"),
        (["m"], 400, "bad_json"),
    ],
    ids=range(10),
)
async def test_bad_messages_are_named_and_not_stored(
    office: Office, body: Any, status: int, code: str
) -> None:
    lili = await office.browser("lili")
    id = await claimed(office, lili)
    got, answer = await lili.ask("POST", f"conversations/{id}/messages", body)
    assert (got, answer["code"]) == (status, code)
    assert (await lili.get(f"conversations/{id}"))["conversation"]["seq"] == 4


@pytest.mark.parametrize("id", ["1", "a%00b", "..", "00000000-0000-4000-8000-000000000000", "X" * 36])
async def test_what_does_not_exist_is_not_found(office: Office, id: str) -> None:
    lili = await office.browser("lili")
    for path in (f"conversations/{id}/messages", f"conversations/{id}/player"):
        assert (await lili.ask("GET", path))[0] == 404
    assert (await lili.ask("POST", f"conversations/{id}/claim"))[0] == 404


async def test_unread_counts_what_the_player_wrote_since(office: Office) -> None:
    lili = await office.browser("lili")
    id = await claimed(office, lili)
    await lili.post(f"conversations/{id}/read", {"seq": 4})
    await office.write("p1", "在吗")
    await office.write("p1", "人呢")

    async def unread() -> int:
        [entry] = (await lili.get("conversations"))["entries"]
        count: int = entry["unread"]
        return count

    assert await unread() == 2
    await lili.post(f"conversations/{id}/read", {"seq": 5})
    await lili.post(f"conversations/{id}/read", {"seq": 1})
    assert await unread() == 1
    await lili.post(f"conversations/{id}/read", {"seq": 2**31 - 1})
    assert await unread() == 0
    await office.write("p1", "还在吗")
    assert await unread() == 1
    await lili.post(f"conversations/{id}/messages", {"id": "m1", "text": "在的"})
    assert await unread() == 0


@pytest.mark.parametrize(("name", "state"), [("release", "bot"), ("requeue", "queued"), ("close", "closed")])
async def test_a_conversation_leaves_its_agent(office: Office, name: str, state: str) -> None:
    lili = await office.browser("lili")
    id = await claimed(office, lili)
    left = (await lili.post(f"conversations/{id}/{name}"))["conversation"]
    assert (left["state"], left["agent"]) == (state, None)
    assert (await lili.get("conversations"))["entries"] == []
    assert len((await lili.get("queue"))["entries"]) == (state == "queued")


async def test_the_players_record_comes_from_the_game_and_the_look_is_kept(office: Office) -> None:
    lili, lead = await office.browser("lili"), await office.browser("chen", role="supervisor")
    paid = office.clock.now()
    office.game.orders["G1"] = RechargeOrder(
        "G1", "p1", "648 元礼包", 64800, "CNY", "wechat", OrderStatus.DELIVERED, paid, paid, granted=6480
    )
    id = await claimed(office, lili)
    record = await lili.get(f"conversations/{id}/player")
    assert record["profile"] == {
        "id": "p1",
        "name": "阿燕",
        "server": "一区",
        "role": "燕无双",
        "level": 60,
        "vip": 2,
        "registered_at": "2024-01-01T00:00:00.000Z",
        "age": 30,
        "wallet": {"diamond": 6480},
        "spent_fen": 64800,
        "ban_reason": None,
        "ban_until": None,
        "frozen_at": None,
    }
    [order] = record["recharges"]
    assert (order["order_no"], order["amount_fen"], order["status"]) == ("G1", 64800, "delivered")
    assert (order["paid_at"], order["refunded_at"]) == ("2026-11-20T07:30:00.000Z", None)
    await lili.get(f"conversations/{id}/player")
    await lead.get(f"conversations/{id}/player")
    office.clock.advance(minutes=10)
    await lili.get(f"conversations/{id}/player")
    async with office.database.read() as session:
        looks = await session.scalars(select(EventRow).where(EventRow.kind == "viewed").order_by(EventRow.id))
        assert [(e.actor, e.data) for e in looks] == [
            (who, {"what": "player"}) for who in ("lili", "chen", "lili")
        ]
    assert "viewed" not in [e["kind"] for e in (await lili.get(f"conversations/{id}"))["events"]]


async def test_a_game_that_is_away_is_told(office: Office) -> None:
    lili = await office.browser("lili")
    id = await claimed(office, lili)
    office.game.away = ProblemError(Code.GAME_UNAVAILABLE, retry=True)
    status, body = await lili.ask("GET", f"conversations/{id}/player")
    assert (status, body["code"], body["retry"]) == (502, "game_unavailable", True)


async def test_a_long_queue_is_cut_but_counted(office: Office) -> None:
    lili = await office.browser("lili")
    await office.queued("p0")
    async with office.database.begin() as session:
        row = (await session.scalars(select(ConversationRow))).one()
        same = {c.key: getattr(row, c.key) for c in ConversationRow.__table__.columns}
        session.add_all(
            ConversationRow(**same | {"id": f"00000000-0000-4000-8000-{n:012}", "player_id": f"q{n}"})
            for n in range(230)
        )
    answer = await lili.get("queue")
    assert (len(answer["entries"]), answer["length"]) == (200, 231)
