"""Drafts: what is proposed, and what a person's decision does to the file."""

from pathlib import Path

import pytest

from qa.data import Document
from qa.errors import GoldError
from qa.evaluate.check import check
from qa.evaluate.draft import draft
from qa.evaluate.gold import dumps, load
from qa.evaluate.review import decide
from qa.evaluate.run import gold_set


def drafts(text: str) -> list[tuple[str, str, str]]:
    """(kind, question, nugget) of each draft."""
    found = draft({"a.txt": Document("d", text)})
    return [(pair.kind, pair.question, pair.must[0][0]) for pair in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "On May 3, 2021, Vora Foods quietly launched a line of soups.",
            [("when", "When did Vora Foods quietly launch a line of soups?", "May 3, 2021")],
        ),
        (
            "The old bridge was closed in 1987.",
            [("when", "When was the old bridge closed?", "1987")],
        ),
        (
            "Ilva Strand has led the choir since 2014.",
            [
                ("when", "Since when has Ilva Strand led the choir?", "2014"),
                ("who", "Who or what has led the choir since 2014?", "Ilva Strand"),
            ],
        ),
        (
            "Vora Foods sold 3,200 tins of soup.",
            [
                ("number", "How many tins did Vora Foods sell of soup?", "3,200"),
                ("who", "Who or what sold 3,200 tins of soup?", "Vora Foods"),
            ],
        ),
        (
            "Vora Foods has 12 shops.",
            [("number", "How many shops does Vora Foods have?", "12")],
        ),
        ("It was closed in 1987.", []),
        ("They sold 3,200 tins of soup.", []),
        ("Was the bridge closed in 1987?", []),
    ],
)
def test_sentences_become_questions(sentence: str, expected: list[tuple[str, str, str]]) -> None:
    """A person gets questions to accept; a sentence that leans on another gives none."""
    assert drafts(sentence) == expected


def test_drafts_pass_the_check_and_are_never_scored(tmp_path: Path) -> None:
    """A draft is well-formed gold, and a file of drafts alone is refused by a run."""
    documents = {"a.txt": Document("d", "The old bridge was closed in 1987.")}
    pairs = tuple(draft(documents))
    assert [one for one in check(pairs, documents) if one.level == "error"] == []
    assert all(pair.draft for pair in pairs)
    path = tmp_path / "g.jsonl"
    path.write_text(dumps(pairs), encoding="utf-8")
    with pytest.raises(GoldError, match="holds only drafts"):
        gold_set(path, tmp_path)


def test_a_decision_is_written_to_the_file(tmp_path: Path) -> None:
    """Accepting keeps the pair without its mark, rejecting takes it out, the rest stays."""
    text = "The old bridge was closed in 1987. The new bridge was opened in 1990."
    pairs = tuple(draft({"a.txt": Document("d", text)}))
    path = tmp_path / "g.jsonl"
    path.write_text(dumps(pairs), encoding="utf-8")
    decide(path, pairs[0].id, "accept", "When did the old bridge close?")
    decide(path, pairs[1].id, "reject")
    left = load(path)
    assert [(pair.question, pair.draft) for pair in left] == [
        ("When did the old bridge close?", False)
    ]
    with pytest.raises(GoldError, match="has no draft"):
        decide(path, pairs[0].id, "reject")
    scored = gold_set(path, tmp_path)
    assert (len(scored.pairs), scored.drafts) == (1, 0)
