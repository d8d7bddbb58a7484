"""The numbered sources that a model reads: the windows' own text, with marks nobody can forge.

A document's text stands in them as it is: brackets, tables, indentation.  So a mark cannot be
told from text by how it looks; it is one that no text holds.  Every unit begins with its id,
"[2.3]", the third of source 2, and numbers are passed over that stand so in a text shown.  The
lines that begin a source and end them all carry a sign that stands nowhere in it.  Left out is
what nobody sees (control and invisible characters), and tokens of chat templates are parted by
a blank, since servers read them as their own wherever they stand.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from qa.answering.windows import heading_above, letterhead
from qa.data import Document, Hit, Role, Sentence, Unit, Window
from qa.errors import ModelRejected
from qa.models.tokens import count
from qa.text.plain import OPENING, inert, one_line, visible
from qa.times.quoted import counted, told, written_text

REFUSAL_TOKEN = "NO_ANSWER"
"""What a model writes, alone, where nothing that it is shown bears on the question."""

_MAX_HEADER = 200
_LETTERS = "bcdfghjkmnpqrstvwxz"  # no vowels, so that no sign is a word
_SIGN = "wxzt"  # one to count tokens with
_LEFT_OUT = "…\n"
_LOOKS_LIKE_ID = re.compile(rf"[{re.escape(OPENING)}]\s*(\d{{1,6}})\s*[.．]\s*\d")
_FENCE = re.compile(r"^[^\S\n]*(?:`{3,}|~{3,})\w*[^\S\n]*$", re.MULTILINE)
_NUMBER = re.compile(r"^[^\S\n]*[(]?(?:\d{1,3}|[a-z])[.)]\s*\Z", re.MULTILINE | re.IGNORECASE)
_LONGEST_GAP = 400
_OPENS = 2  # sentences before a table, list or code that may open it
_TEXT = re.compile(r"[^\W_]")
_VOICES = {
    "chat": "words of a chat, not of the document",
    "mail": "from a mail pasted in",
    "reply": "quoted from an earlier mail",
    "comment": "from a comment that is not shown",
    "output": "in the form of an answer of yours, not of the document",
    "file": "not found in {}",
}
RECORDS: frozenset[Role] = frozenset({"row", "item", "code", "field"})
"""Units that are told apart from those beside them, as sentences of running text are not."""
_BY_THE_TEXT = ("“", "e-mail header", "front matter", "docinfo field")
"""How a basis of a date tells that the day stands in the text: it quotes it, or names its place."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A unit as the model saw it, and the stretch of its document that was shown around it."""

    hit: Hit
    unit: Unit
    stretch: tuple[Unit, ...]

    @property
    def sentence(self) -> Sentence:
        """Where it stands."""
        return self.unit.sentence

    @property
    def quote(self) -> str:
        """The document's own characters."""
        return self.hit.document.text[self.sentence.start : self.sentence.end]


def above(shown: Shown) -> tuple[Unit, ...]:
    """What a row, an item or a line of code stands under: headings, what opens it, its header."""
    if shown.unit.role not in RECORDS:
        return ()
    stretch = shown.stretch

    def up(at: int, *roles: Role, most: int = len(stretch)) -> int:
        """Where the units that stand right above a place and have these roles begin."""
        run = takewhile(lambda unit: unit.role in roles, reversed(stretch[:at]))
        return at - min(most, len(list(run)))

    first = up(stretch.index(shown.unit), shown.unit.role)
    opened = up(up(first, "frame", "title"), "text", most=_OPENS)
    return stretch[up(opened, "heading") : first]


