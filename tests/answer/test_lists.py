"""Complete lists: who is listed, who is not, and what is said of how far was read."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.answer.anaphora import antecedent
from qa.answer.listing import form
from qa.answer.members import blocks, labelled, row, same_member
from qa.answer.question import analyse
from qa.app.lines import plain
from qa.app.render import answer_lines
from qa.assistant import Assistant
from qa.data import Answer

DOCUMENTS = {
    "minutes.txt": """Minutes of the board of the Ferry Cooperative
12 March 2024

Present: Olga Brandt, Tomas Ilic, Pia Lund
Apologies: Henrik Moe

The treasurer, Rune Dahl, had sent his report by mail.
""",
    "recall.md": """# Corvane recalls cars over a brake fault

Corvane said on Tuesday that a brake hose may leak. The fault was found in Oslo.

The following models were recalled:

- Lark 2
- Lark 3 Estate
- Heron

The Plover is not affected. A competitor, Pellan Motors, recalled the K4 last year.
""",
    "parts.md": """# Parts of the Mistral pump

| Part | Supplier | Town |
|---|---|---|
| Housing | Aldrin Castings | Ketting |
| Rotor | Bexley Forge | Skagen |
| Seal | Norvik Rubber | Ketting |
""",
    "kitchen.csv": """Product,Category,Price
Alto,kettle,39
Basso,toaster,45
Tenor,kettle,52
""",
    "orbex1.txt": "Orbex opened its first factory in Lund in 1999. It makes gearboxes there.\n",
    "orbex2.txt": "Orbex has opened a factory in Turku, it said. Shares of Orbex rose.\n",
    "orbex3.txt": "The third Orbex factory opened in Riga in 2022. Orbex left Paris.\n",
    "dalmore.txt": """Dalmore Instruments was founded in Leith by Ewan Reid. The company
launched the V1 in 2019 and the V2 in 2020. Its rival Pellan Optics launched the K9 in 2021.
""",
    "hask.txt": """Hask acquired Minto in 2015 and Relby in 2017. Hask itself was acquired by Ortega
in 2021. Ortega had tried to buy Dunmore before.
""",
    "fund.txt": """Four partners back the Tilde fund. They are Arn Bank, Belt Shipping and Norvik.
""",
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Answer]]:
    """Ask a library of the documents above."""
    folder: Path = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text)
    library = tmp_path_factory.mktemp("library")
    with Assistant(documents=folder, library=library, engine="extractive") as assistant:
        assistant.sync()
        yield assistant.ask


def members(answer: Answer) -> list[str]:
    """The emphasised ranges of an answer."""
    return [
        one.text[one.emphasis[0] : one.emphasis[1]] for one in answer.statements if one.emphasis
    ]


@pytest.mark.parametrize(
    ("question", "listed"),
    [
        ("who attended the meeting?", ["Olga Brandt, Tomas Ilic, Pia Lund"]),
        ("which models did Corvane recall?", ["Lark 2", "Lark 3 Estate", "Heron"]),
        (
            "list the suppliers of the Mistral pump",
            ["Aldrin Castings", "Bexley Forge", "Norvik Rubber"],
        ),
        ("which suppliers are in Ketting?", ["Aldrin Castings", "Norvik Rubber"]),
        ("which products are kettles?", ["Alto", "Tenor"]),
        ("which products did Dalmore Instruments launch?", ["V1 in 2019 and the V2 in 2020"]),
        ("which companies did Hask acquire?", ["Minto in 2015 and Relby"]),
        ("which companies acquired Hask?", ["Ortega"]),
        ("which companies did Minto acquire?", []),
        ("who are the customers of Dalmore Instruments?", []),
    ],
)
def test_exactly_the_members(
    ask: Callable[[str], Answer], question: str, listed: list[str]
) -> None:
    """A list holds all who are named as members, and nobody who only stands nearby."""
    assert listed == members(ask(question))


def test_spread_over_documents(ask: Callable[[str], Answer]) -> None:
    """Members that three documents name one each are listed together, each with its citation."""
    answer = ask("list all factories of Orbex")
    assert sorted(members(answer)) == ["Lund", "Riga", "Turku"]
    assert {one.path for one in answer.citations} == {"orbex1.txt", "orbex2.txt", "orbex3.txt"}


def test_whole_output(ask: Callable[[str], Answer]) -> None:
    """A reader sees each member, where it stands, and how far was read for more."""
    assert "".join(plain(answer_lines(ask("which models did Corvane recall?")))) == (
        "Lark 2 [1]\n"
        "Lark 3 Estate [2]\n"
        "Heron [3]\n"
        "\n"
        "[1] Corvane recalls cars over a brake fault, recall.md, line 7\n"
        "    “Lark 2”\n"
        "[2] Corvane recalls cars over a brake fault, recall.md, line 8\n"
        "    “Lark 3 Estate”\n"
        "[3] Corvane recalls cars over a brake fault, recall.md, line 9\n"
        "    “Heron”\n"
        "\n"
        "3 found in 1 passage; 9 others, all that the documents hold, named no further one.\n"
        "Answered by: extractive\n"
    )


def test_a_count_in_the_source(ask: Callable[[str], Answer]) -> None:
    """Where a sentence counts more members than were found, the answer says so."""
    (note,) = ask("who are the partners of the Tilde fund?").notes
    assert note.endswith("The documents speak of “Four partners”: some may not have been found.")


@pytest.mark.parametrize(
    ("sentence", "before", "name"),
    [
        ("The brand sold 90 cars.", ["Ada Corp launched a RED brand called Orlo."], {"orlo"}),
        ("The firm grew.", ["Brell, a firm from Oslo, makes nails."], {"brell"}),
        ("The trust sold it.", ["Castle Brae is run by the Hollin Trust."], {"hollin", "trust"}),
        ("In 2020 it moved.", ["Kem opened a shop.", "Ada left."], {"kem"}),
        ("Its pumps are loud.", ["It makes pumps.", "Kem opened a shop."], {"kem"}),
        ("The weather was bad.", ["Kem opened a shop."], set()),
        ("Ada moved.", ["Kem opened a shop."], set()),
    ],
)
def test_antecedents(sentence: str, before: list[str], name: set[str]) -> None:
    """What "the brand" or "it" did is told of the name that it stands for."""
    assert antecedent(sentence, before) == name


def test_structures() -> None:
    """Items, labelled lines and rows are read with what introduces them."""
    text = "A. The parts are:\n\n1. one\n   more\n2. two\n\nEnd.\n"
    (block,) = blocks(text, text.index("two"), text.index("End"))
    assert block.lead == "The parts are:"
    assert [text[one.start : one.end] for one in block.items] == ["one\n   more", "two"]
    label = labelled("Present: A and B.")
    assert label is not None
    assert (label[0], tuple(label[1])) == ("Present", (9, 16))
    assert labelled("See https://a.example/b") is None
    table = "| Part | Town |\n|---|---|\n| Nut | Oslo |\n"
    at = table.index("Nut")
    found = row(table, at, at + len("Nut | Oslo"))
    assert found is not None
    assert found.keys == ("Part", "Town")
    assert same_member("JAC", "Anhui Group (JAC)")
    assert not same_member("V1", "V2")


def test_comparisons_are_no_lists() -> None:
    """A question that compares is not answered with everything there is."""
    assert form(analyse("which products cost more than 40?")) is None
