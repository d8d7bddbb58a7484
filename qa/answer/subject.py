"""Reading a document for a question about what the whole of it is about.

A report that opens with "Quoll Cells reports results" says "Revenue last year was 840 million":
its sentences need not name their subject again.  A sentence that names somebody else may be
about them, and is left out.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.answer.features import Candidate
from qa.answer.names import Name, names
from qa.answer.question import analyse
from qa.data import Document, Hit
from qa.text import terms

_OPENING = 240
"""Characters of a document in which it says what it is about: its title and first line."""


class Subject(NamedTuple):
    """``rest`` is the question with "it" for the names in it, ``named`` those names."""

    rest: str
    named: str
    is_about: Callable[[Document], bool]
    is_of: Callable[[Candidate], bool]


def subject_of(question: str, hits: Sequence[Hit]) -> Subject | None:
    """What ``question`` is about by name; None where no document of ``hits`` opens with that."""
    found = names(question)
    if not found:
        return None
    wanted = frozenset(one for name in found for one in terms(name.text))
    if not wanted:
        return None

    def is_about(document: Document) -> bool:
        opening = f"{document.title or ''}\n{document.text[:_OPENING]}"
        return wanted <= frozenset(terms(opening))

    def is_of(one: Candidate) -> bool:
        if not is_about(one.hit.document):
            return False
        if expects_name or wanted & one.terms:
            return True
        others = (name.text for name in names(one.text))
        return all(frozenset(terms(other)) <= wanted | _CALENDAR for other in others)

    expects_name = analyse(question).expected in ("name", "place")
    if not any(is_about(hit.document) for hit in hits):
        return None
    rest = _without(question, found)
    return Subject(rest, found[0].text, is_about, is_of)


_CALENDAR = frozenset(
    terms(
        "January February March April May June July August September October November December"
        " Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
    )
)


def _without(question: str, found: Sequence[Name]) -> str:
    """``question`` with pronouns in the place of its names."""
    for name in reversed(found):
        after = question[name.end :]
        owner = after[:2] in ("'s", "\u2019s")
        question = f"{question[: name.start]}{'its' if owner else 'it'}{after[2 * owner :]}"
    return question
