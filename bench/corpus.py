"""Synthetic passages of natural word statistics, in any number, the same every time.

A chain of word pairs counted in real text gives the next word from the last; one word in a
hundred is an invented rare one, so that the vocabulary goes on growing as it does in nature
(Heaps).  The stand-in for the embedding is the sum of a random vector for each third word,
weighed by its rarity: texts that share rare words are near each other.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.data import Document, Passage, Sentence
from qa.library.interface import Change, FileState, NewPassage, Writer
from qa.library.local.vectors import vector_id
from qa.text.words import term

ROOT = Path(__file__).parents[1]
WIDTH = 384
_WORDS = 110  # in a passage; about 160 tokens
_SENTENCE = 22
_PASSAGES = 5  # in a document
_RARE = 100_000
_CHUNK = 10_000  # passages made at once


class Made(NamedTuple):
    """Some documents, each passage's words, and its vector."""

    changes: list[Change]
    texts: dict[str, str]
    vectors: dict[str, NDArray[np.float32]]


def real_text(benchmarks: Path | None) -> tuple[str, str]:
    """Text to count pairs of words in, and a word on where it is from."""
    if benchmarks is not None and (benchmarks / "xquad" / "xquad.en.json").is_file():
        data = json.loads((benchmarks / "xquad" / "xquad.en.json").read_text(encoding="utf-8"))
        parts = [one["context"] for article in data["data"] for one in article["paragraphs"]]
        with (benchmarks / "scifact" / "corpus.jsonl").open(encoding="utf-8") as lines:
            parts += [json.loads(line)["text"] for line in lines]
        return "\n".join(parts), "XQuAD and SciFact"
    files = [*sorted((ROOT / "eval" / "documents").rglob("*.*")), *sorted(ROOT.glob("seeds/*.txt"))]
    text = "\n".join(f.read_text(encoding="utf-8", errors="replace") for f in files if f.is_file())
    return text, "the repository's own documents"


class Corpus:
    """Passages made of ``text``'s pairs of words; ``seed`` makes it another one."""

    def __init__(self, text: str, seed: int = 7) -> None:
        found = re.findall(r"[^\W\d_]+", text)
        known = {word: i for i, word in enumerate(dict.fromkeys(found))}
        chain = np.array([known[word] for word in found])
        self._random = np.random.default_rng(seed)
        self.words = [*known, *self._invented()]
        self.terms = [term(word) for word in self.words]
        order = np.argsort(chain[:-1], kind="stable")
        self._next = chain[1:][order]
        self._first = np.searchsorted(chain[:-1][order], np.arange(len(known) + 1))
        self._known = len(known)
        counts = np.bincount(chain, minlength=len(self.words)).astype(np.float64) + 0.5
        rarity = 1.0 / np.sqrt(counts)
        rarity[[one is None for one in self.terms]] = 0.0
        noise = self._random.standard_normal((len(self.words), WIDTH), dtype=np.float32)
        self._vectors = noise * rarity[:, None].astype(np.float32)

    def _invented(self) -> list[str]:
        syllables = np.array("ba ce di fo gu ka le mi no pu ra se ti vo zu".split())
        return ["".join(row) for row in self._random.choice(syllables, (_RARE, 5))]

    def ids(self, count: int) -> NDArray[np.int64]:
        """Words of ``count`` passages, a row each."""
        rows = np.empty((count, _WORDS), dtype=np.int64)
        now = self._random.integers(0, self._known, count)
        for i in range(_WORDS):
            rows[:, i] = now
            first, beyond = self._first[now], self._first[now + 1]
            step = (self._random.random(count) * (beyond - first)).astype(np.int64)
            now = self._next[np.minimum(first + step, len(self._next) - 1)]
        rare = self._random.random(rows.shape) < 0.01
        tail = (_RARE * self._random.random(int(rare.sum())) ** 3).astype(np.int64)
        rows[rare] = self._known + tail
        return rows

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The stand-in's unit vector of each row of words."""
        rows = np.full((len(ids), WIDTH), 1e-3, dtype=np.float32)
        for column in range(0, ids.shape[1], 3):
            rows += self._vectors[ids[:, column]]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def question(self, ids: NDArray[np.int64]) -> tuple[str, NDArray[np.float32]]:
        """A question of six words of a passage, and its vector."""
        places = [i for i in range(0, len(ids), 3) if self.terms[ids[i]] is not None]
        chosen = ids[self._random.choice(places, 6, replace=False)]
        words = " ".join(self.words[one] for one in chosen)
        return f"What is said of {words}?", self.vectors(np.repeat(chosen, 3)[None])[0]

    def made(self, count: int, first: int) -> Made:
        """Documents of ``count`` passages in all, numbered from ``first``."""
        ids = self.ids(count)
        rows = self.vectors(ids)
        made = Made([], {}, {})
        for i in range(0, count, _PASSAGES):
            self._document(made, ids[i : i + _PASSAGES], rows[i : i + _PASSAGES], first + i)
        return made

    def _document(
        self, made: Made, ids: NDArray[np.int64], rows: NDArray[np.float32], number: int
    ) -> None:
        lines, spans, at = [], [], 0
        for row in ids.tolist():
            spans.append([])
            for j in range(0, _WORDS, _SENTENCE):
                line = " ".join(self.words[one] for one in row[j : j + _SENTENCE]) + "."
                spans[-1].append(Sentence(at, at + len(line)))
                lines.append(line)
                at += len(line) + 1
        text = " ".join(lines)
        name = hashlib.sha256(text.encode()).hexdigest()[:32]
        passages = []
        for i, sentences in enumerate(spans):
            start, end = sentences[0].start, sentences[-1].end
            vector = vector_id(text[start:end])
            passage = Passage(f"{name}{i}", name, start, end, tuple(sentences))
            terms = tuple(found for one in ids[i] if (found := self.terms[one]) is not None)
            passages.append(NewPassage(passage, terms, vector))
            made.texts[vector], made.vectors[vector] = text[start:end], rows[i]
        state = FileState(f"{number:07}.txt", len(text), number, number, name)
        made.changes.append(Change(state, Document(name, text), tuple(passages)))


def chunks(corpus: Corpus, count: int) -> Iterator[Made]:
    """``count`` passages, some at a time."""
    for first in range(0, count, _CHUNK):
        yield corpus.made(min(_CHUNK, count - first), first)


def stored(writer: Writer, corpus: Corpus, count: int) -> float:
    """Store ``count`` passages; the seconds that ``writer`` alone took, what is made aside."""
    spent = 0.0
    for chunk in chunks(corpus, count):
        began = time.perf_counter()
        writer.store(chunk.changes, chunk.vectors)
        spent += time.perf_counter() - began
    return spent


def questions(corpus: Corpus, count: int) -> Sequence[tuple[str, NDArray[np.float32]]]:
    """Questions on fresh passages of the same kind, with their vectors."""
    return [corpus.question(row) for row in corpus.ids(count)]
