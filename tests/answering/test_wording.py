"""Every note that the code makes has its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import qa
from qa.answering.wording import KINDS, not_found, told
from qa.data import OPENINGS, Note

CHOSEN = {"order": "newer_first", "fault": "empty", "age": "newer", "voice": "file"}
"""Values that stand for words themselves."""


def made() -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """(kind, names of its values) of each ``Note(...)`` in the code; None where not written out."""
    for path in Path(qa.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = ast.unparse(node.func)
            first = node.args[0]
            if called in ("Note", "Note.of") and isinstance(first, ast.Constant):
                names = [one.arg for one in node.keywords]
                known = tuple(one for one in names if one is not None)
                yield first.value, known if len(known) == len(names) else None


MADE = sorted(set(made()), key=str)


def test_each_kind_is_made_somewhere_and_worded() -> None:
    """No note is without words, and no words without a note."""
    assert {kind for kind, _ in MADE} == KINDS
    assert OPENINGS <= KINDS


@pytest.mark.parametrize(("kind", "names"), [one for one in MADE if one[1] is not None])
def test_the_words_take_the_values(kind: str, names: tuple[str, ...]) -> None:
    """Each value that is given is told, and none is missing."""
    values = {name: CHOSEN.get(name, f"<{name}>") for name in names}
    said = told(Note.of(kind, **values))
    assert [name for name in names if name not in CHOSEN and f"<{name}>" not in said] == []


def test_values_written_elsewhere() -> None:
    """Of what is looked at as of a day, and of a misspelt word."""
    known = {"day": "2024-05-01", "known": 2, "all": 5}
    assert told(Note.of("as_of", **known)) == "As of 2024-05-01: 2 of 5 documents were looked at."
    assert told(Note.of("as_of_undated", **known, count=1, their="its")) == (
        "As of 2024-05-01: 2 of 5 documents were looked at; 1 left out because its date is not"
        " known (qa sources --set-date gives one)."
    )
    assert told(Note.of("taken_for", typed="libary", taken="library")) == (
        "“libary” was taken for “library”."
    )


def test_braces_in_a_value_stay() -> None:
    """A document's own braces break no note."""
    assert told(Note.of("text", text="{day} {}")) == "{day} {}"


def test_an_unknown_kind_is_an_error() -> None:
    """It is told when it is made, by a test, not to a reader."""
    with pytest.raises(KeyError):
        told(Note("nope"))


def test_one_document_is_no_plural() -> None:
    """The refusal counts what was searched."""
    assert not_found(1) == "I found no answer in the 1 document."
    assert not_found(0) == "I found no answer in the 0 documents."
