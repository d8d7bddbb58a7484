"""Reading, splitting and embedding spread over the workers of a Ray cluster.

A task is one file: read and split in a process of its own as ever (``reader``), then
embedded where it was read, since embedding is nearly all of the cost.  Ray sends the task of a
worker that dies to another.  The one writer takes the answers in the order of the folder, so
the library is the same, whoever worked on it.
"""

import logging
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from qa.errors import DocumentError, LibraryError, UsageError
from qa.ingest.frames import SplitDocument, all_texts
from qa.ingest.reader import Reader
from qa.models.embed.minilm import MiniLM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RETRIES = 3  # of a file whose worker died
_STORE_BYTES = 256_000_000  # of answers under way, where the cluster is this machine


class _Done(NamedTuple):
    """What a worker made of a file: its reading with a vector a text, or why there is none."""

    reading: SplitDocument | None
    rows: "NDArray[np.float32] | None"
    reason: str


@cache
def _parts(folder: str, max_file_mb: float) -> tuple[Reader, MiniLM]:
    """What a worker keeps from one file to the next."""
    return Reader(Path(folder), max_file_mb), MiniLM()


def _work(path: str, size: int, sha256: str, folder: str, max_file_mb: float) -> _Done:
    """Read, split and embed a file: the task of a worker."""
    import numpy as np

    reader, model = _parts(folder, max_file_mb)
    try:
        reading = reader.answer(reader.ask(Path(path), size, sha256))
    except DocumentError as error:
        return _Done(None, None, str(error))
    # One at a time, in this thread: a worker has one core.
    rows = [model.embed([text])[0] for text in all_texts(reading).values()]
    return _Done(reading, np.array(rows, np.float32), "")


class Cluster:
    """Stands in for the reader and for the embedded model while a folder is ingested.

    ``workers`` is how many this machine lends (None with an ``address``, that of a running
    Ray cluster whose machines see the same files under the same paths).
    """

    def __init__(
        self, folder: Path, max_file_mb: float, workers: int | None, address: str | None
    ) -> None:
        self._folder = str(folder.absolute())
        self._max_file_mb = max_file_mb
        self._workers = workers
        self._address = address
        self._model = MiniLM()
        self._ray: Any = None
        self._task: Any = None
        self._asked: dict[int, Any] = {}
        self._number = 0
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def __enter__(self) -> Self:
        """Join the cluster.  Raises UsageError without Ray, LibraryError where it is not there."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it reports home otherwise
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        try:
            import ray
        except ImportError as error:
            raise UsageError(
                "spreading the work needs Ray; run: pip install 'qa[cluster]'"
            ) from error
        named: dict[str, Any] = {"address": self._address}
        if self._address is None:
            named = {
                "address": "local",
                "num_cpus": self._workers,
                "include_dashboard": False,
                "object_store_memory": _STORE_BYTES,
            }
        try:
            ray.init(logging_level=logging.ERROR, log_to_driver=False, **named)
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            said = " ".join(str(error).split())[:160]
            raise LibraryError(
                f"cluster {self._address or 'local'!r} cannot be reached ({said}); start it:"
                " ray start --head"
            ) from error
        self._ray = ray
        self._task = ray.remote(num_cpus=1, max_retries=_RETRIES)(_work)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ray.shutdown()

    @property
    def name(self) -> str:
        """The embedded model's."""
        return self._model.name

    one_by_one = False  # the workers embed

    @property
    def spread(self) -> float | None:
        """The embedded model's."""
        return self._model.spread

    def ask(self, path: Path, size: int, sha256: str) -> int:
        """Have a file read, split and embedded; the number is for ``answer``."""
        self._number += 1
        self._asked[self._number] = self._task.remote(
            str(path.absolute()), size, sha256, self._folder, self._max_file_mb
        )
        return self._number

    def answer(self, number: int) -> SplitDocument:
        """What the file that was asked for under ``number`` holds; takes it away.

        Raises DocumentError with the reason where it cannot be read, and LibraryError where
        worker after worker died of it, or the cluster is gone.
        """
        try:
            done: _Done = self._ray.get(self._asked.pop(number))
        except self._ray.exceptions.RayError as error:
            said = " ".join(str(error).split())[:160]
            raise LibraryError(
                f"the cluster's workers failed ({said}); what was stored is kept; run: qa ingest"
            ) from error
        if done.reading is None or done.rows is None:
            raise DocumentError(done.reason)
        self._vectors |= zip(all_texts(done.reading).values(), done.rows, strict=True)
        return done.reading

    def load(self) -> None:
        """Nothing: each worker loads its own."""

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda _finished: None
    ) -> "NDArray[np.float32]":
        """The workers' vectors; of a text that none of them had, this process's."""
        import numpy as np

        found, self._vectors = self._vectors, {}
        new = [text for text in texts if text not in found]
        found |= zip(new, self._model.embed(new), strict=True) if new else ()
        done(len(texts))
        return np.stack([found[text] for text in texts])
