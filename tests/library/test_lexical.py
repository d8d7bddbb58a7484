"""BM25 over the catalog's words, against figures worked out by hand."""

import math
import sqlite3
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import LibraryDamaged
from qa.library.local.lexical import (
    TABLES,
    add,
    agree,
    bm25,
    document_frequency,
    idf,
    passages,
    remove,
)


def indexed(*passages: tuple[int, str]) -> sqlite3.Connection:
    """A catalog's words of these passages, by number."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES)
    for number, words in passages:
        add(connection, [(number, tuple(words.split()))])
    return connection


def scored(
    connection: sqlite3.Connection,
    terms: tuple[str, ...],
    numbers: Sequence[int],
    lengths: Sequence[int],
    *,
    some: bool = False,
) -> np.ndarray:
    """BM25 of the passages of these numbers and lengths."""
    among = passages(np.array(numbers, np.uint32), np.array(lengths, np.uint32))
    return bm25(connection, terms, among, some=some)[0]


@pytest.fixture
def words() -> sqlite3.Connection:
    """Three passages: "seres build car", "seres seres", "car"."""
    return indexed((3, "seres build car"), (5, "seres seres"), (9, "car"))


def test_scores(words: sqlite3.Connection) -> None:
    """A passage's score is the sum, over the question's terms, of idf times saturated count."""
    scores = scored(words, ("seres", "car"), (3, 5, 9), (3, 2, 1))
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
    scores = scored(words, ("huawei",), (3, 5, 9), (3, 2, 1))
    assert scores.tolist() == [0.0, 0.0, 0.0]


def test_document_frequency_counts_passages(words: sqlite3.Connection) -> None:
    """A word twice in one passage counts for one passage."""
    assert document_frequency(words, ["seres", "car", "x"]) == {"seres": 2, "car": 2, "x": 0}


def test_a_removed_passage_is_found_no_more(words: sqlite3.Connection) -> None:
    """What was deleted neither scores nor counts, and the others score as without it."""
    remove(words, [5])
    scores = scored(words, ("seres",), (3, 9), (3, 1))
    without = indexed((3, "seres build car"), (9, "car"))
    assert scores.tolist() == scored(without, ("seres",), (3, 9), (3, 1)).tolist()
    assert document_frequency(words, ["seres"]) == {"seres": 1}
    assert agree(words)


@pytest.mark.parametrize("numbers", [(3, 9), (3, 5), (9,)])
def test_passages_left_out_count_for_nothing(
    words: sqlite3.Connection, numbers: tuple[int, ...]
) -> None:
    """Among some of the passages, scores and counts are those of a library of these alone."""
    texts = {3: "seres build car", 5: "seres seres", 9: "car"}
    lengths = [len(texts[one].split()) for one in numbers]
    alone = indexed(*((one, texts[one]) for one in numbers))
    asked = ("seres", "car")
    left = scored(words, asked, numbers, lengths, some=True)
    assert left.tolist() == scored(alone, asked, numbers, lengths).tolist()
    among = passages(np.array(numbers, np.uint32), np.array(lengths, np.uint32))
    assert document_frequency(words, asked, among) == document_frequency(alone, asked)


@pytest.mark.parametrize("numbers", [(3, 9), (4, 5, 6), (5, 9), (3, 4, 5)])
def test_words_of_passages_that_are_not(
    words: sqlite3.Connection, numbers: tuple[int, ...]
) -> None:
    """An index that names a passage below, between or above all that there are is damaged."""
    with pytest.raises(LibraryDamaged, match="names passages that are not; run: qa repair"):
        scored(words, ("seres", "car"), numbers, [2] * len(numbers))


_TEXTS = st.lists(
    st.tuples(
        st.integers(1, 40_000),  # numbers of several blocks
        st.lists(st.sampled_from(["a", "b", "c", "\u4e2d\u56fd", "3.5"]), max_size=6),
    ),
    unique_by=lambda one: one[0],
    max_size=12,
)


@given(_TEXTS, st.sets(st.integers(0, 11)))
def test_the_index_says_what_the_passages_say(
    passages: list[tuple[int, list[str]]], gone: set[int]
) -> None:
    """Whatever is added and removed, every word is found where it stands and nowhere else."""
    ordered = sorted(passages)
    connection = indexed(*((number, " ".join(words)) for number, words in ordered))
    remove(connection, [number for i, (number, _) in enumerate(ordered) if i in gone])
    left = [words for i, (_, words) in enumerate(ordered) if i not in gone]
    expected = Counter(word for words in left for word in set(words))
    found = document_frequency(connection, ["a", "b", "c", "\u4e2d\u56fd", "3.5"])
    assert {word: count for word, count in found.items() if count} == expected
    assert agree(connection)
    stored = connection.execute("SELECT count(*) FROM postings WHERE places = x''").fetchone()
    assert stored == (0,)


def test_a_damaged_index_is_noticed(words: sqlite3.Connection) -> None:
    """A place that no passage has, or one that is lost, is no agreement."""
    assert agree(words)
    words.execute("UPDATE postings SET places = x'03000200' WHERE term = 'build'")
    assert not agree(words)
