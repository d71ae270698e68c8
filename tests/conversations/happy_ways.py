"""The happy way through each request, as a player goes it, and where it ends: the repeatable figure of how
much is done without a human (test_happy_ways.py)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class End(StrEnum):
    """Where a dialogue ends."""

    CHAT = "solved in the chat"
    TICKET = "ticket with number and promise"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Way:
    """What the player of the demo game says; `[title]` is a button."""

    end: End
    player: str
    steps: tuple[str, ...]


def _way(end: End, player: str, *steps: str) -> Way:
    return Way(end, player, steps)


GOOD = "[解决了]"

WAYS: dict[str, Way] = {
    # account
    "account_recharge_missing": _way(End.CHAT, "p1003", "充了128没到账", "[现在补发]", GOOD),
    "account_refund_mistaken": _way(End.CHAT, "p1001", "充错了648想退", "[确认退款]", GOOD),
    "account_refund_minor": _way(
        End.TICKET,
        "p1005",
        "我儿子偷偷充了好多钱，想退款",
        "[就是这个账号]",
        "[全部]",
        "[这几天]",
        "[母亲]",
        "[材料都稍后再发]",
        "[提交申请]",
    ),
    "account_recharge_query": _way(End.CHAT, "p1001", "查一下我的充值记录", GOOD),
    "account_subscription_cancel": _way(End.CHAT, "p1006", "怎么取消自动续费", "[关掉续费]", GOOD),
    "account_stolen": _way(End.TICKET, "p1002", "我的号被盗了", "尾号1002", "[立即冻结]"),
    "account_password": _way(End.CHAT, "p1001", "忘记密码了", "[发重置链接]", GOOD),
    "account_binding": _way(End.CHAT, "p1001", "手机号换了怎么改绑定", "[换绑、解绑手机]", GOOD),
    "account_real_name": _way(End.CHAT, "p1001", "实名认证怎么弄", "[知道了，没问题]"),
    "account_ban_appeal": _way(
        End.TICKET, "p1004", "为什么封我号，我要申诉", "[我要申诉]", "我没开挂，那天是我表弟在玩", "[没有]"
    ),
    "account_delete": _way(End.CHAT, "p1001", "我要注销账号", "[确认注销]", GOOD),
    "account_role_restore": _way(End.CHAT, "p1008", "昨天误删了角色听雨，能恢复吗", "[现在找回]", GOOD),
    # technical
    "technical_crash": _way(End.CHAT, "p1001", "游戏一打开就闪退", "[好了]"),
    "technical_lag": _way(End.CHAT, "p1001", "游戏延迟很高", "[Wi-Fi]", "[好了]"),
    "technical_login": _way(End.CHAT, "p1001", "收不到验证码登不上", "[好了]"),
    "technical_update": _way(End.CHAT, "p1001", "游戏更新不了", "[下载慢]", "[好了]"),
    "technical_payment_failure": _way(End.CHAT, "p1001", "支付一直失败", "[没扣]", "[微信支付]", "[好了]"),
    "technical_bug": _way(End.CHAT, "p1001", "游戏有bug，人物卡墙里了", "[好了]"),
    "technical_device": _way(End.CHAT, "p1001", "手机发烫严重", "[好了]"),
    # content
    "content_event": _way(End.CHAT, "p1001", "最近有什么活动", "[初雪签到]", GOOD),
    "content_gift_code": _way(End.CHAT, "p1001", "兑换码 XUEYE2026 用不了", GOOD),
    "content_quest": _way(End.CHAT, "p1001", "这一关怎么过", "[好了]"),
    "content_gacha": _way(End.CHAT, "p1001", "抽卡保底是多少抽", "[好了]"),
    "content_item_lost": _way(End.CHAT, "p1008", "活动奖励没收到", "[就是它]", GOOD),
    "content_server": _way(End.CHAT, "p1001", "现在是在维护吗", GOOD),
    "content_character": _way(End.CHAT, "p1001", "这个角色怎么培养", "[好了]"),
    "content_suggestion": _way(End.TICKET, "p1001", "建议背包多加二十个格子"),
    # complaints
    "complaint_cheater": _way(End.TICKET, "p1001", "举报 小明 开透视", "昨晚十点排位", "[没有]"),
    "complaint_abuse": _way(End.TICKET, "p1001", "我要举报有人骂人", "黑风寨主", "刚才那局", "[没有]"),
    "complaint_scam": _way(
        End.TICKET,
        "p1001",
        "我交易被骗了",
        "[道具、金币]",
        "[道具、金币]",
        "黑风寨主",
        "昨晚说好换装备，给了就跑",
        "[没有]",
    ),
    "complaint_service": _way(End.TICKET, "p1001", "我要投诉客服", "[等了很久]", "上周的单子到现在没人回"),
    "complaint_balance": _way(End.TICKET, "p1001", "匹配太不公平了", "昨晚连跪十把，对面都是高段位"),
    "complaint_operation": _way(End.TICKET, "p1001", "运营宣传和实际完全不一样，太坑了"),
    "ticket_progress": _way(End.CHAT, "p1001", "我的问题处理得怎么样了"),
}
