"""A question in one language, documents in another: what answers is chosen by meaning alone.

No word of the question stands in such documents and the reader's model knows English only,
so the multilingual embedding reads: it compares the question with each sentence.
"""

import math
from collections.abc import Sequence

from qa.answering.bar import Bar
from qa.answering.retrieve import LEXICAL
from qa.data import Hit, Reading, Weighed, Window
from qa.models.embed.base import Embedding
from qa.text.language import tongue

THRESHOLD = 0.7
"""Confidence below which a question is refused.

bench/multilingual.py: 24 questions in Chinese, German and Spanish on XQuAD's paragraphs, each
asked with and without its paragraph while another of its article stays: of those without, one
was answered (4 %; 95 % interval 0 to 21 %), of those with, 67 %.  Of 24 others, 0 % and 58 %.
"""
_SLOPE, _ZERO = 27.0, 1.607  # of the logistic, and the sum of cosines where it is 1/2
_READ = 16  # sentences; one takes the model some 20 ms
_CLOSE = 0.01  # cosine within which a second sentence says as much as the first
_MEANING = f"quotes are chosen by meaning, and shown from confidence {THRESHOLD} on"
_SHARED = 0.5  # of BM25's most: with it, the question's words do stand in the documents


def is_across(question: str, hits: Sequence[Hit]) -> bool:
    """Tell whether the best hit is known to be in another language than the question."""
    if not hits:
        return False
    shared = max(one.part for hit in hits for one in hit.ranked if one.retriever == "bm25")
    best = hits[0].passage
    found = tongue(hits[0].document.text[best.start : best.end])
    asked = tongue(question)
    return None not in (asked, found) and asked != found and shared < _SHARED * LEXICAL


def read_across(question: str, windows: Sequence[Window], model: Embedding) -> tuple[Reading, Bar]:
    """A reading by ``model``, which compares texts of different languages, and its own bar.

    Confidence is a logistic of the best sentence's cosine and the best passage's.
    """
    places = [
        (number, place, unit)
        for number, window in enumerate(windows)
        for place, unit in enumerate(window.units)
        if not unit.is_frame
    ][:_READ]
    bar = Bar(THRESHOLD, THRESHOLD, _MEANING)
    if not places:
        return Reading(question, tuple(windows), (), (), 0.0), bar
    cosines = model.embed([unit.text for _, _, unit in places]) @ model.embed_question(question)
    best = float(cosines.max())
    passage = next(one.score for one in windows[0].hit.ranked if one.retriever == "dense")
    confidence = 1.0 / (1.0 + math.exp(-_SLOPE * (best + passage - _ZERO)))
    weighed = [
        Weighed(
            number,
            place,
            unit,
            windows[number].hit,
            confidence if cosine > best - _CLOSE else confidence / 10,
            None,
        )
        for (number, place, unit), cosine in zip(places, cosines.tolist(), strict=True)
    ]
    order = sorted(range(len(weighed)), key=lambda i: -cosines[i])
    silent = (0.0, 0.0, 0.0, 1.0)
    ranked = tuple(weighed[i] for i in order)
    return Reading(question, tuple(windows), (silent,) * len(windows), ranked, confidence), bar
