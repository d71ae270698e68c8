"""The gateway, as a table of contents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from aiohttp import web

from bot.bootstrap.gateway import Services
from bot.channels.ingame.channel import InGame
from bot.channels.ingame.identity import PlayerTokens
from bot.channels.ingame.routes import add_routes as add_ingame_routes
from bot.channels.wechat.routes import add_routes as add_wechat_routes
from bot.desk.desk import Desk
from bot.desk.routes import add_routes as add_desk_routes
from bot.gateway import demo, health, pages, self_service
from bot.jobs.periodic import Job, running
from bot.services.audit import log_head
from bot.services.delivery.service import delivering
from bot.web.problems import MAX_BODY, problems_middleware


def create_app(services: Services) -> web.Application:
    """The application over opened services (bot.bootstrap.gateway.services)."""
    settings = services.settings
    app = web.Application(
        middlewares=[pages.security_headers, health.measure, problems_middleware], client_max_size=MAX_BODY
    )
    health.add_routes(app, services)
    add_ingame_routes(
        app,
        InGame(
            PlayerTokens(settings.games),
            services.conversations,
            services.queue,
            services.bus,
            services.pictures,
            services.evidence,
            (*settings.allowed_origins, settings.url.rstrip("/")),
            binding=services.wechat.binding if settings.wechat else None,
            satisfaction=services.satisfaction,
        ),
    )
    if settings.wechat:
        add_wechat_routes(app, services.wechat)
        app.cleanup_ctx.append(lambda _: _wechat(services))
    desk = Desk(
        services.agents,
        services.inbox,
        services.queue,
        services.bus,
        services.evidence,
        services.ticket_desk,
        services.refund_approvals,
        services.feedback,
        settings.url,
    )
    add_desk_routes(app, desk)
    pages.add_routes(app)
    self_service.add_routes(app)
    if settings.demo:
        demo.add_routes(app, settings.demo_url)
    app.cleanup_ctx.append(lambda _: _jobs(services))
    return app


async def _jobs(services: Services) -> AsyncIterator[None]:
    gone = services.settings.agent_gone
    jobs = [
        Job("abandoned_turns", timedelta(seconds=5), services.turns.wake_abandoned),
        Job("deserted_conversations", gone / 12, lambda: services.queue.requeue_deserted(gone)),
        Job("unknown_refunds", timedelta(seconds=10), services.refunds.settle_unknown),
        Job("unknown_operations", timedelta(seconds=10), services.operations.settle_unknown),
        Job("audit_head", timedelta(hours=1), lambda: log_head(services.database)),
        Job("ticket_promises", timedelta(seconds=30), services.ticket_promises.look_after),
        Job("expired_sessions", timedelta(minutes=10), services.agents.forget_expired),
        Job("old_evidence", timedelta(hours=1), services.evidence.forget_old),
    ]
    async with running(jobs):
        yield


async def _wechat(services: Services) -> AsyncIterator[None]:
    channel = services.wechat
    jobs = [
        Job("waiting_pushes", timedelta(seconds=5), channel.intake.sweep),
        Job("waiting_deliveries", timedelta(seconds=2), channel.delivery.sweep),
        Job("old_recordings", timedelta(hours=1), channel.forget_old),
        Job("left_messages", timedelta(seconds=30), services.left_messages.look_after),
    ]
    async with delivering(channel.delivery), running(jobs):
        yield
