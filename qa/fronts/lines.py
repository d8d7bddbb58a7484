"""Lines of text as they are shown, and what makes any text harmless to a terminal.

A text is a list of lines, a line a list of (text, style) pieces: printed as they are into
a pipe, coloured and wrapped in a terminal.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from qa.text.plain import steers


class Piece(NamedTuple):
    """Some text and how it looks: a rich style, or "" for plain."""

    text: str
    style: str = ""


class Line(NamedTuple):
    """Pieces that belong on one line, and how far it is indented when it wraps."""

    pieces: tuple[Piece, ...]
    indent: int = 0


BLANK = Line(())

_BREAK = re.compile(r"[ \t]*[\r\n]+[ \t]*")


def safe(text: str) -> str:
    r"""``text`` with each character that steers a terminal or hides text made visible.

    Control characters (escape among them), bidirectional overrides and zero-width
    characters become U+FFFD, one for one; tab and newline stay, and Windows' line end is one.

    >>> safe("a\x1b[31mb") == "a\ufffd[31mb"
    True
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    return "".join("\ufffd" if steers(char) else char for char in text)


def to_json(value: Any, indent: int | None = 2) -> str:
    """JSON for people and programs: readable letters, and nothing that steers a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return "".join(_escaped(c) if steers(c) else c for c in text) if not text.isascii() else text


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if char.isascii() else json.dumps(char)[1:-1]


def plain(lines: Iterable[Line]) -> str:
    """The lines without colour or wrapping."""
    return "".join(
        " " * line.indent + "".join(piece.text for piece in line.pieces) + "\n" for line in lines
    )


def one_line(text: str) -> str:
    """``text`` with its line breaks as single blanks, as a hard-wrapped sentence is read.

    Blanks at the ends stay: a piece of a sentence keeps its distance to the next.
    """
    return safe(_BREAK.sub(" ", text))
