"""AsciiDoc, Org and LaTeX: line for line, the marks of their structure as Markdown has them.

Line n of the text is line n of the file.  What only steers a program is left out: comments,
attributes, preambles.
"""

import re
from collections.abc import Callable
from itertools import zip_longest

from qa.ingest.formats import dates
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.tables import row_line
from qa.times.intervals import Claimed

_NAMED = r"[ \t]*(?P<value>\S.*?)[ \t]*$"


def asciidoc(raw: Raw) -> Draft:
    """An AsciiDoc file: "== Section" as "## Section", listings as fenced code."""
    text = _by_line(decode(raw.data), _Asciidoc())
    source = decode(raw.data)
    title = re.search(r"^=[ \t]+" + _NAMED, source, re.M)
    author = re.search(r"^:author:" + _NAMED, source, re.M)
    day = re.search(r"^:(?:revdate|date):" + _NAMED, source, re.M)
    return _draft(text, title, author, day, "AsciiDoc attribute")


def org(raw: Raw) -> Draft:
    """An Org file: "** Heading" as "## Heading", blocks of source as fenced code."""
    source = decode(raw.data)
    title = re.search(r"^#\+title:" + _NAMED, source, re.M | re.I)
    author = re.search(r"^#\+author:" + _NAMED, source, re.M | re.I)
    day = re.search(r"^#\+date:[ \t]*[<\[]?" + _NAMED, source, re.M | re.I)
    return _draft(_by_line(source, _org_line), title, author, day, "Org keyword")


def latex(raw: Raw) -> Draft:
    """A LaTeX file: sections as headings, items as list items, commands but for their words."""
    source = decode(raw.data)
    found = {
        name: re.search(rf"\\{name}\{{(?P<value>[^{{}}]*(?:\{{[^{{}}]*\}}[^{{}}]*)*)\}}", source)
        for name in ("title", "author", "date")
    }
    for_value = {name: match and _words(match["value"]) for name, match in found.items()}
    day = dates.parse(for_value["date"])
    return Draft(
        text=_by_line(source, _Latex("\\begin{document}" in source)),
        title=for_value["title"] or None,
        author=for_value["author"] or None,
        published=Claimed(day, "\\date") if day else None,
    )


def _by_line(source: str, convert: Callable[[str], str]) -> str:
    """``source`` with each line converted; line ends as they are."""
    return "".join(
        part if part in ("\n", "\r\n", "\r") else convert(part)
        for part in re.split(r"(\r\n|\n|\r)", source)
    )


def _draft(
    text: str,
    title: re.Match[str] | None,
    author: re.Match[str] | None,
    written: re.Match[str] | None,
    basis: str,
) -> Draft:
    day = dates.parse(written["value"]) if written else None
    return Draft(
        text=text,
        title=title["value"] if title else None,
        author=author["value"] if author else None,
        published=Claimed(day, basis) if day else None,
    )


class _Asciidoc:
    """One line after the other; what is open is remembered."""

    def __init__(self) -> None:
        self._fence = ""  # the delimiter that closes what is verbatim
        self._comment = False
        self._cells = -1  # of the first row of a table; 0 before it, -1 outside of any
        self._ruled = False

    def __call__(self, line: str) -> str:
        bare = line.rstrip()
        if bare == "////":
            self._comment = not self._comment
            return ""
        if self._comment:
            return ""
        if self._fence:
            if bare == self._fence:
                self._fence = ""
                return "```"
            return line
        if re.fullmatch(r"-{4,}|\.{4,}|`{3,}.*", bare):
            self._fence = "```" if bare.startswith("```") else bare
            return "```"
        if bare == "|===":
            self._cells, self._ruled = (0 if self._cells < 0 else -1), False
            return ""
        if self._cells >= 0:
            return self._row(bare)
        if re.fullmatch(r"={4,}|\*{4,}|_{4,}|--", bare):
            return ""
        if re.match(r"//(?!/)|:[\w-]+:|\[[^\]]*\]$|(?:include|ifdef|ifndef|endif)::", bare):
            return ""
        if match := re.match(r"(={1,6})[ \t]+(?=\S)", line):
            return "#" * len(match[1]) + " " + line[match.end() :]
        if match := re.match(r"\.(?=[^\s.])", line):  # the title of a block
            return line[1:]
        if match := re.match(r"[ \t]*([*.]{1,5})[ \t]+(?=\S)", line):
            return "- " + line[match.end() :]
        return re.sub(r"(?:link:)?(https?://[^\s\[]+)\[([^\]]*)\]", r"\2 (\1)", line)

    def _row(self, line: str) -> str:
        """A line of a table; the empty one below its header becomes the rule there."""
        if not line:
            is_below_header = self._cells > 0 and not self._ruled
            self._ruled = self._ruled or is_below_header
            return "|" + "---|" * self._cells if is_below_header else ""
        cells = [cell.strip() for cell in re.split(r"(?:^|\s)[\w.+<>^]*\|", line)][1:]
        self._cells = self._cells or len(cells)
        return "| " + " | ".join(cells) + " |" if cells else line


_ORG_BLOCK = re.compile(r"[ \t]*#\+(begin|end)_(src|example|quote|verse|center)\b.*", re.I)


