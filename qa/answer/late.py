"""How well a sentence meets a question word piece by word piece, read in its passage.

Late interaction (Khattab and Zaharia 2020, ColBERT) on the embedded model's own word pieces:
each of the question's finds its nearest among the sentence's, which the model has seen with
the sentences around them (late chunking, Günther et al. 2024), so that "it" is near to what
it stands for.  Of sentences read alone the same measure is worth nothing beside the cosine.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from qa.answer.features import Candidate, Embed, Floats
from qa.data import Hit, Sentence

STRETCH = 1000
"""A passage is read in stretches of at most so many bytes, about 220 word pieces."""
STRETCHES = 8
"""At most so many stretches are read for one question (12 ms of two cores each)."""


def agreement(question: str, found: Sequence[Candidate], embed: Embed) -> Floats:
    """For each candidate the mean, over the question's word pieces, of the best cosine.

    ``found`` is in the order of promise; the sentences beyond the first ``STRETCHES``
    stretches get the lowest that was found.
    """
    places: dict[tuple[str, int], list[int]] = {}
    texts: dict[tuple[str, int], tuple[str, int]] = {}
    for i, one in enumerate(found):
        for start, end in _stretches(one.hit):
            if start <= one.sentence.start < end:
                key = one.hit.document.id, start
                if key in places or len(places) < STRETCHES:
                    places.setdefault(key, []).append(i)
                    above = _above(one.hit)
                    texts[key] = above + one.hit.document.text[start:end], start - len(above)
    asked, *read = embed.tokens([question, *(text for text, _ in texts.values())])
    values = np.full(len(found), np.nan, dtype=np.float32)
    for held, (_, offset), pieces in zip(places.values(), texts.values(), read, strict=True):
        near = asked.rows @ pieces.rows.T
        at = pieces.spans[:, 0] + offset
        for i in held:
            inside = _inside(at, found[i].sentence)
            if len(near) and inside.any():
                values[i] = near[:, inside].max(axis=1).mean()
    lowest = np.nanmin(values) if not np.isnan(values).all() else 0.0
    return np.where(np.isnan(values), lowest, values).astype(np.float32)


def _inside(at: "np.ndarray", sentence: Sentence) -> "np.ndarray":
    return (at >= sentence.start) & (at < sentence.end)


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
