"""Does what is cited carry what is said?  Without a model, the same way every time.

Two questions are kept apart.  *Facts*: every number, date and name of the statement stands in
the cited sentences, nothing is negated or turned round; one failure refuses the statement,
whatever else agrees.  *Coverage*: how much of the rest is there, words weighted by rarity,
as a probability from a logistic model whose weights ``bench/checker.py`` fits on half of WiCE
(Kamoi et al. 2023) and writes to ``support.json`` beside this file.
"""

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from qa.checking.derived import restated
from qa.checking.misdated import misdated
from qa.checking.missing import (
    CLAUSES,
    Cited,
    Rarity,
    credit,
    default_rarity,
    figured,
    known_names,
    missing_figures,
    missing_names,
    named,
    scales_alone,
    weights_of,
    wrong,
)
from qa.text.facts import Date, Number, dates, names, numbers
from qa.text.words import STOPWORDS, terms

__all__ = ["Check", "Cited", "Rarity", "by_one_of_each", "features", "probability", "verify"]

_OWN_SUBJECT = re.compile(
    r"[\dA-Z“\"‘(]|(?:the|an?|this|that|these|those|its?|his|her|their|she|he|they|one|some|no)\b"
)
_OPENS_WITH = re.compile(r"(?:[A-Z][\w-]+ )+(?=[a-z]+(?: |\.))")
_AROUND = 0.5
"""What a word counts for that stands only around the cited sentence or in the question."""
_CARRIES = 0.12
"""A further citation is kept for this share of the statement's weight, or for a fact."""


class Check(NamedTuple):
    """``support`` is a probability; ``carrying`` indexes the citations that are needed."""

    supported: bool
    support: float
    reasons: tuple[str, ...]
    carrying: tuple[int, ...]


def verify(
    statement: str, cited: Sequence[Cited], question: str = "", *, idf: Rarity | None = None
) -> Check:
    """Check ``statement`` against the sentences it cites; the reasons are for a reader.

    ``idf`` weighs a term by its rarity in the collection; without it long words are rare.
    """
    if not cited:
        return Check(False, 0.0, ("it cites no source",), ())
    weigh = idf or default_rarity
    statement = restated(statement, [time for one in cited for time in one.times])
    texts = [one.text for one in cited]
    carrying = _carrying(statement, texts, weigh)
    if carrying and all(texts[place].endswith("?") for place in carrying):
        # A question alone says nothing; its answer may.
        carrying = tuple(range(len(texts)))
    kept = [cited[place] for place in carrying] or list(cited)
    reasons = tuple(dict.fromkeys([*wrong(statement, kept, question), *misdated(statement, kept)]))
    model = _model()
    support = probability(model, features(statement, kept, question, idf=weigh))
    if support < model["threshold"]:
        reasons = (*reasons, "too little of it stands in the cited sentences")
    return Check(not reasons, round(support, 4), reasons, carrying)


def by_one_of_each(
    statement: str, sources: Sequence[Sequence[Cited]], question: str = "", *, idf: Rarity | None
) -> tuple[int, ...]:
    """Which of several documents' sentences are needed; none where they only bear it together.

    The subject of one document and the predicate of another make a statement that no
    document makes.  One of them must carry it alone, or each clause of it one of them.
    """

    def bearer(text: str) -> tuple[int, ...]:
        checks = (verify(text, one, question, idf=idf) for one in sources)
        return next(((place,) for place, check in enumerate(checks) if check.supported), ())

    if whole := bearer(statement):
        return whole
    clauses = [clause for clause in CLAUSES.split(statement) if terms(clause)]
    # "Ann owns it and runs the docks": what has no subject of its own is said of Ann.
    if len(clauses) < 2 or not all(_OWN_SUBJECT.match(clause) for clause in clauses):
        return ()
    bearers = [bearer(clause) for clause in clauses]
    return tuple(sorted({place for (place,) in bearers})) if all(bearers) else ()


