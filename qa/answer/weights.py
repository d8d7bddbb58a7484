"""The learned weights of the reader, from ``weights.json``; trained by bench/train_reader.py."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from qa.answer.confidence import EVIDENCE
from qa.answer.features import SENTENCE, Floats
from qa.answer.highlight import EMPHASIS


class Weights(NamedTuple):
    """One weight a column of `SENTENCE`, `EVIDENCE` and `EMPHASIS`.

    ``bias`` and ``evidence`` make a log-odds that the passages hold the answer; below
    ``threshold`` the question is refused; ``meaning`` says what that promises, and on what.
    """

    sentence: Floats
    evidence: Floats
    emphasis: Floats
    bias: float
    threshold: float
    meaning: str


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights that the package ships."""
    held = json.loads((files("qa.answer") / "weights.json").read_text(encoding="utf-8"))
    return Weights(
        sentence=np.array([held["sentence"][name] for name in SENTENCE], dtype=np.float32),
        evidence=np.array([held["evidence"][name] for name in EVIDENCE], dtype=np.float32),
        emphasis=np.array([held["emphasis"][name] for name in EMPHASIS], dtype=np.float32),
        bias=float(held["bias"]),
        threshold=float(held["threshold"]),
        meaning=str(held["threshold_by"]),
    )
