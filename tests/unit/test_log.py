"""Nothing private and nothing secret reaches a log."""

from __future__ import annotations

import logging

import pytest
import structlog

from bot import log


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的手机13812345678绑错了", "我的手机138****5678绑错了"),
        ("身份证110101200001011234", "身份证110101********1234"),
        ("someone@example.com", "s***@example.com"),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwMSJ9.abc_-", "Bearer <token>"),
        ("订单 202611211934477002", "订单 202611211934477002"),
    ],
)
def test_private_data_is_masked(text: str, masked: str) -> None:
    assert log.mask(text) == masked


def test_secret_fields_are_never_written(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(style="json")
    structlog.get_logger("t").warning("login", password="hunter2", note="tel 13812345678")
    logging.getLogger("other").warning("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwMSJ9.abc")
    written = capsys.readouterr().err
    assert "hunter2" not in written
    assert "13812345678" not in written
    assert "eyJzdWIi" not in written
