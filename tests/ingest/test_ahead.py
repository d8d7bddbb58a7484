"""Passages embedded before they are asked for."""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from qa.errors import QAError
from qa.ingest.ahead import Ahead


def row(text: str) -> np.ndarray:
    """A row that depends on the text alone."""
    return np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype=np.uint8)


class Fake:
    """``row`` as a model, which notes what it was given; it fails at the text "bad"."""

    name = "fake"

    def __init__(self, one_by_one: bool) -> None:
        self.one_by_one = one_by_one
        self.calls: list[list[str]] = []

    def load(self) -> None:
        """Nothing to load."""

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = lambda _finished: None
    ) -> np.ndarray:
        """One row a text."""
        self.calls.append(list(texts))
        if "bad" in texts:
            raise QAError("the endpoint is gone")
        done(len(texts))
        return np.stack([row(text) for text in texts])


@pytest.mark.parametrize("one_by_one", [True, False])
def test_vectors_are_the_same_begun_or_not(one_by_one: bool) -> None:
    """Each text gets its own vector, once, whether it was begun ahead or not."""
    model = Fake(one_by_one)
    finished: list[int] = []
    with Ahead(model, begins=True) as ahead:
        ahead.begin({"1": "one", "2": "two"})
        ahead.begin({"2": "two", "9": "of a later batch"})
        found = ahead.vectors({"1": "one", "2": "two", "3": "three"}, finished.append)
        assert {name: list(one) for name, one in found.items()} == {
            name: list(row(text)) for name, text in (("1", "one"), ("2", "two"), ("3", "three"))
        }
        assert sum(finished) == 3
        last = ahead.vectors({"9": "of a later batch"}, finished.append)
        assert list(last["9"]) == list(row("of a later batch"))
    assert sorted(one for texts in model.calls for one in texts) == [
        "of a later batch",
        "one",
        "three",
        "two",
    ]


def test_a_model_that_wants_many_texts_gets_them_together() -> None:
    """An endpoint is not asked for one text at a time."""
    model = Fake(one_by_one=False)
    with Ahead(model, begins=True) as ahead:
        ahead.begin({"1": "one", "2": "two"})
        ahead.vectors({"1": "one", "2": "two"}, lambda _finished: None)
    assert model.calls == [["one", "two"]]


def test_what_fails_in_the_background_fails_where_it_is_asked_for() -> None:
    """An error of the model is that of the batch that needs the text, and of no other."""
    with Ahead(Fake(one_by_one=True), begins=True) as ahead:
        ahead.begin({"1": "one", "2": "bad"})
        assert list(ahead.vectors({"1": "one"}, lambda _finished: None)) == ["1"]
        with pytest.raises(QAError, match="the endpoint is gone"):
            ahead.vectors({"2": "bad"}, lambda _finished: None)
