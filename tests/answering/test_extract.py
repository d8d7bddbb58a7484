"""The answer in source sentences, on a small library of the real parts."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from qa.answer.extract import MOST, Extraction, extract

from qa.answering.wording import REFUSAL
from qa.assistant import Assistant
from qa.models.embed.minilm import MiniLM, Remembered

HARBOUR = """# The Harbour Library of Vesterhavn

The Harbour Library opened on 14 May 1998 in Vesterhavn, a town of 12,400 people. It was designed
by the architect Ingrid Solberg, who also drew the town's ferry terminal. The building cost 38
million kroner.

## Collections

The library holds 85,000 books and 2,300 maps. Its oldest item is a sea chart of 1587, which was
given by the merchant Claus Brandt. The map room was closed in 2011 because damp had damaged the
floor.

The Regional Archive of Coastal Shipping (RACS) moved into the east wing in 2004.

## Partners

The library's partners are the universities of Aarhus and Bergen. Another partner of the library
is the Fishing Museum in Hanstholm. The staff eat lunch at noon.
"""
COPY = "A guide.\n\nThe library holds 85,000 books and 2,300 maps. The coast is long and windy.\n"
CHINESE = "海港图书馆于1998年5月14日在西港开馆。它由建筑师李明设计。图书馆藏有85000册图书。\n"

Ask = Callable[[str], Extraction]


class Unneeded(MiniLM):
    """A model that is not to be asked."""

    def load(self) -> tuple[Any, Any]:
        """Fail the test."""
        pytest.fail("embedded")


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Ask the library of the three documents above."""
    folder: Path = tmp_path_factory.mktemp("documents")
    for name, text in (("harbour.md", HARBOUR), ("guide.txt", COPY), ("zh.txt", CHINESE)):
        (folder / name).write_text(text, encoding="utf-8")
    library = tmp_path_factory.mktemp("library")
    with Assistant(documents=folder, library=library) as assistant:
        assistant.sync()
        documents = {one.path: assistant.document(one.path) for one in assistant.sources()}

        def answer(question: str) -> Extraction:
            hits = assistant.search(question)
            with assistant.library.reading() as view:
                found = extract(
                    question,
                    hits,
                    embed=Remembered(MiniLM()),
                    statistics=view,
                    threshold=assistant.bar().threshold,
                )
            for statement in found.statements:
                for citation in statement.citations:
                    text = documents[citation.path].text
                    assert citation.quote == text[citation.start : citation.end] == statement.text
            assert len(found.statements) <= MOST
            return found

        yield answer


def emphasised(found: Extraction) -> list[str]:
    """The emphasised phrases of an answer."""
    return [one.text[one.emphasis[0] : one.emphasis[1]] for one in found.statements if one.emphasis]


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("How many books does the library hold?", "85,000"),
        ("who designed the harbour library", "Ingrid Solberg"),
        ("When did the Harbour Library open?", "14 May 1998"),
        ("who gave the sea chart of 1587?", "Claus Brandt"),
        ("海港图书馆什么时候开馆？", "1998年5月14日"),
    ],
)
def test_the_answering_phrase_is_emphasised(ask: Ask, question: str, phrase: str) -> None:
    """A question about a person, a date or a number is answered at a glance."""
    assert [phrase] == emphasised(ask(question))


def test_a_pronoun_comes_with_what_it_stands_for(ask: Ask) -> None:
    """A sentence that begins with "it" is shown after the one that says what "it" is."""
    shown = [one.text.split()[:3] for one in ask("who designed the harbour library?").statements]
    assert shown == [["The", "Harbour", "Library"], ["It", "was", "designed"]]


def test_a_list_is_gathered(ask: Ask) -> None:
    """Every sentence that adds a partner is shown, and no other."""
    text = " ".join(one.text for one in ask("who are the library's partners?").statements)
    shown = [name in text for name in ("Aarhus", "Bergen", "Hanstholm", "lunch")]
    assert shown == [True, True, True, False]


def test_copies_are_shown_once(ask: Ask) -> None:
    """A sentence that stands in two documents is quoted once."""
    assert len(ask("How many books does the library hold?").statements) == 1


def test_statements_are_in_reading_order(ask: Ask) -> None:
    """What the document says first is read first, and markers count from 1."""
    found = ask("Who designed the library and who gave the sea chart?")
    starts = [one.citations[0].start for one in found.statements]
    markers = [one.citations[0].marker for one in found.statements]
    assert (sorted(starts), list(range(1, len(starts) + 1))) == (starts, markers)


@pytest.mark.parametrize(
    "question",
    [
        "Who is the mayor of Vesterhavn?",
        "What is the phone number of the library?",
        "When did Ingrid Solberg die?",
        "What is the capital of France?",
        "how many books did the library hold in 1950?",
    ],
)
def test_what_the_documents_lack_is_refused(ask: Ask, question: str) -> None:
    """A question whose subject occurs but not the thing asked gets no answer, and the nearest."""
    found = ask(question)
    assert (
        found.statements,
        (found.reason or "").startswith(REFUSAL),
        len(found.nearest) > 0,
    ) == ((), True, True)


def test_a_refusal_names_what_is_missing(ask: Ask) -> None:
    """The reader learns which word of the question no document holds."""
    assert f"{REFUSAL} None of them mentions “mayor”." == ask("Who is the mayor there?").reason


def test_a_misspelt_word_is_mended_and_said(ask: Ask) -> None:
    """A slip of the keyboard loses no answer, and the reader is told what was read."""
    found = ask("How many books does the libary hold?")
    assert (list(found.corrections), emphasised(found)) == ([("libary", "library")], ["85,000"])


def test_a_part_without_answer_is_named(ask: Ask) -> None:
    """Of a question for two things, the one that was not found is not passed over."""
    found = ask("How many books does the library hold and who is the mayor of Vesterhavn?")
    assert (
        found.unanswered,
        emphasised(found),
    ) == (("who is the mayor of Vesterhavn?",), ["85,000"])


class Empty:
    """The statistics of a library without a document."""

    passages = 0

    def document_frequency(self, terms: Iterable[str], /) -> dict[str, int]:
        """No term occurs."""
        return dict.fromkeys(terms, 0)


def test_nothing_found_is_refused() -> None:
    """Without passages there is a refusal, no crash."""
    found = extract(
        "Who?",
        (),
        embed=Remembered(Unneeded()),
        statistics=Empty(),
        threshold=0.3,
    )
    assert (found.statements, found.reason, found.nearest) == ((), REFUSAL, ())
