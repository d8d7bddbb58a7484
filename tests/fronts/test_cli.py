"""The command line as a user types it: whole outputs and exit statuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fronts import told as fake
from tests.fronts.told import Told

ROOT = Path(__file__).parents[2]
ARTICLE = "000_9b095543ef5a6a7d.txt"


def qa(
    *arguments: str,
    cwd: Path,
    typed: str | None = None,
    told: Told | None = None,
    **environment: str,
) -> "subprocess.CompletedProcess[str]":
    """Run ``qa`` in a process of its own, with its output piped.

    With ``told`` the reader finds these texts for these questions, and no other.
    """
    program = ("-m", "qa") if told is None else fake.PROGRAM
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI_"))}
    return subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=cwd,
        env=clean | {"PYTHONPATH": str(ROOT)} | fake.environment(told or {}) | environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with seeds/ in it, ingested."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "seeds").mkdir()
    (folder / "seeds" / ARTICLE).write_bytes((ROOT / "seeds" / ARTICLE).read_bytes())
    assert qa("ingest", cwd=folder).returncode == 0
    return folder


def test_seed_document_is_untouched() -> None:
    """The seed document is the one that was given, byte for byte."""
    import hashlib

    data = (ROOT / "seeds" / ARTICLE).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()[:16]) == (3266, "a2ca613384cef659")


def test_partners(project: Path) -> None:
    """The question that this was built for: all three partners, in quoted source sentences."""
    result = qa("ask", "who are Huawei's auto partners?", "--json", cwd=project)
    assert result.returncode == 0
    answer = json.loads(result.stdout)
    text = (project / "seeds" / ARTICLE).read_text(encoding="utf-8")
    quotes = [c["quote"] for s in answer["statements"] for c in s["citations"]]
    for partner in ("Seres", "Changan", "JAC"):
        assert any(partner in quote for quote in quotes)
    for statement in answer["statements"]:
        for citation in statement["citations"]:
            assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_plain_output(project: Path) -> None:
    """An answer in a pipe: the statement with its marker, the source with its line, the quote."""
    told = {"when was AITO launched?": ["December 2, 2021"]}
    result = qa("ask", "when was AITO launched?", cwd=project, told=told)
    expected = f"""\
On December 2, 2021, Seres and Huawei jointly launched a premium NEV brand called AITO. [1]

[1] February 2023, {ARTICLE}, line 27
    “On December 2, 2021, Seres and Huawei jointly launched a premium NEV brand called AITO.”

Answered by: extractive
"""
    assert (result.returncode, result.stderr, result.stdout) == (0, "", expected)


def test_refusal(project: Path) -> None:
    """What the documents do not hold is refused with status 1, and the nearest is shown as such."""
    result = qa("ask", "who won the 1998 world cup?", cwd=project)
    assert result.returncode == 1
    lines = result.stdout.splitlines()
    assert lines[:3] == ["I found no answer in the 1 document.", "", "The nearest that was found:"]


def test_json_contract(project: Path) -> None:
    """The object of --json has just the documented keys."""
    told = {"when was AITO launched?": ["December 2, 2021"]}
    asked = ("ask", "when was AITO launched?", "--json")
    answer = json.loads(qa(*asked, cwd=project, told=told).stdout)
    documented = "schema question answered_question outcome answered reason text statements"
    documented += " nearest hits engine as_of times confidence threshold prompt_hash usage notes"
    documented += " left_out seconds"
    assert documented.split() == list(answer)
    (statement,) = answer["statements"]
    assert list(statement) == ["text", "citations", "support", "emphasis"]
    assert statement["emphasis"]["text"] == "December 2, 2021"
    (citation,) = statement["citations"]
    place = (
        "marker document_id path title published page line start end quote written dates also entry"
    )
    assert place.split() == list(citation)
    assert answer["text"] == f"{statement['text']} [1]"
    hit = answer["hits"][0]
    assert list(hit) == [
        *("path", "start", "end", "text", "rank", "score", "retrievers", "copies"),
    ]
    parts = sum(said["part"] for said in hit["retrievers"].values())
    assert parts == pytest.approx(hit["score"])
    assert list(answer["seconds"]) == ["sync", "complete", "retrieve", "read", "settle"]


def test_a_new_file_is_seen_by_the_next_question(project: Path, tmp_path: Path) -> None:
    """Asking brings the library up to date first; --no-sync answers from what is there."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The bakery opened in 1987.")
    where = ("--documents", str(folder))
    question = "when did the bakery open?"
    assert "1987" in qa("ask", question, *where, cwd=project).stdout
    (folder / "a.txt").write_text("The bakery opened in 1991, records say.")
    assert "1987" in qa("ask", question, "--no-sync", *where, cwd=project).stdout
    assert "1991" in qa(*where, "ask", question, cwd=project).stdout
    assert (tmp_path / ".qa" / "docs").is_dir()


