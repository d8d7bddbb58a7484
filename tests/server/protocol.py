"""What a well-behaved endpoint does: the OpenAI protocol's requests checked, its answers made.

Pure functions on JSON values; `tests.server.http` puts them on a socket.  After the
published description of POST /chat/completions, POST /embeddings and GET /models.
"""

import base64
import hashlib
import re
import struct
from collections.abc import Callable, Iterator
from typing import Any

Messages = list[dict[str, Any]]

CHAT_MODEL = "test-chat"
EMBEDDING_MODEL = "test-embedding"
WIDTH = 8
_ROLES = {"system", "developer", "user", "assistant"}
_CHAT_PARAMETERS: dict[str, Callable[[Any], bool]] = {
    "model": lambda v: isinstance(v, str),
    "messages": lambda v: isinstance(v, list) and len(v) > 0,
    "max_tokens": lambda v: type(v) is int and v > 0,
    "max_completion_tokens": lambda v: type(v) is int and v > 0,
    "temperature": lambda v: type(v) in (int, float) and 0 <= v <= 2,
    "seed": lambda v: type(v) is int,
    "stream": lambda v: type(v) is bool,
    "stream_options": lambda v: isinstance(v, dict) and set(v) <= {"include_usage"},
}


class Refused(Exception):
    """The request is not what the protocol allows."""

    def __init__(
        self, status: int, message: str, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = error(message, code=code, param=param)


def error(message: str, *, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """The body of a refusal."""
    return {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": param,
            "code": code,
        }
    }


def check_chat(body: Any) -> None:
    """Raise Refused unless ``body`` is a chat request that the published protocol allows."""
    if not isinstance(body, dict):
        raise Refused(400, "We could not parse the JSON body of your request.")
    for name in ("model", "messages"):
        if name not in body:
            raise Refused(400, f"Missing required parameter: '{name}'.", param=name)
    for name, value in body.items():
        if name not in _CHAT_PARAMETERS:
            raise Refused(400, f"Unrecognized request argument supplied: {name}", param=name)
        if not _CHAT_PARAMETERS[name](value):
            raise Refused(400, f"Invalid value for '{name}'.", param=name)
    if "max_tokens" in body and "max_completion_tokens" in body:
        raise Refused(400, "Set either max_tokens or max_completion_tokens, not both.")
    if "stream_options" in body and not body.get("stream"):
        raise Refused(400, "stream_options is allowed only when stream is enabled.")
    for message in body["messages"]:
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise Refused(400, "Invalid value for 'messages[].role'.", param="messages")
        if not isinstance(message.get("content"), str) or set(message) != {"role", "content"}:
            raise Refused(400, "Invalid value for 'messages[].content'.", param="messages")
    if body["model"] != CHAT_MODEL:
        raise Refused(404, f"The model '{body['model']}' does not exist", code="model_not_found")


def tokens(text: str) -> list[str]:
    """The test model's tokens: a word with the space before it."""
    return re.findall(r"\s*\S+|\s+$", text)


def usage(body: dict[str, Any], said: list[str]) -> dict[str, Any]:
    """Token counts of a reply."""
    prompt = sum(len(tokens(message["content"])) for message in body["messages"])
    return {
        "prompt_tokens": prompt,
        "completion_tokens": len(said),
        "total_tokens": prompt + len(said),
        "prompt_tokens_details": {"cached_tokens": 1},
    }


def spoken(body: dict[str, Any], answer: Callable[[Messages], str]) -> tuple[list[str], str]:
    """(the tokens of the reply, why it ended), cut at the limit that the request sets."""
    said = tokens(answer(body["messages"]))
    limit = body.get("max_tokens") or body.get("max_completion_tokens") or len(said)
    return (said[:limit], "length") if len(said) > limit else (said, "stop")


def completion(body: dict[str, Any], said: list[str], finish: str) -> dict[str, Any]:
    """A whole reply."""
    message = {"role": "assistant", "content": "".join(said), "refusal": None}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": usage(body, said),
    }


def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    """One chunk of a streamed reply."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": CHAT_MODEL,
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
    }


def chunks(body: dict[str, Any], said: list[str], finish: str) -> Iterator[dict[str, Any]]:
    """The chunks of a streamed reply: role, tokens, finish and, where asked for, usage."""
    counted = (body.get("stream_options") or {}).get("include_usage", False)
    blank = {"usage": None} if counted else {}
    yield chunk({"role": "assistant", "content": "", "refusal": None}) | blank
    for token in said:
        yield chunk({"content": token}) | blank
    yield chunk({}, finish) | blank
    if counted:
        yield chunk({}) | {"choices": [], "usage": usage(body, said)}


def check_embeddings(body: Any) -> None:
    """Raise Refused unless ``body`` is an embeddings request that the protocol allows."""
    if not isinstance(body, dict) or not {"model", "input"} <= set(body):
        raise Refused(400, "Missing required parameter.")
    if set(body) - {"model", "input", "encoding_format", "dimensions", "user"}:
        raise Refused(400, "Unrecognized request argument supplied.")
    if body.get("encoding_format", "float") not in ("float", "base64"):
        raise Refused(400, "Invalid value for 'encoding_format'.", param="encoding_format")
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    if not 0 < len(texts) <= 2048 or not all(isinstance(t, str) and t for t in texts):
        raise Refused(400, "Invalid value for 'input'.", param="input")
    if body["model"] != EMBEDDING_MODEL:
        raise Refused(404, f"The model '{body['model']}' does not exist", code="model_not_found")


def vector(text: str) -> list[float]:
    """The test model's vector of a text: from its hash, not of unit length."""
    digest = hashlib.sha256(text.encode()).digest()
    return [byte / 16 - 8 for byte in digest[:WIDTH]]


def embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """The answer to an embeddings request."""
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = []
    for index, text in enumerate(texts):
        value: Any = vector(text)
        if body.get("encoding_format") == "base64":
            value = base64.b64encode(struct.pack(f"<{WIDTH}f", *value)).decode()
        data.append({"object": "embedding", "index": index, "embedding": value})
    counted = sum(len(tokens(text)) for text in texts)
    return {
        "object": "list",
        "data": data,
        "model": body["model"],
        "usage": {"prompt_tokens": counted, "total_tokens": counted},
    }


def models() -> dict[str, Any]:
    """The answer to GET /models."""
    return {
        "object": "list",
        "data": [
            {"id": name, "object": "model", "created": 1700000000, "owned_by": "test"}
            for name in (CHAT_MODEL, EMBEDDING_MODEL)
        ],
    }
