"""Lines onto the terminal or into a pipe; the only file of the command line that uses rich."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from qa.fronts.lines import Line, Piece, plain, safe
from qa.fronts.wrap import breaks, filled

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDTH = 100
"""Columns that a line of prose takes at most: longer ones are hard to read."""


def say(text: str) -> None:
    """A remark to the person at the terminal, beside the output; wrapped between words."""
    text = safe(text)
    if sys.stderr.isatty():
        columns = shutil.get_terminal_size().columns
        text = filled(text, columns)
    click.echo(text, err=True)


class Screen:
    """Standard output: wrapped and coloured in a terminal, as it is into a pipe.

    ``plain`` forces the latter.  ``console`` is another place to print to, for a picture.
    """

    def __init__(self, *, plain: bool = False, console: "Console | None" = None) -> None:
        self.plain = console is None and (plain or not sys.stdout.isatty())
        self._console = console

    @property
    def console(self) -> "Console":
        """The terminal, as rich sees it."""
        from rich.console import Console

        if self._console is None:
            self._console = Console(highlight=False)
        return self._console

    @property
    def is_rich(self) -> bool:
        """Whether the cursor can be moved: neither a pipe nor a dumb terminal."""
        return not self.plain and not self.console.is_dumb_terminal

    def print(self, lines: Iterable[Line], *, wrap: bool = True) -> None:
        """Print ``lines``; without ``wrap`` the terminal breaks what is too long."""
        if self.plain:
            click.echo(plain(lines), nl=False)
            return
        from rich.padding import Padding

        for line in lines:
            text, width = _text(line), min(self.console.width, WIDTH)
            if wrap:
                text = _broken(text, width - line.indent)
            self.console.print(
                Padding(text, (0, 0, 0, line.indent)) if line.indent else text,
                soft_wrap=not wrap,
                width=width if wrap else None,
                no_wrap=True,
                overflow="ignore",
            )

    def tell(self, text: str, style: str = "") -> None:
        """Print one paragraph."""
        self.print([Line((Piece(safe(text), style),))])

    def page(self, lines: list[Line], at: int = 0) -> None:
        """Show ``lines`` in the reader's pager, from the one at index ``at`` on.

        Without a pager, or where it would not work, what stands around ``at`` is printed.
        """
        import subprocess

        pager = _pager() if self.is_rich and sys.stdin.isatty() else None
        if pager is None:
            return self.print(lines[max(0, at - 5) : at + 15], wrap=False)
        if pager[0].endswith("less"):
            # -R: colours, and nothing else, pass; the line before the cited one leads.
            pager += ["-R", "-+F", f"+{max(1, at - 2)}"]
        with self.console.capture() as capture:
            self.print(lines, wrap=False)
        try:
            subprocess.run(pager, input=capture.get().encode(errors="replace"), check=False)
        except OSError:
            self.print(lines[max(0, at - 5) : at + 15], wrap=False)

    @contextmanager
    def waiting(self, text: str) -> Iterator[None]:
        """Say in the last line that something is going on, for as long as it does."""
        if not self.is_rich:
            yield
            return
        with self.console.status(text, spinner="line"):
            yield


def _text(line: Line) -> "Text":
    from rich.text import Text

    return Text.assemble(*((piece.text, piece.style) for piece in line.pieces))


def _broken(text: "Text", width: int) -> "Text":
    """``text`` with line feeds where it is wider than ``width`` cells."""
    from rich.text import Text

    text.expand_tabs(8)
    lines = text.divide(breaks(text.plain, max(1, width)))
    for line in lines:
        line.rstrip_end(max(1, width))
    return Text("\n").join(lines)


def _pager() -> list[str] | None:
    """The pager's command, or None where there is none."""
    command = shlex.split(os.environ.get("PAGER", "")) or ["less"]
    return command if shutil.which(command[0]) else None


_LINKING = {"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "Tabby"}


def has_links(environment: Mapping[str, str]) -> bool:
    """Tell whether the terminal shows hyperlinks (OSC 8); one that may not gets none."""
    if environment.get("TERM", "").startswith(("screen", "tmux", "dumb", "linux")):
        return False
    vte = environment.get("VTE_VERSION", "")
    return (
        environment.get("TERM_PROGRAM") in _LINKING
        or (vte.isdecimal() and int(vte) >= 5000)
        or any(name in environment for name in ("KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION"))
        or environment.get("TERM") in ("alacritty", "foot", "xterm-kitty", "xterm-ghostty")
    )
