"""How well a sentence meets a question word piece by word piece, read in its passage.

Late interaction (Khattab and Zaharia 2020, ColBERT) on the embedded model's own word pieces:
each of the question's finds its nearest among the sentence's, which the model has seen with
the sentences around them (late chunking, Günther et al. 2024), so that "it" is near to what
it stands for.  Of sentences read alone the same measure is worth nothing beside the cosine.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from qa.answer.features import Candidate, Embed, Floats, Reading
from qa.data import Hit
from qa.models.embedding import Tokens
from qa.text import words

STRETCH = 1000
"""A passage is read in stretches of at most so many bytes, about 220 word pieces."""
STRETCHES = 8
"""At most so many stretches are read for one question (12 ms of two cores each)."""


def agreement(reading: Reading, found: Sequence[Candidate], embed: Embed) -> Floats:
    """(n, 3): how each candidate meets the question's word pieces, by their best cosines.

    The columns are the mean over all pieces, the mean over those of the question's terms, as
    the terms weigh, and the least of these.  ``found`` is in the order of promise; what lies
    beyond the first ``STRETCHES`` stretches gets the lowest values found.
    """
    places: dict[tuple[str, int], list[int]] = {}
    texts: dict[tuple[str, int], tuple[str, int]] = {}
    for i, one in enumerate(found):
        for start, end in _stretches(one.hit):
            key = one.hit.document.id, start
            if start <= one.sentence.start < end and (key in places or len(places) < STRETCHES):
                places.setdefault(key, []).append(i)
                above = _above(one.hit)
                texts[key] = above + one.hit.document.text[start:end], start - len(above)
    asked, *read = embed.tokens([reading.question.text, *(text for text, _ in texts.values())])
    weights = _weights(reading, asked)
    values = np.full((len(found), 3), np.nan, dtype=np.float32)
    for held, (_, offset), pieces in zip(places.values(), texts.values(), read, strict=True):
        near = asked.rows @ pieces.rows.T
        at = pieces.spans[:, 0] + offset
        for i in held:
            inside = (at >= found[i].sentence.start) & (at < found[i].sentence.end)
            if inside.any():
                best = near[:, inside].max(axis=1)
                values[i] = best.mean(), best @ weights, best[weights > 0].min(initial=1.0)
    known = values[~np.isnan(values[:, 0])]
    return np.where(np.isnan(values), known.min(axis=0, initial=1.0), values)


def _weights(reading: Reading, asked: Tokens) -> Floats:
    """What each piece of the question weighs: its share of its term's weight; in all 1."""
    weights = np.zeros(len(asked.spans), dtype=np.float32)
    for word in words(reading.question.text):
        if word.term in reading.weights:
            own = (asked.spans[:, 0] < word.end) & (asked.spans[:, 1] > word.start)
            weights[own] += reading.weights[word.term] / max(1, own.sum())
    return weights / (weights.sum() or 1.0)


def _above(hit: Hit) -> str:
    lines = dict.fromkeys(one for one in (hit.document.title, hit.passage.heading) if one)
    return "".join(f"{line}\n" for line in lines)


def _stretches(hit: Hit) -> Iterator[tuple[int, int]]:
    """Ranges of the document, each of whole sentences, that make up the passage."""
    text, start, end = hit.document.text, hit.passage.start, hit.passage.start
    for sentence in hit.passage.sentences:
        if end > start and len(text[start : sentence.end].encode()) > STRETCH:
            yield start, end
            start = sentence.start
        end = sentence.end
    yield start, end
