"""Questions of a fix, and a player's message as an answer to one. Pure: no services, no Rasa."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from actions.puzzled import knows_not

DROP = re.compile(
    r"\s*(?:(?:我|那就?|还是|就|先)*"
    r"(?:算了|算啦|不用了?|不[弄办搞管]了|不要了|取消|没事了?|先这样|不问了|唔使喇?"
    r"|cancel|stop|never ?mind|forget it)"
    r"[吧了啦呀哈。!！~,，\s]*)+(?:谢谢你?|多谢|thanks?|thank you)?[。!！~\s]*",
    re.I,
)
_ENOUGH = re.compile(r"\s*(?:那|还是|真|我)?(?:算了|算啦)", re.I)
"""What a no begins with that is meant for the whole matter ("算了不玩了")."""

_NONE = re.compile(r"\s*不用了?[。!！~\s]*")
"""Said to the question for a picture: there is none. Elsewhere the matter is dropped."""
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NUMBER = re.compile(
    r"(?:选|第)?\s*([1-9]\d?|[一二两三四五六七八九十])\s*[个個条條项項号號种種笔筆.、。]*", re.I
)
_LATER = re.compile(
    r"^我?(这就|马上|现在|先)?(先|去)(重启|更新|卸|重?装|下载|换|清|关|切|绑|修|弄|看)"
    r"|(先|这就|马上|现在|等会儿?|等下|等一下|回头|晚点|我去?|让我)试|试试看|还没(来得及)?试|没试呢|在试"
    r"|正在(弄|下|装|重启|更新)|^(稍等|等等|等(一)?(下|会儿?)|我看看)|let me try|i'?ll (try|do)|trying"
    r"|not tried yet|haven'?t tried|(one|a) (moment|minute|sec)|hold on|wait",
    re.I,
)
IN_VAIN = re.compile(
    r"还是|依然|依旧|仍然|照样|照旧|没用|没啥用|没好|不行|没变|没解决|没效果|不管用|不顶用|不好使|老样子"
    r"|也一样|一样(的|啊|呢)?$|没绑|(开|关|换|清|试|弄|修|装|更新|重启|查)了(啊|呀|的啊|呢)|(不能|没法)(进|玩|登|付)|[進进]不去|登不上|上不去|打不开|玩不了|付不了|不可以"
    r"|没反应|点不[动了]|等了|都试|全试|试遍|都?试过|早试|弄过了|搞过了|做过了"
    r"|又(?!好了|可以|能|行了|试)"
    r"|still|(did|does) ?n[o']?t (help|work)"
    r"|not (work|help)|no (luck|change|use|difference)|same|already (tried|did)|tried (that|it) already",
    re.I,
)
_LEAVE_IT = re.compile(r"算了|不用|谢|别的|其他|没事|never ?mind|thank", re.I)
_HELPED = re.compile(
    r"好了|好啦|可以了|可以啦|解决了|搞定|行了|行啦|正常了|修好|恢复了|弄好|没问题了|^成了|有用|管用|得咗"
    r"|[進进]去了|登上(了|去了)|上去了|(能|可以)(进|玩|登|用|付|下|开|动)(去|上|来|游戏)?了"
    r"|不(卡|闪|烫|掉|闪退|掉线)了|works|working now|fixed|solved|helped|it'?s (ok|fine) now",
    re.I,
)
_ASKING = re.compile(r"[吗么呢?？]")
_CLAUSES = re.compile(r"[\s,，.。!！~、;；:：…]+")
_NO_YES_AFTER = re.compile(r"[前后後之会會的得不没沒别別]|.*[吗嗎么麼呢]")
"""After a button's title: what is said about pressing it ("确认注销后会怎样"), not that it is pressed."""
UNDERSTOOD = re.compile(
    r"\s*(嗯+|恩+|哦+|噢|喔|好+|好(的|吧|嘞|滴|哒|呀|喔)|行(吧)?|可以|可|中|得嘞|收到|知道了?|明白了?|了解"
    r"|ok(ay)?|k|sure|alright|got it|all right|👌)[，,。.!！~\s]*",
    re.I,
)
LONGEST_NO = 5
"""Letters of "it did not help" without a word more."""

_CJK = re.compile(r"[㐀-鿿]")
_PUNCTUATION = re.compile(r"[\s,，.。!！?？~、:：;；]")
_PARTICLES = re.compile(r"[的了吧呢啊呀]")

_GO_ON = re.compile(
    r"(?!.*[不别別没沒未])(?:好|行|可以|要|快|赶紧|马上|请|那就|帮我)*.{0,4}[吧罢]?[。!！~\s]*"
)

