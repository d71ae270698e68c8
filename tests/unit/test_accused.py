"""Who is reported: names are found, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from actions.accused import accused_in


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("举报 小明 开挂", "小明"),
        ("举报小明开挂", "小明"),
        ("我要举报玩家小明开挂", "小明"),
        ("举报玩家 风清扬", "风清扬"),
        ("举报 夜雨声烦 骂人", "夜雨声烦"),
        ("举报【天下无双】外挂", "天下无双"),
        ('举报"咸鱼翻身不了"消极游戏，上局', "咸鱼翻身不了"),
        ("举报战神小明，他用脚本", "战神小明"),
        ("举报 影刺无双", "影刺无双"),
        ("有人开挂，叫 大魔王", "大魔王"),
        ("对面那个叫阿狸的开透视", "阿狸"),
        ("昨晚排位碰到一个叫 xX龙Xx 的锁头", "xX龙Xx"),
        ("昵称“落雨无声-”，一直骂我", "落雨无声-"),
        ("对方角色ID：夜貓阿哲。", "夜貓阿哲"),
        ("玩家 风清扬 骗了我的装备", "风清扬"),
        ("report player Shadow for cheating", "Shadow"),
    ],
)
def test_a_name_is_found(words: str, name: str) -> None:
    assert accused_in(words) == name


@pytest.mark.parametrize(
    "words",
    [
        "举报开挂",
        "举报有人开挂",
        "举报透视外挂",
        "举报我队友挂机",
        "举报上一局对面开挂",
        "举报一个炼丹脚本！",
        "举报工作室刷金",
        "举报代练，我同学的号找人打上的王者",
        "昨天举报的那个自瞄狗怎么还没封号",
        "为什么举报开挂没有反馈~",
        "外挂不清理我叫上全队退钱",
        "我被骗了，有个人骗我",
        "请问官方会不会让玩家转账，有人让我转",
        "請問怎麼檢舉玩家名稱不雅",
        "举报这个透视，ID尾号4418",
        "全图透视+自瞄，稳定不封，这种广告天天刷",
        "他骂我“你个垃圾”",
        "report a cheater",
        "",
    ],
)
def test_nothing_else_is_a_name(words: str) -> None:
    assert accused_in(words) is None
