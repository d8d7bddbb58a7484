"""The conversation in a real pseudo-terminal: what is typed, and the screens that come of it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fronts import told as fake
from tests.fronts.terminal import CTRL_C, CTRL_D, CTRL_R, ROOT, Terminal
from tests.fronts.test_cli import qa
from tests.server.http import KEY, Endpoint, Exchange
from tests.server.protocol import CHAT_MODEL, chunk

BAKERY = "The Ostrava bakery opened in 1987."
OPENED = "when did the Ostrava bakery open?"
TOLD = {OPENED: ["1987"]}
MILL = "The Corvin mill was opened by Ilva Strand in May 1991.\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with two documents in seeds/, not ingested yet."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "bakery.txt").write_text(BAKERY)
    (tmp_path / "seeds" / "mill.txt").write_text(MILL)
    return tmp_path


def test_first_conversation(project: Path) -> None:
    """The whole screen of a first conversation: greeting, news, answer, refusal, leaving."""
    with Terminal(cwd=project, columns=60, rows=30, told=TOLD) as terminal:
        terminal.ask("when did the Ostrava bakery open?", "Answered by")
        terminal.ask("/frobnicate", "no command")
        terminal.type(CTRL_D)
        assert terminal.leave() == 0
        shown = re.sub(r"in \d+\.\d s", "in N s", terminal.screen)
    expected = """\
qa 0.1.0: answers from 'seeds' by quoting them (no model);
/help
The documents are read for the first time; ask meanwhile.
Ctrl-C stops the reading, and the next question goes on with
it.
> when did the Ostrava bakery open?

library: 2 added; 2 passages embedded in N s
The Ostrava bakery opened in 1987. [1]

[1] bakery.txt, line 1
    “The Ostrava bakery opened in 1987.”

Answered by: extractive

> /frobnicate

there is no command '/frobnicate'; /help lists the commands
(a question that begins with / takes a blank before it)

>"""
    assert expected == shown


def test_narrow_window(project: Path) -> None:
    """In 30 columns every line is broken between words, and sources stay indented."""
    with Terminal(cwd=project, columns=30) as terminal:
        shown = terminal.ask("who opened the Corvin mill?", "Answered by")
    expected = """\
The Corvin mill was opened by
Ilva Strand in May 1991. [1]

[1] mill.txt, line 1
    “The Corvin mill was
    opened by Ilva Strand in
    May 1991.”

