"""A language model whose reply can be ended from another thread, between two pieces of it."""

from collections.abc import Callable, Sequence

from qa.errors import QAError
from qa.models.chat.base import LLM, End, Events, Message, Reply


class Stopped(QAError):
    """Nobody waits for the reply any more."""


class Stoppable:
    """``llm``, whose replies raise Stopped, and let go of the model, once ``stopped`` says so.

    An iterator can be closed between the statements that it gives alone; a model may be long
    at one of them.
    """

    def __init__(self, llm: LLM, stopped: Callable[[], bool]) -> None:
        self._llm = llm
        self._stopped = stopped

    @property
    def name(self) -> str:
        """The model's name."""
        return self._llm.name

    @property
    def window(self) -> int:
        """Tokens of context."""
        return self._llm.window

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """The model's reply, as long as it is wanted."""
        return Reply(self._events(messages, max_tokens), self.name)

    def _events(self, messages: Sequence[Message], max_tokens: int) -> Events:
        with self._llm.reply(messages, max_tokens=max_tokens) as reply:
            for delta in reply:
                if self._stopped():
                    raise Stopped("the answer was stopped")
                yield delta
            yield End(reply.finish, reply.usage)
