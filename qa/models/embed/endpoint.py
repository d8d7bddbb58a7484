"""Embeddings of any endpoint that speaks the OpenAI protocol."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qa.errors import ModelGarbled
from qa.models.chat import wire
from qa.models.chat.endpoint import Endpoint, plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BATCH = 64
"""Texts in one request: about 10,000 tokens of passages."""


class OpenAIEmbedding:
    """An embedding model behind an endpoint; see ``qa.models.embed.minilm.Embedding``.

    ``width`` is the length of its vectors, None before the first call.
    """

    one_by_one = False
    level = 0.0
    spread: float | None = None  # as different as the models that answer there

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        timeout: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._endpoint = Endpoint(base_url, api_key, timeout, sleep, now)
        self._who = f"embedding model {model!r} at {self._endpoint.host!r}"
        self.name = model
        self.width: int | None = None

    def __repr__(self) -> str:
        return f"OpenAIEmbedding({self.name!r} at {self._endpoint.host!r})"

    def load(self) -> None:
        """Nothing: the model is elsewhere."""

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda _finished: None
    ) -> "NDArray[np.float32]":
        """Unit row vectors, one a text; ``done(n)`` is called as n more texts are finished.

        Raises a ``ModelError`` leaf; ModelGarbled where the number, the width or a value of
        the vectors is wrong, and where the width is not the one of the calls before.
        """
        import numpy as np

        blocks = []
        for start in range(0, len(texts), BATCH):
            # The protocol refuses an empty text.
            batch = [wire.sendable(text) or " " for text in texts[start : start + BATCH]]
            with self._endpoint.border():
                # The SDK's own default is base64, which some gateways answer wrongly.
                answer = self._endpoint.send(
                    lambda sdk, key: sdk.embeddings.create(
                        model=self.name,
                        input=batch,  # noqa: B023 - called at once
                        encoding_format="float",
                        extra_headers=key,
                    )
                )
                block = wire.vectors_of(plain(answer), len(batch), self._who)
            width = block.shape[1]
            if self.width not in (None, width):
                raise ModelGarbled(
                    f"{self._who} gave vectors of {width} numbers after some of {self.width}; "
                    "check that one model answers there"
                )
            self.width = width
            blocks.append(block)
            done(len(batch))
        if not blocks:
            return np.empty((0, self.width or 0), dtype=np.float32)
        return np.concatenate(blocks)

    def embed_question(self, question: str) -> "NDArray[np.float32]":
        """The unit vector of a question: one of a text like any other."""
        row: NDArray[np.float32] = self.embed([question])[0]
        return row
