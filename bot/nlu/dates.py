"""Dates as players name them: 昨天, 上周五, 11月3号, 三天前. Half-open ranges of whole days and the like.

Where a word leaves a choice, the latest one that is not in the future is meant: players report what happened.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from bot.nlu import numerals

Range = tuple[datetime, datetime]

NUMBER = rf"(?:\d{{1,3}}|[{numerals.CHINESE}]+)"
_DAY_WORDS = {"大前": 3, "前": 2, "昨": 1, "今": 0, "当": 0}
_WEEK = r"(?:周|星期|礼拜)"
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_HOLIDAYS = {
    "双十一": (11, 11, 1), "双11": (11, 11, 1), "双十二": (12, 12, 1), "双12": (12, 12, 1), "元旦": (1, 1, 1),
    "国庆": (10, 1, 7), "十一假期": (10, 1, 7), "五一": (5, 1, 5), "六一": (6, 1, 1), "圣诞": (12, 25, 1),
}  # fmt: skip

DATE = re.compile(
    rf"(?P<relday>大前天|前天|昨天|今天|当天|昨日|今日|前日|昨儿个?|今儿个?|前儿个?)"
    rf"|(?P<short>[昨今前当])(?=[晚夜早晨])"
    rf"|(?P<ymd>(?P<y>20\d\d)[年./-](?P<m>\d{{1,2}})[月./-](?P<d>\d{{1,2}})[日号]?)"
    rf"|(?P<md>(?:(?P<yw>去年|今年|前年))?(?P<m2>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})月(?:份)?"
    rf"(?:(?P<d2>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[日号]?(?![\d万千百]))?(?P<third>初|中旬|中|"
    rf"底|末)?)(?!卡|亮|费|光|入)"
    rf"|(?P<dayno>(?<![\d.第])(?:(?P<mw>上个?月|这个?月|本月))?(?P<d3>\d{{1,2}}|"
    rf"(?<=月)[一二三四五六七八九十]{{1,3}})[号日])(?![服区线位角机店楼选玩客主]|[a-z])"
    rf"|(?P<lastweek>(?P<up>上+个?|这个?|本)?{_WEEK}(?P<wd>[一二三四五六日天末])(?![次卡个]))"
    rf"|(?P<week>(?P<up2>上+个?|这个?|本){_WEEK}(?![一二三四五六日天末卡]))"
    rf"|(?P<month>(?P<up3>上+个?|这个?|本)月(?:份)?(?P<third2>初|中旬|中|底|末)?)(?!卡)"
    rf"|(?P<year>去年|前年|今年)"
    rf"|(?P<weekend>周末)"
    rf"|(?P<holiday>{'|'.join(_HOLIDAYS)})(?:当天|那天|期间|假期|的时候)?(?!礼包|活动|皮肤|限定|版本|"
    rf"码|祝|快乐|那?个)"
    rf"|(?P<ago_days>(?P<nd>{NUMBER})\s?(?:多)?(?P<ud>天|日|周|个?星期|个?礼拜|个?月|年)(?:多)?(?:之?以?前))"
    rf"|(?P<few>前几天|前两天|这几天|这两天|前些天|近几天|最近几天)"
    rf"|(?P<enday>yesterday|today)"
)


def hours_of(day: date, first: int, last: int, now: datetime) -> Range:
    """From one hour of `day` to another, in the zone of `now`; 24 and more is the next day."""
    midnight = datetime.combine(day, time(), now.tzinfo)
    return midnight + timedelta(hours=first), midnight + timedelta(hours=last)


def day_of(day: date, now: datetime) -> Range:
    """The whole day."""
    return hours_of(day, 0, 24, now)


def _days(first: date, last: date, now: datetime) -> Range:
    """From the beginning of `first` to the beginning of `last`."""
    return datetime.combine(first, time(), now.tzinfo), datetime.combine(last, time(), now.tzinfo)


def week_of(today: date, back: int, now: datetime) -> Range:
    """The week from Monday on, `back` weeks ago."""
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return _days(monday, monday + timedelta(days=7), now)


def month_of(year: int, month: int, now: datetime, third: str | None = None) -> Range:
    """A month, or its beginning, middle or end (ten days each); months below 1 are of the year before."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    if third:
        cuts = {"初": (first, first.replace(day=11)), "底": (first.replace(day=21), following)}
        cuts |= {"末": cuts["底"], "中": (first.replace(day=11), first.replace(day=21))}
        return _days(*cuts[third[0]], now)
    return _days(first, following, now)


