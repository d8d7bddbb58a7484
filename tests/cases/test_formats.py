"""A question to a file of each format, asked of one folder by the whole pipeline.

Each answer stands where readers of files lose it (``each.CASES``): a merged cell, a second column,
a footnote, a notebook's output, an attachment.  What is shown must be cited at the right place.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from qa.assistant import Assistant, Parts
from qa.ingest.formats.registry import FORMATS
from qa.models.embed.minilm import MiniLM
from qa.models.reader.onnx import OnnxReader
from tests.cases import each


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """One that has read the folder with a file of each format."""
    folder = tmp_path_factory.mktemp("each")
    each.lay_out(folder)
    parts = Parts(embedding=MiniLM(), reader=OnnxReader())
    with Assistant.from_here(documents=folder, library=folder / ".library", parts=parts) as made:
        made.sync()
        yield made


def test_every_file_is_read(assistant: Assistant) -> None:
    """Nothing is skipped, what is inside of a file is a document, what is hidden is said."""
    sources = {one.path: one for one in assistant.sources()}
    assert {case.path for case in each.CASES} <= set(sources)
    assert {one.state for one in sources.values()} == {"ready"}
    assert {path: one.reason for path, one in sources.items() if one.reason} == {
        "barges.xlsx": "sheet 'Costs' is hidden in the file; it is read",
        "cranes.xls": "sheet 'Wages' is hidden in the file; it is read",
    }


def test_each_format_is_asked() -> None:
    """A format that is added needs a question, unless another reads it line by line alike."""
    asked = {Path(case.path).suffix for case in each.CASES}
    asked |= {Path(name).suffix for name in each.FILES}
    modules = {FORMATS[suffix].module for suffix in asked}
    assert {one.module for one in FORMATS.values()} - modules == {"ocr", "brought"}


def test_an_attachment_is_a_document_of_its_own(assistant: Assistant) -> None:
    """It is cited by its way through the mail, with the mail's day, and the mail names it."""
    sources = {one.path: one for one in assistant.sources()}
    mail, attached = sources["timber.eml"], sources["timber.eml/prices.csv"]
    assert mail.document_id != attached.document_id
    assert mail.published == attached.published == date(2024, 5, 14)
    assert "Attachments: prices.csv" in assistant.document("timber.eml").text
    (cited,) = {one.path for one in assistant.ask("What is the Preis je m³ of Eiche?").citations}
    assert cited == "timber.eml/prices.csv"


@pytest.mark.parametrize("case", [pytest.param(one, id=one.path) for one in each.CASES])
def test_the_difficult_place_answers(assistant: Assistant, case: each.Case) -> None:
    """Among what is shown is the place that answers, with its page, line and section."""
    answer = assistant.ask(case.question)
    cited = [one for said in answer.statements for one in said.citations]
    found = [one for one in cited if one.path == case.path and case.quote in one.quote]
    assert found, [(said.text, [one.path for one in said.citations]) for said in answer.statements]
    assert case.page in (None, found[0].page)
    assert case.line in (None, found[0].line)
    if case.heading is not None:
        above = assistant.document(case.path).text[: found[0].start].split("\n")
        headings = [line.lstrip("# ") for line in above if line.startswith("#")]
        assert headings[-1] == case.heading
