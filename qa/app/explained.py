"""``qa search --explain``: hits, what their scores are made of, and how they are read."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from qa.app import render
from qa.app.lines import BLANK, Line, Piece, one_line
from qa.app.why_not import worth_text
from qa.data import Hit, hit_dicts
from qa.positions import line_of

if TYPE_CHECKING:
    from qa.answer.explain import PartRead

_SENTENCES = 5
_FEATURES = 6


def explained_lines(hits: Sequence[Hit], parts: "Sequence[PartRead]", bar: float) -> Iterator[Line]:
    """The hits with what each retriever adds, then the best sentences with what they weigh."""
    yield from render.hit_lines(hits)
    for part in parts:
        fate = "answered" if part.confidence >= bar else "refused"
        yield Line(
            (
                Piece(f"Read for “{one_line(part.question)}”: ", "bold"),
                Piece(f"confidence {part.confidence:.3f}, shown from {bar:.3f} on: {fate}"),
            )
        )
        yield Line((Piece(f"made of {worth_text(part.evidence)}", "dim"),), indent=4)
        for one in part.sentences[:_SENTENCES]:
            line = line_of(one.hit.document.text, one.sentence.start)
            place = f"{one_line(one.hit.path)}, line {line}, of hit {one.hit.rank}"
            told = f"chance {one.chance:.3f}  score {one.score:.2f}  "
            yield Line((Piece(f"{one.rank}. ", "cyan"), Piece(told), Piece(place, "dim")))
            yield Line((Piece(f"“{one_line(one.text)}”", "italic"),), indent=4)
            yield Line((Piece(worth_text(one.features, _FEATURES), "dim"),), indent=4)
        yield BLANK


def explained_dict(hits: Sequence[Hit], parts: "Sequence[PartRead]", bar: float) -> dict[str, Any]:
    """The same as ``--json`` prints it, with every sentence that was weighed."""
    return {
        "hits": hit_dicts(hits),
        "threshold": bar,
        "read": [part.to_dict() for part in parts],
    }
