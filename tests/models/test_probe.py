"""``qa doctor --probe`` says what the endpoint can do, and fails for nothing."""

from qa.models.chat.probe import probe
from tests.server import faults, refusals
from tests.server.http import KEY, Exchange


def _probe(endpoint, **settings) -> dict[str, str]:
    given = {"model": "test-chat", "embedding": "test-embedding"} | settings
    facts = probe(
        given["model"],
        given["embedding"],
        base_url=endpoint.url,
        api_key=given.get("api_key", KEY),
        timeout=20.0,
    )
    return {fact.what: fact.finding for fact in facts}


def test_well_behaved(serve) -> None:
    """An endpoint that can do everything is said to."""
    endpoint = serve()
    assert _probe(endpoint) == {
        "endpoint": endpoint.host,
        "models": "2 listed, 'test-chat' among them",
        "chat": "'test-chat' answered",
        "streaming": "yes",
        "usage": "reported",
        "system role": "accepted",
        "temperature 0": "accepted",
        "seed": "accepted",
        "token limit": "max_tokens",
        "window": "8192 tokens as known here; QA_WINDOW sets another",
        "embeddings": "'test-embedding' gives vectors of 8 numbers",
    }


def test_limited_endpoint(serve) -> None:
    """What the endpoint refuses is found out and said in plain words."""

    def poor(exchange: Exchange) -> None:
        if exchange.chat and "temperature" in exchange.body:
            refusals.no_temperature(exchange)
        elif exchange.chat:
            refusals.no_streaming(exchange)
        elif exchange.path == "/v1/models":
            refusals.plain_404(exchange)
        else:
            faults.fewer_embeddings(exchange)

    facts = _probe(serve(poor))
    assert facts["temperature 0"] == "refused; its own default"
    assert facts["streaming"] == "no, the answer came whole"
    assert facts["system role"] == "accepted"
    assert facts["models"].startswith("not listed: ")
    assert facts["embeddings"].startswith("failed: ")
    assert "0 vectors for 1 texts" in facts["embeddings"]


def test_wrong_key(serve) -> None:
    """A refused key is a finding, without the key in it."""
    facts = _probe(serve(), api_key="sk-wrong-key-000000")
    assert facts["chat"].startswith("failed: ")
    assert "OPENAI_API_KEY" in facts["chat"]
    assert "sk-wrong" not in str(facts)


def test_only_what_is_configured(serve) -> None:
    """Without a model, only the list is asked for."""
    endpoint = serve()
    facts = _probe(endpoint, model=None, embedding=None)
    assert facts == {"endpoint": endpoint.host, "models": "2 listed"}
    assert [exchange.path for exchange in endpoint.exchanges] == ["/v1/models"]
