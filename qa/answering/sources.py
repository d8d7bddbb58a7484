"""The block of numbered source sentences that a model reads, with marks nobody can forge.

Document text, titles and paths are data.  In the block each sentence is one line that begins
with its id; inside it no square bracket, angle-bracket tag, invisible or control character
remains, so nothing a document says can look like an id, an end of a source, a chat template's
token or the refusal.  Behind a sentence that counts from the day of writing ("last year") stands
what that means, in square brackets as well.  Quotes never come from the block but from the
document.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.data import Hit, Sentence
from qa.errors import ModelRejected
from qa.models.tokens import count
from qa.text.plain import neutral, one_line
from qa.times.quoted import counted, told, written_text

REFUSAL_TOKEN = "NO_ANSWER"
"""What a model writes, alone, where the sources do not answer."""

_MAX_HEADER = 200
_END = "=== END"


@dataclass(frozen=True, slots=True)
class Shown:
    """A sentence as the model saw it: where it stands, and which hit brought it."""

    hit: Hit
    sentence: Sentence

    @property
    def quote(self) -> str:
        """The document's own characters."""
        return self.hit.document.text[self.sentence.start : self.sentence.end]


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """The block's text, what each id in it means, and the hits that did not fit.

    ``sentences`` is in reading order of the block; ``left_out`` in order of rank.
    """

    text: str
    sentences: dict[str, Shown]
    left_out: tuple[Hit, ...]


def source_block(hits: Sequence[Hit], budget: int) -> SourceBlock:
    """The best of ``hits`` that ``budget`` tokens hold, the strongest at both ends.

    A language model uses the middle of its context worst (Liu et al. 2024, Lost in the
    Middle), so rank 1 opens the block and rank 2 closes it.  A sentence is shown once,
    and a passage that only repeats better ranked ones not at all.  If not even the best
    passage fits, its first sentences that do are shown.

    Raises ``ModelRejected`` where no sentence fits.
    """
    ranked = sorted(hits, key=lambda hit: hit.rank)
    chosen: list[tuple[Hit, list[Sentence]]] = []
    left_out: list[Hit] = []
    seen: set[str] = set()
    room = budget - count(f"\n{_END}")
    for hit in ranked:
        fresh = _fresh(hit, seen)
        if not fresh:
            continue
        cost = count(_rendered(99, hit, fresh))
        if cost > room:
            left_out.append(hit)
            continue
        room -= cost
        chosen.append((hit, fresh))
        seen.update(_key(hit, sentence) for sentence in fresh)
    if not chosen and left_out:
        chosen = [(left_out[0], _first_that_fit(left_out[0], room))]
        left_out = left_out[1:]
    ordered = chosen[::2] + chosen[1::2][::-1]
    sentences = {
        f"{number}.{place}": Shown(hit, sentence)
        for number, (hit, shown) in enumerate(ordered, 1)
        for place, sentence in enumerate(shown, 1)
    }
    blocks = [_rendered(n, hit, shown) for n, (hit, shown) in enumerate(ordered, 1)]
    text = "\n".join([*blocks, _END]) if blocks else ""
    return SourceBlock(text, sentences, tuple(left_out))


def _fresh(hit: Hit, seen: set[str]) -> list[Sentence]:
    """The sentences of ``hit`` that say something and were not shown yet."""
    fresh, own = [], set(seen)
    for sentence in hit.passage.sentences:
        key = _key(hit, sentence)
        if key and key not in own:
            own.add(key)
            fresh.append(sentence)
    return fresh


def _key(hit: Hit, sentence: Sentence) -> str:
    return one_line(hit.document.text[sentence.start : sentence.end]).casefold()


def _first_that_fit(hit: Hit, budget: int) -> list[Sentence]:
    fresh = _fresh(hit, set())
    while fresh and count(_rendered(99, hit, fresh)) > budget:
        fresh.pop()
    if not fresh:
        raise ModelRejected(
            f"the model's window leaves {budget} tokens for sources, and no sentence of "
            f"{hit.path!r} fits; expected a model with a larger window (--model)"
        )
    return fresh


def _rendered(number: int, hit: Hit, sentences: Sequence[Sentence]) -> str:
    document = hit.document
    written = written_text(document.published, document.written)
    facts = [
        ("title", document.title) if document.title else ("path", hit.path),
        ("published" if document.published else "written", written),
        ("section", hit.passage.heading),
    ]
    header = "".join(
        f" | {name}: {neutral(said).replace('|', '/')[:_MAX_HEADER]}"
        for name, said in facts
        if said
    )
    lines = [f"=== SOURCE {number}{header}"]
    for place, sentence in enumerate(sentences, 1):
        said = neutral(document.text[sentence.start : sentence.end])
        meaning = told(counted(document, sentence))
        lines.append(f"[{number}.{place}] {said}" + (f" [{neutral(meaning)}]" if meaning else ""))
    return "\n".join(lines)