def beside(shown: Shown) -> list[Unit]:
    """The sentences before and behind one; a row's or an item's are of other things, but a line's.

    Nor does a row explain the sentence above its table.
    """
    text, own, at = shown.hit.document.text, shown.sentence, shown.stretch.index(shown.unit)

    def is_apart(unit: Unit) -> bool:
        between = sorted((own.start, own.end, unit.sentence.start, unit.sentence.end))
        is_record = not RECORDS.isdisjoint({unit.role, shown.unit.role})
        return is_record and "\n" in text[between[1] : between[2]]

    around = shown.stretch[max(0, at - 1) : at + 2]
    return [unit for unit in around if unit != shown.unit and not is_apart(unit)]


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """The block's text, what each id in it means, and the windows that did not fit.

    ``sentences`` is in reading order of the block; ``left_out`` in the order given, best first.
    """

    text: str
    sentences: dict[str, Shown]
    left_out: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Windows of one document that touch, as one: units in reading order, each once.

    ``start`` is where they begin, what stands far above them aside.
    """

    hit: Hit
    units: tuple[Unit, ...]
    section: str
    start: int


def source_block(windows: Sequence[Window], budget: int, question: str = "") -> SourceBlock:
    """The best of ``windows`` (best first) that ``budget`` tokens hold, in document order.

    The documents come in the order of their best window; windows of one that touch are one
    source.  A window that only repeats better ones is not shown.  If not even the best fits,
    its first units that do are shown.  No id stands in ``question`` either.

    Raises ``ModelRejected`` where no unit fits.
    """
    chosen: list[_Stretch] = []
    left_out: list[Window] = []
    seen: set[str] = set()
    room = budget - count(f"\n=== END {_SIGN}")
    for window in windows:
        text = window.hit.document.text
        own = [unit.sentence for unit in window.units if not unit.is_frame]
        keys = {one_line(text[one.start : one.end]).casefold() for one in own} - {""}
        if keys <= seen:
            continue
        stretch = _stretch(window)
        cost = count(_rendered(stretch, 99, _SIGN))
        if cost > room:
            left_out.append(window)
            continue
        room -= cost
        chosen.append(stretch)
        seen |= keys
    if not chosen and left_out:
        chosen = [_first_that_fit(_stretch(left_out.pop(0)), room)]
    if not chosen:
        return SourceBlock("", {}, ())
    sources = list(_joined(chosen))
    texts = [question, *(_rendered(one, 0, "") for one in sources)]
    numbers, sign = _free(texts, len(sources)), _sign(texts)
    sentences = {
        f"{number}.{place}": Shown(one.hit, unit, one.units)
        for number, one in zip(numbers, sources, strict=True)
        for place, unit in enumerate(one.units, 1)
    }
    blocks = [_rendered(one, n, sign) for n, one in zip(numbers, sources, strict=True)]
    return SourceBlock("".join([*blocks, f"=== END {sign}"]), sentences, tuple(left_out))


def _stretch(window: Window) -> _Stretch:
    """The window, with the heading right above it and the lines that head its document."""
    passage = window.hit.passage
    above = heading_above(window)
    units = _ordered((*letterhead(window), *above, *window.units))
    start = above[0].sentence.start if above else passage.start
    return _Stretch(window.hit, units, passage.heading or "", start)


def _ordered(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Units in reading order, none twice, none within another, none empty."""
    found: list[Unit] = []
    for one in sorted(units, key=lambda unit: (unit.sentence.start, -unit.sentence.end)):
        inside = found and one.sentence.start < found[-1].sentence.end
        if not inside and one.sentence.start < one.sentence.end:
            found.append(one)
    return tuple(found)


def _joined(chosen: Sequence[_Stretch]) -> Iterator[_Stretch]:
    """The stretches by document, those joined between which no text is left out."""
    by_document: dict[str, list[_Stretch]] = {}
    for one in chosen:
        by_document.setdefault(one.hit.document.id, []).append(one)
    for own in by_document.values():
        own.sort(key=lambda one: one.start)
        last = own[0]
        for one in own[1:]:
            if _is_bare(one.hit.document.text[last.units[-1].sentence.end : one.start]):
                last = replace(last, units=_ordered((*last.units, *one.units)))
            else:
                yield last
                last = one
        yield last


