"""The language model of a name.  Vendors are imported by the functions that need them."""

from pathlib import Path

from qa.models import llama
from qa.models.chat.base import LLM

LOCAL_PREFIX = "local:"
REPLAY_PREFIX = "replay:"


def open_llm(
    model: str,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    timeout: float = 60.0,
    window: int | None = None,
    prices: Path | None = None,
) -> LLM:
    """The model of a name.

    ``local:PATH`` is a GGUF file, ``replay:PATH`` a recording, ``llama:PACKAGE:CLASS:MODEL`` a
    class of LlamaIndex's.
    Anything else is asked for at ``base_url`` (default: OpenAI's own), and nothing is sent
    before the first reply.  ``timeout`` is how many seconds the endpoint may be silent.
    ``window`` overrides what is known of the model's context; ``prices`` is the user's own
    price file (see ``qa.models.chat.prices``).

    Raises ConfigError for settings that cannot be meant, ModelUnknown for a missing or
    broken file.
    """
    if model.startswith(LOCAL_PREFIX):
        from qa.models.chat.local import LocalChat

        return LocalChat(Path(model.removeprefix(LOCAL_PREFIX)), window=window)
    if model.startswith(REPLAY_PREFIX):
        from qa.models.chat.replay import Replayer

        return Replayer(Path(model.removeprefix(REPLAY_PREFIX)))
    if model.startswith(llama.PREFIX):
        from qa.models.chat.llama import LlamaChat

        return LlamaChat(model.removeprefix(llama.PREFIX), window=window, timeout=timeout)
    from qa.models.chat.endpoint import OpenAIChat

    return OpenAIChat(
        model, base_url=base_url, api_key=api_key, timeout=timeout, window=window, prices=prices
    )
