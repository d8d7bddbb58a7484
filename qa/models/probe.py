"""What an endpoint can do, found out by asking it, for ``qa doctor --probe``."""

from qa.errors import ModelError
from qa.models.llm import Message
from qa.models.openai_client import OpenAIChat, OpenAIEmbedding

Facts = tuple[tuple[str, str], ...]


def probe(
    model: str | None,
    embedding: str | None,
    *,
    base_url: str | None,
    api_key: str | None,
    timeout: float = 60.0,
) -> Facts:
    """(what, finding) in plain words; a failure is a finding and raises nothing.

    Lists the models, asks ``model`` for one word and ``embedding`` for one vector; no
    document is sent.  Raises ConfigError where the address or the key cannot be meant.
    """
    chat = OpenAIChat(model or "", base_url=base_url, api_key=api_key, timeout=timeout)
    facts = [("endpoint", chat.endpoint.host), ("models", _models(chat, model))]
    if model is not None:
        facts += _chat(chat)
    if embedding is not None:
        vectors = OpenAIEmbedding(embedding, base_url=base_url, api_key=api_key, timeout=timeout)
        try:
            vectors.embed(["ready"])
            facts.append(("embeddings", f"{embedding!r} gives vectors of {vectors.width} numbers"))
        except ModelError as error:
            facts.append(("embeddings", f"failed: {error}"))
    return tuple(facts)


def _models(chat: OpenAIChat, model: str | None) -> str:
    try:
        with chat.endpoint.border():
            body = chat.endpoint.get("/models")
    except ModelError as error:
        return f"not listed: {error}"
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list):
        return "not listed: the answer holds no list"
    names = {item.get("id") for item in data if isinstance(item, dict)}
    if model is None:
        return f"{len(names)} listed"
    return f"{len(names)} listed, {model!r} {'among' if model in names else 'not among'} them"


def _chat(chat: OpenAIChat) -> Facts:
    messages = [Message("system", "Answer with one word."), Message("user", "Say: ready")]
    try:
        with chat.reply(messages, max_tokens=256) as reply:
            deltas = list(reply)
    except ModelError as error:
        return (("chat", f"failed: {error}"),)
    dialect, usage = chat.dialect, reply.usage
    streams = "yes" if dialect.stream and len(deltas) > 1 else "no, the answer came whole"
    if dialect.stream and len(deltas) == 1:
        streams = "accepted, and the answer was one piece"
    return (
        ("chat", f"{chat.name!r} answered"),
        ("streaming", streams),
        ("usage", "not reported" if usage.prompt_tokens is None else "reported"),
        ("system role", "accepted" if dialect.system else "refused; merged into the user's text"),
        ("temperature 0", "accepted" if dialect.temperature else "refused; the model's default"),
        ("seed", "accepted" if dialect.seed else "refused; answers may differ from run to run"),
        ("token limit", dialect.limit),
        ("window", f"{chat.window} tokens as known here"),
    )
