"""What speaks for a sentence as the answer: numbers between about 0 and 1, by name.

Coverage is weighted by rarity: a term's weight is its idf in the library as a share of the
question's.  A sentence is read with its context: the sentence before it (which a pronoun
refers to), the headings and title, and the rest of its passage.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from qa.answer import emphasis, relatives
from qa.answer.question import Question
from qa.answer.spelling import acronyms
from qa.data import Hit, Sentence
from qa.models.embedding import Tokens
from qa.text import Word, sentence_words, terms, words

Floats = npt.NDArray[np.float32]


class Embed(Protocol):
    """The embedded model, as `Remembered` gives it."""

    def __call__(self, texts: Sequence[str], /) -> Floats:
        """Unit rows, one a text."""
        ...

    def tokens(self, texts: Sequence[str], /) -> list[Tokens]:
        """The word pieces of each text."""
        ...


class TermStatistics(Protocol):
    """How common terms are in the library."""

    @property
    def passages(self) -> int:
        """How many passages the library holds."""
        ...

    def document_frequency(self, terms: Iterable[str], /) -> Mapping[str, int]:
        """In how many passages each of the terms occurs (0 where it does not)."""
        ...


WINDOW = 4
"""How many sentences to either side count as its passage, however long the hit is."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, as read for one question."""

    hit: Hit
    place: int
    sentence: Sentence
    text: str
    words: tuple[Word, ...]
    terms: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]
    above: frozenset[str]
    around: frozenset[str]
    siblings: tuple[frozenset[str], ...]


LIGHT = 0.3
"""What a word that says little of what is asked ("come", "use") counts, against 1."""


def rarity(question: Question, frequency: Mapping[str, int], total: int) -> dict[str, float]:
    """The idf of each question term (BM25's, with one pseudo passage), as shares summing to 1."""
    idf = {
        one: (LIGHT if one in relatives.light() and one not in question.names else 1.0)
        * math.log(1 + (total - frequency.get(one, 0) + 0.5) / (frequency.get(one, 0) + 0.5))
        for one in question.terms
    }
    whole = sum(idf.values()) or 1.0
    return {one: value / whole for one, value in idf.items()}


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """Every sentence of ``hits`` once, in the order of the hits."""
    found = []
    seen: set[tuple[str, int]] = set()
    short = acronyms(hit.text for hit in hits)
    for hit in hits:
        text = hit.document.text
        above = frozenset(terms(f"{hit.document.title or ''}\n{hit.passage.heading or ''}"))
        pieces = [text[one.start : one.end] for one in hit.passage.sentences]
        read = [sentence_words(piece) for piece in pieces]
        sets = [
            _with_acronyms(frozenset(word.term for word in row if word.term is not None), short)
            for row in read
        ]
        for i, sentence in enumerate(hit.passage.sentences):
            key = (hit.document.id, sentence.start)
            if key in seen:
                continue
            seen.add(key)
            found.append(
                Candidate(
                    hit, i, sentence, pieces[i], read[i], sets[i],
                    sets[i - 1] if i else frozenset(),
                    sets[i + 1] if i + 1 < len(sets) else frozenset(),
                    above,
                    frozenset().union(*sets[max(0, i - WINDOW) : i + WINDOW + 1]),
                    tuple(sets[max(0, i - WINDOW) : i + WINDOW + 1]),
                )
            )  # fmt: skip
    return found


