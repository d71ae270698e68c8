"""What is the same for all demo players: gift codes, servers, events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from demo_game.demo_time import Days
from demo_game.models import Base, Event, GiftCode, Server

DIAMOND = "钻石"
_DAY = timedelta(days=1)


def rows(now: datetime) -> Iterator[Base]:
    """All of it at `now` (aware)."""
    yield from _gift_codes(now)
    yield from _servers(now)
    yield from _events(now)


# One thing a paragraph reads better than one value a line.
# fmt: off
def _gift_codes(now: datetime) -> Iterator[GiftCode]:
    yield GiftCode(
        code="XIAOER666", title="小二见面礼", rewards=[{"item": "金币", "count": 6666}],
        starts_at=now - 10 * _DAY, expires_at=now + 20 * _DAY, uses=1204, max_uses=100_000,
    )
    yield GiftCode(
        code="SPRING2026", title="新春礼包", rewards=[{"item": DIAMOND, "count": 88}],
        starts_at=now - 300 * _DAY, expires_at=now - 270 * _DAY, uses=40_211, max_uses=100_000,
    )
    yield GiftCode(
        code="VIP888", title="VIP 专属礼包", rewards=[{"item": DIAMOND, "count": 288}],
        starts_at=now - 30 * _DAY, expires_at=now + 30 * _DAY, uses=87, max_uses=1000,
        public=False,
    )
    yield GiftCode(
        code="FIRST100", title="前一百名礼包", rewards=[{"item": "秋狩时装宝箱", "count": 1}],
        starts_at=now - 5 * _DAY, expires_at=now + 5 * _DAY, uses=100, max_uses=100,
    )
    yield GiftCode(
        code="WINTER2026", title="冬日礼包", rewards=[{"item": "雪球", "count": 20}],
        starts_at=now + 10 * _DAY, expires_at=now + 40 * _DAY, max_uses=100_000,
    )
    yield GiftCode(
        code="SNOW1515", title="15区开服礼包", rewards=[{"item": "金币", "count": 15_000}],
        starts_at=now - 8 * _DAY, expires_at=now + 22 * _DAY, uses=310, max_uses=100_000,
        servers=["星陨大陆15区"],
    )


def _servers(now: datetime) -> Iterator[Server]:
    at = Days(now).ago
    yield Server(name="星陨大陆12区", state="online")
    yield Server(name="星陨大陆15区", state="busy", note="今晚人多，登录可能要排几分钟的队。")
    yield Server(
        name="星陨大陆9区", state="maintenance", starts_at=now - timedelta(hours=2),
        ends_at=now + timedelta(hours=1), note="临时维护，修复跨服匹配的问题，结束后全服发放补偿。",
    )
    yield Server(
        name="云起江湖1区", state="planned", starts_at=at(-1, 5, 0), ends_at=at(-1, 8, 0),
        note="例行维护并更新「初雪」版本，请提前下线。",
    )
    yield Server(
        name="云起江湖2区", state="merged", starts_at=at(20, 6, 0), note="角色和物品都已经搬到云起江湖1区。",
        merged_into="云起江湖1区",
    )
    yield Server(name="云起江湖3区", state="online")


def _events(now: datetime) -> Iterator[Event]:
    at = Days(now).ago
    yield Event(
        id="autumn-hunt", title="秋狩", starts_at=at(16, 10, 0), ends_at=at(2, 10, 0),
        rules="活动期间猎杀首领积累积分，结束时按积分排名，前 100 名有奖，奖励由邮件发放。",
        rewards=[{"item": DIAMOND, "count": 500}, {"item": "秋狩时装宝箱", "count": 1}],
    )
    yield Event(
        id="first-snow", title="初雪签到", starts_at=at(3, 5, 0), ends_at=at(-11, 5, 0),
        rules="每天登录签到一次，签满 7 天得「雪落」坐骑；漏签可以用补签卡，每人最多补 2 天。",
        rewards=[{"item": "雪球", "count": 10}, {"item": "坐骑「雪落」", "count": 1}],
    )
    yield Event(
        id="double-drop", title="冬日副本双倍掉落", starts_at=at(-5, 10, 0), ends_at=at(-8, 10, 0),
        rules="活动期间每天前 3 次通关「寒霜殿」掉落翻倍，需要 40 级以上。",
    )
    yield Event(
        id="new-server-race", title="15区冲级赛", starts_at=at(6, 10, 0), ends_at=at(-1, 22, 0),
        rules="开服 7 天内等级前 50 名有奖，只限星陨大陆15区的角色。",
        rewards=[{"item": DIAMOND, "count": 888}], servers=["星陨大陆15区"],
    )
# fmt: on
