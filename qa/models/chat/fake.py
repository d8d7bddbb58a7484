"""A chat model for tests, ours and users': it replies what it was told, and keeps what it met."""

from collections.abc import Sequence

from qa.data import Usage
from qa.errors import ModelError
from qa.models.chat.base import End, Events, Finish, Message, Reply


class FakeChat:
    """Streams ``deltas`` as its reply to whatever it is asked; an error among them is raised.

    ``sent`` holds the messages of every request, in order.

    >>> with FakeChat("Hello ", "there.").reply([Message("user", "Hi")], max_tokens=9) as reply:
    ...     print("".join(reply), reply.finish)
    Hello there. stop
    """

    def __init__(
        self,
        *deltas: str | ModelError,
        name: str = "fake",
        finish: Finish = "stop",
        window: int = 8000,
        usage: Usage | None = None,
    ) -> None:
        self.name = name
        self.window = window
        self.sent: list[tuple[Message, ...]] = []
        self._deltas, self._finish, self._usage = deltas, finish, usage or Usage()

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:  # noqa: ARG002
        """The reply; however many tokens it may take, it is what was told."""
        self.sent.append(tuple(messages))
        return Reply(self._events(), self.name)

    def _events(self) -> Events:
        for delta in self._deltas:
            if isinstance(delta, ModelError):
                raise delta
            yield delta
        yield End(self._finish, self._usage)
