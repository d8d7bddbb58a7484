"""The OpenAI protocol as it comes over the wire: our data to JSON values and back.

Nothing here knows of connections.  What comes back is checked value by value, for there
are many servers and none keeps to the letter; what cannot be meant is ModelGarbled.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qa.data import Usage
from qa.errors import ModelGarbled, ModelRejected, ModelUnreachable
from qa.models.chat.base import Finish, Message
from qa.models.chat.failures import one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEED = 1
LONGEST = 1_000_000
"""Characters of the longest reply that is taken for one."""

_LIMITS = ("max_tokens", "max_completion_tokens")
_SYSTEM = re.compile(
    r"\bsystem\b.{0,40}\b(roles?|messages?|prompts?|instructions?)\b"
    r"|\b(roles?|messages?)\b.{0,40}\bsystem\b",
    re.DOTALL,
)
_TOO_LONG = re.compile(r"context.{0,20}(length|window|size)|too (large|long|many)|exceed")

_FINISHES: dict[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "filtered",
    "safety": "filtered",
    "refusal": "filtered",
}
"""The protocol's own words, and those that servers in front of other models let through."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which parts of the protocol an endpoint takes; it tells by refusing them."""

    limit: str = "max_tokens"
    limit_settled: bool = False
    temperature: bool = True
    seed: bool = True
    stream_options: bool = True
    stream: bool = True
    system: bool = True

    def adapted(self, complaint: str, parameter: str | None = None) -> "Dialect | None":
        """The dialect without what an endpoint refused; None: it names nothing of ours.

        ``parameter`` is what it names outright, ``complaint`` all its words.  Every change
        is made at most once, so a chain of refusals ends.
        """
        if _TOO_LONG.search(complaint.casefold()):
            return None  # it may name max_tokens, and another name would not help
        return self._without(parameter or "") or self._without(complaint.casefold())

    def _without(self, said: str) -> "Dialect | None":
        if re.search(rf"\b{self.limit}\b", said) and not self.limit_settled:
            other = _LIMITS[1 - _LIMITS.index(self.limit)]
            return replace(self, limit=other, limit_settled=True)
        if self.temperature and re.search(r"\btemperature\b", said):
            return replace(self, temperature=False)
        if self.stream_options and re.search(r"\b(stream_options|include_usage)\b", said):
            return replace(self, stream_options=False)
        if self.seed and re.search(r"\bseed\b", said):
            return replace(self, seed=False)
        if self.system and _SYSTEM.search(said):
            return replace(self, system=False)
        if self.stream and re.search(r"\bstream(ing)?\b", said):
            return replace(self, stream=False)
        return None


def chat_request(
    model: str, messages: Sequence[Message], max_tokens: int, dialect: Dialect
) -> dict[str, Any]:
    """The body of one chat completion request: greedy and seeded as far as the dialect goes."""
    if not dialect.system:
        messages = _merged(messages)
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": m.role, "content": sendable(m.content)} for m in messages],
        dialect.limit: max_tokens,
    }
    if dialect.temperature:
        body["temperature"] = 0
    if dialect.seed:
        body["seed"] = SEED
    if dialect.stream:
        body["stream"] = True
        if dialect.stream_options:
            body["stream_options"] = {"include_usage": True}
    return body


def sendable(text: str) -> str:
    """``text`` with halves of surrogate pairs, which UTF-8 cannot carry, replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _merged(messages: Sequence[Message]) -> list[Message]:
    """The messages with the system's text at the head of the first user message."""
    system = "\n\n".join(m.content for m in messages if m.role == "system")
    rest = [m for m in messages if m.role != "system"]
    at = next((i for i, m in enumerate(rest) if m.role == "user"), None)
    if at is None:
        return [Message("user", system), *rest]
    rest[at] = Message("user", f"{system}\n\n{rest[at].content}")
    return rest


