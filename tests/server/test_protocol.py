"""The test endpoint keeps to the published protocol: the vendor's own typed SDK reads it."""

import openai
import pytest

from tests.server.http import KEY, Endpoint
from tests.server.protocol import vector


@pytest.fixture
def endpoint():
    """A well-behaved endpoint."""
    with Endpoint(answer=lambda messages: f"You said {messages[-1]['content']}") as running:
        yield running


@pytest.fixture
def sdk(endpoint):
    """The vendor's client, as anyone would open it."""
    with openai.OpenAI(base_url=endpoint.url, api_key=KEY, max_retries=0) as client:
        yield client


def test_whole_reply(sdk) -> None:
    """A reply that is not streamed has text, reason and usage."""
    reply = sdk.chat.completions.create(
        model="test-chat", messages=[{"role": "user", "content": "hello there"}]
    )
    assert reply.choices[0].message.content == "You said hello there"
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage.completion_tokens == 4


def test_streamed_reply(sdk) -> None:
    """A streamed reply has a role, tokens, a reason, and the usage last."""
    chunks = list(
        sdk.chat.completions.create(
            model="test-chat",
            messages=[{"role": "user", "content": "hello"}],
            max_completion_tokens=2,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    deltas = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert "".join(deltas) == "You said"
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "length"
    assert chunks[-1].usage.total_tokens == 3


@pytest.mark.parametrize("encoding", ["float", "base64", None])
def test_embeddings(sdk, encoding) -> None:
    """Vectors come as numbers or as base64, as asked."""
    given = {} if encoding is None else {"encoding_format": encoding}
    answer = sdk.embeddings.create(model="test-embedding", input=["a", "b"], **given)
    if encoding == "base64":
        assert isinstance(answer.data[1].embedding, str)
    else:
        assert pytest.approx(vector("b")) == answer.data[1].embedding


def test_models(sdk) -> None:
    """The models are listed."""
    assert [model.id for model in sdk.models.list()] == ["test-chat", "test-embedding"]


USER = [{"role": "user", "content": "x"}]


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"model": "gpt-0", "messages": USER}, openai.NotFoundError),
        ({"model": "test-chat", "messages": []}, openai.BadRequestError),
        ({"model": "test-chat", "messages": [{"role": "bard"}]}, openai.BadRequestError),
        ({"model": "test-chat", "messages": USER, "temperature": 3}, openai.BadRequestError),
        ({"model": "test-chat", "messages": USER, "max_tokens": 0}, openai.BadRequestError),
        ({"model": "test-chat", "messages": USER, "verve": 1}, openai.BadRequestError),
        (
            {"model": "test-chat", "messages": USER, "stream_options": {"include_usage": True}},
            openai.BadRequestError,
        ),
        (
            {
                "model": "test-chat",
                "messages": USER,
                "max_tokens": 1,
                "max_completion_tokens": 1,
            },
            openai.BadRequestError,
        ),
    ],
)
def test_bad_requests_are_refused(sdk, request_, error) -> None:
    """A request that the real service refuses is refused here too."""
    with pytest.raises(error):
        sdk.post("/chat/completions", cast_to=object, body=request_)


def test_wrong_key_is_refused(endpoint) -> None:
    """Only the endpoint's own key opens it."""
    with (
        openai.OpenAI(base_url=endpoint.url, api_key="sk-other", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError),
    ):
        client.models.list()
