"""Names that a question and the documents write differently."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.answer.aliases import READ, alias
from qa.assistant import Assistant

EXPLAINED = "The Tarn Water Company (TWC) is a private firm. Its seat is in Hove."


@pytest.mark.parametrize(
    ("question", "texts", "said"),
    [
        ("Who leads the TWC now?", [EXPLAINED], "Who leads the Tarn Water Company now?"),
        ("who leads the twc now", [EXPLAINED], "who leads the Tarn Water Company now"),
        ("Who leads Tarn Water Company?", [EXPLAINED], "Who leads TWC?"),
        (
            "Who leads the TWC?",
            ["TWC (Tarn Water Company) pays."],
            "Who leads the Tarn Water Company?",
        ),
        (
            "What is solid rocket booster fuel?",
            ["A solid rocket booster (SRB)."],
            "What is SRB fuel?",
        ),
        (
            "Who leads the TWC?",
            ["Tea With Cream (TWC).", EXPLAINED],
            "Who leads the Tea With Cream?",
        ),
        ("Who leads the Tarn Water Company (TWC)?", [EXPLAINED], None),
        ("Who leads the TWC?", ["The firm (1904) is private (see below)."], None),
        ("Which arts did the BBC show?", ["Alpha Repertory Television Service (ARTS)"], None),
        ("Who leads the TWC?", [" " * READ + EXPLAINED], None),
        ("", [EXPLAINED], None),
    ],
)
def test_a_name_is_written_as_the_documents_also_write_it(
    question: str, texts: list[str], said: str | None
) -> None:
    """Someone who types an acronym, or spells it out, is understood as the documents explain it."""
    assert alias(question, texts) == said


@pytest.fixture(scope="module", params=["long", "short"])
def assistant(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Assistant, str]]:
    """Documents that say how an acronym is spelled out, and another that uses one form only."""
    base: Path = tmp_path_factory.mktemp("aliases")
    name, asked = "Tarn Water Company", "TWC"
    if request.param == "short":
        name, asked = asked, name
    texts = {
        "history.txt": "Pipes were laid by the Tarn Water Company (TWC), a private firm.",
        "staff.txt": f"The {name} hired the engineer Odile Brandt for the dam.",
        "rival.txt": "The Vestral Council hired the engineer Piet Amsel for the bridge.",
        "other.txt": "The Pinewood Trust hired the engineer Ana Reyes for the tunnel.",
    }
    (base / "docs").mkdir()
    for path, text in texts.items():
        (base / "docs" / path).write_text(text)
    with Assistant(documents=base / "docs", library=base / "library", engine="extractive") as one:
        one.sync()
        yield one, asked


def test_a_question_in_one_form_finds_the_other(assistant: tuple[Assistant, str]) -> None:
    """The passage that only uses the other form of the name leads, ahead of its rivals."""
    qa, asked = assistant
    hits = qa.search(f"For what did the {asked} hire the engineer?")
    assert hits[0].path == "staff.txt"
    assert hits[0].score == sum(one.part for one in hits[0].ranked)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_question_in_one_form_is_answered_in_the_other(assistant: tuple[Assistant, str]) -> None:
    """Who asks in the one form is answered from a passage that has only the other."""
    qa, asked = assistant
    answer = qa.ask(f"Which engineer was hired by the {asked}?")
    assert [citation.path for citation in answer.statements[0].citations] == ["staff.txt"]
    assert any(asked not in part.question for part in qa.explain(answer.question, answer.hits))
