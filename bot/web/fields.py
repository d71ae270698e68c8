"""Kinds of values that every door takes in."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("must not contain NUL")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain lone surrogates") from None
    return value


StorableText = Annotated[str, AfterValidator(_storable)]
"""Text that every database can keep: PostgreSQL takes no NUL, none takes the half of a surrogate pair, and
JSON can bring both."""
