"""Nouns to JSON and back, in one place, with the version of each object.

``answer_dict`` is what ``qa ask --json`` prints and ``Answer.to_dict`` gives; keys may be added
under the same version, none is removed or changes its meaning without a new one.  ``SCHEMAS``
are JSON Schemas of the objects, written to docs/schema.json; docs/json.md explains them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, cast, get_args

from qa.data import (
    Answer,
    Checked,
    CheckedKind,
    Citation,
    CitedDocument,
    Dated,
    Hit,
    LeftOut,
    Note,
    OutcomeKind,
    Proof,
    Quotation,
    Source,
    Statement,
    Trace,
    Usage,
    Verdict,
)

ANSWER = "qa.answer/2"
"""Version of the object that ``answer_dict`` gives."""
CONVERSATION = "qa.conversation/2"
"""Version of the object that ``conversation_dict`` gives; 1 is read too."""
PROOF = "qa.proof/1"
"""Version of the object that ``proof_dict`` gives."""
VERDICT = "qa.verdict/1"
"""Version of the object that ``verdict_dict`` gives."""
CONFLICTS = frozenset({"disagree", "elsewhere"})
"""Kinds of notes that tell of documents which say different things."""
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
        "entry": _day(citation.entry),
    }


def _dated_dict(one: Dated) -> dict[str, Any]:
    days = {"start": one.start.isoformat(), "end": one.end.isoformat()}
    other = [day.isoformat() for day in one.other] if one.other else None
    told = {"basis": one.basis, "relative": one.relative, "other": other}
    return {"text": one.text, **days, **told}


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


def proof_dict(proof: Proof) -> dict[str, Any]:
    """A proof as its file holds it, but for the digest."""
    answer = proof.answer
    told = [
        {"kind": note.kind, "values": dict(note.values), "text": text}
        for note, text in zip(answer.notes, proof.remarks, strict=True)
    ]
    shown = [_quotation_dict(one) for one in proof.quotations]
    return {
        "schema": PROOF,
        "made": proof.made.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "question": answer.question,
        "answered_question": answer.answered_question,
        "conversation": [{"question": asked, "text": text} for asked, text in proof.conversation],
        "outcome": answer.outcome,
        "reason": answer.reason,
        "statements": [
            statement_dict(one) | {"citations": [cited.marker for cited in one.citations]}
            for one in answer.statements
        ],
        "citations": shown if answer.answered else [],
        "nearest": [] if answer.answered else shown,
        "documents": [_cited_document_dict(one) for one in proof.documents],
        "conflicts": [one for one in told if one["kind"] in CONFLICTS],
        "notes": [one for one in told if one["kind"] not in CONFLICTS],
        "as_of": _day(answer.as_of),
        "times": [_dated_dict(one) for one in answer.times],
        "searched": {"lookups": list(proof.lookups), "documents": proof.searched},
        "made_by": {
            "qa": proof.version,
            "engine": answer.engine,
            "prompt_hash": answer.prompt_hash,
            "reader": proof.reader,
            "embedding": proof.embedding,
            "confidence": answer.confidence,
            "threshold": answer.threshold,
            "settings": dict(proof.settings),
        },
    }


def _quotation_dict(one: Quotation) -> dict[str, Any]:
    around = {"heading": one.heading, "before": one.before, "after": one.after}
    return _citation_dict(one.citation) | around


def _cited_document_dict(one: CitedDocument) -> dict[str, Any]:
    """A document as in-toto describes a resource, by name and digest, and what was read of it."""
    return {
        "name": one.path,
        "digest": {"sha256": one.sha256},
        "size": one.size,
        "copies": list(one.copies),
        "title": one.title,
        "published": _day(one.published),
        "written": [day.isoformat() for day in one.written] if one.written else None,
        "date_basis": one.date_basis,
        "text": {"sha256": one.text_sha256, "characters": one.characters},
        "read_by": {"format": one.format, "qa": one.version},
    }


def verdict_dict(verdict: Verdict, name: str) -> dict[str, Any]:
    """What ``qa verify --json`` prints of the proof in the file ``name``."""
    signed, proof = verdict.signed, verdict.proof
    return {
        "schema": VERDICT,
        "proof": name,
        "holds": verdict.holds,
        "error": None,
        "digest": verdict.digest,
        "signed": asdict(signed) if signed else None,
        "made": proof_dict(proof)["made"],
        "question": proof.answer.question,
        "outcome": proof.answer.outcome,
        "statements": [
            {"text": one.statement.text, "holds": one.holds, "missing": list(one.missing)}
            for one in verdict.statements
        ],
        "citations": [_checked_dict(one) for one in verdict.quotations],
    }


def broken_dict(error: str, name: str) -> dict[str, Any]:
    """What ``qa verify --json`` prints of a file that is broken or is no proof."""
    return {"schema": VERDICT, "proof": name, "holds": False, "error": error}


def _checked_dict(one: Checked) -> dict[str, Any]:
    citation = one.quotation.citation
    return {
        "marker": citation.marker,
        "kind": one.kind,
        "holds": one.holds,
        "was": {"path": citation.path, "line": citation.line, "text": citation.quote},
        "now": {"path": one.path, "line": one.line, "text": one.now},
        "remarks": list(one.remarks),
    }


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


def proof_of(found: Any) -> Proof:
    """The proof that ``proof_dict`` gave.

    Raises ValueError, TypeError, KeyError or AttributeError for anything else.
    """
    if found["schema"] != PROOF:
        raise ValueError(f"its schema is {found['schema']!r}, and {PROOF!r} is read here")
    answered = found["outcome"] != "not_found"
    shown = tuple(_quotation(one) for one in found["citations" if answered else "nearest"])
    cited = {one.citation.marker: one.citation for one in shown}
    made_by, notes = found["made_by"], [*found["conflicts"], *found["notes"]]
    answer = Answer(
        question=_text(found["question"]),
        answered_question=_text(found["answered_question"]),
        statements=tuple(
            _statement(one, tuple(cited[int(n)] for n in one["citations"]))
            for one in found["statements"]
        ),
        reason=None if found["reason"] is None else _text(found["reason"]),
        outcome=_outcome(found),
        nearest=() if answered else tuple(cited.values()),
        hits=(),
        engine=_text(made_by["engine"]),
        prompt_hash=None if made_by["prompt_hash"] is None else _text(made_by["prompt_hash"]),
        notes=tuple(_note(one) for one in notes),
        confidence=_number(made_by["confidence"]),
        threshold=_number(made_by["threshold"]),
        as_of=_day_of(found["as_of"]),
        times=tuple(_dated(one) for one in found["times"]),
    )
    return Proof(
        made=datetime.fromisoformat(found["made"]),
        answer=answer,
        remarks=tuple(_text(one["text"]) for one in notes),
        conversation=tuple(
            (_text(one["question"]), _text(one["text"])) for one in found["conversation"]
        ),
        quotations=shown,
        documents=tuple(_cited_document(one) for one in found["documents"]),
        lookups=tuple(_text(one) for one in found["searched"]["lookups"]),
        searched=int(found["searched"]["documents"]),
        version=_text(made_by["qa"]),
        reader=_text(made_by["reader"]),
        embedding=_text(made_by["embedding"]),
        settings=tuple((_text(name), value) for name, value in made_by["settings"].items()),
    )


def _quotation(found: Mapping[str, Any]) -> Quotation:
    heading = found["heading"]
    return Quotation(
        _citation(found),
        None if heading is None else _text(heading),
        _text(found["before"]),
        _text(found["after"]),
    )


def _cited_document(found: Mapping[str, Any]) -> CitedDocument:
    title, basis = found["title"], found["date_basis"]
    return CitedDocument(
        path=_text(found["name"]),
        copies=tuple(_text(one) for one in found["copies"]),
        title=None if title is None else _text(title),
        sha256=_text(found["digest"]["sha256"]),
        size=int(found["size"]),
        text_sha256=_text(found["text"]["sha256"]),
        characters=int(found["text"]["characters"]),
        format=_text(found["read_by"]["format"]),
        version=_text(found["read_by"]["qa"]),
        published=_day_of(found["published"]),
        written=_days(found["written"]),
        date_basis=None if basis is None else _text(basis),
    )


def _day_of(found: str | None) -> date | None:
    return None if found is None else date.fromisoformat(found)


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


def _statement(
    found: Mapping[str, Any], citations: tuple[Citation, ...] | None = None
) -> Statement:
    """A statement, its citations in it or given."""
    emphasis = found["emphasis"]
    if citations is None:
        citations = tuple(_citation(one) for one in found["citations"])
    return Statement(
        text=_text(found["text"]),
        citations=citations,
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
        entry=date.fromisoformat(found["entry"]) if found.get("entry") else None,
    )


def _dated(found: Mapping[str, Any]) -> Dated:
    start, end = date.fromisoformat(found["start"]), date.fromisoformat(found["end"])
    basis, relative = _text(found["basis"]), bool(found["relative"])
    return Dated(_text(found["text"]), start, end, basis, relative, _days(found.get("other")))


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


_DATED = _object(
    text=_TEXT,
    start=_DATE,
    end=_DATE,
    basis=_TEXT,
    relative=_YES,
    other=_or_null(_list(_DATE) | {"minItems": 2, "maxItems": 2}),
)
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
    entry=_or_null(_DATE),
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
_NOTE = {"kind": _TEXT, "values": _map(_TEXT), "text": _TEXT}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_QUOTED = _object(**_CITATION["properties"], heading=_or_null(_TEXT), before=_TEXT, after=_TEXT)
_PROOF = _object(
    schema={"const": PROOF},
    made={"type": "string", "format": "date-time"},
    question=_TEXT,
    answered_question=_TEXT,
    conversation=_list(_object(question=_TEXT, text=_TEXT)),
    outcome={"enum": list(get_args(OutcomeKind))},
    reason=_or_null(_TEXT),
    statements=_list(_object(**_STATEMENT["properties"] | {"citations": _list(_PLACE)})),
    citations=_list(_QUOTED),
    nearest=_list(_QUOTED),
    documents=_list(
        _object(
            name=_TEXT,
            digest=_object(sha256=_SHA256),
            size=_COUNT,
            copies=_list(_TEXT),
            title=_or_null(_TEXT),
            published=_or_null(_DATE),
            written=_or_null(_list(_DATE) | {"minItems": 2, "maxItems": 2}),
            date_basis=_or_null(_TEXT),
            text=_object(sha256=_SHA256, characters=_COUNT),
            read_by=_object(format=_TEXT, qa=_TEXT),
        )
    ),
    conflicts=_list(_object(**_NOTE)),
    notes=_list(_object(**_NOTE)),
    as_of=_or_null(_DATE),
    times=_list(_DATED),
    searched=_object(lookups=_list(_TEXT), documents=_COUNT),
    made_by=_object(
        qa=_TEXT,
        engine=_TEXT,
        prompt_hash=_or_null(_TEXT),
        reader=_TEXT,
        embedding=_TEXT,
        confidence=_or_null(_SHARE),
        threshold=_or_null(_SHARE),
        settings={"type": "object"},
    ),
    digest={"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
)
_BROKEN = _object(schema={"const": VERDICT}, proof=_TEXT, holds={"const": False}, error=_TEXT)
_VERDICT = _object(
    schema={"const": VERDICT},
    proof=_TEXT,
    holds=_YES,
    error={"type": "null"},
    digest=_TEXT,
    signed=_or_null(_object(key=_TEXT, by=_or_null(_TEXT))),
    made={"type": "string", "format": "date-time"},
    question=_TEXT,
    outcome={"enum": list(get_args(OutcomeKind))},
    statements=_list(_object(text=_TEXT, holds=_YES, missing=_list(_TEXT))),
    citations=_list(
        _object(
            marker=_PLACE,
            kind={"enum": list(get_args(CheckedKind))},
            holds=_YES,
            was=_object(path=_TEXT, line=_PLACE, text=_TEXT),
            now=_object(path=_or_null(_TEXT), line=_or_null(_PLACE), text=_or_null(_TEXT)),
            remarks=_list(_TEXT),
        )
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
    "proof": _PROOF,
    "verdict": {"anyOf": [_VERDICT, _BROKEN]},
}
"""What ``ask``, ``search``, ``search --explain``, ``sources`` and ``verify`` print with ``--json``,
and what ``ask --proof`` writes."""
