"""What the human who takes over is told: every open matter, in the player's words about it."""

from __future__ import annotations

import pytest

from tests.conversations.conftest import Meet, World


async def test_every_open_matter_is_told_in_words_about_it(meet: Meet, world: World) -> None:
    talk = await world.talk("p1009", locale="en")
    await talk.says("hi i want my money back for the 68 purchase, kid bought it")
    await talk.says("cancel my monthly card too pls")
    await talk.says("this is ridiculous, talk to a human")
    summary = (await talk.handed_over("player_request"))["summary"]
    assert "退款" in summary
    assert "i want my money back for the 68 purchase" in summary
    assert "取消" in summary
    assert "cancel my monthly card" in summary
    assert "human" not in summary


async def test_what_was_left_for_another_wish_is_told(meet: Meet) -> None:
    talk = await (await meet("p1001")).says("充错了648想退")
    await talk.says("我号被封了，要申诉")
    await talk.says("转人工")
    summary = (await talk.handed_over("player_request"))["summary"]
    assert "充错了648想退" in summary
    assert "转人工" not in summary


async def test_what_is_done_is_not_told_again(meet: Meet) -> None:
    talk = await (await meet("p1003")).says("充值没到账")
    await talk.says("算了")
    await talk.says("转人工")
    assert "没到账" not in (await talk.handed_over("player_request"))["summary"]


@pytest.mark.parametrize("leaves", ["转人工", "别废话了给我找个真人"])
async def test_the_minors_form_tells_orders_papers_and_sum(meet: Meet, world: World, leaves: str) -> None:
    talk = await meet("p1005")
    await world.conversations.report(talk.id, {"platform": "Linux", "screen": "390x844@1", "os": "Linux"})
    await talk.says("孩子偷偷充了好多钱，我是家长，要求退款")
    await talk.presses("就是这个账号")
    await talk.presses("全部 5 笔")
    await talk.presses("这几天")
    await talk.presses("母亲")
    await talk.says(leaves)
    summary = (await talk.handed_over("player_request"))["summary"]
    for told in ("所选充值：", "648元", "5 笔共 1500 元", "还差的材料：关系证明", "孩子的母亲", "按规则"):
        assert told in summary
    assert "Linux" not in summary
    assert leaves not in summary
