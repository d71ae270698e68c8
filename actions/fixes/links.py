"""What the owner does himself through a verified link: password, bindings, real name, deletion."""

from __future__ import annotations

from abc import abstractmethod

from actions.base import Events
from actions.fix import Case, Fix
from actions.out_of_reach import out_of_reach
from actions.questions import Kind, Option, Question
from actions.words import balances
from bot.domain.game import BindingKind, LinkPurpose
from bot.services.game.operations import OperationState
from bot.services.texts import text

REFUSED = frozenset(
    {
        "no_verified_contact",
        "cooling_off",
        "too_many_links",
        "account_frozen",
        "not_bound",
        "already_bound",
        "already_verified",
    }
)
"""Reasons of the game that have a sentence of their own: utter_link_<reason>."""


LOST = "lost"
"""The answer that what is bound is out of reach: the words that say so."""

WRONG = (
    "不对",
    "错了",
    "填错",
    "有误",
    "要改",
    "更正",
    "18了",
    "满18",
    "成年了",
    "不是我",
    "别人的",
    "wrong",
    "not me",
)
"""What is said of a registration that is not right."""

CALLED = {
    LinkPurpose.UNBIND_PHONE.value: ("手机", "换手机", "换号", "号码", "电话", "phone", "number"),
    LinkPurpose.BIND_PHONE.value: ("手机", "号码", "电话", "phone", "number"),
    LinkPurpose.UNBIND_MAIL.value: ("邮箱", "换邮箱", "mail"),
    LinkPurpose.BIND_MAIL.value: ("邮箱", "mail"),
    LinkPurpose.UNBIND_DEVICE.value: ("设备", "device"),
    LinkPurpose.UNBIND_THIRD_PARTY.value: ("微信", "QQ", "苹果", "第三方", "wechat", "apple"),
}
"""What players call a binding."""


async def send(case: Case, purpose: LinkPurpose) -> Events:
    """Have the game send the link, and say where it went and what it does when."""
    result = await case.run("send_link", f"{purpose.value}:{case.answer('began')}", purpose=purpose.value)
    if result.state is OperationState.RESERVED:
        return case.done("utter_fix_unknown")
    if result.state is OperationState.REFUSED:
        if result.refused in ("no_verified_contact", "account_frozen"):
            return await case.ticket(response=f"utter_link_{result.refused}")
        if result.refused in REFUSED:
            return case.solved(f"utter_link_{result.refused}")
        return await case.ticket(response="utter_fix_refused")
    words = {
        "destination": str(result.data["destination"]),
        "minutes": str(result.data["valid_minutes"]),
        "what": text(f"link-{purpose.value.replace('_', '-')}", case.locale),
    }
    if cools := result.data.get("cool_off_until"):
        return case.solved("utter_link_sent_cooling", **words, until=await case.when(case.time(cools)))
    return case.solved("utter_link_sent", **words)


class LinkFix(Fix):
    """What ends with a link, unless the player can no longer reach the phone or mail that it would go to."""

    @abstractmethod
    async def ask(self, case: Case) -> Question | None:
        """The plan, as long as the link can reach him."""

    @abstractmethod
    async def finish(self, case: Case) -> Events:
        """What the answers amount to, as long as the link can reach him."""

    async def plan(self, case: Case) -> Question | None:
        """Nothing is left to ask once what is bound is out of reach."""
        return None if case.answer(LOST) else await self.ask(case)

    async def carry_out(self, case: Case) -> Events:
        """The link, or a person who checks who he is."""
        if case.answer(LOST):
            return await case.ticket(response="utter_link_lost_contact")
        return await self.finish(case)

    async def overhear(self, case: Case, question: str, words: str) -> bool:
        """That what is bound is out of reach, once it is known to be about a link."""
        if not question or not out_of_reach(words):
            return False
        case.answers[LOST] = words
        return True

    def goes_on(self, words: str, intent: str) -> bool:
        """Whether the link went where it does not reach him."""
        return out_of_reach(words)

    async def take_up(self, case: Case, words: str) -> None:
        """Go the other way."""
        case.answers[LOST] = words


class ActionPassword(LinkFix):
    """Sends the link with which the password is set anew."""

    intent = "account_password"

    async def ask(self, case: Case) -> Question | None:
        """Whether to send it."""
        return Question("send", Kind.CONFIRM) if case.answer("send") is None else None

    async def finish(self, case: Case) -> Events:
        """Send it."""
        if not case.answer("send"):
            return case.done("utter_fix_dropped")
        return await send(case, LinkPurpose.RESET_PASSWORD)