_EAGER = re.compile(
    r"(?=.*(?:快|赶紧|赶快|马上|立刻|废话|当然|必须|肯定|[退锁冻关停补发办弄搞给要送删找]))(?!.*[不别甭没吗么?？])"
    r"(?:快点?|赶紧的?|赶快|马上|立刻|现在|那?就|给我|帮我|你|倒是|废话|当然|必须|肯定|嗯+|好[的滴]?|可以|ok|行|都|全|[，,。!！~\s])*"
    r"(?:退款?|锁定?|冻结?|关|停|补|发货?|办|弄|搞|给|要|送|删|找回?)*(?:我|它|他|号)?(?:掉|了|啊|呀|吧|呗|嘛|的|一下|[。!！~\s])*"
    r"|(?:你们?|到底|究竟|还)*([退锁冻关停补发办弄])不\1[啊呀呢了吧。!！?？\s]*",
    re.I,
)

_MOMENT = re.compile(
    r"(?:我)?(?:先)?(?:等(?:一)?下|等等|等会|稍等|等我|让我(?:想|问|看)|想想|想一?下|考虑|问问|问一下)"
    r"|hold on|wait|let me (?:think|ask)|(?:one|a) (?:moment|minute|sec)",
    re.I,
)

_HESITATES = re.compile(
    r"(?:先[别別不甭]\S{0,3}?[了吧]?[\s，,。.!！~…]*)?"
    r"(?:我|先|让|再|嗯+|那|[\s，,。.!！~…])*(?:等等|等一?下|等会儿?|稍等|想想|想一?下|考虑(?:一下|下)?|问问|问一?下)"
    r"(?:我|再|先|吧|啊|哈|说|呢|[\s，,。.!！~…])*|hold on|wait|let me think|(?:one|a) (?:moment|minute|sec)",
    re.I,
)
"""Says nothing but that: no no to what is asked."""

_NOT_NOW = re.compile(
    r"(?:我|还是|那就?|就|[，,\s])*先[别別不甭](?:急着?)?(?![说提管急是])\S{0,3}?[了吧啊哈呢。.!！~\s]*", re.I
)
"""A no in the words of the button that says it ("先别补")."""

_CALLS_OFF = re.compile(
    r"(?:我|还是|那就?|先|就|算了|[，,\s])*不(?:想|要|用|再)?(?:注销|退款?|申诉|冻结?|恢复|找回?|举报|投诉|换绑?|解绑|绑|取消|关|补)了"
    r"[吧啊。.!！~\s]*",
    re.I,
)

_REFUSES = re.compile(
    r"(?:我|还是|那就?|先|就|算了|等等|[,，\s])*(?:不|别|甭)(?!是|对|行|能|会|知道|懂|明白|可以|清楚|管).{1,6}[.。!！~\s]*"
    r"|(?:i )?(?:don'?t|do not|won'?t) .{2,20}",
    re.I,
)

HUMAN = re.compile(
    r"人工|客服|真人|活人|专员|專員|人员|人員|经理|經理|主管|老板|负责人|人来|人來|找人|找个人|转人|轉人|接线"
    r"|human|agent|person|someone|staff|representative|operator|rep\b",
    re.I,
)
"""What a wish for a human names; without it a name or a place may merely read like one."""

_SKIPS = re.compile(
    r"\s*(?:跳过|略过|先?没(?:有)?(?:图|截图|证据|照片|录像|视频|了|啊|呢)*|暂?无|不发了?|不传了?|下一步"
    r"|skip(?: it)?|pass|none|nothing|no (?:pictures?|screenshots?|proof|evidence))[\s。.!！~]*",
    re.I,
)

_OVER = re.compile(r"解决了|搞定了|没事了|不用你|已经好了|自己弄好|solved|never ?mind", re.I)
"""The matter is over: no yes to changing anything."""

ANY = "any"
"""In `Question.tells`: whatever is reported is an answer."""

NEVER_TEXT = frozenset({"request_human"})
"""Readings that are no answer to any question, not even to one that takes any words."""

PICTURE = "picture"
"""The answer to a question for a picture: it is kept with the conversation and goes to the ticket."""

