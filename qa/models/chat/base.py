"""What every language model looks like from above: messages in, one streamed reply out.

with model.reply(messages, max_tokens=400) as reply:
for delta in reply:
print(delta, end="")
print(reply.finish, reply.usage)
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Literal, NamedTuple, Protocol, Self

from qa.data import Usage
from qa.errors import ModelGarbled
from qa.models.chat.reasoning import ReasoningFilter

Finish = Literal["stop", "length", "filtered"]
"""Why a reply ended: by itself, at ``max_tokens``, or cut off by a content filter."""


class Message(NamedTuple):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class End(NamedTuple):
    """The last event of a reply that is whole; ``usage.seconds_to_first`` is not set yet."""

    finish: Finish
    usage: Usage


Events = Generator[str | End, None, None]
"""Raw text deltas and then one ``End``; raises a ``ModelError`` leaf where it fails."""


class Reply:
    """One streamed completion: iterate for text deltas, never empty, without reasoning.

    Nothing is sent before the first ``next``.  After exhaustion ``finish`` and ``usage``
    are set; asking earlier raises RuntimeError.  A reply that breaks off raises a
    ``ModelError`` leaf in place of ending, so half an answer never passes as whole.
    ``close`` (or leaving the ``with`` block) drops the connection at once.

    Raises ModelGarbled where the model said nothing, unless a content filter stopped it.
    """

    def __init__(
        self, events: Events, name: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._events = events
        self._name = name
        self._clock = clock
        self._end: End | None = None
        self._deltas = self._read()

    @property
    def finish(self) -> Finish:
        """Why the reply ended; set after exhaustion."""
        return self._ended().finish

    @property
    def usage(self) -> Usage:
        """What the reply cost; set after exhaustion."""
        return self._ended().usage

    def close(self) -> None:
        """Stop at once; harmless when the reply has ended."""
        self._deltas.close()
        self._events.close()

    def __iter__(self) -> Iterator[str]:
        return self._deltas

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ended(self) -> End:
        if self._end is None:
            raise RuntimeError("the reply has not been read to its end")
        return self._end

    def _read(self) -> Generator[str, None, None]:
        start, first, blank = self._clock(), None, True
        reasoning = ReasoningFilter(self._name)
        for event in self._events:
            if isinstance(event, End):
                text = reasoning.close(cut=event.finish != "stop")
            else:
                text = reasoning.feed(event)
            if text:
                first = self._clock() - start if first is None else first
                blank = blank and not text.strip()
                yield text
            if isinstance(event, End):
                if blank and event.finish != "filtered":
                    raise ModelGarbled(self._nothing(event.finish))
                self._end = End(event.finish, replace(event.usage, seconds_to_first=first))
                return

    def _nothing(self, finish: Finish) -> str:
        if finish == "length":
            return (
                f"model {self._name!r} used up its tokens before it said anything; "
                "allow it more, or turn its reasoning off"
            )
        return f"model {self._name!r} gave an empty answer; ask again, or choose another --model"


class LLM(Protocol):
    """A language model: ``window`` is how many tokens prompt and reply may take together."""

    @property
    def name(self) -> str:
        """The model's name, as ``Answer.engine`` shows it."""

    @property
    def window(self) -> int:
        """Tokens of context."""

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """Start one completion of at most ``max_tokens`` tokens, as repeatable as it can be."""
