"""A chat model that waits in the middle of its reply until it is let go on."""

import threading
from collections.abc import Sequence

from qa.data import Usage
from qa.models.chat.base import End, Events, Message, Reply

# A sentence is known to have ended when the next one begins.
FIRST = "Ada Stone built the harbour bridge [1.3].\nIt was "
SECOND, THIRD = "finished in 1931 [1.4].\nThe toll ", "is 4 crowns [1.5].\n"


class GatedChat:
    """Says one sentence, waits for ``gate``, says two more, the first of them word by word.

    ``begun`` counts its replies as they begin, ``stopped`` is set when one is closed early.
    """

    name, window = "gated", 8000

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.begun = threading.Semaphore(0)
        self.stopped = threading.Event()
        self.asked: list[str] = []

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:  # noqa: ARG002
        """The reply, told in three sentences."""
        return Reply(self._events(messages[-1].content), self.name)

    def _events(self, asked: str) -> Events:
        self.asked.append(asked)
        self.begun.release()
        try:
            yield FIRST
            self.gate.wait()
            for word in SECOND.split(" "):
                yield f"{word} "
            yield THIRD
        except GeneratorExit:
            self.stopped.set()
            raise
        yield End("stop", Usage())
