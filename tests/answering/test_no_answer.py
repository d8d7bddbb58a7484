"""Sentences that are near a question and do not answer it are not shown as answers."""

from pathlib import Path

from qa.assistant import Assistant

OUTAGE = """Subject: Postmortem: outage of 18 February 2026

On 18 February 2026 uploads failed for three hours.
The certificate was renewed by Tomas Reyes.
"""
LEASE = """The Landlord insures the building.
The Tenant insures her own belongings, and pays 1,450 euros.
The Landlord heats the stairs.
"""


def answered(folder: Path, library: Path, text: str, question: str) -> list[str]:
    """The statements of an answer from one document."""
    folder.mkdir()
    (folder / "one.txt").write_text(text)
    with Assistant(folder, library, engine="extractive") as assistant:
        assistant.sync()
        return [one.text for one in assistant.ask(question).statements]


def test_the_subject_of_a_mail(tmp_path: Path) -> None:
    """The line that says what a mail is about is no cause of it."""
    said = answered(tmp_path / "d", tmp_path / "l", OUTAGE, "What caused the outage?")
    assert [one for one in said if one.startswith("Subject")] == []


def test_the_one_word_asked_for(tmp_path: Path) -> None:
    """Who asks for the tenant is shown no sentence of the landlord alone."""
    said = answered(tmp_path / "d", tmp_path / "l", LEASE, "Who is the tenant?")
    assert [one for one in said if "Tenant" not in one] == []
