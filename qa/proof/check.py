"""A Proof held against documents as they are now: to a Verdict, with no model.

A citation holds where its document, found by its hash, says the same letters at the same place;
where the document has changed, the sentence is looked for in what it says now.  A statement holds
where all that it cites does, and has its figures, dates and names.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from qa.checking.derived import restated
from qa.checking.missing import Cited, definitions, missing_figures, missing_names
from qa.data import (
    Checked,
    CheckedKind,
    CheckedStatement,
    CitedDocument,
    Document,
    Proof,
    Quotation,
    Sentence,
    Signed,
    Statement,
    Verdict,
)
from qa.ingest.split import tidy
from qa.library import days
from qa.positions import line_of, page_of
from qa.proof.found import Evidence, Find
from qa.proof.make import NEAR, text_digest
from qa.text.plain import one_line
from qa.text.sentences import sentences
from qa.text.words import words
from qa.times.quoted import GIVEN, counted, dates_of, meaning, written_text

ALIKE = 0.6
"""How much of two sentences' words is the same (``difflib``'s own cutoff) where one is the
other, changed."""
BESIDE = 0.2
"""What each sentence next to it that is still the same adds to that."""


class _Place(NamedTuple):
    """Where a quotation stands now: a document, dated as it was cited, and a stretch of it."""

    document: Document
    sentence: Sentence


def check(
    proof: Proof,
    digest: str,
    signed: Signed | None,
    evidence: Callable[[Sequence[CitedDocument]], Find],
) -> Verdict:
    """What there is to say of ``proof``, whose file has this ``digest``.

    ``evidence`` finds its documents (``Folder.evidence``).
    """
    find = evidence(proof.documents)
    documents = {one.path: one for one in proof.documents}
    checked: list[Checked] = []
    places: dict[int, tuple[Quotation, _Place]] = {}
    for one in proof.quotations:
        path = one.citation.path
        result, place = _checked(one, documents[path], find(path))
        checked.append(result)
        if place is not None:
            places[one.citation.marker] = (one, place)
    statements = tuple(
        _statement(one, places, proof.answer.answered_question) for one in proof.answer.statements
    )
    return Verdict(proof, digest, signed, statements, tuple(checked))


def _checked(
    quotation: Quotation, cited: CitedDocument, evidence: Evidence
) -> tuple[Checked, _Place | None]:
    """What became of a quotation, and where it stands where it holds."""
    path = evidence.place.path if evidence.place else None
    if evidence.document is None:
        remark = f"{path or cited.path} {evidence.reason}"
        return Checked(quotation, "missing", path, None, remarks=(remark,)), None
    document = _dated(evidence.document, cited)
    remarks = [] if path == cited.path else [f"{cited.path} is {path} now"]
    if text_digest(document.text) == cited.text_sha256:
        if not evidence.is_same:
            remarks.append("the file has changed, its text has not")
        place = _Place(document, Sentence(quotation.citation.start, quotation.citation.end))
        wrong = _wrong(quotation, place, evidence.is_same)
        if wrong:
            line = line_of(document.text, min(place.sentence.start, len(document.text)))
            return Checked(quotation, "false", path, line, remarks=(*remarks, *wrong)), None
        kind: CheckedKind = "holds"
    else:
        remarks.append(
            f"the same bytes are read as another text now than by qa {cited.version}"
            if evidence.is_same
            else "the document has changed"
        )
        sentence = _again(quotation, document.text)
        if sentence is None:
            return _changed(quotation, document.text, path, remarks), None
        place, kind = _Place(document, sentence), "stands"
        remarks += _moved(quotation, place)
    other, said = _redated(quotation, place, evidence.is_same)
    if cited.date_basis == GIVEN:
        said.append(f"its date, {cited.published}, is one that the asker set: taken as given")
    line = line_of(document.text, place.sentence.start)
    if other:
        return Checked(quotation, "redated", path, line, remarks=(*remarks, *other)), None
    return Checked(quotation, kind, path, line, remarks=(*remarks, *said)), place


def _dated(document: Document, cited: CitedDocument) -> Document:
    """``document`` with the date that the library gave it; one that a user set is as it was."""
    if cited.date_basis == GIVEN:
        return replace(
            document, published=cited.published, written=None, date_basis=cited.date_basis
        )
    return days.dated(document, None, (cited.path, *cited.copies))


def _wrong(quotation: Quotation, place: _Place, is_same: bool) -> list[str]:
    """What the proof says of a document that is what it was, and is not so."""
    citation, (document, sentence) = quotation.citation, place
    text = document.text
    there = text[sentence.start : sentence.end]
    if there != citation.quote:
        return [f"the document never said that there; it says “{one_line(there)}”"]
    wrong = []
    line, page = line_of(text, sentence.start), page_of(document, sentence.start)
    if line != citation.line:
        wrong.append(f"it stands in line {line}, not {citation.line}")
    if page != citation.page:
        wrong.append(f"it stands on page {page}, not {citation.page}")
    if not _is_near(text, sentence, quotation):
        wrong.append("what the proof shows around it does not stand there")
    if quotation.heading is not None and not _is_above(text, quotation.heading):
        wrong.append(f"the document has no heading “{one_line(quotation.heading)}”")
    if is_same and document.title != citation.title:
        wrong.append(f"the document's title is {document.title!r}, not {citation.title!r}")
    return wrong


def _is_near(text: str, sentence: Sentence, quotation: Quotation) -> bool:
    """Whether the sentences next to a quotation stand where they stood."""
    start, end = sentence.start, sentence.end
    before = text[max(0, start - NEAR - len(quotation.before)) : start]
    after = text[end : end + NEAR + len(quotation.after)]
    return quotation.before in before and quotation.after in after


def _is_above(text: str, heading: str) -> bool:
    """Whether a document has all headings of a path."""
    return all(one in _tidied(text) for one in heading.split(" > "))


@lru_cache(maxsize=8)
def _tidied(text: str) -> str:
    return tidy(text)


class _Sentence(NamedTuple):
    """A sentence of a document that has changed, on one line, and its words."""

    place: Sentence
    line: str
    words: tuple[str, ...]


@lru_cache(maxsize=8)
def _sentences(text: str) -> tuple[_Sentence, ...]:
    return tuple(
        _Sentence(one, _flat(text[one.start : one.end]), _words(text[one.start : one.end]))
        for one in sentences(text)
    )


@lru_cache(maxsize=8)
def _bounds(text: str) -> tuple[frozenset[int], frozenset[int]]:
    places = [one.place for one in _sentences(text)]
    return frozenset(one.start for one in places), frozenset(one.end for one in places)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.text.casefold() for word in words(text))


def _again(quotation: Quotation, text: str) -> Sentence | None:
    """Where a changed document says the very words, as whole sentences; lines may break otherwise.

    Of several places the one with the same sentences around it, then the nearest.
    """
    citation = quotation.citation
    starts, ends = _bounds(text)
    pattern = r"\s+".join(map(re.escape, citation.quote.split()))
    found = [
        Sentence(*match.span())
        for match in re.finditer(pattern, text)
        if match.start() in starts and match.end() in ends
    ]
    return min(
        found,
        key=lambda one: (not _is_near(text, one, quotation), abs(one.start - citation.start)),
        default=None,
    )


def _changed(quotation: Quotation, text: str, path: str | None, remarks: Sequence[str]) -> Checked:
    """What stands in a changed document in the place of a sentence that is not there any more.

    What stands between the same two sentences, or at the same end of the text; else the
    sentence with the most of its words, a neighbour of it that is the same counting for some.
    """
    own = _words(quotation.citation.quote)
    every = _sentences(text)
    lines = ["", *(one.line for one in every), ""]
    before, after = _flat(quotation.before), _flat(quotation.after)
    best, most = None, 0.0
    for place, one in enumerate(every):
        beside = (lines[place] == before) + (lines[place + 2] == after)
        shared = (Counter(own) & Counter(one.words)).total()
        alike = 2 * shared / (len(own) + len(one.words) or 1)  # its order left out: no less
        if alike + BESIDE * beside >= ALIKE:
            alike = SequenceMatcher(None, own, one.words, autojunk=False).ratio()
        score = alike + BESIDE * beside
        if (beside == 2 or score >= ALIKE) and score > most:
            best, most = one, score
    if best is None:
        return Checked(quotation, "gone", path, None, remarks=tuple(remarks))
    start, end = best.place.start, best.place.end
    return Checked(
        *(quotation, "changed", path, line_of(text, start), text[start:end], tuple(remarks))
    )


def _moved(quotation: Quotation, place: _Place) -> list[str]:
    """What is otherwise about a sentence that still stands."""
    text, sentence = place.document.text, place.sentence
    remarks = []
    if text[sentence.start : sentence.end] != quotation.citation.quote:
        remarks.append("its lines break otherwise")
    if not _is_near(text, sentence, quotation):
        remarks.append("what stands around it has changed")
    return remarks


def _redated(quotation: Quotation, place: _Place, is_same: bool) -> tuple[list[str], list[str]]:
    """(the times of a sentence that are not what they were, remarks on its document's date)."""
    citation, document = quotation.citation, place.document
    now, was = dates_of(*place, both=True), citation.dates
    wrong: list[str] = []
    remarks: list[str] = []
    if tuple(replace(one, text=_flat(one.text)) for one in now) != tuple(
        replace(one, text=_flat(one.text)) for one in was
    ):
        said = "; ".join(meaning(replace(d, text=f"“{_flat(d.text)}”")) for d in now)
        wrong.append(f"its times are counted otherwise now: {said or 'none can be told'}")
    if (document.published, document.written) != (citation.published, citation.written):
        its = [
            written_text(one.published, one.written) or "undated" for one in (document, citation)
        ]
        (wrong if is_same else remarks).append(f"its document is of {its[0]}, not {its[1]}")
    return wrong, remarks


def _statement(
    statement: Statement, places: Mapping[int, tuple[Quotation, _Place]], question: str
) -> CheckedStatement:
    """Whether all that a statement cites holds, and has its figures, dates and names."""
    markers = [one.marker for one in statement.citations]
    lost = [f"[{marker}] does not hold" for marker in markers if marker not in places]
    if lost or not markers:
        return CheckedStatement(statement, False, tuple(lost) or ("it cites nothing",))
    quoted = [places[marker] for marker in markers]
    if _flat(statement.text) == " ".join(_flat(one.citation.quote) for one, _ in quoted):
        return CheckedStatement(statement, True)
    missing = _missing(statement.text, [_source(*one) for one in quoted], question)
    if (
        missing
    ):  # abbreviations may be explained anywhere in a document, which takes time to look for
        sources = [_source(*one, explained=True) for one in quoted]
        missing = _missing(statement.text, sources, question)
    return CheckedStatement(statement, not missing, missing)


def _missing(text: str, sources: Sequence[Cited], question: str) -> tuple[str, ...]:
    text = restated(text, [time for one in sources for time in one.times])
    figures = missing_figures(text, sources, question)
    names = (f"the name {name!r}" for name in missing_names(text, sources, question))
    return tuple(f"{one} does not stand in what it cites" for one in (*figures, *names))


def _source(quotation: Quotation, place: _Place, *, explained: bool = False) -> Cited:
    """A quotation as a model's sentence was checked against it, of what its document holds."""
    document, text = place.document, place.document.text
    times = counted(*place)
    context = [one for one in (quotation.before, quotation.after) if one in text]
    if quotation.heading is not None and _is_above(text, quotation.heading):
        context.append(quotation.heading)
    context.append(document.title or "")
    if document.published and not times:
        context.append(document.published.isoformat())
    if explained:
        context += definitions(text, quotation.citation.quote)
    return Cited(
        one_line(quotation.citation.quote), "\n".join(one_line(one) for one in context), times
    )
