from __future__ import annotations

import pytest

from bot.domain.language import language, written_in


@pytest.mark.parametrize(
    "text",
    [
        "my 128 recharge has not arrived",
        "I can't log in",
        "How do I get a refund?",
        "the game keeps crashing",
        "It’s not working, please help",
    ],
)
def test_english(text: str) -> None:
    assert written_in(text) == "en"


@pytest.mark.parametrize("text", ["充值没到账", "ok 好的", "cdk 兑换不了", "648沒到", "转人工"])
def test_chinese(text: str) -> None:
    assert written_in(text) == "zh-CN"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "648",
        "ok",
        "yes please",
        "cdk",
        "gift code HUOGUO666",
        "wo de qian mei dao zhang",
        "you ren zai ma, wo yao tui kuan",
        "he lost me men can wan",
        "my 1280钻石 has not arrived",
        "asd kjh kjsdf",
        "XYZ-123-ABC-DEF",
    ],
)
def test_too_little_to_tell(text: str) -> None:
    assert written_in(text) is None


def test_a_third_language_stays() -> None:
    assert language("ja", "my recharge is missing") == "ja"
    assert language("zh-CN", "my recharge is missing") == "en"
    assert language("en", "ok") == "en"
    assert language("en", "没到账") == "zh-CN"
