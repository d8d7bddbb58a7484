"""``python -m train.support``: makes the reader that says whether sources bear a statement out.

The network is the English reader's and starts from its weights; what it reads is a statement in
place of the question, the user's question before it, and the sentences cited in place of a window.
Pairs come from ``s*.jsonl`` (written for this, in families of one source and four statements) and
from two public sets; those of the parts ``HELD`` are never trained on: 0 reports.  Nothing of the
product reads it yet (README.md).
"""

import argparse
import json
import math
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from qa.models.reader.base import Shown
from qa.models.reader.coding import MINILM
from qa.models.reader.onnx import ENGLISH, Kind, OnnxReader
from qa.text.sentences import sentences

from .calibrate import Exported
from .items import FULL, HELD, NONE, Item, part_of, to_lines
from .public import claims

PASSES = 3
RATE = 1.5e-4
BARS = (-4.0, -3.0, -2.0, -1.0, 0.0)
SUPPORT = Kind("support", "support", MINILM)
"""What reads a statement in place of the question."""
LONG = 60
"""Characters of a sentence from which on it is one of its own; a table's header stands in many."""

_LEAST = 1e-6
_LONG = 200  # characters of a line that is read by sentences
_NAMED = 0.7  # of the items have the user's question before the statement ...
_AROUND = 0.8  # ... and so many what stands around the sources
_COPIED = 0.6  # of the sources are also said as they are
_ANSWERS = 1300  # answers of written documents a pass
_MORE = 0.4  # of them stand beside another sentence


class Pair(NamedTuple):
    """A statement, what it cites, what stands around that, and whether it follows.

    ``document`` is the written document that the sources are of, where they are of one.
    """

    statement: str
    source: tuple[str, ...]
    context: str
    question: str
    is_borne_out: bool
    document: str = ""

    @property
    def part(self) -> int:
        """All statements of one document, or of one source, are of one part."""
        return part_of(self.document or " ".join(self.source))


