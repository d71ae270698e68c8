"""Who is reported, where the first message says it: "举报 小明 开挂". Pure.

Only what is plainly a name counts, for a wrong one sends the check to the wrong player; the rest is asked.
"""

from __future__ import annotations

import re

LONGEST = 14

_DID = (
    r"开(?:挂|g|透|自瞄|锁|加速|宏|外挂)|外挂|挂机|作弊|用(?:挂|外挂|脚本|宏|加速|透视|自瞄)|使用|透视|自瞄|锁头|脚本|代[打练]|演员|假赛"
    r"|骂|辱骂|喷|嘴臭|威胁|骚扰|恶意|消极|送人?头|摆烂|骗|诈骗|盗|刷|穿墙|飞天|瞬移|变速|多开|工作室"
)
_OPENED = r"(?:举报|投诉|檢舉|舉報)\s*(?:一下|下)?\s*(?:玩家|用户)?(?![名们們])\s*"
_NAME = r"(?P<name>[^\s,，.。;；!！?？:：、\"“”「」『』【】《》]{2,14}?)"

_CALLED_BY = (
    r"(?:(?<![a-z])id|昵称|(?:玩家名|角色名)[称稱字]?(?=\s*[叫是为:：「『【《“\"])"
    r"|名字(?=\s*[叫是为:：「『【《“\"])|(?:[个人他她方名]|^|[,，\s])叫做?"
    r"|(?:^|[,，\s])(?:玩家|用户)(?![名们們]))"
    r"\s*(?:是|叫|为|[:：])*\s*"
)
_QUOTES = r"[「『【《“\"](?P<name>[^」』】》”\"\n]{1,20})[」』】》”\"]"
_QUOTED = re.compile(
    rf"(?:(?:{_OPENED}|{_CALLED_BY}){_QUOTES}|{_QUOTES.replace('name', 'other')}\s*(?:{_DID}))", re.I
)
_CALLED = re.compile(
    rf"{_CALLED_BY}{_NAME}(?=\s*(?:的(?!号)|{_DID}|[,，.。;；!！?？、]|$|\s))",
    re.I,
)
_ACCUSED = re.compile(_OPENED + rf"{_NAME}\s*[,，]?\s*(?=(?:他|她|一直|在|老)?\s*(?:{_DID}))", re.I)
_APART = re.compile(rf"(?:举报|舉報)(?:\s+|\s*玩家\s*){_NAME}\s*$")
_ENGLISH = re.compile(
    r"\breport(?:ing)?\s+(?:(?:the\s+)?(?:player|user)\s+)?(?P<name>\S{2,20})\s+(?:for|he|she|is|who)\b", re.I
)

_NOBODY = re.compile(
    rf"{_DID}|[的了吗呢吧]|^[一个那这有他她它你我您咱谁某哪被把在又再还都也很太不没用开就要能会想去来]|有人|人家|别人|队友|对面|对方|对手|敌人"
    r"|打野|上单|中单|下路|辅助|射手|法师|会长|帮主|公会|群|主播|好友|朋友|陌生|网友|卖家|买家|客服|官方|策划|运营|管理|几个|所有"
    r"|刚才|刚刚|昨|今天|今晚|前天|上[一把局场]|[这那]?[一]?[局把场]|排位|匹配|对局|游戏|账号|账户|记录|结果|反馈|入口|功能|系统|奖励|中心|按钮"
    r"|怎么|什么|哪|为什么|一直|天天|每天|总是|未成年|广告|直播|头像|昵称|名字|大量|各种|人$|行为|问题|违规|处理|无效|成功"
    r"|尾号|连号|连着|^叫|^(?:a|an|the|this|that|some(?:one|body)|cheater|cheating|him|her|them|hacker|player)s?$",
    re.I,
)
_NO_NAME = re.compile(r"客服|官方|群$|恭喜|系统")
"""In quotes names may look like anything else."""


def accused_in(words: str) -> str | None:
    """The name of the player whom `words` report, None where there is none."""
    for pattern in (_QUOTED, _ACCUSED, _CALLED, _APART, _ENGLISH):
        for match in pattern.finditer(words):
            name = (match["name"] or match.groupdict().get("other") or "").strip()
            if len(name) <= LONGEST and not (_NO_NAME if pattern is _QUOTED else _NOBODY).search(name):
                return name
    return None
