"""The members of an enumeration: "A, B and C", a labelled line, a block of items, table rows."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from qa.answer import emphasis
from qa.answer.highlight import cells
from qa.answer.question import Expected, Question
from qa.data import Sentence
from qa.text import term, terms

Span = emphasis.Span


class Block(NamedTuple):
    """List items that stand together: the line above that introduces them, and their places."""

    lead: str
    items: tuple[Sentence, ...]


class Row(NamedTuple):
    """A table row: the keys of its columns, and the ranges of its values in the row's text."""

    keys: tuple[str, ...]
    values: tuple[Span, ...]


_MARK = re.compile(r"[ \t]*(?:[-*+•‣▪–]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+(?=\S)")
_LABEL = re.compile(r"\W{0,3}((?:[\w'’/-]+ ){0,3}[\w'’/-]+)\s*:\s+(\S.*)$", re.DOTALL)
_CLAUSE = re.compile(
    r"""[;.!?](?=\s|$)|\s+[–—]\s+|\b(?:but|while|whereas|because|although|though|where|when|after
      |before|since|until|according\s+to)\b|,\s+(?:which|who|whose)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_JOINT = re.compile(
    r"\s*[,;、]\s*(?:(?:and|or|as\s+well\s+as)\s+)?(?:then\s+)?|\s+(?:and|or|as\s+well\s+as|plus|&)\s+"
)
_LEADING = re.compile(
    r"\W*(?:(?:the|an?|its|their|also|both|most\s+recently|then|finally|first)\s+)*", re.IGNORECASE
)
LONGEST = 8
"""A member of an enumeration in running text has at most so many words."""


def blocks(text: str, start: int, end: int) -> Iterator[Block]:
    """The blocks of list items that reach into ``text[start:end]``, each whole."""
    at = text.rfind("\n", 0, start) + 1
    done = -1
    while at < end:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        if at > done and _MARK.match(text, at, stop):
            block, done = _block(text, at)
            yield block
        at = stop + 1


def _block(text: str, at: int) -> tuple[Block, int]:
    """The whole block around the item line at ``at``, and where it ends."""
    first = at
    lead_start, lead_end = at, at
    while first > 0:
        before = text.rfind("\n", 0, first - 1) + 1
        line = text[before : first - 1]
        if line.strip() and not (_MARK.match(line) or line[:1] in " \t"):
            lead_start, lead_end = before, first - 1
            break
        first = before
    items: list[Sentence] = []
    where = lead_end + 1 if lead_end > lead_start else first
    end = where
    while where < len(text):
        stop = text.find("\n", where)
        stop = len(text) if stop < 0 else stop
        line = text[where:stop]
        mark = _MARK.match(text, where, stop)
        if mark:
            items.append(_trimmed(text, mark.end(), stop))
        elif line.strip() and items and text[where - 2 : where] != "\n\n":
            # an item goes on in the next line
            items[-1] = _trimmed(text, items[-1].start, stop)
        elif line.strip():
            break
        end = stop
        where = stop + 1
    lead = text[lead_start:lead_end]
    opening = max(lead.rfind(mark) for mark in (". ", "! ", "? "))
    return Block(lead[opening + 2 if opening >= 0 else 0 :].strip(), tuple(items)), end


def _trimmed(text: str, start: int, end: int) -> Sentence:
    piece = text[start:end]
    return Sentence(start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()))


def labelled(line: str) -> tuple[str, Span] | None:
    """The label of a line "Present: A, B and C", and the range of what stands behind it."""
    found = _LABEL.match(line)
    if found is None or "://" in line or cells(line):
        return None
    return found[1], Span(found.start(2), found.start(2) + len(found[2].rstrip(" .")))


def row(text: str, start: int, end: int) -> Row | None:
    """The table row ``text[start:end]``, with its keys; None where it is none, or the header."""
    line = text[start:end]
    keyed = cells(line)
    if keyed:
        return Row(tuple(key.strip() for key, _ in keyed), tuple(span for _, span in keyed))
    if "|" not in line:
        return None
    at = text.rfind("\n", 0, start) + 1
    header = at
    while header > 0:
        before = text.rfind("\n", 0, header - 1) + 1
        if "|" not in text[before : header - 1]:
            break
        header = before
    if header == at:
        return None
    keys = [one.strip() for one in text[header : text.find("\n", header)].strip(" |").split("|")]
    values, where = [], 0
    for piece in line.split("|"):
        if piece.strip():
            values.append(
                Span(where + len(piece) - len(piece.lstrip()), where + len(piece.rstrip()))
            )
        where += len(piece) + 1
    return Row(tuple(keys), tuple(values)) if len(keys) == len(values) else None


def clause(text: str, start: int) -> int:
    """Where the clause that begins at ``start`` ends."""
    found = _CLAUSE.search(text, start)
    return found.start() if found else len(text)


def enumerated(
    text: str, start: int, end: int, question: Question, *, alone: bool = False
) -> list[Span]:
    """The members that ``text[start:end]`` enumerates, without what the question names.

    Names, times or places where the question expects them, else short phrases; a single
    phrase that is no name counts only where ``alone`` is given.
    """
    expected = question.expected
    pieces = list(_pieces(text, start, end))
    typed: Expected = expected if expected in ("name", "time", "place") else "name"
    known = emphasis.fresh(text[:end], question, typed)
    inside = [span for span in known if span.start >= start]
    if expected in ("name", "time", "place") or (inside and len(pieces) < 2):
        return _named(text, pieces, inside)
    held = set(question.terms)
    kept = [
        one
        for one in pieces
        if terms(text[one.start : one.end]) and not set(terms(text[one.start : one.end])) <= held
    ]
    if len(pieces) < 2 and not alone:
        return []
    return kept if all(len(text[a:b].split()) <= LONGEST for a, b in kept) or alone else inside


def _named(text: str, pieces: list[Span], inside: list[Span]) -> list[Span]:
    """One member for each piece that holds a name; for a piece of several, the first of them."""
    found: list[Span] = []
    apart = len(pieces) > 2 or any(" " in text[a:b] for a, b in pieces)
    for piece in pieces:
        own = [one for one in inside if one.start < piece.end and piece.start < one.end]
        if own and apart:
            # "B and C" was taken for one name, which "Grist and Sons" would be
            found.append(Span(max(own[0].start, piece.start), min(own[0].end, piece.end)))
        elif own and piece.start <= own[0].start:
            found.append(own[0])
    return found or inside


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    at = start
    for joint in [*_JOINT.finditer(text, start, end), None]:
        stop = joint.start() if joint else end
        lead = _LEADING.match(text, at, stop)
        first = lead.end() if lead else at
        piece = text[first:stop].rstrip(" .:)")
        if piece.strip() and any(char.isalnum() for char in piece):
            yield Span(first, first + len(piece))
        at = joint.end() if joint else end


def same_member(one: str, other: str) -> bool:
    """Whether two phrases name one member: the same terms, or those of one inside the other's.

    >>> same_member("Orlo", "the Orlo Group"), same_member("V1", "V2")
    (True, False)
    """
    mine, theirs = frozenset(_all_terms(one)), frozenset(_all_terms(other))
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def _all_terms(text: str) -> list[str]:
    return [one for word in re.findall(r"[\w&.-]+", text) if (one := term(word.strip(".")))]
