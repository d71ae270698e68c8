"""What a player who waits wants at once."""

from __future__ import annotations

import pytest

from bot.domain.waiting import Wish, wish_of

LEAVES = (
    "算了",
    "算了不等了",
    "不用了",
    "不等了",
    "唉 算了吧",
    "不想等了",
    "取消排队",
    "没事了",
    "我不用转人工了",
    "不找客服了",
    "已经解决了",
    "不排了，谢谢",
    "never mind",
    "I don't want to wait anymore",
)
ASKS = (
    "转人工",
    "人工",
    "我要人工客服！",
    "快点转人工啊",
    "客服呢",
    "还要等多久",
    "还没人来吗",
    "怎么还没人理我",
    "到我了吗",
    "how long",
    "human please",
)
TELLS = (
    "我的号登不上，急",
    "我",
    "了",
    "好的",
    "谢谢",
    "谢谢你们",
    "不要给我冻结",
    "不用身份证也能找回吗",
    "我自己的号被盗了",
    "算了，那笔648的你们帮我看看吧",
    "客服态度太差了",
    "没事 我慢慢等",
    "不等级保护怎么开",
)


@pytest.mark.parametrize("words", LEAVES)
def test_who_turns_away(words: str) -> None:
    assert wish_of(words) is Wish.LEAVE


@pytest.mark.parametrize("words", ASKS)
def test_who_asks_for_his_place_or_once_more_for_a_human(words: str) -> None:
    assert wish_of(words) is Wish.STANDING


@pytest.mark.parametrize("words", TELLS)
def test_what_is_for_the_agent(words: str) -> None:
    assert wish_of(words) is None


@pytest.mark.parametrize("words", ["好", "是的", "1", "嗯嗯", "ok"])
def test_a_yes_counts_where_leaving_was_just_offered(words: str) -> None:
    assert wish_of(words) is None
    assert wish_of(words, offered=True) is Wish.LEAVE
