"""``qa eval`` as it is typed: what is printed, written, and left as exit status."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa.app.cli import cli
from qa.errors import GoldError, UsageError
from qa.evaluate.gold import load

TEXT = """The Corvin mill was opened by Ilva Strand in May 1987.

The Corvin mill has 34 millers.
"""
PAIRS = [
    {
        "id": "m-1",
        "question": "Who opened the Corvin mill?",
        "kind": "who",
        "answerable": True,
        "must": [["Ilva Strand"]],
        "evidence": [
            {
                "path": "mill.txt",
                "quote": "The Corvin mill was opened by Ilva Strand in May 1987.",
            }
        ],
    },
    {
        "id": "m-2",
        "question": "What is the chemical formula of caffeine?",
        "kind": "unanswerable",
        "answerable": False,
    },
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one document and two pairs, which is the working directory."""
    for name in [name for name in os.environ if name.startswith(("QA_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "eval" / "gold").mkdir(parents=True)
    documents = tmp_path / "eval" / "documents" / "mill"
    documents.mkdir(parents=True)
    (documents / "mill.txt").write_text(TEXT, encoding="utf-8")
    lines = "".join(json.dumps(pair) + "\n" for pair in PAIRS)
    (tmp_path / "eval" / "gold" / "mill.jsonl").write_text(lines, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def qa(*arguments: str, typed: str | None = None) -> Result:
    """What ``qa eval ...`` does, with its own errors let through."""
    result = CliRunner().invoke(cli, ["eval", *arguments], input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_run_prints_measures_and_writes_its_pages(folder: Path) -> None:
    """Without an argument the pairs of the repository are asked and every measure shown."""
    result = qa("run", "--html", "r.html", "--junit", "r.xml")
    assert result.exit_code == 0
    assert "mill: 2 pairs, 1 answerable · extractive" in result.stdout
    for name in ("right", "false-answer", "recall@5", "aurc", "what went wrong"):
        assert name in result.stdout
    assert "Who opened the Corvin mill?" in (folder / "r.html").read_text("utf-8")
    assert "m-1: Who opened the Corvin mill?" in (folder / "r.xml").read_text("utf-8")


def test_a_run_as_json_is_compared_and_gated(folder: Path) -> None:
    """A report passes the gate that was made of it, and compares equal with itself."""
    report = qa("run", "--json").stdout
    (folder / "r.json").write_text(report, encoding="utf-8")
    assert json.loads(report)["schema"] == "qa.eval/1"
    compared = qa("compare", "r.json", "r.json")
    assert "better: 0" in compared.stdout
    assert "worse: 0" in compared.stdout
    with pytest.raises(UsageError, match="qa eval gate --renew"):
        qa("gate", "--report", "r.json")
    renewed = qa("gate", "--report", "r.json", "--renew")
    assert renewed.stdout.replace("\n", "").endswith("extractive.json: 2 pairs")
    passed = qa("gate", "--report", "r.json")
    assert (passed.exit_code, "passed" in passed.stdout) == (0, True)
    spoilt = json.loads(report)
    spoilt["measures"]["all"]["exactness"]["value"] = 0.5
    (folder / "s.json").write_text(json.dumps(spoilt), encoding="utf-8")
    failed = qa("gate", "--report", "s.json")
    assert (failed.exit_code, "must be 1.0" in failed.stdout) == (1, True)


def test_a_run_refuses_gold_that_does_not_fit(folder: Path) -> None:
    """A quote that is not in its document is an error, not a miss of the retriever."""
    path = folder / "eval" / "gold" / "mill.jsonl"
    path.write_text(path.read_text("utf-8").replace("in May 1987", "in May 1887"), "utf-8")
    with pytest.raises(GoldError, match=r"pair 'm-1': evidence .*: it is not in its text"):
        qa("run")
    checked = qa("check")
    assert checked.exit_code == 1
    assert "m-1: error: 'The Corvin mill was opened by Ilva Strand in May 1887.'" in checked.stdout


def test_a_clean_check_says_what_it_checked(folder: Path) -> None:
    """Whoever added a pair reads that it fits."""
    result = qa("check", str(folder / "eval" / "gold" / "mill.jsonl"))
    assert result.exit_code == 0
    assert result.stdout.endswith("mill.jsonl: 2 pairs, 0 drafts\n")


@pytest.mark.usefixtures("folder")
def test_drafts_are_reviewed_one_by_one() -> None:
    """Drafts are added once, and are gold only after a person has said so."""
    drafted = qa("draft", "--documents", "eval/documents/mill", "--out", "new.jsonl")
    assert drafted.stdout.startswith("2 drafts added to new.jsonl")
    again = qa("draft", "--documents", "eval/documents/mill", "--out", "new.jsonl")
    assert again.stdout.startswith("0 drafts added")
    reviewed = qa("review", "new.jsonl", typed="a\nr\n")
    assert "When was the Corvin mill opened by Ilva Strand?" in reviewed.stdout
    assert reviewed.stdout.endswith("0 drafts left in new.jsonl\n")
    assert [(pair.kind, pair.draft) for pair in load(Path("new.jsonl"))] == [("when", False)]


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_meant_is_said() -> None:
    """A mistyped name is answered with the ones there are."""
    with pytest.raises(UsageError, match="known are squad, beir, claims, qed, canard"):
        qa("suite", "sqad", "--data", "x.json")
    with pytest.raises(UsageError, match="unknown measure 'wright'; known are right"):
        qa("compare", "a", "b", "--by", "wright")
    with pytest.raises(UsageError, match="exclude each other"):
        qa("run", "--model", "m", "--replay", "r.jsonl")
    with pytest.raises(GoldError, match="no gold file"):
        qa("run", "none.jsonl")
