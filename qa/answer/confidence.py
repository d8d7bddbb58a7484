"""How likely the passages found hold the answer, and why not where they do not.

The features look for what an unanswerable question lacks: a term that stands nowhere near
the others, a name or a figure that the evidence does not hold, a phrase of the right type.
"""

import math
from collections.abc import Collection, Sequence

from qa.answer import relatives
from qa.answer.features import SENTENCE, Candidate, Embed, Floats, Reading
from qa.answer.kinship import kinship
from qa.answer.question import Question
from qa.answer.wording import ABSENT, NEAR_MISS, NEAR_MISS_OF, REFUSAL
from qa.text import terms, words

_COLUMN = {name: i for i, name in enumerate(SENTENCE)}

EVIDENCE = (
    "score",
    "margin",
    "names",
    "numbers",
    "cosine",
    "best_cosine",
    "untyped",
    "terms",
    "pairs",
    "agree",
    "lost",
    "lost_count",
    "other_number",
    "agreement_terms",
    "agreement_least",
)
"""The features of the evidence, in the order of `evidence_features`."""


def evidence_features(
    reading: Reading, ranked: Sequence[Candidate], rows: Floats, scores: Floats, embed: Embed
) -> list[float]:
    """The columns of `EVIDENCE`; candidates, their `SENTENCE` rows and scores best first."""
    top, row, question = ranked[0], rows[0], reading.question
    held = reading.matched(top.around, top.above)
    elsewhere = [
        score
        for one, score in zip(ranked[1:], scores[1:], strict=True)
        if one.hit.passage.id != top.hit.passage.id
    ]
    ranks = {said.retriever: said.rank for said in top.hit.ranked if said.score > 0}
    lost = _lost(reading, ranked, embed)
    figures = {one for one in top.terms if one[:1].isdigit()}
    return [
        float(scores[0]),
        min(float(scores[0]) - float(elsewhere[0]), 5.0) if elsewhere else 5.0,
        _held(question.names, held),
        _held(question.numbers, held),
        float(row[_COLUMN["cosine"]]),
        float(rows[:, _COLUMN["cosine"]].max()),
        float(row[_COLUMN["untyped"]]),
        math.log(1 + len(question.terms)),
        float(row[_COLUMN["pairs"]]),
        float(ranks.get("dense", 9) == 1 and ranks.get("bm25", 9) == 1),
        max((weight for weight, _ in lost), default=0.0),
        sum(held == 0 for _, held in lost) / 4,
        float(bool(question.numbers) and not question.numbers & top.terms and bool(figures)),
        float(row[_COLUMN["agreement_terms"]]),
        float(row[_COLUMN["agreement_least"]]),
    ]


def _lost(reading: Reading, ranked: Sequence[Candidate], embed: Embed) -> list[tuple[float, float]]:
    """What the best sentence, with the one before and the titles, leaves of the question.

    For each term that weighs: its weight as far as no word is kin to it, and how far it is
    held in some form.
    """
    top, weights = ranked[0], reading.weights
    near = reading.matched(top.terms, top.before, top.above)
    before = [
        one
        for one in ranked
        if one.hit.passage.id == top.hit.passage.id and one.place == top.place - 1
    ]
    wanted = [one for one in weights if near.get(one, 0.0) < 1 and one not in relatives.light()]
    kin = kinship(reading, wanted, [top, *before], embed)
    return [
        (weights[one] * (1 - max(kin.get(one, 0.0), near.get(one, 0.0))), near.get(one, 0.0))
        for one in wanted
    ]


def _held(wanted: frozenset[str], held: dict[str, float]) -> float:
    """The share of ``wanted`` that is held; 1 where nothing is wanted."""
    return sum(held.get(one, 0.0) for one in wanted) / len(wanted) if wanted else 1.0


def why_not(reading: Reading, ranked: Sequence[Candidate]) -> str:
    """The reason of a refusal: words that no document holds, or a subject without the thing asked.

    Only names, figures and words that weigh in the question are named; else the plain
    refusal is all.
    """
    question, weights = reading.question, reading.weights
    everywhere = reading.matched(*(one.terms | one.above for one in ranked))
    exact = question.names | question.numbers
    things = exact | _things(question.text)
    absent = [
        one
        for one in question.terms
        if not reading.frequency.get(one, 0)
        and one not in everywhere
        and (one in exact or (one in things and weights[one] >= HEAVY))
    ]
    if missing := _quoted(question.text, absent):
        return f"{REFUSAL} {ABSENT.format(words=missing)}"
    named = _named(question, ranked)
    subject = [one for one in question.terms if one in everywhere and one in named]
    # What stands nowhere in the text of the question cannot be quoted from it.
    if words := _quoted(question.text, subject):
        asked = _quoted(question.text, _asked_of(reading, ranked, subject))
        if not asked:
            return f"{REFUSAL} {NEAR_MISS.format(words=words)}"
        return f"{REFUSAL} {NEAR_MISS_OF.format(words=words, asked=asked)}"
    return REFUSAL


_TELLING = frozenset(terms("people number amount true full kind abbreviation name besides figure"))
"""Nouns that say how something is asked rather than what."""


def _asked_of(reading: Reading, ranked: Sequence[Candidate], subject: Collection[str]) -> list[str]:
    """The nouns and figures asked for that no passage with the subject holds."""
    question = reading.question
    near = [one.terms | one.above | one.around for one in ranked]
    found = reading.matched(*(held for held in near if held & set(subject)))
    wanted = _things(question.text) | question.numbers
    passed = relatives.light() | question.names | set(subject) | _TELLING
    return [one for one in question.terms if one in wanted - passed and one not in found]


def _named(question: Question, ranked: Sequence[Candidate]) -> frozenset[str]:
    """The names of the question; typed without capitals, what the documents always write so."""
    if question.names:
        return question.names
    found = [word for one in ranked for word in one.words[1:]]
    written = {word.term for word in found if word.term is not None and word.text[:1].isupper()}
    return frozenset(written - {word.term for word in found if word.text.islower()})


_BEFORE_NOUN = frozenset(
    "a an the any some no its his her their our of about for by on in at with from which what "
    "many much".split()
)


def _things(text: str) -> frozenset[str]:
    """The terms that are likely nouns by what stands beside them; light words are none."""
    read, found = list(words(text)), set()
    for i, word in enumerate(read):
        if word.term is None or word.term in relatives.light():
            continue
        before = read[i - 1].text.casefold() if i else "the"
        after = read[i + 1].term if i + 1 < len(read) else None
        opens = before in _BEFORE_NOUN or before.endswith(("ing", "ed", "'s", "\u2019s"))
        if opens and after is None and not word.text.casefold().endswith(("ed", "ing", "ly")):
            found.add(word.term)
    return frozenset(found)


HEAVY = 0.25
"""A term that carries this share of a question's weight, or terms together, matter to it."""


def _quoted(text: str, wanted: Collection[str]) -> str:
    """The runs of words of ``text`` with the terms ``wanted``, quoted, at most three."""
    runs: list[tuple[int, int]] = []
    for word in words(text):
        if word.term not in wanted:
            continue
        if runs and not text[runs[-1][1] : word.start].strip():
            runs[-1] = runs[-1][0], word.end
        else:
            runs.append((word.start, word.end))
    shown = dict.fromkeys(text[start:end] for start, end in runs)
    return " or ".join(f"\u201c{one}\u201d" for one in list(shown)[:3])
