"""What a file of settings says: each key with its path, its value, and the comment on it.

Indentation, sections and "key:" tell enough of YAML, TOML, INI files and their like; what is none
of these (the lines of a long string, a block in braces) stays a line of code.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

Span = tuple[int, int]

SETTINGS = "\ufeff\ufeff"
"""A text that begins with this holds settings; it begins as one of code does (``VERBATIM``)."""

LONGEST = 200_000
"""Characters of the longest text that is read so: a longer one holds data, and no settings."""

_LINE = 1_000  # characters of a line that is looked into
_TITLE = 100
_COMMENT = 500  # characters of a comment that is read with the key below it
_WORD = r"""[^\s"'\#:=\[\]{}(),;<>|!~]{1,80}"""
_SIGN = re.compile(r"#+|;+|//+")
_UNSET = re.compile(r"(?:[#;]|//)(?:[ \t]*[\w.-]+[ \t]*=|[\w.-]+:(?:\s|$))")  # "#port = 5432"
_SECTION = re.compile(r"\[\[?(?P<key>[^\[\],#;]{1,200})\]\]?(?P<value>(?:[ \t].*)?)")
_KEY = re.compile(
    rf"""(?P<dashes>(?:-[ \t]+)*)
         (?P<key>"[^"]{{1,80}}" | '[^']{{1,80}}' | (?=[\w./]){_WORD}(?:[ ]{_WORD}){{0,3}})
         [ \t]*(?::(?=[ \t]|$)|(?P<equals>=(?![=>])))(?P<value>.*)""",
    re.VERBOSE,
)
_ITEM = re.compile(r"(?P<dashes>(?:-[ \t]+)+)(?P<value>.*)")
_VALUE = re.compile(r"""((?:"[^"]*"|'[^']*'|[^"'])*?)[ \t](?:#+|;+[ \t])(.*)""")
_OPENS = re.compile(r"(?:[!&]\S+(?:\s+|$))*(?P<string>[|>][-+\d]{0,2})?|[\[{]")
_LONG_STRING = re.compile(r"""("{3}|'{3})(?!.*\1)""")


class Setting(NamedTuple):
    """A "setting", which is a key's line with the comment right above it, a "comment", or "code".

    ``lines`` are (start, end) of its lines, those of a comment without their signs.  ``said`` is
    how it is read: "timeout.read: 200s - The cold tier is slow.", with a colon at its end where it
    has no value and no comment.  ``above`` are the lines of the keys that its path names.
    """

    kind: Literal["setting", "comment", "code"]
    lines: tuple[Span, ...]
    said: str
    above: tuple[Span, ...] = ()


class _Line(NamedTuple):
    """A line without what surrounds it, its column, and whether it is right below another."""

    span: Span
    said: str
    column: int
    follows: bool


class _Parent(NamedTuple):
    """A section or key that lines stand below; one that ``has_value`` may go on with it there."""

    column: int
    name: str
    span: Span
    has_value: bool


@lru_cache(maxsize=8)
def settings(text: str) -> dict[Span, Setting]:
    """What ``text`` sets, says in comments and holds beside, in order, by where it stands.

    Empty where ``text`` holds no settings.  Linear in its length.
    """
    found = _settings(text) if text.startswith(SETTINGS) else ()
    return {(one.lines[0][0], one.lines[-1][1]): one for one in found}


def said(text: str, start: int, end: int) -> str | None:
    """How a stretch of settings is read; None in any other text."""
    if not text.startswith(SETTINGS):
        return None
    if found := settings(text).get((start, end)):
        return found.said
    lines = text[start:end].splitlines()  # a part of a long comment
    return " ".join(" ".join(_SIGN.sub("", line.strip(), count=1) for line in lines).split())


def told_by(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Where it stands what is read of a setting: its line, its comment, the keys of its path."""
    found = settings(text).get((start, end))
    if found is None or found.kind != "setting":
        return ()
    *comment, own = found.lines
    return (own, *([(start, comment[-1][1])] if comment else []), *found.above)


def title_of(text: str) -> str | None:
    """The first line of the comment that a file of settings begins with, if it is no sentence."""
    first = next(iter(settings(text).values()), None)
    line = text[slice(*first.lines[0])] if first and first.kind == "comment" else ""
    return line if 0 < len(line) <= _TITLE and line[-1] not in ".!?:;," else None


def _settings(text: str) -> Iterator[Setting]:
    comment: list[_Line] = []  # the one that is open
    parents: list[_Parent] = []
    for line, found in _matched(text):
        if comment and not (line.follows and line.column == comment[0].column):
            yield _remark(comment)
            comment = []
        if found is not None and found.re is _SIGN:
            body = line.said[found.end() :].lstrip()
            if any(map(str.isalnum, body)):
                span = (line.span[1] - len(body), line.span[1])
                comment.append(line._replace(span=span, said=body))
            elif comment:  # a rule, or a sign alone, parts two comments
                yield _remark(comment)
                comment = []
            continue
        one = _setting(line, found, comment, parents) if found else None
        if comment and (one is None or len(one.lines) == 1):
            yield _remark(comment)
        yield one or Setting("code", (line.span,), " ".join(line.said.split()))
        comment = []
    if comment:
        yield _remark(comment)


def _matched(text: str) -> Iterator[tuple[_Line, re.Match[str] | None]]:
    """The lines that are not blank, with what each begins with or is; None: code."""
    deeper, closing = -1, ""  # lines of a string: those deeper than this, or up to this
    for line in _lines(text):
        if closing or line.column > deeper >= 0:
            closing = "" if closing in line.said else closing
            yield line, None
            continue
        deeper, found = -1, _match(line)
        if found is not None and found.re is not _SIGN:
            value = _parted(found["value"])[0]
            opens = _OPENS.fullmatch(value)
            if opens and opens["string"]:
                deeper = line.column + (len(found["dashes"]) if found.re is _KEY else 0)
            elif long := _LONG_STRING.match(value):
                closing = long[1]
        yield line, found


def _match(line: _Line) -> re.Match[str] | None:
    if len(line.said) > _LINE or _UNSET.match(line.said):
        return None
    section = _SECTION.fullmatch(line.said) if line.column == 0 else None
    key = section or _KEY.fullmatch(line.said) or _ITEM.fullmatch(line.said)
    return key or _SIGN.match(line.said)


def _lines(text: str) -> Iterator[_Line]:
    at, follows = len(SETTINGS), False
    for raw in text[at:].splitlines(keepends=True):
        body = raw.strip()
        column = len(raw) - len(raw.lstrip())
        if body:
            yield _Line((at + column, at + column + len(body)), body, column, follows)
        follows = bool(body)
        at += len(raw)


def _remark(comment: Sequence[_Line]) -> Setting:
    lines = tuple(one.span for one in comment)
    return Setting("comment", lines, " ".join(" ".join(one.said for one in comment).split()))


def _setting(
    line: _Line, found: re.Match[str], comment: Sequence[_Line], parents: list[_Parent]
) -> Setting | None:
    """What a line sets; None where it goes on with the value above.  It may become a parent."""
    given = found.groupdict()
    column = -1 if found.re is _SECTION else line.column + len(given["dashes"])
    while parents and parents[-1].column >= column:
        parents.pop()
    if parents and parents[-1].has_value:
        return None
    value, behind = _parted(given["value"])
    value = "" if _OPENS.fullmatch(value) else value
    above = tuple(one.span for one in parents)
    path = [one.name for one in parents]
    if "key" in given:
        path.append(_unquoted(given["key"].strip()))
        if not given.get("equals"):
            parents.append(_Parent(column, path[-1], line.span, bool(value)))
    if sum(len(one.said) for one in comment) > _COMMENT:
        comment = ()
    lines = (*(one.span for one in comment), line.span)
    why = " ".join([*(one.said for one in comment), behind]).strip()
    told = " - ".join(filter(None, (_unquoted(value), why)))
    read = " ".join(f"{'.'.join(path)}: {told}".removeprefix(": ").split())
    return Setting("setting", lines, read, above) if read else None


def _parted(value: str) -> tuple[str, str]:
    """A value, and the comment that stands behind it."""
    found = _VALUE.fullmatch(value.rstrip())
    return (found[1].strip(), found[2].strip()) if found else (value.strip(), "")


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if is_quoted and value[0] not in value[1:-1] else value
