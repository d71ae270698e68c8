"""The demo players: who they are and what they have paid; demo_belongings.py has the rest of their world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo_game import demo_belongings, demo_world
from demo_game.demo_time import SHANGHAI, Days
from demo_game.demo_world import DIAMOND
from demo_game.models import Ban, Base, Mail, Player, Recharge, Redemption, Role, Subscription, Wallet

UNITS_PER_YUAN = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Order:
    """A recharge of `yuan`, paid at `paid_at`; `consumed` of its diamonds are spent."""

    yuan: int
    paid_at: datetime
    channel: str
    consumed: int = 0
    delivered: bool = True


@dataclass(frozen=True, slots=True)
class _Demo:
    """One demo player; his wallet is what his orders brought, less what he spent."""

    id: str
    name: str
    server: str
    role: str
    profession: str
    level: int
    about: str
    registered: timedelta
    orders: tuple[_Order, ...] = ()
    vip: int = 0
    age: int | None = None
    gold: int = 0
    accounts_on_device: int = 1
    accounts_of_payer: int = 1
    more: tuple[Base, ...] = field(default=())


def demo_rows(now: datetime) -> Iterator[Base]:
    """All rows of the demo at `now` (aware)."""
    yield from demo_world.rows(now)
    for demo in _players(now):
        yield Player(
            id=demo.id,
            name=demo.name,
            vip=demo.vip,
            age=demo.age,
            registered_at=now - demo.registered,
            verified_at=None if demo.age is None else now - demo.registered + timedelta(minutes=5),
            accounts_on_device=demo.accounts_on_device,
            accounts_of_payer=demo.accounts_of_payer,
            about=demo.about,
        )
        yield Role(
            id=f"r{demo.id[1:]}01",
            player_id=demo.id,
            name=demo.role,
            server=demo.server,
            profession=demo.profession,
            level=demo.level,
            current=True,
            created_at=now - demo.registered + timedelta(minutes=7),
        )
        recharges = [_recharge(demo, number, order, now) for number, order in enumerate(demo.orders)]
        yield from recharges
        diamonds = sum(r.granted - r.consumed for r in recharges)
        yield Wallet(player_id=demo.id, unit=DIAMOND, balance=diamonds)
        yield Wallet(player_id=demo.id, unit="金币", balance=demo.gold)
        yield from demo.more
    yield from demo_belongings.rows(now)


def _recharge(demo: _Demo, number: int, order: _Order, now: datetime) -> Recharge:
    units = order.yuan * UNITS_PER_YUAN
    # 18 digits: the local date and time, then four that differ by player, order and time of the reset.
    serial = (int(now.timestamp()) * 7 + int(demo.id[1:]) * 131 + number * 17) % 10_000
    return Recharge(
        order_no=f"{order.paid_at.astimezone(SHANGHAI):%Y%m%d%H%M%S}{serial:04d}",
        player_id=demo.id,
        product=f"{units}{DIAMOND}",
        amount_fen=order.yuan * 100,
        channel=order.channel,
        status="delivered" if order.delivered else "paid",
        paid_at=order.paid_at,
        delivered_at=order.paid_at + timedelta(seconds=4) if order.delivered else None,
        units=units,
        granted=units if order.delivered else 0,
        consumed=order.consumed,
        unit=DIAMOND,
        server=demo.server,
        role=demo.role,
    )


# One player a paragraph reads better than one value a line.
# fmt: off
def _players(now: datetime) -> Iterator[_Demo]:
    at = Days(now).ago
    midnight = at(0, 0, 0)

    yield _Demo(
        "p1001", "南风知我意", "星陨大陆12区", "霜刃无痕", "剑客", 58,
        "昨晚手滑多充了 648 元，钻石一颗没花，想退款",
        timedelta(days=421),
        (_Order(648, at(1, 21, 40, 12), "wechat"), _Order(30, at(18, 12, 25, 41), "alipay", consumed=180)),
        vip=4, age=27, gold=183_520,
    )
    yield _Demo(
        "p1002", "奶茶不加糖", "星陨大陆12区", "糖小厨", "药师", 63,
        "充了 328 元，钻石已经全部花掉了，又想退款",
        timedelta(days=650),
        (_Order(328, at(2, 20, 13, 5), "alipay", consumed=3280),),
        vip=3, age=31, gold=96_004,
    )
    yield _Demo(
        "p1003", "老张爱钓鱼", "云起江湖3区", "张三丰的徒弟", "武僧", 41,
        "付了 128 元，订单显示已支付，钻石一直没到账",
        timedelta(days=233),
        (
            _Order(128, now - timedelta(hours=5, minutes=18), "wechat", delivered=False),
            _Order(6, at(40, 9, 2, 55), "wechat", consumed=60),
        ),
        vip=1, age=46, gold=50_311,
    )
    yield _Demo(
        "p1004", "夜行者K", "云起江湖3区", "影刺", "刺客", 77,
        "账号被封到下周，想知道原因并申诉",
        timedelta(days=980),
        (_Order(98, at(9, 23, 31, 8), "wechat", consumed=420),),
        vip=2, age=22, gold=410_277,
        more=(
            Ban(
                player_id="p1004", kind="account", reason="使用第三方外挂程序(自动瞄准)",
                since=at(1, 3, 15), until=now + 7 * _DAY,
                evidence="前天 23:41 至昨天 02:57 的 5 场对局里，系统记录到内存注入和非人工的瞄准轨迹。",
            ),
            Ban(
                player_id="p1004", kind="chat", reason="公共频道刷屏",
                since=at(62, 19, 0), until=at(61, 19, 0),
                evidence="10 分钟内在公共频道发送 46 条相同内容。", appealable=False,
            ),
        ),
    )
    yield _Demo(
        "p1005", "小小奥特曼", "星陨大陆15区", "光之巨人", "战士", 35,
        "实名登记为 12 岁，几天里充了五次，家长要求退款",
        timedelta(days=96),
        (
            _Order(648, at(1, 19, 26, 40), "wechat", consumed=6480),
            _Order(328, at(1, 19, 52, 3), "wechat", consumed=1150),
            _Order(328, at(2, 20, 7, 31), "wechat"),
            _Order(128, at(3, 18, 44, 19), "wechat", consumed=1280),
            _Order(68, at(4, 20, 30, 2), "wechat", consumed=680),
        ),
        vip=4, age=12, gold=8_640, accounts_of_payer=2,
    )
    yield _Demo(
        "p1006", "云中君", "云起江湖1区", "凌霄", "法师", 100,
        "VIP 9 老玩家，至尊月卡自动续费中，想取消或咨询",
        timedelta(days=1530),
        tuple(
            _Order(648, at(6 + 23 * n, 20, 5 + n, 11), "alipay", consumed=6480 if n else 2180)
            for n in range(16)
        ),
        vip=9, age=38, gold=2_950_000,
        more=(
            Subscription(
                player_id="p1006", product="至尊月卡", price_fen=3000, channel="alipay", auto_renew=True,
                started_at=at(101, 10, 0), expires_at=now + 19 * _DAY,
            ),
            Redemption(code="VIP888", player_id="p1006", redeemed_at=at(3, 21, 9)),
            Mail(
                id=demo_belongings.CARD_MAIL, player_id="p1006", title="至尊月卡每日奖励",
                text="请查收今天的月卡奖励。",
                attachments=[{"item": DIAMOND, "count": 100}],
                created_at=midnight - timedelta(hours=19), sent_at=midnight - timedelta(hours=19),
                read_at=midnight - timedelta(hours=10), claimed_at=midnight - timedelta(hours=10),
            ),
        ),
    )
    yield _Demo(
        "p1007", "一颗小草莓", "星陨大陆15区", "莓莓", "射手", 47,
        "同一个 68 元商品，一分钟内被扣了两次款",
        timedelta(days=312),
        (
            _Order(68, now - timedelta(hours=3, minutes=2), "wechat"),
            _Order(68, now - timedelta(hours=3, minutes=2) + timedelta(seconds=37), "wechat"),
        ),
        vip=1, age=24, gold=31_870,
    )
    yield _Demo(
        "p1008", "听雨眠", "云起江湖1区", "雨落", "琴师", 52,
        "昨天误删了角色想恢复，活动奖励邮件也一直没收到",
        timedelta(days=540),
        (_Order(30, at(33, 13, 37, 20), "alipay", consumed=300),),
        vip=2, age=29, gold=77_415,
        more=(
            Role(
                id="r100802", player_id="p1008", name="听雨", server="云起江湖1区", profession="剑客",
                level=71, created_at=now - 538 * _DAY, deleted_at=at(1, 22, 16),
                restorable_until=at(-6, 22, 16),
            ),
            Mail(
                id=demo_belongings.HUNT_MAIL, player_id="p1008", title="「秋狩」活动排名奖励",
                text="恭喜获得活动第 86 名，请领取奖励。",
                attachments=[{"item": DIAMOND, "count": 500}, {"item": "秋狩时装宝箱", "count": 1}],
                created_at=at(2, 10, 0),
            ),
        ),
    )
    yield _Demo(
        "p1009", "一叶知秋", "星陨大陆9区", "叶知秋", "刺客", 66,
        "App Store 充值和订阅的月卡，想退想停都得找苹果；一个月前删的角色已过找回期",
        timedelta(days=401),
        (_Order(68, at(2, 22, 4, 17), "apple", consumed=120),),
        vip=2, age=33, gold=60_120, accounts_on_device=6, accounts_of_payer=4,
        more=(
            Subscription(
                player_id="p1009", product="至尊月卡", price_fen=3000, channel="apple", auto_renew=True,
                started_at=at(45, 8, 30), expires_at=now + 15 * _DAY,
            ),
            Role(
                id="r100902", player_id="p1009", name="秋水", server="星陨大陆9区", profession="法师",
                level=39,
                created_at=now - 390 * _DAY, deleted_at=at(38, 17, 5), restorable_until=at(31, 17, 5),
            ),
        ),
    )
    yield _Demo(
        "p1010", "游客83021", "星陨大陆15区", "游客83021", "剑客", 9,
        "游客账号：没绑手机和邮箱，也没实名，怕号丢了",
        timedelta(days=3),
        gold=1_200,
    )
    yield _Demo(
        "p1011", "半糖去冰", "星陨大陆12区", "冰糖", "药师", 44,
        "给星陨大陆9区的「葫芦」充 198 元，手快充到了「冰糖」上，想转过去",
        timedelta(days=260),
        (_Order(198, now - timedelta(hours=1, minutes=12), "wechat"),),
        vip=2, age=25, gold=22_300,
        more=(
            Role(
                id="r101102", player_id="p1011", name="葫芦", server="星陨大陆9区", profession="射手",
                level=51, created_at=now - 200 * _DAY,
            ),
        ),
    )
    yield _Demo(
        "p1012", "金元宝", "云起江湖1区", "财源", "战士", 80,
        "手滑充了 1998 元和 4998 元，一个要一人审核，一个要两人审核",
        timedelta(days=700),
        (
            _Order(1998, now - timedelta(hours=2, minutes=31), "alipay"),
            _Order(4998, now - timedelta(hours=9, minutes=4), "alipay"),
        ),
        vip=4, age=41, gold=870_000,
    )
# fmt: on
