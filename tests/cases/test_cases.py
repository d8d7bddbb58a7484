"""What users of other products complained of: each kind with a case that failed, and more like it.

``cases.jsonl`` holds them, ``documents`` the files that are no text.  The trained reader decides.
A case of one document is read as it stands, one of several is asked of a library.
"""

import io
import json
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qa.answering import quote
from qa.answering.read import beside_of, reading_of, said_of
from qa.answering.windows import open_windows
from qa.assistant import Assistant, Parts
from qa.data import Answer, Hit, Statement
from qa.ingest.split import split
from qa.models.embed.minilm import MiniLM
from qa.models.reader.onnx import OnnxReader
from tests.answering.made import words
from tests.answering.test_windows import OneDocument
from tests.ingest.files import paragraph, pdf, reading

Case = dict[str, Any]
HERE = Path(__file__).parent
CASES: list[Case] = [
    json.loads(line) for line in (HERE / "cases.jsonl").read_text(encoding="utf-8").splitlines()
]
SEVERAL = [one for one in CASES if len(one["documents"]) > 1 or "library" in one]
READER, EMBEDDING = cache(OnnxReader), cache(MiniLM)


def data(given: Any) -> bytes:
    """The bytes of a document: a text, a text in an encoding, a PDF's lines, or a file changed."""
    if isinstance(given, str):
        return given.encode()
    if "text" in given:
        return bytes(given["text"].encode(given["encoding"]))
    if "pdf" in given:
        return pdf([paragraph(720, lines) for lines in given["pdf"]])
    raw = (HERE / "documents" / given["file"]).read_bytes()
    changes = [(old.encode(), new.encode()) for old, new in given.get("replace", ())]
    if not given["file"].endswith(".docx"):
        return _changed(raw, changes)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, _changed(old.read(name), changes))
    return made.getvalue()


def _changed(raw: bytes, changes: list[tuple[bytes, bytes]]) -> bytes:
    for old, new in changes:
        raw = raw.replace(old, new)
    return raw


def shown(folder: Path, case: Case) -> tuple[Statement, ...]:
    """What of the case's one document is shown where it may answer, whatever the bars are.

    ``python -m bench.cases`` asks each by the whole way instead, with retrieval and the bars.
    """
    ((name, given),) = case["documents"].items()
    document = reading(folder, name, data(given))
    passages = split(document, words)
    hits = [Hit(one, document, (name,), at, 1.0) for at, one in enumerate(passages, 1)]
    read = open_windows(hits, OneDocument(passages))  # type: ignore[arg-type]
    turns = tuple((one, "") for one in [case["after"]]) if "after" in case else ()
    said = said_of(case["question"], turns, read, READER())
    beside = beside_of(case["question"], turns, read, READER())
    found = reading_of(case["question"], read, said, READER().card, beside=beside)
    return quote.quoted(found, quote.select(found, sure=False), sure=False)


def number(case: Case) -> int:
    """Which of its kind a case is."""
    return [one for one in CASES if one["kind"] == case["kind"]].index(case)


def ids(case: Case) -> str:
    """The kind of a case, and which of it it is."""
    return f"{case['kind']} {number(case) + 1}"


def judged(case: Case) -> Any:
    """The case as a parameter; one that the reader's weights get wrong fails, and that is held."""
    marks = [pytest.mark.xfail(reason=case["wrong"], strict=True)] if "wrong" in case else []
    return pytest.param(case, marks=marks, id=ids(case))


def holds(case: Case, statements: tuple[Statement, ...]) -> None:
    """Whether the right value is shown, and none that is wrong."""
    told = "\n".join(one.text for one in statements[: 1 if case.get("first") else None])
    assert [one for one in case["shows"] if one not in told] == [], told
    assert [one for one in case.get("hides", ()) if one in told] == [], told


@pytest.mark.parametrize("case", [judged(one) for one in CASES if one not in SEVERAL])
def test_a_document_answers(case: Case, tmp_path: Path) -> None:
    """The right words of a document are shown, and not those of what looks like it."""
    holds(case, shown(tmp_path, case))


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """What is answered to each case of several documents: those of one number in one library."""
    given: dict[str, Answer] = {}
    for which in sorted({number(one) for one in SEVERAL}):
        folder = tmp_path_factory.mktemp("cases")
        own = [one for one in SEVERAL if number(one) == which]
        for case in own:
            for name, what in case["documents"].items():
                path = folder / ids(case) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data(what))
        parts = Parts(embedding=EMBEDDING(), reader=READER())
        made = Assistant.from_here(documents=folder, library=folder / ".library", parts=parts)
        made.sync()
        for case in own:
            before = (made.ask(case["after"]),) if "after" in case else ()
            given[ids(case)] = made.ask(case["question"], before)
    return given


@pytest.mark.parametrize("case", [judged(one) for one in SEVERAL])
def test_several_documents_answer(case: Case, answers: dict[str, Answer]) -> None:
    """So it is where the answer is in many files, in copies of one, in the newer of two."""
    answer = answers[ids(case)]
    holds(case, answer.statements)
    if "lead" in case:
        assert case["lead"] in answer.statements[0].text
    if "once" in case:
        text = "\n".join(one.text for one in answer.statements)
        (cited,) = {one for one in answer.citations if case["once"] in one.quote}
        assert text.count(case["once"]) == 1
        assert {one.partition("/")[2] for one in cited.also} == set(case["copies"])


def test_each_kind_has_three_cases() -> None:
    """A kind is the case that was complained of, and two more at least."""
    kinds = Counter(one["kind"] for one in CASES)
    assert len(kinds) == 20
    assert min(kinds.values()) >= 3
