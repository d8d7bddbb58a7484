"""A language model by its LlamaIndex class: ``llama:PACKAGE:CLASS:MODEL``.

So Anthropic, Gemini, Bedrock, Mistral and the others are reached by their vendors' own packages,
each with its key in its own environment variable.  What of a class is used: its constructor,
``stream_chat`` and ``metadata``.  LlamaIndex's global ``Settings`` are neither read nor set.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from qa.data import Usage
from qa.errors import ModelError, ModelRejected, ModelUnreachable
from qa.models import llama
from qa.models.chat.base import End, Events, Finish, Message, Reply
from qa.models.chat.failures import masked, one_line

_LENGTH = {"length", "max_tokens"}
_FILTERED = {"content_filter", "safety", "refusal", "prohibited_content"}


class LlamaChat:
    """The model that ``named`` ("PACKAGE:CLASS" or "PACKAGE:CLASS:MODEL") is.

    ``window`` overrides what its class says of its context.  Nothing is sent before a reply.
    Raises ConfigError where there is no such class, or it cannot be made.
    """

    def __init__(self, named: str, *, window: int | None = None, timeout: float = 60.0) -> None:
        package, _, rest = named.partition(":")
        class_name, _, model = rest.partition(":")
        self.name = f"{llama.PREFIX}{named}"
        self._window = window
        kind = llama.find(
            f"{package}:{class_name}", "llama_index.core.llms:LLM", option="--model llama:"
        )
        taken = llama.fields(kind)
        arguments: dict[str, Any] = {"temperature": 0.0, "timeout": timeout}
        if model:
            arguments |= {"model": model} if "model" in taken else {"model_name": model}
        self._takes_most = "max_tokens" in taken
        self._llm = llama.make(
            kind, self.name, {one: value for one, value in arguments.items() if one in taken}
        )

    def __repr__(self) -> str:
        return f"LlamaChat({self.name!r})"

    @property
    def window(self) -> int:
        """Tokens of context: as told, or as the class says."""
        return self._window or int(self._llm.metadata.context_window)

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """Start one completion; how repeatable it is is the vendor's."""
        return Reply(self._events(tuple(messages), max_tokens), self.name)

    def _events(self, messages: Sequence[Message], max_tokens: int) -> Events:
        from llama_index.core.llms import ChatMessage

        chat = [ChatMessage(role=one.role, content=one.content) for one in messages]
        most = {"max_tokens": max_tokens} if self._takes_most else {}
        last: Any = None
        try:
            for last in self._llm.stream_chat(chat, **most):
                if last.delta:
                    yield str(last.delta)
        except GeneratorExit:
            raise
        except Exception as error:  # each vendor has exceptions of its own
            raise self._failed(error) from error
        yield End(_finish(last), _usage(last))

    def _failed(self, error: Exception) -> ModelError:
        said = one_line(masked(str(error), None))
        kind = type(error).__name__
        unreachable = isinstance(error, OSError) or "Connect" in kind or "Timeout" in kind
        told = ModelUnreachable if unreachable else ModelRejected
        return told(
            f"model {self.name!r} failed ({kind}: {said}); see that its key is in its own"
            " variable and that it has such a model"
        )


def _facts(response: Any) -> list[Mapping[str, Any]]:
    """What the vendor says beside the text, as mappings."""
    found: list[Mapping[str, Any]] = []
    beside: list[Any] = [
        getattr(response, "raw", None),
        getattr(response, "additional_kwargs", None),
        getattr(getattr(response, "message", None), "additional_kwargs", None),
    ]
    for one in beside:
        facts = _mapping(one)
        found += [facts, *map(_mapping, facts.values())]
    return found


def _mapping(one: Any) -> Mapping[str, Any]:
    if hasattr(one, "model_dump"):
        one = one.model_dump()
    return one if isinstance(one, Mapping) else {}


def _finish(response: Any) -> Finish:
    for facts in _facts(response):
        for name in ("stop_reason", "finish_reason"):
            said = str(facts.get(name) or "").lower().rpartition(".")[2]
            if said in _LENGTH:
                return "length"
            if said in _FILTERED:
                return "filtered"
    return "stop"


def _usage(response: Any) -> Usage:
    def count(*names: str) -> int | None:
        for facts in _facts(response):
            for name in names:
                if isinstance(facts.get(name), int):
                    return int(facts[name])
        return None

    return Usage(
        prompt_tokens=count("prompt_tokens", "input_tokens"),
        completion_tokens=count("completion_tokens", "output_tokens"),
    )
