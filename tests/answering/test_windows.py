"""Windows: what a reader reads around a hit, and where each piece of it stands."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.windows import grown, open_windows, window
from qa.data import Document, Hit, Passage, Unit, Window
from qa.ingest.split import split, tidy
from qa.text.tables import Header, header_of, with_header
from tests.answering.made import opened

HARBOUR = """# Harbour

The harbour has three quays in all. It is old.

## Quays

The quays are:

- North Quay, for ferries
- South Quay, for coal

| Quay | Length |
| --- | --- |
| North | **240** m |
| South | 90 m |

Start the pump like this:

```sh
pump --start
pump --check
```

It hums.
"""


def short(texts: list[str]) -> list[int]:
    """Twelve tokens a word: few sentences make a passage."""
    return [12 * len(text.split()) for text in texts]


def single(texts: list[str]) -> list[int]:
    """So many tokens that every sentence is a passage."""
    return [150] * len(texts)


def parts(text: str, count: object = single) -> tuple[Document, tuple[Passage, ...]]:
    """A document of this text and its passages."""
    document = Document("d", text, title="Harbour")
    return document, split(document, count)  # type: ignore[arg-type]


def hit_of(document: Document, passage: Passage, rank: int = 1) -> Hit:
    """A passage as it is found."""
    return Hit(passage, document, ("d.md",), rank, 1.0 / rank)


def beginning(text: str, first: str) -> Window:
    """The window from the passage in which ``first`` stands to the end of the document."""
    document, passages = parts(text)
    at = next(i for i, one in enumerate(passages) if first in text[one.start : one.end])
    return window(hit_of(document, passages[at]), passages[at:])


def said(made: Window) -> list[tuple[str, str]]:
    """Role and words of each unit."""
    return [(one.role, one.text) for one in made.units]


def test_each_unit_is_read_as_what_it_is() -> None:
    """Rows are read with their header's words, and headings and headers only say of what."""
    made = opened(HARBOUR, title="Harbour")
    assert said(made) == [
        ("text", "The harbour has three quays in all."),
        ("text", "It is old."),
        ("heading", "Quays"),
        ("text", "The quays are:"),
        ("item", "North Quay, for ferries"),
        ("item", "South Quay, for coal"),
        ("frame", "Quay | Length"),
        ("row", "Quay: North; Length: 240 m"),
        ("row", "Quay: South; Length: 90 m"),
        ("text", "Start the pump like this:"),
        ("code", "pump --start"),
        ("code", "pump --check"),
        ("text", "It hums."),
    ]
    assert [one.text for one in made.units if one.is_frame] == ["Quays", "Quay | Length"]


def test_a_line_of_names_above_rows_that_give_them_answers_nothing() -> None:
    """The first line of a CSV file only names what each row of it names again."""
    made = opened("part,supplier\npart: drum; supplier: Halvard\npart: pads; supplier: Orsini\n")
    assert [one.role for one in made.units] == ["frame", "row", "row"]
    other = opened("The parts of Halvard.\npart: drum; supplier: Halvard\n")
    assert [one.role for one in other.units] == ["text", "row"]


@pytest.mark.parametrize(
    ("first", "frame", "unit"),
    [
        ("South |", "Quay | Length", "Quay: South; Length: 90 m"),
        ("South Quay", "The quays are:", "South Quay, for coal"),
        ("pump --check", "Start the pump like this:", "pump --check"),
    ],
)
def test_what_begins_inside_is_read_with_what_opens_it(first: str, frame: str, unit: str) -> None:
    """A row, an item and a code line far down are read with header, opening and introduction."""
    made = beginning(HARBOUR, first)
    assert said(made)[0] == ("frame", frame)
    assert made.units[1].text == unit


