"""Messages that name nothing: signs, laughter, keys hit at random. Pure.

A classifier that has to choose reads them as out of scope or as small talk; but who types "asdkjh" or
"？？？" asks for nothing that a support chat does not do, and wants to be asked what is wrong.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"(?<![a-z\d])[a-z]+(?![a-z\d])|[㐀-鿿]")
_INTERJECTIONS = frozenset("啊阿呀哇呜嗷额呃哦噢喔唉哎诶欸哈呵嘿嘻嘎咳哼啦嘞的了吧呢嘛吗么")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ONSET = re.compile(
    r"[^aeiouy]?|[bcfgkps]l|[bcdfgkpt]r|[dst]w|[cgkprstwz]h|[cpst]hr|[kgs]n|s[ckmpqt]|s[cpt]r|spl|sch|sph|ps|ts"
)
"""How English and pinyin words begin, before their first vowel."""
_FIRST_VOWEL = re.compile(r"[aeiouy]")
_FIVE_CONSONANTS = re.compile(r"[^aeiouy]{5}")


def names_nothing(text: str) -> bool:
    """Whether no word stands in the (normalised) `text`: no Chinese but interjections, and nothing Latin that
    could be English or pinyin. Numbers and codes (letters with digits) are no words."""
    return not any(map(_is_word, _WORD.findall(text)))


def only_signs(text: str) -> bool:
    """Whether the (normalised) `text` has no letter and no digit: no reading of it can be right."""
    return not any(map(str.isalnum, text))


def _is_word(word: str) -> bool:
    """A Chinese character, or Latin letters that can be spoken."""
    if not word.isascii():
        return word not in _INTERJECTIONS
    if len(set(word)) == 1 or (len(word) > 2 and any(word in row for row in _ROWS)):
        return False
    vowel = _FIRST_VOWEL.search(word)
    if vowel is None or _FIVE_CONSONANTS.search(word):
        return False
    return _ONSET.fullmatch(word, 0, vowel.start()) is not None
