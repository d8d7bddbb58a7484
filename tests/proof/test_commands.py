"""``qa ask --proof``, ``qa verify`` and ``qa proof`` as they are typed, with whole outputs."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

import qa.assistant
from qa.fronts.cli.main import main
from qa.models.reader.fake import FakeReader
from qa.schema import SCHEMAS
from tests.fronts.terminal import ROOT

ASKED = "when did the bakery open?"


def run(*arguments: str) -> int:
    """The exit status of ``qa`` with these arguments, in this process."""
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a question was asked and its proof written, alone and zipped."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "bakery.txt").write_text("The bakery opened in 1987. Jana ran it.\n")
    (folder / "seeds" / "kiel.txt").write_text("The harbour of Kiel was closed.\n")
    before = Path.cwd()
    os.chdir(folder)
    patch = pytest.MonkeyPatch()
    reader = FakeReader({ASKED: ["The bakery opened in 1987."]})
    patch.setattr(qa.assistant, "OnnxReader", lambda *_kind: reader)
    try:
        assert run("ask", ASKED, "--proof", "a.json") == 0
        assert run("ask", ASKED, "--proof", "b.zip", "--proof-with-documents", "--no-sync") == 0
        assert run("ask", "who?", "--proof", "none.json", "--no-sync") == 1
    finally:
        os.chdir(before)
        patch.undo()
    return folder


@pytest.fixture
def project(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of that folder without its library, as someone else has it; and in it."""
    (tmp_path / "seeds").mkdir()
    for one in ("seeds/bakery.txt", "seeds/kiel.txt", "a.json", "b.zip", "none.json"):
        (tmp_path / one).write_bytes((written / one).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("project")
def test_a_proof_that_holds(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole output of qa verify where everything holds; exit status 0."""
    assert run("verify", "a.json") == 0
    shown = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "DAY", capsys.readouterr().out)
    assert shown == (
        "holds          a.json  “when did the bakery open?”\n"
        "  answered, DAY UTC, from 2 documents, by extractive\n"
        "  not signed\n"
        "\n"
        "[1] holds         bakery.txt, line 1\n"
        "    “The bakery opened in 1987.”\n"
        "\n"
        "1.  holds         The bakery opened in 1987. [1]\n"
        "\n"
        "1 of 1 citations and 1 of 1 statements hold.\n"
    )
    assert run("verify", "none.json") == 0
    assert "citations hold.\n" in capsys.readouterr().out


def test_a_proof_after_its_document_was_edited_and_renamed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed sentence is shown beside what it was changed to; exit status 1."""
    bakery = project / "seeds" / "bakery.txt"
    bakery.write_text("New here.\nThe bakery opened in 1988. Jana ran it.\n")
    assert run("verify", "a.json") == 1
    shown = capsys.readouterr().out
    assert shown.startswith("does not hold  a.json")
    assert (
        "[1] changed       bakery.txt, line 2\n"
        "    “The bakery opened in 1987.”\n"
        "    changed to “The bakery opened in 1988.”\n"
        "    the document has changed\n"
        "\n"
        "1.  fails         The bakery opened in 1987. [1]\n"
        "    [1] does not hold\n"
        "\n"
        "0 of 1 citations and 0 of 1 statements hold.\n"
    ) in shown
    assert run("verify", "b.zip") == 0  # it brings the document as it was
    assert run("verify", "b.zip", "--documents", "seeds") == 1
    bakery.write_text("The bakery opened in 1987. Jana ran it.\n")
    bakery.rename(project / "seeds" / "old.txt")
    capsys.readouterr()
    assert run("verify", "a.json") == 0
    assert "    bakery.txt is old.txt now\n" in capsys.readouterr().out


def test_a_folder_of_proofs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each proof of a folder on a line, what fails below it; JUnit; 3 where one is broken."""
    proofs = project / "proofs"
    proofs.mkdir()
    (project / "a.json").rename(proofs / "a.json")
    (project / "none.json").rename(proofs / "b.json")
    (project / "seeds" / "bakery.txt").unlink()
    assert run("verify", "proofs", "--junit", "out/junit.xml") == 1
    shown = capsys.readouterr().out
    assert shown.startswith(
        "does not hold  proofs/a.json  “when did the bakery open?”\n"
        "[1] missing       bakery.txt\n"
        "    “The bakery opened in 1987.”\n"
        "    bakery.txt is not there\n"
    )
    assert shown.endswith("0 of 2 proofs hold.\n")
    suite = ET.parse(project / "out" / "junit.xml").getroot()[0]
    counts = {"name": "proofs", "tests": "2", "failures": "2", "errors": "0"}
    assert dict(suite.attrib) == counts
    assert suite[0].attrib["name"] == "proofs/a.json: when did the bakery open?"
    text = (proofs / "a.json").read_text()
    (proofs / "a.json").write_text(text.replace("1987", "1988"))
    assert run("verify", "proofs", "--json") == 3
    told = json.loads(capsys.readouterr().out)
    for one in told:
        jsonschema.validate(one, SCHEMAS["verdict"])
    assert told[0]["error"] == (
        "'proofs/a.json' was changed after it was written: its digest is not that of its lines"
    )
    assert (told[1]["holds"], told[1]["outcome"]) == (False, "not_found")


def test_a_page(project: Path) -> None:
    """With --html one page is written that runs and loads nothing, the quotation marked."""
    assert run("proof", "a.json", "--html", "page.html") == 0
    page = (project / "page.html").read_text()
    assert "<mark>The bakery opened in 1987.</mark> Jana ran it.</blockquote>" in page
    assert not re.search(r"<script|<link|<img|<iframe|src=|href=|url\(|@import|https?:", page)
    assert "default-src 'none'" in page


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "x", "--sign", "k"), "--proof-with-documents and --sign say how to write --proof"),
        (("ask", "x", "--proof", "a.json"), "'a.json' is there already; choose another name"),
        (("ask", "x", "--proof", "c.zip"), "a proof is written to a file that ends in .json, not"),
        (("ask", "x", "--proof", "c.json", "--sign", "k"), "there is no key 'k' to sign with"),
        (("ask", "--batch", "-", "--proof", "c.json"), "--batch takes no QUESTION, --json"),
        (("proof", "a.json"), "say what to do with the proof: --html OUT or --sign KEY"),
        (("verify", "a.json", "--documents", "no"), "the documents folder 'no' does not exist"),
        (("verify", "no.json"), "proof 'no.json' cannot be read: No such file or directory"),
        (("verify", "a.json", "--signer", "no"), "'no' does not exist"),
        (("verify", "seeds"), "the folder 'seeds' holds no proofs: files in .json or .zip"),
    ],
)
def test_what_cannot_be_meant(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    """What cannot be meant is refused in one line, before anything is asked; exit status 2."""
    assert run(*arguments) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert said in shown.err


@pytest.mark.usefixtures("project")
def test_verify_needs_neither_store_nor_model() -> None:
    """Nothing of Chroma, of a model or of the network is imported by a check."""
    code = (
        "import sys\nfrom qa.fronts.cli.main import main\n"
        "try: main(['verify', 'a.json'])\nexcept SystemExit as left: assert left.code == 0\n"
        "heavy = {'chromadb', 'onnxruntime', 'numpy', 'openai', 'tokenizers', 'llama_index',"
        " 'httpx', 'sqlalchemy'}\nprint(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("hold.\n[]\n")


def test_a_proof_of_a_conversation(
    written: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """/proof writes the last answer with the turns before it; a name that is taken is refused."""
    monkeypatch.chdir(written)
    reader = FakeReader({"who ran it?": ["Jana ran it."]})
    monkeypatch.setattr(qa.assistant, "OnnxReader", lambda *_kind: reader)
    typed = "/proof c.json\nwho?\nwho ran it?\n/proof c.json\n/proof c.json\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert run("chat") == 0
    shown = capsys.readouterr()
    assert "Wrote the proof 'c.json'; qa verify checks it again.\n" in shown.out
    assert shown.err.splitlines() == [
        "nothing has been asked yet",
        "'c.json' is there already; choose another name",
    ]
    told = json.loads((written / "c.json").read_text())
    assert [one["question"] for one in told["conversation"]] == ["who?"]
    assert (told["question"], told["citations"][0]["quote"]) == ("who ran it?", "Jana ran it.")
    assert told["citations"][0]["before"] == "The bakery opened in 1987."


def test_a_document_inside_of_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No proof is written that nobody could check; the line says what to do."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    with zipfile.ZipFile(tmp_path / "seeds" / "a.zip", "w") as archive:
        archive.writestr("note.txt", "The ferry leaves at 7:40.")
    reader = FakeReader({"when?": ["The ferry leaves at 7:40."]})
    monkeypatch.setattr(qa.assistant, "OnnxReader", lambda *_kind: reader)
    assert run("ask", "when?", "--proof", "p.json") == 3
    assert "'a.zip/note.txt' cannot be proved: it is inside of 'a.zip'" in capsys.readouterr().err
    assert not (tmp_path / "p.json").exists()
