"""A guardian asks back what a child paid: everything that the decision needs, collected; a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from actions.base import Events, topic_name
from actions.fix import Case, Fix
from actions.minor_beside import told_beside
from actions.minor_orders import ALL, DONE, read_orders, take
from actions.minor_papers import (
    age_in,
    child_of,
    missing_papers,
    next_paper,
    papers_of,
    picture_in,
    put_off,
    read_time,
    take_paper,
)
from actions.orders import recent_orders
from actions.pictures import paper_names, still_missing
from actions.puzzled import knows_not
from actions.questions import Kind, Option, Question
from actions.words import order_line
from bot.domain.minors import Assessment, assess
from bot.domain.recharges import OrderStatus, RechargeOrder
from bot.services.minors.facts import calculation
from bot.services.refunds.items import yuan
from bot.services.texts import DEFAULT_LOCALE, text
from bot.services.tickets.items import Ticket

SHOWN = 8
RELATIONS = ("father", "mother", "grandparent", "guardian")
NOTICED = ("today", "week", "month", "earlier")
AGES = ("under_8", "from_8", "from_16")


class ActionRefundMinor(Fix):
    """Asks for account, orders, relation and papers, computes what the rules say, and opens the ticket."""

    intent = "account_refund_minor"

    async def plan(self, case: Case) -> Question | None:
        """The next thing that is not known yet."""
        case.answers.setdefault("papers", {})  # before all questions: a change of mind keeps the pictures
        take_paper(case.answers)
        if (waiting := await open_request(case)) is not None and case.answer("again") != "new":
            return None if case.answer("again") == "wait" else _again(case, waiting)
        question = (
            await self._account(case)
            or await self._orders(case)
            or _choice(case, "knew", NOTICED)
            or _choice(case, "relation", RELATIONS)
            or await self._age(case)
        )
        if question is None and not (await child_of(case)).is_adult(case.services.minors):
            question = next_paper(case) or await self._confirm(case)
        return question

    async def carry_out(self, case: Case) -> Events:
        """The ticket with all facts; nothing is refunded here."""
        waiting = await open_request(case)
        if waiting is not None and case.answer("again") == "wait":
            promise = await case.when(waiting.promised_at) if waiting.promised_at else ""
            pictures = await case.services.evidence.of_conversation(case.conversation)
            left = paper_names(still_missing(waiting, pictures), case.locale)
            return case.done(
                "utter_account_refund_minor_waiting",
                number=waiting.number,
                promise=promise or text("minor-soon", case.locale),
                missing=left or text("minor-nothing", case.locale),
            )
        if (await child_of(case)).is_adult(case.services.minors):
            said = await _summary(case)
            return case.human("guardian_refund", response="utter_account_refund_minor_adult", summary=said)
        if not case.answer("confirm"):
            return case.done("utter_fix_dropped")
        return await self._file(case)

    def matter(self, case: Case) -> str:
        """Who was asked about an open request and wants another gets another."""
        return str(case.answer("began"))

    async def read(self, case: Case, question: Question, message: dict[str, Any]) -> Any:
        """Several orders, a time, an age: answers in words of the guardian's own."""
        match question.id:
            case "orders":
                shown = [o.value for o in question.options if o.value not in (ALL, DONE)]
                picked = bool(case.answer("picked"))
                return read_orders(await charged(case), shown, message, picked=picked)
            case "knew":
                unknown = knows_not(str(message.get("text") or ""))
                return text("minor-knew-unknown") if unknown else read_time(message)
            case "age":
                return age_in(str(message.get("text") or ""))
            case paper if paper.startswith("paper_"):
                return await picture_in(case, message) or put_off(message)
            case _:
                return None

    async def overhear(self, case: Case, question: str, words: str) -> bool:
        """Who the guardian is and how old the child: told early, or beside another question."""
        relations = {
            relation: [text(f"minor-relation-{relation}", case.locale), *_words(case, f"relation-{relation}")]
            for relation in RELATIONS
        }
        bands = [band.replace("_", "-") for band in AGES]
        schools = {band: _words(case, f"age-{band}") for band in bands}
        told, only = told_beside(words, relations, schools)
        case.answers |= {name: value for name, value in told.items() if name != question}
        return only and question not in told

    def facts(self, case: Case) -> dict[str, Any]:
        """Answers in Chinese words; what was chosen among orders is told by their numbers."""
        facts = case.facts()
        for question in ("knew", "relation", "age"):
            with suppress(KeyError):
                facts[question] = text(f"minor-{question}-{facts[question]}")
        return {name: value for name, value in facts.items() if value not in ("this", DONE, ALL)}

    async def told(self, case: Case, last: str) -> str:
        """What is known by now, each with its name; the papers and the sum once the orders are chosen."""
        parts: dict[str, str] = {}
        if case.answer("account") == "this" or case.answer("other_account"):
            parts["account"] = await _account_words(case, DEFAULT_LOCALE)
        if case.answer("orders_words") or case.answer("picked"):
            parts["orders"] = "、".join([*await _chosen(case), await _orders_words(case, DEFAULT_LOCALE)])
            parts["missing"] = paper_names(missing_papers(case), DEFAULT_LOCALE) or text("minor-nothing")
        if case.answer("relation"):
            parts["relation"] = text(f"minor-relation-{case.answer('relation')}")
        parts["noticed"] = _noticed(case)
        child = await child_of(case)
        if child.known:
            parts["age"] = child.words
        if result := await _assessed(case):
            parts["sum"] = calculation(result)["lines"][-1]
        lines = [text(f"minor-told-{name}", value=value) for name, value in parts.items() if value]
        topic = topic_name(self.intent, DEFAULT_LOCALE)
        return text("summary", topic=topic, words=case.opening) + "；".join(["", *lines])

    # ------------------------------------------------------------------ what is asked
    async def _account(self, case: Case) -> Question | None:
        if case.answer("account") is None:
            profile = await case.services.profile(case.conversation)
            here = text("minor-this-account", case.locale, name=profile.name, server=profile.server)
            other = Option("other", text("minor-other-account", case.locale), _words(case, "other"))
            return Question("account", options=(Option("this", here, _words(case, "this")), other))
        if case.answer("account") == "other" and case.answer("other_account") is None:
            return Question("other_account", Kind.TEXT)
        return None

    async def _orders(self, case: Case) -> Question | None:
        """The orders of this account by choice; of another one, or without any, in words."""
        orders = await charged(case) if case.answer("account") == "this" else []
        if not orders:
            asked = case.answer("orders_words") is None
            return Question("orders_words", Kind.TEXT) if asked else None
        if len(orders) == 1:
            case.answers.setdefault("orders", ALL)
        take(case.answers, orders)
        if case.answer("orders") == DONE:
            return None
        return await _which_orders(case, orders)

    async def _age(self, case: Case) -> Question | None:
        known = (await child_of(case)).known
        return None if known else _choice(case, "age", AGES)

    async def _confirm(self, case: Case) -> Question | None:
        if case.answer("confirm") is not None:
            return None
        missing = missing_papers(case)
        words = {
            "account": await _account_words(case, case.locale),
            "orders": await _orders_words(case, case.locale),
            "relation": text(f"minor-relation-{case.answer('relation')}", case.locale),
            "missing": paper_names(missing, case.locale) or text("minor-nothing", case.locale),
        }
        options = (
            Option("yes", text("minor-submit", case.locale)),
            Option("no", text("minor-not-yet", case.locale)),
        )
        return Question("confirm", Kind.CONFIRM, options, words)

    # ------------------------------------------------------------------ what goes into the ticket
    async def _file(self, case: Case) -> Events:
        """Open the ticket with its pictures, however long ago they were sent, and say what is missing."""
        missing, pictures = missing_papers(case), [id for id in papers_of(case).values() if id]
        ticket = await case.open_ticket(await self._facts(case))
        await case.services.evidence.attach(case.conversation, pictures, ticket.number)
        if missing:
            words = paper_names(missing, case.locale)
            case.say("utter_account_refund_minor_filed_missing", missing=words)
        else:
            case.say("utter_account_refund_minor_filed")
        promise = await case.when(ticket.promised_at) if ticket.promised_at else ""
        return case.done("utter_ticket_opened", number=ticket.number, promise=promise)

    async def _facts(self, case: Case) -> str:
        """Put the facts for the ticket in the place of the raw answers; one line for people."""
        child = await child_of(case)
        facts: dict[str, Any] = {
            "account": await _account_words(case, DEFAULT_LOCALE),
            "relation": text(f"minor-relation-{case.answer('relation')}"),
            "noticed": _noticed(case),
            "child_age": child.words,
            "real_name": child.real_name,
            "orders": case.answer("orders_words") or list(case.answer("picked") or ()),
            "papers": {name: id for name, id in papers_of(case).items() if id},
            "papers_missing": list(missing_papers(case)),
        }
        if result := await _assessed(case):
            chosen = set(case.answer("picked"))
            facts["calculation"] = calculation(result)
            facts["chosen_over_fen"] = sum(
                f.amount_fen for f in result.findings if f.order_no in chosen and f.over
            )
        began: dict[str, Any] = {
            key: case.answers[key] for key in ("began", "opening", "heard") if key in case.answers
        }
        summary = await _summary(case)
        case.answers = {**began, **facts}
        return summary


