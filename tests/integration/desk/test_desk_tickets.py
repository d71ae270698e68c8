"""Tickets over the desk's API: what agents send and see, and what is refused at the door."""

from __future__ import annotations

from typing import Any

import pytest

from bot.services.tickets.items import Ticket
from tests.integration.desk.conftest import Browser, Office


async def opened(office: Office, player: str = "p1", intent: str = "technical_bug") -> Ticket:
    conversation = await office.write(player, "/content_event")
    return await office.tickets.open(conversation, intent=intent, summary="第三关卡住", facts={"关": 3})


async def step(browser: Browser, ticket: Ticket, what: str, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await browser.post(f"tickets/{ticket.number}/{what}", body))["ticket"]
    return answer


async def test_a_ticket_from_list_to_result(office: Office) -> None:
    lili = await office.browser("lili")
    made = await opened(office)
    page = await lili.get("tickets?box=unassigned")
    assert [t["number"] for t in page["tickets"]] == [made.number]
    assert page["counts"] == {"mine": 0, "unassigned": 1, "overdue": 0, "open": 1}
    shown = page["tickets"][0]
    assert (shown["player"]["name"], shown["facts"], shown["state"]) == ("玩家p1", {"关": 3}, "new")
    await step(lili, made, "state", change="start", note="")
    await step(lili, made, "notes", text="先看日志")
    await step(lili, made, "priority", priority=2)
    await step(lili, made, "promise", hours=4, note="等开发回复")
    await step(lili, made, "tell", text="已复现")
    done = await step(lili, made, "state", change="resolve", note="已修复")
    assert (done["state"], done["agent"]["name"], done["promised_at"]) == ("resolved", "客服lili", None)
    view = await lili.get(f"tickets/{made.number}")
    kinds = [e["kind"] for e in view["ticket"]["history"]]
    assert kinds == ["opened", "assigned", "state", "note", "priority", "promise", "note", "state"]
    assert view["messages"][-1]["text"].endswith("已修复")
    record = await lili.get(f"tickets/{made.number}/player")
    assert record["profile"]["name"] == "阿燕"
    assert [t["number"] for t in (await lili.get("tickets?box=done"))["tickets"]] == [made.number]


async def test_search_and_filters_by_address(office: Office) -> None:
    lili = await office.browser("lili")
    bug, scam = await opened(office), await opened(office, "p2", "complaint_scam")

    async def found(query: str) -> list[str]:
        return [t["number"] for t in (await lili.get(f"tickets?{query}"))["tickets"]]

    assert await found(f"box=all&q={bug.number}") == [bug.number]
    assert await found("category=complaint") == [scam.number]
    assert await found("state=new,working&priority=2") == [scam.number]
    assert await found("intent=technical_bug") == [bug.number]
    assert await found(f"conversation={scam.conversation}") == [scam.number]
    assert await found("limit=1&offset=1") == [bug.number]
    for bad in ("box=secret", "state=lost", "priority=9", "category=x", "limit=1000", "offset=-1"):
        status, body = await lili.ask("GET", f"tickets?{bad}")
        assert (status, body["code"]) == (400, "bad_frame")


async def test_a_ticket_from_a_conversation(office: Office) -> None:
    lili, other = await office.browser("lili"), await office.browser("other")
    conversation = await office.queued("p1")
    body = {"id": "f1", "intent": "technical_crash", "summary": "进本闪退", "hours": 8}
    status, refused = await lili.ask("POST", f"conversations/{conversation}/tickets", body)
    assert (status, refused["code"]) == (403, "not_owner")
    await lili.post(f"conversations/{conversation}/claim")
    made = (await lili.post(f"conversations/{conversation}/tickets", body))["ticket"]
    again = (await lili.post(f"conversations/{conversation}/tickets", body))["ticket"]
    assert made["number"] == again["number"]
    assert (made["opened_by"], made["agent"]["id"]) == ("agent:lili", lili.agent["id"])
    status, _ = await other.ask("GET", f"tickets/{made['number']}")
    assert status == 403


async def test_giving_to_a_colleague(office: Office) -> None:
    lili, lead = await office.browser("lili"), await office.browser("boss", "lead")
    made = await opened(office)
    agents = (await lead.get("agents"))["agents"]
    assert {(a["name"], a["role"]) for a in agents} == {("客服lili", "agent"), ("客服boss", "lead")}
    given = await step(lead, made, "assign", agent=lili.agent["id"])
    assert given["agent"] == {"id": lili.agent["id"], "name": "客服lili"}
    back = await step(lili, made, "assign", agent=None)
    assert back["agent"] is None


@pytest.mark.parametrize(
    ("what", "body", "status", "code"),
    [
        ("state", {"change": "resolve", "note": "  "}, 400, "text_empty"),
        ("state", {"change": "explode"}, 400, "bad_frame"),
        ("state", {"change": "reopen"}, 409, "ticket_state"),
        ("state", {"change": "resolve", "note": "\x00"}, 400, "bad_frame"),
        ("state", {"change": "resolve", "note": "字" * 2001}, 400, "bad_frame"),
        ("tell", {"text": " "}, 400, "text_empty"),
        ("notes", {}, 400, "bad_frame"),
        ("priority", {"priority": 4}, 400, "bad_frame"),
        ("priority", {"priority": "2"}, 400, "bad_frame"),
        ("promise", {"hours": 0}, 400, "bad_frame"),
        ("promise", {"hours": 0.01}, 400, "bad_frame"),
        ("promise", {"hours": 10_000}, 400, "bad_frame"),
        ("assign", {}, 400, "bad_frame"),
        ("assign", {"agent": 999}, 404, "not_found"),
    ],
)
async def test_what_is_wrong_is_refused_and_changes_nothing(
    office: Office, what: str, body: Any, status: int, code: str
) -> None:
    lead = await office.browser("boss", "lead")
    made = await opened(office)
    answered, problem = await lead.ask("POST", f"tickets/{made.number}/{what}", body)
    assert (answered, problem["code"]) == (status, code)
    assert len((await lead.get(f"tickets/{made.number}"))["ticket"]["history"]) == 1


async def test_the_door_is_closed_to_others(office: Office) -> None:
    made = await opened(office)
    stranger = await office.browser()
    for path in ("tickets", f"tickets/{made.number}", "agents"):
        assert (await stranger.ask("GET", path))[0] == 401
    lili = await office.browser("lili")
    change = {"change": "start"}
    status, body = await lili.ask("POST", f"tickets/{made.number}/state", change, **{"X-CSRF-Token": "no"})
    assert (status, body["code"]) == (403, "csrf")
    for number in ("XR-1", "xr-261120-0001", "XR-261120-0001%00"):
        assert (await lili.ask("GET", f"tickets/{number}"))[0] == 404


async def test_an_open_desk_is_told_that_tickets_changed(office: Office) -> None:
    lili = await office.browser("lili")
    frames = await lili.connect()
    made = await opened(office)
    await frames.next("tickets")
    for words in ("一", "二", "三"):
        await office.tickets.add(str(made.conversation), made.number, words)
    await frames.next("tickets")  # at most once a second, but not never
