"""BM25 over the catalog's words, against figures worked out by hand."""

import math
import sqlite3

import numpy as np
import pytest

from qa.library.lexical import bm25, document_frequency, idf


@pytest.fixture
def words() -> sqlite3.Connection:
    """Three passages: "seres build car", "seres seres", "car"."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (terms)")
    connection.execute("CREATE VIRTUAL TABLE occurrences USING fts5vocab (words, 'instance')")
    rows = [(3, "seres build car"), (5, "seres seres"), (9, "car")]
    connection.executemany("INSERT INTO words (rowid, terms) VALUES (?, ?)", rows)
    return connection


def test_scores(words: sqlite3.Connection) -> None:
    """A passage's score is the sum, over the question's terms, of idf times saturated count."""
    scores = bm25(words, ("seres", "car"), np.array([3, 5, 9]), np.array([3.0, 2.0, 1.0]))
    weight = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))  # both terms stand in two of three
    norm = [1.2 * (0.25 + 0.75 * length / 2) for length in (3, 2, 1)]
    expected = [
        weight * 2.2 / (1 + norm[0]) * 2,
        weight * 2 * 2.2 / (2 + norm[1]),
        weight * 2.2 / (1 + norm[2]),
    ]
    assert scores.tolist() == pytest.approx(expected)


def test_a_word_in_every_passage_still_counts() -> None:
    """In a small library the topic stands everywhere; it must not weigh nothing."""
    assert idf(3, 3) == pytest.approx(math.log(1 + 0.5 / 3.5))
    assert idf(3, 3) > 0


def test_unknown_words_score_nothing(words: sqlite3.Connection) -> None:
    """A question whose words stand nowhere scores 0 everywhere."""
    scores = bm25(words, ("huawei",), np.array([3, 5, 9]), np.array([3.0, 2.0, 1.0]))
    assert scores.tolist() == [0.0, 0.0, 0.0]


def test_document_frequency_counts_passages(words: sqlite3.Connection) -> None:
    """A word twice in one passage counts for one passage."""
    assert document_frequency(words, ["seres", "car", "x"]) == {"seres": 2, "car": 2, "x": 0}
