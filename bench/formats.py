"""Pages a second and peak memory for each format, of this program and of another on the same files.

    python -m bench.formats FOLDER [--tool qa|markitdown]

Files of 200 pages of 400 words each are made in FOLDER where it has none (by the Python of this
program's tests), and each is read by a process of its own, as often as ``--runs`` says: the median
is told.  Another tool is run by the Python that has it installed.
"""

import argparse
import io
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

PAGES, WORDS = 200, 400
_WORDS = """harbour ferry crane quay boat rope lamp keeper winter summer crowns price berth pier
    warden valley ridge tower mill wheel river stone farmer market barge cargo ledger office parish
    the a of and to in was is are by for with at on from has had it its they their""".split()


def lay_out(folder: Path, stem: str, count: int) -> None:
    """Write a file of each format with so many pages."""
    import docx
    import openpyxl
    import pptx

    from tests.ingest import made
    from tests.ingest.files import paragraph, pdf

    chance = random.Random(20)

    def sentence() -> str:
        return " ".join(chance.choices(_WORDS, k=16)).capitalize() + "."

    pages = [[sentence() for _ in range(WORDS // 16)] for _ in range(count)]
    texts = [" ".join(page) for page in pages]
    document, deck, book = docx.Document(), pptx.Presentation(), openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    for number, (page, text) in enumerate(zip(pages, texts, strict=True)):
        document.add_heading(f"Part {number}", 2)
        document.add_paragraph(text)
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = f"Part {number}"
        slide.placeholders[1].text = "\n".join(page)
        for one in page:
            sheet.append(one.split())
    saved = {".docx": document.save, ".pptx": deck.save, ".xlsx": book.save}
    for suffix, save in saved.items():
        out = io.BytesIO()
        save(out)
        (folder / f"{stem}{suffix}").write_bytes(out.getvalue())
    lines = [
        [one for line in page for one in (line[:60], line[60:]) if one.strip()] for page in pages
    ]
    body = "".join(f"<h2>Part {n}</h2><p>{text}</p>" for n, text in enumerate(texts))
    files: dict[str, bytes | str] = {
        ".txt": "\n\n".join(texts),
        ".md": "\n\n".join(f"## Part {n}\n\n{text}" for n, text in enumerate(texts)),
        ".html": f"<html><body>{body}</body></html>",
        ".csv": "".join(",".join(one.split()) + "\n" for page in pages for one in page),
        ".json": json.dumps([{"part": n, "text": text} for n, text in enumerate(texts)]),
        ".ipynb": made.notebook([("markdown", text, "") for text in texts]),
        ".epub": made.book([f"<h1>Part {n}</h1><p>{text}" for n, text in enumerate(texts)]),
        ".eml": made.mail("Parts", "\n\n".join(texts)),
        ".zip": made.zipped({f"{n}.txt": text for n, text in enumerate(texts)}),
        ".pdf": pdf([paragraph(740, page) for page in lines]),
    }
    for suffix, data in files.items():
        (folder / f"{stem}{suffix}").write_bytes(data.encode() if isinstance(data, str) else data)


def read(tool: str, path: Path) -> int:
    """Characters that a tool makes of a file."""
    if tool == "qa":
        from qa.ingest.read import contents

        found = contents(path, max_bytes=100_000_000)
        return sum(len(one.document.text) for one in found if one.document)
    from markitdown import MarkItDown

    return len(MarkItDown().convert(str(path)).text_content)


def once(tool: str, path: Path) -> None:
    """Print what reading one file took, after another so small that it only loads libraries."""
    small = path.with_name(f"small{path.suffix}")
    if small.exists():
        read(tool, small)
    began = time.process_time()
    length = read(tool, path)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mb": peak, "length": length}))


def main() -> None:
    """Print a row for each file."""
    parser = argparse.ArgumentParser(prog="python -m bench.formats", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tool", choices=("qa", "markitdown"), default="qa")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--make", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    program = [sys.executable, "-m", "bench.formats", str(given.folder), "--tool", given.tool]
    if given.make:
        lay_out(given.folder, "book", PAGES)
        lay_out(given.folder, "small", 1)
        return
    if given.once:
        once(given.tool, given.once)
        return
    if not any(given.folder.glob("book.*")):
        given.folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([*program, "--make"], check=True)  # its memory is not to be ours
    for path in sorted(given.folder.glob("book.*")):
        command = [*program, "--once", str(path)]
        runs = [
            subprocess.run(command, capture_output=True, text=True, check=False)
            for _ in range(given.runs)
        ]
        if any(run.returncode for run in runs):
            print(f"| {path.suffix} | {runs[0].stderr.strip().splitlines()[-1][:120]} |")
            continue
        found = [json.loads(run.stdout.splitlines()[-1]) for run in runs]
        seconds = statistics.median(one["seconds"] for one in found)
        peak = max(one["mb"] for one in found)
        print(f"| {path.suffix} | {PAGES / seconds:,.0f} pages/s | {peak:.0f} MB |")


if __name__ == "__main__":
    main()
