"""Every datum of the project: frozen values, standard library only.

    Document -> Passage (of Sentences) -> Hit -> Answer (Statements with Citations)
       read        split, embed, index   retrieve   extract | generate, verify

Offsets are counted in characters (code points) of ``Document.text``, half open:
``text[start:end]`` is the thing itself, byte for byte.  Stages take one datum and return
the next; none is ever changed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says.

    ``id`` is derived from everything below it, so two copies of a file are one document.
    ``title``, ``author`` and ``published`` are None where the file does not tell.
    ``date_basis`` says where ``published`` was found, for a reader ("front matter").
    ``page_starts`` holds the offset at which each page begins (empty: no pages).
    ``written`` are the first and the last day on which it may have been written, where its
    words allow no other; ``published`` is None then, and ``date_basis`` quotes the words.  Where
    both are None it says what a date was seen in, if in anything, that is not to be relied on.
    """

    id: str
    text: str
    title: str | None = None
    author: str | None = None
    published: date | None = None
    date_basis: str | None = None
    page_starts: tuple[int, ...] = ()
    written: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item, heading or table row, as offsets into ``Document.text``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive whole sentences of one section, about 160 tokens.

    Invariant: ``sentences`` is not empty, ordered and without overlap;
    ``start == sentences[0].start`` and ``end == sentences[-1].end``.
    ``heading`` is the path of headings above it ("Results > Europe"), or None.
    ``page`` counts from 1, None where the format has no pages.
    """

    id: str
    document_id: str
    start: int
    end: int
    sentences: tuple[Sentence, ...]
    heading: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the documents folder as the library knows it.

    ``state`` is "ready" (it answers), "skipped" (``reason`` says why: empty, encrypted,
    broken ...).  Of one that is ready, ``reason`` says what of it could not be read, if anything.
    ``path`` is relative to the folder, with forward slashes; a file inside of another (an
    attachment, a member of an archive) has the way through it: "mail.eml/list.csv".
    ``file_day`` is when the file was last changed (UTC), where nothing tells when it was
    written: a copy's time is a guess, so that no date is counted from it.
    """

    path: str
    state: Literal["ready", "skipped"]
    reason: str | None
    document_id: str | None
    title: str | None
    author: str | None
    published: date | None
    date_basis: str | None
    passages: int
    characters: int
    written: tuple[date, date] | None = None
    file_day: date | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """What one retriever said of a passage: rank from 1, and its own score.

    ``part`` is what that adds to the hit's fused score; the parts of a hit add up to it.
    """

    retriever: str
    rank: int
    score: float
    part: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, with the document it stands in.

    ``score`` is the fused score that ``rank`` (from 1) orders by; ``ranked`` holds what
    each retriever said.  ``paths`` are all files that hold this document, sorted;
    ``copies`` names documents whose near-identical passage was folded into this one.
    """

    passage: Passage
    document: Document
    paths: tuple[str, ...]
    rank: int
    score: float
    ranked: tuple[Ranked, ...] = ()
    copies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The passage's own words."""
        return self.document.text[self.passage.start : self.passage.end]

    @property
    def path(self) -> str:
        """The first of ``paths``: the file a citation names."""
        return self.paths[0]


