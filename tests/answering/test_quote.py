"""Readings to statements: few units, each with what it takes to be understood."""

from dataclasses import replace

import pytest

from qa.answering.quote import FEW, LISTED, MAYBE_FEW, nearest, quoted, renumbered, select
from qa.answering.windows import window
from qa.data import Document, Hit, Reading, Statement
from qa.ingest.split import split
from tests.answering.made import opened, reading

HARBOUR = opened(
    """# Harbour

The harbour was dredged in 1904 by Ann Kerr.
She was paid in coal. It has **three quays** in all.

The quays are:

- North Quay, for ferries
- South Quay, for coal
- West Quay, for timber

| Quay | Length |
| --- | --- |
| North | 240 m |
| South | 90 m |

Start the pump like this:

```sh
pump --start
  pump --check
```
""",
    name="harbour",
)
TOWN = opened("The town has two pumps. They are old.", name="town")


def shown(found: Reading) -> tuple[Statement, ...]:
    """The statements of all that was weighed."""
    return quoted(found, found.weighed)


def told(found: Reading) -> list[tuple[str, list[str]]]:
    """Each statement with the quotes that it cites."""
    return [(one.text, [c.quote for c in one.citations]) for one in shown(found)]


def test_a_sentence_is_shown_as_it_stands() -> None:
    """A reader sees the document's own words, markup and all."""
    assert told(reading(TOWN, {"two pumps": 0.9})) == [
        ("The town has two pumps.", ["The town has two pumps."])
    ]


def test_items_of_a_list_are_one_statement() -> None:
    """Behind the line that opens their list, and each is cited."""
    assert told(reading(HARBOUR, {"West Quay": 0.9, "North Quay": 0.8})) == [
        (
            "The quays are: North Quay, for ferries; West Quay, for timber",
            ["The quays are:", "North Quay, for ferries", "West Quay, for timber"],
        )
    ]


def test_a_row_is_read_with_its_header() -> None:
    """And both are cited."""
    assert told(reading(HARBOUR, {"Quay: South": 0.9})) == [
        ("Quay: South; Length: 90 m", ["South | 90 m", "Quay | Length"])
    ]


def test_a_row_is_cited_with_the_caption_of_its_table() -> None:
    """Of two tables that are alike, the one that is meant is seen."""
    table = "| Quay | Length |\n| --- | --- |\n| North | {} m |\n"
    text = f"Before the storm\n\n{table.format(240)}\nAfter the storm\n\n{table.format(180)}"
    assert told(reading(opened(text, name="quays"), {"180": 0.9})) == [
        ("Quay: North; Length: 180 m", ["North | 180 m", "Quay | Length", "After the storm"])
    ]


@pytest.mark.parametrize(("mark", "begin"), [("[1]", "[1]"), ("[^fee]", "[^fee]:")])
def test_a_footnote_is_cited_with_the_sentence_that_it_is_of(mark: str, begin: str) -> None:
    """A note alone does not tell what it is about; its mark, not a citation's, is left out."""
    text = f"A berth costs 40 crowns a month.{mark} Pay at the gate.\n\n{begin} Half in winter.\n"
    found = reading(opened(text, name="berths"), {"winter": 0.9})
    assert told(found) == [
        ("Half in winter.", ["Half in winter.", f"A berth costs 40 crowns a month.{mark}"])
    ]


def test_code_comes_with_its_introduction() -> None:
    """A command is shown as it is to be typed, behind the line that says what it does."""
    assert told(reading(HARBOUR, {"--start": 0.9, "--check": 0.7})) == [
        (
            "Start the pump like this:\npump --start\n  pump --check",
            ["Start the pump like this:", "pump --start", "pump --check"],
        )
    ]


def test_a_pronoun_brings_the_sentence_before() -> None:
    """Whom "she" means is shown; a sentence that names its subject stands alone."""
    assert [text for text, _ in told(reading(HARBOUR, {"paid in coal": 0.9}))] == [
        "The harbour was dredged in 1904 by Ann Kerr.",
        "She was paid in coal.",
    ]
    assert len(shown(reading(HARBOUR, {"dredged": 0.9}))) == 1


def test_what_is_brought_twice_is_shown_once() -> None:
    """The sentence before a pronoun may answer itself."""
    found = reading(HARBOUR, {"paid in coal": 0.9, "dredged": 0.8})
    assert [one.markers for one in shown(found)] == ["[1]", "[2]"]


