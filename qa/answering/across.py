"""Questions that the reader cannot read: what answers them is chosen by meaning alone.

The reader's model knows English only.  Where question or documents are in another language the
multilingual embedding reads: it compares the question with each sentence.
"""

import math
from collections.abc import Sequence

from qa.answering.bar import Bar
from qa.answering.retrieve import LEXICAL
from qa.data import Hit, Reading, Weighed, Window
from qa.models.embed.base import Embedding
from qa.text.language import tongue

THRESHOLD = 0.5
"""Confidence below which a question is refused; nothing is sure.

Of 168 questions in five languages on documents in the same one, with one in eight unanswerable:
right shown .64 (.45 by the reader), .41 of what is shown is false (.53), and of 51 unanswerable
ones, most of them near misses, 47 are shown something (43).
Across languages, of 48 questions on XQuAD's paragraphs (bench/multilingual.py) .85 are shown
something, .17 where their paragraph is withheld.
What the documents do not speak of at all is refused; a near miss is not told from an answer.
"""
_SLOPE, _ZERO = 27.0, 1.607  # of the logistic, and the sum of cosines where it is 1/2
_READ = 48  # sentences; one takes the model some 20 ms
_FADING = 0.03  # of a cosine, by which a sentence lies behind the best one
_BESIDE = 0.49  # at most, as a share of the best: none beside it makes a list
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
        if not unit.is_frame and any(map(str.isalnum, unit.text))
    ][:_READ]
    bar = Bar(1.0, THRESHOLD, _MEANING)
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
            confidence * (1.0 if cosine == best else _BESIDE * math.exp((cosine - best) / _FADING)),
            None,
        )
        for (number, place, unit), cosine in zip(places, cosines.tolist(), strict=True)
    ]
    order = sorted(range(len(weighed)), key=lambda i: -cosines[i])
    silent = (0.0, 0.0, 0.0, 1.0)
    ranked = tuple(weighed[i] for i in order)
    return Reading(question, tuple(windows), (silent,) * len(windows), ranked, confidence), bar
