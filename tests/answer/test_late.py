"""Sentences read in their passage, word piece by word piece."""

from collections.abc import Iterable

from qa.answer.features import Reading, candidates
from qa.answer.late import STRETCHES, agreement
from qa.answer.question import analyse
from qa.data import Document, Hit, Passage
from qa.ingest.sentences import sentences
from qa.models.embedding import MiniLM, Remembered

LIGHT = "The lighthouse was lit in 1868. It was designed by Robert Allday. Goats live nearby."


class Once:
    """The statistics of a library of ten passages, each word in one of them."""

    passages = 10

    def document_frequency(self, terms: Iterable[str], /) -> dict[str, int]:
        """Every term occurs once."""
        return dict.fromkeys(terms, 1)


def hit(text: str, name: str = "d", title: str | None = None) -> Hit:
    """A document as one passage."""
    held = sentences(text)
    passage = Passage(f"p{name}", name, held[0].start, held[-1].end, held)
    return Hit(passage, Document(name, text, title=title), (f"{name}.md",), 1, 1.0)


def values(question: str, *hits: Hit) -> list[float]:
    """The agreement of each sentence of the hits."""
    found = candidates(hits)
    reading = Reading(analyse(question), found, Once())
    return agreement(reading, found, Remembered(MiniLM()))[:, 0].tolist()


def test_a_pronoun_is_read_as_what_it_stands_for() -> None:
    """Asked for the designer, "It was designed by ..." meets the question best."""
    lit, designed, goats = values("Who designed the lighthouse?", hit(LIGHT))
    assert (designed > lit, lit > goats) == (True, True)


def test_the_title_is_part_of_what_is_read() -> None:
    """A sentence under a title that names the thing asked of meets the question better."""
    text = "It was designed by Robert Allday."
    question = "Who designed the Skarra lighthouse?"
    bare, titled = hit(text, "a"), hit(text, "b", "The lighthouse on Skarra")
    assert values(question, titled) > values(question, bare)


def test_sentences_that_are_not_read_count_as_the_least() -> None:
    """However many passages are found, reading them takes no longer than eight stretches."""
    hits = [hit(f"Harbour {i} has {i + 3} cranes.", str(i)) for i in range(STRETCHES + 2)]
    found = values("How many cranes has harbour 2?", *hits)
    assert found[STRETCHES:] == [min(found)] * 2


def test_a_long_passage_is_read_to_its_end() -> None:
    """The sentence that answers is met at the end of a long passage too."""
    long = "The goats of the island graze on the slopes all day long. " * 40
    found = values("Who designed the lighthouse?", hit(long + "Allday designed the lighthouse."))
    assert found.index(max(found)) == len(found) - 1