Answered by: extractive
"""
    assert expected in shown


def test_window_is_resized(project: Path) -> None:
    """A window made wider between two questions is used for the second."""
    with Terminal(cwd=project, columns=40) as terminal:
        narrow = terminal.ask("who opened the Corvin mill?", "Answered by")
        assert "The Corvin mill was opened by Ilva\nStrand in May 1991. [1]" in narrow
        terminal.resize(90, 30)
        wide = terminal.ask("/again", "no other engine")
        assert "there is no other engine: no model is named; name one: /model NAME" in wide
        wide = terminal.ask("when was the Corvin mill opened?", "Answered by")
        assert "The Corvin mill was opened by Ilva Strand in May 1991. [1]" in wide


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_without_colour(project: Path, environment: dict[str, str]) -> None:
    """NO_COLOR and a dumb terminal show the same answer without a colour."""
    with Terminal(cwd=project, **environment) as terminal:
        shown = terminal.ask("when did the Ostrava bakery open?", "Answered by")
        assert "The Ostrava bakery opened in 1987. [1]\n\n[1] bakery.txt, line 1\n" in shown
        coloured = re.findall(r"\x1b\[(?:\d+;)*(?:[349][0-7]|[34]8)(?:;\d+)*m", terminal.raw)
        assert coloured == []
        if environment == {"TERM": "dumb"}:
            assert "\x1b" not in terminal.raw


def test_hostile_document(project: Path) -> None:
    """Nothing in a document or in its name reaches the terminal as a command to it."""
    name = "mill\x1b]0;owned\x07.txt"
    (project / "seeds" / "mill.txt").unlink()
    (project / "seeds" / name).write_text(
        "The Corvin mill was opened by \x1b[2JIlva\u202e Strand\x9b31m in May 1991.\n"
    )
    with Terminal(cwd=project) as terminal:
        for line, until in (
            ("who opened the Corvin mill?", "Answered by"),
            ("/why", "dense"),
            ("/search Corvin mill", "2. "),
            ("/sources", "2 ready"),
            ("/why-not Ilva", "in the answer"),
        ):
            terminal.ask(line, until)
        for sign in ("\x1b]0;owned", "\x1b[2J", "\u202e", "\x9b"):
            assert sign not in terminal.raw
        assert "\ufffd]0;owned\ufffd.txt" in terminal.raw


def test_hyperlinks_where_the_terminal_has_them(project: Path) -> None:
    """A cited place is a link to the file in a terminal that is known to show links."""
    link = (project / "seeds" / "mill.txt").as_uri()
    with Terminal(cwd=project, VTE_VERSION="7600") as terminal:
        terminal.ask("who opened the Corvin mill?", "Answered by")
        assert re.search(r"\x1b\]8;[^;]*;" + re.escape(link), terminal.raw)
    with Terminal(cwd=project) as terminal:
        terminal.ask("who opened the Corvin mill?", "Answered by")
        assert "\x1b]8;" not in terminal.raw


def test_typing(project: Path) -> None:
    """Completion, a paste of two lines, a line begun and dropped, and what was typed before."""
    with Terminal(cwd=project, rows=50) as terminal:
        terminal.until("\n>")
        terminal.type("/sou")
        terminal.until("/sources  List the documents")
        terminal.type("\t")
        terminal.until("> /sources")
        terminal.type("\r")
        terminal.until("2 ready, 0 skipped, 2 passages")
        terminal.type("what is in bak\t")
        terminal.until("what is in bakery.txt")
        terminal.type(CTRL_C)
        terminal.until("Ctrl-D or /quit leaves")
        terminal.type("\x1b[200~who opened\rthe Corvin mill?\x1b[201~")
        shown = terminal.until("  the Corvin mill?")
        assert "Answered by" not in shown
        terminal.type("\r")
        terminal.until("Ilva Strand in May 1991. [1]")
        terminal.until("Answered by")
    with Terminal(cwd=project) as terminal:
        terminal.until("\n>")
        terminal.type(CTRL_R + "opened")
        terminal.until("  the Corvin mill?")
        terminal.type("\r\r")
        terminal.until("Ilva Strand in May 1991. [1]")
    history = project / ".qa" / "seeds" / "history"
    assert (history.stat().st_mode & 0o777) == 0o600


def test_answer_is_interrupted(project: Path) -> None:
    """Ctrl-C stops the answer and not the program; what is said afterwards is answered."""

    def hangs(exchange: Exchange) -> None:
        exchange.begin()
        exchange.write(b"data: %s\n\n" % json.dumps(chunk({"role": "assistant"})).encode())
        text = "The bakery opened in 1987. [1.1] More"
        exchange.write(b"data: %s\n\n" % json.dumps(chunk({"content": text})).encode())
        exchange.stall()

    with Endpoint(personality=hangs) as endpoint:
        settings = {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": KEY}
        with Terminal("chat", "--model", CHAT_MODEL, cwd=project, **settings) as terminal:
            terminal.until("\n>")
            terminal.type("when did the Ostrava bakery open?\r")
            terminal.until("The bakery opened in 1987. [1]")
            terminal.type(CTRL_C)
            terminal.until("stopped")
            terminal.ask("/why", "nothing has been asked yet")
            terminal.ask("/engine extractive", "Answers come from: extractive")
            terminal.ask("when did the Ostrava bakery open?", "Answered by: extractive")
            terminal.type("/quit\r")
            assert terminal.leave() == 0


def test_other_engine(project: Path) -> None:
    """/again asks the same question of the other engine; the model's answer is streamed."""
    answer = "The bakery opened in 1987. [1.1]"
    with Endpoint(answer=lambda _messages: answer) as endpoint:
        settings = {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": KEY}
        with Terminal(cwd=project, **settings) as terminal:
            terminal.ask("when did the Ostrava bakery open?", "Answered by: extractive")
            terminal.ask("/again", "no other engine")
            terminal.ask(f"/model {CHAT_MODEL}", f"Model: {CHAT_MODEL}")
            terminal.ask("/again", f"Answered by: {CHAT_MODEL}")
            terminal.ask("/again", "Answered by: extractive")
            assert "The bakery opened in 1987. [1]" in terminal.screen


def test_fresh_documents(project: Path) -> None:
    """A file changed, added or deleted meanwhile, or ingested by another, counts at once."""
    seeds = project / "seeds"
    told = {
        OPENED: ["1987"],
        "when did the Ostrava bakery open its doors?": ["1992"],
        "when was the Velka dam finished?": ["1933"],
    }
    with Terminal(cwd=project, told=told) as terminal:
        terminal.ask("when did the Ostrava bakery open?", "opened in 1987. [1]")
        (seeds / "bakery.txt").write_text("The Ostrava bakery opened in 1992.\n")
        shown = terminal.ask("when did the Ostrava bakery open its doors?", "in 1992. [1]")
        assert "library: 1 changed, 1 unchanged; 1 passages embedded" in shown
        (seeds / "dam.txt").write_text("The Velka dam was finished in 1933.\n")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI"))}
        subprocess.run(
            [sys.executable, "-m", "qa", "ingest"],
            cwd=project,
            env=environment | {"PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        )
        terminal.ask("when was the Velka dam finished?", "finished in 1933. [1]")
        (seeds / "dam.txt").unlink()
        shown = terminal.ask("when was the Velka dam finished, then?", "Answered by")
        assert "library: 1 deleted, 2 unchanged" in shown
        assert "finished in 1933. [1]" not in shown.rpartition("1 deleted")[2]


def test_first_minute(tmp_path: Path) -> None:
    """Without a folder, and with an empty one, the next step is told; no restart is needed."""
    with Terminal(cwd=tmp_path, told=TOLD) as terminal:
        terminal.until("There is no folder 'seeds' yet: make it and copy documents into it, or")
        terminal.ask("who?", "the documents folder 'seeds' does not exist")
        (tmp_path / "seeds").mkdir()
        terminal.ask("who is it?", "'seeds' holds no documents: copy some into it and ask again.")
        (tmp_path / "seeds" / "empty.txt").write_text("")
        terminal.ask("who is he?", "Nothing in 'seeds' could be read; /sources says why.")
        (tmp_path / "seeds" / "bakery.txt").write_text(BAKERY)
        terminal.ask("when did the Ostrava bakery open?", "opened in 1987. [1]")


def test_first_ingest_is_stopped_and_goes_on(tmp_path: Path) -> None:
    """Ctrl-C stops a long first reading; what was read stays, and the next question goes on."""
    (tmp_path / "seeds").mkdir()
    for number in range(400):
        text = f"Bakery number {number} opened in {1500 + number}.\n"
        (tmp_path / "seeds" / f"{number:03}.txt").write_text(text)
    with Terminal(cwd=tmp_path) as terminal:
        terminal.until("reading the documents: ")
        terminal.type("when did bakery number 17 open?\r")
        terminal.until("reading the documents ━")
        terminal.type(CTRL_C)
        terminal.until("stopped")
        terminal.ask("when did bakery number 17 open?", "Answered by")
        assert "Bakery number 17 opened in 1517. [1]" in terminal.screen
        added = re.findall(r"library: (\d+) added(?:, (\d+) unchanged)?", terminal.screen)
        assert sum(int(number or 0) for pair in added for number in pair) == 400


def test_save_and_resume(project: Path) -> None:
    """A conversation is saved as Markdown and JSON, forgotten, and resumed by the next one."""
    with Terminal(cwd=project, told=TOLD) as terminal:
        terminal.ask("when did the Ostrava bakery open?", "Answered by")
        terminal.ask("/save talk.md", "Saved 1 answers in 'talk.md'.")
        terminal.ask("/save talk.json", "Saved 1 answers in 'talk.json'.")
        terminal.ask("/save talk.md", "'talk.md' is there already; choose another name")
        terminal.ask("/save talk.doc", "ends neither in .md nor in .json")
    expected = """\
# Conversation

## when did the Ostrava bakery open?

The Ostrava bakery opened in **1987**.[^1]

*Answered by: extractive*

[^1]: bakery.txt, line 1: “The Ostrava bakery opened in 1987.”
"""
    assert expected == (project / "talk.md").read_text()
    with Terminal(cwd=project, PAGER="cat") as terminal:
        terminal.ask("/resume", ": 1 answer.")
        assert "> when did the Ostrava bakery open?\nThe Ostrava bakery opened" in terminal.screen
        terminal.ask("/open 1", ">1  The Ostrava bakery opened in 1987.")
        terminal.ask("/clear", "Forgotten.")
        terminal.ask("/open 1", "nothing has been asked yet")
        terminal.ask("/resume talk.json", "Resumed talk: 1 answer.")
        terminal.ask("/resume talk.md", "is no conversation that /save FILE.json wrote")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"/save ~nobody-of-this-name/talk.md", "can be no path"),
        (b"/save a\0b.md", "can be no path"),
        (b"/save " + b"x" * 300 + b".md", "cannot be written: File name too long"),
        (b"/save no/such/folder/talk.md", "cannot be written: No such file or directory"),
        (b"/resume ~nobody-of-this-name/talk.json", "can be no path"),
        (b"/resume a\0b", "can be no path"),
        (b"/open " + b"9" * 5000, "/open takes the number of a citation"),
        (b"/as-of " + b"9" * 5000, "is no date"),
        (b"when did \xff the bakery open?", "the question holds bytes that are no UTF-8"),
        (b"/search \xff", "the question holds bytes that are no UTF-8"),
        (b"/why-not \xff", "No document of the library holds"),
        (b"\x1b[2J\x1b]0;owned\x07?", "I found no answer in the 2 documents."),
    ],
)
def test_hostile_lines(project: Path, line: bytes, said: str) -> None:
    """Whatever is typed or piped in is answered in one line, and the next question as ever."""
    question = b"when did the Ostrava bakery open?\n"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI_"))}
    environment |= fake.environment(TOLD)
    result = subprocess.run(
        [sys.executable, *fake.PROGRAM, "chat"],
        cwd=project,
        env=environment | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        input=question + line + b"\n" + question,
        capture_output=True,
        check=True,
    )
    shown = (result.stdout + result.stderr).decode()
    assert said in shown
    assert "unforeseen" not in shown
    assert "\x1b" not in shown
    assert shown.count("The Ostrava bakery opened in 1987. [1]") == 2


def test_piped_conversation(project: Path) -> None:
    """Without a terminal each line is a question or a command; the output is plain text."""
    typed = f"{OPENED}\n\n/open 1\n/why-not Corvin\n/why-not zebra\n"
    result = qa("chat", cwd=project, typed=typed, told=TOLD)
    expected = """\
The Ostrava bakery opened in 1987. [1]

[1] bakery.txt, line 1
    “The Ostrava bakery opened in 1987.”

Answered by: extractive
>1  The Ostrava bakery opened in 1987.
Read as unit 2 of 2; others were chosen: its chance of being part of the answer is 0.0"""
    assert result.stdout.startswith(expected)
    assert result.stdout.endswith("\nNo document of the library holds “zebra”.\n")
