"""Who a client is: only what the game's server signed, lately, with its own kind of key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr

from bot.channels.ingame.identity import PlayerTokens
from bot.domain.errors import Code, ProblemError
from bot.domain.players import Player
from bot.settings.parts import GameSettings

SECRET = "a-secret-of-the-demo-game-0123456789"
PRIVATE = Ed25519PrivateKey.generate()
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
TOKENS = PlayerTokens(
    {
        "hs": GameSettings(token_secret=SecretStr(SECRET)),
        "ed": GameSettings(token_public_key=PUBLIC, token_secret=SecretStr(SECRET)),
    }
)


def claims(**changes: Any) -> dict[str, Any]:
    base = {"sub": "p1", "game": "hs", "exp": int(time.time()) + 300}
    return {k: v for k, v in (base | changes).items() if v is not None}


def sign(**changes: Any) -> str:
    return jwt.encode(claims(**changes), SECRET, algorithm="HS256")


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def handmade(header: dict[str, Any], payload: str, key: bytes) -> str:
    """A token that no library would sign."""
    body = f"{b64(json.dumps(header).encode())}.{b64(payload.encode())}"
    return f"{body}.{b64(hmac.new(key, body.encode(), hashlib.sha256).digest())}"


def code_of(token: object) -> Code:
    with pytest.raises(ProblemError) as refused:
        TOKENS.player(token)
    return refused.value.problem.code


def test_hs256_names_the_player() -> None:
    token = sign(name="阿燕", server="一区", role="燕无双", vip=7, locale="en", extra={"ignored": True})
    assert TOKENS.player(token) == Player("hs", "p1", "阿燕", "一区", "燕无双", 7, "en")


def test_eddsa_names_the_player_and_what_is_left_out_has_a_default() -> None:
    token = jwt.encode(claims(game="ed"), PRIVATE, algorithm="EdDSA")
    assert TOKENS.player(token) == Player("ed", "p1")


def test_the_algorithm_is_the_games_and_never_the_tokens() -> None:
    body = json.dumps(claims(game="ed"))
    assert code_of(handmade({"alg": "HS256", "typ": "JWT"}, body, PUBLIC.encode())) is Code.TOKEN_INVALID
    assert code_of(jwt.encode(claims(game="ed"), SECRET, algorithm="HS256")) is Code.TOKEN_INVALID
    assert code_of(jwt.encode(claims(), PRIVATE, algorithm="EdDSA")) is Code.TOKEN_INVALID
    assert code_of(jwt.encode(claims(), SECRET, algorithm="HS512")) is Code.TOKEN_INVALID
    assert code_of(jwt.encode(claims(), "", algorithm="none")) is Code.TOKEN_INVALID


def test_one_game_can_not_sign_for_another() -> None:
    other = PlayerTokens(
        {
            "hs": GameSettings(token_secret=SecretStr(SECRET)),
            "other": GameSettings(token_secret=SecretStr(SECRET[::-1])),
        }
    )
    forged = jwt.encode(claims(game="hs"), SECRET[::-1], algorithm="HS256")
    with pytest.raises(ProblemError, match="token_invalid"):
        other.player(forged)


@pytest.mark.parametrize("life", [1, 300, 599])
def test_ten_minutes_are_welcome(life: int) -> None:
    assert TOKENS.player(sign(exp=int(time.time()) + life)).id == "p1"


@pytest.mark.parametrize(
    ("exp", "code"),
    [
        (3600, Code.TOKEN_TOO_LONG_LIVED),
        (10**12, Code.TOKEN_TOO_LONG_LIVED),
        (-60, Code.TOKEN_EXPIRED),
    ],
)
def test_tokens_live_for_ten_minutes_at_most(exp: int, code: Code) -> None:
    assert code_of(sign(exp=int(time.time()) + exp)) is code


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 129},
        {"sub": "p\x001"},
        {"sub": "p\n1"},
        {"sub": "\ud800"},
        {"name": "\ud800"},
        {"name": "a\x00b"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": []},
        {"vip": "9"},
        {"vip": True},
        {"vip": -1},
        {"vip": 10**9},
        {"name": 5},
        {"name": "x" * 65},
        {"server": ["一区"]},
        {"role": {}},
        {"locale": None, "role": 1},
        {"locale": "x" * 17},
    ],
    ids=str,
)
def test_claims_of_the_wrong_kind_are_refused(changes: dict[str, Any]) -> None:
    body = json.dumps(claims(**changes))
    assert code_of(handmade({"alg": "HS256", "typ": "JWT"}, body, SECRET.encode())) is Code.TOKEN_INVALID


@pytest.mark.parametrize("exp", ["Infinity", "-Infinity", "NaN", "1e400", "9" * 3000, '"9999999999"'])
def test_an_expiry_that_is_no_time_is_refused(exp: str) -> None:
    token = handmade({"alg": "HS256"}, f'{{"sub": "p1", "game": "hs", "exp": {exp}}}', SECRET.encode())
    assert code_of(token) in {Code.TOKEN_INVALID, Code.TOKEN_TOO_LONG_LIVED}


@pytest.mark.parametrize("game", [None, 1, ["hs"], {}, "", "HS", "nobody"])
def test_games_that_are_not_connected_are_named(game: object) -> None:
    assert code_of(handmade({"alg": "HS256"}, json.dumps(claims(game=game)), b"x")) is Code.UNKNOWN_GAME


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_said_to_be_missing(token: object) -> None:
    assert code_of(token) is Code.TOKEN_MISSING


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "a.b.c",
        "..",
        "\ud800",
        "é.é.é",
        7,
        {"a": 1},
        "x" * 5000,
        sign()[:-2],
        sign() + "x",
        handmade({"alg": "HS256"}, "[1]", SECRET.encode()),
        handmade({"alg": "HS256", "crit": ["b64"], "b64": False}, json.dumps(claims()), SECRET.encode()),
        handmade({"alg": "HS256"}, '{"a":' + "[" * 2500 + "]" * 50, SECRET.encode()),
        f"{b64(b'[' * 2900)}.{b64(b'{}')}.x",
    ],
    ids=range(14),
)
def test_what_is_no_token_is_invalid_and_breaks_nothing(token: object) -> None:
    assert code_of(token) is Code.TOKEN_INVALID


def test_another_signature_over_the_same_claims_is_refused() -> None:
    body, _, _ = sign().rpartition(".")
    forged = body + "." + b64(hmac.new(b"guess", body.encode(), hashlib.sha256).digest())
    assert code_of(forged) is Code.TOKEN_INVALID
