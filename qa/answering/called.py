"""What a question and the documents call the same thing, and what no document calls at all.

A contract says "the Investor" of whom its first clause names; a code, a version or an option that
is asked for stands in the documents, or nothing there answers.
"""

import re

from qa.answering.read import Texts
from qa.data import Window
from qa.library.interface import View
from qa.text.facts import parties
from qa.text.words import terms

_HEAD = 5_000  # characters of a document in which it says what its terms mean
_CODE = re.compile(  # "E1502", "B-77125", "3.4.2", "--parallel"; no year, no "Q3", no "16MiB"
    r"(?<![\w.,/-])(?:[A-Za-z]{1,6}-?(?P<figures>(?!(?:19|20)\d\d(?!\d))\d{3,})|\d+(?:\.\d+){2,}"
    r"|--[a-z][\w-]+)(?![\w-]|\.\d)"
)


def in_full(question: str, texts: Texts | None) -> Texts:
    """How units are read: a defined term with the name that the question has for it behind."""
    asked = frozenset(terms(question))

    def read(window: Window) -> tuple[str, ...]:
        said = texts(window) if texts else tuple(unit.text for unit in window.units)
        for term, name in parties(window.hit.document.text[:_HEAD]):
            if asked & frozenset(terms(name)) and not asked & frozenset(terms(term)):
                its = re.compile(rf"\b{re.escape(term)}\b")
                said = tuple(f"{one} ({term}: {name})" if its.search(one) else one for one in said)
        return said

    return read


def absent(question: str, view: View) -> str | None:
    """The first code, version or option that is asked for and that no document or file has."""
    for one in _CODE.finditer(question):
        said, figures = one[0].casefold(), one["figures"]
        forms = {figures, said.replace("-", "")} if figures else set(terms(said))
        held = view.document_frequency(forms).values()
        is_held = any(held) if figures else all(held)
        if not is_held and not any(said in file.path.casefold() for file in view.sources()):
            return one[0]
    return None