def features(
    statement: str, cited: Sequence[Cited], question: str = "", *, idf: Rarity | None = None
) -> dict[str, float]:
    """What the logistic model sees: shares from 0 to 1, and what is missing, scaled to about 1.

    Sentence embeddings were tried as two further features and bought 0.002 of AUROC.
    """
    weigh = idf or default_rarity
    said = weights_of(statement, weigh)
    every = [frozenset(terms(one.text)) for one in cited]
    around = frozenset(terms(" ".join([*(one.context for one in cited), question])))
    union: frozenset[str] = frozenset().union(*every)
    total = sum(said.values()) or 1.0
    mine = names(statement, known_names(cited, question))
    absent = list(missing_names(statement, cited, question))
    borne_out = frozenset(one for name in mine if name not in absent for one in terms(name))
    figures = len(numbers(statement)) + len(dates(statement))
    unfigured = len(list(missing_figures(statement, cited, question)))
    pairs = list(pairwise(terms(statement)))

    def covered(there: Collection[str]) -> float:
        return sum(
            weight * max(credit(one, there), one in borne_out, _AROUND * (one in around))
            for one, weight in said.items()
        )

    return {
        "covered_by_one": max(covered(there) for there in every) / total,
        "pairs": sum(any(a in t and b in t for t in every) for a, b in pairs) / max(1, len(pairs)),
        "missing_weight": (total - covered(union)) / 40,
        "names": 1 - len(absent) / len(mine) if mine else 1.0,
        "names_missing": len(absent) / 4,
        "figures": 1 - unfigured / figures if figures else 1.0,
        "figures_missing": unfigured / 2,
    }


def probability(model: Mapping[str, float], values: Mapping[str, float]) -> float:
    """The logistic model's answer; ``model`` holds one weight a feature, and "constant"."""
    score = model["constant"] + sum(model[name] * value for name, value in values.items())
    return 1 / (1 + math.exp(-score))


@lru_cache(maxsize=1)
def _model() -> dict[str, float]:
    file = resources.files("qa.checking") / "support.json"
    found: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
    return found


def _carrying(statement: str, texts: Sequence[str], weigh: Rarity) -> tuple[int, ...]:
    """The fewest sentences that cover what all of them cover: greedy set cover."""
    weights = weights_of(statement, weigh)
    total = sum(weights.values()) or 1.0
    figures: list[Number | Date] = [*numbers(statement), *dates(statement)]
    spoken = scales_alone(re.sub(r"[\d.,]", "", statement))
    mine = names(statement, frozenset(name for text in texts for name in names(text)))
    bearing: list[dict[str, float]] = []
    subjects = [_subject(text, texts) for text in texts]
    mine_too = [one for one in subjects if any(named(name, statement) for name in one)]
    for text, subject in zip(texts, subjects, strict=True):
        if mine_too and subject and subject not in mine_too:
            bearing.append({})  # "Ann left.  Bob leads.": what Ann did Bob did not
            continue
        there = frozenset(terms(text))
        own = {one: weight for one, weight in weights.items() if credit(one, there)}
        for place, figure in enumerate(figures):
            if figured(figure, text):
                own[f"#{place}"] = total
        for fact in (*(scales_alone(text) & spoken), *(one for one in mine if named(one, text))):
            own[f"#{fact}"] = total
        bearing.append(own)
    chosen: list[int] = []
    covered: set[str] = set()
    while len(chosen) < len(texts):
        gains = [sum(w for one, w in own.items() if one not in covered) for own in bearing]
        best = gains.index(max(gains))
        if gains[best] <= 0 or (chosen and gains[best] < _CARRIES * total):
            break
        chosen.append(best)
        covered.update(bearing[best])
    return tuple(sorted(chosen))


def _subject(text: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The name that a sentence opens with, which does what it says."""
    opening = _OPENS_WITH.match(text)
    known = frozenset(name for one in texts for name in names(one))
    is_own = opening and opening.group().split()[0].casefold() not in STOPWORDS
    return names(opening.group(), known) if opening and is_own else ()
