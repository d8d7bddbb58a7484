"""How often dated expressions of whole files are resolved rightly, as a reader sees them.

    python -m bench.dated eval/dated/first      right, wrong, unresolved by genre and language
    python -m bench.dated --wrong FOLDER        also what is not right, one a line

A folder holds ``documents/`` and ``expected.jsonl`` (eval/dated/README.md says how it is written).
Each file is read as ``qa ingest`` reads it, and each expression as it would be shown beside a
quotation of its sentence.  It is right where its days are among those worked out by hand, or where
nothing is shown and that is among them; unresolved where nothing is shown and something could be;
either where two days are shown as possible and one is right; else wrong.
"""

import calendar
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from qa.data import Document
from qa.ingest.read import read
from qa.library.days import dated
from qa.text.sentences import sentences
from qa.times.quoted import anchor, dates_of

Days = tuple[date, date]
Shown = tuple[Days, ...]
"""What is shown for an expression: nothing, one time, or two of which one is meant."""


def days(text: str) -> tuple[date | None, date | None] | None:
    """Read "2024", "2024-03", "2024-03-05", "A..B", "*..B" or "?" (None: not to be told)."""
    if text == "?":
        return None
    first, _, last = text.partition("..")
    return _end(first, first=True), _end(last or first, first=False)


def _end(text: str, *, first: bool) -> date | None:
    if text == "*":
        return None
    number, month, day = ([*map(int, text.split("-")), 0, 0])[:3]
    month = month or (1 if first else 12)
    return date(number, month, day or (1 if first else calendar.monthrange(number, month)[1]))


def judged(given: Shown, accepted: list[str]) -> str:
    """One of "right", "wrong", "unresolved" and, of two that are shown, "either"."""
    if not given:
        return "right" if "?" in accepted else "unresolved"
    for one in filter(None, map(days, accepted)):
        for shown in given:
            if all(end in (None, mine) for end, mine in zip(one, shown, strict=True)):
                return "right" if len(given) == 1 else "either"
    return "wrong"


def shown(document: Document, before: str, text: str) -> Shown:
    """The days shown for ``text`` where it follows ``before`` in the document."""
    plain = "".join(" " if mark.isspace() else mark for mark in document.text)
    wanted = before + text
    if plain.count(wanted) != 1:
        raise ValueError(f"{wanted!r} stands {plain.count(wanted)} times in the document")
    end = plain.index(wanted) + len(wanted)
    start = end - len(text)
    best: int = 0
    days_of_best: Shown = ()
    for sentence in sentences(document.text):
        if sentence.start >= end or sentence.end <= start:
            continue
        place = sentence.start
        for one in dates_of(document, sentence, both=True):
            place = document.text.index(one.text, place)
            shared = min(end, place + len(one.text)) - max(start, place)
            if shared > best:
                best = shared
                days_of_best = ((one.start, one.end), *((one.other,) if one.other else ()))
            place += len(one.text)
    return days_of_best


def judgements(folder: Path) -> Iterator[tuple[dict[str, Any], str, str, Shown]]:
    """Each line of the expected ones with its genre, language, and what was shown."""
    document, genre, language = Document("", ""), "", ""
    for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if "published" in one:
            document = read(folder / "documents" / one["path"], max_bytes=5_000_000)
            document = dated(document, None, [one["path"]])
            genre, language = one["genre"], one["language"]
            when = anchor(document)
            yield one, genre, language, ((when.start, when.end),) if when else ()
        else:
            yield one, genre, language, shown(document, one["before"], one["text"])


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[-1])
    counts: dict[str, Counter[str]] = {}
    for one, genre, language, given in judgements(folder):
        accepted = one.get("days") or one["published"]
        verdict = judged(given, accepted)
        if "--wrong" in sys.argv and verdict != "right":
            what = f"{one['before']}[{one['text']}]" if "days" in one else "(publication)"
            told = " or ".join("..".join(map(str, one)) for one in given) or "nothing"
            print(f"{verdict:10} {one['path']}: {what}: {told}, expected {' or '.join(accepted)}")
        groups = ["publication"] if "published" in one else ["all", genre, f"language {language}"]
        for group in groups:
            counts.setdefault(group, Counter())[verdict] += 1
    print(f"{'':16}{'right':>7}{'wrong':>7}{'either':>8}{'unresolved':>12}{'of':>6}")
    for group, found in sorted(counts.items(), key=lambda item: (item[0] == "all", item[0])):
        right, wrong, either, open_ = (
            found[one] for one in ("right", "wrong", "either", "unresolved")
        )
        of = found.total()
        shares = f"   {right / of:.1%} right, {wrong / of:.1%} wrong"
        print(f"{group:16}{right:>7}{wrong:>7}{either:>8}{open_:>12}{of:>6}{shares}")


if __name__ == "__main__":
    main()