Role = Literal[
    "text", "item", "row", "field", "code", "note", "caption", "heading", "frame", "title"
]
"""What a unit of a window is (a "note": a footnote).  Headings, frames and a "title" (the caption
of the table that the window begins within) only say what others are about."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A stretch of a text, as offsets, whose form says that it is somebody else's words.

    ``kind`` is "chat" (a talk with a language model, or an order to one), "mail" (pasted),
    "reply" (what a mail quotes of earlier ones), "comment" (what a page does not show), "output"
    (this program's own) or "file": words that are attributed to the file named ``file``.
    """

    start: int
    end: int
    kind: Literal["chat", "mail", "reply", "comment", "output", "file"]
    file: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, list item, table row or code line as a reader reads it.

    ``sentence`` says where it stands; ``text`` is how it is read, without markup, a row with
    the words of its header, a setting with its key's path and its comment.  ``voice`` is whose
    words it gives, where they are not the document's own.
    """

    sentence: Sentence
    text: str
    role: Role
    voice: Voice | None = None

    @property
    def is_frame(self) -> bool:
        """Whether it only says what others are about, so that it answers nothing by itself."""
        return self.role in ("heading", "frame", "title")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one document around a hit: what a reader reads and a model is shown.

    ``hit`` is the one that led here, its passage grown to the window.  ``units`` are in
    reading order; ``context`` is the title and the headings above the first ("Title >
    Heading"), ``opening`` how the document begins, "" where the window begins there.
    """

    hit: Hit
    units: tuple[Unit, ...]
    context: str
    opening: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """A unit that was read: where it is, and how likely it is part of the answer.

    ``phrase`` is the range of ``unit.text`` that answers, where the reader tells one.
    """

    window: int
    place: int
    unit: Unit
    hit: Hit
    chance: float
    phrase: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of the windows of one question.

    ``weighed`` are the units that may answer, likeliest first.  ``outcomes`` holds for each
    window the probabilities that it answers, answers in part, contradicts what the question
    takes for granted, and does not answer.  ``confidence`` is the calibrated probability that
    what leads answers the question.
    """

    question: str
    windows: tuple[Window, ...]
    outcomes: tuple[tuple[float, float, float, float], ...]
    weighed: tuple[Weighed, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Dated:
    """A temporal expression of a quotation, and the first and last day that it speaks of.

    ``relative`` is False for what names its own time ("5 May 2020"); ``basis`` says what it
    was counted from.  ``other`` is given where nothing tells whether the last or the next one of
    its kind is meant: then these days are the last, and those the next.
    """

    text: str
    start: date
    end: date
    basis: str
    relative: bool
    other: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in one document: ``quote == document.text[start:end]``, always.

    ``marker`` is the number shown as ``[1]``; equal markers mean the same place.
    ``line`` (from 1) is the line of the extracted text at which the quote starts, which
    for plain-text formats is the file's own line; ``page`` as in ``Passage``, ``published`` and
    ``written`` as in ``Document``, ``entry`` the day of the entry of a log, or of the mail that is
    quoted, in which it stands, where that is another.  ``dates`` are the times that the quote
    speaks of, as far as they can be told.  ``also`` are further files with this passage, word for
    word or nearly.
    """

    marker: int
    document_id: str
    path: str
    title: str | None
    published: date | None
    page: int | None
    line: int
    start: int
    end: int
    quote: str
    written: tuple[date, date] | None = None
    dates: tuple[Dated, ...] = ()
    also: tuple[str, ...] = ()
    entry: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing the answer says, and the places that carry it.

    ``text`` is without markers.  ``support`` is how well the citations carry it, 0 to 1
    (1.0 for a quotation of itself).  ``emphasis`` is the half-open range of ``text`` that
    answers the question, where that can be told.
    """

    text: str
    citations: tuple[Citation, ...]
    support: float
    emphasis: tuple[int, int] | None = None

    @property
    def markers(self) -> str:
        """The markers as printed: ``[1][2]``."""
        return "".join(f"[{citation.marker}]" for citation in self.citations)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A statement that a model made and that was not shown as it stood.

    ``fate`` is "dropped", or "repaired" where the cited sentence itself was shown instead.
    """

    text: str
    reason: str
    fate: Literal["dropped", "repaired"]


N = TypeVar("N", int, float)


def _sum(one: N | None, other: N | None) -> N | None:
    return None if one is None or other is None else one + other


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost.  None is unknown, never 0.  ``cost`` is in US dollars."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    cost: float | None = None
    seconds_to_first: float | None = None

    def plus(self, more: "Usage") -> "Usage":
        """What two requests cost together, unknown where one is; the first's seconds."""
        return Usage(
            prompt_tokens=_sum(self.prompt_tokens, more.prompt_tokens),
            completion_tokens=_sum(self.completion_tokens, more.completion_tokens),
            cached_tokens=_sum(self.cached_tokens, more.cached_tokens),
            cost=_sum(self.cost, more.cost),
            seconds_to_first=self.seconds_to_first,
        )


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about an answer: its kind, and the values that it speaks of.

    Its words are made at the border (``qa.wording.told``).
    """

    kind: str
    values: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, kind: str, **values: object) -> "Note":
        """A note with these values as text."""
        return cls(kind, tuple((name, str(value)) for name, value in values.items()))


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about: what was looked up, read, and chosen, and by which bars.

    ``lookups`` are the texts that were searched for; ``readings`` has one entry for each part
    of the question; ``chosen`` are the (document id, start) of the units that were shown.
    ``unfit`` are windows that a model was not shown for want of room.
    """

    lookups: tuple[str, ...]
    readings: tuple[Reading, ...]
    chosen: frozenset[tuple[str, int]]
    answered_from: float
    perhaps_from: float
    unfit: tuple[Window, ...] = ()


OutcomeKind = Literal["answered", "perhaps", "not_found"]


