"""What the policies' files (data/policies/*.yml) share: YAML that is checked strictly, mistakes told with
their place, and a digest of what a file means."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class PolicyError(Exception):
    """The policy can't be used; the text says where and why."""


class Part(BaseModel):
    """A part of a policy's file: nothing unknown in it, nothing converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


def span(value: Any) -> timedelta:
    """A duration such as 30m, 12h or 7d. Raises ValueError."""
    match = re.fullmatch(r"([1-9][0-9]{0,5})([mhd])", value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("a duration such as 30m, 12h or 7d is needed")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


Span = Annotated[timedelta, BeforeValidator(span)]
"""A duration such as 30m, 12h or 7d."""

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Version = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,32}$")]

File = TypeVar("File", bound=Part)


def read_text(path: Path) -> str:
    """The text of a file. Raises PolicyError."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"can't be read: {error}") from None


def read_as(model: type[File], text: str) -> File:
    """`text` as a policy of this shape. Raises PolicyError that names every mistake and its place."""
    try:
        return model.model_validate(yaml.load(text, _Loader))  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise PolicyError(f"not valid YAML: {error}") from None
    except ValidationError as error:
        raise PolicyError("; ".join(map(_fault, error.errors()))) from None


def digest(written: Part) -> str:
    """The SHA-256 of what a policy means, whatever its spacing and comments."""
    return hashlib.sha256(written.model_dump_json(exclude_none=True).encode()).hexdigest()


def given_twice(names: list[str]) -> list[str]:
    """Those of `names` that are there more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


class _Loader(yaml.SafeLoader):
    """Refuses a key that is given twice, of which YAML would take the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [str(key.value) for key, _ in node.value]
        for key in given_twice(keys):
            words = f"{key!r} is given {keys.count(key)} times"
            raise yaml.constructor.ConstructorError(None, None, words, node.start_mark)
        return super().construct_mapping(node, deep)


def _fault(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    words = error["msg"].removeprefix("Value error, ")
    return f"{place}: {words}" if place else words
