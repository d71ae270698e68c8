"""The in-game protocol over real sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial

import jwt
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from sqlalchemy import select

from bot.domain.messages import Answer, Button, HandOver, Reply, Turn
from bot.services.human_queue.service import AgentIdentity
from bot.storage.models import ConversationRow, MessageRow
from tests.integration.conftest import Chat, Frames, sign


async def test_a_message_is_acknowledged_and_answered(chat: Chat) -> None:
    player = await chat.connect()
    await player.send(type="send", id="m1", text="活动几点开")
    assert (await player.type("ack"))["seq"] == 1
    answer = await player.message("bot")
    assert (answer["seq"], answer["text"]) == (2, "听到：活动几点开")
    assert answer["at"].endswith("Z")
    own = [f for f in player.got if f["type"] == "message" and f["from"] == "player"]
    assert [(f["seq"], f["id"]) for f in own] == [(1, "m1")]


async def test_the_same_id_is_stored_once(chat: Chat) -> None:
    player = await chat.connect()
    for _ in range(3):
        await player.send(type="send", id="m1", text="在吗")
    seqs = [(await player.type("ack"))["seq"] for _ in range(3)]
    assert seqs == [1, 1, 1]
    await player.seen(lambda f: f["type"] == "message" and f["from"] == "bot")
    assert len(chat.brain.turns) == 1


async def test_a_cut_between_send_and_ack_loses_and_doubles_nothing(chat: Chat) -> None:
    """A hundred times: send, cut the connection before the ack, come back, send again."""
    chat.limit.burst = 1000
    token = sign()
    last_seq, seen = 0, []
    for n in range(100):
        socket = await chat.client.ws_connect("/chat/v1/socket")
        frames = Frames(socket)
        await frames.send(type="hello", token=token, last_seq=last_seq)
        await frames.type("welcome")
        await frames.send(type="send", id=f"m{n}", text=f"第{n}条")
        if n % 3 == 0:
            await asyncio.sleep(0)
        socket._response.connection.transport.abort()  # the network is gone, no goodbye
        await socket.close()
        again = Frames(await chat.client.ws_connect("/chat/v1/socket"))
        await again.send(type="hello", token=token, last_seq=last_seq)
        await again.send(type="send", id=f"m{n}", text=f"第{n}条")
        await again.seen(lambda f: f["type"] == "ack")
        await again.seen(lambda f, n=n: f["type"] == "message" and f["text"] == f"听到：第{n}条")
        new = [f for f in again.got if f["type"] == "message"]
        seen += new
        last_seq = seen[-1]["seq"]
        await again.socket.close()
    assert [f["seq"] for f in seen] == list(range(1, 201))
    assert [f["text"] for f in seen if f["from"] == "player"] == [f"第{n}条" for n in range(100)]
    assert len(chat.brain.turns) == 100


async def test_resume_sends_only_what_is_missing_in_order(chat: Chat) -> None:
    player = await chat.connect()
    for n in range(5):
        await player.send(type="send", id=f"m{n}", text=str(n))
        await player.message("bot")
    await player.socket.close()
    again = await chat.connect(last_seq=7)
    seqs = [(await again.type("message"))["seq"] for _ in range(3)]
    assert seqs == [8, 9, 10]
    assert next(f for f in again.got if f["type"] == "welcome")["seq"] == 10


async def test_unread_counts_what_others_wrote_after_the_read_mark(chat: Chat) -> None:
    player = await chat.connect()
    await player.send(type="send", id="m1", text="a")
    await player.message("bot")
    await player.socket.close()
    again = Frames(await chat.client.ws_connect("/chat/v1/socket"))
    await again.send(type="hello", token=sign(), last_seq=2)
    assert (await again.type("welcome"))["unread"] == 1
    await again.send(type="read", seq=2)
    await again.send(type="read", seq=1)
    await again.send(type="nonsense")
    await again.type("error")
    await again.socket.close()
    third = Frames(await chat.client.ws_connect("/chat/v1/socket"))
    await third.send(type="hello", token=sign(), last_seq=2)
    assert (await third.type("welcome"))["unread"] == 0


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", "bad_json"),
        ("[1]", "bad_json"),
        ("[" * 100_000, "frame_too_large"),
        (json.dumps({"type": "dance"}), "unknown_type"),
        (json.dumps({"text": "no type"}), "unknown_type"),
        (json.dumps({"type": "send", "text": "no id"}), "bad_frame"),
        (json.dumps({"type": "send", "id": 7, "text": "x"}), "bad_frame"),
        (json.dumps({"type": "send", "id": "x", "text": "长" * 2001}), "text_too_long"),
        (json.dumps({"type": "send", "id": "x", "text": "  "}), "text_empty"),
        (json.dumps({"type": "send", "id": "x", "payload": '/choose{"order":"1"}'}), "unknown_payload"),
        (json.dumps({"type": "read", "seq": -1}), "bad_frame"),
        (json.dumps({"type": "hello"}), "bad_frame"),
        (json.dumps({"type": "cancel_queue"}), "wrong_state"),
    ],
    ids=range(13),
)
async def test_bad_frames_are_named_and_the_socket_stays_open(chat: Chat, frame: str, code: str) -> None:
    player = await chat.connect()
    await player.socket.send_str(frame)
    error = await player.type("error")
    assert error["code"] == code
    assert error["message"]
    assert error["retry"] is False
    await player.send(type="send", id="after", text="还在吗")
    await player.message("bot")


async def test_what_the_client_says_of_itself_is_kept_as_a_whole(chat: Chat) -> None:
    player = await chat.connect()
    for frame in (
        {"app_version": "3.2.0", "device": " Xiaomi\n 14 ", "made_up": "x"},
        {"os": "Android 15", "network": "", "region": None},
    ):
        await player.send(type="context", **frame)
    await player.send(type="send", id="m1", text="在吗")
    await player.type("ack")
    async with chat.database.read() as session:
        (row,) = (await session.scalars(select(ConversationRow))).all()
    assert row.context == {"os": "Android 15"}


@pytest.mark.parametrize(
    "frame", [{"device": "x" * 65}, {"device": 7}, {"os": "\0"}, {"network": ["wifi"]}], ids=range(4)
)
async def test_a_context_that_is_none(chat: Chat, frame: dict[str, object]) -> None:
    player = await chat.connect()
    await player.send(type="context", device="Pixel 8")
    await player.send(type="context", **frame)
    assert (await player.type("error"))["code"] == "bad_frame"
    async with chat.database.read() as session:
        (row,) = (await session.scalars(select(ConversationRow))).all()
    assert row.context == {"device": "Pixel 8"}


async def test_too_much_context_does_not_keep_the_player_from_writing(chat: Chat) -> None:
    player = await chat.connect()
    for n in range(30):
        await player.send(type="context", device=f"Pixel {n}")
    assert (await player.type("error"))["code"] == "rate_limited"
    await player.send(type="send", id="m1", text="在吗")
    await player.type("ack")


async def test_two_thousand_characters_are_welcome(chat: Chat) -> None:
    player = await chat.connect()
    await player.send(type="send", id="m", text="😀" * 2000)
    assert (await player.type("ack"))["seq"] == 1


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, "token_missing"),
        ("nonsense", "token_invalid"),
        (partial(sign, secret="another-secret-another-secret-1234567"), "token_invalid"),
        (partial(sign, life=-60), "token_expired"),
        (partial(sign, life=3600), "token_too_long_lived"),
        (partial(sign, game="other"), "unknown_game"),
        (partial(sign, sub=""), "token_invalid"),
        (partial(sign, vip="9"), "token_invalid"),
        (jwt.encode({"sub": "p1", "game": "demo", "exp": 2**40}, "", algorithm="none"), "token_invalid"),
    ],
)
async def test_bad_tokens_are_refused(chat: Chat, token: str | Callable[[], str] | None, code: str) -> None:
    socket = await chat.client.ws_connect("/chat/v1/socket")
    frames = Frames(socket)
    await frames.send(type="hello", token=token() if callable(token) else token)
    assert (await frames.type("error"))["code"] == code
    assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_hello_comes_first(chat: Chat) -> None:
    frames = Frames(await chat.client.ws_connect("/chat/v1/socket"))
    await frames.send(type="send", id="m", text="x")
    assert (await frames.type("error"))["code"] == "hello_expected"


async def test_other_origins_are_refused(chat: Chat) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await chat.client.ws_connect("/chat/v1/socket", origin="https://evil.example")
    assert refused.value.status == 403
    await chat.client.ws_connect("/chat/v1/socket", origin="https://game.example")


async def test_more_than_twenty_in_ten_seconds_are_refused_but_resends_are_acknowledged(chat: Chat) -> None:
    player = await chat.connect()
    for n in range(21):
        await player.send(type="send", id=f"m{n}", text=str(n))
    error = await player.type("error")
    assert (error["code"], error["retry"], error["id"]) == ("rate_limited", True, "m20")
    await player.send(type="send", id="m3", text="3")
    ack = await player.type("ack", id="m3")
    first = next(f for f in player.got if f["type"] == "ack" and f["id"] == "m3")
    assert ack["seq"] == first["seq"]


async def test_players_do_not_see_each_other(chat: Chat) -> None:
    one, two = await chat.connect(sign("p1")), await chat.connect(sign("p2"))
    await one.send(type="send", id="m1", text="我的秘密")
    await one.message("bot")
    await two.send(type="send", id="m1", text="你好")
    await two.message("bot")
    assert [f["text"] for f in two.got if f["type"] == "message"] == ["你好", "听到：你好"]


async def test_buttons_are_answered_by_payload_and_shown_by_title(chat: Chat) -> None:
    payload = '/choose_order{"order_number": "A1"}'
    chat.brain._script = lambda turn: Answer((Reply("哪一笔？", (Button("648 元", payload),)),))
    player = await chat.connect()
    await player.send(type="send", id="m1", text="充错了")
    await player.message("bot")
    await player.send(type="send", id="m2", payload=payload)
    own = await player.seen(lambda f: f["type"] == "message" and f.get("id") == "m2")
    assert own["text"] == "648 元"
    await player.message("bot")
    assert chat.brain.turns[-1].payload == payload


async def hand_over(chat: Chat, player: Frames) -> None:
    """Have the bot pass the player on."""
    script = chat.brain._script
    chat.brain._script = lambda turn: Answer(hand_over=HandOver("player_request", "account_stolen"))
    await player.send(type="send", id="human", text="转人工")
    await player.type("state", state="queued")
    chat.brain._script = script


async def test_the_bot_is_silent_while_queued_and_with_an_agent_and_comes_back(chat: Chat) -> None:
    player = await chat.connect()
    await hand_over(chat, player)
    state = next(f for f in player.got if f["type"] == "state")
    assert state["position"] == 1
    assert state["wait_s"] > 0
    asked = len(chat.brain.turns)
    await player.send(type="send", id="w1", text="还在吗")
    await player.type("ack", id="w1")
    lili = await chat.agent()
    [waiting] = await chat.queue.waiting()
    await chat.queue.claim(waiting.id, lili)
    await player.type("state", state="agent")
    await chat.queue.say(waiting.id, lili, "a1", "我来帮你看")
    said = await player.message("agent")
    assert (said["text"], said["name"]) == ("我来帮你看", "丽丽")
    await player.send(type="send", id="w2", text="谢谢")
    await player.type("ack", id="w2")
    await asyncio.sleep(0.1)
    assert len(chat.brain.turns) == asked
    await chat.queue.release(waiting.id, lili)
    await player.type("state", state="bot")
    await player.send(type="send", id="w3", text="活动几点")
    await player.next(lambda f: f["type"] == "message" and f["text"] == "听到：活动几点")
    assert len(chat.brain.turns) == asked + 1
    assert chat.brain.turns[-1].fresh
    async with chat.database.read() as session:
        seqs = (await session.scalars(select(MessageRow.seq).order_by(MessageRow.seq))).all()
    assert list(seqs) == list(range(1, len(seqs) + 1))


async def test_a_late_answer_is_dropped_when_the_conversation_has_moved_on(chat: Chat) -> None:
    release = asyncio.Event()

    async def slow(turn: Turn) -> Answer:
        await release.wait()
        return Answer((Reply("太晚了"),))

    chat.brain.answer = slow  # type: ignore[method-assign]
    player = await chat.connect()
    await player.send(type="send", id="m1", text="在吗")
    await player.type("state", state="queued")  # patience is one second here
    release.set()
    await asyncio.sleep(0.2)
    texts = [f["text"] for f in player.got if f["type"] == "message"]
    assert "太晚了" not in texts


async def test_a_dead_brain_queues_the_player_at_once_and_nothing_is_lost(chat: Chat) -> None:
    chat.brain.down = True
    player = await chat.connect()
    await player.send(type="send", id="m1", text="我号没了")
    told = await player.message("system")
    assert "人工" in told["text"]
    await player.type("state", state="queued")
    async with chat.database.read() as session:
        row = (await session.scalars(select(ConversationRow))).one()
    assert (row.state, row.reason) == ("queued", "brain_failed")


async def test_an_interrupted_gateway_answers_after_its_restart(chat: Chat) -> None:
    chat.brain.delay = 30
    player = await chat.connect()
    await player.send(type="send", id="m1", text="在吗")
    await player.type("ack")
    while not chat.brain.turns:
        await asyncio.sleep(0.01)
    await chat.turns.close()  # the process goes while the brain thinks
    chat.brain.delay = 0
    assert await chat.turns.wake_abandoned() == 1
    assert (await player.message("bot"))["text"] == "听到：在吗"


async def test_the_queue_moves_and_everyone_is_told(chat: Chat) -> None:
    players = [await chat.connect(sign(f"p{n}")) for n in range(3)]
    for player in players:
        await hand_over(chat, player)
    last = players[2]
    assert next(f for f in last.got if f["type"] == "state")["position"] == 3
    first, *_ = await chat.queue.waiting()
    await chat.queue.claim(first.id, await chat.agent())
    assert (await last.type("state"))["position"] == 2


async def test_a_waiting_player_can_go_back_to_the_bot(chat: Chat) -> None:
    player = await chat.connect()
    await hand_over(chat, player)
    await player.send(type="cancel_queue")
    await player.type("state", state="bot")
    await player.send(type="send", id="m9", text="那算了")
    await player.next(lambda f: f["type"] == "message" and f["text"] == "听到：那算了")


async def test_a_closed_case_opens_again_when_the_player_writes(chat: Chat) -> None:
    player = await chat.connect()
    await hand_over(chat, player)
    lili: AgentIdentity = await chat.agent()
    [waiting] = await chat.queue.waiting()
    await chat.queue.claim(waiting.id, lili)
    await chat.queue.close(waiting.id, lili)
    await player.type("state", state="closed")
    await player.send(type="send", id="new", text="又有问题")
    await player.next(lambda f: f["type"] == "message" and f["text"] == "听到：又有问题")
    assert chat.brain.turns[-1].fresh
    async with chat.database.read() as session:
        row = (await session.scalars(select(ConversationRow))).one()
    assert (row.state, row.case) == ("bot", 2)


@pytest.mark.parametrize(
    "frame",
    [
        '{"type": "send", "id": "\\ud83d", "text": "x"}',
        '{"type": "dance", "id": "half \\ud83d"}',
        '{"type": "send", "id": "nul \\u0000", "text": "x"}',
        '{"type": "send", "id": "x", "text": "\\ud83d"}',
    ],
    ids=range(4),
)
async def test_text_that_nobody_can_encode_does_not_end_the_socket(chat: Chat, frame: str) -> None:
    player = await chat.connect()
    await player.socket.send_str(frame)
    await player.type("error")
    await player.send(type="send", id="after", text="还在吗")
    await player.message("bot")


async def test_welcome_is_the_first_answer_however_much_is_sent_at_once(chat: Chat) -> None:
    socket = await chat.client.ws_connect("/chat/v1/socket")
    frames = Frames(socket)
    await frames.send(type="hello", token=sign())
    for _ in range(5):
        await frames.socket.send_str("no json")
    await frames.type("error")
    assert frames.got[0]["type"] == "welcome"


async def test_a_client_that_goes_in_the_middle_is_no_error_of_ours(
    chat: Chat, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(10):
        player = await chat.connect()
        for m in range(5):
            await player.send(type="send", id=f"{n}.{m}", text="x")
        player.socket._response.connection.transport.abort()
        await player.socket.close()
    while chat.bus._subscribers:  # until the gateway has noticed
        await asyncio.sleep(0.01)
    assert "Traceback" not in capsys.readouterr().out
    assert not [record for record in caplog.records if record.exc_info]
