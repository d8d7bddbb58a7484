"""Nouns to JSON and back, in one place, with the version of each object.

``answer_dict`` is what ``qa ask --json`` prints and ``Answer.to_dict`` gives; keys may be added
under the same version, none is removed or changes its meaning without a new one.  ``SCHEMAS``
are JSON Schemas of the objects, written to docs/schema.json; docs/json.md explains them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, cast, get_args

from qa.data import (
    Answer,
    Citation,
    Dated,
    Hit,
    LeftOut,
    Note,
    OutcomeKind,
    Source,
    Statement,
    Trace,
    Usage,
)

ANSWER = "qa.answer/2"
"""Version of the object that ``answer_dict`` gives."""
CONVERSATION = "qa.conversation/2"
"""Version of the object that ``conversation_dict`` gives; 1 is read too."""
_OUTCOMES = ("full", "part", "contradicts", "silent")


# Nouns to JSON ---------------------------------------------------------------------------


def answer_dict(answer: Answer) -> dict[str, Any]:
    """The answer as ``qa ask --json`` prints it."""
    return {
        "schema": ANSWER,
        "question": answer.question,
        "answered_question": answer.answered_question,
        "outcome": answer.outcome,
        "answered": answer.answered,
        "reason": answer.reason,
        "text": answer.text,
        "statements": [statement_dict(one) for one in answer.statements],
        "nearest": [_citation_dict(one) for one in answer.nearest],
        "hits": hit_dicts(answer.hits),
        "engine": answer.engine,
        "as_of": _day(answer.as_of),
        "times": [_dated_dict(one) for one in answer.times],
        "confidence": answer.confidence,
        "threshold": answer.threshold,
        "prompt_hash": answer.prompt_hash,
        "usage": asdict(answer.usage) if answer.usage else None,
        "notes": [{"kind": note.kind, "values": dict(note.values)} for note in answer.notes],
        "left_out": [asdict(gone) for gone in answer.left_out],
        "seconds": dict(answer.seconds),
    }


def statement_dict(statement: Statement) -> dict[str, Any]:
    """A statement as it stands in an answer."""
    emphasis = None
    if statement.emphasis is not None:
        start, end = statement.emphasis
        emphasis = {"start": start, "end": end, "text": statement.text[start:end]}
    return {
        "text": statement.text,
        "citations": [_citation_dict(one) for one in statement.citations],
        "support": statement.support,
        "emphasis": emphasis,
    }


def _citation_dict(citation: Citation) -> dict[str, Any]:
    return {
        "marker": citation.marker,
        "document_id": citation.document_id,
        "path": citation.path,
        "title": citation.title,
        "published": _day(citation.published),
        "page": citation.page,
        "line": citation.line,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "written": [day.isoformat() for day in citation.written] if citation.written else None,
        "dates": [_dated_dict(one) for one in citation.dates],
        "also": list(citation.also),
    }


def _dated_dict(one: Dated) -> dict[str, Any]:
    days = {"start": one.start.isoformat(), "end": one.end.isoformat()}
    return {"text": one.text, **days, "basis": one.basis, "relative": one.relative}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def hit_dicts(hits: Sequence[Hit]) -> list[dict[str, Any]]:
    """Hits as ``qa search --json`` prints them."""
    return [
        {
            "path": hit.path,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "text": hit.text,
            "rank": hit.rank,
            "score": hit.score,
            "retrievers": {
                said.retriever: {"rank": said.rank, "score": said.score, "part": said.part}
                for said in hit.ranked
            },
            "copies": list(hit.copies),
        }
        for hit in hits
    ]


def trace_dict(trace: Trace) -> dict[str, Any]:
    """A trace as ``qa search --explain --json`` prints it, beside the hits."""
    return {
        "lookups": list(trace.lookups),
        "answered_from": trace.answered_from,
        "perhaps_from": trace.perhaps_from,
        "read": [
            {
                "question": reading.question,
                "confidence": reading.confidence,
                "windows": [
                    {
                        "path": window.hit.path,
                        "start": window.hit.passage.start,
                        "end": window.hit.passage.end,
                        "context": window.context,
                        "outcome": dict(zip(_OUTCOMES, outcome, strict=True)),
                    }
                    for window, outcome in zip(reading.windows, reading.outcomes, strict=True)
                ],
                "units": [
                    {
                        "chance": one.chance,
                        "window": one.window,
                        "path": one.hit.path,
                        "start": one.unit.sentence.start,
                        "end": one.unit.sentence.end,
                        "text": one.unit.text,
                    }
                    for one in reading.weighed
                ],
            }
            for reading in trace.readings
        ],
    }


def source_dict(source: Source) -> dict[str, Any]:
    """A source as ``qa sources --json`` prints it."""
    return {
        "path": source.path,
        "state": source.state,
        "reason": source.reason,
        "title": source.title,
        "author": source.author,
        "published": _day(source.published),
        "written": [day.isoformat() for day in source.written] if source.written else None,
        "date_basis": source.date_basis,
        "file_day": _day(source.file_day),
        "passages": source.passages,
        "characters": source.characters,
    }


def conversation_dict(answers: Sequence[Answer]) -> dict[str, Any]:
    """A conversation as ``/save FILE.json`` writes it: the answers without their hits."""
    told = [answer_dict(one) for one in answers]
    for one in told:
        del one["hits"]
    return {"schema": CONVERSATION, "answers": told}


# JSON to nouns ---------------------------------------------------------------------------


def conversation_of(found: Any) -> tuple[Answer, ...]:
    """The answers that ``conversation_dict`` gave, without hits and traces.

    Raises ValueError, TypeError, KeyError or AttributeError for anything else.
    """
    if found["schema"] not in (CONVERSATION, "qa.conversation/1"):
        raise ValueError(f"its schema is {found['schema']!r}")
    return tuple(_answer(one) for one in found["answers"])


def _answer(found: Mapping[str, Any]) -> Answer:
    reason, usage = found["reason"], found["usage"]
    confidence, threshold = found["confidence"], found.get("threshold")
    return Answer(
        question=_text(found["question"]),
        answered_question=_text(found["answered_question"]),
        statements=tuple(_statement(one) for one in found["statements"]),
        reason=None if reason is None else _text(reason),
        outcome=_outcome(found),
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


def _outcome(found: Mapping[str, Any]) -> OutcomeKind:
    outcome = found.get("outcome", "answered" if found["reason"] is None else "not_found")
    if outcome not in get_args(OutcomeKind):
        raise ValueError(f"its outcome is {outcome!r}")
    return cast("OutcomeKind", outcome)


def _note(found: Any) -> Note:
    if isinstance(found, str):  # a conversation kept before notes had kinds
        return Note.of("text", text=found)
    values = tuple((_text(name), _text(value)) for name, value in found["values"].items())
    return Note(_text(found["kind"]), values)


def _statement(found: Mapping[str, Any]) -> Statement:
    emphasis = found["emphasis"]
    return Statement(
        text=_text(found["text"]),
        citations=tuple(_citation(one) for one in found["citations"]),
        support=float(found["support"]),
        emphasis=None if emphasis is None else (int(emphasis["start"]), int(emphasis["end"])),
    )


def _citation(found: Mapping[str, Any]) -> Citation:
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


def _dated(found: Mapping[str, Any]) -> Dated:
    start, end = date.fromisoformat(found["start"]), date.fromisoformat(found["end"])
    return Dated(_text(found["text"]), start, end, _text(found["basis"]), bool(found["relative"]))


def _days(found: Sequence[str] | None) -> tuple[date, date] | None:
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


# JSON Schema -----------------------------------------------------------------------------

_TEXT, _COUNT, _REAL = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "number"}
_PLACE, _YES = {"type": "integer", "minimum": 1}, {"type": "boolean"}
_DATE = {"type": "string", "format": "date"}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}


def _or_null(one: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [one, {"type": "null"}]}


def _list(one: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": one}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    """An object with these keys, all of them; more may come under the same version."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def _map(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": of}