def test_the_best_window_leads_and_is_read_in_order() -> None:
    """A document's sentences stand in its own order, the likeliest document's first."""
    found = reading((HARBOUR, TOWN), {"two pumps": 0.9, "dredged": 0.8, "They are old": 0.6})
    assert [(one.text, one.markers) for one in shown(found)] == [
        ("The town has two pumps.", "[1]"),
        ("They are old.", "[2]"),
        ("The harbour was dredged in 1904 by Ann Kerr.", "[3]"),
    ]


def test_of_what_may_answer_the_likeliest_leads() -> None:
    """Alternatives are no text: the likeliest leads, with what it needs, and what follows it."""
    found = reading(HARBOUR, {"dredged": 0.3, "three quays": 0.9, "North Quay": 0.2})
    assert [one.text for one in quoted(found, found.weighed, sure=False)] == [
        "She was paid in coal.",
        "It has three quays in all.",
        "The quays are: North Quay, for ferries",
        "The harbour was dredged in 1904 by Ann Kerr.",
    ]


def test_markers_count_places_once() -> None:
    """Two rows cite one header by one number."""
    found = reading(HARBOUR, {"Quay: North": 0.9, "Quay: South": 0.8})
    assert [one.markers for one in shown(found)] == ["[1][2]", "[3][2]"]
    again = renumbered(shown(found)[::-1])
    assert [one.markers for one in again] == ["[1][2]", "[3][2]"]
    assert [one.citations[1].quote for one in again] == ["Quay | Length"] * 2


@pytest.mark.parametrize(
    ("unit", "phrase", "text"),
    [
        ("dredged", "in 1904", "in 1904"),
        ("three quays", "three quays", "three quays"),
        ("three quays", "has three quays", "has three quays"),  # in the file "has **three quays**"
        ("West Quay", "timber", "timber"),
        ("Quay: South", "90 m", "90 m"),
        ("two pumps", "The town has two pumps", None),  # most of it, which tells nothing
    ],
)
def test_emphasis_is_the_phrase_in_what_is_shown(unit: str, phrase: str, text: str | None) -> None:
    """What is set off is what answers, wherever it came to stand; or nothing is."""
    (one,) = shown(reading((HARBOUR, TOWN), {unit: (0.9, phrase)}))[-1:]
    marked = None if one.emphasis is None else one.text[slice(*one.emphasis)]
    assert marked == text


def test_quotes_are_the_documents() -> None:
    """Every citation slices its document."""
    texts = {"harbour.md": HARBOUR.hit.document.text, "town.md": TOWN.hit.document.text}
    found = reading(
        (HARBOUR, TOWN),
        {"paid": 0.9, "West Quay": 0.8, "Quay: North": 0.7, "--check": 0.6, "two pumps": 0.5},
    )
    places = [c for one in shown(found) for c in one.citations]
    assert len(places) == 10
    assert [c for c in places if texts[c.path][c.start : c.end] != c.quote] == []


MANY = opened("\n\n".join(f"Quay number {number:02} is open." for number in range(20)))


@pytest.mark.parametrize(
    ("chances", "sure", "maybe"),
    [
        ([0.2], 1, 1),  # the likeliest is shown, whatever it is
        ([0.9, 0.08], 1, 1),  # below a tenth of it
        ([0.9, 0.71], 1, 2),  # below four fifths of it
        ([0.9, 0.73], 2, 2),
        ([0.4, 0.33, 0.33, 0.33, 0.33], FEW, MAYBE_FEW),
        ([0.7, 0.6, 0.6, 0.6, 0.6, 0.2], 5, 5),  # likelier than not, all of them
        ([0.9] * 20, LISTED, LISTED),
    ],
)
def test_how_many_are_shown(chances: list[float], sure: int, maybe: int) -> None:
    """Few units beside the likeliest, more of what only may answer, and a list as it is sure."""
    found = reading(MANY, {f"number {at:02}": one for at, one in enumerate(chances)})
    assert select(found, sure=True) == found.weighed[:sure]
    assert select(found, sure=False) == found.weighed[:maybe]


def test_the_same_words_are_shown_once() -> None:
    """A sentence that two documents share is one statement, and is near once."""
    copy = opened("The town has  two pumps.", name="copy")
    windows = (TOWN, copy)
    one, other = (reading((each,), {"two pumps": 0.9}).weighed[0] for each in windows)
    found = Reading("?", windows, (), (one, other), 0.9)
    assert select(found, sure=False) == (one,)
    assert [place.path for place in nearest(found)] == ["town.md"]


ROWS = "| Pump | Amperes | House |\n| --- | --- | --- |\n| A1 | 33 | north |\n| B2 | 34 | north |\n"


