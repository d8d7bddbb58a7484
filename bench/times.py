"""How often temporal expressions are resolved rightly, here and by dateparser.

    python -m bench.times            figures, and milliseconds for 1,000 characters
    python -m bench.times --wrong    what is wrong

An expression is right where the days are exactly those worked out by hand, and one marked open
is right where nothing is resolved; a resolved one that is wrong or should be open is a guess.
The sets: tests/times/triples.txt grew with the grammar; fresh_1 and fresh_2 were written after
it stood.  At the first try fresh_1 gave 62 right of 68 with 3 guesses, fresh_2 (written when the
faults that fresh_1 had shown were mended) 63 of 64 with none, fresh_3 99 of 104 with 2.

dateparser is not needed: where it is installed it is run on the same expressions, each given
by itself, with the anchor as its base.  It gives a point, so it is counted right where the
point lies in the days expected and these are no longer than a year.
"""

import sys
import time
from datetime import datetime
from pathlib import Path

from qa.times.expressions import expressions
from qa.times.intervals import Interval
from qa.times.publication import publication
from tests.times.publications import texts
from tests.times.triples import Case, cases

SETS = ("triples.txt", "fresh_1.txt", "fresh_2.txt", "fresh_3.txt")


def _ours(case: Case) -> list[tuple[str, Interval | None, Interval | None]]:
    """Pairs each expression of a case with what the code says of its place."""
    found = expressions(case.sentence, case.anchor, case.context)
    out, place = [], 0
    for text, expected in case.expected:
        start = case.sentence.index(text, place)
        place = start + len(text)
        near = [one for one in found if one.start < place and start < one.end]
        out.append((text, expected, near[0].interval if near else None))
    return out


def _table(wrong: bool) -> None:
    for name in SETS:
        right = guesses = total = 0
        for case in cases(name):
            for text, expected, given in _ours(case):
                total += 1
                right += expected == given
                guesses += given is not None and expected != given
                if wrong and expected != given:
                    print(f"  {case.sentence}  [{text}]  expected {expected}, given {given}")
        print(f"{name}: {right} of {total} right ({right / total:.1%}), {guesses} guesses")


def _dateparser() -> None:
    try:
        import dateparser
    except ImportError:
        print("dateparser: not installed")
        return
    for name in SETS:
        right = guesses = total = 0
        for case in cases(name):
            if case.anchor is None:
                continue
            base = datetime.combine(case.anchor.start, datetime.min.time())
            settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past"}
            for text, expected in case.expected:
                point = dateparser.parse(text, languages=["en"], settings=settings)
                total += 1
                if point is None:
                    right += expected is None
                elif expected and expected.start <= point.date() <= expected.end:
                    right += (expected.end - expected.start).days <= 366
                else:
                    guesses += 1
        share = right / total
        print(f"dateparser, {name}: {right} of {total} right ({share:.1%}), {guesses} guesses")


def _publications(wrong: bool) -> None:
    known = texts("publications.txt")
    found = [(one, publication(one.text)) for one in known]
    bad = [one for one, said in found if (said.interval if said else None) != one.expected]
    print(f"publications.txt: {len(known) - len(bad)} of {len(known)} right")
    if wrong:
        for one in bad:
            print(f"  {one.name}")


def _speed() -> None:
    for path in sorted(Path("seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        best = min(_timed(text) for _ in range(5))
        print(f"publication of {path.name}: {best * 1e6 / len(text):.1f} ms for 1,000 characters")


def _timed(text: str) -> float:
    began = time.perf_counter()
    publication(text)
    return time.perf_counter() - began


if __name__ == "__main__":
    _table("--wrong" in sys.argv)
    _publications("--wrong" in sys.argv)
    _dateparser()
    _speed()
