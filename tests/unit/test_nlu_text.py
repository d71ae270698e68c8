from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu import lexicon
from bot.nlu.text import NUMBER, Normaliser, fold

LEXICON = lexicon.load()
normalise = Normaliser(LEXICON)

WORDS = [
    *LEXICON.spelling,
    *LEXICON.initials,
    *LEXICON.emoji,
    *LEXICON.spelling.values(),
    "號",
    "啊",
    "1",
    " ",
    "，",
    "！",
]
messages = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=12).map("".join))


@settings(max_examples=400, deadline=None)
@given(messages)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_folding_keeps_the_length_and_is_idempotent(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("號被盜了", "号被盗了"),
        ("冲值沒到帳", "充值没到账"),
        ("登陆不上帐号", "登录不上账号"),
        ("ｃｄｋ用不了", "兑换码用不了"),
        ("cz没到", "充值没到"),
        ("伺服器連不上啊啊啊啊啊", "服务器连不上啊啊"),
        ("退款！！！！！", "退款!!"),
        ("转人工转人工转人工", "转人工转人工"),
        ("单号2026112119034477没到", f"单号{NUMBER}没到"),
        ("648   没到", "648 没到"),
    ],
)
def test_players_spellings(written: str, usual: str) -> None:
    assert normalise(written) == usual


def test_initials_are_whole_words() -> None:
    assert normalise("czech") == "czech"
    assert "充值" in normalise("我cz了")


def test_numbers_are_kept() -> None:
    assert normalise("充了6480") == "充了6480"


def test_lexicon_values_are_not_keys() -> None:
    """Else a word would be replaced by one that is wrong itself."""
    wrong = set(LEXICON.spelling)
    assert not [value for value in LEXICON.spelling.values() if any(key in value for key in wrong)]


def test_a_file_of_ones_own_adds_to_the_lexicon(tmp_path) -> None:
    (tmp_path / "a.yml").write_text("products: [月卡]\nspelling: {冲: 充}\n", encoding="utf-8")
    (tmp_path / "studio.yml").write_text(
        "products: [龙之翼]\npayment_channels: {ours: [星币卡]}\n", encoding="utf-8"
    )
    merged = lexicon.load(tmp_path)
    assert merged.products == ("月卡", "龙之翼")
    assert merged.payment_channels == {"ours": ("星币卡",)}
    assert Normaliser(merged)("冲") == "充"


@pytest.mark.parametrize("content", ["- a list", "products: 月卡", "no_such_section: []"])
def test_a_wrong_file_is_named(tmp_path, content: str) -> None:
    (tmp_path / "bad.yml").write_text(content, encoding="utf-8")
    with pytest.raises(lexicon.LexiconError, match=r"bad\.yml"):
        lexicon.load(tmp_path)