async def charged(case: Case) -> Sequence[RechargeOrder]:
    """The orders that can still be paid back, newest first."""
    return [order for order in await recent_orders(case) if order.status is not OrderStatus.REFUNDED]


async def open_request(case: Case) -> Ticket | None:
    """The guardian's request that is being decided, if there is one."""
    tickets = await case.services.tickets.of_player(case.conversation, 20)
    mine = (t for t in tickets if t.intent == case.fix.intent and t.is_open)
    return next(mine, None)


def _again(case: Case, ticket: Ticket) -> Question:
    options = tuple(Option(v, text(f"minor-again-{v}", case.locale)) for v in ("wait", "new"))
    return Question("again", options=options, words={"number": ticket.number})


async def _which_orders(case: Case, orders: Sequence[RechargeOrder]) -> Question:
    picked = list(case.answer("picked") or ())
    left = [order for order in orders if order.order_no not in picked]
    zone, now = await case.services.timezone(case.conversation), case.services.now()
    options = [Option(o.order_no, order_line(o, now, zone, case.locale)) for o in left[:SHOWN]]
    if picked:
        words = {"chosen": await _orders_words(case, case.locale)}
        options.append(Option(DONE, text("minor-orders-done", case.locale)))
        asked = "utter_ask_account_refund_minor_more"
        return Question("orders", options=tuple(options), words=words, response=asked, no=DONE)
    words = {"count": str(len(orders)), "yuan": yuan(sum(o.amount_fen for o in orders))}
    options.append(Option(ALL, text("minor-orders-all", case.locale, **words)))
    return Question("orders", options=tuple(options), words=words)