@pytest.mark.parametrize(
    ("text", "asked", "chances", "kept"),
    [
        (ROWS, "Which pump draws 33 amperes?", {"A1": 0.7, "B2": 0.2}, 1),
        (ROWS, "Which pumps are in the north?", {"A1": 0.7, "B2": 0.2}, 2),
        (ROWS, "Which pump draws 33 amperes?", {"A1": 0.7, "B2": 0.6}, 1),
        ("Team A won the relay. It rained all day.", "Who won?", {"Team": 0.7, "rained": 0.2}, 2),
    ],
)
def test_what_is_made_alike_and_says_less_is_not_beside(
    text: str, asked: str, chances: dict[str, float], kept: int
) -> None:
    """Pump B2 with 34 amperes is no place to look for the one with 33."""
    found = replace(reading(opened(text), chances), question=asked)
    assert select(found, sure=False) == found.weighed[:kept]


def test_nothing_weighed_is_nothing_shown() -> None:
    """No unit, no statement."""
    assert select(reading(TOWN, {}), sure=True) == ()
    assert nearest(reading(TOWN, {})) == ()


def test_the_nearest_are_three() -> None:
    """Where nothing answers, the likeliest three are shown, numbered."""
    found = reading(MANY, {f"number {at:02}": 0.1 - at / 100 for at in range(6)})
    assert [(one.marker, one.quote) for one in nearest(found)] == [
        (1, "Quay number 00 is open."),
        (2, "Quay number 01 is open."),
        (3, "Quay number 02 is open."),
    ]


def test_a_sentence_brings_the_code_that_its_paragraph_leads_to() -> None:
    """How it is done stands behind what is said of it; of another paragraph it does not."""
    one = "Wrap the list in `track`. Here is one:\n\n```\ntrack(boats)\n```"
    page = opened(f"{one}\n\nBoats sink. They do.\n\nSee:\n\n```\nx\n```", name="page")
    assert told(reading((page,), {"Wrap": 0.9})) == [
        ("Wrap the list in track.", ["Wrap the list in `track`."]),
        ("Here is one:\ntrack(boats)", ["Here is one:", "track(boats)"]),
    ]
    assert told(reading((page,), {"They do": 0.9}))[-1:] == [("They do.", ["They do."])]


def test_the_title_of_an_item_brings_what_it_names() -> None:
    """A title ("2. Rent.") alone answers nothing; sentences of one item are no items of a list."""
    lease = opened(
        "1. Term. It runs for a year.\n2. Rent. It is 400 crowns. It is paid in May.", name="l"
    )
    assert told(reading((lease,), {"Rent": 0.9})) == [
        ("Rent. It is 400 crowns.", ["Rent.", "It is 400 crowns."])
    ]
    assert told(reading((lease,), {"year": 0.9, "in May": 0.8})) == [
        ("It runs for a year. It is paid in May.", ["It runs for a year.", "It is paid in May."])
    ]


def test_an_entry_has_its_day_and_its_name() -> None:
    """Of a line of a log the day and who wrote it stand before what is said."""
    log = opened(
        "LOGBOOK\n\n2026-01-19  Solberg. Changed the oil of P1. It was milky.\n"
        "2026-01-20  Moen. All well.",
        name="log",
    )
    assert told(reading((log,), {"oil": 0.9})) == [
        (
            "2026-01-19 Solberg. Changed the oil of P1.",
            ["2026-01-19  Solberg.", "Changed the oil of P1."],
        )
    ]
    assert told(reading((log,), {"milky": 0.9}))[0][0] == "2026-01-19 Solberg. It was milky."
    press = opened("Opened 3 May 2024. The mill burnt.", name="press")
    assert told(reading((press,), {"burnt": 0.9})) == [("The mill burnt.", ["The mill burnt."])]


def test_other_figures_than_the_questions_are_not_beside() -> None:
    """Asked for the shelf with nine tins, the one with seven jars is not shown beside it."""
    store = opened("Shelf two has 9 tins of wax.\nShelf one has 7 jars of resin.", name="store")
    found = reading((store,), {"wax": 0.9, "resin": 0.8})
    asked = replace(found, question="which shelf has 9 tins of wax?")
    assert select(asked, sure=False) == asked.weighed[:1]
    both = replace(found, question="what is on the shelves?")
    assert select(both, sure=False) == both.weighed


