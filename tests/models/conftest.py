"""Endpoints and clients for the tests of models; nothing waits and nothing leaves the machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from qa.models.chat.endpoint import OpenAIChat
from qa.models.embed.endpoint import OpenAIEmbedding
from tests.server.http import KEY, Endpoint, Exchange, Personality
from tests.server.protocol import CHAT_MODEL, EMBEDDING_MODEL, Messages

NOW = 1_700_000_000.0
"""The time of day in the tests: Tue, 14 Nov 2023 22:13:20 GMT."""

Serve = Callable[..., Endpoint]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts endpoints, and ends them with the test."""
    with ExitStack() as stack:

        def start(
            personality: Personality = Exchange.behave,
            answer: Callable[[Messages], str] = lambda _messages: "Paris, café and 巴黎.",
        ) -> Endpoint:
            return stack.enter_context(Endpoint(answer, personality))

        yield start


@pytest.fixture
def waits() -> list[float]:
    """The seconds that the clients of ``chat`` and ``embedding`` would have slept."""
    return []


@pytest.fixture
def chat(waits: list[float]) -> Callable[..., OpenAIChat]:
    """Opens a chat model at an endpoint, with a clock that the test moves."""

    def open_chat(endpoint: Endpoint, **settings: object) -> OpenAIChat:
        given = {"base_url": endpoint.url, "api_key": KEY, "timeout": 20.0} | settings
        return OpenAIChat(CHAT_MODEL, sleep=waits.append, **({"now": lambda: NOW} | given))

    return open_chat


@pytest.fixture
def embedding(waits: list[float]) -> Callable[..., OpenAIEmbedding]:
    """Opens an embedding model at an endpoint."""

    def open_embedding(endpoint: Endpoint, **settings: object) -> OpenAIEmbedding:
        given = {"base_url": endpoint.url, "api_key": KEY, "timeout": 20.0} | settings
        return OpenAIEmbedding(EMBEDDING_MODEL, sleep=waits.append, **given)

    return open_embedding
