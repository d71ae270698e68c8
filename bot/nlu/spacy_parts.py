"""spaCy parts: a jieba tokenizer that knows the lexicon, and the component that finds the entities.

Importing this module registers them; installed as a package, spaCy finds them through entry points.
The model folder data/spacy/zh_xiaoer holds only their configuration, so nothing has to be built.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import jieba
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import filter_spans, registry
from spacy.vocab import Vocab

from bot.nlu import lexicon
from bot.nlu.entities import EntityFinder
from bot.nlu.text import fold

jieba.setLogLevel(logging.WARNING)
_COMMON = 100
_RUN = re.compile(r"\d+|[a-z]+|\s+|[^\da-z\s]+")


class _CommonWords(jieba.Tokenizer):
    """Of jieba's 350,000 words those that it has counted often: a tenth of the memory, and nothing is
    written to a cache folder that other programs share.
    """

    initialized: bool

    def initialize(self, dictionary: object = None) -> None:
        """Read jieba's own dictionary."""
        if not self.initialized:
            self.FREQ, self.total = self.gen_pfdict(self.get_dict_file())
            self.initialized = True

    def gen_pfdict(self, f: BinaryIO) -> tuple[dict[str, int], int]:
        """Counts of the words, 0 for their beginnings, and the sum of the counts."""
        counts: dict[str, int] = {}
        with f:
            for line in f:
                word, count, _ = line.decode().split(" ")
                if int(count) >= _COMMON:
                    counts[word] = int(count)
        total = sum(counts.values())
        for word in list(counts):
            for end in range(1, len(word)):
                counts.setdefault(word[:end], 0)
        return counts, total


class JiebaTokenizer:
    """Words by jieba; runs of digits and of Latin letters stay whole and apart from their neighbours."""

    def __init__(self, vocab: Vocab, words: lexicon.Lexicon) -> None:
        self.vocab = vocab
        self._jieba = _CommonWords()
        for word in (*words.words, *words.products, *words.servers):
            if not word.isascii():
                self._jieba.add_word(word)

    def __call__(self, text: str) -> Doc:
        """Tokenise; the document's text is exactly `text`."""
        words: list[str] = []
        position = 0
        for run in _RUN.finditer(fold(text)):
            parts = self._jieba.cut(run[0]) if not run[0].isascii() else [run[0]]
            for part in parts:
                words.append(text[position : position + len(part)])
                position += len(part)
        return Doc(self.vocab, words=words, spaces=[False] * len(words))

    def to_disk(self, path: str | Path, **kwargs: Any) -> None:
        """Nothing to store: the configuration says it all."""

    def from_disk(self, path: str | Path, **kwargs: Any) -> JiebaTokenizer:
        """Nothing to read."""
        return self

    def to_bytes(self, **kwargs: Any) -> bytes:
        """Nothing to store."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: Any) -> JiebaTokenizer:
        """Nothing to read."""
        return self


@registry.tokenizers("xiaoer.JiebaTokenizer.v1")
def create_tokenizer(lexicon_folder: str = lexicon.DEFAULT_FOLDER) -> Callable[[Language], JiebaTokenizer]:
    """For `[nlp.tokenizer]` in a spaCy configuration."""
    return lambda nlp: JiebaTokenizer(nlp.vocab, lexicon.load(lexicon_folder))


class EntityComponent:
    """Leaves the entities with their values in `doc.user_data["entities"]`, and as spans in `doc.ents`."""

    def __init__(self, finder: EntityFinder) -> None:
        self.finder = finder

    def __call__(self, doc: Doc) -> Doc:
        """Find the entities of one document."""
        found = self.finder(doc.text)
        doc.user_data["entities"] = found
        spans = [doc.char_span(e.start, e.end, label=e.type, alignment_mode="expand") for e in found]
        doc.ents = filter_spans([span for span in spans if span is not None])
        return doc


@Language.factory(
    "xiaoer_entities", default_config={"lexicon_folder": lexicon.DEFAULT_FOLDER, "timezone": "Asia/Shanghai"}
)
def create_entities(nlp: Language, name: str, lexicon_folder: str, timezone: str) -> EntityComponent:
    """For `[components.xiaoer_entities]` in a spaCy configuration."""
    return EntityComponent(EntityFinder(lexicon.load(lexicon_folder), timezone))
