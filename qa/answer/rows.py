"""Which rows of a table a question is about.

The rows of a table are alike but for their values, so a reader takes the one beside for the one
asked about: "how many hinges are in Bergen" is near to the row of hinges in Oslo.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from qa.answer.features import Candidate
from qa.answer.members import row
from qa.answer.question import Question

_SEVERAL = re.compile(
    r"\b(?:and|or|than|between|versus|vs|both|compared?|besides|except|without|not|no)\b|,", re.I
)


def of_other_rows(question: Question, found: Sequence[Candidate]) -> frozenset[int]:
    """The places in ``found`` of table rows that are of another thing than ``question`` names.

    A row is where it lacks a name or a figure of the question that another row of its table
    holds, or where another row holds all words of the question that it holds, and more.
    A question that names several things, or asks for several, may be about any row.
    """
    if question.several or _SEVERAL.search(question.text):
        return frozenset()
    tables: defaultdict[str, dict[int, frozenset[str]]] = defaultdict(dict)
    asked = frozenset(question.terms)
    for i, one in enumerate(found):
        if row(one.hit.document.text, one.sentence.start, one.sentence.end) is not None:
            tables[one.hit.document.id][i] = one.terms & asked
    exact = question.names | question.numbers
    out: set[int] = set()
    for rows in tables.values():
        needed = exact & frozenset().union(*rows.values())
        out |= {
            i
            for i, held in rows.items()
            if needed - held or any(held < other for other in rows.values())
        }
    return frozenset(out)
