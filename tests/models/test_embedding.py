"""The embedded model: vectors of texts and of their word pieces."""

import numpy as np

from qa.models.embedding import MiniLM, Remembered


def test_word_pieces_say_where_they_stand() -> None:
    """What a question's word meets in a sentence can be pointed at in the sentence."""
    text = "Zwölf goats."
    [found] = MiniLM().tokens([text])
    pieces = [text[start:end] for start, end in found.spans]
    assert ("".join(pieces), pieces[-2:]) == ("Zwölfgoats.", ["goats", "."])


def test_word_pieces_are_unit_rows() -> None:
    """A product of two pieces' rows is their cosine."""
    [found] = MiniLM().tokens(["The lighthouse was lit in 1868."])
    lengths = np.linalg.norm(found.rows, axis=1)
    assert np.abs(lengths - 1).max() < 1e-5


def test_what_was_read_once_is_remembered() -> None:
    """The same passage is not read again for the next question."""
    model = Remembered(MiniLM())
    [first] = model.tokens(["A goat."])
    [again] = model.tokens(["A goat."])
    assert first is again