class ActionBinding(LinkFix):
    """Binds and unbinds phone, mail, device and third-party accounts."""

    intent = "account_binding"

    async def ask(self, case: Case) -> Question | None:
        """What shall change, of what the game says is bound."""
        if case.answer("what") is None:
            return Question(
                "what", options=await self._options(case), words={"bound": await self._bound(case)}
            )
        return None

    async def finish(self, case: Case) -> Events:
        """Send the link; what is no binding goes into a ticket."""
        what = str(case.answer("what"))
        return await send(case, LinkPurpose(what)) if what in set(LinkPurpose) else await case.ticket()

    def matter(self, case: Case) -> str:
        """Each binding by itself."""
        return str(case.answer("what"))

    async def _options(self, case: Case) -> tuple[Option, ...]:
        kinds = {b.kind for b in await case.services.game.bindings(*await case.player())}
        offered = [
            LinkPurpose.UNBIND_PHONE if BindingKind.PHONE in kinds else LinkPurpose.BIND_PHONE,
            LinkPurpose.UNBIND_MAIL if BindingKind.MAIL in kinds else LinkPurpose.BIND_MAIL,
        ]
        offered += [LinkPurpose.UNBIND_DEVICE] if BindingKind.DEVICE in kinds else []
        offered += [LinkPurpose.UNBIND_THIRD_PARTY] if BindingKind.THIRD_PARTY in kinds else []
        names = [(purpose.value, f"link-{purpose.value.replace('_', '-')}") for purpose in offered]
        names += [("other", "link-other")]
        return tuple(Option(value, text(key, case.locale), CALLED.get(value, ())) for value, key in names)

    async def _bound(self, case: Case) -> str:
        found = await case.services.game.bindings(*await case.player())
        parts = [text(f"binding-{b.kind.value.replace('_', '-')}", case.locale, value=b.value) for b in found]
        return text("list-comma", case.locale).join(parts) or text("binding-none", case.locale)


class ActionRealName(LinkFix):
    """Tells how the registration stands and what follows from it; sends the link to register."""

    intent = "account_real_name"

    async def ask(self, case: Case) -> Question | None:
        """Whether to register now, or what is wrong with the registration."""
        status = await case.services.game.real_name(*await case.player())
        if not status.verified:
            return Question("register", Kind.CONFIRM) if case.answer("register") is None else None
        if case.answer("what") is None:
            options = tuple(
                Option(value, text(f"real-name-{value}", case.locale), words)
                for value, words in (("fine", ()), ("wrong", WRONG))
            )
            words = {"age": str(status.age or "?"), "limits": await self._limits(case)}
            return Question("what", options=options, words=words)
        return None

    async def finish(self, case: Case) -> Events:
        """The link, a ticket for a wrong registration, or nothing."""
        if case.answer("register"):
            return await send(case, LinkPurpose.REAL_NAME)
        if case.answer("what") == "wrong":
            return await case.ticket(response="utter_account_real_name_wrong")
        return case.done("utter_solved") if case.answer("what") else case.done("utter_fix_dropped")

    async def _limits(self, case: Case) -> str:
        status = await case.services.game.real_name(*await case.player())
        if not status.hours and status.charge_limit_fen is None:
            return text("limits-none", case.locale)
        hours = [
            text(
                "limits-hours",
                case.locale,
                day=text(f"weekday-{window.weekday}", case.locale),
                opens=f"{window.opens:%H:%M}",
                closes=f"{window.closes:%H:%M}",
            )
            for window in status.hours
        ]
        charge, month = ((fen or 0) // 100 for fen in (status.charge_limit_fen, status.month_limit_fen))
        money = text("limits-money", case.locale, charge=str(charge), month=str(month))
        return text("list-comma", case.locale).join([*hours, money])


class ActionDelete(LinkFix):
    """Says what would be gone, and sends the link that deletes the account after a time to think it over."""

    intent = "account_delete"

    async def ask(self, case: Case) -> Question | None:
        """Whether to go on, knowing what would be lost."""
        if case.answer("sure") is not None:
            return None
        profile = await case.services.profile(case.conversation)
        roles = await case.services.game.roles(*await case.player())
        names = text("list-comma", case.locale).join(role.name for role in roles if role.deleted_at is None)
        return Question(
            "sure", Kind.CONFIRM, words={"roles": names, "wallet": balances(profile.wallet, case.locale)}
        )

    async def finish(self, case: Case) -> Events:
        """Send it."""
        if not case.answer("sure"):
            return case.done("utter_account_delete_kept")
        return await send(case, LinkPurpose.DELETE_ACCOUNT)
