"""What a guardian tells of himself and the child before he is asked: it is kept, not asked again. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from actions.minor_papers import age_in

_I_AM = (
    r"(?:[我俺]是|本人是?|作为|i(?:'m| am))\s*"
    r"(?:[他她的亲]|孩子|小孩|娃|儿子|女儿|his |her |their |the |child'?s? )*"
)
_ALONE = r"[\s，,。.!！~]*(?:[他她的是]|孩子|小孩|娃|his |her )*"
_END = r"(?:[啊呀哦吧的哈]|[\s，,。.!！~])*"
_YEARS = re.compile(
    r"(?<![我年才刚满快未到没\d])(?:今年|才|刚|现在)?"
    r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})\s*(?:周?岁|歲|years? old)(?!以[下内]|之[下内])",
    re.I,
)
_REST = re.compile(r"(?:[他她我是的今年才刚现在上读念了啊呀呢吧还生\s，,。.!！~]|孩子|小孩|娃|儿子|女儿)*")


def told_beside(
    words: str, relations: Mapping[str, Sequence[str]], schools: Mapping[str, Sequence[str]]
) -> tuple[dict[str, str], bool]:
    """The `relation` and the child's `age` (in years, or a band by its school) in `words`, and whether they
    say nothing else. The mappings have the words for each relation and band."""
    found: dict[str, str] = {}
    rest = words
    for relation, names in relations.items():
        called = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        said = re.search(rf"{_I_AM}(?:{called})", words, re.I)
        said = said or re.fullmatch(rf"{_ALONE}(?:{called}){_END}", words, re.I)
        if said:
            found["relation"], rest = relation, rest.replace(said[0], "")
    if (years := _YEARS.search(rest)) and (age := age_in(years[0])):
        return found | {"age": age}, _REST.fullmatch(rest.replace(years[0], "")) is not None
    bands = {band: name for band, names in schools.items() for name in names if name in rest}
    if len(bands) == 1:
        [(band, name)] = bands.items()
        found["age"], rest = band, rest.replace(name, "")
    return found, bool(found) and _REST.fullmatch(rest) is not None
