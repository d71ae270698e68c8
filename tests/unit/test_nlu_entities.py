from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.nlu import lexicon, numerals
from bot.nlu.entities import EntityFinder

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Friday
find = EntityFinder(lexicon.load(), now=lambda: NOW)


def values(text: str, kind: str) -> list[Any]:
    return [entity.value for entity in find(text) if entity.type == kind]


def yuan(text: str) -> list[tuple[float, float]]:
    return [(v["min_fen"] / 100, v["max_fen"] / 100) for v in values(text, "amount")]


def spans(text: str) -> list[tuple[str, str]]:
    """From and to as local "MM-DD HH:MM"."""
    return [
        (v["from"][5:16].replace("T", " "), v["to"][5:16].replace("T", " ")) for v in values(text, "time")
    ]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("648没到", 648, 648),
        ("4998那笔充错了", 4998, 4998),
        ("2w说封就封，我可是充了钱的", 20000, 20000),
        ("花了三四百抽个空气", 300, 400),
        ("这个礼包卖268太离谱", 268, 268),
        ("试用说好五分钱", 0.05, 0.05),
        ("东西就值两毛钱", 0.2, 0.2),
        ("充了648块", 648, 648),
        ("六百四十八没到", 648, 648),
        ("刚充的30r", 30, 30),
        ("一单一百二十八的", 128, 128),
        ("花了两千五", 2500, 2500),
        ("充了1w多", 10000, 20000),
        ("扣了我100多", 100, 200),
        ("三百多块", 300, 400),
        ("花了三四百", 300, 400),
        ("充了不到五百", 0, 500),
        ("那笔648的", 648, 648),
        ("扣了¥1,280.50", 1280.5, 1280.5),
        ("六块五", 6.5, 6.5),
        ("儲值3290元沒進來", 3290, 3290),
        ("首充6元", 6, 6),
        ("充了300到500块", 300, 500),
        ("五百块左右", 450, 550),
    ],
)
def test_amounts(text: str, low: float, high: float) -> None:
    assert yuan(text) == [(low, high)]


@pytest.mark.parametrize(
    "text",
    [
        "3区5服",
        "10连抽全是蓝的",
        "版本2.3更新不了",
        "我儿子8岁",
        "一点都不好玩",
        "二话不说就封号",
        "掉了百分之十",
        "万一丢了怎么办",
        "三天两头掉线",
        "一分钱都没退",
        "第3分钟就掉线",
        "648钻没了",
        "30级打不过",
        "要投诉到12315",
        "第6关过不去",
        "延迟300ms",
        "我们三个人一块打本",
        "charged me $4.99",
        "二百五客服",
    ],
)
def test_numbers_that_are_no_amounts(text: str) -> None:
    assert yuan(text) == []


@example(95_000)  # no bank's hotline
@given(st.integers(1, 99_999))
def test_amounts_in_yuan_round_trip(amount: int) -> None:
    assert yuan(f"充了{amount}块没到") == [(amount, amount)]


@given(st.integers(100, 9_999).map(lambda n: n * 100 + 50))
def test_amounts_with_cents_round_trip(fen: int) -> None:
    assert values(f"扣了{fen / 100:.2f}元", "amount") == [{"min_fen": fen, "max_fen": fen}]


DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """Below ten thousand, as it is written out."""
    text, gap = "", False
    for unit, power in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = number // power % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + unit
            gap = False
        else:
            gap = True
    return text


@given(st.integers(10, 9_999))
def test_written_out_amounts_are_the_same_as_digits(number: int) -> None:
    assert numerals.parse(in_chinese(number)) == number
    assert yuan(f"充了{in_chinese(number)}块没到") == yuan(f"充了{number}块没到")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("昨晚充的", "11-19 18:00", "11-20 00:00"),
        ("昨晚八点多", "11-19 20:00", "11-19 21:00"),
        ("昨天晚上的八点多", "11-19 20:00", "11-19 21:00"),
        ("昨天", "11-19 00:00", "11-20 00:00"),
        ("刚才付的", "11-20 15:00", "11-20 15:30"),
        ("上周充的", "11-09 00:00", "11-16 00:00"),
        ("今早登不上", "11-20 06:00", "11-20 12:00"),
        ("三天前", "11-17 00:00", "11-18 00:00"),
        ("半小时前", "11-20 14:50", "11-20 15:10"),
        ("11月3号", "11-03 00:00", "11-04 00:00"),
        ("上个月", "10-01 00:00", "11-01 00:00"),
        ("大前天下午", "11-17 12:00", "11-17 18:00"),
        ("上周五晚上11点半", "11-13 23:20", "11-13 23:40"),
        ("礼拜天", "11-15 00:00", "11-16 00:00"),
        ("昨晚一点多", "11-20 01:00", "11-20 02:00"),
        ("下午三点", "11-20 15:00", "11-20 16:00"),
        ("晚上充的", "11-19 18:00", "11-20 00:00"),
        ("上个月二十八号", "10-28 00:00", "10-29 00:00"),
        ("yesterday", "11-19 00:00", "11-20 00:00"),
        ("last night", "11-19 18:00", "11-20 00:00"),
    ],
)
def test_times(text: str, start: str, end: str) -> None:
    assert spans(text) == [(start, end)]


