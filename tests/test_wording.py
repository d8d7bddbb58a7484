"""Every note that the code makes has its words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import qa
from qa.data import OPENINGS, Note
from qa.wording import KINDS, for_asker, nearest, not_found, refusal, told

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


ASKED = {
    "de": "Wer hat die Brücke gebaut?",
    "fr": "Qui a construit le pont ?",
    "es": "¿Quién construyó el puente?",
    "it": "Chi ha costruito il ponte?",
    "pt": "Quem construiu a ponte em São Bento?",
    "nl": "Wie heeft de brug gebouwd?",
    "zh": "谁建造了这座桥？",
    "ja": "この橋を建てたのは誰ですか。",
}
WORDED = {kind: names or () for kind, names in MADE} | {"taken_for": ("typed", "taken")}


@pytest.mark.parametrize("question", ASKED.values(), ids=ASKED)
def test_fixed_words_are_in_the_questions_language(question: str) -> None:
    """Refusal, nearest and each note worded there take their values, and none is English."""
    said = [not_found(31, question), nearest(question), refusal(question)]
    english = [not_found(31), nearest(""), refusal("")]
    assert "31" in said[0]
    assert all(one != other for one, other in zip(said, english, strict=True))
    for kind in ("perhaps", "contradicted", "unanswered", "partly", "english"):
        plain = Note.of(kind, **{name: f"<{name}>" for name in WORDED[kind]})
        own = told(for_asker(plain, question))
        assert own != told(plain)
        assert all(f"<{name}>" in own for name in WORDED[kind])


def test_a_note_without_words_there_stays_english() -> None:
    """Nothing is left unsaid where a language has no words for it."""
    note = Note.of("limit", tokens=40)
    assert for_asker(note, ASKED["de"]) == note
