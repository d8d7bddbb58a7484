"""Finding passages."""

from pathlib import Path

import numpy as np
import pytest

from qa.answering.retrieve import _ranked, is_across
from qa.assistant import Assistant
from qa.library.local.lexical import idf


def test_a_score_is_what_its_parts_say(tmp_path: Path) -> None:
    """Someone reading the score of a hit can work it out from what each retriever says."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "vans.txt").write_text("JAC builds electric vans in Hefei.")
    (tmp_path / "docs" / "tea.txt").write_text("Green tea is grown on the slopes of Longjing.")
    with Assistant.from_here(
        documents=tmp_path / "docs", library=tmp_path / "library"
    ) as assistant:
        assistant.sync()
        hits = assistant.search("Who builds vans?")
    assert [hit.paths for hit in hits] == [("vans.txt",), ("tea.txt",)]
    dense, bm25 = hits[0].ranked
    # "build" and "van" stand in one of two passages, once each; both passages have 5 terms.
    assert bm25.score == pytest.approx(2 * idf(2, 1))
    assert bm25.part == pytest.approx(0.7 / 2.2)
    assert dense.part == dense.score
    assert hits[0].score == dense.part + bm25.part
    assert hits[1].ranked[1].part == 0.0


def test_a_rank_counts_what_scores_higher() -> None:
    """Of all passages, not of those found; equals share a rank."""
    scores = np.array([0.5, 0.9, *[0.7] * 20, 0.9, 0.1])
    rows = np.array([1, 22, 0, 23, 5])
    ranked = _ranked("dense", scores, rows, scores[rows])
    assert [one.rank for one in ranked] == [1, 1, 23, 24, 3]
    assert [one.score for one in ranked] == [0.9, 0.9, 0.5, 0.1, 0.7]


def test_a_question_without_a_word_to_look_up_still_finds(tmp_path: Path) -> None:
    """Where every word of a question is too common to be looked up, its meaning is."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "vans.txt").write_text("JAC builds electric vans in Hefei.")
    with Assistant.from_here(
        documents=tmp_path / "docs", library=tmp_path / "library"
    ) as assistant:
        assistant.sync()
        (hit,) = assistant.search("What is it about?")
    assert hit.score == hit.ranked[0].score


def test_a_column_called_door_makes_no_dutch_document(tmp_path: Path) -> None:
    """A table whose header has one word of another language is read as in the question's."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "keys.md").write_text(
        "| Key | Door | Holder |\n|---|---|---|\n| K7 | Boiler room | Nils Orre |\n"
    )
    (tmp_path / "docs" / "sleutels.txt").write_text(
        "De sleutel van de ketelruimte ligt bij mevrouw De Vries achter de deur van het kantoor."
    )
    with Assistant.from_here(
        documents=tmp_path / "docs", library=tmp_path / "library"
    ) as assistant:
        assistant.sync()
        table, dutch = assistant.search("who keeps boilers?")
    assert [hit.paths for hit in (table, dutch)] == [("keys.md",), ("sleutels.txt",)]
    assert not is_across("who keeps boilers?", (table,))
    assert is_across("who keeps boilers?", (dutch,))
