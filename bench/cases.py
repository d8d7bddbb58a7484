"""Whether what users of other products complained of is answered rightly here, from end to end.

    python -m bench.cases ORIGINALS      each original (bench/cases.jsonl), in a library of its own
    python -m bench.cases                each case of tests/cases, so
    python -m bench.cases --wrong ...    only what is not right, with what was shown

Files are read, split, embedded, found, read by the trained reader and held against the shipped
bars, as ``qa ask`` does.  A case is right where something is shown, the right words are in it and
none of those that only a wrong answer has.  "First" is a case whose first statement has one of
the right words, "alone" one where every statement has.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from qa.assistant import Assistant, Parts
from qa.data import Answer
from qa.models.embed.minilm import MiniLM
from tests.cases.test_cases import CASES, data, ids

Case = dict[str, Any]


class Judged(NamedTuple):
    """What came of a case."""

    name: str
    case: Case
    answer: Answer
    right: bool
    first: bool
    alone: bool


def asked(name: str, case: Case, folder: Path, parts: Parts) -> Judged:
    """The case, asked of the documents in ``folder``."""
    library = folder.parent / "library"
    made = Assistant.from_here(documents=folder, library=library, parts=parts)
    made.sync()
    before = (made.ask(case["after"]),) if "after" in case else ()
    return judge(name, case, made.ask(case["question"], before))


def judge(name: str, case: Case, answer: Answer) -> Judged:
    """What an answer to the case is worth."""
    texts = [one.text for one in answer.statements]
    told = "\n".join(texts)
    right = (
        bool(texts)
        and all(one in told for one in case["shows"])
        and not any(one in told for one in case.get("hides", ()))
        and case.get("lead", "") in texts[0]
        and told.count(case.get("once", told)) == 1
    )
    has = [any(one in text for one in case["shows"]) for text in texts]
    return Judged(name, case, answer, right, has[:1] == [True], bool(has) and all(has))


def originals(folder: Path, parts: Parts, work: Path) -> list[Judged]:
    """The cases as they were found, whose documents lie in ``folder``."""
    lines = Path(__file__).with_name("cases.jsonl").read_text(encoding="utf-8").splitlines()
    made = []
    for number, line in enumerate(lines):
        case = json.loads(line)
        documents = work / str(number) / "documents"
        shutil.copytree(folder / case["case"] / "docs", documents)
        made.append(asked(case["case"], case, documents, parts))
    return made


def invented(parts: Parts, work: Path) -> list[Judged]:
    """The cases that are tests."""
    made = []
    for number, case in enumerate(CASES):
        documents = work / str(number) / "documents"
        for name, given in case["documents"].items():
            path = documents / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data(given))
        made.append(asked(ids(case), case, documents, parts))
    return made


def main(given: list[str]) -> None:
    """Ask and print a line a case, and the sums."""
    only = "--wrong" in given
    folders = [one for one in given if one != "--wrong"]
    parts = Parts(embedding=MiniLM())
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)
        found = originals(Path(folders[0]), parts, work) if folders else invented(parts, work)
    for one in found:
        if only and one.right:
            continue
        marks = ("right" if one.right else "WRONG", "" if one.first else "not first")
        alone = "" if one.alone else f"{len(one.answer.statements)} statements"
        kind = f"{one.answer.outcome} {one.answer.confidence:.3f}"
        told = (*marks, alone)
        print("  ".join((one.name, one.case["question"], kind, *(mark for mark in told if mark))))
        if only:
            for shown in one.answer.statements or one.answer.nearest:
                print("     ", getattr(shown, "text", "") or f"nearest: {shown.quote}")
    sums = (sum(one.right for one in found), sum(one.first for one in found))
    alone_ = sum(one.alone for one in found)
    sure = sum(one.answer.outcome == "answered" for one in found)
    refused = sum(one.answer.outcome == "not_found" for one in found)
    print(
        f"{len(found)} cases: {sums[0]} right, {sums[1]} first, {alone_} alone;"
        f" {sure} answered, {refused} not found"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
