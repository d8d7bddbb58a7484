"""What counts as the same: places in documents, words in answers."""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from qa.data import Answer, Citation, Document, Hit
from qa.evaluate.gold import Evidence, GoldPair


@dataclass(frozen=True, slots=True)
class Case:
    """A gold pair, the answer given, and the folder's documents by path, read anew."""

    pair: GoldPair
    answer: Answer
    documents: Mapping[str, Document]


def _places(evidence: Evidence, document: Document | None) -> Iterator[tuple[int, int]]:
    """Every place at which the quote stands in its document."""
    at = document.text.find(evidence.quote) if document else -1
    while document and at >= 0:
        yield at, at + len(evidence.quote)
        at = document.text.find(evidence.quote, at + 1)


def _overlaps(evidence: Evidence, document: Document | None, start: int, end: int) -> bool:
    return any(start < there and here < end for here, there in _places(evidence, document))


def brings(hit: Hit, evidence: Evidence, documents: Mapping[str, Document]) -> bool:
    """True where the hit contains or overlaps the evidence.

    The hit stands in the evidence's file or in a copy of it; of a near copy that was
    folded into the hit, the quote must stand in the hit verbatim.
    """
    document = documents.get(evidence.path)
    if evidence.path in hit.paths or (document and document.id == hit.document.id):
        return _overlaps(evidence, document, hit.passage.start, hit.passage.end)
    copied = evidence.path in hit.copies or (document is not None and document.id in hit.copies)
    return copied and evidence.quote in hit.text


def cites(citation: Citation, evidence: Evidence, case: Case) -> bool:
    """True where the citation contains or overlaps the evidence.  Copies count as in ``brings``."""
    document = case.documents.get(evidence.path)
    if citation.path == evidence.path or (document and document.id == citation.document_id):
        return _overlaps(evidence, document, citation.start, citation.end)
    return any(
        brings(hit, evidence, case.documents)
        and (evidence.quote in citation.quote or citation.quote in evidence.quote)
        for hit in case.answer.hits
        if hit.document.id == citation.document_id
    )


def first_hits(case: Case) -> tuple[int | None, ...]:
    """For each piece of evidence the rank, from 1, of the first hit that brings it."""
    return tuple(
        next(
            (
                rank
                for rank, hit in enumerate(case.answer.hits, 1)
                if brings(hit, evidence, case.documents)
            ),
            None,
        )
        for evidence in case.pair.evidence
    )


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Case, width, curly quotes, long dashes and white space made one."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = text.translate(str.maketrans("‘’“”‐‑‒–—", "''\"\"-----"))
    return " ".join(text.split())


def occurs(needle: str, text: str) -> bool:
    """True where ``needle`` stands in ``text`` as whole words, whatever its case.

    ``"JAC"`` does not stand in "JACK", nor ``"2"`` in "2,000"; scripts without spaces
    between words match anywhere.
    """
    sought = _plain(needle)
    before = after = ""
    if sought[0].isdigit():
        before = r"(?<![\w])(?<!\d[.,])"
    elif sought[0].isalpha() and sought[0].upper() != sought[0]:
        before = r"(?<![^\W_])"
    if sought[-1].isdigit():
        after = r"(?!\w|[.,]\d)"
    elif sought[-1].isalpha() and sought[-1].upper() != sought[-1]:
        after = r"(?![^\W_])"
    return re.search(before + re.escape(sought) + after, _plain(text)) is not None


_ARTICLES = re.compile(r"\b(a|an|the)\b")


def squad_tokens(text: str) -> list[str]:
    """Words as SQuAD compares them: lower case, without punctuation and articles."""
    text = "".join(char for char in text.lower() if char not in string.punctuation)
    return _ARTICLES.sub(" ", text).split()


def squad_exact(said_: str, gold: str) -> float:
    """1 where the words are the same, in order (SQuAD 1.1 evaluation script)."""
    return float(squad_tokens(said_) == squad_tokens(gold))


def squad_f1(said_: str, gold: str) -> float:
    """Harmonic mean of precision and recall of the words, as bags (SQuAD 1.1 script)."""
    ours, theirs = squad_tokens(said_), squad_tokens(gold)
    if not ours or not theirs:
        return float(ours == theirs)
    same = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * same / (len(ours) + len(theirs))
