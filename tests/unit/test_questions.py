"""Questions of a fix, and messages as answers to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.questions import (
    LATER,
    NEVER_TEXT,
    NOTHING,
    Kind,
    Option,
    Question,
    Read,
    back_again,
    eager,
    mentioned,
    question_of,
    read,
    says_more,
)
from bot.services.game.fixes import declared

WHEN = Question(
    "when",
    options=(
        Option("start", "一打开就退", ("点开", "启动")),
        Option("play", "玩着玩着", ("战斗", "团战")),
        Option("pay", "付款的时候", ("商城",)),
    ),
)
CHARGED = Question(
    "charged", options=(Option("yes", "扣了", ("钱没了",)), Option("no", "没扣", ("钱没扣", "没扣钱")))
)
TRY = Question("try_x", Kind.REMEDY, (Option("yes", "好了"), Option("no", "还是不行")))
SURE = Question("sure", Kind.CONFIRM)
DEVICE = Question("device", Kind.TEXT, optional=True)
PROOF = Question("proof", Kind.PICTURE, optional=True)

QUESTIONS = st.sampled_from([WHEN, CHARGED, TRY, SURE, DEVICE])
INTENTS = st.sampled_from(["affirm", "deny", "choose", "nlu_fallback", "technical_crash", "request_human"])


@given(QUESTIONS, INTENTS, st.text(max_size=40), st.none() | st.text(max_size=10))
def test_whatever_is_said_is_read_as_one_thing(
    question: Question, intent: str, words: str, choice: str | None
) -> None:
    said = read(question, intent, words, choice)
    assert not (said.answered and said.drop)
    assert said.answered or said.value is None
    if said.answered and question.kind is Kind.CHOICE:
        assert said.value in {option.value for option in question.options}
    if said.answered and question.kind is Kind.CONFIRM:
        assert isinstance(said.value, bool)
    free = question.kind in (Kind.TEXT, Kind.PICTURE)
    if intent in NEVER_TEXT and choice is None and not free:
        assert said == NOTHING


@given(QUESTIONS)
def test_a_question_survives_the_slot(question: Question) -> None:
    assert question_of(question.as_slot()) == question


@pytest.mark.parametrize("intent", [i for i, fix in declared().items() if fix.questions])
def test_each_declared_option_is_understood_by_its_title_its_words_and_its_number(intent: str) -> None:
    for name, question in declared()[intent].questions.items():
        for locale in ("zh-CN", "en"):
            options = tuple(Option(v, o.title[locale], o.words) for v, o in question.options.items())
            asked = Question(name, Kind(question.kind), options)
            for place, option in enumerate(options, 1):
                assert read(asked, "technical_bug", option.title).value == option.value
                assert read(asked, "nlu_fallback", str(place)).value == option.value
                for words in option.words:
                    found = mentioned(asked, words)
                    assert found in (None, option.value), (intent, name, words, found)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("打团战的时候", "play"),
        ("就是点开那一下", "start"),
        ("第三个", "pay"),
        ("选2", "play"),
        ("二", "play"),
        ("付款", "pay"),
        ("战斗或者商城", None),
        ("4", None),
        ("今天天气不错", None),
    ],
)
def test_choices(words: str, value: str | None) -> None:
    assert read(WHEN, "technical_crash", words).value == value


def test_a_short_word_that_is_part_of_its_opposite() -> None:
    assert read(CHARGED, "technical_payment_failure", "扣了").value == "yes"
    assert read(CHARGED, "technical_payment_failure", "没扣").value == "no"
    assert mentioned(CHARGED, "支付宝充值失败，钱没扣") == "no"
    assert mentioned(CHARGED, "付了三次，扣了两次钱") == "yes"


@pytest.mark.parametrize(
    ("words", "intent", "value"),
    [
        ("好了", "affirm", True),
        ("可以了 进去了", "affirm", True),
        ("能玩了", "technical_crash", True),
        ("不卡了", "technical_lag", True),
        ("it works now", "affirm", True),
        ("1", "affirm", True),
        ("是的", "affirm", True),
        ("好", "affirm", LATER),
        ("好的", "affirm", LATER),
        ("ok", "affirm", LATER),
        ("好的我试试", "nlu_fallback", LATER),
        ("我先重启手机", "technical_crash", LATER),
        ("还没试", "deny", LATER),
        ("等一下", "deny", LATER),
        ("let me try", "affirm", LATER),
        ("还是不行", "deny", False),
        ("还没好", "deny", False),
        ("没用", "deny", False),
        ("试过了", "nlu_fallback", False),
        ("又闪退了", "technical_crash", False),
        ("进不去", "technical_login", False),
        ("no its still not working", "deny", False),
        ("2", "nlu_fallback", False),
        ("不", "deny", False),
        ("号被盗了", "account_stolen", None),
        ("哈哈哈", "nlu_fallback", None),
    ],
)
def test_remedies(words: str, intent: str, value: object) -> None:
    assert read(TRY, intent, words).value == value


@pytest.mark.parametrize("question", [WHEN, TRY])
@pytest.mark.parametrize("words", ["算了", "不弄了", "取消吧", "never mind"])
def test_giving_up(question: Question, words: str) -> None:
    assert read(question, "deny", words) == Read(drop=True)


def test_buttons() -> None:
    assert read(TRY, "choose", "", "yes").value is True
    assert read(TRY, "choose", "", "no").value is False
    assert read(SURE, "choose", "", "no").value is False
    assert read(WHEN, "choose", "", "pay").value == "pay"
    assert read(WHEN, "choose", "", "made_up") == NOTHING
    assert read(DEVICE, "choose", "", "none") == Read("", answered=True)
    assert read(Question("x", options=WHEN.options, optional=True), "choose", "", "none").answered
    assert read(WHEN, "choose", "", "none") == NOTHING


def test_text() -> None:
    assert read(DEVICE, "nlu_fallback", " 红米 K60 ").value == "红米 K60"
    assert read(DEVICE, "deny", "没有") == Read("", answered=True)
    assert read(DEVICE, "request_human", "转人工") == NOTHING


@pytest.mark.parametrize("words", ["恢复吧", "快冻结", "那就关掉吧", "补给我"])
def test_who_repeats_the_wish_in_a_few_words_says_yes(words: str) -> None:
    question = Question("sure", Kind.CONFIRM)
    assert read(question, "account_stolen", words, about="account_stolen").value is True
    assert not read(question, "account_stolen", words, about="account_delete").answered


@pytest.mark.parametrize("words", ["不恢复", "先别冻结", "我的号昨天晚上在网吧被别人盗了怎么办"])
def test_a_no_or_a_story_is_no_yes(words: str) -> None:
    read_as = read(Question("sure", Kind.CONFIRM), "account_stolen", words, about="account_stolen")
    assert read_as.value is not True


def test_a_name_is_no_wish_for_a_human_where_any_words_are_asked_for() -> None:
    question = Question("where", Kind.TEXT)
    assert read(question, "request_human", "刚才那局").value == "刚才那局"
    assert not read(question, "request_human", "转人工").answered
    assert not read(Question("sure", Kind.CONFIRM), "request_human", "刚才那局").answered


def test_a_matter_that_is_over_drops_it() -> None:
    assert read(Question("sure", Kind.CONFIRM), "affirm", "解决了").drop
    assert read(Question("sure", Kind.CONFIRM), "affirm", "可以").value is True


@pytest.mark.parametrize(
    ("words", "wants_it"),
    [
        ("快点", True),
        ("废话 赶紧的", True),
        ("退啊", True),
        ("锁", True),
        ("锁了吧", True),
        ("关了", True),
        ("给我", True),
        ("帮我补发", True),
        ("好的关掉吧", True),
        ("不退", False),
        ("别锁", False),
        ("退吗", False),
        ("你是谁", False),
        ("好", False),  # a yes of its own
        ("了", False),
        ("退了会怎样", False),
        ("没退", False),
    ],
)
def test_who_just_wants_it_done(words: str, wants_it: bool) -> None:
    assert eager(words) is wants_it


@pytest.mark.parametrize("words", ["不恢复了", "先不恢复", "别恢复了", "还是不恢复吧"])
def test_who_repeats_the_wish_with_a_no_says_no(words: str) -> None:
    asked = Question("restore", Kind.CONFIRM)
    assert read(asked, "account_role_restore", words, about="account_role_restore") == Read(
        False, answered=True
    )


@pytest.mark.parametrize(
    "words",
    ["算了", "算了不弄了", "没事了", "那算了，谢谢", "不用了", "先不用了谢谢", "算了 没事", "算了不玩了"],
)
@pytest.mark.parametrize("question", [WHEN, TRY, DEVICE])
def test_who_gives_up_drops_the_matter_at_any_question(question: Question, words: str) -> None:
    assert read(question, "deny", words).drop


def test_no_picture_is_no_reason_to_drop_the_matter() -> None:
    assert read(PROOF, "deny", "不用了") == Read("", answered=True)
    assert read(PROOF, "deny", "算了").drop


@pytest.mark.parametrize(
    ("words", "more"),
    [("460ms", True), ("延迟一直四百多", True), ("启动", False), ("1", False), ("点开", False)],
)
def test_what_says_more_than_the_option_is_kept(words: str, more: bool) -> None:
    assert says_more(WHEN, words, None) is more


@pytest.mark.parametrize(
    "words", ["又不行了", "还是不行", "又卡了", "还是一样", "又登不上了", "still not working"]
)
def test_the_trouble_is_back(words: str) -> None:
    assert back_again(words)


@pytest.mark.parametrize("words", ["没有了", "不用了，谢谢", "还是算了", "没事了", "没别的了"])
def test_no_trouble_is_back(words: str) -> None:
    assert not back_again(words)
