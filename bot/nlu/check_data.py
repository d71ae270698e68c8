"""`python -m bot.nlu.check_data`: finds what is wrong with the training data, the test set and the lexicon.

Exits with 1 and one line for each finding. A text that stands in both sets is taken out of the training data.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from bot.nlu import dataset, lexicon
from bot.nlu.clauses import is_request
from bot.nlu.text import NUMBER, Normaliser

TRAIN, TEST = Path("data/nlu"), Path("tests/nlu")
FEWEST = {True: 80, False: 20}
"""Examples that a request and an intent of small talk must have."""

FEWEST_TEST, FEWEST_TEST_OUT_OF_SCOPE = 600, 300
NEAR = 0.85
"""From this Jaccard index of character 3-grams on, two texts are taken for the same."""

_ANNOTATION_TRAP = re.compile(r"\][({]|\[[^\]]*\][({]")
_IGNORED = re.compile(r"[\s,.!?;:~…()（）\[\]【】「」\"'“”。、-]+")


def key(normalise: Normaliser, text: str) -> str:
    """What must differ between two examples: the normalised text without stops and spaces."""
    return _IGNORED.sub("", normalise(text))


def grams(text: str) -> frozenset[str]:
    """The character 3-grams of a text, its ends marked."""
    padded = f"^{text}$"
    return frozenset(padded[i : i + 3] for i in range(max(1, len(padded) - 2)))


def findings() -> Iterator[str]:
    """One line for each thing that is wrong."""
    yield from traps(TRAIN)
    normalise = Normaliser(lexicon.load())
    train, test = dataset.load(TRAIN), dataset.load(TEST)
    yield from duplicates(train, normalise)
    yield from duplicates(test, normalise)
    yield from counts(train, test)
    yield from leaks(train, test, normalise)
    yield from unknown_labels(train, [*train, *test])


def traps(folder: Path) -> Iterator[str]:
    """Lines that YAML or Rasa reads in another way than they look."""
    for path in sorted(folder.rglob("*.yml")):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            yield f"{path}: no YAML: {error}"
            continue
        for block in content.get("nlu") or ():
            name, listed = block.get("intent", "?"), block.get("examples")
            if not isinstance(listed, str):
                yield f"{path}: {name}: examples must be a block of lines (|)"
                continue
            for line in listed.splitlines():
                if line.strip() and not re.match(r"^\s*- \S", line):
                    yield f"{path}: {name}: not an example: {line!r}"
                if _ANNOTATION_TRAP.search(line):
                    yield f"{path}: {name}: Rasa reads an annotation in {line!r}"


def duplicates(examples: Iterable[dataset.Example], normalise: Normaliser) -> Iterator[str]:
    """Texts that stand in two intents, or twice in one as they are written."""
    by_key: dict[str, list[dataset.Example]] = defaultdict(list)
    for example in examples:
        by_key[key(normalise, example.text) or example.text].append(example)
    for same in by_key.values():
        intents, written = {e.intent for e in same}, {_IGNORED.sub("", e.text) for e in same}
        if len(intents) > 1 or len(written) < len(same):
            where = ", ".join(f"{e.intent} {e.text!r}" for e in same)
            yield f"{same[0].source}: written {len(same)} times: {where}"


def counts(train: list[dataset.Example], test: list[dataset.Example]) -> Iterator[str]:
    """Too few examples."""
    for intent, count in sorted(Counter(e.intent for e in train).items()):
        if count < FEWEST[is_request(intent)]:
            yield f"{TRAIN}: {intent} has {count} examples, {FEWEST[is_request(intent)]} are the least"
    inside = sum(e.intent != "out_of_scope" for e in test)
    outside = len(test) - inside
    if inside < FEWEST_TEST:
        yield f"{TEST}: {inside} messages, {FEWEST_TEST} are the least"
    if outside < FEWEST_TEST_OUT_OF_SCOPE:
        yield f"{TEST}: {outside} messages out of scope, {FEWEST_TEST_OUT_OF_SCOPE} are the least"


def leaks(train: list[dataset.Example], test: list[dataset.Example], normalise: Normaliser) -> Iterator[str]:
    """Test messages that also stand in the training data, the same or nearly so.

    Short small talk (你好, 谢谢) is bound to be the same for everybody and is let through.
    """
    keys = {key(normalise, e.text): e for e in test if is_request(e.intent) or e.intent == "out_of_scope"}
    sets = {k: grams(k) for k in keys}
    by_gram: dict[str, set[str]] = defaultdict(set)
    for k, found in sets.items():
        for gram in found:
            by_gram[gram].add(k)
    for example in train:
        own = key(normalise, example.text)
        if own in keys:
            yield f"{example.source}: also in the test set: {example.text!r}"
            continue
        mine = grams(own)
        shared = Counter(k for gram in mine for k in by_gram.get(gram, ()))
        for k, common in shared.items():
            if common / len(mine | sets[k]) > NEAR:
                yield f"{example.source}: nearly in the test set: {example.text!r} ~ {keys[k].text!r}"


def unknown_labels(train: list[dataset.Example], examples: list[dataset.Example]) -> Iterator[str]:
    """Labels that no training example has as its main reading."""
    known = {e.intent for e in train}
    for example in examples:
        for name in (example.intent, *example.also, *example.fair):
            if name not in known:
                yield f"{example.source}: unknown intent {name}: {example.text!r}"


def lexicon_findings(words: lexicon.Lexicon) -> Iterator[str]:
    """Replacements that would be replaced again."""
    for table in (words.spelling, words.initials):
        for wrong, right in table.items():
            again = [k for k in words.spelling if k in right]
            if again:
                yield f"data/lexicon: {wrong} -> {right}, but {again[0]} is replaced itself"
    if any(NUMBER in w for w in words.spelling):
        yield f"data/lexicon: {NUMBER} is reserved"


def main() -> int:
    """Print the findings and how much was looked at."""
    found = [*findings(), *lexicon_findings(lexicon.load())]
    for line in found:
        sys.stdout.write(f"{line}\n")
    train, test = dataset.load(TRAIN), dataset.load(TEST)
    sys.stdout.write(f"{len(train)} training examples, {len(test)} test messages, {len(found)} findings\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
