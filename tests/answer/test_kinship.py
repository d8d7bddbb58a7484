"""Words of a question that a sentence says in another way."""

from collections.abc import Iterable

from qa.answer.features import Reading, candidates
from qa.answer.kinship import kinship
from qa.answer.question import analyse
from qa.data import Document, Hit, Passage, Sentence
from qa.models.embedding import MiniLM, Remembered

TEXT = "The museum works with the colleges of Lund."


class Once:
    """The statistics of a library of ten passages, each word in one of them."""

    passages = 10

    def document_frequency(self, terms: Iterable[str], /) -> dict[str, int]:
        """Every term occurs once."""
        return dict.fromkeys(terms, 1)


def kin(question: str) -> dict[str, float]:
    """The kinship of all the question's words with `TEXT`."""
    whole = Sentence(0, len(TEXT))
    passage = Passage("p", "d", 0, len(TEXT), (whole,))
    found = candidates([Hit(passage, Document("d", TEXT), ("a.txt",), 1, 1.0)])
    asked = analyse(question)
    reading = Reading(asked, found, Once())
    return kinship(reading, asked.terms, found, Remembered(MiniLM()))


def test_another_word_for_the_same_is_kin_and_a_strange_one_is_not() -> None:
    """A question about universities finds colleges; one about salaries finds nothing."""
    said = kin("Which universities or salaries?")
    assert (said["universiti"] > 0.8, said["salari"] < 0.3) == (True, True)


def test_a_name_has_no_kin() -> None:
    """One person is never taken for another because the names are alike."""
    assert "petrenko" not in kin("Which colleges did Olga Petrenko see?")