def _org_line(line: str) -> str:
    if match := _ORG_BLOCK.fullmatch(line):
        return "```" if match[2].lower() in ("src", "example") else ""
    if match := re.match(r"(\*{1,9})[ \t]+(?:(?:TODO|DONE)[ \t]+)?(?=\S)", line):
        title = re.sub(r"[ \t]+:[\w@:]+:[ \t]*$", "", line[match.end() :])
        return "#" * min(6, len(match[1])) + " " + title
    if re.match(r"[ \t]*(?:#\+\w+:|#[ \t]|:[\w-]+:)", line):
        return ""
    if re.fullmatch(r"[ \t]*\|[-+]+\|[ \t]*", line):
        return line.replace("+", "|")
    return re.sub(r"\[\[([^\]]+)\]\[([^\]]+)\]\]", r"\2", line)


_LEVELS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4}
_LEVELS |= {"paragraph": 5, "subparagraph": 6}
_SECTION = re.compile(rf"\s*\\({'|'.join(_LEVELS)})\*?(?:\[[^\]]*\])?\{{(.*)\}}\s*(?:\\label.*)?$")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*")
_STEERS = re.compile(
    r"\\(?:begin|end|label|cite[a-z]*|ref|pageref|eqref|includegraphics|vspace|hspace|input|include"
    r"|usepackage|documentclass|bibliography|bibliographystyle|newcommand|renewcommand|setlength"
    r"|title|author|date|pagestyle|thispagestyle|centering|toprule|midrule|bottomrule|hline"
    r"|maketitle|tableofcontents|noindent|newpage|clearpage)\*?(?:\[[^\]]*\]|\{[^{}]*\})*"
)
_RULES = re.compile(r"\s*(?:\\(?:hline|midrule|toprule|bottomrule|cline\{[^}]*\})\s*)+")
_VERBATIM = frozenset(["verbatim", "lstlisting", "minted"])
_FOOTNOTE = re.compile(r"\\footnote\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_ESCAPED = re.compile(r"\\([%&$#_{}])")
_ACCENT = re.compile(r"\\([`'^\"~=.c])(?:\{(\\?\w)\}|(\w))")
_ACCENTS = dict(zip("`'^\"~=.c", "\u0300\u0301\u0302\u0308\u0303\u0304\u0307\u0327", strict=True))
_LETTERS = {"ss": "ß", "ae": "æ", "oe": "œ", "o": "ø", "aa": "å", "l": "ł", "dots": "…"}
_LETTERS |= {"ldots": "…", "textendash": "–", "textemdash": "—", "pounds": "£", "euro": "€"}


class _Latex:
    """One line after the other; the preamble and what is verbatim are remembered."""

    def __init__(self, has_preamble: bool) -> None:
        self._preamble = has_preamble
        self._fenced = False
        self._cells = -1  # as above
        self._ruled = False
        self._names: list[str] = []

    def __call__(self, line: str) -> str:
        begins = re.search(r"\\begin\{(\w+)\*?\}", line)
        ends = re.search(r"\\end\{(\w+)\*?\}", line)
        if self._fenced:
            if ends and ends[1] in _VERBATIM:
                self._fenced = False
                return "```"
            return line
        if begins and begins[1] == "document":
            self._preamble = False
            return ""
        if self._preamble:
            return ""
        if begins and begins[1] in _VERBATIM:
            self._fenced = True
            return "```"
        line = _COMMENT.sub(r"\1", line)
        if match := _SECTION.match(line):
            return "#" * _LEVELS[match[1]] + " " + _words(match[2])
        if begins and begins[1].startswith("tabular"):
            self._cells, self._ruled, self._names = 0, False, []
            return ""
        if ends and ends[1].startswith("tabular"):
            self._cells = -1
            return ""
        if self._cells >= 0:
            return self._row(line)
        if match := re.match(r"\s*\\item(?:\[([^\]]*)\])?\s*", line):
            name = f"{_words(match[1])}: " if match[1] else ""
            return "- " + name + _words(line[match.end() :])
        return _words(line)

    def _row(self, line: str) -> str:
        """A line of a table, whose header has a rule below it, or at the end of its own line."""
        if _RULES.fullmatch(line):
            is_below_header = self._cells > 0 and not self._ruled
            self._ruled = self._ruled or is_below_header
            return "|" + "---|" * self._cells if is_below_header else ""
        said, end, rest = line.partition(r"\\")
        cells = [_words(cell) for cell in re.split(r"(?<!\\)&", said)]
        if not self._cells and end and _RULES.fullmatch(rest):
            self._names = cells  # no line is free for a rule: each row has its header's words
            self._cells, self._ruled = len(cells), True
            return ""
        self._cells = self._cells or len(cells)
        if self._names:
            return row_line(zip_longest(self._names, cells, fillvalue=""))
        return "| " + " | ".join(cells) + " |" if any(cells) else ""


def _words(text: str) -> str:
    """What is read of LaTeX: commands gone, what stands in their braces kept."""
    text = _STEERS.sub("", text.replace(r"\\", " "))
    text = _FOOTNOTE.sub(r" (\1)", text)
    text = text.replace(r"\footnote{", " (")  # one that goes on in the next line
    text = _ACCENT.sub(_accented, text)
    text = re.sub(
        r"\\([a-zA-Z]+)\*?(?:\[[^\]]*\])?[ \t]?(?:\{\})?",
        lambda match: _LETTERS.get(match[1], ""),
        text,
    )
    text = _ESCAPED.sub(lambda match: {"{": "\x01", "}": "\x02"}.get(match[1], match[1]), text)
    text = text.replace("{", "").replace("}", "").replace("~", " ")
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    return re.sub(r"[ \t]+", " ", text.replace("\x01", "{").replace("\x02", "}")).strip()


def _accented(match: re.Match[str]) -> str:
    import unicodedata

    letter = (match[2] or match[3]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[match[1]])