class ChatReader:
    """Reads one reply, chunk by chunk or whole; ``who`` names it in errors."""

    def __init__(self, who: str) -> None:
        self._who = who
        self._length = 0
        self.finish: Finish | None = None
        self.usage = Usage()

    def read(self, chunk: object) -> str:
        """The text that a chunk (or a whole completion) adds, often none.

        Reasoning fields are not text, and a tool call beside a text is passed over.

        Raises ModelGarbled where the chunk is not what the protocol says, ModelUnreachable
        where it reports that the server failed.
        """
        if not isinstance(chunk, dict):
            raise self._garbled(f"expected a JSON object, got {_kind(chunk)}")
        if chunk.get("error"):
            said = one_line(str(chunk["error"]))
            raise ModelUnreachable(f"{self._who} broke off its answer: {said}; ask again")
        if isinstance(chunk.get("usage"), dict):
            self.usage = usage_of(chunk["usage"])
        choices = chunk.get("choices")
        if choices is None or choices == []:
            return ""
        if not isinstance(choices, list) or not isinstance(choices[0], dict):
            raise self._garbled(f"expected a list of choices, got {_kind(choices)}")
        text = self._text(choices[0])
        self._finished(choices[0].get("finish_reason"))
        self._length += len(text)
        if self._length > LONGEST:
            raise self._garbled(f"the answer went beyond {LONGEST:,} characters")
        return text

    def end(self) -> Finish:
        """Why the reply ended.

        Raises ModelUnreachable where it never said that it had.
        """
        if self.finish is None:
            raise ModelUnreachable(
                f"{self._who} stopped in the middle of its answer, with no reason given; ask again"
            )
        return self.finish

    def _text(self, choice: dict[str, Any]) -> str:
        said = choice.get("delta") or choice.get("message") or {}
        if not isinstance(said, dict):
            raise self._garbled(f"expected a message, got {_kind(said)}")
        if isinstance(refusal := said.get("refusal"), str) and refusal:
            raise ModelRejected(f"{self._who} declined to answer: {one_line(refusal)}")
        content = said.get("content")
        if content is None:
            return ""
        if not isinstance(content, str):
            raise self._garbled(f"expected text as content, got {_kind(content)}")
        return content

    def _finished(self, reason: object) -> None:
        if reason is None or reason == "":
            return
        if reason in ("tool_calls", "function_call"):
            raise self._garbled("it called a tool, and none was offered")
        finish = _FINISHES.get(str(reason).casefold())
        if finish is None:
            raise self._garbled(f"it ended for an unknown reason, {one_line(str(reason))!r}")
        self.finish = finish

    def _garbled(self, what: str) -> ModelGarbled:
        return ModelGarbled(
            f"{self._who} gave an answer outside the protocol: {what}; choose another --model, "
            "or ask the endpoint what it can do: qa doctor --probe"
        )


def usage_of(reported: dict[str, Any]) -> Usage:
    """Token counts as reported; what is not a count is None."""
    details = reported.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    if cached is None:
        cached = reported.get("prompt_cache_hit_tokens")  # DeepSeek's name for it
    return Usage(
        _count(reported.get("prompt_tokens")),
        _count(reported.get("completion_tokens")),
        _count(cached),
    )


def vectors_of(body: object, inputs: int, who: str) -> "NDArray[np.float32]":
    """The unit vectors of an embeddings response, one row an input, in the inputs' order.

    Raises ModelGarbled unless there is exactly one finite vector, not all zero, for each
    input, all of one width.
    """
    import numpy as np

    def garbled(what: str) -> ModelGarbled:
        return ModelGarbled(f"{who} gave embeddings outside the protocol: {what}")

    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
        raise garbled(f"expected a list of data, got {_kind(body)}")
    if len(data) != inputs:
        raise garbled(f"{len(data)} vectors for {inputs} texts")
    rows: dict[int, Any] = {}
    for item in data:
        index = _count(item.get("index"))
        if index is None or index >= inputs or index in rows:
            raise garbled(f"index {one_line(str(item.get('index')))!r} is wrong or given twice")
        rows[index] = _vector(item.get("embedding"))
        if rows[index] is None:
            raise garbled("a vector is not a list of numbers")
    widths = {len(row) for row in rows.values()}
    if len(widths) != 1 or widths == {0}:
        raise garbled(f"vectors of differing or no width, {sorted(widths)}")
    matrix = np.stack([rows[index] for index in range(inputs)])
    largest = np.abs(matrix).max(axis=1, keepdims=True)
    if not np.isfinite(largest).all() or not largest.all():
        raise garbled("a vector is zero, infinite or not a number")
    matrix /= largest  # squares of what is left neither overflow nor vanish
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    unit: NDArray[np.float32] = matrix.astype(np.float32)
    return unit


def _vector(value: object) -> "NDArray[np.float64] | None":
    """A vector; as base64 of little-endian floats too, which some send though asked not to."""
    import numpy as np

    if isinstance(value, str):
        try:
            raw = base64.b64decode(value, validate=True)
            return np.frombuffer(raw, dtype="<f4").astype(np.float64)
        except (binascii.Error, ValueError):
            return None
    if isinstance(value, list) and all(type(number) in (int, float) for number in value):
        try:
            return np.array(value, dtype=np.float64)
        except OverflowError:
            return None
    return None


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _kind(value: object) -> str:
    if isinstance(value, str):
        return f"the text {one_line(value, 60)!r}"
    return f"{one_line(repr(value), 60)}"
