"""``qa search --explain`` and ``qa why-not``: every stage at which a thing can be lost is told."""

import json
import os
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from qa.errors import UsageError
from qa.fronts.cli.main import cli
from qa.models.reader.fake import FakeReader
from qa.schema import SCHEMAS

OPENED = "who opened the Corvin mill?"
MILL = (
    "The Corvin mill was opened by Ilva Strand in May 1987. It stands at the river Odra.\n"
    "Its wheel is made of larch, its stones came by barge from a quarry upstream, and its roof is\n"
    "covered with slate. Farmers of three villages bring rye, barley and oats after the harvest.\n"
    "\nPhoto: the mill in winter.\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mill, its copy with another file's name, and a document of another matter."""
    documents = tmp_path_factory.mktemp("project") / "docs"
    documents.mkdir()
    (documents / "mill.txt").write_text(MILL)
    (documents / "mirror.txt").write_text(MILL.replace("after the harvest", "each autumn"))
    for i in range(14):
        (documents / f"river-{i:02}.txt").write_text(
            f"The mill at river gauge {i} was measured in the spring of {1900 + i}.\n"
        )
    (documents / "bread.txt").write_text("Bread in Lisbon was baked by Rui Costa on Mondays.\n")
    return documents


def qa(folder: Path, *arguments: str, typed: str | None = None) -> str:
    """What a command prints where the reader finds who opened the mill, and nothing else."""
    clean = {name: None for name in os.environ if name.startswith(("QA_", "OPENAI_"))}
    with pytest.MonkeyPatch.context() as patch:
        reader = FakeReader({OPENED: ["Ilva Strand"]})
        patch.setattr("qa.assistant.OnnxReader", lambda *_kind: reader)
        patch.setattr("qa.assistant.Ensemble", lambda *_readers: reader)
        where = ["--documents", str(folder), *arguments]
        result = CliRunner().invoke(cli, where, env=clean, input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_explained_json_adds_up(folder: Path) -> None:
    """Hits add up to their score; units lie in their windows, the likeliest first."""
    found = json.loads(qa(folder, "search", "--explain", "--json", OPENED))
    jsonschema.validate(found, SCHEMAS["explained"])
    assert list(found) == ["hits", "lookups", "answered_from", "perhaps_from", "read"]
    assert found["lookups"] == [OPENED]
    assert 0 < found["perhaps_from"] <= found["answered_from"] < 1
    for hit in found["hits"]:
        parts = sum(said["part"] for said in hit["retrievers"].values())
        assert parts == pytest.approx(hit["score"])
    (reading,) = found["read"]
    assert (reading["question"], reading["confidence"] > 0.9) == (OPENED, True)
    best = reading["units"][0]
    assert (best["path"], best["text"]) == ("mill.txt", MILL[:54])
    assert (best["start"], best["end"]) == (0, 54)
    chances = [one["chance"] for one in reading["units"]]
    assert chances == sorted(chances, reverse=True)
    for one in reading["units"]:
        window = reading["windows"][one["window"]]
        assert one["path"] == window["path"]
        assert window["start"] <= one["start"] < one["end"] <= window["end"]
    assert reading["windows"][best["window"]]["outcome"]["full"] == pytest.approx(0.97)


def test_explained_text_names_each_stage(folder: Path) -> None:
    """A reader sees what each retriever adds, what was folded, and what was read how."""
    lines = qa(folder, "search", "--explain", OPENED).splitlines()
    assert " adds " in lines[0]
    assert "    also in mirror.txt" in lines
    (at,) = [i for i, line in enumerate(lines) if line.startswith("Read for ")]
    assert lines[at].startswith(f"Read for “{OPENED}”: confidence 0.9")
    assert "answered from 0." in lines[at]
    assert "perhaps from 0." in lines[at]
    assert lines[at + 1].startswith("1. chance 0.9")
    assert lines[at + 1].endswith("mill.txt, line 1, of window 1")
    assert lines[at + 2 : at + 4] == [
        f"    “{MILL[:54]}”",
        "    its window: answers 0.97, in part 0.01, contradicts 0.01, silent 0.01",
    ]


def test_why_shows_how_the_last_answer_was_read(folder: Path) -> None:
    """/why names outcome and confidence, the cited passage, and the likeliest units."""
    lines = qa(folder, "chat", typed=f"{OPENED}\n/why\n").splitlines()
    why = lines[lines.index(f"question   {OPENED}") :]
    assert "outcome    answered" in why
    (confidence,) = [line for line in why if line.startswith("confidence ")]
    assert confidence.startswith("confidence 0.9")
    assert "(answered from 0." in confidence
    assert "1. mill.txt, line 1, cited" in why
    at = why.index(next(line for line in why if line.startswith(f"Read for “{OPENED}”")))
    assert why[at + 1].startswith("1. chance 0.9")
    assert why[at + 2] == f"    “{MILL[:54]}”"
    assert len([line for line in why if " chance 0." in line]) == 3


def test_search_without_explain_is_the_list_of_hits(folder: Path) -> None:
    """The JSON of ``qa search`` stays what it is documented to be."""
    found = json.loads(qa(folder, "search", "--json", "--limit", "2", "the Corvin mill"))
    assert [hit["rank"] for hit in found] == [1, 2]


@pytest.mark.parametrize(
    ("phrase", "question", "told"),
    [
        ("ILVA  Strand", OPENED, "It is in the answer: [1]"),
        ("river Odra", OPENED, "Read as unit 2 of 14; others were chosen: its chance of"),
        (
            "river Odra",
            "who painted the mill's ceiling?",
            "nothing was answered: the confidence is",
        ),
        ("Rui Costa", OPENED, "Found, but too far down to be read"),
        ("each autumn", OPENED, "mirror.txt holds it; its passage"),
        ("zebra", OPENED, "No document of the library holds “zebra”."),
    ],
)
def test_why_not(folder: Path, phrase: str, question: str, told: str) -> None:
    """The first line says where the sentence was lost."""
    assert told in qa(folder, "why-not", phrase, question).splitlines()[0]


def test_why_not_says_what_is_lacking(folder: Path) -> None:
    """The chances of the unit and of the likeliest, and which words a far passage lacks."""
    said = qa(folder, "why-not", "river Odra", OPENED).splitlines()
    chances = re.findall(r"\b0\.\d{3}", said[0])
    assert float(chances[0]) < 0.1 < 0.9 < float(chances[1])
    assert said[1:] == [
        f"2. chance {chances[0]}  mill.txt, line 1, of window 1",
        "    “It stands at the river Odra.”",
        "    its window: answers 0.97, in part 0.01, contradicts 0.01, silent 0.01",
    ]
    far = qa(folder, "why-not", "Rui Costa", OPENED)
    assert "Of the question's words it lacks “opened”, “Corvin”, “mill”." in far
    assert "The last one read has " in far


def test_why_not_of_what_was_not_yet_known(folder: Path) -> None:
    """With --as-of, a document without a date is not certainly published."""
    said = qa(folder, "why-not", "Odra", "who opened the mill?", "--as-of", "1950-01-01")
    assert "mill.txt holds it, but is not certainly published by 1950-01-01." in said


def test_why_not_needs_a_phrase(folder: Path) -> None:
    """An empty phrase stands in every sentence, and tells nothing."""
    with pytest.raises(UsageError, match="PHRASE is empty"):
        qa(folder, "why-not", " ", OPENED)
