"""A conversation as a file: JSON that can be resumed, and back."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from qa.data import Answer
from qa.errors import UsageError
from qa.fronts.lines import to_json
from qa.schema import conversation_dict, conversation_of
from qa.wording import told

_KEPT = 50  # conversations of one library that can be resumed


def to_text(answers: Sequence[Answer]) -> str:
    """The conversation as JSON: each answer as ``qa ask --json`` gives it, without its hits.

    A citation's ``document_id`` tells whether the file has changed since.
    """
    return to_json(conversation_dict(answers)) + "\n"


def from_text(text: str, name: str) -> tuple[Answer, ...]:
    """The answers that ``to_text`` wrote, without hits.

    Raises UsageError, naming ``name``, for anything else.
    """
    try:
        answers = conversation_of(json.loads(text))
        for note in (note for answer in answers for note in answer.notes):
            told(note)  # no words for its kind, or none for its values: KeyError
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise UsageError(
            f"{name!r} is no conversation that /save FILE.json wrote ({error})"
        ) from error
    return answers


def keep(answers: Sequence[Answer], folder: Path, name: str) -> None:
    """Keep the conversation for /resume, the oldest making room; readable for its owner alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{name}.json"
    fresh = folder / f"{name}.new"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(to_text(answers))
    fresh.replace(target)
    for old in kept(folder)[_KEPT:]:
        old.unlink(missing_ok=True)


def kept(folder: Path) -> list[Path]:
    """The conversations kept in ``folder``, the newest first; their names begin with the time."""
    return sorted(folder.glob("*.json"), reverse=True)
