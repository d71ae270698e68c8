"""The steps of a refund, and the move of an order to another role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession

from demo_game import database, refunds, views
from demo_game.api import requests
from demo_game.context import CLOCK, ENGINE
from demo_game.models import Player, Recharge

routes = web.RouteTableDef()
_ORDER = "/players/{player}/recharges/{order_no}"
_MOST = 2**53


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 5.0 is the integer 5. Texts and booleans are none."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole), Field(strict=True, le=_MOST)]


class TakeBack(BaseModel):
    """The body of take_back."""

    units: Whole = Field(ge=0)
    reason: str = Field(min_length=1, max_length=500)


class RefundPayment(BaseModel):
    """The body of refund_payment."""

    amount_fen: Whole = Field(ge=1)


class Move(BaseModel):
    """The body of move_order."""

    role: str = Field(min_length=1, max_length=64)


@routes.post(_ORDER + "/take-back", name="take_back")
async def take_back(request: web.Request) -> web.Response:
    """Take the currency out of the wallet."""
    key, wish = requests.key(request), await requests.body(request, TakeBack)
    return await _step(
        request,
        lambda session, player, order_no, now: refunds.take_back(
            session, player, order_no, key=key, units=wish.units, reason=wish.reason, now=now
        ),
    )


@routes.post(_ORDER + "/refund-payment", name="refund_payment")
async def refund_payment(request: web.Request) -> web.Response:
    """Pay the money back."""
    key, wish = requests.key(request), await requests.body(request, RefundPayment)
    return await _step(
        request,
        lambda session, player, order_no, now: refunds.refund_payment(
            session, player, order_no, key=key, amount_fen=wish.amount_fen, now=now
        ),
    )


@routes.post(_ORDER + "/give-back", name="give_back")
async def give_back(request: web.Request) -> web.Response:
    """Call it off."""
    key = requests.key(request)
    return await _step(
        request,
        lambda session, player, order_no, now: refunds.give_back(session, player, order_no, key=key, now=now),
    )


@routes.post(_ORDER + "/move", name="move_order")
async def move_order(request: web.Request) -> web.Response:
    """Move the order to another role."""
    wish, order_no = await requests.body(request, Move), request.match_info["order_no"]

    async def make(session: AsyncSession, player: Player, now: datetime) -> dict[str, Any]:
        return views.recharge(await refunds.move(session, player.id, order_no, wish.role))

    return await requests.change(request, f"move:{order_no}:{wish.role}", make)


_Step = Callable[[AsyncSession, str, str, datetime], Awaitable[Recharge]]


async def _step(request: web.Request, step: _Step) -> web.Response:
    """One step in one transaction. What was done under a key is in the table of reversals: all steps of a
    refund share it, and each of them must see how far the others are."""
    context = request.config_dict
    async with database.write(context[ENGINE]) as session:
        order_no = request.match_info["order_no"]
        order = await step(session, requests.player_id(request), order_no, context[CLOCK]())
    return web.json_response(views.recharge(order))
