"""Servers, roles, levels, payment channels and products: what is told by words and by the lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.nlu import numerals
from bot.nlu.lexicon import Lexicon
from bot.nlu.spans import Entity

_NUM = rf"(?:\d{{1,5}}|[{numerals.CHINESE}]{{1,4}})"
_PLATFORM = (
    r"(?:(?:安卓|苹果|ios|android|微信|手?qq?|v|双线|电信|网通|联通|移动|华为|渠道|官方|b站|港台|台湾|"
    r"亚洲|国际|联盟|公会战|手|新|老|全区?)区?)"
)
_SERVER = re.compile(
    rf"(?<![a-z0-9.])(?:{_PLATFORM}[\s-]?)?(?:第)?(?:s)?{_NUM}\s?(?:区|服)(?![别域分块务气装从用])"
    rf"(?:[\s-]?(?:第)?{_NUM}\s?(?:区|服)(?![别域分块务气装从用]))?(?:[·・][\u4e00-\u9fff]{{2,6}})?"
)
_S_NUMBER = re.compile(
    r"(?<![a-z0-9])(?<!三星)(?<!三星 )(?<!galaxy )s\d{1,4}(?:服|区)?(?![a-z0-9级]|\s?(?:赛季|season|"
    r"战令|通行证|手册|新赛季|更新|版本|英雄|皮肤))"
)
_PLATFORM_ONLY = re.compile(
    r"(?:安卓|苹果|ios|android|微信|手?q|qq|电信|网通|双线|体验|国际)(?:区|服)(?![别域分块务气装从用])"
)
_SERVER_NAMED = re.compile(
    r"(?:服务器|大区|区服|伺服器|所在服)(?:名称?|名字)?\s?(?:叫做?|是|为|:|=)\s?"
    r"(?P<name>(?!不|没|哪|什|谁|土|在|的|维|崩|炸|卡)[\u4e00-\u9fffa-z0-9]{2,8}?)(?=[,.!?;\s、。]|$|的|角色)"
)
_EN_SERVER = re.compile(
    r"(?<![a-z])(?:server\s?#?\d{1,5}|(?:asia|na|eu|sea|us|america|europe|global|jp|kr|tw|"
    r"cn)\s(?:\d{1,4}\s)?server|s\d{1,4}\sserver)(?![a-z])"
)

_ROLE = re.compile(
    r"(?:(?:游戏|角色|玩家|人物|我的?|账号|大号|小号|ta的?|他的?|对方的?|那个?人)*(?:角色名字?|"
    r"游戏名字?|昵称|角色昵称|玩家名|人物名|网名|角色id|游戏id|角色(?=叫|名|:|是)|"
    r"名字|(?<![a-z])(?:ign|nickname|username|character name|role name|my name|id)(?![a-z]))|(?:我|他|"
    r"对方|那人|大号|小号|号)(?=叫))"
    r"\s?(?:叫做?|就?是|为|名叫|名为|:|=|is|called)+\s?"
)
_ROLE_BARE = re.compile(r"(?:角色名字?|昵称|游戏名|角色id|游戏id|(?<![a-z])ign)\s?(?=[「“\"『【\[])")
_QUOTED = re.compile(r"[「“\"『【《\[]([^」”\"』】》\]]{1,20})[」”\"』】》\]]")
_ROLE_NAME = re.compile(r"[^\s,.;!?、。…”\"』」】()<>:~]{1,16}")
_ROLE_END = re.compile(
    r"(?=(?:在(?:\d|[一二三四五六七八九十]|微信|qq|安卓|苹果|电信|s\d)|的(?:账?号|角色|那个|玩家|人)|"
    r"这个号|充|冲|买|没到|被|等级|级|vip|麻烦|帮|服务器|区服|求|请|谢|他|她|一直|每|开挂|骂|挂机|我要|"
    r"我是|呢|吗|了|啊|吧|和|昨|今|前天|and |on ))"
)
_NOT_NAME = re.compile(
    r"^(?:什么|啥|多少|哪|谁|不|没|怎么|改|换|错|空|被|我|你|违规|敏感|假|真|不是|这|那|一个|个|有|对|"
    r"吗|要|实名|男|女|在|会|说|和|骂|每|就|还|能|可)"
)

_LEVEL = re.compile(
    rf"(?P<n>{_NUM})\s?级(?!头|甲|包|保|背|棒|密|建|市|页|菜|代|联|碎|材|怪|副本|地图|才能|以上才|"
    rf"玩家才|科目|考)|(?<![a-z])(?:lv\.?|level|lvl)\s?(?P<n2>\d{{1,3}})(?!\d)|等级\s?(?:是|为|:|才|到|"
    rf"都)?\s?(?P<n3>{_NUM})(?![块元月年天])"
)

_WEAK_CHANNELS = {
    "微信",
    "wx",
    "vx",
    "v信",
    "wechat",
    "weixin",
    "苹果",
    "apple id",
    "谷歌",
    "google",
    "爱疯",
    "话费",
    "qb",
    "银行卡",
    "信用卡",
    "app store",
    "appstore",
    "苹果商店",
    "谷歌商店",
}
_NOT_CHANNEL_AFTER = re.compile(
    r"\s?(?:区|服(?!务)|登录|登陆|登|账号|帐号|号|群|好友|手机|系统|版|端|用户|id|邮箱|\d{2}|聊天|客服|"
    r"公众号|小程序|绑|授权|平台|电脑|平板|渠道服|电话|通知|推送|认证|实名|机|设备|x|扫码登|里聊|发我|"
    r"加|联系|上(?:的)?(?:人|卖家|骗))"
)
_ADDED = re.compile(r"(?:加了?|绑定?了?|解绑|换绑|换|登)(?:他|她|对方|个|我)?(?:的)?\s?$")
_PAYING = re.compile(
    r"付|支付|扣|充|冲|买|账单|订单|订阅|续费|退款|退|钱|费|单|刷|氪|课|储值|余额|转账|花|到账|到帐|"
    r"额度|pay|paid|charge|refund|bill|purchase|bought|topup|top up|subscri"
)
_GIFT_PACK = re.compile(
    rf"(?<![a-z0-9.])(?:\d{{1,5}}|[一二三四五六七八九]?[十百千][{numerals.CHINESE}]*)\s?(?:元|块钱?|"
    rf"r)?(?:的)?(?:首充)?大?礼包"
)


def words_pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for many words, the longest first; Latin words match whole."""
    parts = []
    for word in sorted(set(words), key=lambda w: (-len(w), w)):
        left = r"(?<![a-z])" if word[0].isascii() and word[0].isalpha() else ""
        right = r"(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else ""
        parts.append(f"{left}{re.escape(word)}{right}")
    return re.compile("|".join(parts)) if parts else None


