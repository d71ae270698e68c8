"""Which web pages may open a socket."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from bot.domain.errors import Code, ProblemError
from bot.web.origins import check_origin

ALLOWED = ["https://game.example"]


def check(origin: str | None, host: str = "cs.example:8080") -> None:
    headers = {"Host": host} | ({"Origin": origin} if origin is not None else {})
    check_origin(make_mocked_request("GET", "/chat/v1/socket", headers=headers), ALLOWED)


@pytest.mark.parametrize(
    "origin",
    [None, "http://cs.example:8080", "https://cs.example:8080", "HTTP://CS.Example:8080", *ALLOWED],
)
def test_our_own_pages_the_listed_ones_and_clients_that_are_no_browsers_may(origin: str | None) -> None:
    check(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https://evil.example",
        "http://cs.example",
        "http://cs.example:8081",
        "http://cs.example:8080.evil.example",
        "http://cs.example:8080@evil.example",
        "http://evil.example/cs.example:8080",
        "http://sub.cs.example:8080",
        "https://game.example.evil.example",
        "https://game.example:8443",
        "http://[",
        "http://[::1",
        "//",
    ],
)
def test_all_others_may_not(origin: str) -> None:
    with pytest.raises(ProblemError) as refused:
        check(origin)
    assert refused.value.problem.code is Code.ORIGIN_REFUSED
