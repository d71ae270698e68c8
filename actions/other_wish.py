"""Where any words may be the answer: is a message one, or does the player want something else? Pure.

A nickname, a story and a wish look alike to a classifier: "我号被盗了" answers why a ban was wrong, and is no
name of a cheater. So only what is read surely as another wish, and is as short as wishes are, is doubted;
then the player is asked, for a question is cheaper than a report about "我要改密码".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from actions.questions import ANY, DROP, UNDERSTOOD, Kind, Question, wants_time
from bot.domain.intents import Category, category_of

SURE = 0.8
SURE_WHEN_LEAVING = 0.5
LIKELY_WHEN_LEAVING = 0.3
LONGEST_REQUEST = 18
LONGEST_REPORT = 12
LONGEST_REMARK = 4
"""In units of `size`. What is longer tells a story."""

SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "bot_challenge", "self_service"})
LONGEST_SMALL_TALK = 12
FREE = frozenset({Kind.TEXT, Kind.PICTURE})
"""Kinds of question that take any words."""

NAMED_IN_PASSING = frozenset({"content_quest", "content_character", "content_gacha", "content_suggestion"})
"""A stage or a hero says where something happened; without a request it is no wish for advice."""

LEAVES = re.compile(
    r"\W*(?:算了|不用了|不(?:弄|办|说|写|问|举报|申诉|投诉|补充|提|查|核|搞|管)(?:了|这个了)|先不(?:弄|办|说|写|管|举报|申诉|搞)"
    r"|换(?:个|一)(?:事|件|问题)|改(?:主意|变主意)了?|never ?mind|forget (?:it|that|about))",
    re.I,
)
"""Somebody turns away from what is asked; what follows is what he wants."""

_REQUEST = re.compile(
    r"我要|我想|想要|俺要|要(?:退|改|换|查|注销|解绑|绑|投诉|举报|申诉|取消)|帮(?:我|忙)|给我(?:退|补|改|换|查|解|恢复|找)|怎么|咋|如何"
    r"|能不能|能否|可不可以|可以.{0,8}[吗么]|在哪|哪里|请问|麻烦"
    r"|\bi (?:want|need|would like)|i'd like|\bhow (?:do|can|to)|\bcan (?:you|i)\b|\bplease\b|\bhelp me\b",
    re.I,
)
_STORY = re.compile(
    r"因为|所以|但是?|可是|结果|然后|当时|那会|那天|那局|那时|突然|冤枉|误[封判会]|不是我|没有?(?:开|用|挂|骂|作弊|违规|送)"
    r"|对面|对方|队友|他们?|她|有个人|客服|朋友|弟|哥|姐|妹|儿子|女儿|孩子|同学|老婆|老公|室友|希望|建议|应该|最好"
    r"|\b(?:because|but|then|when|he|she|they|was|were|suddenly|should)\b",
    re.I,
)
_ASKS = re.compile(
    r"[吗么呢几啥哪?？]|多少|什么|多久|怎么|如何|进度|查|\b(?:what|when|how|where|which|any)\b", re.I
)
_HAPPENS = re.compile(r"[了没不无被掉丢给到着过成]|失败|闪退|黑屏|卡|异常|转人工")
"""What a report of trouble says; a nickname (退款专家) does without."""

_QUOTES = re.compile(
    r"(?:它|他|就|一直|页面|上面|屏幕|[,，\s])*"
    r"(?:提示|显示|弹|报|错误|写着|写的|说的?是|说我|代码|error|it says|code|[\"“「《【])",
    re.I,
)
"""How a message on the screen is quoted."""

_CJK = re.compile(r"[㐀-鿿]")
_WORD = re.compile(r"[^\W㐀-鿿]+")
_CLAUSE = re.compile(r"[,，。;；!！?？\n]\s*\S")


class Meant(StrEnum):
    """What a message is to a question that takes any words."""

    ANSWER = "answer"
    UNSURE = "unsure"  # a wish or the answer: the player says which
    LEFT = "left"  # he turns away from the question and wants something else
    ASIDE = "aside"  # a question of his own, or small talk: answered, and ours comes again
    WAIT = "wait"  # a mere "OK": the answer is still to come


@dataclass(frozen=True, slots=True)
class Heard:
    """A typed message with its reading. `aside`: the intent is a mere look-up; `before`: the player's message
    before this one; `wishes`: the intents of its clauses, if there are two; `entities`: what it names."""

    words: str
    intent: str
    confidence: float
    aside: bool = False
    before: str = ""
    wishes: tuple[str, ...] = ()
    entities: frozenset[str] = frozenset()


def meant(question: Question, about: str, heard: Heard) -> Meant:
    """What `heard` is to `question` of the dialogue about the intent `about`."""
    words, intent = heard.words.strip(), heard.intent
    if question.kind not in FREE or question.strict or intent in (about, "choose") or DROP.fullmatch(words):
        return Meant.ANSWER
    if heard.confidence < SURE_WHEN_LEAVING:
        return Meant.ANSWER
    if UNDERSTOOD.fullmatch(words):
        return Meant.WAIT
    if intent in SMALL_TALK:
        small = heard.confidence >= SURE and size(words) <= LONGEST_SMALL_TALK
        return Meant.ASIDE if small else Meant.ANSWER
    if category_of(intent) is Category.OTHER and not heard.aside:
        return Meant.ANSWER
    if LEAVES.match(words):
        return Meant.LEFT
    if heard.confidence < SURE or words == heard.before or intent in question.tells:
        return Meant.ANSWER
    if heard.aside:
        return Meant.ASIDE if asks(words) and size(words) <= LONGEST_REQUEST else Meant.ANSWER
    if question.fact and (_QUOTES.match(words) or question.entity in heard.entities):
        return Meant.ANSWER
    if question.fact and (question.entity or category_of(intent) is not category_of(about)):
        return Meant.UNSURE
    two = heard.wishes if about not in heard.wishes and not set(heard.wishes) & set(question.tells) else ()
    if two and not _STORY.search(words) and size(words) <= len(two) * LONGEST_REPORT:
        return Meant.UNSURE
    reports = ANY not in question.tells
    return Meant.UNSURE if _like_a_wish(words, intent, about, reports=reports) else Meant.ANSWER


def too_little(heard: Heard) -> bool:
    """Whether a few letters, read unsurely, are too little to turn to another matter for."""
    return heard.confidence < SURE and size(heard.words) <= LONGEST_REMARK


def asks(words: str) -> bool:
    """Whether the words ask for something, rather than remark it."""
    return bool(_ASKS.search(words) or _REQUEST.search(words))


def wants_a_moment(heard: Heard) -> bool:
    """Whether the player only says that he will answer in a moment, and surely wants nothing else."""
    if heard.intent == "request_human" or not wants_time(heard.words):
        return False
    return category_of(heard.intent) is Category.OTHER or heard.confidence < SURE


def size(words: str) -> int:
    """How much is said: a Chinese character counts one, a word or number two."""
    return len(_CJK.findall(words)) + 2 * len(_WORD.findall(words))


def _like_a_wish(words: str, intent: str, about: str, *, reports: bool) -> bool:
    """Short, and a request or (with `reports`) the bare report of another trouble. Troubles of one kind are
    told in each other's words (a bug that looks like a crash), and are no change of mind."""
    if _STORY.search(words):
        return False
    if _REQUEST.search(words):
        return size(words) <= LONGEST_REQUEST
    related = category_of(intent) is category_of(about) is not Category.ACCOUNT
    related = related or intent in NAMED_IN_PASSING or not (words.isascii() or _HAPPENS.search(words))
    return reports and not related and size(words) <= LONGEST_REPORT and not _CLAUSE.search(words)