def written(folders: Sequence[Path]) -> Iterator[Pair]:
    """The pairs of the files s*.jsonl."""
    for path in sorted(path for one in folders for path in one.glob("s*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            given = tuple(raw["source"]), raw["context"], raw["question"]
            yield Pair(raw["statement"], *given, raw["label"] == "yes", raw.get("doc", ""))


def public(folder: Path) -> Iterator[Pair]:
    """Those of the public sets."""
    for statement, source, title, holds in claims(folder):
        yield Pair(statement, source, title, "", holds)


def copies(pairs: Sequence[Pair], chance: random.Random) -> Iterator[Pair]:
    """Sources said as they are: else the network takes what is said in their words for false."""
    families = {one.source: one for one in pairs}
    for one in families.values():
        if chance.random() < _COPIED:
            yield one._replace(statement=chance.choice(one.source), is_borne_out=True)


def answers(lines: Sequence[dict[str, Any]], chance: random.Random) -> Iterator[Pair]:
    """What answers a question of a written document, cited with it and with what answers others."""
    found = []
    for raw in lines:
        answered = [one for one in raw["qa"] if one["label"] == "full"]
        for one in answered:
            of_others = (said for other in answered for said in other["evidence"])
            rest = [said for said in of_others if said not in one["evidence"]]
            found.append((one["q"], chance.choice(one["evidence"]), raw["title"] or "", rest))
    chance.shuffle(found)
    for question, said, title, rest in found[:_ANSWERS]:
        plain = said.strip("|-* ").replace(" | ", ", ")
        source = [said, *chance.sample(rest, min(len(rest), int(chance.random() < _MORE)))]
        chance.shuffle(source)
        yield Pair(plain, tuple(source), title, question, is_borne_out=True)
        if rest:
            stranger = chance.sample(rest, min(len(rest), chance.choice((1, 1, 2))))
            yield Pair(plain, tuple(stranger), title, question, is_borne_out=False)


def item(pair: Pair, chance: random.Random) -> Item:
    """What the network is trained on: all of the sources, or none, is part of what bears it out."""
    named = pair.question and chance.random() < _NAMED
    around = pair.context if chance.random() < _AROUND else ""
    units = tuple(unit for one in pair.source for unit in units_of(one))
    gold = tuple(range(len(units))) if pair.is_borne_out else ()
    target = FULL if pair.is_borne_out else NONE
    before = ((pair.question, ""),) if named else ()
    return Item("support", pair.statement, before, around, "", units, (), gold, target)


def learnt(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs that are trained on: none cites a sentence that one held apart cites.

    A question of one document may be answered from another, whose number is its own.
    """
    held = {said for one in pairs if one.part in HELD for said in one.source if len(said) > LONG}
    return [one for one in pairs if one.part not in HELD and held.isdisjoint(one.source)]


def build(pairs: Sequence[Pair], lines: Sequence[dict[str, Any]], out: Path, seed: int) -> None:
    """Write the items of all passes."""
    chance, made = random.Random(seed), list[Item]()
    own = learnt(pairs)
    documents = [raw for raw in lines if part_of(raw["id"]) not in HELD]
    for _ in range(PASSES):
        more = (*copies(own, chance), *answers(documents, chance))
        one_pass = [item(pair, chance) for pair in (*own, *more)]
        chance.shuffle(one_pass)
        made += one_pass
    to_lines(made, out)
    print(f"support: {len(made)} items in {PASSES} passes")


def meaning(pair: Pair, reader: OnnxReader) -> float:
    """The log-odds that a statement follows from what it cites, as ``reader`` takes it."""
    turns = ((pair.question, ""),) if pair.question else ()
    shown = Shown(pair.context, "", tuple(unit for one in pair.source for unit in units_of(one)))
    follows = reader.read(pair.statement, turns, [shown])[0].outcome[0]
    follows = min(max(follows, _LEAST), 1 - _LEAST)
    return math.log(follows / (1 - follows))


def units_of(text: str) -> Iterator[str]:
    """What is cited as the network reads it: its lines, long ones by sentences."""
    for line in filter(None, map(str.strip, text.split("\n"))):
        places = sentences(line) if len(line) > _LONG else ()
        for said in [line[one.start : one.end] for one in places] or [line]:
            yield " ".join(said.split())


def report(pairs: Sequence[Pair], graph: Path) -> None:
    """Of the pairs of part 0, how many of each kind are refused below some log-odds."""
    held = [one for one in pairs if one.part == HELD[0]]
    with closing(Exported(graph, SUPPORT)) as reader:
        said = np.array([meaning(one, reader) for one in held])
    true = np.array([one.is_borne_out for one in held])
    for least in BARS:
        kept, gone = (float((said[which] < least).mean()) for which in (true, ~true))
        print(f"support: below {least}: {kept:.2f} of what follows, {gone:.2f} of the rest")


def main() -> None:
    """Items, training, the graph and its card, one after the other."""
    from .__main__ import lines
    from .export import export
    from .fit import Plan, fit

    parser = argparse.ArgumentParser(prog="python -m train.support", description=__doc__)
    parser.add_argument("--data", type=Path, action="append", required=True)
    parser.add_argument("--public", type=Path, help="folder of OWNER+NAME/repo, git directories")
    parser.add_argument("--base", type=Path, required=True, help="folder of MiniLM")
    parser.add_argument("--start", type=Path, required=True, help="the English reader's weights")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=0.0)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    items, weights = given.out / "support.jsonl", given.out / "support.pt"
    graph = given.out / "support.onnx"
    own = list(written(given.data))
    pairs = [*own, *(public(given.public) if given.public else ())]
    build(pairs, lines(given.data, ENGLISH), items, 1)
    fit(Plan(items, given.base, weights, given.start, given.minutes, rate=RATE))
    export(weights, graph, SUPPORT)
    report(own, graph)


if __name__ == "__main__":
    main()
