"""Nothing that a document, a file name or a title says reaches the terminal as a command."""

import re
from pathlib import Path

import pytest

from qa.fronts.cli.main import main

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\x08\x7f\u202e\u2066\u200f\u2069\ufeff\u200b"
NAME = "bake\x1b[31m\u202ery\n.md"
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document full of control and bidi characters, under such a name."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "seeds").mkdir()
    text = f"---\ntitle: Bakery {EVIL}\nauthor: Li{EVIL}\n---\n\n"
    text += f"# Opening {EVIL}\n\nThe bakery {EVIL} opened in 1987 {EVIL} in Ghent.\n"
    (folder / "seeds" / NAME).write_text(text, encoding="utf-8")
    (folder / "seeds" / f"empty{NAME}").write_text("")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest",),
        ("ask", "when did the bakery open?"),
        ("ask", "when did the bakery open?", "--json"),
        ("ask", f"when did the bakery{EVIL} open?"),
        ("ask", f"who won the cup{EVIL}?"),
        ("search", "bakery"),
        ("search", "bakery", "--json"),
        ("sources",),
        ("sources", "--json"),
        ("show", NAME),
        ("show", f"missing{NAME}"),
        ("doctor",),
        ("doctor", "--documents", f"missing{NAME}"),
        ("ingest", f"missing{NAME}"),
    ],
    ids=str,
)
def test_no_control_reaches_the_terminal(
    project: Path,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every command shows hostile text without one escape, control or direction character."""
    monkeypatch.chdir(project)
    with pytest.raises(SystemExit):
        main(list(arguments))
    shown = capsys.readouterr()
    assert shown.out + shown.err
    assert FORBIDDEN.findall(shown.out + shown.err) == []
