"""Pictures through the in-game channel: taken in once, shown to their player only, and deleted in time."""

from __future__ import annotations

import asyncio
import io
import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from PIL import Image
from sqlalchemy import delete, func, select, update

from bot.domain.evidence import Limits
from bot.services.evidence.files import EvidenceFiles
from bot.services.evidence.service import UNLINKED_S, Evidence
from bot.storage.database import SystemClock
from bot.storage.models import EvidenceRow, MessageRow
from tests.integration.conftest import Chat, sign
from tests.integration.test_ingame_http import bearer, poll, refused
from tests.pictures import encoded, jpeg, photo_with_position, plain, png_that_claims

URL = "/chat/v1/attachments"


async def send(
    chat: Chat, data: Any = None, id: str = "p1", token: str | None = None, **headers: str
) -> ClientResponse:
    headers = bearer(token) | {"Content-Type": "image/jpeg"} | headers
    return await chat.client.post(URL, params={"id": id}, data=data or jpeg(), headers=headers)


async def sent(chat: Chat, data: Any = None, id: str = "p1", token: str | None = None) -> dict[str, Any]:
    answer = await send(chat, data, id, token)
    assert answer.status == 200, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]


async def test_a_picture_is_a_message_and_is_shown_to_its_player(chat: Chat) -> None:
    ack = await sent(chat, photo_with_position())
    id = ack["picture"]["id"]
    assert ack == {"type": "ack", "id": "p1", "seq": 1, "picture": {"id": id, "width": 48, "height": 64}}
    async with asyncio.timeout(10):
        while len(messages := (await poll(chat))["messages"]) < 2:
            await asyncio.sleep(0.02)
    own, told = messages
    assert (own["text"], own["id"], own["picture"]) == ("[图片]", "p1", ack["picture"])
    assert (told["seq"], told["from"], told["text"]) == (2, "bot", "听到：[图片]")
    assert [turn.payload for turn in chat.brain.turns] == ["/picture"]
    for size, longest in (("", 64), ("small", 64)):
        answer = await chat.client.get(f"{URL}/{id}", params={"size": size}, headers=bearer())
        data = await answer.read()
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
        assert max(Image.open(io.BytesIO(data)).size) == longest
        assert b"Exif" not in data
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Content-Disposition"].startswith("inline; filename=")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "no-store" in answer.headers["Cache-Control"]


async def test_files_are_for_the_product_alone_and_have_random_names(chat: Chat, tmp_path: Path) -> None:
    id = (await sent(chat))["picture"]["id"]
    found = files(tmp_path)
    assert {path.name for path in found} == {id, f"{id}.small"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in [*found, tmp_path / "evidence"])


async def test_the_same_id_is_stored_once_also_when_sent_at_once(chat: Chat, tmp_path: Path) -> None:
    first = await sent(chat)
    assert await sent(chat, jpeg(10, 10)) == first
    acks = await asyncio.gather(*(sent(chat, id="p2") for _ in range(6)))
    assert {ack["picture"]["id"] for ack in acks} == {acks[0]["picture"]["id"]}
    assert len(await chat.evidence.of_conversation((await poll(chat))["conversation"])) == 2
    assert len(files(tmp_path)) == 4  # what was decoded in vain is gone


async def test_numbers_have_no_gap_when_pictures_and_words_come_together(chat: Chat) -> None:
    await asyncio.gather(
        *(sent(chat, id=f"p{n}") for n in range(3)),
        *(
            chat.client.post("/chat/v1/messages", json={"id": f"m{n}", "text": "在"}, headers=bearer())
            for n in range(3)
        ),
    )
    seqs = [m["seq"] for m in (await poll(chat))["messages"]]
    assert seqs == list(range(1, len(seqs) + 1))
    async with chat.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(EvidenceRow)) == 3


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "picture_unreadable"),
        (jpeg()[:200], 415, "picture_unreadable"),
        (png_that_claims(60_000, 60_000), 413, "picture_too_large"),
    ],
    ids=["svg", "cut off", "bomb"],
)
async def test_what_is_no_good_picture_leaves_nothing(
    chat: Chat, tmp_path: Path, data: bytes, status: int, code: str
) -> None:
    body = await refused(await send(chat, data), status, code)
    assert body["retry"] is False
    assert (await poll(chat))["messages"] == []
    assert files(tmp_path) == []


async def test_the_type_is_what_it_is_not_what_it_is_called(chat: Chat) -> None:
    assert (await send(chat, encoded(plain(), "WEBP"), **{"Content-Type": "image/png"})).status == 200
    answer = await send(chat, jpeg(), id="p2", **{"Content-Type": "application/octet-stream"})
    await refused(answer, 415, "picture_unreadable")


async def test_a_body_that_is_too_large_is_refused_whatever_it_claims(chat: Chat) -> None:
    chat.evidence.limits = replace(chat.evidence.limits, max_bytes=100_000)
    await refused(await send(chat, b"\xff" * 100_001), 413, "picture_too_large")

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"\xff" * 10_000

    await refused(await send(chat, drip()), 413, "picture_too_large")


@pytest.mark.parametrize("id", ["", "x" * 65, "a\0b"])
async def test_an_id_is_needed(chat: Chat, id: str) -> None:
    await refused(await send(chat, id=id), 400, "bad_frame")


