"""Bodies for the platform: split, merged, with buttons; and what may be sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.errcodes import Effect, effect_of
from bot.channels.wechat.outgoing import MAX_BYTES, Renderer, split
from bot.domain.hours import Hours, answered_by
from bot.domain.messages import Button, Message
from bot.domain.ownership import Author
from bot.domain.send_quota import Grant, opened, room, spent

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def message(seq: int, text: str, buttons: tuple[Button, ...] = (), author: Author = Author.BOT) -> Message:
    return Message("c", seq, author, text, NOW, buttons, "丽丽" if author is Author.AGENT else "")


def content(body: dict[str, dict[str, str]]) -> str:
    return body["text"]["content"] if "text" in body else body["msgmenu"]["head_content"]


@given(st.text(st.sampled_from("退款。！？\n，a b👨‍👩‍👧"), max_size=3000))
def test_nothing_gets_lost_in_splitting(words: str) -> None:
    pieces = split(words)
    assert all(0 < len(p.encode()) <= MAX_BYTES for p in pieces)
    assert "".join("".join(pieces).split()) == "".join(words.split())


def test_it_is_split_at_sentences() -> None:
    pieces = split("第一句话在这里。" * 100)
    assert all(p.endswith("。") for p in pieces)
    assert len(pieces) == 2


def test_numbered_buttons_fit_into_the_last_piece() -> None:
    buttons = tuple(Button(f"选项{n}" * 5, f"/x{n}") for n in range(8))
    for renderer in (Renderer(msgmenu=False), Renderer()):
        parts = renderer.parts([message(1, "说明文字。" * 400, buttons)])
        assert [p.last for p in parts] == [False] * (len(parts) - 1) + [True]
        assert all(len(content(p.body).encode()) <= MAX_BYTES for p in parts)
        menus = [p for p in parts if p.body["msgtype"] == "msgmenu"]
        numbered = [p for p in parts if "8. 选项7" in content(p.body)]
        assert len(menus) + len(numbered) == 1
        if menus:
            whole = content(menus[0].body) + "".join(o["content"] for o in menus[0].body["msgmenu"]["list"])
            assert len(whole.encode()) <= MAX_BYTES


def test_merging_keeps_order_texts_and_the_last_buttons() -> None:
    messages = [message(n, f"第{n}句", (Button("旧", "/old"),)) for n in range(1, 10)]
    messages.append(message(10, "选哪个？", (Button("新", "/new"),)))
    plain = Renderer().parts(messages)
    assert len(plain) == 10
    (merged,) = Renderer().parts(messages, 3)
    assert merged.seqs == tuple(range(1, 11))
    assert content(merged.body).strip() == "\n\n".join([*(f"第{n}句" for n in range(1, 10)), "选哪个？"])
    assert [o["content"] for o in merged.body["msgmenu"]["list"]] == ["新"]


@given(st.lists(st.integers(1, 900), min_size=1, max_size=12), st.integers(0, 4))
def test_merged_parts_are_whole_messages(lengths: list[int], left: int) -> None:
    messages = [message(n, "字" * size) for n, size in enumerate(lengths, 1)]
    parts = Renderer().parts(messages, left)
    assert [s for p in parts if p.last for s in p.seqs] == [m.seq for m in messages]
    assert "".join(content(p.body) for p in parts).replace("\n", "") == "字" * sum(lengths)


def test_pictures_go_out_by_themselves() -> None:
    parts = Renderer().parts([message(1, "看：![图](media/a.png)好吗？", (Button("好", "/affirm"),))])
    assert [p.body["msgtype"] for p in parts] == ["text", "image", "msgmenu"]
    assert parts[1].body["picture"] == "a.png"
    assert [p.last for p in parts] == [False, False, True]


def test_who_wrote_it_shows() -> None:
    (bot,) = Renderer().parts([message(1, "你好")])
    (agent,) = Renderer().parts([message(2, "你好", author=Author.AGENT)])
    assert bot.body["aimsgcontext"] == {"is_ai_msg": 1}
    assert "aimsgcontext" not in agent.body
    assert content(agent.body) == "丽丽：你好"
    assert "aimsgcontext" not in Renderer(ai_mark=False).parts([message(1, "你好")])[0].body


def test_grants() -> None:
    grants = opened((), "message", NOW, 5, timedelta(hours=48))
    grants = opened(grants, "event", NOW, 3, timedelta(minutes=1))
    assert room(grants, NOW) == 8
    for _ in range(3):
        grants = spent(grants, NOW)  # the one that ends first goes first
    assert {g.kind: g.left for g in grants} == {"event": 0, "message": 5}
    assert room(grants, NOW + timedelta(hours=48)) == 0
    assert spent((), NOW) == ()
    renewed = opened(grants, "message", NOW + timedelta(hours=1), 5, timedelta(hours=48))
    assert room(renewed, NOW + timedelta(hours=1)) == 5
    assert Grant("message", NOW + timedelta(hours=49), 5) in renewed


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        (40001, Effect.TOKEN),
        (40014, Effect.TOKEN),
        (42001, Effect.TOKEN),
        (-1, Effect.RETRY),
        (45011, Effect.RETRY),
        (45009, Effect.DAILY),
        (45015, Effect.KEEP),
        (45047, Effect.KEEP),
        *((code, Effect.CONFIG) for code in (40013, 40125, 40164, 48001, 40200)),
        *((code, Effect.RECIPIENT) for code in (40003, 43004, 43101, 48002)),
        *((code, Effect.CONTENT) for code in (40007, 45002, 70000)),
        (99999, Effect.RETRY),
    ],
)
def test_error_classes(code: int, effect: Effect) -> None:
    assert effect_of(code) is effect


def test_hours() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    at = datetime(2026, 11, 20, 22, 0, tzinfo=zone)
    hours = Hours(at.time().replace(hour=9), at.time().replace(hour=21), zone)
    assert not hours.open_at(at)
    assert hours.open_at(at.replace(hour=9))
    assert not hours.open_at(at.replace(hour=21))
    assert hours.next_opening(at) == datetime(2026, 11, 21, 9, 0, tzinfo=zone)
    assert hours.next_opening(at.replace(hour=3)) == at.replace(hour=9)
    assert answered_by(hours, at, timedelta(hours=12)) == at + timedelta(hours=12)
    assert answered_by(hours, at, timedelta(hours=2)) == datetime(2026, 11, 21, 10, 0, tzinfo=zone)
    night = Hours(at.time().replace(hour=20), at.time().replace(hour=4), zone)
    assert night.open_at(at)
    assert night.open_at(at.replace(hour=3))
    assert not night.open_at(at.replace(hour=5))
    assert Hours(at.time(), at.time(), zone).open_at(at)
