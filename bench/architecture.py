"""Draw the structure of the package as it is: its floors, and who imports whom.

    python -m bench.architecture            writes docs/architecture.md anew
    python -m bench.architecture --check    exit status 1 where the page is not of today

Imports are read from the source, also those inside functions and for types alone.  The picture
of before is of the commit that the page names, kept as text in this file's page.
"""

import argparse
import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "architecture.md"
START, END = "<!-- drawn by bench/architecture.py -->", "<!-- end of the drawing -->"
FLOORS = (
    "fronts",
    "evaluate",
    "assistant",
    "proof",
    "answering",
    "ingest",
    "library",
    "checking",
    "models",
    "settings",
    "times",
    "text",
    "data",
)
"""From the top down; "data" stands for the modules at the bottom."""
_BOTTOM = frozenset({"data", "schema", "errors", "positions", "clock"})


class Picture(NamedTuple):
    """Files and lines of each part, and how many files of one import another."""

    files: Counter[str]
    lines: Counter[str]
    imports: Counter[tuple[str, str]]


def picture(package: Path) -> Picture:
    """What stands in ``package``, a folder of Python files."""
    files: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    imports: Counter[tuple[str, str]] = Counter()
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        mine = _part(parts)
        text = path.read_text(encoding="utf-8")
        files[mine] += 1
        lines[mine] += text.count("\n")
        named = {_part(tuple(name.split(".")[1:])) for name in _imported(text, package.name)}
        imports.update((mine, other) for other in named if other != mine)
    return Picture(files, lines, imports)


def _part(parts: tuple[str, ...]) -> str:
    if not parts or parts[0].startswith("__"):
        return "fronts"  # the package's own face
    name = "fronts" if parts[0] == "integrations" else parts[0]
    return "data" if name in _BOTTOM else name


def _imported(text: str, package: str) -> Iterator[str]:
    """The modules of ``package`` that a source imports, wherever in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == package:
                named = (one.name for one in node.names if not one.name.startswith("__"))
                yield from (f"{package}.{one}" for one in named)
            elif node.module.startswith(f"{package}."):
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith(f"{package}."))


def drawn(found: Picture) -> str:
    """The picture as a Mermaid graph and a table."""
    order = [one for one in FLOORS if one in found.files]
    order += sorted(set(found.files) - set(order))
    rows = ["```mermaid", "graph TD"]
    for one in order:
        size = f"{found.files[one]} files, {_hundreds(found.lines[one])} lines"
        rows.append(f'  {one}["{one}<br/>{size}"]')
    for (mine, other), count in sorted(found.imports.items()):
        if other in found.files:
            rows.append(f"  {mine} -->|{count}| {other}")
    rows += ["```", "", "| floor | files | lines | imports |", "|---|---|---|---|"]
    for one in order:
        below = [
            f"{other} {found.imports[one, other]}" for other in order if found.imports[one, other]
        ]
        said = ", ".join(below) or "nothing"
        lines = _hundreds(found.lines[one])
        rows.append(f"| {one} | {found.files[one]} | {lines} | {said} |")
    return "\n".join(rows)


def _hundreds(lines: int) -> str:
    """A number of lines as it is told, so that the page need not follow each of them."""
    return f"{round(lines, -2):,}" if lines >= 100 else str(lines)


def page(text: str) -> str:
    """The page with today's drawing in place of the one that it has."""
    before, rest = text.split(START, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{START}\n\n{drawn(picture(ROOT / 'qa'))}\n\n{END}{after}"


def main() -> None:
    """Write the page, or say whether it is of today."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--of", type=Path, help="Print the drawing of another package instead.")
    given = parser.parse_args()
    if given.of is not None:
        print(drawn(picture(given.of)))
        return
    held = PAGE.read_text(encoding="utf-8")
    fresh = page(held)
    if given.check:
        stale = "docs/architecture.md is not of today: python -m bench.architecture"
        sys.exit(stale if held != fresh else None)
    PAGE.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    main()
