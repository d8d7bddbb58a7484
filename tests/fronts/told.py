"""``qa`` whose reader says what it was told to say: for whole outputs, whatever is trained.

TOLD in the environment holds, as JSON, the texts that answer each question.
"""

import json
import os
from collections.abc import Mapping, Sequence

import qa.assistant
from qa.fronts.cli.main import main
from qa.models.reader.fake import FakeReader

PROGRAM = ("-m", "tests.fronts.told")
"""How Python is told to run it."""

Told = Mapping[str, Sequence[str]]


def environment(told: Told) -> dict[str, str]:
    """What the program finds in its environment."""
    return {"TOLD": json.dumps(told)}


if __name__ == "__main__":
    reader = FakeReader(json.loads(os.environ["TOLD"]))
    qa.assistant.OnnxReader = lambda *_kind: reader
    qa.assistant.Ensemble = lambda *_readers: reader
    main()
