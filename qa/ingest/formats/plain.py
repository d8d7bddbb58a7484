"""Plain text, source code, Markdown, reStructuredText: the file's own words, line for line."""

import re
from itertools import pairwise
from typing import Any

from qa.ingest.formats import dates
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Draft, Raw
from qa.text.blocks import VERBATIM
from qa.text.config import LONGEST, SETTINGS, title_of
from qa.times.intervals import Claimed

_TITLE_LENGTH = 100
_FRONT = re.compile(r"---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_ATX = re.compile(r" {0,3}#[ \t]+(?P<title>.+?)[ \t]*#*[ \t]*$")
_MARKUP = re.compile(r"!?\[(?P<label>[^\]]*)\]\([^)]*\)|[*`]+|(?<!\w)_+|_+(?!\w)")
_RULE = re.compile(r"([=\-`:'\"~^_*+#<>.])\1*\s*$")
_DOCINFO = re.compile(r":(?P<name>Author|Authors|Date):[ \t]+(?P<value>.+)")


def txt(raw: Raw) -> Draft:
    """A text file; its title is a short first line that is no sentence and stands alone."""
    text = decode(raw.data)
    lines = text.lstrip().split("\n", 2)
    first = lines[0].strip()
    alone = len(lines) == 3 and not lines[1].strip()
    sentence = first.endswith((".", "!", "?", ":", ";", ",", "。", "！", "？", "…", ")", "”", '"'))
    is_title = alone and not sentence and len(first) <= _TITLE_LENGTH
    return Draft(text=text, title=first if is_title else None)


def source(raw: Raw) -> Draft:
    """A program, or what it logged: every line is one of code."""
    return Draft(text=VERBATIM + decode(raw.data), is_rows=True)


def settings(raw: Raw) -> Draft:
    """Settings: keys with their paths and comments; a file that is too long for them is code."""
    text = decode(raw.data)
    if len(text) > LONGEST:
        return Draft(text=VERBATIM + text, is_rows=True)
    return Draft(text=SETTINGS + text, title=title_of(SETTINGS + text), is_rows=True)


def markdown(raw: Raw) -> Draft:
    """A Markdown file; of YAML front matter the lines stay, so line numbers hold.

    Title, author and date are told and not quoted; its other entries are lines of the text.
    """
    text = decode(raw.data)
    front: dict[str, Any] = {}
    if match := _FRONT.match(text):
        front = _yaml(match["yaml"])
        if front:
            text = _told(match.group()) + text[match.end() :]
    day = dates.parse(_first(front, "date", "published", "publish_date"))
    return Draft(
        text=text,
        title=_line(_first(front, "title")) or heading(text),
        author=_line(_first(front, "author", "authors")),
        published=Claimed(day, "front matter") if day else None,
    )


def rst(raw: Raw) -> Draft:
    """A reStructuredText file; title from its first underlined line, the rest from docinfo."""
    text = decode(raw.data)
    lines = text.splitlines()[:100]
    info = {m["name"]: m["value"].strip() for m in map(_DOCINFO.match, lines) if m}
    day = dates.parse(info.get("Date"))
    return Draft(
        text=text,
        title=_underlined(lines),
        author=info.get("Author") or info.get("Authors"),
        published=Claimed(day, "docinfo field") if day else None,
    )


_TOLD = re.compile(r"(?i)(?:title|author|authors|date|published|publish_date|tags)[ \t]*:")


def _told(front: str) -> str:
    """Front matter without its rules and the entries that are told elsewhere."""
    kept, gone = [], False
    for line in front.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        if bare[:1] not in (" ", "\t", "-"):
            gone = bool(_TOLD.match(bare))
        is_rule = bare.rstrip() in ("---", "...")
        kept.append(line[len(bare) :] if gone or is_rule else line)
    return "".join(kept)


def _yaml(source: str) -> dict[str, Any]:
    """The mapping that ``source`` holds; empty where it is no mapping, so no front matter."""
    import yaml  # type: ignore[import-untyped] # has no types

    class Loader(yaml.SafeLoader):  # type: ignore[misc] # of an untyped class
        """Takes an alias of a list or a mapping for nothing: such grow without end."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            aliased = self.check_event(yaml.AliasEvent)
            node = super().compose_node(parent, index)
            if aliased and not isinstance(node, yaml.ScalarNode):
                return yaml.ScalarNode("tag:yaml.org,2002:null", "")
            return node

    try:
        found = yaml.load(source, Loader)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError, KeyError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name).lower(): value for name, value in found.items() if isinstance(name, str)}


def _first(front: dict[str, Any], *names: str) -> Any:
    return next((front[name] for name in names if front.get(name)), None)


def _line(value: Any) -> str | None:
    """A scalar, a list of scalars, or ``{name: ...}`` as one line."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_line, value[:20]))) or None
    if isinstance(value, dict):
        value = value.get("name")
    return str(value) if isinstance(value, str | int | float) else None


def heading(text: str) -> str | None:
    """The first heading of level one, without markup."""
    fenced, before = False, ""
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            if match := _ATX.match(line):
                return _MARKUP.sub(lambda m: m["label"] or "", match["title"]).strip() or None
            if before.strip() and re.match(r" {0,3}=+\s*$", line):
                return _MARKUP.sub(lambda m: m["label"] or "", before).strip() or None
        before = "" if fenced else line
    return None


def _underlined(lines: list[str]) -> str | None:
    for line, rule in pairwise(lines):
        title = line.strip()
        if title and not _RULE.match(title) and _RULE.match(rule):
            return title if len(rule.rstrip()) >= len(title) else None
    return None
