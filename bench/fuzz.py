"""Coverage-guided fuzzing of everything that reads what strangers wrote.

    python -m bench.fuzz TARGET [--seconds 60] [--corpus FOLDER]

TARGET is a file-name suffix (".pdf", ".html" ...: the reader, then the splitter on what it
gives), "protocol" (a model's reply) or "gold" (a gold file).  Needs ``pip install atheris``.
What is found is printed with its input and kept in FOLDER/found; it is mended and becomes a
test.  A crash is an exception that is no QAError, a text that breaks its promises, ten seconds
without an end, or two gigabytes of memory.
"""

import argparse
import io
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["qa", "docx", "pptx", "email"]):
    from qa.answering.protocol import MAX_ANSWER, Parser
    from qa.errors import QAError
    from qa.evaluate import gold
    from qa.ingest.formats.registry import SUFFIXES
    from qa.ingest.read import read
    from qa.ingest.split import split
from tests.ingest.files import paragraph, pdf, repacked

ROOT = Path(__file__).parents[1]
LARGEST = 20_000  # bytes of an input


def _count(texts: list[str]) -> list[int]:
    """Tokens, as many as words: the model's own count costs more than what is fuzzed."""
    return [len(text.split()) + 2 for text in texts]


def _word() -> tuple[bytes, str]:
    """A Word file, and the member of it that is fuzzed: noise in the archive ends in its sum."""
    import docx

    document, out = docx.Document(), io.BytesIO()
    document.add_heading("Minutes", 1)
    document.add_paragraph("The board met on 5 May 2020.", style="List Bullet")
    document.add_table(2, 2).cell(0, 0).text = "Item"
    document.save(out)
    return out.getvalue(), "word/document.xml"


def _slides() -> tuple[bytes, str]:
    """A presentation, and the member of it that is fuzzed."""
    import pptx

    deck, out = pptx.Presentation(), io.BytesIO()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Results"
    slide.placeholders[1].text = "Sales rose by 3 %."
    deck.save(out)
    return out.getvalue(), "ppt/slides/slide1.xml"


_PARTS = {".docx": _word, ".pptx": _slides}


def reader(suffix: str, folder: Path) -> Callable[[bytes], None]:
    """The reader of a format, and the splitter behind it."""
    path = folder / f"input{suffix}"
    whole, part = _PARTS[suffix]() if suffix in _PARTS else (b"", "")

    def once(data: bytes) -> None:
        path.write_bytes(repacked(whole, {part: data}) if whole else data)
        try:
            document = read(path, max_bytes=10 * LARGEST)
        except QAError:
            return
        text = document.text
        assert text.strip(), "an empty text is a document"
        assert all(0 <= at <= len(text) for at in document.page_starts), "a page beyond the text"
        last = 0
        for passage in split(document, _count):
            assert passage.start == passage.sentences[0].start
            assert passage.end == passage.sentences[-1].end
            for sentence in passage.sentences:
                assert last <= sentence.start < sentence.end <= len(text), "sentences overlap"
                assert text[sentence.start : sentence.end].strip(), "a sentence of nothing"
                last = sentence.end

    return once


def protocol(data: bytes) -> None:
    """A model's reply, in deltas of seven characters."""
    text = data.decode("utf-8", "replace")
    parser = Parser({"1.1", "1.2", "2.1"})
    said = []
    for at in range(0, min(len(text), MAX_ANSWER + 7), 7):
        said += parser.feed(text[at : at + 7])
    said += parser.close()
    for one in said:
        assert set(one.ids) <= {"1.1", "1.2", "2.1"}, "an id that was not shown"
        assert one.text == one.text.strip(), "blanks around"
        assert one.text.isprintable() or not one.text.isascii(), "control characters"


def gold_file(folder: Path) -> Callable[[bytes], None]:
    """A gold file: pairs that are written again as they were read, or an error."""
    path = folder / "gold.jsonl"

    def once(data: bytes) -> None:
        path.write_bytes(data)
        try:
            pairs = gold.load(path)
        except QAError:
            return
        gold.save(path, pairs)
        assert gold.load(path) == pairs, "not as it was written"

    return once


def seeds(target: str, corpus: Path) -> None:
    """Inputs to begin from: the repository's own documents and gold pairs."""
    corpus.mkdir(parents=True, exist_ok=True)
    if target == "gold":
        lines = (ROOT / "eval/gold/companies.jsonl").read_text("utf-8").splitlines()[::10]
        for place, line in enumerate(lines):
            (corpus / f"seed{place}").write_text(line + "\n", encoding="utf-8")
    elif target == "protocol":
        replies = (
            "It opened in 1931. [1.1]\n",
            "**A** [x](y) 【1.2】. [1.1][2.1-2.2]",
            "NO_ANSWER",
        )
        for place, reply in enumerate(replies):
            (corpus / f"seed{place}").write_text(reply, encoding="utf-8")
    elif target == ".pdf":
        page = paragraph(700, ["The Harwick bridge opened in 1931.", "It carries lorries."])
        (corpus / "seed").write_bytes(pdf([page, page], "/Title (Harwick)"))
    elif target in _PARTS:
        whole, part = _PARTS[target]()
        (corpus / "seed").write_bytes(zipfile.ZipFile(io.BytesIO(whole)).read(part))
    else:
        for path in sorted((ROOT / "eval/documents").rglob(f"*{target}")):
            (corpus / path.name).write_bytes(path.read_bytes()[:LARGEST])


def main() -> None:
    """Fuzz one target; libFuzzer ends the process with 0 where nothing was found."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("target", choices=[*sorted(SUFFIXES), "protocol", "gold"])
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--corpus", type=Path)
    given = options.parse_args()
    warnings.simplefilter("ignore")  # what the readers warn of is not what is looked for
    folder = Path(tempfile.mkdtemp(prefix="qa-fuzz-"))
    corpus = given.corpus or folder / "corpus"
    seeds(given.target, corpus)
    found = corpus.parent / "found"
    found.mkdir(exist_ok=True)
    if given.target == "protocol":
        once = protocol
    else:
        once = gold_file(folder) if given.target == "gold" else reader(given.target, folder)
    arguments = [sys.argv[0], str(corpus), f"-max_total_time={given.seconds}", "-timeout=10"]
    arguments += [f"-max_len={LARGEST}", "-rss_limit_mb=2048", f"-artifact_prefix={found}/"]
    atheris.Setup(arguments, once)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
