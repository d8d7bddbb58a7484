"""What the tables of an evaluation print of names and texts that are not its own."""

import io

from rich.console import Console

from qa.evaluate.report import Report
from qa.fronts.cli.eval_tables import worst


def test_markup_and_control_characters_are_shown_and_not_obeyed() -> None:
    """A hostile question neither colours nor steers the terminal, nor disappears."""
    question = "[red]who?[/red] \x1b[2J"
    pair = {
        "key": "[bold]set/1",
        "gold": {"question": question},
        "diagnosis": {"what": "not retrieved", "where": "[/]evidence in no hit"},
    }
    report: Report = {"pairs": [pair]}
    out = io.StringIO()
    Console(file=out, width=200, force_terminal=False).print(worst(report, 10))
    printed = out.getvalue()
    assert "[bold]set/1" in printed
    assert "[red]who?[/red] \ufffd[2J" in printed
    assert "[/]evidence in no hit" in printed
    assert "\x1b" not in printed


def test_the_worst_cases_are_of_every_sort() -> None:
    """Two places go to two things that went wrong, though the first happened three times."""
    pairs = [
        {
            "key": f"set/{number}",
            "gold": {"question": "who?"},
            "diagnosis": {"what": what, "where": ""},
        }
        for number, what in enumerate(["not retrieved"] * 3 + ["refused although answerable"])
    ]
    out = io.StringIO()
    Console(file=out, width=200).print(worst({"pairs": pairs}, 2))
    printed = out.getvalue()
    shown = [f"set/{number}" for number in range(4) if f"set/{number}" in printed]
    assert shown == ["set/0", "set/3"]
    assert "not retrieved: 3, refused although answerable: 1" in printed
    assert "… and 2 more" in printed