_DATED = _object(text=_TEXT, start=_DATE, end=_DATE, basis=_TEXT, relative=_YES)
_CITATION = _object(
    marker=_PLACE,
    document_id=_TEXT,
    path=_TEXT,
    title=_or_null(_TEXT),
    published=_or_null(_DATE),
    page=_or_null(_PLACE),
    line=_PLACE,
    start=_COUNT,
    end=_COUNT,
    quote=_TEXT,
    written=_or_null(_list(_DATE) | {"minItems": 2, "maxItems": 2}),
    dates=_list(_DATED),
    also=_list(_TEXT),
)
_STATEMENT = _object(
    text=_TEXT,
    citations=_list(_CITATION),
    support=_SHARE,
    emphasis=_or_null(_object(start=_COUNT, end=_COUNT, text=_TEXT)),
)
_HIT = _object(
    path=_TEXT,
    start=_COUNT,
    end=_COUNT,
    text=_TEXT,
    rank=_PLACE,
    score=_REAL,
    retrievers=_map(_object(rank=_PLACE, score=_REAL, part=_REAL)),
    copies=_list(_TEXT),
)
_USAGE = _object(
    prompt_tokens=_or_null(_COUNT),
    completion_tokens=_or_null(_COUNT),
    cached_tokens=_or_null(_COUNT),
    cost=_or_null(_REAL),
    seconds_to_first=_or_null(_REAL),
)
_ANSWER = _object(
    schema={"const": ANSWER},
    question=_TEXT,
    answered_question=_TEXT,
    outcome={"enum": list(get_args(OutcomeKind))},
    answered=_YES,
    reason=_or_null(_TEXT),
    text=_TEXT,
    statements=_list(_STATEMENT),
    nearest=_list(_CITATION),
    hits=_list(_HIT),
    engine=_TEXT,
    as_of=_or_null(_DATE),
    times=_list(_DATED),
    confidence=_or_null(_SHARE),
    threshold=_or_null(_SHARE),
    prompt_hash=_or_null(_TEXT),
    usage=_or_null(_USAGE),
    notes=_list(_object(kind=_TEXT, values=_map(_TEXT))),
    left_out=_list(_object(text=_TEXT, reason=_TEXT, fate={"enum": ["dropped", "repaired"]})),
    seconds=_map(_REAL),
)
_READING = _object(
    question=_TEXT,
    confidence=_SHARE,
    windows=_list(
        _object(
            path=_TEXT,
            start=_COUNT,
            end=_COUNT,
            context=_TEXT,
            outcome=_object(**dict.fromkeys(_OUTCOMES, _SHARE)),
        )
    ),
    units=_list(
        _object(chance=_SHARE, window=_COUNT, path=_TEXT, start=_COUNT, end=_COUNT, text=_TEXT)
    ),
)
SCHEMAS: dict[str, dict[str, Any]] = {
    "answer": _ANSWER,
    "hits": _list(_HIT),
    "explained": _object(
        hits=_list(_HIT),
        lookups=_list(_TEXT),
        answered_from=_SHARE,
        perhaps_from=_SHARE,
        read=_list(_READING),
    ),
    "sources": _list(
        _object(
            path=_TEXT,
            state={"enum": ["ready", "skipped"]},
            reason=_or_null(_TEXT),
            title=_or_null(_TEXT),
            author=_or_null(_TEXT),
            published=_or_null(_DATE),
            written=_or_null(_list(_DATE)),
            date_basis=_or_null(_TEXT),
            file_day=_or_null(_DATE),
            passages=_COUNT,
            characters=_COUNT,
        )
    ),
}
"""What ``ask``, ``search``, ``search --explain`` and ``sources`` print with ``--json``."""