def _choice(case: Case, question: str, values: Sequence[str]) -> Question | None:
    """A question whose options are texts of ours, None where it is answered."""
    if case.answer(question) is not None:
        return None
    return Question(
        question,
        options=tuple(
            Option(v, text(f"minor-{question}-{v}", case.locale), _words(case, f"{question}-{v}"))
            for v in (value.replace("_", "-") for value in values)
        ),
    )


def _words(case: Case, key: str) -> tuple[str, ...]:
    """Other ways of saying an option."""
    return tuple(text(f"minor-words-{key}", case.locale).split())


async def _account_words(case: Case, locale: str) -> str:
    if case.answer("account") == "other":
        return str(case.answer("other_account"))
    profile = await case.services.profile(case.conversation)
    return text("minor-account", locale, name=profile.name, server=profile.server, id=profile.id)


async def _summary(case: Case) -> str:
    """One line for people."""
    return text(
        "minor-summary",
        account=await _account_words(case, DEFAULT_LOCALE),
        orders=await _orders_words(case, DEFAULT_LOCALE),
        relation=text(f"minor-relation-{case.answer('relation')}"),
    )


async def _orders_words(case: Case, locale: str) -> str:
    if case.answer("orders_words"):
        return str(case.answer("orders_words"))
    picked = set(case.answer("picked") or ())
    chosen = [order for order in await charged(case) if order.order_no in picked]
    return text("minor-orders", locale, count=len(chosen), yuan=yuan(sum(o.amount_fen for o in chosen)))


async def _chosen(case: Case) -> list[str]:
    """A line for each order that was chosen, with its sum."""
    picked = set(case.answer("picked") or ())
    zone, now = await case.services.timezone(case.conversation), case.services.now()
    return [
        order_line(order, now, zone, DEFAULT_LOCALE)
        for order in await charged(case)
        if order.order_no in picked
    ]


async def _assessed(case: Case) -> Assessment | None:
    """The calculation, None without orders of this account. All of them go into it: what was paid before
    counts towards the month."""
    child = await child_of(case)
    if not (child.known and case.answer("account") == "this" and case.answer("picked")):
        return None
    zone = await case.services.timezone(case.conversation)
    return assess(case.services.minors, child.child, await recent_orders(case), zone)


def _noticed(case: Case) -> str:
    said = str(case.answer("knew") or "")
    return text(f"minor-knew-{said}") if said in NOTICED else said
