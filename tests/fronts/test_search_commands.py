"""``qa search --explain`` and ``qa why-not``: every stage at which a thing can be lost is told."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.errors import UsageError
from qa.fronts.cli.main import cli

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


def qa(folder: Path, *arguments: str) -> str:
    """What a command prints."""
    clean = {name: None for name in os.environ if name.startswith(("QA_", "OPENAI_"))}
    result = CliRunner().invoke(cli, ["--documents", str(folder), *arguments], env=clean)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_explained_json_adds_up(folder: Path) -> None:
    """Hits add up to their score, sentences to theirs; the threshold stands beside."""
    found = json.loads(qa(folder, "search", "--explain", "--json", "who opened the Corvin mill?"))
    assert list(found) == ["hits", "threshold", "read"]
    for hit in found["hits"]:
        parts = sum(said["part"] for said in hit["retrievers"].values())
        assert parts == pytest.approx(hit["score"])
    (part,) = found["read"]
    best = part["sentences"][0]
    assert best["text"] == "The Corvin mill was opened by Ilva Strand in May 1987."
    assert (best["path"], best["line"], best["rank"]) == ("mill.txt", 1, 1)
    worth = sum(one["value"] * one["weight"] for one in best["features"].values())
    assert worth == pytest.approx(best["score"], rel=1e-4)
    assert sum(one["chance"] for one in part["sentences"]) == pytest.approx(1.0)


def test_explained_text_names_each_stage(folder: Path) -> None:
    """A reader sees what each retriever adds, what was folded, and how sentences weigh."""
    lines = qa(folder, "search", "--explain", "who opened the Corvin mill?").splitlines()
    assert " adds " in lines[0]
    assert "    also in mirror.txt" in lines
    (read,) = [line for line in lines if line.startswith("Read for ")]
    assert read.startswith("Read for “who opened the Corvin mill?”: confidence 0.")
    assert read.endswith(": answered")
    assert any(line.startswith("    made of ") for line in lines)
    (first,) = [line for line in lines if line.startswith("1. chance ")]
    assert first.endswith("mill.txt, line 1, of hit 1")


def test_search_without_explain_is_the_list_of_hits(folder: Path) -> None:
    """The JSON of ``qa search`` stays what it is documented to be."""
    found = json.loads(qa(folder, "search", "--json", "--limit", "2", "the Corvin mill"))
    assert [hit["rank"] for hit in found] == [1, 2]


@pytest.mark.parametrize(
    ("phrase", "question", "told"),
    [
        ("ILVA  Strand", "who opened the Corvin mill?", "It is in the answer: [1]"),
        ("river Odra", "who opened the Corvin mill?", "other sentences were chosen."),
        (
            "river Odra",
            "who painted the mill's ceiling?",
            "the question was refused: the passages",
        ),
        ("Photo:", "who opened the Corvin mill?", "and not weighed: it is a caption"),
        ("Rui Costa", "who opened the Corvin mill?", "Found, but too far down to be read"),
        ("each autumn", "who opened the Corvin mill?", "mirror.txt holds it; its passage"),
        ("zebra", "who opened the Corvin mill?", "No document of the library holds “zebra”."),
    ],
)
def test_why_not(folder: Path, phrase: str, question: str, told: str) -> None:
    """The first line says where the sentence was lost."""
    assert told in qa(folder, "why-not", phrase, question).splitlines()[0]


def test_why_not_says_what_is_lacking(folder: Path) -> None:
    """What leads the best sentence, and which of the question's words a far passage lacks."""
    chosen = qa(folder, "why-not", "river Odra", "who opened the Corvin mill?")
    assert "To lead it lacks " in chosen
    far = qa(folder, "why-not", "Rui Costa", "who opened the Corvin mill?")
    assert "Of the question's words it lacks “opened”, “Corvin”, “mill”." in far
    assert "The last one read has " in far


def test_why_not_of_what_was_not_yet_known(folder: Path) -> None:
    """With --as-of, a document without a date is not certainly published."""
    said = qa(folder, "why-not", "Odra", "who opened the mill?", "--as-of", "1950-01-01")
    assert "mill.txt holds it, but is not certainly published by 1950-01-01." in said


def test_why_not_needs_a_phrase(folder: Path) -> None:
    """An empty phrase stands in every sentence, and tells nothing."""
    with pytest.raises(UsageError, match="PHRASE is empty"):
        qa(folder, "why-not", " ", "who opened the Corvin mill?")