def test_no_step_is_left_out() -> None:
    """Of numbered steps of which the reader takes several all are shown, in their order."""
    steps = "1. Shut the tap.\n2. Open the lid.\n3. Change the filter.\n4. Close the lid."
    pump = opened(f"# Pump\n\nTo change the filter:\n\n{steps}", name="pump")
    ((text, cited),) = told(reading((pump,), {"Shut": 0.9, "Close the": 0.8}))
    assert text == (
        "To change the filter: Shut the tap. Open the lid. Change the filter. Close the lid."
    )
    assert len(cited) == 5
    ((text, _),) = told(reading((pump,), {"Open": 0.9}))
    assert text == "To change the filter: Open the lid."
    deep = steps.replace("\n3.", "\n- If it jams, wait.\n- If it leaks, call us.\n3.")
    scanner = opened(f"# Pump\n\n{deep}", name="deep")  # two of four steps, of six items
    ((text, _),) = told(reading((scanner,), {"Shut": 0.9, "Open": 0.8}))
    assert text.endswith("Open the lid. If it jams, wait. If it leaks, call us. "
                         "Change the filter. Close the lid.")  # fmt: skip
    many = opened("\n".join(f"{at}. Turn wheel {at}." for at in range(1, 15)), name="many")
    chosen = {f"wheel {at}.": 0.9 for at in (2, 3, 4, 5, 6, 14)}
    ((_, cited),) = told(reading((many,), chosen))
    assert cited == [f"Turn wheel {at}." for at in (2, 3, 4, 5, 6, 14)]  # too long to be whole
    loose = opened("- Bread is 3.\n- Tea is 2.\n- Milk is 1.", name="prices")
    ((text, _),) = told(reading((loose,), {"Bread": 0.9, "Milk": 0.8}))
    assert text == "Bread is 3. Milk is 1."


def test_steps_that_the_window_cuts_are_shown() -> None:
    """A list of which the window holds the middle is shown from its first step to its last."""

    def turn(at: int) -> str:
        return f"Turn wheel {at} by one full turn. Wait {at} minutes."

    text = "To change it:\n\n" + "\n".join(f"{at}. {turn(at)}" for at in range(1, 9))
    document = Document("a", text)
    cut = split(document, lambda texts: [50] * len(texts))[1:-1]
    made = window(Hit(cut[0], document, ("a.md",), 1, 1.0), cut)
    held = [at for at in range(1, 9) if any(f"wheel {at}" in one.text for one in made.units)]
    assert 1 not in held
    assert 8 not in held
    ((said, cited),) = told(reading((made,), {f"wheel {at}": 0.9 for at in held[:3]}))
    assert said == "To change it: " + " ".join(turn(at) for at in range(1, 9))
    assert len(cited) == 17
    ((said, _),) = told(reading((made,), {f"wheel {held[0]}": 0.9}))
    assert said == f"To change it: Turn wheel {held[0]} by one full turn."


def test_items_that_nothing_opens_have_their_heading() -> None:
    """A rabbit may have no "Potatoes": the item alone does not tell."""
    diet = opened("# Rabbits\n\n## Never give\n\n- Potatoes\n- Rhubarb", name="diet")
    assert told(reading((diet,), {"Potatoes": 0.9})) == [
        ("Never give: Potatoes", ["Never give", "Potatoes"])
    ]
    colon = opened("# Rabbits\n\n## Allowed:\n\n- Hay", name="colon")
    assert told(reading((colon,), {"Hay": 0.9}))[0][0] == "Allowed: Hay"
    asked = opened("# Shop\n\n## Do you deliver?\n\n- Yes, on Fridays", name="shop")
    assert told(reading((asked,), {"Yes": 0.9}))[0][0] == "Do you deliver? Yes, on Fridays"


def test_an_opening_brings_what_it_opens() -> None:
    """A line that ends in a colon says nothing alone: its list, or its code, comes with it."""
    assert told(reading(HARBOUR, {"quays are": 0.9})) == [
        (
            "The quays are: North Quay, for ferries; South Quay, for coal; West Quay, for timber",
            [
                "The quays are:",
                "North Quay, for ferries",
                "South Quay, for coal",
                "West Quay, for timber",
            ],
        )
    ]
    assert told(reading(HARBOUR, {"Start the pump": 0.9})) == [
        (
            "Start the pump like this:\npump --start\n  pump --check",
            ["Start the pump like this:", "pump --start", "pump --check"],
        )
    ]


def test_short_code_is_shown_whole() -> None:
    """One of its lines means little without the others."""
    (one,) = told(reading(HARBOUR, {"--check": 0.9}))
    assert one[1] == ["Start the pump like this:", "pump --start", "pump --check"]