def test_a_table_is_read_with_its_caption() -> None:
    """Also where the window begins in the middle of it; what says something is no caption."""
    table = "| Room | Price |\n|---|---|\n| Larch | 40 |\n| Spruce | 35 |\n"
    made = said(beginning(f"Prices of 2023\n\n{table}", "Spruce"))
    assert made == [
        ("title", "Prices of 2023"),
        ("frame", "Room | Price"),
        ("row", "Room: Spruce; Price: 35"),
    ]
    made = said(beginning(f"A room costs more in winter.\n\n{table}", "A room"))
    assert made[0] == ("text", "A room costs more in winter.")


def test_a_window_that_begins_with_a_sentence_needs_no_frame() -> None:
    """Nothing is put before what stands for itself."""
    assert said(beginning(HARBOUR, "It hums.")) == [("text", "It hums.")]


def test_an_empty_cell_keeps_its_column() -> None:
    """A roster's first header cell is empty, and a cell that is does not push the others left."""
    table = (
        "|   | Mon | Tue | Wed |\n|---|---|---|---|\n| Porter | Ylva | | Bo |\n|  | Ann | Bo | |\n"
    )
    header = header_of(table, 0, table.index("\n"))
    assert header == Header(("", "Mon", "Tue", "Wed"))
    rows = [line for line in table.split("\n")[2:] if line]
    said = [
        with_header(header, table, table.index(row) + len("| "), table.index(row) + len(row))
        for row in rows
    ]
    assert said == ["Porter; Mon: Ylva; Wed: Bo", "Mon: Ann; Tue: Bo"]


def test_a_table_right_below_another_has_not_its_header() -> None:
    """A list of two columns without a header is no part of the table of three above it."""
    first = "|  | Adult | Child |\n|---|---|---|\n| Evening | 7 | 3 |\n"
    text = "# Moss museum\n\n" + first + "\n| Warden | Finn Rask |\n| Phone | 555-0199 |\n"
    found = beginning(text, "Evening")
    assert [unit.text for unit in found.units if unit.role == "row"] == [
        "Evening; Adult: 7; Child: 3",
        "Warden | Finn Rask",
        "Phone | 555-0199",
    ]


def test_a_table_without_a_header_is_read_as_it_stands() -> None:
    """No row of figures is taken for the names of the columns."""
    made = opened("| North | 240 m |\n| South | 90 m |\n")
    assert said(made) == [("row", "North | 240 m"), ("row", "South | 90 m")]


def test_a_window_knows_where_it_stands() -> None:
    """Title and headings stand above it, and how the document begins where it does not there."""
    later = beginning(HARBOUR, "It hums.")
    assert later.context == "Harbour > Quays"
    assert later.opening == "The harbour has three quays in all."
    assert opened(HARBOUR, title="Harbour").opening == ""


EVEN = "The old harbour of Vesterhavn has some ten quays today.\n\n" * 12


@pytest.mark.parametrize(
    ("found", "taken", "most", "expected"),
    [
        (5, [], 1, (5, 6)),  # it alone is more than that
        (5, [], 2, (5, 7)),  # the next passage first,
        (5, [], 3, (4, 7)),  # then the one before
        (5, [], 5, (3, 8)),
        (5, [(6, 8)], 3, (3, 6)),  # another window stands behind it
        (5, [(4, 5), (6, 8)], 9, (5, 6)),
        (0, [], 3, (0, 3)),
        (11, [], 3, (9, 12)),
    ],
)
def test_a_window_grows_to_its_neighbours(
    found: int, taken: list[tuple[int, int]], most: int, expected: tuple[int, int]
) -> None:
    """As many neighbours as fit are read with a hit, of no other window."""
    _, passages = parts(EVEN)
    assert len(passages) == 12
    size = 12  # tokens of the sentence, as they are estimated
    sizes = grown(passages, (found, found + 1), taken, EVEN, most * size)
    assert sizes == expected


class OneDocument:
    """As much of a library as is asked: the passages of one document."""

    def __init__(self, passages: tuple[Passage, ...]) -> None:
        self._passages = passages

    def document_passages(
        self,
        _document_id: str,
        near: tuple[int, int],
    ) -> tuple[Passage, ...]:
        """Those that reach into a range."""
        return tuple(one for one in self._passages if one.end > near[0] and one.start < near[1])


