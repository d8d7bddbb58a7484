"""``qa eval`` as it is typed: what is printed, written, and left as exit status."""

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa.errors import ConfigError, GoldError, UsageError
from qa.evaluate.gold import load
from qa.fronts.cli.main import cli
from tests.server.http import KEY, Endpoint
from tests.server.protocol import CHAT_MODEL, Messages

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


def honest(messages: Messages) -> str:
    """A model that answers who opened the mill, and nothing else."""
    prompt = str(messages[-1]["content"])
    if "Who opened the Corvin mill?" not in prompt:
        return "NO_ANSWER"
    shown = re.search(r"\[(\d+\.\d+)\] The Corvin mill was opened", prompt)
    assert shown
    return f"Ilva Strand opened the Corvin mill [{shown[1]}]."


def without_times(report: str) -> dict[str, object]:
    """A report as JSON, but for how long things took."""
    return {name: value for name, value in json.loads(report).items() if name != "latency"}


def test_a_run_is_recorded_and_replayed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recorded run is had again with no endpoint, key or model named: every answer and figure."""
    with Endpoint(honest) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        recorded = qa("run", "--model", CHAT_MODEL, "--record", "r.jsonl", "--json")
        asked = len(endpoint.exchanges)
    monkeypatch.delenv("OPENAI_BASE_URL")
    monkeypatch.delenv("OPENAI_API_KEY")
    replayed = qa("run", "--replay", "r.jsonl", "--json")
    report = without_times(replayed.stdout)
    assert report == without_times(recorded.stdout)
    assert (recorded.exit_code, replayed.exit_code, asked) == (0, 0, 2)
    assert report["engines"] == [CHAT_MODEL]
    measures = json.loads(replayed.stdout)["measures"]["all"]
    assert (measures["right"]["value"], measures["exactness"]["value"]) == (1.0, 1.0)
    kept = (folder / "r.jsonl").read_text("utf-8")
    assert (KEY in kept, endpoint.host in kept) == (False, False)


def test_a_request_that_was_not_recorded_gets_no_answer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named and unscored, and no other engine steps in, whatever the settings say."""
    with Endpoint(honest) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        qa("run", "--model", CHAT_MODEL, "--record", "r.jsonl")
    lines = (folder / "r.jsonl").read_text("utf-8").splitlines()
    (folder / "r.jsonl").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    monkeypatch.setenv("QA_FALLBACK", "extractive")
    result = qa("run", "--replay", "r.jsonl", "--json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["failed"]) == (3, 1)
    first, second = report["pairs"]
    assert first["scores"]["right"] == 1.0
    assert (second["answer"], second["scores"]["right"]) == (None, None)
    key = json.loads(lines[2])["key"][:12]
    assert f"has no reply to request {key!r}" in second["diagnosis"]["where"]
    assert report["measures"]["all"]["right"]["n"] == 1


@pytest.mark.usefixtures("folder")
def test_a_recording_that_cannot_be_meant_stops_the_run() -> None:
    """A mistyped file is one error before any question, not one for every question."""
    with pytest.raises(ConfigError, match=r"recording 'none\.jsonl' cannot be read"):
        qa("run", "--replay", "none.jsonl")
    with pytest.raises(UsageError, match="name the model: --model"):
        qa("run", "--record", "r.jsonl")
    with pytest.raises(UsageError, match="--record and --replay exclude each other"):
        qa("run", "--replay", "a.jsonl", "--record", "b.jsonl")


def test_a_model_drafts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model proposes is added once, as drafts; what it made up is dropped and said."""
    said = "[1.1] Who founded the mill at Corvin? | Ilva Strand\n[1.2] Who owns it? | Bob Ash"
    with Endpoint(lambda _messages: said) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        arguments = ("draft", "--documents", "eval/documents/mill", "--out", "new.jsonl")
        first = qa(*arguments, "--model", CHAT_MODEL)
        again = qa(*arguments, "--model", CHAT_MODEL)
    assert first.stdout.startswith("1 drafts added to new.jsonl, 1 dropped")
    assert "do not stand in that sentence: [1.2] Who owns it? | Bob Ash" in first.stderr
    assert again.stdout.startswith("0 drafts added")
    (pair,) = load(folder / "new.jsonl")
    assert (pair.question, pair.draft) == ("Who founded the mill at Corvin?", True)


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_meant_is_said() -> None:
    """A mistyped name is answered with the ones there are."""
    with pytest.raises(UsageError, match="known are squad, beir, claims, qed, canard"):
        qa("suite", "sqad", "--data", "x.json")
    with pytest.raises(UsageError, match="unknown measure 'wright'; known are right"):
        qa("compare", "a", "b", "--by", "wright")
    with pytest.raises(UsageError, match="exclude each other"):
        qa("run", "--model", "m", "--replay", "r.jsonl")
    with pytest.raises(UsageError, match="no gold file"):
        qa("run", "none.jsonl")


def test_calibrate(folder: Path) -> None:
    """A user's pairs set both bars of the folder they speak of; --reset takes them back."""
    words = "tides rivers castles violins volcanoes glaciers spiders comets bridges orchids"
    extra = [
        {
            "id": f"u-{i}",
            "question": f"Which {kind} are found in {place}?",
            "kind": "unanswerable",
            "answerable": False,
        }
        for i, (kind, place) in enumerate(
            (kind, place) for kind in words.split() for place in ("Peru", "Chad", "Oman")
        )
    ]
    gold = folder / "eval" / "gold" / "mill.jsonl"
    with pytest.raises(GoldError, match="there are 1 unanswerable pairs"):
        qa("calibrate", str(gold))
    gold.write_text("".join(json.dumps(pair) + "\n" for pair in [*PAIRS, *extra]))
    told = qa("calibrate", str(gold), "--false-answers", "0.1").output
    assert "at most 10.0% of unanswerable questions answered and at most 25.0% shown" in told
    assert "0 of 31 unanswerable and 1 of 1 answerable pairs are answered" in told
    with pytest.raises(UsageError, match="--false-perhaps counts what is answered too"):
        qa("calibrate", str(gold), "--false-answers", "0.3")
    kept = folder / "eval" / "documents" / ".qa" / "mill.calibration.json"
    assert kept.exists()
    with pytest.raises(UsageError, match="--reset takes no GOLD"):
        qa("calibrate", str(gold), "--reset")
    told = qa("calibrate", "--reset", "--documents", "eval/documents/mill").output
    assert told.startswith("the shipped bars are in force again for 'eval/documents/mill'")
    assert not kept.exists()
