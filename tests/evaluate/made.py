"""Answers made by hand, for measures whose value can be worked out on paper."""

from collections.abc import Mapping, Sequence

from qa.data import Answer, Citation, Document, Hit, OutcomeKind, Passage, Sentence, Statement
from qa.evaluate.gold import Evidence, GoldPair
from qa.evaluate.matching import Case

MILL = "Ada opened the mill in 2019. Bob sold it in 2021. It has 40 wheels. Nobody lives there."
DOCUMENTS = {
    "mill.txt": Document(id="d-mill", text=MILL),
    "other.txt": Document(id="d-other", text="The sea is wide. Bob sold it in 2021."),
}
ADA, SOLD, WHEELS = "Ada opened the mill in 2019.", "Bob sold it in 2021.", "It has 40 wheels."


def gold(*quotes: str, **fields: object) -> GoldPair:
    """A pair whose evidence is these quotes of mill.txt."""
    values: dict[str, object] = {
        "id": "g1",
        "question": "Who opened the mill?",
        "kind": "who",
        "answerable": True,
        "must": (("Ada",),),
        "evidence": tuple(Evidence("mill.txt", quote) for quote in quotes),
    }
    return GoldPair(**(values | fields))  # type: ignore[arg-type]


def span(quote: str, path: str = "mill.txt") -> tuple[int, int]:
    """Where the quote stands."""
    start = DOCUMENTS[path].text.index(quote)
    return start, start + len(quote)


def hit(quote: str, rank: int = 1, path: str = "mill.txt", copies: tuple[str, ...] = ()) -> Hit:
    """A hit whose passage is this quote."""
    start, end = span(quote, path)
    document = DOCUMENTS[path]
    passage = Passage(f"p{rank}", document.id, start, end, (Sentence(start, end),))
    return Hit(passage, document, (path,), rank, 1 / rank, (), copies)


def cite(quote: str, marker: int = 1, path: str = "mill.txt") -> Citation:
    """An exact citation of this quote."""
    start, end = span(quote, path)
    document = DOCUMENTS[path]
    return Citation(marker, document.id, path, None, None, None, 1, start, end, quote)


def state(text: str, *citations: Citation, emphasis: tuple[int, int] | None = None) -> Statement:
    """A statement with its citations."""
    return Statement(text, citations, 1.0, emphasis)


def answer(
    *statements: Statement,
    hits: Sequence[Hit] = (),
    reason: str | None = None,
    nearest: tuple[Citation, ...] = (),
    confidence: float | None = None,
    question: str = "Who opened the mill?",
    outcome: OutcomeKind | None = None,
) -> Answer:
    """An answer; nothing found where ``reason`` is given; or another ``outcome``."""
    return Answer(
        question=question,
        answered_question=question,
        statements=statements,
        reason=reason,
        nearest=nearest,
        hits=tuple(hits),
        engine="hand",
        outcome=outcome or ("not_found" if reason else "answered"),
        confidence=confidence,
    )


def case(pair: GoldPair, given: Answer, documents: Mapping[str, Document] | None = None) -> Case:
    """A case over the two documents above."""
    return Case(pair, given, DOCUMENTS if documents is None else documents)
