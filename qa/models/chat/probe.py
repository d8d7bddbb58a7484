"""What an endpoint can do, found out by asking it, for ``qa doctor --probe``."""

from pathlib import Path
from typing import NamedTuple

from qa.errors import ModelError
from qa.models.chat.base import Message
from qa.models.chat.endpoint import OpenAIChat, plain
from qa.models.embed.endpoint import OpenAIEmbedding


class Fact(NamedTuple):
    """One thing found out; ``good`` is False where an answer would fail for it."""

    what: str
    finding: str
    good: bool = True


def probe(
    model: str | None,
    embedding: str | None,
    *,
    base_url: str | None,
    api_key: str | None,
    timeout: float = 60.0,
    window: int | None = None,
    prices: Path | None = None,
) -> tuple[Fact, ...]:
    """What was found, in plain words; a failure is a finding and raises nothing.

    Lists the models, asks ``model`` for one word and ``embedding`` for one vector; no
    document is sent.  Raises ConfigError where a setting cannot be meant.
    """
    chat = OpenAIChat(
        model or "",
        base_url=base_url,
        api_key=api_key,
        timeout=timeout,
        window=window,
        prices=prices,
    )
    facts = [Fact("endpoint", chat.endpoint.host), _models(chat, model)]
    if model is not None:
        facts += _chat(chat)
    if embedding is not None:
        vectors = OpenAIEmbedding(embedding, base_url=base_url, api_key=api_key, timeout=timeout)
        try:
            vectors.embed(["ready"])
            said = f"{embedding!r} gives vectors of {vectors.width} numbers"
            facts.append(Fact("embeddings", said))
        except ModelError as error:
            facts.append(Fact("embeddings", f"failed: {error}", good=False))
    return tuple(facts)


def _models(chat: OpenAIChat, model: str | None) -> Fact:
    try:
        with chat.endpoint.border():
            body = plain(chat.endpoint.send(lambda sdk, key: sdk.models.list(extra_headers=key)))
    except ModelError as error:
        # Many gateways have no list and answer all the same; without a model there is no more.
        return Fact("models", f"not listed: {error}", good=model is not None)
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list):
        return Fact("models", "not listed: the answer holds no list", good=model is not None)
    names = {item.get("id") for item in data if isinstance(item, dict)}
    if model is None:
        return Fact("models", f"{len(names)} listed")
    among = "among" if model in names else "not among"
    return Fact("models", f"{len(names)} listed, {model!r} {among} them")


def _chat(chat: OpenAIChat) -> list[Fact]:
    messages = [Message("system", "Answer with one word."), Message("user", "Say: ready")]
    try:
        with chat.reply(messages, max_tokens=256) as reply:
            deltas = list(reply)
    except ModelError as error:
        return [Fact("chat", f"failed: {error}", good=False)]
    dialect, usage = chat.dialect, reply.usage
    streams = "yes" if dialect.stream and len(deltas) > 1 else "no, the answer came whole"
    if dialect.stream and len(deltas) == 1:
        streams = "accepted, and the answer was one piece"
    system = "accepted" if dialect.system else "refused; merged into the user's text"
    seed = "accepted" if dialect.seed else "refused; answers may differ from run to run"
    return [
        Fact("chat", f"{chat.name!r} answered"),
        Fact("streaming", streams),
        Fact("usage", "not reported" if usage.prompt_tokens is None else "reported"),
        Fact("system role", system),
        Fact("temperature 0", "accepted" if dialect.temperature else "refused; its own default"),
        Fact("seed", seed),
        Fact("token limit", dialect.limit),
        Fact("window", f"{chat.window} tokens as known here; QA_WINDOW sets another"),
    ]
