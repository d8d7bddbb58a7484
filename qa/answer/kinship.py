"""Whether a sentence says in another word what a word of the question asks.

Where no form and no listed relative of a question's word stands in a sentence, the vectors of
single words still tell "universities" near "colleges" from "universities" near "enlarged".
"""

from collections.abc import Collection, Sequence

import numpy as np

from qa.answer.features import Candidate, Embed, Reading
from qa.text import words

STRANGE, KIN = 0.4, 0.7
"""The cosine of two words at which they have nothing, and everything, to do with each other."""
WORDS = 24
"""At most so many words of the sentence and the one before are compared."""


def kinship(
    reading: Reading,
    missing: Collection[str],
    around: Sequence[Candidate],
    embed: Embed,
) -> dict[str, float]:
    """For each of the question's terms in ``missing``, 0 (strange) to 1 (kin), by nearest word.

    Names and figures have no kin: another name is another thing.
    """
    question = reading.question
    said = {
        word.term: word.text.casefold()
        for word in words(question.text)
        if word.term is not None
        and word.term in missing
        and word.term not in question.names | question.numbers
    }
    said = {one: text for one, text in said.items() if text.isascii() and text.isalpha()}
    held = {
        word.text.casefold(): None
        for one in around
        for i, word in enumerate(one.words)
        if word.term is not None
        and word.term not in question.terms
        and word.text.isascii()
        and word.text.isalpha()
        and (word.text.islower() or i == 0)
    }
    texts = list(held)[:WORDS]
    if not said or not texts:
        return {}
    vectors = embed([*said.values(), *texts])
    near = (vectors[: len(said)] @ vectors[len(said) :].T).max(axis=1)
    scaled = np.clip((near - STRANGE) / (KIN - STRANGE), 0.0, 1.0)
    return {one: float(value) for one, value in zip(said, scaled, strict=True)}
