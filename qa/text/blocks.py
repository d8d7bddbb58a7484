"""The shape of a text: its headings, paragraphs, list items, table rows and code lines.

One pass over the lines, for Markdown, reStructuredText and plain text alike, since a file's
name seldom tells which of them its author wrote.  A line of markup alone (a fence, a rule,
an underline, HTML tags) belongs to no block.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from qa.text.config import SETTINGS, settings
from qa.text.tables import columned, is_caption
from qa.text.words import STOPWORDS

Kind = Literal[
    "heading",
    "prose",
    "quotation",
    "attribution",
    "footnote",
    "caption",
    "item",
    "field",
    "row",
    "code",
    "comment",
    "setting",
]
Span = tuple[int, int]


class Block(NamedTuple):
    """Lines that belong together, as offsets into the text.

    ``lines`` holds (start, end) per line, without markers ("- ", "> ", "## ") and without
    surrounding whitespace.  ``level`` is a heading's depth from 1, else 0.  A "quotation" is
    prose that is marked as quoted, an "attribution" the line above one that says whose words
    follow.  A "footnote" is without the mark that it begins with ("[1] ", "[^1]: "), by which
    other text refers to it; a "caption" is the line right above a table that names it.  A
    "comment" is one in a file of settings, a "setting" a key's line there with the comment right
    above it.  Headings, captions, fields, rows and code have one line.
    """

    kind: Kind
    lines: tuple[Span, ...]
    level: int = 0

    @property
    def start(self) -> int:
        """Where its first line starts."""
        return self.lines[0][0]

    @property
    def end(self) -> int:
        """Where its last line ends."""
        return self.lines[-1][1]


VERBATIM = "\ufeff"
"""A text that begins with this has lines of code, and nothing else: a program, a log."""

_END_OF_LINE = re.compile("\r\n|[\r\n\f\u2028\u2029]")
_QUOTE = re.compile(r"(?:>(?!=)[ \t]?){1,9}(?!>)")
_FENCE = re.compile(r"(`{3,}|~{3,})[^`~]*")
_HASHES = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_UNDERLINE = re.compile(r"""([=\-~^"'*+#.:_`])\1{2,}""")
_BULLET = re.compile(r"(?:[-*+][ \t]+|[•‣◦▪●][ \t]*)(?=\S)")
_NUMBER = re.compile(
    r"""(?: (?:\d{1,3}[.)] | [a-z]\) | \((?:\d{1,3}|[a-z])\) | \#\. | [·–—])[ \t\u3000]+
          | \d{1,3}、 | （\d{1,3}） )(?=\S)
        (?!(?:Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember)\b)  # a German date
    """,
    re.VERBOSE,
)
CLAUSE = re.compile(r"§?\s?(\d{1,3}(?:\.\d{1,3}){1,4})\.?[ \t]+(?=[\"“‘(]?[^\W\d_a-z])")
"""The number of a clause, "2.3 The rent is reviewed", which is a part of it: others refer to it."""
_OUTLINED = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,3})[.)]?[ \t]+\S.{0,78}[^.!?:;,]")
_NOTE = re.compile(r"\[(?:\^[^\]\s]{1,40}|fn:[^\]\s]{1,40}|\d{1,3}|[*†‡§])\]:?[ \t]+(?=\S)")
_FIELDS = re.compile(r"[^\s:;][^:;]{0,60}:\s[^;]*;\s*[^\s:;][^:;]{0,60}:\s")
_FIELD = re.compile(  # "Built by: Seres", "service.mail.relay[0].port: 25"
    r"(?:[^\s:.!?,;]{1,40}(?: [^\s:.!?,;]{1,40}){0,3}"
    r"|[^\s:.!?,;]{1,80}(?:\.[^\s:.!?,;]{1,80}){1,20}):[ \t]+\S"
)
_COLUMNS = re.compile(r"[^\s|>] {2,}[^\s|]")
_MARKUP = "-=*_~^#+`|:> \t"
TAG = re.compile(
    r"</?(?:a|b|br|center|code|details|div|em|figure|h[1-6]|hr|i|img|kbd|p|picture|pre|small|span"
    r"|strong|sub|summary|sup|table|tbody|td|th|thead|tr|ul|ol|li)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
"""A tag that Markdown files lay their pages out with; no placeholder, such as "<name>", is one."""
_TITLED = re.compile(r"<(summary|h([1-6]))(?:\s[^<>]*)?>(.*)</\1>", re.IGNORECASE)
_FOLDED = 6  # the level of the heading of what a page folds away
_DIRECTIVE = re.compile(
    r"\.\. (?:([\w:-]+)::(?!\S)|_(?:`[^`]{1,200}`|[^:`]{1,200}):(?!\S)|\|[^|]{1,200}\| [\w-]+::)"
)
_OPTION = re.compile(r":[\w -]+:(?=\s|$)")
_OF_CODE = frozenset("code-block code sourcecode parsed-literal prompt ipython testcode".split())
_OF_TEXT = frozenset(
    "note warning tip hint important caution attention danger error admonition seealso rubric"
    " versionadded versionchanged deprecated".split()
)
_INDENT = 4  # more than what opens it: from so many blanks on a text is code in Markdown
_WRAPPED = 0.7  # of the longest line's length: what the lines of a wrapped paragraph have
_ENDED = re.compile(r"[^\W\d_]{3}[.!?]\s|[。！？]")  # a sentence that says something is over
_NAMES = re.compile(r"[@\d]")  # an address or a day
_STAMPED = re.compile(r"\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?[ T]\d{1,2}:\d\d")
_LONGEST_HEADING = 200
_LONGEST_ATTRIBUTION = 200
_SHORT_LINE = 0.8
_SHORT = 60  # characters of a line that may be a record without a figure
_BREAKS = ",;-–—&(/"  # what a line that breaks off ends in
_IN_A_FIGURE = re.compile(r"\d\s?(?:[%€$£]|[A-Z]{3}|[a-z]{1,2})?$")


def blocks(text: str) -> list[Block]:
    """The blocks of ``text`` in order.  Linear in its length."""
    if text.startswith(SETTINGS):
        return [Block(one.kind, one.lines) for one in settings(text).values()]
    if text.startswith(VERBATIM):
        lines = _stripped_lines(text)
        first = (_stripped(text, len(VERBATIM), lines[0][1]), *lines[1:])
        return [Block("code", ((start, end),)) for start, end in first if start < end]
    found = _Blocks(text)
    i = 0
    while i < len(found.lines):
        i += found.read(i)
    found.close()
    return list(_captioned(text, found.done))


def _captioned(text: str, found: list[Block]) -> Iterator[Block]:
    """The blocks, what names a table told from prose."""
    for block, below in pairwise([*found, None]):
        assert block is not None
        is_above = below is not None and below.kind == "row" and block.kind == "prose"
        if is_above and len(block.lines) == 1 and is_caption(text[block.start : block.end]):
            block = block._replace(kind="caption")
        yield block


def _stripped_lines(text: str) -> list[Span]:
    """(start, end) of every line without surrounding whitespace; start == end when blank."""
    lines = []
    start = 0
    for match in _END_OF_LINE.finditer(text):
        lines.append(_stripped(text, start, match.start()))
        start = match.end()
    lines.append(_stripped(text, start, len(text)))
    return lines


def _stripped(text: str, start: int, end: int) -> Span:
    line = text[start:end]
    body = line.strip()
    if not body:
        return end, end
    start += len(line) - len(line.lstrip())
    return start, start + len(body)


class _Blocks:
    """The one pass: what is done, the open paragraph, and what stood on the line before."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = _stripped_lines(text)
        self.done: list[Block] = []
        self.open: list[Span] = []
        self.kind: Kind = "prose"
        self.quoted = False
        self.apart = True  # at the start, or after a blank line, a heading or a rule
        self.table = False
        self.underlines: list[str] = []
        self.fences = self._longest_fence_below()
        self.columned = self._columned()

    def read(self, i: int) -> int:
        """Take the lines at ``i``; return how many."""
        start, end = self.lines[i]
        line = self.text[start:end]
        if not line:
            self.close()
            self.apart, self.table = True, False
            return 1
        if line[0] in "`~" and (taken := self._fence(i, line)):
            return taken
        if line[0] == "." and (taken := self._directive(i, line)):
            return taken
        if taken := self._literal(i, self._opener(i)):
            return taken
        quote = _QUOTE.match(line) if line[0] == ">" else None
        if quote and not (self.open and not self.quoted and line[quote.end() :][:1].isdigit()):
            start += quote.end()
            line = line[quote.end() :]
            start += len(line) - len(line.lstrip())
            line = line.lstrip()
            if not line:
                self.close()
                self.apart = self.quoted = True
                return 1
        else:
            quote = None
        if bool(quote) != self.quoted:
            self.close()
            self.apart, self.quoted = True, bool(quote)
        if self._attributes(i) or self._tags(start, line):
            return 1
        taken = self._heading(i, start, end, line)
        if not taken:
            self._body(i, start, end, line)
        return taken or 1

    def close(self) -> None:
        """End the open paragraph or item."""
        if self.open:
            kind = "quotation" if self.quoted and self.kind == "prose" else self.kind
            for lines in _paragraphs(self.text, self.open):
                self.done.append(Block(kind, tuple(lines)))
            self.open = []
        self.kind = "prose"

    def _alone(self, kind: Kind, start: int, end: int, level: int = 0) -> None:
        """A block of one line."""
        self.close()
        if start < end:
            self.done.append(Block(kind, ((start, end),), level))
        self.apart = kind == "heading"

    def _attributes(self, i: int) -> bool:
        """Whether line ``i`` ends an attribution, as "On 3 June Ann wrote:"; then it is taken."""
        lines = attribution(self.text, self.lines, i)
        whole = len(lines) > 1 and len(self.open) == 1
        if not lines or (self.open and not whole):
            return False
        self.open = []
        self.done.append(Block("attribution", lines))
        self.apart = True
        return True

    def _directive(self, i: int, line: str) -> int:
        """Lines taken by a directive of reStructuredText, or a target of a link, at ``i``."""
        found = _DIRECTIVE.match(line)
        if found is None:
            return 0
        name = found[1] or ""
        start, end = self.lines[i]
        self.close()
        self.apart = True
        if name in _OF_TEXT:
            said = line[found.end() :].strip()
            if said:  # ".. versionadded:: 8.0" is read with its name
                self.open.append((start + len(".. "), end))
                self.apart = False
            return 1
        taken = 1
        while i + taken < len(self.lines) and _OPTION.match(self._line(i + taken)):
            taken += 1
        if name in _OF_CODE:
            first = next((at for at in range(i + taken, len(self.lines)) if self._line(at)), i)
            taken = first - i + self._literal(first, i) if first > i else taken
        return taken

    def _opener(self, i: int) -> int | None:
        """The line that opens a literal block at ``i``, after a blank line: it ends in a colon."""
        if i == 0 or self._line(i - 1):
            return None
        above = next((at for at in range(i - 1, max(-1, i - 4), -1) if self._line(at)), None)
        return above if above is not None and self._line(above)[-1] in ":：" else None

    def _literal(self, i: int, opener: int | None) -> int:
        """Lines taken by code that stands indented below ``opener``; 0 where none does.

        As reStructuredText has it below "::" or a directive of code, and Markdown below anything.
        """
        if opener is None or self.quoted:
            return 0
        line = self._line(opener)
        surely = line.endswith("::") or line.startswith(".. ")
        marker = _BULLET.match(line) or _NUMBER.match(line)
        least = self._indent(opener) + (marker.end() if marker else 0) + (1 if surely else _INDENT)
        if self._indent(i) < least:
            return 0
        if not surely and self._is_marked(i):
            return 0
        end = i
        while end < len(self.lines) and (not self._line(end) or self._indent(end) >= least):
            end += 1
        lines = [self.lines[at] for at in range(i, end) if self._line(at)]
        if not surely and _is_wrapped(lines):
            return 0
        for first, last in lines:
            self._alone("code", first, last)
        self.apart = True
        return end - i

    def _is_marked(self, i: int) -> bool:
        """Whether a line shows by itself what it is: an item, a row or a field."""
        line = self._line(i)
        if _BULLET.match(line) or _NUMBER.match(line) or CLAUSE.match(line):
            return True
        if self._is_row(i, line):
            return True
        return self._is_field(i)

    def _line(self, i: int) -> str:
        return self.text[slice(*self.lines[i])]

    def _indent(self, i: int) -> int:
        raw = self._raw(i).expandtabs(_INDENT)
        return len(raw) - len(raw.lstrip())

    def _tags(self, start: int, line: str) -> bool:
        """Whether a line is HTML that only lays out the page, or a heading in it; then it is taken.

        A heading may stand between other tags.
        """
        if line[0] != "<" or line[-1] != ">":
            return False
        if not TAG.sub("", line).strip():
            self.close()
            self.apart = True
            return True
        titled = _TITLED.search(line)
        if titled is None or TAG.sub("", line[: titled.start()] + line[titled.end() :]).strip():
            return False
        inner = TAG.sub(lambda tag: " " * len(tag[0]), titled[3])
        first = start + titled.start(3) + len(inner) - len(inner.lstrip())
        self._alone("heading", first, first + len(inner.strip()), int(titled[2] or _FOLDED))
        return True

    def _longest_fence_below(self) -> dict[str, list[int]]:
        """Per fence character and line, the longest closing fence from that line on.

        So that an opening fence without an end is known at once, and is no fence.  Empty for
        a text without any.
        """
        if "```" not in self.text and "~~~" not in self.text:
            return {}
        longest = {"`": 0, "~": 0}
        below: dict[str, list[int]] = {"`": [], "~": []}
        for start, end in reversed(self.lines):
            char = self.text[start : start + 1]
            if char in longest and self.text.count(char, start, end) == end - start:
                longest[char] = max(longest[char], end - start)
            for fence, length in longest.items():
                below[fence].append(length)
        return {fence: lengths[::-1] for fence, lengths in below.items()}

    def _columned(self) -> set[int]:
        """The lines that are rows of a table set in columns, without a mark."""
        found: set[int] = set()
        if not _COLUMNS.search(self.text):
            return found
        first = 0
        for i in range(len(self.lines) + 1):
            if i < len(self.lines) and self.lines[i][0] < self.lines[i][1]:
                continue
            if i - first > 2:
                lines = [self._raw(at) for at in range(first, i)]
                if not any("|" in line or line.lstrip()[0] == ">" for line in lines):
                    found |= {first + at for at in columned(lines)}
            first = i + 1
        return found

    def _raw(self, i: int) -> str:
        """A line with what it is indented by, which counts in a table set in columns."""
        start, end = self.lines[i]
        above = self.lines[i - 1][1] if i else 0
        return self.text[above:start].rpartition("\n")[2] + self.text[start:end]

    def _fence(self, i: int, line: str) -> int:
        """Lines taken by a fenced code block that starts at ``i``; 0 where none does."""
        opening = _FENCE.fullmatch(line)
        if opening is None or i + 1 == len(self.lines):
            return 0
        mark = opening[1]
        if self.fences[mark[0]][i + 1] < len(mark):
            return 0
        self.close()
        taken = 1
        while True:
            start, end = self.lines[i + taken]
            taken += 1
            closing = self.text[start:end]
            if len(closing) >= len(mark) and not closing.strip(mark[0]):
                break
            self._alone("code", start, end)
        self.apart = True
        return taken

    def _heading(self, i: int, start: int, end: int, line: str) -> int:
        """Lines taken by a heading at ``i``; 0 where none stands."""
        hashes = _HASHES.match(line) if line[0] == "#" else None
        if hashes and len(line) <= _LONGEST_HEADING:
            # A lone "# " right below other text is more often a comment than a heading.
            if not self.apart and len(hashes[1]) == 1:
                self._alone("row", start, end)
                return 1
            title = line[hashes.end() :]
            bare = title.rstrip("#")
            if bare[-1:] in (" ", "\t"):
                title = bare.rstrip()
            start += hashes.end()
            self._alone("heading", start, start + len(title), len(hashes[1]))
            return 1
        if (outlined := _OUTLINED.fullmatch(line)) and self._opens(i, outlined[1]):
            self._alone("heading", start, end, 2 + outlined[1].count("."))
            return 1
        if not self.apart or len(line) > _LONGEST_HEADING or i + 1 == len(self.lines):
            return 0
        below = self.text[slice(*self.lines[i + 1])]
        if not _is_underline(line, below):
            return 0
        above = self.text[slice(*self.lines[i - 1])] if i else ""
        style = below[0] * (2 if above == below else 1)
        if style not in self.underlines:
            self.underlines.append(style)
        self._alone("heading", start, end, self.underlines.index(style) + 1)
        return 2

    def _opens(self, i: int, number: str) -> bool:
        """Whether the first clause of ``number`` stands right below: "2. Rent", and then "2.1"."""
        below = next((self.text[a:b] for a, b in self.lines[i + 1 : i + 4] if a < b), "")
        return below.startswith(f"{number}.1") and bool(CLAUSE.match(below))

    def _body(self, i: int, start: int, end: int, line: str) -> None:
        """A line that is neither blank, fence nor heading."""
        if not line.strip(_MARKUP):
            self._alone("row", end, end)
            self.apart = True
            self.table = self.table or "|" in line
            return
        if CLAUSE.match(line) and (self.apart or self.kind == "item" or self._is_clause()):
            self.close()
        marker = _BULLET.match(line)
        if marker is None and (self.apart or self.kind == "item" or self._introduced()):
            marker = _NUMBER.match(line)
        kind: Kind = "item"
        if marker is None and (self.apart or self.kind == "footnote"):
            marker, kind = _NOTE.match(line), "footnote"
        if marker:
            self.close()
            self.kind, self.apart = kind, False
            self.open = [(start + marker.end(), end)]
        elif self._is_row(i, line):
            body = line.strip("|").strip() if line[0] == "|" else line
            start += line.index(body)
            self._alone("row", start, start + len(body))
        elif _FIELD.match(line) and (self._is_field(i + 1) or (i and self._is_field(i - 1))):
            self._alone("field", start, end)
        else:
            self.open.append((start, end))
            self.apart = False

    def _is_clause(self) -> bool:
        """Whether the open paragraph is a numbered clause."""
        return bool(self.open) and bool(CLAUSE.match(self.text, *self.open[0]))

    def _introduced(self) -> bool:
        """Whether the line before ends in a colon, so that a list may follow."""
        return bool(self.open) and self.text[self.open[-1][1] - 1] in ":："

    def _is_row(self, i: int, line: str) -> bool:
        if i in self.columned or (line[0] == "|" and len(line) > 1):
            return True
        if line.count(" | ") > 1 or "\t" in line or _FIELDS.match(line):
            return True
        if "|" not in line:
            return False
        below = self.text[slice(*self.lines[i + 1])] if i + 1 < len(self.lines) else ""
        above = self.text[slice(*self.lines[i - 1])] if i else ""
        if " | " in line and (" | " in below or " | " in above):
            return True
        return self.table or ("|" in below and "-" in below and not below.strip(_MARKUP))

    def _is_field(self, i: int) -> bool:
        return i < len(self.lines) and bool(_FIELD.match(self.text[slice(*self.lines[i])]))


def depth(line: str) -> int:
    """How often a line is marked as quoted ("> > ...")."""
    marks = _QUOTE.match(line) if line[:1] == ">" else None
    return marks.group().count(">") if marks else 0


def attribution(text: str, lines: list[Span], i: int) -> tuple[Span, ...]:
    """The lines, two where a mail program broke it, that say whose words are quoted below ``i``.

    Such a line ends in a colon, says a day or an address, and no whole sentence.  ``lines`` are
    all lines, as (start, end) without surrounding whitespace.
    """
    start, end = lines[i]
    if text[end - 1 : end] not in (":", "：") or end - start > _LONGEST_ATTRIBUTION:
        return ()
    below = next((text[a:b] for a, b in lines[i + 1 : i + 3] if text[a:b].strip("> ")), "")
    own, above = depth(text[start:end]), text[slice(*lines[i - 1])] if i else ""
    if depth(below) <= own or _ENDED.search(text, start, end):
        return ()
    if above and depth(above) == own and _NAMES.search(above) and above[-1] not in ".!?:":
        return lines[i - 1], (start, end)
    return ((start, end),) if _NAMES.search(text, start, end) else ()


def _is_underline(title: str, below: str) -> bool:
    """Whether ``below`` underlines ``title``, as in Markdown (= and -) or reStructuredText."""
    mark = _UNDERLINE.fullmatch(below)
    if mark is None or _BULLET.match(title) or title[0] == "|" or not title.strip(_MARKUP):
        return False
    return len(below) >= len(title) or (mark[1] in "=-" and title[-1] not in ".!?:;,。！？")


def _paragraphs(text: str, lines: list[Span]) -> Iterator[list[Span]]:
    """``lines`` parted where a line was ended on purpose rather than for lack of room.

    In wrapped text the next word would not have fitted on the line.  Where it would have,
    with room to spare, and starts with a capital after a line that does not break off, the
    line stands for itself: a title, a name, a line of an address.  So does every line of records,
    and a line that begins with a day and an hour, as a message of a chat does, begins anew.
    """
    if _are_parallel(text, lines):
        yield from ([line] for line in lines)
        return
    width = max(end - start for start, end in lines) * _SHORT_LINE
    paragraph = [lines[0]]
    for (start, end), after in pairwise(lines):
        if _STAMPED.match(text, *after):
            yield paragraph
            paragraph = []
        elif end - start < width and text[after[0]].isupper():
            word = text[after[0] : after[1]].split(None, 1)[0]
            last = text[max(start, end - 30) : end].rsplit(None, 1)[-1]
            fits = end - start + 1 + len(word) <= width
            if fits and last[-1] not in _BREAKS and last.casefold() not in STOPWORDS:
                yield paragraph
                paragraph = []
        paragraph.append(after)
    yield paragraph


def _is_wrapped(lines: list[Span]) -> bool:
    """Whether lines, and they are several, fill the width, all but the last: a paragraph."""
    lengths = [end - start for start, end in lines]
    return len(lengths) > 1 and min(lengths[:-1]) >= _WRAPPED * max(lengths)


def _are_parallel(text: str, lines: list[Span]) -> bool:
    """Whether all lines, and they are several, are made alike, as records are, and none breaks off.

    They begin with the same word, or with a figure, or end in one ("Day ticket 6.00"); or three and
    more short ones begin with a capital, and no sentence ends in any.
    """
    if len(lines) < 2:
        return False
    said = [text[start:end] for start, end in lines]
    if any(one[-1] in _BREAKS for one in said):
        return False
    first = said[0].split(None, 1)[0].casefold()
    same = all(one.split(None, 1)[0].casefold() == first for one in said)
    if same and first not in STOPWORDS and first[0].isalpha():
        return True
    if all(one[0].isdigit() for one in said) or all(_IN_A_FIGURE.search(one) for one in said):
        return True
    return len(lines) > 2 and all(
        len(one) <= _SHORT
        and (one[0].isupper() or one[0].isdigit())
        and one[-1] not in ".!?:。！？："
        and one.rsplit(None, 1)[-1].casefold() not in STOPWORDS
        for one in said
    )
