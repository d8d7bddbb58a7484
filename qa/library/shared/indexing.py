"""The writer's side of an index of words: what it adds, and when."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qa.library.shared import words
from qa.library.shared.engine import Engine, Is, Where

_WAITING = 2000
"""So many passages, or a sixteenth of all, may wait for a segment: readers read them one by one."""


class Indexer:
    """Takes up what passages say that come, and which go."""

    def __init__(self, engine: Engine, store: int, state: Mapping[str, Any]) -> None:
        self._engine = engine
        self._store = store
        self._lengths = words.lengths(engine, store, state, "Strong")
        self._came: list[tuple[int, Sequence[str]]] = []
        self._gone: set[int] = set()

    @property
    def is_due(self) -> bool:
        """Tell whether so much waits that readers should not have to read it any longer."""
        return len(self._came) >= max(_WAITING, len(self._lengths[0]) // 16)

    def add(self, passages: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Take up passages, by numbers above all that were there."""
        self._came += passages

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget passages."""
        self._gone.update(numbers)

    def made(self, state: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The rows of what came and went, and what the state says of the index with them.

        A row of another number is another row, so readers of the generation before lose none.
        """
        import numpy as np

        came = [one for one in self._came if one[0] not in self._gone]
        kept = ~np.isin(self._lengths[0], list(self._gone))
        known = self._lengths[0][kept], self._lengths[1][kept]
        self._lengths = words.appended(known, came)
        self._came, self._gone = [], set()
        number = state["indexed"] + 1
        written = [words.lengths_row(self._store, number, self._lengths)]
        segments = words.segments(state)
        if came:
            parts, size = [words.places(came)], len(came)
            while segments and segments[-1].passages < 2 * size:
                old = segments.pop()
                parts.insert(0, self._read(old, state))
                size += old.passages
            segment, made = words.segment_rows(self._store, number, size, words.joined(parts))
            segments.append(segment)
            written += made
        return written, {"indexed": number, "segments": segments}

    def unneeded(self, state: Mapping[str, Any]) -> Where:
        """Which rows of the catalog are of an index that no state names any more."""
        numbers = {state["indexed"], *(one.number for one in words.segments(state))}
        named = sorted(map(str, numbers))
        return Is("kind", "==", "words"), Is("ref", "not in", named)

    def _read(self, segment: words.Segment, state: Mapping[str, Any]) -> dict[str, words.Places]:
        """The places of a segment that are of passages which are still there."""
        there = words.flags(self._lengths[0], state["next"])
        found: dict[str, words.Places] = {}
        for text in words.texts(self._engine, self._store, segment.keys, "Strong").values():
            found |= words.among(words.unpacked(text), there)
        return found

    def agrees(
        self, state: Mapping[str, Any], passages: Iterable[tuple[int, Sequence[str]]]
    ) -> bool:
        """Tell whether the index says what all passages say, where none of them waits."""
        numbers, counted = words.lengths(self._engine, self._store, state, "Strong")
        lengths, said = dict(zip(numbers.tolist(), counted.tolist(), strict=True)), 0
        for number, terms in passages:
            if lengths.pop(number, None) != len(terms):
                return False
            said += words.checksum(words.places([(number, terms)]))
        indexed = sum(words.checksum(self._read(one, state)) for one in words.segments(state))
        return not lengths and said == indexed