LATER = "later"
"""The answer to a remedy that the player is still about to try: an "OK" here is no "it helped"."""


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"  # one of its options: by button, number or words
    CONFIRM = "confirm"  # yes or no
    REMEDY = "remedy"  # something to try: it helped, it did not, or LATER
    TEXT = "text"  # any words
    PICTURE = "picture"  # a picture, or any words


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose from; `words` are other ways of saying it. A `human` one leads to a human."""

    value: str
    title: str
    words: tuple[str, ...] = ()
    human: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked now. `response` is the Rasa response that asks (default `utter_ask_<intent>_<id>`), with
    `words` for its placeholders. An `optional` question may be passed over with a no;
    `no` is the option that a plain no means. `tells` are the intents that answers in free words may read
    like (actions/other_wish.py); a `fact` takes no stories, and an `entity` names it, where it has one. To
    `prose` keys hit at random are no answer, as they may be to a name or a code. To a
    `strict` one only what the fix itself reads (Fix.read) is an answer."""

    id: str
    kind: Kind = Kind.CHOICE
    options: tuple[Option, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    response: str = ""
    optional: bool = False
    no: str = ""
    tells: tuple[str, ...] = ()
    strict: bool = False
    fact: bool = False
    entity: str = ""
    prose: bool = False

    def as_slot(self) -> dict[str, Any]:
        """As the slot `fix_question` keeps it."""
        return {**asdict(self), "kind": self.kind.value}


def question_of(value: dict[str, Any] | None) -> Question | None:
    """A question from the slot."""
    if not value:
        return None
    options = tuple(
        Option(o["value"], o["title"], tuple(o.get("words") or ()), bool(o.get("human")))
        for o in value.get("options") or ()
    )
    return Question(**{**value, "kind": Kind(value["kind"]), "options": options})


@dataclass(frozen=True, slots=True)
class Read:
    """What a message is to the open question: an answer (`value`), the end of the dialogue (`drop`), or
    neither."""

    value: Any = None
    answered: bool = False
    drop: bool = False


NOTHING = Read()


def read(question: Question, intent: str, words: str, choice: str | None = None, about: str = "") -> Read:
    """`words` as typed, their `intent`, or the `choice` that a button carried. `about` is the intent of the
    dialogue: who repeats it in a few words says yes ("恢复吧"), or no ("不恢复了")."""
    if choice is not None:
        return _chosen(question, choice)
    if intent == "picture":
        return Read(PICTURE, answered=True) if question.kind is Kind.PICTURE else NOTHING
    words = words.strip()
    free = question.kind in (Kind.TEXT, Kind.PICTURE)
    if intent in NEVER_TEXT and (not free or HUMAN.search(words)):
        return NOTHING
    if question.kind is Kind.CONFIRM:
        if repeats(words, intent, about):
            return Read(True, answered=True)
        if about and intent == about and _REFUSES.fullmatch(words):
            return Read(False, answered=True)
        return Read(drop=True) if _OVER.search(words) else _confirmed(question, intent, words)
    if question.kind is Kind.REMEDY:
        return _tried(question, intent, words)
    if question.kind is Kind.CHOICE:
        return _option(question, intent, words)
    if _gives_up(intent, words) and not (question.kind is Kind.PICTURE and _NONE.fullmatch(words)):
        return Read(drop=True)
    if question.optional and (intent == "deny" or skips(words)):
        return Read("", answered=True)
    return Read(words, answered=True) if words and not question.strict else NOTHING


def repeats(words: str, intent: str, about: str) -> bool:
    """Whether who is asked for a yes says the wish `about` once more, in a few words and without a no."""
    return intent == about and _GO_ON.fullmatch(words.strip()) is not None


def wants_time(words: str) -> bool:
    """Whether who is asked says that he will answer in a moment."""
    return _MOMENT.match(words.strip()) is not None


def skips(words: str) -> bool:
    """Whether who is asked passes the question over."""
    return _SKIPS.fullmatch(words) is not None


def hesitates(words: str) -> bool:
    """Whether who is asked for a yes says only that he needs a moment."""
    return _HESITATES.fullmatch(words.strip()) is not None


def calls_off(words: str) -> bool:
    """Whether somebody calls off what he wanted before ("不注销了")."""
    return _CALLS_OFF.fullmatch(words.strip()) is not None


def eager(words: str) -> bool:
    """Whether who is asked for a yes just wants it done, as in "快点", "退啊" or "到底退不退"."""
    return _EAGER.fullmatch(words.strip()) is not None


def _chosen(question: Question, choice: str) -> Read:
    if choice == "none" and question.optional:
        return Read("", answered=True)
    if question.kind in (Kind.CONFIRM, Kind.REMEDY):
        return Read(choice == "yes", answered=True) if choice in ("yes", "no") else NOTHING
    if question.kind is Kind.CHOICE:
        fits = any(option.value == choice for option in question.options)
        return Read(choice, answered=True) if fits else NOTHING
    return NOTHING


def _confirmed(question: Question, intent: str, words: str) -> Read:
    said = None if knows_not(words) else {"affirm": True, "deny": False}.get(intent)
    if said is None and DROP.fullmatch(words):
        said = False
    pressed = {option.value for option in question.options if _presses(words, option.title)}
    if len(pressed) == 1:
        said = pressed == {"yes"}
    elif said is None and _NOT_NOW.fullmatch(words):
        said = False
    return NOTHING if said is None else Read(said, answered=True)


def beyond(question: Question, words: str) -> str:
    """What is said beside the title of a button of a question for a yes; empty if that is all or none is."""
    for option in question.options:
        if _presses(words, option.title):
            clauses = [clause for clause in _CLAUSES.split(words) if _folded(clause) != _folded(option.title)]
            return " ".join(filter(None, clauses)).removeprefix(option.title).strip()
    return ""


def _presses(words: str, title: str) -> bool:
    """Whether `words` are the title of a button, begin with it or have it for a clause."""
    clauses = list(filter(None, _CLAUSES.split(words)))
    if any(_folded(clause) == _folded(title) for clause in (words, *clauses) if clause):
        return True
    first, name = clauses[0].casefold() if clauses else "", title.casefold()
    rest = first.removeprefix(name)
    return first.startswith(name) and _CJK.match(rest) is not None and not _NO_YES_AFTER.match(rest)


def _tried(question: Question, intent: str, words: str) -> Read:
    if (numbered := _numbered(question, words)) is not None:
        return Read(numbered.value == "yes", answered=True)
    for option in question.options:
        if words and plain(words) == plain(option.title):
            return Read(option.value == "yes", answered=True)
    if _gives_up(intent, words):
        return Read(drop=True)
    for pattern, value in ((_LATER, LATER), (IN_VAIN, False), (_HELPED, True)):
        if pattern.search(words):
            return Read(value, answered=True)
    if UNDERSTOOD.fullmatch(words) or intent == "thanks":
        return Read(LATER, answered=True)
    if intent == "affirm" and not _ASKING.search(words):
        return Read(True, answered=True)
    return Read(False, answered=True) if intent == "deny" else NOTHING


def _gives_up(intent: str, words: str) -> bool:
    return DROP.fullmatch(words) is not None or (intent == "deny" and _ENOUGH.match(words) is not None)


def back_again(words: str) -> bool:
    """Whether somebody says that what seemed solved is not ("又不行了", "还是卡")."""
    return IN_VAIN.search(words) is not None and not _LEAVE_IT.search(words)


def says_more(question: Question, words: str, answer: Any) -> bool:
    """Whether a typed answer tells more than which option it is ("460ms", "重装了也一样")."""
    if question.kind is Kind.REMEDY:
        return answer is False and len(plain(words)) > LONGEST_NO
    named = {plain(name) for option in question.options for name in (option.title, *option.words)}
    return question.kind is Kind.CHOICE and plain(words) not in named and not _NUMBER.fullmatch(words.strip())


def mentioned(question: Question, words: str) -> str | None:
    """The one option of a choice that `words` name in passing, as in "it crashes as soon as I open it"."""
    said = plain(words)
    named = {
        option.value
        for option in question.options
        for name in map(plain, (option.title, *option.words))
        if len(name) >= 2 and name in said
    }
    return named.pop() if len(named) == 1 else None


def _numbered(question: Question, words: str) -> Option | None:
    """The option whose place in the list `words` name."""
    number = _NUMBER.fullmatch(words)
    place = (_DIGITS.get(number[1]) or int(number[1])) if number else 0
    return question.options[place - 1] if 0 < place <= len(question.options) else None


def _option(question: Question, intent: str, words: str) -> Read:
    if (numbered := _numbered(question, words)) is not None:
        return Read(numbered.value, answered=True)
    exact = [option for option in question.options if plain(words) == plain(option.title)]
    named = exact or [
        option
        for option in question.options
        if words and any(_says(words, name) for name in (option.title, *option.words))
    ]
    if len(named) == 1:
        return Read(named[0].value, answered=True)
    if _gives_up(intent, words):
        return Read(drop=True)
    declined = intent == "deny" or knows_not(words)
    if (declined and question.no) or (question.optional and (declined or skips(words))):
        return Read(question.no, answered=True)
    if knows_not(words):
        return NOTHING
    return Read(drop=True) if intent == "deny" and not IN_VAIN.search(words) else NOTHING


def _says(words: str, name: str) -> bool:
    said, called = plain(words), plain(name)
    return _folded(words) == _folded(name) or (
        bool(said and called)
        and ((len(called) >= 2 and called in said) or (len(said) >= 2 and said in called))
    )


def _folded(words: str) -> str:
    return _PARTICLES.sub("", plain(words)) or plain(words)


def plain(words: str) -> str:
    """Words without case, spaces and punctuation, as they are compared."""
    return _PUNCTUATION.sub("", words.casefold())
