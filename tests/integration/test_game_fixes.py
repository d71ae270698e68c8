"""What the fixes ask of the game: our client and the real demo server, from the call to its effect."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import Code, Problem
from bot.domain.game import BindingKind, GiftCodeStatus, LinkChannel, LinkPurpose, ServerState
from bot.domain.recharges import OrderStatus
from tests.integration.demo_world import Demo, demo, problem, refused

__all__ = ["demo"]


# ---------------------------------------------------------------------- what is paid
async def test_what_was_paid_arrives(demo: Demo) -> None:
    order_no = await demo.order("p1003")
    order = await demo.client.deliver("demo", "p1003", order_no, key="key-00001")
    assert (order.status, order.granted, order.delivered_at) == (OrderStatus.DELIVERED, 1280, demo.at)
    assert (await demo.wallet("p1003"))["钻石"] == 1280
    assert order == await demo.client.recharge("demo", "p1003", order_no)


async def test_what_others_paid_is_not_delivered(demo: Demo) -> None:
    order_no = await demo.order("p1003")
    assert await problem(demo.client.deliver("demo", "p1001", order_no, key="key-00001")) == Problem(
        Code.NOT_FOUND
    )
    assert (await demo.client.recharge("demo", "p1003", order_no)).status is OrderStatus.PAID


async def test_a_cancelled_card_stays_until_it_ends(demo: Demo) -> None:
    before = await demo.client.subscription("demo", "p1006")
    assert before is not None
    assert before.auto_renew
    card = await demo.client.cancel_subscription("demo", "p1006", key="key-00001")
    assert (card.active, card.auto_renew, card.expires_at) == (True, False, before.expires_at)
    assert card.cancelled_at == demo.at
    demo.at = card.expires_at
    later = await demo.client.subscription("demo", "p1006")
    assert later is not None
    assert not later.active


async def test_the_stores_card_and_no_card(demo: Demo) -> None:
    cancel = demo.client.cancel_subscription
    assert await problem(cancel("demo", "p1009", key="key-00001")) == refused("store_subscription")
    assert await problem(cancel("demo", "p1001", key="key-00002")) == Problem(Code.NOT_FOUND)
    assert await demo.client.subscription("demo", "p1001") is None


# ---------------------------------------------------------------------- the account
async def test_a_stolen_account_is_frozen_and_emptied_of_log_ins(demo: Demo) -> None:
    foreign = [s for s in await demo.client.sessions("demo", "p1002") if s.unusual]
    assert [session.place for session in foreign] == ["越南 河内"]
    await demo.client.freeze_account("demo", "p1002", key="key-00001", reason="stolen")
    assert await demo.client.kick_sessions("demo", "p1002", key="key-00002") == 2
    assert await demo.client.sessions("demo", "p1002") == []
    frozen_at = (await demo.client.profile("demo", "p1002")).frozen_at
    assert frozen_at == demo.at
    demo.at += timedelta(hours=1)
    again = await demo.client.freeze_account("demo", "p1002", key="key-00003", reason="once more")
    assert (again.frozen_at, again.reason) == (frozen_at, "stolen")
    assert (await demo.client.unfreeze_account("demo", "p1002", key="key-00004")).frozen_at is None
    assert (await demo.client.profile("demo", "p1002")).frozen_at is None


@pytest.mark.parametrize(
    ("player", "purpose", "channel", "days"),
    [
        ("p1001", LinkPurpose.RESET_PASSWORD, LinkChannel.PHONE, None),
        ("p1009", LinkPurpose.RESET_PASSWORD, LinkChannel.MAIL, None),
        ("p1001", LinkPurpose.BIND_MAIL, LinkChannel.PHONE, None),
        ("p1010", LinkPurpose.BIND_PHONE, LinkChannel.GAME, None),
        ("p1010", LinkPurpose.REAL_NAME, LinkChannel.GAME, None),
        ("p1006", LinkPurpose.UNBIND_PHONE, LinkChannel.PHONE, 3),
        ("p1006", LinkPurpose.UNBIND_DEVICE, LinkChannel.PHONE, 3),
        ("p1001", LinkPurpose.DELETE_ACCOUNT, LinkChannel.PHONE, 15),
    ],
)
async def test_where_links_go(
    demo: Demo, player: str, purpose: LinkPurpose, channel: LinkChannel, days: int | None
) -> None:
    link = await demo.client.send_link("demo", player, purpose, key="key-00001")
    assert (link.purpose, link.channel, link.valid_minutes) == (purpose, channel, 30)
    assert link.cool_off_until == (None if days is None else demo.at + timedelta(days=days))
    assert "*" in link.destination
    mail = await demo.client.mail("demo", player)
    assert any(m.created_at == demo.at and m.sent_at for m in mail) == (channel is LinkChannel.GAME)


@pytest.mark.parametrize(
    ("player", "purpose", "reason"),
    [
        ("p1010", LinkPurpose.RESET_PASSWORD, "no_verified_contact"),
        ("p1003", LinkPurpose.RESET_PASSWORD, "no_verified_contact"),
        ("p1007", LinkPurpose.UNBIND_DEVICE, "no_verified_contact"),
        ("p1010", LinkPurpose.DELETE_ACCOUNT, "no_verified_contact"),
        ("p1005", LinkPurpose.UNBIND_PHONE, "cooling_off"),
        ("p1001", LinkPurpose.UNBIND_MAIL, "not_bound"),
        ("p1001", LinkPurpose.BIND_PHONE, "already_bound"),
        ("p1001", LinkPurpose.REAL_NAME, "already_verified"),
    ],
)
async def test_links_that_are_not_sent(demo: Demo, player: str, purpose: LinkPurpose, reason: str) -> None:
    assert await problem(demo.client.send_link("demo", player, purpose, key="key-00001")) == refused(reason)


async def test_links_are_few_in_an_hour(demo: Demo) -> None:
    async def ask(number: int) -> object:
        purpose = LinkPurpose.RESET_PASSWORD
        return await demo.client.send_link("demo", "p1001", purpose, key=f"key-{number:05}")

    for number in range(3):
        await ask(number)
    assert await problem(ask(3)) == refused("too_many_links")
    assert await ask(2)  # a repetition is no new one
    await demo.client.send_link("demo", "p1001", LinkPurpose.BIND_MAIL, key="key-00009")
    demo.at += timedelta(hours=1)
    assert await ask(3)


async def test_no_number_or_address_is_told_whole(demo: Demo) -> None:
    for player in (f"p{number}" for number in range(1001, 1011)):
        for binding in await demo.client.bindings("demo", player):
            assert "*" in binding.value
            assert "1990000" not in binding.value
    kinds = [binding.kind for binding in await demo.client.bindings("demo", "p1006")]
    assert set(kinds) == set(BindingKind)


@pytest.mark.parametrize(
    ("player", "age", "charge", "hours"),
    [("p1005", 12, 5_000, 3), ("p1001", 27, None, 0), ("p1010", None, 0, 3)],
)
async def test_real_name(demo: Demo, player: str, age: int | None, charge: int | None, hours: int) -> None:
    name = await demo.client.real_name("demo", player)
    assert (name.verified, name.age, name.charge_limit_fen) == (age is not None, age, charge)
    assert len(name.hours) == hours


async def test_who_else_plays_and_pays(demo: Demo) -> None:
    alone, crowd = [await demo.client.risk_facts("demo", player) for player in ("p1001", "p1009")]
    assert (alone.accounts_on_device, alone.accounts_of_payer) == (1, 1)
    assert (crowd.accounts_on_device, crowd.accounts_of_payer) == (6, 4)


async def test_a_ban_says_what_was_found(demo: Demo) -> None:
    now, before = await demo.client.bans("demo", "p1004")
    assert (now.active, now.appealable, before.active, before.appealable) == (True, True, False, False)
    assert now.evidence
    assert before.evidence


# ---------------------------------------------------------------------- what is owned
async def test_a_role_comes_back_and_can_be_lost_again(demo: Demo) -> None:
    (lost,) = [role for role in await demo.client.roles("demo", "p1008") if role.restorable(demo.at)]
    role = await demo.client.restore_role("demo", "p1008", lost.id, key="key-00001")
    assert (role.deleted_at, role.level) == (None, lost.level)
    assert role in await demo.client.roles("demo", "p1008")


async def test_the_time_for_coming_back_ends(demo: Demo) -> None:
    (role,) = [role for role in await demo.client.roles("demo", "p1008") if role.deleted_at]
    (item,) = await demo.client.deleted_items("demo", "p1008")
    assert role.restorable_until is not None
    demo.at = role.restorable_until
    assert not role.restorable(demo.at)
    assert not item.restorable(demo.at)
    for call in (
        demo.client.restore_role("demo", "p1008", role.id, key="key-00001"),
        demo.client.restore_item("demo", "p1008", item.id, key="key-00002"),
        demo.client.restore_role("demo", "p1009", "r100902", key="key-00003"),
        demo.client.restore_item("demo", "p1009", "i100901", key="key-00004"),
    ):
        assert await problem(call) == refused("too_late")


async def test_items_come_back_by_mail(demo: Demo) -> None:
    item = await demo.client.restore_item("demo", "p1002", "i100202", key="key-00001")
    assert item.restored_at == demo.at
    (mail,) = await demo.client.mail("demo", "p1002")
    assert [(part.item, part.count) for part in mail.attachments] == [("强化石", 99)]
    assert mail.sent_at == demo.at
    assert item in await demo.client.deleted_items("demo", "p1002")


@pytest.mark.parametrize(("player", "grant_id"), [("p1008", "g100801"), ("p1003", "g100301")])
async def test_a_reward_that_never_left_is_sent(demo: Demo, player: str, grant_id: str) -> None:
    (before,) = [grant for grant in await demo.client.grants("demo", player) if grant.sent_at is None]
    assert before.id == grant_id
    grant = await demo.client.send_grant("demo", player, grant_id, key="key-00001")
    (mail,) = [mail for mail in await demo.client.mail("demo", player) if mail.id == grant.mail_id]
    assert (mail.sent_at, grant.sent_at) == (demo.at, demo.at)
    assert mail.attachments == before.items


async def test_a_reward_that_was_sent_is_not_sent_again(demo: Demo) -> None:
    (grant,) = await demo.client.grants("demo", "p1001")
    assert await problem(demo.client.send_grant("demo", "p1001", grant.id, key="key-00001")) == refused(
        "already_sent"
    )


async def test_what_belongs_to_others_is_not_found(demo: Demo) -> None:
    for call in (
        demo.client.restore_role("demo", "p1001", "r100802", key="key-00001"),
        demo.client.restore_item("demo", "p1001", "i100201", key="key-00002"),
        demo.client.send_grant("demo", "p1001", "g100801", key="key-00003"),
        demo.client.freeze_account("demo", "p9999", key="key-00004", reason="x"),
    ):
        assert await problem(call) == Problem(Code.NOT_FOUND)


@pytest.mark.parametrize(
    ("player", "typed", "status", "suggestion"),
    [
        ("p1001", "XIAOER666", GiftCodeStatus.USABLE, None),
        ("p1001", "ｘｉａｏｅｒ６６６", GiftCodeStatus.USABLE, None),
        ("p1006", "vip888", GiftCodeStatus.REDEEMED, None),
        ("p1001", "SPRING2026", GiftCodeStatus.EXPIRED, None),
        ("p1001", "WINTER2026", GiftCodeStatus.NOT_STARTED, None),
        ("p1001", "FIRST100", GiftCodeStatus.USED_UP, None),
        ("p1001", "SNOW1515", GiftCodeStatus.WRONG_SERVER, None),
        ("p1010", "SNOW1515", GiftCodeStatus.USABLE, None),
        ("p1001", "XIAOER66", GiftCodeStatus.UNKNOWN, "XIAOER666"),
        ("p1001", "X1A0ER-666", GiftCodeStatus.UNKNOWN, "XIAOER666"),
        ("p1001", "VIP88", GiftCodeStatus.UNKNOWN, None),  # near one that is not public
        ("p1001", "新年快乐", GiftCodeStatus.UNKNOWN, None),
    ],
)
async def test_gift_codes(
    demo: Demo, player: str, typed: str, status: GiftCodeStatus, suggestion: str | None
) -> None:
    code = await demo.client.gift_code("demo", player, typed)
    assert (code.status, code.suggestion) == (status, suggestion)
    assert code.servers == (("星陨大陆15区",) if typed == "SNOW1515" else ())


async def test_the_world(demo: Demo) -> None:
    servers = {server.name: server for server in await demo.client.server_status("demo")}
    assert {server.state for server in servers.values()} == set(ServerState)
    planned = servers["云起江湖1区"]
    assert planned.starts_at is not None
    assert planned.ends_at is not None
    assert demo.at < planned.starts_at < planned.ends_at
    assert servers["云起江湖2区"].merged_into == "云起江湖1区"
    for player in (f"p{number}" for number in range(1001, 1011)):
        assert (await demo.client.profile("demo", player)).server in servers
    events = await demo.client.events("demo")
    assert [event.starts_at for event in events] == sorted(event.starts_at for event in events)
    over = [event.ends_at <= demo.at for event in events]
    assert True in over
    assert any(event.starts_at > demo.at for event in events)


# ---------------------------------------------------------------------- what only one studio has
async def test_a_change_of_the_studios_own(demo: Demo) -> None:
    result = await demo.client.custom("demo", "p1001", "pet_rename", {"name": "小白"}, key="key-00001")
    assert result == {"before": "团子", "name": "小白"}


@pytest.mark.parametrize(
    ("player", "name", "params", "says"),
    [
        ("p1001", "pet_sell", {}, Problem(Code.NOT_FOUND)),
        ("p1001", "../bans", {}, Problem(Code.NOT_FOUND)),
        ("p1001", "pet_rename", {}, refused("name_unfit")),
        ("p1001", "pet_rename", {"name": "太长了太长了太长了"}, refused("name_unfit")),
        ("p1002", "pet_rename", {"name": "小白"}, refused("no_pet")),
        ("p1006", "pet_rename", {"name": "小白"}, refused("renamed_lately")),
        ("p9999", "pet_rename", {"name": "小白"}, Problem(Code.NOT_FOUND)),
    ],
)
async def test_which_it_refuses(
    demo: Demo, player: str, name: str, params: dict[str, str], says: Problem
) -> None:
    assert await problem(demo.client.custom("demo", player, name, params, key="key-00001")) == says


async def test_a_key_is_for_one_change_with_one_content(demo: Demo) -> None:
    await demo.client.custom("demo", "p1001", "pet_rename", {"name": "小白"}, key="key-00001")
    again = demo.client.custom("demo", "p1001", "pet_rename", {"name": "小黑"}, key="key-00001")
    assert await problem(again) == refused("idempotency_key_reused")
