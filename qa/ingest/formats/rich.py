"""Rich Text Format, read by striprtf: pure Python without dependencies, kept since 2016."""

import re
from collections.abc import Callable
from itertools import groupby

from qa.errors import DocumentError
from qa.ingest.formats import dates
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.rows import joined, table_blocks
from qa.times.intervals import Claimed

_INFO = re.compile(r"\{\\(?:\*\\)?(title|author)\s+([^{}]{1,2000})\}")
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


def text(raw: Raw) -> Draft:
    """The text of a file, table cells as "cell | cell".

    Raises DocumentError where it is no RTF.
    """
    from striprtf import striprtf

    rtf_to_text: Callable[..., str] = striprtf.rtf_to_text
    if not raw.data.lstrip()[:5] == b"{\\rtf":
        raise DocumentError("is not a .rtf file, or is damaged")
    source = raw.data.decode("latin-1")
    head = source[:20_000]
    info = {name: _plain(rtf_to_text, value) for name, value in _INFO.findall(head)}
    created = _CREATED.search(head)
    day = dates.parse("{}-{:0>2}-{:0>2}".format(*created.groups())) if created else None
    found = rtf_to_text(source, errors="replace").replace("\xa0", " ").replace("\xad", "")
    blocks: list[tuple[str, str]] = []
    for is_row, lines in groupby(found.split("\n"), _is_row):
        if is_row:  # striprtf ends each cell with a bar
            rows = [line.rstrip().rstrip("|").split("|") for line in lines]
            blocks += table_blocks(rows, merges=False)
        else:
            blocks += (("", line.strip()) for line in lines if line.strip())
    return Draft(
        text=joined(blocks),
        title=info.get("title"),
        author=info.get("author"),
        saved=Claimed(day, "document properties (created)") if day else None,
    )


def _is_row(line: str) -> bool:
    return line.count("|") > 1 and line.rstrip().endswith("|")


def _plain(convert: Callable[..., str], value: str) -> str:
    return convert("{\\rtf1\\ansi " + value + "}", errors="replace").strip()