def date_range(match: re.Match[str], now: datetime) -> Range | None:
    """What a match of DATE means; None if there is no such day."""
    today = now.date()
    try:
        return _named_date(match, today, now)
    except ValueError:  # the 31st of February
        return None


def _named_date(match: re.Match[str], today: date, now: datetime) -> Range | None:
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    if word := groups.get("relday") or groups.get("short"):
        back = next(back for name, back in _DAY_WORDS.items() if word.startswith(name))
        return day_of(today - timedelta(days=back), now)
    if "enday" in groups:
        return day_of(today - timedelta(days=groups["enday"] == "yesterday"), now)
    if "ymd" in groups:
        return day_of(date(int(groups["y"]), int(groups["m"]), int(groups["d"])), now)
    if "md" in groups:
        return _month_day(groups, today, now)
    if "dayno" in groups:
        return _day_number(groups, today, now)
    if "lastweek" in groups:
        return _weekday(groups["wd"], groups.get("up", ""), today, now)
    if "weekend" in groups:
        return _weekday("末", "", today, now)
    if "week" in groups:
        return week_of(today, groups["up2"].count("上"), now)
    if "month" in groups:
        return month_of(today.year, today.month - groups["up3"].count("上"), now, groups.get("third2"))
    if "year" in groups:
        year = today.year - {"今年": 0, "去年": 1, "前年": 2}[groups["year"]]
        return _days(date(year, 1, 1), date(year + 1, 1, 1), now)
    if "holiday" in groups:
        month, day, length = _HOLIDAYS[groups["holiday"]]
        first = date(today.year, month, day)
        first = first if first <= today else date(today.year - 1, month, day)
        return _days(first, first + timedelta(days=length), now)
    if "few" in groups:
        last = today + timedelta(days=1) if groups["few"].startswith(("这", "近", "最")) else today
        return _days(today - timedelta(days=2 if "两" in groups["few"] else 7), last, now)
    return _ago_days(groups, today, now)


def _ago_days(groups: dict[str, str], today: date, now: datetime) -> Range | None:
    number = numerals.parse(groups["nd"])
    if number is None:
        return None
    unit, count = groups["ud"], int(number)
    if unit in ("天", "日"):
        return day_of(today - timedelta(days=count), now)
    if unit.endswith(("周", "星期", "礼拜")):
        return day_of(today - timedelta(days=7 * count), now)
    if unit.endswith("月"):
        total = today.year * 12 + today.month - 1 - count
        return day_of(_clipped(total // 12, total % 12 + 1, today.day), now)
    return day_of(_clipped(today.year - count, today.month, today.day), now)


def _clipped(year: int, month: int, day: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day, (following - timedelta(days=1)).day))


def _month_day(groups: dict[str, str], today: date, now: datetime) -> Range | None:
    month = numerals.parse(groups["m2"])
    if month is None or not 1 <= month <= 12:
        return None
    year = today.year - {"": 0, "今年": 0, "去年": 1, "前年": 2}[groups.get("yw", "")]
    if "d2" in groups:
        day = numerals.parse(groups["d2"])
        if day is None:
            return None
        chosen = date(year, int(month), int(day))
        if chosen > today and "yw" not in groups:
            chosen = chosen.replace(year=year - 1)
        return day_of(chosen, now)
    if date(year, int(month), 1) > today and "yw" not in groups:
        year -= 1
    return month_of(year, int(month), now, groups.get("third"))


def _day_number(groups: dict[str, str], today: date, now: datetime) -> Range:
    day, month_word = int(numerals.parse(groups["d3"]) or 0), groups.get("mw", "")
    total = today.year * 12 + today.month - 1
    if month_word.startswith("上") or (not month_word and day > today.day):
        total -= 1
    chosen = _clipped(total // 12, total % 12 + 1, day)
    if chosen.day != day and not month_word:  # last month has no such day: the month before has
        chosen = _clipped((total - 1) // 12, (total - 1) % 12 + 1, day)
    return day_of(chosen.replace(day=day), now)


def _weekday(name: str, up: str, today: date, now: datetime) -> Range:
    weekday = _WEEKDAYS[name]
    monday = today - timedelta(days=today.weekday() + 7 * up.count("上"))
    day = monday + timedelta(days=weekday)
    if not up and day > today:
        day -= timedelta(days=7)
    return _days(day, day + timedelta(days=2 if name == "末" else 1), now)
