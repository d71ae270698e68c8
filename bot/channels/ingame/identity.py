"""Who a client is: a short-lived JWT that the game's server signed. Nothing else is believed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.domain.errors import Code, ProblemError
from bot.domain.players import Player, identified
from bot.settings.parts import GameSettings

MAX_LIFE_S = 600
LEEWAY_S = 10
MAX_TOKEN = 4096

_NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"
_NO_NUL = r"^[^\x00]*$"  # PostgreSQL can't keep one


class _Claims(BaseModel):
    """The claims that are used; others are ignored."""

    model_config = ConfigDict(extra="ignore", strict=True)

    sub: str = Field(min_length=1, max_length=128, pattern=_NO_CONTROLS)
    game: str = Field(min_length=1, max_length=64)
    name: str = Field("", max_length=64, pattern=_NO_NUL)
    server: str = Field("", max_length=64, pattern=_NO_NUL)
    role: str = Field("", max_length=64, pattern=_NO_NUL)
    vip: int = Field(0, ge=0, le=1000)
    locale: str = Field("zh-CN", max_length=16, pattern=_NO_NUL)


class PlayerTokens:
    """Checks the tokens of all connected games."""

    def __init__(self, games: Mapping[str, GameSettings]) -> None:
        self._keys: dict[str, tuple[str, str]] = {}
        for id, game in games.items():
            if game.token_public_key is not None:
                self._keys[id] = ("EdDSA", game.token_public_key)
            elif game.token_secret is not None:
                self._keys[id] = ("HS256", game.token_secret.get_secret_value())

    def player(self, token: object) -> Player:
        """The player whom the token vouches for.

        The algorithm is the one configured for the game, never the one that the token names. Raises
        ProblemError: TOKEN_MISSING, TOKEN_INVALID, TOKEN_EXPIRED, TOKEN_TOO_LONG_LIVED, UNKNOWN_GAME.
        """
        if not token:
            raise ProblemError(Code.TOKEN_MISSING)
        if not isinstance(token, str) or len(token) > MAX_TOKEN:
            raise ProblemError(Code.TOKEN_INVALID)
        try:
            game = jwt.decode(token, options={"verify_signature": False}).get("game")
            if not isinstance(game, str) or game not in self._keys:
                raise ProblemError(Code.UNKNOWN_GAME)
            algorithm, key = self._keys[game]
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=[algorithm], leeway=LEEWAY_S, options={"require": ["exp", "sub"]}
            )
            if claims["exp"] > time.time() + MAX_LIFE_S + LEEWAY_S:
                raise ProblemError(Code.TOKEN_TOO_LONG_LIVED)
            known = _Claims.model_validate(claims)
            if not identified(known.sub):  # nobody signs in as somebody's unbound contact
                raise ProblemError(Code.TOKEN_INVALID)
        except jwt.ExpiredSignatureError:
            raise ProblemError(Code.TOKEN_EXPIRED) from None
        except (jwt.InvalidTokenError, ValidationError, TypeError, ValueError):
            raise ProblemError(Code.TOKEN_INVALID) from None
        return Player(known.game, known.sub, known.name, known.server, known.role, known.vip, known.locale)
