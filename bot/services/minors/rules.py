"""Reads the rules for minors (data/policies/minors.yml); docs/minors.md is the reference."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from bot.domain.minors import Band, MinorRules, Paper
from bot.services.policy_files import Part, PolicyError, Version, Word, given_twice, read_as, read_text

Fen = Annotated[int, Field(ge=0, le=100_000_000)]


class _Band(Part):
    id: Word
    below: Annotated[int, Field(ge=1, le=21)]
    charge_fen: Fen
    month_fen: Fen


class _Paper(Part):
    id: Word
    required: bool


class _File(Part):
    version: Version
    bands: Annotated[list[_Band], Field(min_length=1, max_length=10)]
    papers: Annotated[list[_Paper], Field(min_length=1, max_length=9)]

    @model_validator(mode="after")
    def _make_sense(self) -> _File:
        for what, ids in (("bands", [b.id for b in self.bands]), ("papers", [p.id for p in self.papers])):
            if twice := given_twice(ids):
                raise ValueError(f"{what}: given twice: {', '.join(twice)}")
        for lower, upper in pairwise(self.bands):
            if lower.below >= upper.below:
                raise ValueError(f"bands: {upper.id} must be older than {lower.id}, which is before it")
            if lower.charge_fen > upper.charge_fen or lower.month_fen > upper.month_fen:
                raise ValueError(f"bands: {upper.id} allows less than {lower.id}, who is younger")
        for band in self.bands:
            if band.charge_fen > band.month_fen:
                raise ValueError(f"bands: {band.id} allows more at once than in a month")
        return self

    def rules(self) -> MinorRules:
        return MinorRules(
            version=self.version,
            bands=tuple(Band(b.id, b.below, b.charge_fen, b.month_fen) for b in self.bands),
            papers=tuple(Paper(p.id, p.required) for p in self.papers),
        )


def load(path: Path) -> MinorRules:
    """The rules in a file. Raises PolicyError that names the place of every mistake."""
    try:
        return read_as(_File, read_text(path)).rules()
    except PolicyError as error:
        raise PolicyError(f"{path}: {error}") from None
