"""The extractive reader on small cases of many kinds: a manual, minutes, a recipe, a lease.

    python bench/reader_cases.py bench/reader_cases/dev.txt [--all]

A file of cases holds documents, each "# title", its text, and its questions as
"? question | words of the sentence that answers", with "-" where no sentence does.
All documents are one library.  Prints what went wrong (all of it with ``--all``) and how many
were answered from a right sentence, refused though answerable, answered wrongly, and answered
though nothing answers them.
"""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from qa.assistant import Assistant
from qa.data import Answer


class Case(NamedTuple):
    """A question; ``gold`` are words of the sentence that answers, None where none does."""

    question: str
    gold: str | None


def read(path: Path) -> tuple[dict[str, str], list[Case]]:
    """(document text by title, the cases)."""
    documents: dict[str, str] = {}
    cases = []
    for part in path.read_text(encoding="utf-8").split("\n# "):
        lines = part.removeprefix("# ").strip().splitlines()
        asked = [line[2:] for line in lines if line.startswith("? ")]
        documents[lines[0]] = "\n".join(line for line in lines[1:] if not line.startswith("? "))
        for line in asked:
            question, gold = (side.strip() for side in line.rsplit("|", 1))
            cases.append(Case(question, None if gold == "-" else gold))
    return documents, cases


def judge(case: Case, answer: Answer) -> str:
    """right, padded (right among others), refused, wrong, false (nothing answers), held back."""
    texts = [one.text for one in answer.statements]
    if case.gold is None:
        return "false" if texts else "held back"
    if not texts:
        return "refused"
    held = [case.gold in text for text in texts]
    return "right" if all(held) else "padded" if any(held) else "wrong"


def shown(answer: Answer) -> list[str]:
    """The statements with their emphasis in stars, or the reason of the refusal."""
    lines = []
    for one in answer.statements:
        start, end = one.emphasis or (0, 0)
        stars = "**" if one.emphasis else ""
        lines.append(one.text[:start] + stars + one.text[start:end] + stars + one.text[end:])
    return lines or [str(answer.reason)]


def main() -> None:
    """Print what went wrong and the counts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("cases", type=Path)
    parser.add_argument("--all", action="store_true")
    given = parser.parse_args()
    documents, cases = read(given.cases)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held) / "documents"
        folder.mkdir()
        for number, (title, text) in enumerate(documents.items()):
            (folder / f"{number}.md").write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
        assistant = Assistant(documents=folder, library=Path(held) / "lib", engine="extractive")
        assistant.sync()
        for case in cases:
            answer = assistant.ask(case.question)
            found = judge(case, answer)
            counts[found] += 1
            if given.all or found not in ("right", "held back"):
                print(f"{found:9} {answer.confidence or 0:.2f} {case.question}")
                for line in shown(answer):
                    print(f"          {line[:160]}")
    print(dict(counts))


if __name__ == "__main__":
    main()
