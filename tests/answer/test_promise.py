"""Which sentences a language model is shown: those that may answer, and what explains them."""

from collections.abc import Iterable

import pytest

from qa.answer.promise import promising
from qa.answer.sources import source_block
from qa.data import Document, Hit, Passage, Ranked, Sentence
from qa.text import terms


class Statistics:
    """Every word stands in one of a hundred passages."""

    passages = 100

    def document_frequency(self, asked: Iterable[str], /) -> dict[str, int]:
        """One, of each."""
        return dict.fromkeys(asked, 1)


def hit(rank: int, *sentences: str) -> Hit:
    """A document of one passage."""
    text, spans = " ".join(sentences), []
    for sentence in sentences:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Sentence(start, start + len(sentence)))
    passage = Passage(f"p{rank}", f"d{rank}", 0, len(text), tuple(spans))
    said = (Ranked("dense", rank, 0.5, 0.5), Ranked("bm25", rank, 1.0, 0.5))
    return Hit(passage, Document(f"d{rank}", text), (f"{rank}.txt",), rank, 1.0 - rank / 10, said)


FILLER = [f"Nothing of any use stands in line {word}." for word in "abcdefghijklmnop"]


def test_the_sentence_that_answers_is_shown_and_filler_is_not() -> None:
    """A prompt holds of every passage, the best as well, the sentences on the topic."""
    hits = [
        hit(1, "Seres builds the car in Chongqing.", *FILLER[:4]),
        hit(2, *FILLER[:8], "Seres also builds vans in Chongqing.", *FILLER[8:]),
    ]
    worth = promising("What does Seres build in Chongqing?", hits, Statistics())
    text = source_block(hits, 4000, worth).text
    assert "Seres builds the car in Chongqing." in text
    assert "Seres also builds vans in Chongqing." in text
    assert text.count("Nothing of any use") < 4


def test_the_less_sure_the_more_is_shown() -> None:
    """Where no sentence has more of the question than the others, the model sees them all."""
    unsure = [hit(1, *(f"Seres came to town {word}." for word in "abcdefghij"))]
    assert len(promising("Which vans does Seres build?", unsure, Statistics())) == 10


def test_who_it_is_is_shown() -> None:
    """A sentence that opens with "it" brings the sentence that names what that is."""
    hits = [
        hit(1, "The Orlo works were dug out of sand.", "It makes vans in Chongqing.", *FILLER),
        hit(2, "Vans of Chongqing are sold everywhere.", *FILLER),
    ]
    text = source_block(hits, 4000, promising("Who makes vans in Chongqing?", hits, Statistics()))
    assert "The Orlo works were dug out of sand." in text.text


def test_what_stands_first_for_its_time_is_shown_whole() -> None:
    """A passage that is put before the best one is all shown, whatever words it has."""
    best, then = hit(1, "Seres builds vans in Chongqing."), hit(2, *FILLER)
    worth = promising("What does Seres build in Chongqing?", [then, best], Statistics())
    assert len(worth) == 1 + len(FILLER)


def test_every_part_of_a_question_has_its_sentences() -> None:
    """Of two questions in one, neither crowds the other's sentence out."""
    hits = [
        hit(1, "The harbour was dug in 1904."),
        hit(2, *FILLER, "The lighthouse keeper was Anna Brandt.", "The harbour has two cranes."),
    ]
    asked = "When was the harbour dug, and who was the lighthouse keeper?"
    text = source_block(hits, 4000, promising(asked, hits, Statistics())).text
    assert "1904" in text
    assert "Anna Brandt" in text


def test_a_question_without_words_to_choose_by_leaves_nothing_out() -> None:
    """Where nothing can be told of the sentences, the model sees them all."""
    hits = [hit(1, "Seres builds cars."), hit(2, *FILLER)]
    assert terms("Why?") == ()
    assert len(promising("Why?", hits, Statistics())) == 1 + len(FILLER)


@pytest.mark.parametrize(
    "question",
    ["Tell me about Seres.", "Why does Seres build vans?", "What does it say about Seres?"],
)
def test_a_question_for_no_one_thing_is_shown_the_best_passage(question: str) -> None:
    """Who wants to be told about something gets all of the best passage before the model."""
    best, other = hit(1, "Seres builds vans.", *FILLER), hit(2, *FILLER)
    worth = promising(question, [best, other], Statistics())
    assert {start for document, start in worth if document == "d1"} == {
        one.start for one in best.passage.sentences
    }
