"""Sentences that say what is asked, but of another: "the latter", "the former"."""

import re

from qa.text import terms

_NAME = r"[^\W\d_a-z][\w&.-]*(?:\s+[^\W\d_a-z][\w&.-]*)*"
_PAIR = re.compile(rf"({_NAME}),?\s+and\s+(?:the\s+)?({_NAME})")
_WHICH = re.compile(r"\bthe\s+(latter|former)\b((?:\W+\w+){1,6})", re.IGNORECASE)


def of_another(sentence: str, asked: frozenset[str]) -> bool:
    """Whether ``sentence`` says what ``asked`` (terms) asks for, but of its other name.

    >>> norland = "Ada and Brontal signed in Oslo, where the latter is headquartered."
    >>> of_another(norland, frozenset(terms("where is Ada headquartered?")))
    True
    >>> of_another(norland, frozenset(terms("where is Brontal headquartered?")))
    False
    """
    for found in _WHICH.finditer(sentence):
        pairs = _PAIR.findall(sentence, 0, found.start())
        if not pairs:
            continue
        former, latter = (frozenset(terms(name)) for name in pairs[-1])
        meant, other = (latter, former) if found[1].casefold() == "latter" else (former, latter)
        said = asked & frozenset(terms(found[2])) - meant - other
        if said and asked & other and not asked & meant:
            return True
    return False
