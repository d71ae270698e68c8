"""What the demo players' accounts are bound to, where they are logged in, and what they own or miss."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from demo_game.demo_time import Days
from demo_game.demo_world import DIAMOND
from demo_game.models import Base, Binding, DeletedItem, Grant, LogIn, Mail, Pet

CARD_MAIL, HUNT_MAIL, SIGN_IN_MAIL = 100_601, 100_801, 100_101

_DAY = timedelta(days=1)


def rows(now: datetime) -> Iterator[Base]:
    """All of it at `now` (aware)."""
    yield from _bindings(now)
    yield from _log_ins(now)
    yield from _deleted_items(now)
    yield from _rewards(now)
    yield Pet(id="p100101", player_id="p1001", name="团子")
    yield Pet(id="p100601", player_id="p1006", name="白泽", renamed_at=now - 3 * _DAY)


# One thing a paragraph reads better than one value a line.
# fmt: off
def _bindings(now: datetime) -> Iterator[Binding]:
    """p1003 has no phone, p1007 nothing but the device, p1010 nothing at all."""
    at = Days(now).ago
    bound = {
        "p1001": (("phone", "19900001001", ""), ("third_party", "wx_nanfeng", "wechat")),
        "p1002": (("phone", "19900001002", ""), ("mail", "naicha@mail.example", "")),
        "p1003": (("third_party", "wx_laozhang", "wechat"),),
        "p1004": (("phone", "19900001004", ""),),
        "p1006": (
            ("phone", "19900001006", ""), ("mail", "yunzhongjun@mail.example", ""),
            ("third_party", "qq_20090708", "qq"), ("device", "iPad-8F21-77A0", ""),
        ),
        "p1007": (("device", "HUAWEI-P60-31C9", ""),),
        "p1008": (("phone", "19900001008", ""),),
        "p1009": (("third_party", "apple_001993", "apple"), ("mail", "yeqiu@mail.example", "")),
    }
    for player, values in bound.items():
        for number, (kind, value, provider) in enumerate(values, 1):
            yield Binding(
                id=f"b{player[1:]}0{number}", player_id=player, kind=kind, value=value, provider=provider,
                bound_at=at(90 - number, 20, 15),
            )
    yield Binding(  # his mother's, since yesterday: it can't be changed yet
        id="b100501", player_id="p1005", kind="phone", value="19900001005", bound_at=at(1, 21, 30),
        cool_off_until=at(-6, 21, 30),
    )


def _log_ins(now: datetime) -> Iterator[LogIn]:
    """Everybody is in the game; somebody else is too, in the account of p1002."""
    at = Days(now).ago
    places = {
        "p1001": ("Xiaomi 15", "广东 深圳"),
        "p1002": ("iPhone 16", "四川 成都"),
        "p1003": ("vivo X200", "江苏 南通"),
        "p1004": ("Windows 电脑", "湖北 武汉"),
        "p1005": ("HUAWEI MatePad", "浙江 宁波"),
        "p1006": ("iPad Pro", "上海"),
        "p1007": ("HUAWEI P60", "河南 郑州"),
        "p1008": ("OPPO Find X8", "陕西 西安"),
        "p1009": ("iPhone 15", "北京"),
        "p1010": ("Redmi K80", "福建 泉州"),
    }
    for player, (device, place) in places.items():
        yield LogIn(
            id=f"s{player[1:]}01", player_id=player, device=device, place=place,
            since=now - timedelta(minutes=37), current=True,
        )
    yield LogIn(
        id="s100202", player_id="p1002", device="Windows 模拟器", place="越南 河内",
        since=at(1, 3, 2), unusual=True,
    )
    yield LogIn(
        id="s100602", player_id="p1006", device="iPhone 16 Pro", place="上海", since=at(1, 22, 40),
    )


def _deleted_items(now: datetime) -> Iterator[DeletedItem]:
    """What the stranger sold of p1002, what p1008 broke down; for p1009 it is too late."""
    at = Days(now).ago
    yield DeletedItem(
        id="i100201", player_id="p1002", name="赤霄剑", count=1, deleted_at=at(1, 3, 11),
        restorable_until=at(-6, 3, 11),
    )
    yield DeletedItem(
        id="i100202", player_id="p1002", name="强化石", count=99, deleted_at=at(1, 3, 12),
        restorable_until=at(-6, 3, 12),
    )
    yield DeletedItem(
        id="i100801", player_id="p1008", name="焦尾琴", count=1, deleted_at=at(1, 22, 9),
        restorable_until=at(-6, 22, 9),
    )
    yield DeletedItem(
        id="i100901", player_id="p1009", name="龙鳞甲", count=1, deleted_at=at(40, 12, 0),
        restorable_until=at(33, 12, 0),
    )


def _rewards(now: datetime) -> Iterator[Base]:
    """Rewards that were sent (p1001, p1006) and that never left (p1008 with its mail, p1003 without)."""
    at = Days(now).ago
    hunt = [{"item": DIAMOND, "count": 500}, {"item": "秋狩时装宝箱", "count": 1}]
    yield Mail(
        id=SIGN_IN_MAIL, player_id="p1001", title="「初雪签到」第 3 天", text="签到奖励已到，请领取附件。",
        attachments=[{"item": "雪球", "count": 10}], created_at=at(1, 8, 2), sent_at=at(1, 8, 2),
    )
    yield Grant(
        id="g100101", player_id="p1001", source="first-snow", title="「初雪签到」第 3 天",
        items=[{"item": "雪球", "count": 10}], created_at=at(1, 8, 2), sent_at=at(1, 8, 2),
        mail_id=SIGN_IN_MAIL,
    )
    yield Grant(
        id="g100301", player_id="p1003", source="maintenance", title="云起江湖3区停机补偿",
        items=[{"item": "金币", "count": 20_000}], created_at=at(4, 9, 0),
    )
    yield Grant(
        id="g100601", player_id="p1006", source="至尊月卡", title="至尊月卡每日奖励",
        items=[{"item": DIAMOND, "count": 100}], created_at=at(1, 5, 0), sent_at=at(1, 5, 0),
        mail_id=CARD_MAIL,
    )
    yield Grant(
        id="g100801", player_id="p1008", source="autumn-hunt", title="「秋狩」活动排名奖励",
        items=hunt, created_at=at(2, 10, 0), mail_id=HUNT_MAIL,
    )
# fmt: on
