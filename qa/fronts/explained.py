"""``qa search --explain``: hits, what their scores are made of, and how they are read."""

from collections.abc import Iterator, Sequence

from qa.data import Hit, Reading, Trace, Weighed
from qa.fronts import render
from qa.fronts.lines import BLANK, Line, Piece, one_line
from qa.positions import line_of

_UNITS = 8


def explained_lines(hits: Sequence[Hit], trace: Trace) -> Iterator[Line]:
    """The hits with what each retriever adds, then the likeliest units with their chances."""
    yield from render.hit_lines(hits)
    yield from unfit_lines(trace)
    for reading in trace.readings:
        yield from reading_lines(reading, trace)
        yield BLANK


def unfit_lines(trace: Trace) -> Iterator[Line]:
    """The windows that a model is not shown for want of room."""
    for one in trace.unfit:
        line = line_of(one.hit.document.text, one.hit.passage.start)
        place = f"{one_line(one.hit.path)}, line {line}"
        yield Line((Piece(f"no room among what a model is shown: {place}", "dim"),))


def reading_lines(reading: Reading, trace: Trace, most: int = _UNITS) -> Iterator[Line]:
    """What a reading is sure of, and its likeliest units with their windows' outcomes."""
    bars = f"answered from {trace.answered_from:.3f}, perhaps from {trace.perhaps_from:.3f}"
    yield Line(
        (
            Piece(f"Read for “{one_line(reading.question)}”: ", "bold"),
            Piece(f"confidence {reading.confidence:.3f} ({bars})"),
        )
    )
    for rank, one in enumerate(reading.weighed[:most], start=1):
        yield from unit_lines(rank, one, reading)


def unit_lines(rank: int, one: Weighed, reading: Reading) -> Iterator[Line]:
    """A unit: its chance, where it stands, its words, and what its window was read as."""
    line = line_of(one.hit.document.text, one.unit.sentence.start)
    place = f"{one_line(one.hit.path)}, line {line}, of window {one.window + 1}"
    yield Line(
        (Piece(f"{rank}. ", "cyan"), Piece(f"chance {one.chance:.3f}  "), Piece(place, "dim"))
    )
    yield Line((Piece(f"“{one_line(one.unit.text)}”", "italic"),), indent=4)
    full, part, contra, none = reading.outcomes[one.window]
    told = f"answers {full:.2f}, in part {part:.2f}, contradicts {contra:.2f}, silent {none:.2f}"
    yield Line((Piece(f"its window: {told}", "dim"),), indent=4)