class NameFinder:
    """Finds names by the lexicon's lists and by how names are introduced."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._channel_of = {w: c for c, words in lexicon.payment_channels.items() for w in words}
        self._channels = words_pattern(self._channel_of)
        self._products = words_pattern(lexicon.products)
        self._servers = words_pattern(lexicon.servers)
        self._roles = words_pattern(lexicon.role_names)

    def roles(self, folded: str, text: str) -> Iterator[Entity]:
        """Role names after 角色名叫, 我的id是, 昵称 and the like; the name as the player wrote it."""
        for pattern in (_ROLE, _ROLE_BARE):
            for match in pattern.finditer(folded):
                found = self._name(folded, match.end())
                if found and not (match[0].strip() == "id" and pattern is _ROLE_BARE):
                    start, end = found
                    yield Entity("role_name", start, end, text[start:end])
        if self._roles:
            for match in self._roles.finditer(folded):
                yield Entity("role_name", match.start(), match.end(), text[match.start() : match.end()])

    @staticmethod
    def _name(folded: str, position: int) -> tuple[int, int] | None:
        quoted = _QUOTED.match(folded, position)
        if quoted:
            return quoted.start(1), quoted.end(1)
        match = _ROLE_NAME.match(folded, position)
        if not match or _NOT_NAME.match(match[0]):
            return None
        stop = _ROLE_END.search(folded, match.start() + 1, match.end() + 4)
        end = min(match.end(), stop.start()) if stop else match.end()
        return (match.start(), end) if end - match.start() <= 14 else None

    def servers(self, folded: str, text: str) -> Iterator[Entity]:
        """二区, S12, 手Q34区, 3区5服, listed names, and what is called a server."""
        for pattern in (_SERVER, _EN_SERVER, _SERVER_NAMED, _S_NUMBER, _PLATFORM_ONLY, self._servers):
            for match in pattern.finditer(folded) if pattern else ():
                start, end = match.span("name") if pattern is _SERVER_NAMED else match.span()
                if pattern is _SERVER_NAMED and folded[start:end] in {
                    "维护",
                    "崩",
                    "炸",
                    "卡",
                    "不",
                    "哪",
                    "什么",
                    "谁",
                }:
                    continue
                yield Entity("server", start, end, text[start:end])

    def levels(self, folded: str) -> Iterator[Entity]:
        """六十级, lv45, 等级 30: the level as an integer from 1 to 999."""
        for match in _LEVEL.finditer(folded):
            number = numerals.parse(match["n"] or match["n2"] or match["n3"])
            before = folded[max(0, match.start() - 3) : match.start()]
            if number is not None and 1 <= number <= 999 and not re.search(r"vip$|第$|十分$|[a-z]$", before):
                yield Entity("level", match.start(), match.end(), int(number))

    def channels(self, folded: str) -> Iterator[Entity]:
        """Payment channels; a word that is more than that (微信, 苹果) counts where something is paid."""
        for match in self._channels.finditer(folded) if self._channels else ():
            word = match[0]
            if word in _WEAK_CHANNELS and (
                not _PAYING.search(folded)
                or _NOT_CHANNEL_AFTER.match(folded, match.end())
                or _ADDED.search(folded, 0, match.start())
            ):
                continue
            yield Entity("payment_channel", match.start(), match.end(), self._channel_of[word])

    def products(self, folded: str, text: str) -> Iterator[Entity]:
        """What is sold: listed products, and 648礼包."""
        for pattern in (_GIFT_PACK, self._products):
            for match in pattern.finditer(folded) if pattern else ():
                yield Entity("product", match.start(), match.end(), text[match.start() : match.end()])