def _with_acronyms(held: frozenset[str], short: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """``held`` with the long form of its acronyms, and the acronym of a long form in it."""
    for one, long in short.items():
        if one in held:
            held |= long
        elif long <= held:
            held |= {one}
    return held


FORM, VARIANT, NEAR = 0.95, 0.7, 0.4
"""What an irregular form, a longer or shorter word of the same beginning, and a word of
nearly the same meaning count, against 1 for the term itself."""


def variants(question: Question, vocabulary: Iterable[str]) -> dict[str, dict[str, float]]:
    """Other words of the passages that stand for a question term, and what they count."""
    wanted = [one for one in question.terms if not one[:1].isdigit()]
    held = frozenset(vocabulary)
    found: dict[str, dict[str, float]] = {}

    def note(word: str, one: str, value: float) -> None:
        values = found.setdefault(word, {})
        values[one] = max(value, values.get(one, 0.0))

    for one in wanted:
        for word in relatives.forms().get(one, frozenset()) & held:
            note(word, one, FORM)
        for word in relatives.near().get(one, frozenset()) & held:
            note(word, one, NEAR)
    stems = {one[:4] for one in wanted if len(one) >= 4}
    for word in held:
        if word[:4] in stems:
            for one in wanted:
                short, long = sorted((one, word), key=len)
                apart = len(long) - len(short)
                if len(short) >= 4 and 0 < apart <= 4 and long.startswith(short):
                    note(word, one, VARIANT)
    return found


class Reading:
    """A question set against the passages found for it: weights, variants, coverage."""

    def __init__(
        self, question: Question, found: Sequence[Candidate], statistics: TermStatistics
    ) -> None:
        self.question = question
        self.frequency = dict(statistics.document_frequency(question.terms))
        self.weights = rarity(question, self.frequency, statistics.passages)
        asked = question.text.casefold()
        self.runs = frozenset(asked[i : i + 4] for i in range(len(asked) - 3))
        vocabulary = frozenset().union(*(one.terms | one.above for one in found))
        self.variants = variants(question, vocabulary)

    def matched(self, *groups: frozenset[str]) -> dict[str, float]:
        """Each question term that occurs in the groups, and how much that counts."""
        out: dict[str, float] = {}
        for group in groups:
            for one in self.weights:
                if one in group:
                    out[one] = 1.0
            for word in self.variants.keys() & group:
                for one, value in self.variants[word].items():
                    out[one] = max(value, out.get(one, 0.0))
        return out

    def share(self, matched: Mapping[str, float]) -> float:
        """The share of the question's weight that ``matched`` carries."""
        return sum(self.weights[one] * value for one, value in matched.items())

    def rest(self, found: Sequence[Candidate]) -> str:
        """The question without the terms of the titles above ``found``, its topic.

        A sentence under the title need not name the topic again; this is what it must say.
        """
        topic = frozenset().union(*(self.topic(one) for one in found))
        kept = [word.text for word in words(self.question.text) if word.term not in topic]
        return " ".join(kept) or self.question.text

    def grams(self, text: str) -> float:
        """The share of the question's runs of four characters that ``text`` holds."""
        lower = text.casefold()
        return sum(run in lower for run in self.runs) / max(1, len(self.runs))

    def topic(self, one: Candidate) -> frozenset[str]:
        """The question's terms that the title and headings above a sentence hold."""
        return frozenset(self.matched(one.above))

    def part(self, matched: Mapping[str, float], wanted: Sequence[str]) -> float:
        """The share of the weight of ``wanted`` that is matched; 0 where nothing is wanted."""
        total = sum(self.weights[one] for one in wanted)
        if total <= 0:
            return 0.0
        return sum(self.weights[one] * matched.get(one, 0.0) for one in wanted) / total

    def local(self, one: Candidate, own: Mapping[str, float]) -> float:
        """Coverage in which a term counts less, the more of the passage's sentences hold it."""
        total = found = 0.0
        for term, weight in self.weights.items():
            share = sum(term in row for row in one.siblings) / len(one.siblings)
            total += weight * (1 - share)
            found += weight * (1 - share) * own.get(term, 0.0)
        return found / total if total > 0 else 0.0


SENTENCE = (
    "cover",
    "cover_before",
    "cover_after",
    "cover_above",
    "cover_rest",
    "cosine",
    "cosine_rest",
    "grams",
    "passage_cosine",
    "passage_behind",
    "passage_first",
    "pairs",
    "typed",
    "untyped",
    "length",
    "place",
    "fragment",
    "asking",
    "pronoun_before",
    "cue",
    "head",
    "names",
    "numbers",
    "density",
    "predicate",
    "local",
    "agreement",
    "agreement_terms",
    "agreement_least",
)
"""The features of a sentence, in the order of the columns of `sentence_features`."""

PRONOUN = re.compile(
    r"^\W*(?:he|she|it|they|his|her|its|their|this|that|these|those|both|the\s+(?:\w+\s+){0,1}"
    r"(?:latter|former|two|company|brand|city|group|book|film|song|series|show|team|event))\b",
    re.IGNORECASE,
)
_CUES = {
    "why": re.compile(
        r"\b(?:because|due to|owing to|since|so that|in order to|as a result|result(?:s|ed|ing)?"
        r"|therefore|thus|caus(?:e|es|ed|ing)|reasons?|led to|to (?:avoid|prevent|allow|protect|"
        r"ensure|reduce|improve))\b|因为|由于|因此|所以",
        re.IGNORECASE,
    ),
    "how": re.compile(
        r"\b(?:by \w+ing|using|through|via|means of|method|process|with the help)\b|通过|利用",
        re.IGNORECASE,
    ),
    "definition": re.compile(
        r"\b(?:is|are|was|were|refers? to|means?|known as|defined as)\s+(?:an?|the|one|any)?\b"
        r"|是指|是一",
        re.IGNORECASE,
    ),
}


FAR = 0.3
"""How far behind the best passage, by fused score, is far enough for it not to matter more."""


def sentence_features(
    reading: Reading,
    one: Candidate,
    cosine: float,
    cosine_rest: float,
    passage_cosine: float,
    behind: float,
    agreement: Floats,
) -> list[float]:
    """The columns of `SENTENCE` for one candidate.

    ``cosine_rest`` is the sentence's cosine with the question without its topic (see
    `Reading.rest`); ``behind`` is how far its passage's fused score lies below the best
    passage's (>= 0); ``agreement`` is its row of `late.agreement`.
    """
    question, weights = reading.question, reading.weights
    own = reading.matched(one.terms)
    cover = reading.share(own)
    layers = []
    held = one.terms
    seen = cover
    for group in (one.before, one.after, one.above, one.around):
        held = held | group
        level = reading.share(reading.matched(held))
        layers.append(level - seen)
        seen = level
    before, after, above, rest = layers
    expected = question.expected
    typed = float(expected is not None and bool(emphasis.fresh(one.text, question, expected)))
    kind = "definition" if question.definition else question.kind
    cue = _CUES.get(kind)
    content = sum(word.term is not None for word in one.words)
    return [
        cover,
        before,
        after,
        above,
        rest,
        cosine,
        cosine_rest,
        reading.grams(one.text),
        passage_cosine,
        min(behind, FAR) / FAR,
        float(one.hit.rank == 1),
        pairs(reading, one),
        typed,
        float(expected is not None and not typed),
        math.log(1 + content) / 4,
        one.place / max(1, len(one.hit.passage.sentences) - 1),
        float(content < 4),
        float(one.text.rstrip().endswith(("?", "？", ":"))),
        before * float(bool(PRONOUN.match(one.text))),
        float(bool(cue and cue.search(one.text))),
        own.get(question.head, 0.0) if question.head in weights else 0.0,
        _part(question.names, one.terms),
        _part(question.numbers, one.terms),
        len(own) / (content + 3),
        reading.part(own, [t for t in weights if t not in reading.topic(one)]),
        reading.local(one, own),
        *map(float, agreement),
    ]


def _part(wanted: frozenset[str], held: frozenset[str]) -> float:
    """The share of ``wanted`` that is held; 1 where nothing is wanted."""
    return len(wanted & held) / len(wanted) if wanted else 1.0


def positions(reading: Reading, one: Candidate) -> dict[str, list[int]]:
    """At which word numbers of the sentence each question term stands, in any form."""
    found: dict[str, list[int]] = {}
    for i, word in enumerate(one.words):
        if word.term is None:
            continue
        if word.term in reading.weights:
            found.setdefault(word.term, []).append(i)
        for term in reading.variants.get(word.term, ()):
            found.setdefault(term, []).append(i)
    return found


def pairs(reading: Reading, one: Candidate) -> float:
    """The share of the question's neighbouring terms that stand within 4 words here."""
    terms = reading.question.terms
    if len(terms) < 2:
        return reading.share(reading.matched(one.terms))
    at = positions(reading, one)
    total = found = 0.0
    for left, right in pairwise(terms):
        weight = reading.weights[left] + reading.weights[right]
        total += weight
        if any(0 < abs(j - i) <= 4 for i in at.get(left, ()) for j in at.get(right, ())):
            found += weight
    return found / total if total else 0.0


def closeness(reading: Reading, one: Candidate, span: emphasis.Span) -> float:
    """How near the question's words stand to ``span``: weights fading with distance in words."""
    inside = [i for i, word in enumerate(one.words) if span.start <= word.start < span.end]
    if not inside:
        return 0.0
    total = 0.0
    for term, at in positions(reading, one).items():
        distance = min(min(abs(i - inside[0]), abs(i - inside[-1])) for i in at)
        total += reading.weights[term] * math.exp(-distance / 8)
    return total
