"""What a player hopes for ("希望严肃处理") or tells of device and network ("我用wifi") right after his ticket
was opened belongs to that: it is no suggestion and no new matter."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, forget, intent_of
from actions.devices import only_device
from actions.fix import case_of
from bot.services.tickets.items import Ticket

RIGHT_AFTER = timedelta(minutes=15)
LONGEST = 30
"""In characters; what is longer is a matter of its own."""

VAGUE = frozenset(
    {"content_suggestion", "complaint_service", "complaint_operation", "out_of_scope", "nlu_fallback"}
)
"""What such words are read as, beside the intent of the ticket."""

_ASKS = (
    r"(?:希望|要求?|请|必须|应该|应当|麻烦|务必|一定|需要|得|给|尽快|快点?|赶紧|建议|强烈|能不能"
    r"|hope|please|want|must|should|expect)"
)
_OUTCOME = (
    r"(?:道歉|赔(?:偿|礼|钱)?|补偿|处理|处罚|严?惩|开除|说法|交[代待]|解释|答复|回[复应话]|结果|重视|整改|改正|负责"
    r"|调查|彻查|查清|核实|尽快|快点?|加急|严肃|公道|解决|解封|封(?:了|掉|禁)?[他她它]的?号?"
    r"|apolog\w*|compensat\w*|explanation|answer|reply|investigat\w*|serious\w*|responsib\w*)"
)
_HOPES = re.compile(rf"{_ASKS}.{{0,14}}{_OUTCOME}", re.I)
_ONLY_HOPES = re.compile(
    rf"(?:{_ASKS}|{_OUTCOME}|你们?|我们?|[他她您]|官方|客服|运营|还有?|另外|最后|都|也|再|能|可以|会|把|对|向|跟"
    r"|一?个|这件?事?|一下|的|了|吧|啊|[\s，,。.!！?？~]"
    r"|\b(?:i|you|to|an?|the|for|and|also|it|take|this|we|me|be|that)\b)+",
    re.I,
)
"""Says nothing else: whatever it reads like, it is about the ticket."""
_CONNECTION = re.compile(
    r"(?:我|这边|家里|公司|学校|用的?是?|是|连的?|开的?|在|一直|都|[\s，,])*"
    r"(?:(?:[^\W\d_a-z]{2,4})?(?:中国)?(?:电信|联通|移动|广电|铁通)|wi-?fi|无线|[2345]g|流量|移动数据|数据网络|宽带|有线|网线|热点|校园网)"
    r"(?:宽带|网络?|[2345]g|流量|信号|卡|用户|的|呢|啊|哦|哈|玩|连|[\s，,。.!！~])*"
    r"|(?:i'?m )?(?:on|using)? ?(?:my |mobile |home )?(?:wi-?fi|data|[45]g|broadband)[\s.!]*",
    re.I,
)
"""Names the network, and says nothing else."""


async def add_to_ticket(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Add the latest message to the ticket that it belongs to, and say so; nothing if it belongs to none."""
    message = tracker.latest_message or {}
    words, intent = str(message.get("text") or "").strip(), intent_of(tracker)
    detail = _CONNECTION.fullmatch(words) is not None or bool(only_device(message))
    if words.startswith("/") or len(words) > LONGEST or not (detail or _HOPES.search(words)):
        return []
    case = await case_of("ticket_progress", dispatcher, tracker)
    ticket = _just_opened(
        await case.services.tickets.of_player(case.conversation), case.services.now() - RIGHT_AFTER
    )
    vague = ticket is not None and intent in {*VAGUE, ticket.intent}
    if ticket is None or not (detail or vague or _ONLY_HOPES.fullmatch(words)):
        return []
    ticket = await case.services.tickets.add(case.conversation, ticket.number, words)
    promise = await case.when(ticket.promised_at) if ticket.promised_at else ""
    said = "utter_ticket_progress_added" if promise else "utter_ticket_progress_added_untimed"
    case.say(said, number=ticket.number, promise=promise)
    return [*forget(), FollowupAction("action_listen")]


def _just_opened(tickets: list[Ticket], since: datetime) -> Ticket | None:
    """The newest ticket about a problem, if it was opened lately and is open."""
    found = [t for t in tickets if t.is_open and t.intent != "content_suggestion" and t.created_at >= since]
    return max(found, key=lambda ticket: ticket.created_at, default=None)
