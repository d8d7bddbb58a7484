"""The formats that can be read: one row here and one function in this folder each."""

import hashlib
from typing import NamedTuple


class Format(NamedTuple):
    """Where a format is read: a module of this folder, and its function of ``Raw``."""

    module: str
    function: str


FORMATS = {
    ".txt": Format("plain", "txt"),
    ".md": Format("plain", "markdown"),
    ".markdown": Format("plain", "markdown"),
    ".rst": Format("plain", "rst"),
    ".html": Format("web", "page"),
    ".htm": Format("web", "page"),
    ".pdf": Format("pdf", "pages"),
    ".docx": Format("office", "word"),
    ".pptx": Format("office", "slides"),
    ".csv": Format("tables", "table"),
    ".tsv": Format("tables", "table"),
    ".json": Format("records", "document"),
    ".jsonl": Format("records", "lines"),
    ".eml": Format("mail", "message"),
    ".qadoc": Format("brought", "document"),
}
SUFFIXES: frozenset[str] = frozenset(FORMATS)
"""The file-name suffixes that ``read`` takes, in lower case."""

DIGEST = hashlib.sha256(repr(sorted(FORMATS.items())).encode()).hexdigest()[:16]
"""16 hexadecimal digits that change with the formats that can be read."""

NEWER = {".doc": ".docx", ".dot": ".docx", ".rtf": ".docx", ".odt": ".docx", ".ppt": ".pptx"}
NEWER |= {".odp": ".pptx", ".xls": ".csv", ".xlsx": ".csv", ".ods": ".csv"}
"""What a file of a format that is not read can be saved as."""
