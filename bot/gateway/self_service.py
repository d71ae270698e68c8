"""The published rules of self-service, from the same declarations as the dialogues (data/fixes)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from aiohttp import web
from jinja2 import Environment, StrictUndefined, Template

from bot.domain.intents import Category
from bot.gateway.pages import DIST
from bot.services.game.fixes import conditions_in, declared, in_locale
from bot.services.texts import best_locale, text
from bot.web.problems import wanted_locale


def add_routes(app: web.Application) -> None:
    """Serve the page; a declaration that can't be used stops the start (FixesError)."""
    declared()
    app.router.add_get("/help/self-service", _self_service)


async def _self_service(request: web.Request) -> web.Response:
    """In the language of `?lang=` or of the browser."""
    locale = best_locale(request.query.get("lang") or wanted_locale(request))
    page = _template().render(
        locale=locale, say=lambda key: text(key, locale), categories=list(_categories(locale))
    )
    return web.Response(text=page, content_type="text/html")


@cache
def _template() -> Template:
    path = DIST / "help" / "index.html"
    if not path.is_file():
        raise web.HTTPServiceUnavailable(text="The web pages are not built: run `make web`.")
    page = Environment(autoescape=True, undefined=StrictUndefined)
    return page.from_string(path.read_text(encoding="utf-8"))


def _categories(locale: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What is published, by category."""
    for category in Category:
        fixes = [fix for fix in declared().values() if fix.listed and fix.category is category]
        if fixes:
            yield (
                category.value,
                [
                    {
                        "intent": fix.intent,
                        "title": in_locale(fix.title, locale),
                        "offers": in_locale(fix.offers, locale),
                        "conditions": conditions_in(fix, locale),
                        "takes": in_locale(fix.takes, locale),
                        "otherwise": in_locale(fix.otherwise, locale),
                    }
                    for fix in fixes
                ],
            )