OPENINGS = frozenset({"perhaps", "likely", "contradicted", "searched", "newest", "newest_undated"})
"""Kinds of notes that stand above the statements."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader gets.

    ``answered_question`` is the question that was really looked up: ``question`` itself,
    or its completion from the conversation.  ``outcome`` is "answered", "perhaps" (the
    statements may answer it) or "not_found"; then ``reason`` says so, ``statements`` is empty
    and ``nearest`` holds the closest sentences found.  ``engine`` is "extractive" or the
    model's name; ``notes`` are what the reader should know about the answer.
    ``seconds`` is (stage, seconds) in the order in which the stages ran.  ``confidence`` is
    what the refusal was decided by, on the engine's own scale, higher for surer, and stands
    on refused answers too; None where the engine weighs nothing.  Below ``threshold`` it
    refuses.  ``as_of`` is the day by which what answers was published, where not everything
    was to answer; ``times`` are the question's own relative expressions as they were read;
    ``trace`` tells how the answer came about.
    """

    question: str
    answered_question: str
    statements: tuple[Statement, ...]
    reason: str | None
    nearest: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    engine: str
    outcome: OutcomeKind = "answered"
    prompt_hash: str | None = None
    usage: Usage | None = None
    seconds: tuple[tuple[str, float], ...] = ()
    notes: tuple[Note, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    confidence: float | None = None
    as_of: date | None = None
    threshold: float | None = None
    times: tuple[Dated, ...] = ()
    trace: Trace | None = None

    @property
    def answered(self) -> bool:
        """True unless no answer was found: also of what only may answer."""
        return self.outcome != "not_found"

    @property
    def openings(self) -> tuple[Note, ...]:
        """The notes that stand above the statements: how they are to be taken."""
        return tuple(note for note in self.notes if note.kind in OPENINGS)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every cited place once, by marker."""
        found = {c.marker: c for statement in self.statements for c in statement.citations}
        return tuple(found[marker] for marker in sorted(found))

    @property
    def text(self) -> str:
        """The answer as printed: statements with their markers, or the reason."""
        if self.reason is not None:
            return self.reason
        return "\n".join(f"{s.text} {s.markers}" for s in self.statements)

    def to_dict(self) -> dict[str, Any]:
        """The object that ``qa ask --json`` prints; documented in docs/json.md."""
        from qa.schema import answer_dict

        return answer_dict(self)


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A document as it was when an answer cited it.

    ``path`` is the file that citations name, ``copies`` are further files that held the same.
    ``sha256`` is of the file's ``size`` bytes, ``text_sha256`` of the text that was read of
    them, as UTF-8; ``format`` names what read it, ``version`` the version of ``qa`` that did.
    ``published``, ``written`` and ``date_basis`` are as in ``Document``, or as a user set them.
    """

    path: str
    copies: tuple[str, ...]
    title: str | None
    sha256: str
    size: int
    text_sha256: str
    characters: int
    format: str
    version: str
    published: date | None
    written: tuple[date, date] | None
    date_basis: str | None


@dataclass(frozen=True, slots=True)
class Quotation:
    """A citation with what stands around it.

    ``heading`` is the path of headings above it, or None; ``before`` and ``after`` are the
    sentences next to it, "" where there is none near.
    """

    citation: Citation
    heading: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Proof:
    """An answer with all that is needed to check it again: what ``qa verify`` reads.

    ``answer`` is without hits, trace, usage and what was left out; ``remarks`` are its notes in
    words, in their order.  ``conversation`` holds the turns before it, each a question and
    the answer's text.  ``quotations`` are its citations, or the nearest where nothing was
    found, by marker.  ``lookups`` are the texts that were searched for, in a library of
    ``searched`` documents.  ``version`` is that of ``qa``, ``reader`` the
    trained reader's digest, ``embedding`` the embedding's name; ``settings`` are those that
    decide what is answered.
    """

    made: datetime
    answer: Answer
    remarks: tuple[str, ...]
    conversation: tuple[tuple[str, str], ...]
    quotations: tuple[Quotation, ...]
    documents: tuple[CitedDocument, ...]
    lookups: tuple[str, ...]
    searched: int
    version: str
    reader: str
    embedding: str
    settings: tuple[tuple[str, Any], ...]


CheckedKind = Literal["holds", "stands", "redated", "changed", "gone", "missing", "false"]
"""What became of a citation.

"holds": its document is there and says just that; "stands": the document has changed, its
sentence has not; "redated": the sentence stands, and its times are not what they were;
"changed": another sentence is in its place; "gone": none is; "missing": the document is not
there, or cannot be read; "false": the document is what it was, and does not say that.
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one citation, and where its document is now.

    ``path`` and ``line`` are where the sentence, or what it was changed to (``now``), stands;
    None where nothing does.  ``remarks`` are for a reader.
    """

    quotation: Quotation
    kind: CheckedKind
    path: str | None
    line: int | None
    now: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the document still says what was quoted."""
        return self.kind in ("holds", "stands")


@dataclass(frozen=True, slots=True)
class CheckedStatement:
    """Whether a statement is borne out, and what of it is not."""

    statement: Statement
    holds: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that fits: the key's fingerprint, and who signed, where that was checked."""

    key: str
    by: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of checking a proof against documents."""

    proof: Proof
    digest: str
    signed: Signed | None
    statements: tuple[CheckedStatement, ...]
    quotations: tuple[Checked, ...]

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return all(one.holds for one in self.statements) and all(
            one.holds for one in self.quotations
        )
