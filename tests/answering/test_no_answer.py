"""Sentences that are near a question and do not answer it are not shown as answers."""

from pathlib import Path

import pytest

from qa.models.reader.onnx import OnnxReader
from tests.answering.made import assistant

OUTAGE = """Subject: Postmortem: outage of 18 February 2026

On 18 February 2026 uploads failed for three hours.
The certificate was renewed by Tomas Reyes.
"""
LEASE = """The Landlord insures the building.
The Tenant insures her own belongings, and pays 1,450 euros.
The Landlord heats the stairs.
"""


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (OUTAGE, "Who is the mayor of Oslo?"),
        (OUTAGE, "What caused the outage?"),  # the subject of a mail is no cause of it
        (LEASE, "What is the tenant's name?"),
    ],
)
def test_what_is_near_is_shown_as_near(tmp_path: Path, text: str, question: str) -> None:
    """A question whose subject occurs but not the thing asked gets the nearest, and no answer."""
    with assistant(tmp_path, {"one.txt": text}, OnnxReader()) as made:
        answer = made.ask(question)
    assert (answer.outcome, answer.statements) == ("not_found", ())
    assert answer.nearest
