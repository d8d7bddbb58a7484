"""Jupyter notebooks, as JSON: the format is two lists, and nbformat brings a schema validator."""

import json
from collections.abc import Iterator
from typing import Any

from qa.errors import DocumentError
from qa.ingest.formats.decode import decode
from qa.ingest.formats.draft import Draft, Raw
from qa.ingest.formats.plain import heading
from qa.ingest.formats.web import visible_text

_MOST_LINES = 40
"""Lines of an output that are kept: what is longer is a log or a table of numbers."""
_MOST_CHARACTERS = 4_000


def cells(raw: Raw) -> Draft:
    """A notebook: text cells as they are, code fenced, each with the start of what it printed.

    Raises DocumentError where it is no notebook.
    """
    try:
        notebook = json.loads(decode(raw.data))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DocumentError(f"is not valid JSON: {error.msg} at {where}") from error
    found = notebook.get("cells") if isinstance(notebook, dict) else None
    if found is None and isinstance(notebook, dict):  # the format before version 4
        found = [one for sheet in notebook.get("worksheets", []) for one in sheet.get("cells", [])]
    if not isinstance(found, list):
        raise DocumentError("is no notebook: it has no cells")
    parts: list[str] = []
    cut = 0
    for cell in found:
        if not isinstance(cell, dict):
            continue
        source = _joined(cell.get("source", cell.get("input"))).strip("\n")
        if cell.get("cell_type") != "code":
            parts += [source] if source.strip() else []
            continue
        if source.strip():
            parts.append(_fenced(source))
        for output in _outputs(cell):
            lines = output.strip("\n").split("\n")
            kept = "\n".join(lines[:_MOST_LINES])[:_MOST_CHARACTERS]
            cut += kept != "\n".join(lines)
            if kept.strip():
                parts.append("Output:\n\n" + _fenced(kept))
    text = "\n\n".join(parts) + "\n"
    outputs = "output" if cut == 1 else "outputs"
    return Draft(
        text=text,
        title=heading(text),
        remarks=(f"{cut} long {outputs} cut after {_MOST_LINES} lines",) if cut else (),
    )


def _outputs(cell: dict[str, Any]) -> Iterator[str]:
    for output in cell.get("outputs") or []:
        if not isinstance(output, dict):
            continue
        data = output.get("data", output)
        data = data if isinstance(data, dict) else {}
        said = _joined(output.get("text")) or _joined(data.get("text/plain"))
        page = _joined(data.get("text/html"))
        if page and "<table" in page:  # a data frame: as a table, not as columns of blanks
            said = visible_text(page)
        if output.get("output_type") in ("error", "pyerr"):
            said = f"{output.get('ename', 'error')}: {output.get('evalue', '')}"
        if said:
            yield said


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "".join(one for one in value if isinstance(one, str))
    return value if isinstance(value, str) else ""


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"