WORD = st.sampled_from(
    "Aurora ferry coal quay 240 **old** [map](m.png) tons, Kell's über 华为".split()
)
LINE = st.lists(WORD, min_size=1, max_size=6).map(" ".join)
SENTENCE = LINE.map("The {}.".format)
PROSE = st.lists(SENTENCE, min_size=1, max_size=4).map(" ".join)
ITEMS = st.lists(LINE, min_size=1, max_size=4).map("\n".join)
PIECE = st.one_of(
    PROSE,
    LINE.map("## {}".format),
    st.lists(LINE.map("- {}".format), min_size=1, max_size=5).map(
        lambda items: "The quays are:\n\n" + "\n".join(items)
    ),
    st.lists(st.tuples(LINE, LINE).map("| {0[0]} | {0[1]} |".format), max_size=4).map(
        lambda rows: "\n".join(["| Quay | Length |", "| --- | --- |", *rows])
    ),
    ITEMS.map("Run this:\n\n```sh\n{}\n```".format),
    ITEMS.map("> {}".format),
)
MARKDOWN = st.lists(PIECE, min_size=1, max_size=7).map("\n\n".join)


def is_exact(one: Unit, text: str) -> bool:
    """Whether a unit's place holds its words: of a row, each cell."""
    start, end = one.sentence.start, one.sentence.end
    if not 0 <= start < end <= len(text):
        return False
    stands = text[start:end]
    if one.role == "code":
        return one.text == " ".join(stands.split())
    if one.role != "row":
        return one.text == tidy(stands)
    return all(tidy(cell) in one.text for cell in stands.strip("|").split("|"))


@given(MARKDOWN, st.data())
def test_every_unit_stands_where_it_says(text: str, data: st.DataObject) -> None:
    """Of any document and stretch of it, units slice the text and miss no sentence."""
    document, passages = parts(text, short)
    if not passages:
        return
    first = data.draw(st.integers(0, len(passages) - 1))
    end = data.draw(st.integers(first + 1, len(passages)))
    made = window(hit_of(document, passages[first]), passages[first:end])
    assert [one for one in made.units if not is_exact(one, text)] == []
    sentences = [one for passage in passages[first:end] for one in passage.sentences]
    assert made.hit.passage.sentences == tuple(sentences)
    read = [one.sentence for one in made.units]
    assert [one for one in read if one in sentences] == sentences
    assert read == sorted(read, key=lambda one: one.start)
    for one in made.units:
        if one.sentence not in sentences:
            assert one.is_frame, one


@given(MARKDOWN, st.lists(st.tuples(st.integers(0, 50), st.integers(1, 3)), max_size=5))
def test_windows_never_overlap(text: str, found: list[tuple[int, int]]) -> None:
    """No sentence is read twice, and all that was found is read, however much that is."""
    document, passages = parts(text * 3, short)
    hits = []
    for rank, (at, number) in enumerate(found, 1):
        joined = passages[at % max(1, len(passages)) :][:number]
        if joined:  # as retrieval joins neighbours
            sentences = tuple(one for passage in joined for one in passage.sentences)
            passage = replace(joined[0], end=joined[-1].end, sentences=sentences)
            hits.append(hit_of(document, passage, rank))
    made = open_windows(hits, OneDocument(passages))  # type: ignore[arg-type]
    read = [one for each in made for one in each.hit.passage.sentences]
    assert len(read) == len(set(read))
    assert {one for hit in hits for one in hit.passage.sentences} <= set(read)


def test_a_hit_inside_a_window_makes_none() -> None:
    """Two hits of neighbouring passages are read as one window, the better hit's."""
    document, passages = parts(EVEN)
    hits = [hit_of(document, passages[5]), hit_of(document, passages[6], 2)]
    (made,) = open_windows(hits, OneDocument(passages))  # type: ignore[arg-type]
    assert made.hit == replace(hits[0], passage=made.hit.passage)
