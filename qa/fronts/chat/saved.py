"""A conversation as a file: JSON that can be resumed, and back."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from qa.data import Answer, Citation, Dated, LeftOut, Note, OutcomeKind, Statement, Usage
from qa.errors import UsageError
from qa.fronts.lines import to_json

SCHEMA = "qa.conversation/1"
_KEPT = 50  # conversations of one library that can be resumed


def to_text(answers: Sequence[Answer]) -> str:
    """The conversation as JSON: each answer as ``qa ask --json`` gives it, without its hits.

    Citations have a ``document_id`` besides, which tells whether the file has changed since.
    """
    return to_json({"schema": SCHEMA, "answers": [_answer_dict(one) for one in answers]}) + "\n"


def from_text(text: str, name: str) -> tuple[Answer, ...]:
    """The answers that ``to_text`` wrote, without hits.

    Raises UsageError, naming ``name``, for anything else.
    """
    try:
        conversation = json.loads(text)
        if conversation["schema"] != SCHEMA:
            raise ValueError(f"its schema is {conversation['schema']!r}")
        return tuple(_answer(one) for one in conversation["answers"])
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


def _answer_dict(answer: Answer) -> dict[str, Any]:
    found = replace(answer, hits=()).to_dict()
    del found["hits"]
    for shown, statement in zip(found["statements"], answer.statements, strict=True):
        shown["citations"] = [_citation_dict(one) for one in statement.citations]
    found["nearest"] = [_citation_dict(one) for one in answer.nearest]
    return found


def _citation_dict(citation: Citation) -> dict[str, Any]:
    return citation.to_dict() | {"document_id": citation.document_id}


def _answer(found: dict[str, Any]) -> Answer:
    reason, usage = found["reason"], found["usage"]
    confidence, threshold = found["confidence"], found.get("threshold")
    return Answer(
        question=_text(found["question"]),
        answered_question=_text(found["answered_question"]),
        statements=tuple(_statement(one) for one in found["statements"]),
        reason=None if reason is None else _text(reason),
        outcome=_outcome(found, reason),
        nearest=tuple(_citation(one) for one in found["nearest"]),
        hits=(),
        engine=_text(found["engine"]),
        prompt_hash=found["prompt_hash"],
        usage=None if usage is None else Usage(**{k: _number(v) for k, v in usage.items()}),
        seconds=tuple((_text(name), float(s)) for name, s in found["seconds"].items()),
        notes=tuple(_note(one) for one in found["notes"]),
        left_out=tuple(
            LeftOut(_text(one["text"]), _text(one["reason"]), one["fate"])
            for one in found["left_out"]
        ),
        confidence=None if confidence is None else float(confidence),
        times=tuple(_dated(one) for one in found.get("times", ())),
        as_of=date.fromisoformat(found["as_of"]) if found.get("as_of") else None,
        threshold=None if threshold is None else float(threshold),
    )


def _outcome(found: dict[str, Any], reason: object) -> OutcomeKind:
    outcome = found.get("outcome", "answered" if reason is None else "not_found")
    if outcome not in get_args(OutcomeKind):
        raise ValueError(f"its outcome is {outcome!r}")
    return cast("OutcomeKind", outcome)


def _note(found: Any) -> Note:
    if isinstance(found, str):  # a conversation kept before notes had kinds
        return Note.of("text", text=_text(found))
    values = tuple((_text(name), _text(value)) for name, value in found["values"].items())
    return Note(_text(found["kind"]), values)


def _statement(found: dict[str, Any]) -> Statement:
    emphasis = found["emphasis"]
    return Statement(
        text=_text(found["text"]),
        citations=tuple(_citation(one) for one in found["citations"]),
        support=float(found["support"]),
        emphasis=None if emphasis is None else (int(emphasis["start"]), int(emphasis["end"])),
    )


def _citation(found: dict[str, Any]) -> Citation:
    title, published, page = found["title"], found["published"], found["page"]
    return Citation(
        marker=int(found["marker"]),
        document_id=_text(found["document_id"]),
        path=_text(found["path"]),
        title=None if title is None else _text(title),
        published=None if published is None else date.fromisoformat(published),
        page=None if page is None else int(page),
        line=int(found["line"]),
        start=int(found["start"]),
        end=int(found["end"]),
        quote=_text(found["quote"]),
        written=_days(found.get("written")),
        dates=tuple(_dated(one) for one in found.get("dates", ())),
        also=tuple(_text(one) for one in found.get("also", ())),
    )


def _dated(found: dict[str, Any]) -> Dated:
    start, end = date.fromisoformat(found["start"]), date.fromisoformat(found["end"])
    return Dated(_text(found["text"]), start, end, _text(found["basis"]), bool(found["relative"]))


def _days(found: list[str] | None) -> tuple[date, date] | None:
    if found is None:
        return None
    first, last = found
    return date.fromisoformat(first), date.fromisoformat(last)


def _number(value: Any) -> Any:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise TypeError(f"{value!r} stands where a number is expected")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} stands where text is expected")
    return value
