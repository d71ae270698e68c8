"""Amounts of money in yuan, as a range in fen.

A number is an amount if a unit says so (648块, 30r), or if it is said of a payment (充了648, 那笔648的).
Explicit foreign currency is left alone: its minor unit is not the fen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from bot.nlu import numerals
from bot.nlu.spans import Entity

PRICE_POINTS = frozenset(
    {6, 12, 18, 25, 30, 45, 50, 60, 68, 88, 98, 100, 108, 118, 128, 168, 188, 198, 218, 288}
)
PRICE_POINTS |= {298, 328, 348, 388, 488, 518, 588, 648, 998, 1298, 1998, 3280, 6480}
"""What stores sell: a bare number of this list needs less evidence."""

_UNIT = (
    r"(?:块钱|块大洋|块人民币|块(?![石碎晶肉地屏板砖木铁拼金布皮])|元(?![宝素旦神老婴气首件])(?:人民币|"
    r"钱)?|圆|大洋"
    r"|rmb|r(?![a-z0-9卡级角])|人民币|软妹币|yuan|cny)"
)
_BELOW = r"(?P<below>不到|少于|低于|不足|不超过|最多|顶多)"
_ROUND = r"(?P<more>多|来|几|余|好几)"
_RANGE_DIGITS = r"[一二两三四五六七八九]"
_CORE = rf"(?P<number>{numerals.NUMBER})(?P<scale>[kw千万](?![a-z]))?"
_SPAN = re.compile(
    rf"(?:{_BELOW}\s?)?(?<![a-z0-9.])(?:[¥￥]\s?|rmb\s?)?{_CORE}{_ROUND}?(?P<scale2>[千万])?\s?"
    rf"(?P<unit>{_UNIT})?(?P<cents>(?<=块)[一二三四五六七八九\d](?![\d百千万个单次天]))?(?P<about>左右|上下)?"
)
_MONEY_SIGN = re.compile(r"[¥￥]\s?$|rmb\s?$")
_PAIR = re.compile(
    rf"(?<![{numerals.CHINESE}])(?P<low>{_RANGE_DIGITS})(?P<high>{_RANGE_DIGITS})(?P<unit>[十百千万])(?P<money>{_UNIT})?"
)
_SEVERAL = re.compile(
    rf"(?:(?P<head>[一二两三四五六七八九]?十)|[好小大]?)几(?P<unit>[十百千万])?(?:多|来)?(?P<money>{_UNIT})?"
)
_ABOUT_ONE = re.compile(rf"(?:上|小|近|成)?(?P<unit>[百千万])(?:来|把)?(?P<money>{_UNIT})")
_BETWEEN = re.compile(
    rf"(?P<low>{numerals.NUMBER})(?:{_UNIT})?\s?(?:到|至|-|~)\s?(?P<high>{numerals.NUMBER})(?P<money>{_UNIT})"
)
_SMALL = re.compile(
    r"(?<![\d一二两三四五六七八九十百千万几])(?P<number>\d|[一二两三四五六七八九])(?:(?P<unit>毛|角)(?![色落度])|(?P<fen>分)(?=钱))(?P<money>钱)?"
)
_NOTHING_LEFT = re.compile(r"(?:都|也|没|不)")
"""一毛钱都没看见, 一分钱也不退: a figure of speech."""

_VERBS = (
    r"(?:充值|充|冲值|冲|氪金|氪|课|储值|储|付款|支付|付|扣款|扣费|扣|划扣|划走|划|退款|退还|退|返|"
    r"花费|花|消费|转账|转|刷|买|购|"
    r"涨到|涨价到|涨成|降到|降价到|降成|卖到|卖|原价|价格|价格从|损失|贡献|押金|定金|少了|亏|变成|点成|充成|冲成|储成|交|砸|投|收|吞|骗|要|赔|补|刷走|盗刷|首充|首冲|充的|金额|paid|pay|spent|charged|refund|topup|"
    r"top up|recharge)"
)
_BETWEEN_VERB = (
    r"(?:了|的|过|我|你|他|她|孩子|娃|我们|费|款|掉|走|去|进|进去|值|是|也|就|都|一共|总共|共|整整|"
    r"大概|大约|差不多|快|将近|近|小|又|才|一笔|一单|一个|个|两单|两个|两笔|三单|一次|那单|那笔|这笔|"
    r"这单|单|笔|,|:|\s)*"
)
_VERB_BEFORE = re.compile(rf"{_VERBS}{_BETWEEN_VERB}$")
_ORDER_BEFORE = re.compile(
    r"(?:一单|一笔|两单|两笔|三单|三笔|几单|几笔|[一二两三四五六七八九十\d]+[个单笔发张]|那笔|那单|"
    r"这笔|这单|单子|金额|价格|原价|面额|档)(?:的|是|为)?\s?$"
)
_BARE_AFTER = re.compile(
    r"\s?(?:的?(?:那|这)?(?:一)?(?:单|笔|档|大?礼包|首充|档位|订单|充值|氪)|(?:都|也|还|全|咋|怎么|"
    r"为什么|说|就|又|的|了|我|一直|到现在|钱)*"
    r"(?:没到|没有到|没来|没收|不到账|未到|未收|没给|没了|没发|到账|不见|没进|没反应|白|打水漂|退|充|"
    r"冲|扣|氪|付|买|not|never|didn))"
)
_NOT_MONEY_AFTER = re.compile(
    r"\s?(?:级|等级|区|服|抽|连|次|天|号|日|月|年|点(?!多?块)|时|分(?!钱)|秒|个|人|岁|关|层|星(?![钻琼石])|%|％|帧|"
    r"fps|gb?|mb?(?![a-z])|ms|小时|"
    r"周|章|回|局|把|场|楼|位|名|条|张|件|倍|代|版|折|战|胜|杀|排|段|赛季|度|血|攻|钻|元宝|点券|金币|"
    r"石|晶|币|勾玉|结晶|源石|水晶|"
    r"ping|延迟|队|套|步|颗|瓶|发|枚|本|页|字|遍|轮|种|款|只(?![给有到是能])|头|辆|台|部|楼|米|斤|公里|万人|k人|体|层|"
    r"阶|线|路|环|格|集|卡|开头|倍|折|"
    r"days?|hours?|mins?|times|pulls?|diamonds?|gems?|dollars?|usd|hkd|twd|刀|美元|美金|港币|台币|欧|蚊|ntd?)"
)
_NOT_MONEY_BEFORE = re.compile(
    r"(?:vip|lv\.?|level|第|版本|v|s|no\.?|ios|android|安卓|区|服|周年|iphone|苹果|小米|华为|荣耀|红米|"
    r"麒麟|骁龙|rtx|gtx|"
    r"延迟|ping|帧率|编号|代码|错误|error|code|尾号|qq|电话|热线|打|\$|us\$|nt\$|hk\$|usd|百分之|每|"
    r"还剩|剩|满|等级|战力|[#\-.:/])\s?$"
)
_IDIOMS = re.compile(
    r"一块一块|第[一二三四五六七八九十]+块|(?<=[人们我他她你友跟和天])一块(?!钱)|一块(?=[打玩去来组下做])|百分之[零一二三四五六七八九十百]+|"
    r"二百五(?![十块元])|十万火急|千万别|千万不|千万|万一|一万年|百万|千方百计|一百个不|一五一十|"
    r"二话不说|七上八下|乱七八糟|三天两头|百发百中|万万|九牛一毛|一毛不拔|半斤八两|十有八九|三番五次|"
    r"五花八门|一千零一(?!十)|"
    r"三七二十一|十分|十足|百般|十八般|一二三|五一|双十一|双十二|六一|十一(?=活动|国庆|假期)|二次元|"
    r"三国|三战|三剑客|"
    r"四六级|一级棒|二级|三级头|三级甲|12315|12321|12345|12318|10086|10010|10000号|95\d{3}(?!\d*[块元])|24小时|7x24"
)
_EVIDENCE = re.compile(
    r"充|冲值|价格|原价|卖|氪|课金|付|扣|退|花了|花掉|消费|买|购|钱|单|到账|礼包|首充|余额|块|账|刷|金额|没到|paid|"
    r"charge|refund|recharge|bought|purchase"
)
_NEAR_VERB = re.compile(rf"{_VERBS}[^\d,.!?;:。\s]{{0,6}}$|(?:{_VERBS})\s(?:me\s|my\s\w+\s)?$")
_ORDER_AFTER = re.compile(r"\s?(?:块)?的?(?:那|这)(?:一)?(?:单|笔|次充|次冲)")
"""4998那笔: a number that names an order is its price, whatever the store sells."""

_ICONIC = frozenset({328, 648})
"""Prices that are said without any other word."""

_DIGITS = "一二两三四五六七八九"
_ABOUT = Decimal("0.1")


def find(folded: str, taken: list[Entity]) -> Iterator[Entity]:
    """Find amounts in folded text; `taken` are entities whose numbers are spoken for."""
    blocked = [(m.start(), m.end()) for m in _IDIOMS.finditer(folded)] + [(e.start, e.end) for e in taken]
    paying = bool(_EVIDENCE.search(folded))
    for start, end, low, high in _candidates(folded, paying):
        if all(end <= b or start >= e for b, e in blocked):
            blocked.append((start, end))
            yield Entity("amount", start, end, {"min_fen": _fen(low), "max_fen": _fen(high)})


def _fen(yuan: Decimal) -> int:
    return int((yuan * 100).to_integral_value())


_Candidate = tuple[int, int, Decimal, Decimal]
_POWERS = {"": Decimal(1), "十": Decimal(10), "百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000)}


def _candidates(folded: str, paying: bool) -> Iterator[_Candidate]:
    for match in _BETWEEN.finditer(folded):
        low, high = numerals.parse(match["low"]), numerals.parse(match["high"])
        if low is not None and high is not None and low < high:
            yield match.start(), match.end(), low, high
    yield from _pairs(folded, paying)
    for match in _SEVERAL.finditer(folded):
        if match["money"] or (match["unit"] and paying and not _NOT_MONEY_AFTER.match(folded, match.end())):
            unit = _POWERS[match["unit"] or ""]
            head = numerals.parse(match["head"]) if match["head"] else None
            yield (
                match.start(),
                match.end(),
                *((head * unit, (head + 10) * unit) if head else (2 * unit, 10 * unit)),
            )
    for match in _ABOUT_ONE.finditer(folded):
        if match.start() == 0 or folded[match.start() - 1] not in f"{numerals.CHINESE}几0123456789":
            unit = _POWERS[match["unit"]]
            yield match.start(), match.end(), unit, 2 * unit
    for match in _SPAN.finditer(folded):
        candidate = _single(folded, match, paying)
        if candidate:
            yield candidate
    for match in _SMALL.finditer(folded):
        value = numerals.parse(match["number"])
        said = match["money"] and not (value == 1 and _NOTHING_LEFT.match(folded, match.end()))
        if value is not None and (said or _VERB_BEFORE.search(folded, 0, match.start())):
            value /= 100 if match["fen"] else 10
            yield match.start(), match.end(), value, value


def _pairs(folded: str, paying: bool) -> Iterator[_Candidate]:
    """三四百: two neighbouring digits before one unit."""
    for match in _PAIR.finditer(folded):
        low, high = numerals.parse(match["low"]), numerals.parse(match["high"])
        if low is None or high is None or high - low != 1:
            continue
        bare = paying and not _NOT_MONEY_AFTER.match(folded, match.end())
        spent = match["unit"] != "十" and _VERB_BEFORE.search(
            folded, 0, match.start()
        )  # 花了七八百抽了个寂寞
        if match["money"] or bare or spent:
            unit = _POWERS[match["unit"]]
            yield match.start(), match.end(), low * unit, high * unit


def _single(folded: str, match: re.Match[str], paying: bool) -> _Candidate | None:
    value = numerals.parse(match["number"])
    scale = match["scale"] or match["scale2"]
    if value is None or value <= 0:
        return None
    if scale:
        value *= {"k": 1000, "w": 10_000, "千": 1000, "万": 10_000}[scale]
    start, end = match.start(), match.start() + len(match[0].rstrip())
    signed = bool(_MONEY_SIGN.match(folded[start : match.start("number")]))
    if not (match["unit"] or signed) and not _bare_number(folded, match, value, paying):
        return None
    if match["unit"] and _NOT_MONEY_BEFORE.search(folded, 0, start) and not paying:
        return None
    if match["cents"]:
        value += (numerals.parse(match["cents"]) or Decimal(0)) / 10
    if match["below"]:
        return start, end, Decimal(0), value
    if match["more"]:
        return start, end, value, value + numerals.step(value)
    if match["about"]:
        return start, end, value * (1 - _ABOUT), value * (1 + _ABOUT)
    return start, end, value, value


def _bare_number(folded: str, match: re.Match[str], value: Decimal, paying: bool) -> bool:
    """Whether a number without a unit is money."""
    start, end = match.start("number"), match.start() + len(match[0].rstrip())
    number = match["number"]
    chinese = not number[0].isdigit()
    if chinese and (len(number) < 2 or value < 10) and not match["scale"]:
        return False
    if _NOT_MONEY_AFTER.match(folded, end) or _NOT_MONEY_BEFORE.search(folded, 0, start):
        return False
    if (
        chinese
        and paying
        and value >= 100
        and number[-1] in "百千万" + _DIGITS
        and set(number) & set("百千万")
    ):
        return True
    if value in _ICONIC and not chinese:
        return True
    if match["scale"] in ("w", "万") and not chinese and paying:
        return True
    if 1 <= value < 100_000 and not chinese and _ORDER_AFTER.match(folded, end):
        return True
    if (
        not chinese
        and paying
        and 30 <= value < 100_000
        and _NEAR_VERB.search(folded[max(0, start - 14) : start])
    ):
        return True
    if _bare_is_money(folded, match.start(), end) or (match["below"] and paying and value >= 10):
        return True
    if value in PRICE_POINTS and value >= 30 and not chinese:
        return bool(_BARE_AFTER.match(folded, end)) or (paying and value not in {50, 60, 100})
    return bool(value in PRICE_POINTS and _BARE_AFTER.match(folded, end) and value >= 30)


def _bare_is_money(folded: str, start: int, end: int) -> bool:
    if _NOT_MONEY_AFTER.match(folded, end):
        return False
    window = max(0, start - 24)
    return bool(_VERB_BEFORE.search(folded, window, start) or _ORDER_BEFORE.search(folded, window, start))