@pytest.mark.parametrize(
    "text",
    ["一点都不", "三天两头", "每天都卡", "月卡没到", "一晚上没睡", "快点", "差点", "每晚20点", "2月31号"],
)
def test_words_that_are_no_times(text: str) -> None:
    assert [s for s in spans(text) if s[0].startswith("02-")] == []
    assert "2月31号" in text or spans(text) == []


@given(st.integers(1_577_836_800, 2_051_222_400).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_what_happened_did_not_happen_in_the_future(now: datetime) -> None:
    finder = EntityFinder(lexicon.load(), now=lambda: now)
    for text in (
        "昨晚八点多",
        "刚才",
        "上周五",
        "三天前",
        "晚上",
        "下午三点",
        "八点半充的",
        "11月3号",
        "29号",
        "双十一",
    ):
        found = [e.value for e in finder(text) if e.type == "time"]
        assert len(found) == 1, text
        assert datetime.fromisoformat(found[0]["from"]) <= now
        assert datetime.fromisoformat(found[0]["from"]) < datetime.fromisoformat(found[0]["to"])


def test_times_are_in_the_players_zone() -> None:
    finder = EntityFinder(lexicon.load(), timezone="America/New_York", now=lambda: NOW)
    (entity,) = finder("昨天")
    assert entity.value == {"from": "2026-11-19T00:00:00-05:00", "to": "2026-11-20T00:00:00-05:00"}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("单号2026112119034477没到", "order_number", "2026112119034477"),
        ("订单GPA.3321-8890-1123-40921", "order_number", "GPA.3321-8890-1123-40921"),
        ("工单号 xr-261125-0042 呢", "ticket_number", "XR-261125-0042"),
        ("XR2611250042", "ticket_number", "XR-261125-0042"),
        ("WX20261120071245 重复支付", "order_number", "WX20261120071245"),
        ("手机号13812345678", "phone", "13812345678"),
        ("礼包码 VIP666888 用不了", "gift_code", "VIP666888"),
        ("我在手Q34区", "server", "手Q34区"),
        ("微信区127服", "server", "微信区127服"),
        ("充到艾欧尼亚了", "server", "艾欧尼亚"),
        ("3区5服", "server", "3区5服"),
        ("第五服", "server", "第五服"),
        ("角色名叫风中追风，在二区", "role_name", "风中追风"),
        ("昵称：夜貓阿哲。", "role_name", "夜貓阿哲"),
        ("微信付了没到", "payment_channel", "wechat"),
        ("用花呗买的", "payment_channel", "huabei"),
        ("App Store扣钱了", "payment_channel", "apple"),
        ("云闪付付的", "payment_channel", "unionpay"),
        ("买的648礼包没到", "product", "648礼包"),
        ("战令没解锁", "product", "战令"),
        ("六十级了", "level", 60),
        ("我lv45", "level", 45),
        ("安卓 小米14", "device", "安卓 小米14"),
        ("iPhone 15 iOS 17", "device", "iPhone 15 iOS 17"),
        ("iPhone15,2", "device", "iPhone15,2"),
        ("红米K60，安卓14", "device", "红米K60，安卓14"),
        ("我用的华为mate60 pro，一打开就闪退", "device", "华为mate60 pro"),
        ("苹果手机闪退", "device", "苹果手机"),
        ("小米14pro登不上", "device", "小米14pro"),
        ("OPPO Find X6 发烫", "device", "OPPO Find X6"),
        ("安卓的", "device", "安卓"),
        ("华为", "device", "华为"),
        ("我是三星的", "device", "三星"),
    ],
)
def test_other_entities(text: str, kind: str, value: object) -> None:
    assert values(text, kind) == [value]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("微信登录不上", "payment_channel"),
        ("苹果13闪退", "payment_channel"),
        ("客服不回", "server"),
        ("版本2.3", "server"),
        ("错误码 E-2047 登不上", "gift_code"),
        ("单号13812345678901", "phone"),
        ("一级棒", "level"),
        ("vip8级别", "level"),
        ("角色名和区忘了", "role_name"),
        ("三星通关没给奖励", "device"),
        ("华为支付提示风险", "device"),
        ("安卓微信58区登不上", "device"),
        ("苹果扣的钱 找谁", "device"),
        ("王者荣耀50级了", "device"),
        ("荣耀 30级打不过", "device"),
        ("opponent left", "device"),
    ],
)
def test_look_alikes(text: str, kind: str) -> None:
    assert values(text, kind) == []


@given(st.text(max_size=80))
def test_any_text_gives_ordered_entities_without_overlaps(text: str) -> None:
    found = find(text)
    assert all(0 <= e.start < e.end <= len(text) for e in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_positions_are_those_of_the_message() -> None:
    text = "【急】昨晚在ＷＸ充值沒到，單號２０２６１１２１１９０３４４７７"
    found = {e.type: text[e.start : e.end] for e in find(text)}
    assert found["time"] == "昨晚"
    assert found["order_number"] == "２０２６１１２１１９０３４４７７"
