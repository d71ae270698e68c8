"""What players wished for and what the chat could not do, at the desk's door."""

from __future__ import annotations

import pytest

from tests.integration.desk.conftest import Office


async def test_leads_read_it_by_topic_with_examples(office: Office) -> None:
    conversation = await office.queued("p1", "technical_crash")
    await office.tickets.open(conversation, intent="content_suggestion", summary="想要夜间模式")
    await office.tickets.open(conversation, intent="content_suggestion", summary="背包按稀有度排序")
    office.clock.advance(days=3)
    chief = await office.browser("chief", "lead")
    answer = await chief.get("feedback?days=7&examples=1")
    assert answer["days"] == 7
    assert answer["topics"] == [
        {
            "intent": "content_suggestion",
            "category": "content",
            "unsolved": 2,
            "tickets": 2,
            "open": 2,
            "resolved": 0,
            "escalated": 0,
            "handed_over": {},
            "examples": ["背包按稀有度排序"],
        },
        {
            "intent": "technical_crash",
            "category": "technical",
            "unsolved": 1,
            "tickets": 0,
            "open": 0,
            "resolved": 0,
            "escalated": 0,
            "handed_over": {"player_wish": 1},
            "examples": [],
        },
    ]
    assert answer["total"]["unsolved"] == 3
    assert (await chief.get("feedback?days=1"))["topics"] == []


async def test_agents_do_not(office: Office) -> None:
    lili = await office.browser("lili")
    assert (await lili.ask("GET", "feedback"))[0] == 403


@pytest.mark.parametrize("query", ["days=0", "days=367", "days=many", "days=1&examples=51"])
async def test_what_is_no_period_is_refused(office: Office, query: str) -> None:
    chief = await office.browser("chief", "lead")
    status, body = await chief.ask("GET", f"feedback?{query}")
    assert (status, body["code"]) == (400, "bad_frame")
