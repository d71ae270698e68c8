"""Points and spans of time, as a half-open range in the player's time zone.

Where a word leaves a choice, the latest one that is not in the future is meant: players report what happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.nlu import numerals
from bot.nlu.dates import DATE, NUMBER, Range, date_range, day_of, hours_of, month_of, week_of
from bot.nlu.spans import Entity

_PARTS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(("凌晨", "半夜", "大半夜"), (0, 6)),
    **dict.fromkeys(("清早", "清晨", "一大早", "大清早", "早上", "早晨", "上午", "早", "晨"), (6, 12)),
    **dict.fromkeys(("中午", "正午"), (11, 14)),
    **dict.fromkeys(("午后", "下午"), (12, 18)),
    **dict.fromkeys(("晚上", "晚间", "夜里", "夜晚", "晚", "夜"), (18, 24)),
    "傍晚": (17, 19),
    "深夜": (22, 24),
}
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_NOT_LONE_BEFORE = re.compile(r"(?:[一每整大两几]|明天|后天|明日|每天|天天|下周[一二三四五六日天末]?|大)的?$")
_LONE_PART = re.compile(
    r"凌晨|半夜|大半夜|清早|清晨|一大早|大清早|早上|早晨|上午|中午|正午|午后|下午|傍晚|晚上|夜里|深夜"
)
_PART_OR_NONE = re.compile(rf"(?P<part>{_PART})")
_CLOCK = re.compile(
    rf"(?P<h>\d{{1,2}}|[{numerals.CHINESE}]{{1,3}})(?:(?P<colon>[:：])(?P<mm>[0-5]\d)(?::[0-5]\d)?"
    rf"|(?P<dian>点钟?)(?P<tail>半|一刻|三刻|(?:(?:零|过)?(?P<mi>[0-5]?\d|"
    rf"[{numerals.CHINESE}]{{1,3}})分?(?![\d万千百块元个天次]))|多|来钟|左右|前后|整|过)?"
    rf"(?P<about>多|左右|前后|的时候|出头)?)\s?(?P<ampm>am|pm)?(?![券卷数都也儿点击开体经]|\d)"
)
_ENCLOCK = re.compile(r"(?<![\d:.])(?P<h>\d{1,2})(?::(?P<mm>[0-5]\d))?\s?(?P<ampm>am|pm|a\.m\.|p\.m\.)")
_AGO = re.compile(
    rf"(?P<half>半个?(?:小时|钟头)|(?P<n>{NUMBER})(?:个)?(?P<extra>半|多)?(?P<unit>分钟|分|小时|钟头|"
    rf"钟)(?P<over>多)?|(?P<quarter>一刻钟))(?:之|以)?前"
)
_ENAGO = re.compile(
    r"(?P<n>\d{1,3}|an?|one|two|three|few|half an)\s(?P<unit>min|mins|minutes?|hours?|hrs?|days?|"
    r"weeks?|months?)\sago"
)
_NOW = re.compile(r"刚刚|刚才|方才|适才|just now|moments? ago|right now(?= (?:bought|paid))")
_EN = re.compile(
    r"(?P<lastnight>last night)|(?P<lastweek>last week)|(?P<lastmonth>last month)|"
    r"(?P<morning>this morning)|(?P<tonight>tonight)"
)
_IDIOMS = re.compile(
    r"一天到晚|三天两头|每天|天天|整天|成天|大半天|今天之内|从早到晚|早晚|一年到头|每晚上?(?:\d+点)?|"
    r"每周|提前几天|提前两天|每个?月|今后|早就|早点|早上好|晚上好|下午好|中午好|晚安|早安"
    r"|一点|有点|差点|快点|几点|二十四小时|24小时|7天|三天内|夜猫|前天赋|前夜|通宵"
)


@dataclass(slots=True)
class _Found:
    start: int
    end: int
    range: Range


def find(folded: str, now: datetime) -> Iterator[Entity]:
    """Find times in folded text. `now` must be aware; the ranges are in its time zone."""
    blocked = [(m.start(), m.end()) for m in _IDIOMS.finditer(folded) if m[0] not in {"一点", "二十四小时"}]
    position = 0
    while position < len(folded):
        found = _at(folded, position, now)
        if found and all(
            found.end <= b or found.start >= e or found.end - found.start > e - b for b, e in blocked
        ):
            start, end = found.range
            spoken = len(folded[found.start : found.end].rstrip())
            yield Entity(
                "time", found.start, found.start + spoken, {"from": start.isoformat(), "to": end.isoformat()}
            )
            position = found.end
        else:
            position += 1


def _at(folded: str, position: int, now: datetime) -> _Found | None:
    for finder in (_ago, _english, _just_now, _calendar):
        found = finder(folded, position, now)
        if found and found.end > position:
            return found
    return None


def _ago(folded: str, position: int, now: datetime) -> _Found | None:
    match = _AGO.match(folded, position) or _ENAGO.match(folded, position)
    if not match or (position and folded[position - 1] in f"{numerals.CHINESE}0123456789."):
        return None
    delta = _delta(match)
    if delta is None:
        return None
    moment = (now - delta).replace(microsecond=0)
    if delta >= timedelta(days=1):
        return _Found(position, match.end(), day_of(moment.date(), now))
    return _Found(position, match.end(), (moment - timedelta(minutes=10), moment + timedelta(minutes=10)))


def _delta(match: re.Match[str]) -> timedelta | None:
    groups = match.groupdict()
    if groups.get("half"):
        if groups.get("quarter"):
            return timedelta(minutes=15)
        if not groups.get("n"):
            return timedelta(minutes=30)
    words = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "few": 3}
    count = groups["n"]
    if count == "half an":
        return timedelta(minutes=30)
    number = float(words[count]) if count in words else numerals.parse(count)
    if number is None:
        return None
    amount = float(number) + (0.5 if groups.get("extra") == "半" else 0.0)
    unit = groups["unit"]
    if unit.startswith(("分", "min")):
        return timedelta(minutes=amount)
    if unit.startswith(("小时", "钟", "hour", "hr")):
        return timedelta(hours=amount)
    days = {"day": 1, "week": 7, "month": 30}[unit.rstrip("s")]
    return timedelta(days=amount * days)


def _english(folded: str, position: int, now: datetime) -> _Found | None:
    match = _EN.match(folded, position)
    if not match:
        return None
    today, end = now.date(), match.end()
    if match["lastnight"]:
        return _Found(position, end, hours_of(today - timedelta(days=1), 18, 24, now))
    if match["lastweek"]:
        return _Found(position, end, week_of(today, 1, now))
    if match["lastmonth"]:
        return _Found(position, end, month_of(today.year, today.month - 1, now))
    return _Found(position, end, hours_of(today, *((6, 12) if match["morning"] else (18, 24)), now))


def _just_now(folded: str, position: int, now: datetime) -> _Found | None:
    match = _NOW.match(folded, position)
    if not match:
        return None
    return _Found(position, match.end(), (now - timedelta(minutes=30), now))


def _calendar(folded: str, position: int, now: datetime) -> _Found | None:
    """[date][part of the day][clock], at least one of them."""
    end, base = position, None
    date_match = DATE.match(folded, end)
    if date_match:
        base = date_range(date_match, now)
        if base is None:
            date_match = None
        else:
            end = date_match.end()
    whole_day = base is None or base[1] - base[0] <= timedelta(days=1)
    part, part_end = _part(folded, end, after_date=base is not None) if whole_day else (None, end)
    clock, clock_end = _clock(folded, part_end, bool(base or part)) if whole_day else (None, part_end)
    if clock is not None:
        return _Found(position, clock_end, _clock_range(base, part, clock, now))
    if part is not None:
        if base is not None:
            return _Found(position, part_end, _part_range(base[0].date(), part, now))
        if _LONE_PART.match(folded, position) and not _NOT_LONE_BEFORE.search(folded, 0, position):
            return _Found(position, part_end, _latest(part, now))
        return None
    if base is None or (date_match and date_match["short"]):
        return None
    return _Found(position, end, base)


def _part(folded: str, end: int, *, after_date: bool) -> tuple[str | None, int]:
    match = _PART_OR_NONE.match(folded, _skip(folded, end) if after_date else end)
    return (match["part"], match.end()) if match else (None, end)


def _skip(folded: str, end: int) -> int:
    while end < len(folded) and folded[end] in " 的,":
        end += 1
    return end


@dataclass(slots=True)
class _Clock:
    hour: int
    minute: int | None
    fuzzy: bool
    pm: bool | None


def _clock(folded: str, end: int, anchored: bool) -> tuple[_Clock | None, int]:
    start = _skip(folded, end) if anchored else end
    if not anchored and start and folded[start - 1] in f"{numerals.CHINESE}0123456789.:-":
        return None, end
    match = _ENCLOCK.match(folded, start) or _CLOCK.match(folded, start)
    if not match:
        return None, end
    groups = match.groupdict()
    number = numerals.parse(groups["h"])
    if number is None or number > 24:
        return None, end
    tail, minute = groups.get("tail"), None
    if groups.get("mm"):
        minute = int(groups["mm"])
    elif tail == "半":
        minute = 30
    elif tail in ("一刻", "三刻"):
        minute = 15 if tail == "一刻" else 45
    elif groups.get("mi"):
        parsed = numerals.parse(groups["mi"].lstrip("零"))
        minute = int(parsed) if parsed is not None and parsed < 60 else None
    if (
        not anchored
        and groups.get("dian")
        and not (tail or groups.get("about") or groups["dian"] == "点钟" or groups.get("ampm"))
    ):
        following = folded[match.end() : match.end() + 1]
        if number == 1 or following not in {
            "",
            "充",
            "买",
            "冲",
            "付",
            "钱",
            ",",
            ".",
            " ",
            "扣",
            "开",
            "前",
            "后",
            "就",
            "的",
        }:
            return None, end
    fuzzy = tail in ("左右", "前后") or groups.get("about") in ("左右", "前后")
    ampm = groups.get("ampm")
    return _Clock(int(number), minute, fuzzy, ampm.startswith("p") if ampm else None), match.end()


def _clock_range(base: Range | None, part: str | None, clock: _Clock, now: datetime) -> Range:
    hour = clock.hour
    late = part is not None and _PARTS[part][0] >= 12 and part not in ("半夜",)
    if (clock.pm or late or (part in ("中午", "正午") and hour < 11)) and hour < 12:
        evening = part is not None and _PARTS[part][0] >= 18
        hour += 24 if evening and hour <= 5 else 12  # 昨晚一点 is after midnight
    elif part is not None and _PARTS[part][0] >= 18 and hour == 12:
        hour = 24
    elif part is not None and _PARTS[part] == (0, 6) and hour == 12:
        hour = 0
    if base is not None:
        return _around(base[0].date(), hour, clock, now)
    hours = (
        [hour]
        if part or clock.pm is not None or hour > 12
        else [hour % 12 if hour == 12 else hour, hour % 12 + 12]
    )
    days = [now.date() - timedelta(days=back) for back in (0, 1)]
    options = [_around(day, option, clock, now) for day in days for option in hours]
    past = [option for option in options if option[0] <= now]
    return max(past or options)


def _around(day: date, hour: int, clock: _Clock, now: datetime) -> Range:
    moment = datetime.combine(day, time(), now.tzinfo) + timedelta(hours=hour, minutes=clock.minute or 0)
    if clock.fuzzy:
        return moment - timedelta(minutes=30), moment + timedelta(minutes=30)
    if clock.minute:
        return moment - timedelta(minutes=10), moment + timedelta(minutes=10)
    return moment, moment + timedelta(hours=1)


def _part_range(day: date, part: str, now: datetime) -> Range:
    return hours_of(day, *_PARTS[part], now)


def _latest(part: str, now: datetime) -> Range:
    today = _part_range(now.date(), part, now)
    return today if today[0] <= now else _part_range(now.date() - timedelta(days=1), part, now)
