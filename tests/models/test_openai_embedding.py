"""Vectors from an endpoint: right, in order and of unit length, or one clear line."""

import numpy as np
import pytest

from qa.errors import ModelDenied, ModelError, ModelGarbled, ModelUnreachable
from qa.models.chat.failures import one_line
from qa.models.embed.endpoint import BATCH
from tests.server import faults, refusals
from tests.server.http import KEY, Exchange
from tests.server.protocol import vector

TEXTS = ["Seine", "Donau", "長江"]


def unit(text: str) -> np.ndarray:
    """The vector that is due to a text: the endpoint's, scaled to length 1."""
    raw = np.array(vector(text), dtype=np.float64)
    return raw / np.sqrt((raw**2).sum())


@pytest.mark.parametrize(
    "personality", [Exchange.behave, faults.base64_embeddings, faults.reversed_embeddings]
)
def test_right_vectors(serve, embedding, personality) -> None:
    """Each text gets its own vector, however the endpoint packs and orders them."""
    model = embedding(serve(personality))
    vectors = model.embed(TEXTS)
    assert vectors.dtype == np.float32
    expected = np.stack([unit(text) for text in TEXTS])
    np.testing.assert_allclose(expected, vectors, atol=1e-6)
    assert model.width == 8


GARBLED = [
    (faults.broken_base64, "1 vectors for 3 texts"),
    (faults.fewer_embeddings, "2 vectors for 3 texts"),
    (faults.more_embeddings, "4 vectors for 3 texts"),
    (faults.same_index, "index '0' is wrong or given twice"),
    (faults.ragged_embeddings, "differing or no width, [8, 9]"),
    (faults.nan_embeddings, "zero, infinite or not a number"),
    (faults.zero_embeddings, "zero, infinite or not a number"),
    (faults.infinite_base64, "zero, infinite or not a number"),
    (faults.null_embeddings, "not a list of numbers"),
    (faults.no_data, "expected a list of data"),
    (faults.web_page, "expected a list of data, got the text '<html><body>Please log in."),
]


@pytest.mark.parametrize(
    ("personality", "fragment"), [pytest.param(*row, id=row[0].__name__) for row in GARBLED]
)
def test_wrong_vectors_are_refused(serve, embedding, personality, fragment) -> None:
    """A wrong number, width or value never reaches the library: one line says what is wrong."""
    endpoint = serve(personality)
    with pytest.raises(ModelGarbled) as caught:
        embedding(endpoint).embed(TEXTS)
    assert fragment in str(caught.value)
    assert endpoint.host in str(caught.value)
    assert one_line(str(caught.value), 10_000) == str(caught.value)


def test_broken_base64_of_one_text(serve, embedding) -> None:
    """Base64 that is no row of floats is refused as such."""
    with pytest.raises(ModelGarbled, match="not a list of numbers"):
        embedding(serve(faults.broken_base64)).embed(["Seine"])


def test_width_that_changes(serve, embedding) -> None:
    """Another model behind the same name is noticed at the first vector of another width."""
    model = embedding(serve(faults.changing_width))
    model.embed(["Seine"])
    with pytest.raises(ModelGarbled, match="9 numbers after some of 8"):
        model.embed(["Donau"])


@pytest.mark.parametrize(
    ("personality", "leaf"),
    [
        (refusals.unauthorized, ModelDenied),
        (refusals.reset_before, ModelUnreachable),
        (refusals.bad_gateway, ModelUnreachable),
        (refusals.redirect, ModelUnreachable),
        (faults.invalid_json, ModelGarbled),
    ],
)
def test_failures(serve, embedding, personality, leaf) -> None:
    """A refusal or a broken connection is one line that names the endpoint, without the key."""
    endpoint = serve(personality)
    with pytest.raises(ModelError) as caught:
        embedding(endpoint).embed(TEXTS)
    assert leaf is type(caught.value)
    assert endpoint.host in str(caught.value)
    assert KEY not in str(caught.value)


def test_silent_endpoint(serve, embedding) -> None:
    """An endpoint that takes the texts and says nothing is given up."""
    with pytest.raises(ModelUnreachable, match="silent for too long"):
        embedding(serve(refusals.stalled_before), timeout=0.3).embed(TEXTS)


def test_batches(serve, embedding) -> None:
    """Many texts go in requests of bounded size, in order, and progress is told as they end."""
    endpoint = serve()
    texts = [f"text {number}" for number in range(BATCH + 3)]
    finished: list[int] = []
    vectors = embedding(endpoint).embed(texts, finished.append)
    assert finished == [BATCH, 3]
    assert [len(exchange.body["input"]) for exchange in endpoint.exchanges] == [BATCH, 3]
    np.testing.assert_allclose(unit("text 66"), vectors[66], atol=1e-6)


def test_request_asks_for_numbers(serve, embedding) -> None:
    """Numbers are asked for, as the SDK's own base64 is what some gateways answer wrongly."""
    endpoint = serve()
    embedding(endpoint).embed(["Seine", ""])
    expected = {"model": "test-embedding", "input": ["Seine", " "], "encoding_format": "float"}
    assert expected == endpoint.exchanges[0].body


def test_no_texts(serve, embedding) -> None:
    """No text costs no request."""
    endpoint = serve()
    assert embedding(endpoint).embed([]).shape == (0, 0)
    assert endpoint.exchanges == []
