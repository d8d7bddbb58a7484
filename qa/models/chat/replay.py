"""Recording what a model answered, and answering from the recording with no network.

A recording is JSON Lines: a header with the model's name and window, then one object a
reply, under the SHA-256 of its request in canonical JSON (keys sorted, no spaces, UTF-8).
It holds messages and answers, and neither keys nor addresses.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, get_args

from qa.data import Usage
from qa.errors import ConfigError, ModelRejected
from qa.models.chat.base import LLM, End, Events, Finish, Message, Reply
from qa.models.chat.failures import one_line

FORMAT = "qa.recording/1"


def request_key(model: str, messages: Sequence[Message], max_tokens: int) -> str:
    """The key of a request: SHA-256, in hex, of its canonical JSON."""
    request = {
        "model": model,
        "messages": [[message.role, message.content] for message in messages],
        "max_tokens": max_tokens,
    }
    canonical = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # A lone surrogate is possible in a question typed into a terminal, not in UTF-8.
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


class Recorder:
    """An LLM that passes on to another and adds every reply to the file at ``path``.

    A reply that its reader closed before the end is kept as far as it was read, for who reads
    it again the same way; one that broke off is not kept.

    Raises ConfigError where the file is the recording of another model, or none at all.
    """

    def __init__(self, llm: LLM, path: Path) -> None:
        self._llm = llm
        self._path = path
        self.name = llm.name
        if path.exists() and path.stat().st_size:
            name = _read(path)[0]["model"]
            if name != llm.name:
                raise ConfigError(
                    f"recording {str(path)!r} is of model {name!r}, not of {llm.name!r}; "
                    "record into another file"
                )
        else:
            self._add({"format": FORMAT, "model": llm.name, "window": llm.window})

    @property
    def window(self) -> int:
        """Tokens of context."""
        return self._llm.window

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """The other model's reply; it is recorded when it has been read, or closed."""
        return Reply(self._events(tuple(messages), max_tokens), self.name)

    def _events(self, messages: Sequence[Message], max_tokens: int) -> Events:
        entry: dict[str, Any] = {
            "key": request_key(self.name, messages, max_tokens),
            "messages": [[message.role, message.content] for message in messages],
            "max_tokens": max_tokens,
            "deltas": [],
            "finish": None,
            "usage": asdict(Usage()),
        }
        try:
            with self._llm.reply(messages, max_tokens=max_tokens) as reply:
                for delta in reply:
                    entry["deltas"].append(delta)
                    yield delta
        except GeneratorExit:  # such as of a model that went round in circles
            self._add(entry)
            raise
        self._add(entry | {"finish": reply.finish, "usage": asdict(reply.usage)})
        yield End(reply.finish, reply.usage)

    def _add(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry) + "\n"
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise ConfigError(
                f"recording {str(self._path)!r} cannot be written ({error.strerror})"
            ) from error


class Replayer:
    """An LLM that answers from a recording.

    Of two replies to one request it is the later, unless only the earlier was read to its end.
    ``usage`` is as recorded, but for the seconds to the first delta, which are the replay's.

    Raises ConfigError where the file is missing or malformed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        header, *entries = _read(path)
        self.name: str = header["model"]
        self.window: int = header["window"]
        self._replies: dict[str, dict[str, Any]] = {}
        for entry in entries:
            if entry["finish"] is not None or entry["key"] not in self._replies:
                self._replies[entry["key"]] = entry

    def reply(self, messages: Sequence[Message], *, max_tokens: int) -> Reply:
        """The recorded reply.  Raises ModelRejected, when read, where there is none."""
        return Reply(self._events(tuple(messages), max_tokens), self.name)

    def _events(self, messages: Sequence[Message], max_tokens: int) -> Events:
        key = request_key(self.name, messages, max_tokens)
        entry = self._replies.get(key)
        if entry is None:
            asked = one_line(messages[-1].content[-80:]) if messages else ""
            raise ModelRejected(
                f"recording {str(self._path)!r} has no reply to request {key[:12]!r} "
                f"(max_tokens {max_tokens}, ending {asked!r}); record it anew with the model"
            )
        yield from entry["deltas"]
        if entry["finish"] is None:
            raise ModelRejected(
                f"recording {str(self._path)!r} holds the reply to request {key[:12]!r} only as"
                " far as it was read then; record it anew with the model"
            )
        yield End(entry["finish"], replace(Usage(**entry["usage"]), seconds_to_first=None))


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ConfigError(f"recording {str(path)!r} cannot be read: {error}") from error
    entries = []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not (_is_header(entry) if number == 1 else _is_reply(entry)):
            raise ConfigError(
                f"recording {str(path)!r} is malformed in line {number}; "
                "delete that line, or record it anew"
            )
        entries.append(entry)
    if not entries:
        raise ConfigError(f"recording {str(path)!r} is empty; record it anew")
    return entries


def _is_header(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("format") == FORMAT
        and isinstance(entry.get("model"), str)
        and type(entry.get("window")) is int
    )


def _is_reply(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("key"), str)
        and isinstance(entry.get("deltas"), list)
        and all(isinstance(delta, str) for delta in entry["deltas"])
        and entry.get("finish", "") in (None, *get_args(Finish))
        and isinstance(entry.get("usage"), dict)
        and set(entry["usage"]) == set(asdict(Usage()))
    )
