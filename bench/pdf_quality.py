"""How many facts of ten public PDFs are read rightly, by this program and by others.

    python -m bench.pdf_quality FOLDER [--tool qa|kreuzberg|pdfplumber|markitdown] [--missed]

FOLDER holds the PDFs that ``pdf_facts.jsonl`` names (docs/bench.md says where they come from; none
is in the repository).  The facts were written down from pictures of the pages, before any program
had read them.  Another tool is run by the Python that has it installed, which needs nothing else.

A "line" must stand in one piece, whatever its line ends; a "row" as cells in order, on one line; a
"cell" in a Markdown table, in its row and below its header; a "pattern" is a regular expression.
"""

import argparse
import json
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FACTS = Path(__file__).with_name("pdf_facts.jsonl")
_MARKS = re.compile(r"\[\^?\d{1,3}\]|[*_\\]|<br ?/?>|^#+ ", re.M)
_SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "})


def _qa() -> Callable[[Path], str]:
    from qa.ingest.read import read

    return lambda path: read(path, max_bytes=50_000_000).text


def _kreuzberg() -> Callable[[Path], str]:
    from kreuzberg import extract_file_sync

    def of(path: Path) -> str:
        found = extract_file_sync(str(path))
        return "\n\n".join([found.content, *(one.markdown for one in found.tables)])

    return of


def _pdfplumber() -> Callable[[Path], str]:
    import pdfplumber

    def of(path: Path) -> str:
        with pdfplumber.open(path) as document:
            parts = []
            for page in document.pages:
                parts.append(page.extract_text() or "")
                parts += map(_markdown, page.extract_tables())
            return "\n\n".join(parts)

    return of


def _markdown(table: list[list[str | None]]) -> str:
    rows = [" | ".join(" ".join((cell or "").split()) for cell in row) for row in table]
    return "\n".join(f"| {row} |" for row in rows)


def _markitdown() -> Callable[[Path], str]:
    from markitdown import MarkItDown

    converter = MarkItDown()
    return lambda path: str(converter.convert(str(path)).text_content)


TOOLS: dict[str, Callable[[], Callable[[Path], str]]] = {
    "qa": _qa,
    "kreuzberg": _kreuzberg,
    "pdfplumber": _pdfplumber,
    "markitdown": _markitdown,
}


def is_read(fact: dict[str, Any], text: str) -> bool:
    """Whether ``text`` says ``fact``."""
    plain = text.translate(_SAME)
    if "pattern" in fact:
        return re.search(fact["pattern"], plain) is not None
    said = _MARKS.sub("", plain)
    if "line" in fact:
        return _flat(fact["line"]) in _flat(said)
    if "row" in fact:
        cells = r"[ \t|:;]*".join(re.escape(cell) for cell in fact["row"])
        return any(re.search(cells, " ".join(line.split())) for line in said.split("\n"))
    row, header, value = fact["cell"]
    return any(
        row in cells
        and value
        in [cell for cell, name in zip(cells, head, strict=False) if name.startswith(header)]
        for head, cells in _cells(said)
    )


def _flat(text: str) -> str:
    return re.sub(r" ?× ?", "×", " ".join(text.split()))


def _cells(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The cells of each row of a Markdown table, behind those of each row above it."""
    above: list[list[str]] = []
    for line in text.split("\n"):
        if "|" not in line:
            above = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        yield from ((head, cells) for head in above)
        above.append(cells)


def main() -> None:
    """Print how many facts of each file are read, seconds, and peak memory."""
    parser = argparse.ArgumentParser(prog="python -m bench.pdf_quality", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tool", choices=TOOLS, default="qa")
    parser.add_argument("--facts", type=Path, default=FACTS)
    parser.add_argument("--missed", action="store_true", help="print the facts that are not read")
    given = parser.parse_args()
    facts = [json.loads(line) for line in given.facts.read_text(encoding="utf-8").splitlines()]
    of = TOOLS[given.tool]()
    right: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    began = time.process_time()
    texts = {name: of(given.folder / name) for name in dict.fromkeys(one["file"] for one in facts)}
    seconds = time.process_time() - began  # of the processor: others may be at work here
    for fact in facts:
        found = is_read(fact, texts[fact["file"]])
        right[fact["file"]] += found
        kinds[fact["kind"]] += found
        if given.missed and not found:
            print(json.dumps(fact, ensure_ascii=False))
    for name, count in Counter(one["file"] for one in facts).items():
        print(f"| {name} | {right[name]} of {count} |")
    for kind, count in Counter(one["kind"] for one in facts).items():
        print(f"| {kind} | {kinds[kind]} of {count} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{given.tool}: {right.total()} of {len(facts)}, {seconds:.2f} s, {peak:.0f} MB")


if __name__ == "__main__":
    main()
