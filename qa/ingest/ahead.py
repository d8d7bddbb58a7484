"""Passages embedded while files after theirs are read and those before are stored."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, Self

from qa.models.embed.base import Embeds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Ahead:
    """Makes the vectors of texts, of some of them before they are asked for.

    Nothing is begun ahead with a model that wants many texts at once.  For one thread alone.
    """

    def __init__(self, embedding: Embeds, *, begins: bool) -> None:
        self._embedding = embedding
        self.begins = begins and embedding.one_by_one
        """Whether ``begin`` does anything."""
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1) if self.begins else None
        self._begun: dict[str, Future[NDArray[np.float32]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def warm(self) -> None:
        """Load the model in the background; what fails here fails where a text is embedded."""
        if self._pool is not None:
            self._pool.submit(self._embedding.load)

    def begin(self, texts: Mapping[str, str]) -> None:
        """Have texts, by the vectors' ids, embedded in the background."""
        if self._pool is None:
            return
        for name, text in texts.items():
            if name not in self._begun:
                self._begun[name] = self._pool.submit(self._embedding.embed, [text])

    def vectors(
        self, texts: Mapping[str, str], done: Callable[[int], None]
    ) -> "dict[str, NDArray[np.float32]]":
        """The vectors of ``texts``; ``done(n)`` is called as n more are there."""
        rest = sorted(texts.keys() - self._begun.keys())
        rows = self._embedding.embed([texts[one] for one in rest], done) if rest else ()
        found = dict(zip(rest, rows, strict=True))
        for name in texts.keys() - found.keys():
            found[name] = self._begun.pop(name).result()[0]
            done(1)
        return found