def _is_bare(gap: str) -> bool:
    """Whether only blanks and markup stand between two units: a list's number, a fence."""
    if len(gap) > _LONGEST_GAP:
        return False
    return not _TEXT.search(_NUMBER.sub("", _FENCE.sub("", gap)))


def _first_that_fit(stretch: _Stretch, budget: int) -> _Stretch:
    for end in range(len(stretch.units), 0, -1):
        found = replace(stretch, units=stretch.units[:end], section="")
        fits = count(_rendered(found, 99, _SIGN)) <= budget
        if fits and not all(one.is_frame for one in found.units):
            return found
    raise ModelRejected(
        f"the model's window leaves {budget} tokens for sources, and no sentence of "
        f"{stretch.hit.path!r} fits; expected a model with a larger window (--model)"
    )


def _free(texts: Sequence[str], wanted: int) -> list[int]:
    """The first numbers that no text holds where an id would have them."""
    taken = {int(found) for text in texts for found in _LOOKS_LIKE_ID.findall(text)}
    free = (number for number in range(1, wanted + len(taken) + 1) if number not in taken)
    return list(islice(free, wanted))


def _sign(texts: Sequence[str]) -> str:
    """Four letters that stand in none of the texts; the same for the same texts."""
    held = "\n".join(texts).casefold()
    seed = held.encode("utf-8", "surrogatepass")
    while True:
        seed = hashlib.sha256(seed).digest()
        sign = "".join(_LETTERS[byte % len(_LETTERS)] for byte in seed[:4])
        if sign not in held:
            return sign


def _rendered(stretch: _Stretch, number: int, sign: str) -> str:
    """The source; with number 0 what of it is a text's own, without a mark."""
    document, text = stretch.hit.document, stretch.hit.document.text
    facts = [
        ("title", document.title) if document.title else ("path", stretch.hit.path),
        ("published" if document.published else "written", _written(document)),
        ("section", stretch.section),
    ]
    header = "".join(
        f" | {name}: {one_line(said).replace('|', '/')[:_MAX_HEADER]}"
        for name, said in facts
        if said
    )
    made = [f"=== SOURCE {number} {sign}" if number else "", header, "\n"]
    end = 0
    for place, unit in enumerate(stretch.units, 1):
        start = unit.sentence.start
        mark = f"[{number}.{place}] " if number else ""
        gap = text[end:start]
        if not end or not _is_bare(gap):  # its line may begin with a bar, a mark, or blanks
            lead = text[text.rfind("\n", 0, start) + 1 : start]
            made += ["\n" + _LEFT_OUT if end else "", mark, lead if _is_bare(lead) else ""]
        elif "\n" in gap:
            rest, lead = gap.rsplit("\n", 1)
            made += [rest, "\n", mark, lead]
        else:
            made += [gap or " ", mark]
        made += [text[start : unit.sentence.end], _meaning(document, unit) if number else ""]
        end = unit.sentence.end
    line_end = text.find("\n", end)
    tail = text[end : line_end if line_end >= 0 else len(text)]
    made += [tail if _is_bare(tail) else "", "\n"]
    return inert(visible("".join(made)))


def _meaning(document: Document, unit: Unit) -> str:
    """What "last year" in a unit means, where the text itself says from which day to count.

    And whose words it gives, where they are not the document's own.
    """
    voice = _VOICES[unit.voice.kind].format(unit.voice.file) if unit.voice else ""
    times = counted(document, unit.sentence)
    if not (document.published and _is_by_the_text(document)):
        times = tuple(one for one in times if one.basis.startswith("from the date before it"))
    return "".join(f" [{one}]" for one in (told(times), voice) if one)


def _is_by_the_text(document: Document) -> bool:
    return any(said in (document.date_basis or "") for said in _BY_THE_TEXT)


def _written(document: Document) -> str:
    """When it was written, and by what that is known where the text does not tell."""
    days, basis = written_text(document.published, document.written), document.date_basis
    return f"{days} by {basis}" if days and basis and not _is_by_the_text(document) else days