def test_sources(project: Path) -> None:
    """Sources are listed with what is known of them."""
    result = qa("sources", cwd=project)
    words = "“as of February 5, told earlier this month”; “On February 16”; "
    words += "“On November 7 last year … AITO, named 2021-12-02”; "
    words += "“… which is scheduled for release in 2023”"
    expected = f"{ARTICLE}  February 2023 (the text: {words})  4 passages  ready\n"
    expected += "1 ready, 0 skipped, 4 passages\n"
    assert expected == result.stdout


def test_show(project: Path) -> None:
    """A document is shown with line numbers, the cited lines marked."""
    result = qa("show", ARTICLE, "--line", "3", cwd=project)
    assert result.stdout.splitlines()[:3] == [
        "  1  Seres and will jointly launch a new vehicle platform, the first flagship model of"
        " which is scheduled for release in 2023.",
        "  2  ",
        "> 3  (Image credit: AITO)",
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (("ask",), 2, "qa: Missing argument 'QUESTION...'."),
        (("ask", "  "), 2, "qa: the question is empty"),
        (("aks", "x"), 2, "qa: No such command 'aks'. Did you mean 'ask'?"),
        (("ask", "x", "--documents", "missing"), 2, "the documents folder 'missing' does not"),
        (("ask", "x", "--engine", "llm"), 2, "engine 'llm' needs a model; name one: --model"),
        (("sources", "--library", "nowhere"), 3, "there is no library in 'nowhere' yet; run: qa"),
        (("show", "x.txt"), 2, "there is no source 'x.txt'; qa sources lists them"),
        (("show", ARTICLE, "--at", "9:3"), 2, "--at '9:3' is no START:END within the text's 3"),
        (("ingest", "pyproject.toml"), 2, "is not inside the documents folder 'seeds'"),
    ],
)
def test_errors(project: Path, arguments: tuple[str, ...], status: int, line: str) -> None:
    """An error is one line that names the thing and the mend, with the right status."""
    result = qa(*arguments, cwd=project)
    assert (result.returncode, result.stdout) == (status, "")
    assert line in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_an_empty_folder(tmp_path: Path) -> None:
    """Who asks a folder without a readable document is told so, not that documents are silent."""
    (tmp_path / "papers").mkdir()
    result = qa("ask", "--documents", "papers", "who is it?", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.splitlines()[0] == (
        "There is nothing to answer from: no document in 'papers' can be read (qa sources lists"
        " what was skipped, and why)."
    )


def test_doctor_shows_no_secret(project: Path) -> None:
    """The doctor says that a key is set and where things would go, never the key."""
    result = qa(
        "doctor", cwd=project, OPENAI_API_KEY="sk-verysecret", OPENAI_BASE_URL="http://gate.way/v1"
    )
    assert result.returncode == 0
    assert "verysecret" not in result.stdout + result.stderr
    assert (
        "answers come from the extractive engine (a key is set); nothing is sent" in result.stdout
    )
    result = qa("doctor", "--model", "m", cwd=project, OPENAI_BASE_URL="http://gate.way/v1")
    assert "'m' at 'gate.way' (no key is set); sent there: the question and" in result.stdout


def test_help_is_light() -> None:
    """``qa --help`` loads none of the heavy libraries, and nothing that reads documents."""
    code = (
        "import sys\nfrom qa.fronts.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'chromadb', 'llama_index', 'openai', 'onnxruntime', 'numpy', 'rich', 'lxml'}\n"
        "heavy |= {'qa.answering', 'qa.checking', 'qa.times', 'qa.library.local.library'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "Ask questions of your documents" in result.stdout


def test_version(project: Path) -> None:
    """The version is one line."""
    assert qa("--version", cwd=project).stdout == "qa, version 0.1.0\n"
