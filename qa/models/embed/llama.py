"""An embedding model by its LlamaIndex class: ``llama:PACKAGE:CLASS:MODEL``."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from qa.errors import ModelGarbled, ModelRejected
from qa.models import llama
from qa.models.chat.failures import masked, one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 64
"""Texts given to the class at once; it makes of them as many requests as it likes."""


class LlamaEmbedding:
    """The embedding that ``named`` ("PACKAGE:CLASS" or "PACKAGE:CLASS:MODEL") is.

    Raises ConfigError where there is no such class, or it cannot be made.
    """

    one_by_one = False
    level = 0.0
    spread: float | None = None  # as different as the models are

    def __init__(self, named: str) -> None:
        package, _, rest = named.partition(":")
        class_name, _, model = rest.partition(":")
        self.name = f"{llama.PREFIX}{named}"
        kind = llama.find(
            f"{package}:{class_name}",
            "llama_index.core.base.embeddings.base:BaseEmbedding",
            option="--embedding llama:",
        )
        arguments: dict[str, Any] = {}
        if model.isdecimal() and "embed_dim" in llama.fields(kind):
            arguments["embed_dim"] = int(model)  # LlamaIndex's mock has a width for a name
        elif model:
            named_model = "model" if "model" in llama.fields(kind) else "model_name"
            arguments[named_model] = model
        self._model = llama.make(kind, self.name, arguments)

    def __repr__(self) -> str:
        return f"LlamaEmbedding({self.name!r})"

    def load(self) -> None:
        """Nothing: the class loads what it needs."""

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda _finished: None
    ) -> "NDArray[np.float32]":
        """Unit row vectors, one a text; ``done(n)`` is called as n more texts are finished."""
        import numpy as np

        blocks = []
        for start in range(0, len(texts), BATCH):
            batch = [text or " " for text in texts[start : start + BATCH]]
            blocks.append(self._asked(lambda: self._model.get_text_embedding_batch(batch)))  # noqa: B023
            done(len(batch))
        return np.concatenate(blocks) if blocks else np.empty((0, 0), np.float32)

    def embed_question(self, question: str) -> "NDArray[np.float32]":
        """The unit vector of a question, as the class embeds a query."""
        row: NDArray[np.float32] = self._asked(lambda: [self._model.get_query_embedding(question)])[
            0
        ]
        return row

    def _asked(self, ask: Callable[[], Any]) -> "NDArray[np.float32]":
        import numpy as np

        try:
            rows = np.asarray(ask(), dtype=np.float32)
        except Exception as error:  # each vendor has exceptions of its own
            said = one_line(masked(str(error), None))
            raise ModelRejected(
                f"embedding {self.name!r} failed ({type(error).__name__}: {said}); see that its"
                " key is in its own variable and that it has such a model"
            ) from error
        lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
        if rows.ndim != 2 or not np.isfinite(lengths).all() or not (lengths > 0).all():
            raise ModelGarbled(
                f"embedding {self.name!r} gave no vectors of one width; choose another --embedding"
            )
        unit: NDArray[np.float32] = (rows / lengths).astype(np.float32)
        return unit