async def test_the_id_may_be_a_header(chat: Chat) -> None:
    headers = bearer() | {"Content-Type": "image/jpeg", "X-Message-Id": "h1"}
    answer = await chat.client.post(URL, data=jpeg(), headers=headers)
    assert (await answer.json())["id"] == "h1"


async def test_who_nobody_vouches_for_sends_and_sees_nothing(chat: Chat) -> None:
    id = (await sent(chat))["picture"]["id"]
    await refused(
        await send(chat, token=sign(secret="another secret of 32 characters!!")), 401, "token_invalid"
    )
    await refused(await chat.client.post(URL, params={"id": "x"}, data=jpeg()), 401, "token_missing")
    await refused(await chat.client.get(f"{URL}/{id}"), 401, "token_missing")
    await refused(await chat.client.get(f"{URL}/{id}", headers=bearer(sign("p2"))), 404, "not_found")


@pytest.mark.parametrize("id", ["0" * 32, "..%2F..%2Fdb", "x.jpg", "%00"])
async def test_what_is_not_there_is_not_found(chat: Chat, id: str) -> None:
    await refused(await chat.client.get(f"{URL}/{id}", headers=bearer()), 404, "not_found")


async def test_a_player_sends_so_many_a_day(chat: Chat, tmp_path: Path) -> None:
    chat.evidence.limits = replace(chat.evidence.limits, per_day=2)
    answers = await asyncio.gather(*(send(chat, id=f"p{n}") for n in range(5)))
    assert sorted(a.status for a in answers) == [200, 200, 429, 429, 429]
    body = await refused(await send(chat, id="p9"), 429, "picture_too_many")
    assert "2" in body["message"]
    assert len(files(tmp_path)) == 4
    assert (await send(chat, token=sign("p2"))).status == 200  # others are not concerned
    async with chat.database.begin() as session:
        yesterday = SystemClock().now() - timedelta(days=1, minutes=1)
        await session.execute(update(EvidenceRow).values(at=yesterday))
    assert (await send(chat, id="p9")).status == 200


async def test_too_fast_is_refused_for_now(chat: Chat) -> None:
    chat.limit.burst = 1
    await sent(chat)
    assert (await refused(await send(chat, id="p2"), 429, "rate_limited"))["retry"] is True
    assert (await send(chat)).status == 200  # what was stored is acknowledged again


async def test_while_a_human_has_the_player_nothing_is_said_by_us(chat: Chat) -> None:
    from bot.domain.messages import Answer, HandOver

    chat.brain._script = lambda turn: Answer(hand_over=HandOver("player_request"))
    frames = await chat.connect()
    await frames.send(type="send", id="m1", text="转人工")
    await frames.type("state", state="queued")
    ack = await sent(chat)
    shown = await frames.next(lambda f: f.get("id") == "p1" and f["type"] == "message")
    assert (shown["seq"], shown["picture"]) == (ack["seq"], ack["picture"])
    assert (await poll(chat, after=ack["seq"]))["messages"] == []


async def test_pictures_go_when_their_time_is_over(chat: Chat, tmp_path: Path) -> None:
    old, new = (await sent(chat, id="p1")), (await sent(chat, id="p2"))
    id = old["picture"]["id"]
    async with chat.database.begin() as session:
        days = timedelta(days=chat.evidence.limits.keep_days)
        row = (await session.scalars(select(EvidenceRow).where(EvidenceRow.id == id))).one()
        row.at -= days
    assert await chat.evidence.forget_old() == 1
    assert await chat.evidence.forget_old() == 0
    assert {path.name.split(".")[0] for path in files(tmp_path)} == {new["picture"]["id"]}
    await refused(await chat.client.get(f"{URL}/{id}", headers=bearer()), 404, "not_found")
    assert (await poll(chat))["messages"][0]["picture"]["id"] == id


async def test_files_that_belong_to_nothing_are_deleted(chat: Chat, tmp_path: Path) -> None:
    """As after a crash between file and message, or when a conversation was erased."""
    ack = await sent(chat)
    lost = await chat.evidence.prepare(jpeg(30, 30))
    assert await chat.evidence.forget_old() == 0  # it may be on its way into a message
    past = time.time() - UNLINKED_S - 1
    for path in files(tmp_path):
        os.utime(path, (past, past))
    assert await chat.evidence.forget_old() == 1
    assert {path.name.split(".")[0] for path in files(tmp_path)} == {ack["picture"]["id"]}
    assert not any(lost.id in path.name for path in files(tmp_path))
    async with chat.database.begin() as session:
        await session.execute(delete(EvidenceRow))
    assert await chat.evidence.forget_old() == 1
    assert files(tmp_path) == []


async def test_a_picture_without_a_message_is_not_kept(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction is one: no message without its picture, no picture without its message."""

    async def fails(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Evidence, "link", fails)
    await refused(await send(chat), 500, "internal")
    assert files(tmp_path) == []
    async with chat.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(MessageRow)) == 0
    monkeypatch.undo()
    assert (await sent(chat))["seq"] == 1


async def test_limits_are_the_studios(chat: Chat, tmp_path: Path) -> None:
    small = Evidence(chat.database, SystemClock(), EvidenceFiles(tmp_path / "x"), Limits(max_bytes=10))
    with pytest.raises(Exception, match="picture_too_large"):
        await small.prepare(jpeg())
