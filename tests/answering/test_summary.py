"""What there is for "summarise" without a model."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from qa.answering.summary import MOST, summary
from qa.assistant import Assistant
from qa.data import Document, Hit, Passage
from qa.ingest.split import split
from qa.wording import told
from tests.answering.made import words


class OneDocument:
    """As much of a library as is asked: the passages of one document."""

    def __init__(self, passages: tuple[Passage, ...]) -> None:
        self._passages = passages

    def sources(self) -> tuple[()]:
        """None that could be named."""
        return ()

    def document_passages(self, _document_id: str) -> tuple[Passage, ...]:
        """All of them."""
        return self._passages


def summed(text: str) -> tuple[list[str], list[str]]:
    """Statements with their markers, and notes, of a document."""
    document = Document("d", text)
    passages = split(document, words)
    hit = Hit(passages[-1], document, ("d.md",), 1, 1.0)
    statements, notes = summary("Summarise it.", [hit], OneDocument(passages))  # type: ignore[arg-type]
    for one in statements:
        (cited,) = one.citations
        assert one.text == cited.quote == text[cited.start : cited.end]
    return [f"{one.text} {one.markers}" for one in statements], [told(one) for one in notes]


def test_a_summary_is_the_opening_and_the_sections_first_sentences() -> None:
    """Whichever passage was found, the document is shown from its start, and it is said how."""
    text = "The mill is very old. It burnt.\n\n# Owners\n\n- Ann\n\nAnn Kerr has owned it since"
    text += " 1974. She paid.\n\n# Empty\n\nNot much.\n\n# Tolls\n\nTolls are paid in cash only.\n"
    assert summed(text) == (
        [
            "The mill is very old. [1]",
            "Ann Kerr has owned it since 1974. [2]",
            "Tolls are paid in cash only. [3]",
        ],
        ["These are the opening and the sections' first sentences of d.md, no summary."],
    )


def test_the_day_that_is_named_tells_which_document_is_meant() -> None:
    """Asked for the minutes of a day, those of that day are shown, however well others fit."""
    made = []
    for name, day in (("faq", date(2025, 7, 10)), ("minutes", date(2025, 5, 12))):
        document = Document(name, f"The {name} are quite short today.", published=day)
        made.append(Hit(split(document, words)[0], document, (f"{name}.md",), len(made) + 1, 1.0))

    def of(asked: str) -> str:
        view = OneDocument((made[1].passage,) if "12" in asked else (made[0].passage,))
        (note,) = summary(asked, made, view)[1]  # type: ignore[arg-type]
        return told(note)

    assert "minutes.md" in of("Summarise the minutes of 12 May 2025.")
    assert "faq.md" in of("Summarise the minutes of 3 May 2025.")


def test_a_summary_is_short() -> None:
    """Of a long document only so many sections are shown."""
    text = "\n\n".join(f"# Part {n}\n\nThis is part number {n}." for n in range(30))
    assert len(summed(text)[0]) == MOST


def test_without_hits_there_is_none() -> None:
    """Nothing found is nothing told."""
    assert summary("Summarise it.", [], OneDocument(())) == ((), ())  # type: ignore[arg-type]


def test_a_file_that_is_named_is_the_one_shown(tmp_path: Path) -> None:
    """Whatever else was found; where it has no sentence, or answers alone are wanted, none is."""
    (tmp_path / "ferry.md").write_text("The ferry is old. It sails at nine each morning.\n")
    (tmp_path / "ferry.csv").write_text("ferry,nine\nold,sails\n")
    assistant = Assistant.from_here(tmp_path, tmp_path / ".qa")
    assistant.sync()
    shown = assistant.ask("Summarise ferry.md")
    assert [one.text for one in shown.statements] == ["It sails at nine each morning."]
    assert shown.outcome == "perhaps"
    none = assistant.ask("Summarise ferry.csv")
    assert (none.statements, none.outcome) == ((), "not_found")
    assert not any(one.kind == "summary" for one in none.notes)
    strict = replace(assistant.settings, strict=True)
    answer = Assistant(strict).ask("Summarise ferry.md")
    assert (answer.statements, answer.outcome) == ((), "not_found")


def test_a_named_file_has_its_own_copies_beside_it(tmp_path: Path) -> None:
    """And not those of what was found for the question."""
    mill = "The mill was built of red brick in 1901.\n"
    (tmp_path / "mill.md").write_text(mill)
    (tmp_path / "mill-copy.md").write_text(mill)
    (tmp_path / "b.md").write_text("The ferry sails at nine each morning.\n")
    (tmp_path / "c.md").write_text("The ferry sails at nine each morning.\n")
    assistant = Assistant.from_here(tmp_path, tmp_path / ".qa")
    assistant.sync()
    (statement,) = assistant.ask("Summarise c.md, not the mill of red brick").statements
    (cited,) = statement.citations
    assert (cited.path, cited.also) == ("c.md", ("b.md",))
