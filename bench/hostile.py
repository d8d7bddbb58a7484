"""Hostile files through the reader's process: what comes of them, time and peak memory.

    python -m bench.hostile [--big]

Prints a Markdown table, and fails where a file needs more than its bound: of the processor's
time 3 s and 1.5 s a megabyte, or all that a reader is given where sentences are a letter or two
and there are hundreds of thousands of them (30 to 40 microseconds each); of memory what a reader
is given. ``--big`` adds a text of 200 MB, once beyond the usual ``max_file_mb`` and once within
one of 250.
"""

import argparse
import hashlib
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from qa.errors import DocumentError
from qa.ingest import reader
from qa.ingest.reader import Reader
from qa.settings.config import Settings
from tests.ingest.files import paragraph, pdf

ROOT = Path(__file__).parents[1]
MAX_FILE_MB = Settings().max_file_mb
SECONDS, SECONDS_PER_MB = 3.0, 1.5
MANY = frozenset("quotes.txt fences.md headings.md items.md letters.txt".split())
LOADED_MB = 300
"""Memory of a reader that has read nothing, and more than enough: what it is given comes on top."""
BIG = 200_000_000


class Row(NamedTuple):
    """What became of one file; megabytes, and seconds of the reader's process."""

    outcome: str
    cpu: float
    wall: float
    peak_mb: float


def wide(columns: int) -> bytes:
    """A table of one row."""
    names, cells = (f"c{number}" for number in range(columns)), ["1"] * columns
    return f"{','.join(names)}\n{','.join(cells)}\n".encode()


def grown() -> bytes:
    """A table whose rows would carry a long name each."""
    return b"n" * 100_000 + b",b\n" + b"1,2\n" * 100_000


def bomb() -> bytes:
    """A Word file that unpacks to 600 MB."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(600):
            member.write(b" " * 1_000_000)
    return packed.getvalue()


def pages(count: int) -> bytes:
    """A PDF of one line a page."""
    return pdf([paragraph(720, [f"Page {n} says that firm {n} works."]) for n in range(count)])


FILES: dict[str, Callable[[], bytes]] = {
    "deep.json": lambda: b"[" * 5_000_000 + b"]" * 5_000_000,
    "deep.html": lambda: b"<div>" * 2_000_000 + b"x",
    "bomb.docx": bomb,
    "million-columns.csv": lambda: wide(1_000_000),
    "most-columns.csv": lambda: wide(16_384),
    "long-header.csv": grown,
    "10000-pages.pdf": lambda: pages(10_000),
    "one-line.txt": lambda: b"word " * 2_000_000,
    "no-blank.txt": lambda: b"x" * 10_000_000,
    "dots.txt": lambda: b". " * 5_000_000,
    "quotes.txt": lambda: b'He said "so. ' * 770_000,
    "brackets.txt": lambda: b"(a. [b] " * 1_250_000,
    "dates.txt": lambda: b"on Monday, 5 May " * 590_000,
    "fences.md": lambda: b"```\n~~~\na\n" * 1_000_000,
    "hashes.md": lambda: b"#\n" * 5_000_000,
    "headings.md": lambda: b"## a\n# b\n" * 50_000,
    "items.md": lambda: b"- a\n" * 500_000,
    "pipes.md": lambda: b"|" * 10_000_000,
    "letters.txt": lambda: b"(a. " * 500_000,
    "links.md": lambda: b"[a](" * 2_500_000,
    "emphasis.md": lambda: b"**_`" * 2_500_000,
    "colons.txt": lambda: b"a: b; " * 1_600_000,
}


def measure(path: Path, max_file_mb: float) -> Row:
    """Read one file in a fresh process whose children are its reader alone."""
    command = [sys.executable, "-m", "bench.hostile", "--one", path, str(max_file_mb)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return Row(*json.loads(done.stdout))


def one(path: Path, max_file_mb: float) -> Row:
    """Read one file; a reader that was ended counts, too."""
    digest = hashlib.sha256()
    with path.open("rb") as file:  # a child's peak starts from its parent's: stay small
        while part := file.read(1 << 20):
            digest.update(part)
    began = time.perf_counter()
    with Reader(path.parent, max_file_mb) as child:
        try:
            number = child.ask(path, path.stat().st_size, digest.hexdigest())
            outcome = f"{len(child.answer(number).passages):,} passages"
        except DocumentError as error:
            outcome = str(error)
    wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1024 if sys.platform == "linux" else 1  # bytes elsewhere
    return Row(outcome, used.ru_utime + used.ru_stime, wall, used.ru_maxrss * unit / 1e6)


def write_big(path: Path) -> None:
    """200 MB of sentences that do not repeat, from the words of the example documents."""
    documents = sorted((ROOT / "eval" / "documents").rglob("*.md"))
    words = sorted({word for one in documents for word in one.read_text("utf-8").split()})
    chance = random.Random(5)
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < BIG:
            for _ in range(1000):
                said = " ".join(chance.choices(words, k=60))
                file.write(f"{said[:1].upper()}{said[1:]}.\n\n")


def cases(folder: Path, big: bool) -> Iterator[tuple[Path, float]]:
    """Each file, made when its turn comes, and the ``max_file_mb`` under which it is read."""
    for name, made in FILES.items():
        path = folder / name
        path.write_bytes(made())
        yield path, MAX_FILE_MB
        path.unlink()
    if big:
        path = folder / "200MB.txt"
        write_big(path)
        yield path, MAX_FILE_MB
        yield path, 250.0


def main() -> None:
    """Measure every file and print the table; exit status 1 where a bound is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile")
    parser.add_argument("--big", action="store_true", help="add a text of 200 MB")
    parser.add_argument("--one", nargs=2, metavar=("FILE", "MB"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(Path(given.one[0]), float(given.one[1]))))
        return
    broken = []
    print("| file | MB | max_file_mb | outcome | CPU s | bound | wall s | peak MB | bound |")
    print("|---|--:|--:|---|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        for path, max_file_mb in cases(Path(folder), given.big):
            size = path.stat().st_size / 1e6
            row = measure(path, max_file_mb)
            seconds = SECONDS + SECONDS_PER_MB * size
            if path.name in MANY:
                seconds = reader.SECONDS + reader.SECONDS_PER_MB * size
            memory = Reader(ROOT, max_file_mb)._limits.memory_mb + LOADED_MB
            print(
                f"| `{path.name}` | {size:.1f} | {max_file_mb:g} | {row.outcome} | {row.cpu:.1f}"
                f" | {seconds:.0f} | {row.wall:.1f} | {row.peak_mb:.0f} | {memory} |",
                flush=True,
            )
            if row.cpu > seconds or row.peak_mb > memory:
                broken.append(path.name)
    if broken:
        sys.exit(f"beyond its bound: {', '.join(broken)}")


if __name__ == "__main__":
    main()
