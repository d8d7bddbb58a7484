"""Whether gold pairs fit their documents and say what they mean."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from qa.data import Document
from qa.evaluate.gold import GoldPair
from qa.evaluate.matching import occurs

KINDS = frozenset(
    """as-of conflict fact false-premise followup half list multi-doc number paraphrase
    relative-date table unanswerable when who why-how yes-no""".split()
)
"""Kinds of question that the reports know; others are allowed, and pointed out."""


class Fault(NamedTuple):
    """Something about a pair: an "error" makes its scores meaningless, a "note" may be meant."""

    pair_id: str
    level: Literal["error", "note"]
    text: str


def check(pairs: Sequence[GoldPair], documents: Mapping[str, Document]) -> tuple[Fault, ...]:
    """Everything that can be checked of pairs without answering them, in their order.

    ``documents`` are the folder's by path.  That ids are unique and fields well formed,
    loading has checked before.
    """
    asked: dict[tuple[object, ...], str] = {}
    found: list[Fault] = []
    for pair in pairs:
        found += _meaning(pair)
        found += _evidence(pair, documents)
        questions = (question.casefold() for question in (*pair.history, pair.question))
        conversation = (pair.as_of, pair.today, *questions)
        if conversation in asked:
            text = f"asks the same as {asked[conversation]!r}"
            found.append(Fault(pair.id, "error", text))
        asked.setdefault(conversation, pair.id)
    return tuple(found)


def _meaning(pair: GoldPair) -> Iterator[Fault]:
    if pair.answerable:
        if not pair.must:
            yield Fault(pair.id, "error", "answerable, but 'must' is empty: nothing to judge by")
        if not pair.evidence:
            yield Fault(pair.id, "error", "answerable, but no evidence is stated")
    else:
        if pair.must:
            yield Fault(pair.id, "error", "unanswerable, but 'must' is not empty")
        if pair.evidence:
            yield Fault(pair.id, "error", "unanswerable, but evidence is stated")
    if pair.kind == "unanswerable" and pair.answerable:
        yield Fault(pair.id, "error", "kind 'unanswerable', but answerable is true")
    if pair.kind == "followup" and not pair.history:
        yield Fault(pair.id, "error", "kind 'followup', but 'history' is empty")
    if pair.days is not None and not pair.answerable:
        yield Fault(pair.id, "error", "unanswerable, but 'days' of the answer are stated")
    if pair.as_of is not None and pair.today is not None and pair.today < pair.as_of:
        yield Fault(pair.id, "error", "'today' is before 'as_of'")
    if pair.any_evidence and len(pair.evidence) < 2:
        yield Fault(pair.id, "error", "'any_evidence', but there is no choice of evidence")
    if pair.kind not in KINDS:
        yield Fault(pair.id, "note", f"kind {pair.kind!r} is none of the usual")
    for forbidden in pair.must_not:
        for alternative in (one for nugget in pair.must for one in nugget):
            if occurs(forbidden, alternative):
                text = f"{alternative!r} of 'must' holds {forbidden!r} of 'must_not'"
                yield Fault(pair.id, "error", text)


def _evidence(pair: GoldPair, documents: Mapping[str, Document]) -> Iterator[Fault]:
    for piece in pair.evidence:
        document = documents.get(piece.path)
        if document is None:
            yield Fault(pair.id, "error", f"there is no document {piece.path!r}")
        elif piece.quote not in document.text:
            text = f"{piece.quote[:60]!r} does not stand in {piece.path!r}"
            yield Fault(pair.id, "error", text)
        elif (times := document.text.count(piece.quote)) > 1:
            text = f"{piece.quote[:60]!r} stands {times} times in {piece.path!r}"
            yield Fault(pair.id, "note", text)
    if len(set(pair.evidence)) < len(pair.evidence):
        yield Fault(pair.id, "error", "the same evidence is stated twice")
    quotes = "\n".join(piece.quote for piece in pair.evidence)
    for nugget in pair.must if quotes else ():
        if not any(occurs(alternative, quotes) for alternative in nugget):
            text = f"no alternative of {list(nugget)} stands in the evidence"
            yield Fault(pair.id, "note", text)
    for forbidden in pair.must_not:
        if quotes and occurs(forbidden, quotes) and not pair.any_evidence:
            text = f"{forbidden!r} of 'must_not' stands in the evidence: quoting it is a violation"
            yield Fault(pair.id, "note", text)
