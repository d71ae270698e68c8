"""The signature is what docs/connect-your-game.md says, on both sides."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.integrations import signing
from demo_game import signature as game_side
from demo_game.errors import ApiError

DOC = (Path(__file__).parents[2] / "docs/connect-your-game.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
SECRET = "a-secret-of-the-demo-game-0123456789"


def block(language: str, holding: str) -> str:
    """The one code block of the document in this language that holds this text."""
    found = [b for b in re.findall(rf"```{language}\n(.*?)```", DOC, re.DOTALL) if holding in b]
    assert len(found) == 1
    return found[0].rstrip("\n")


def test_the_worked_example_holds() -> None:
    head, _, body = block("http", "Xiaoer-Signature").partition("\n\n")
    request_line, *header_lines = head.splitlines()
    method, target, _ = request_line.split()
    headers = dict(line.split(": ", 1) for line in header_lines)
    secret = re.search(r"with the secret `([^`]+)`", DOC)
    assert secret is not None
    for side in (signing, game_side):
        made = side.signature(
            secret[1], method, target, body.encode(), headers["Xiaoer-Timestamp"], headers["Xiaoer-Nonce"]
        )
        assert made == headers["Xiaoer-Signature"]

    program: dict[str, object] = {}
    exec(block("python", "hmac.new"), program)
    assert program["signature"] == headers["Xiaoer-Signature"]
    assert "\n".join(program["lines"]) == block("text", "POST")  # type: ignore[call-overload]


def test_the_documented_token_is_one() -> None:
    program: dict[str, str] = {}
    exec(block("python", "jwt.encode"), program)
    claims = jwt.decode(program["token"], program["token_secret"], algorithms=["HS256"])
    left = datetime.fromtimestamp(claims["exp"], UTC) - datetime.now(UTC)
    assert timedelta(minutes=9) < left < timedelta(minutes=10)
    assert (claims["sub"], claims["game"]) == ("p1001", "dragon")


def verify(headers: dict[str, str], target: str = "/v1/x", body: bytes = b"{}", now: datetime = NOW) -> str:
    nonce, _ = game_side.verify({"demo": SECRET}, headers, method="POST", target=target, body=body, now=now)
    return nonce


def signed(game: str = "demo", secret: str = SECRET) -> dict[str, str]:
    return signing.signed_headers(game, secret, "POST", "/v1/x", b"{}", NOW)


def refusal(*args: object, **kwargs: object) -> str:
    with pytest.raises(ApiError) as caught:
        verify(*args, **kwargs)  # type: ignore[arg-type]
    assert caught.value.status == 401
    return caught.value.code


def test_each_request_has_its_own_nonce() -> None:
    assert verify(signed()) != verify(signed())


@given(target=st.text(min_size=1).filter(lambda t: t != "/v1/x"))
def test_another_target_is_refused(target: str) -> None:
    assert refusal(signed(), target=target) == "signature_invalid"


@given(body=st.binary().filter(lambda b: b != b"{}"))
def test_another_body_is_refused(body: bytes) -> None:
    assert refusal(signed(), body=body) == "signature_invalid"


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_inside_the_window(seconds: int) -> None:
    assert verify(signed(), now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, 10**9])
def test_outside_the_window(seconds: int) -> None:
    assert refusal(signed(), now=NOW + timedelta(seconds=seconds)) == "timestamp_out_of_window"


def test_a_nonce_is_remembered_until_it_can_no_longer_pass() -> None:
    _, until = game_side.verify(
        {"demo": SECRET}, signed(), method="POST", target="/v1/x", body=b"{}", now=NOW
    )
    assert until == NOW + game_side.WINDOW


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Xiaoer-Game", "other", "signature_invalid"),
        ("Xiaoer-Game", "", "signature_invalid"),
        ("Xiaoer-Timestamp", "", "signature_missing"),
        ("Xiaoer-Timestamp", "-1", "signature_missing"),
        ("Xiaoer-Timestamp", "1e9", "signature_missing"),
        ("Xiaoer-Timestamp", "9" * 12, "signature_missing"),
        ("Xiaoer-Timestamp", "１７９５１５９８００", "signature_missing"),
        ("Xiaoer-Nonce", "short", "signature_missing"),
        ("Xiaoer-Nonce", "n" * 65, "signature_missing"),
        ("Xiaoer-Nonce", "another-nonce-of-20-c", "signature_invalid"),
        ("Xiaoer-Signature", "", "signature_missing"),
        ("Xiaoer-Signature", "0" * 64, "signature_invalid"),
        ("Xiaoer-Signature", "é" * 64, "signature_invalid"),
    ],
)
def test_a_changed_header_is_refused(header: str, value: str, code: str) -> None:
    assert refusal(signed() | {header: value}) == code


def test_the_secret_of_an_unknown_game_does_not_count() -> None:
    assert refusal(signed("other", "")) == "signature_invalid"
    assert refusal(signed("demo", SECRET + "x")) == "signature_invalid"
