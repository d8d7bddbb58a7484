"""Items of the likeliest units side by side, as ``qa.answering.read`` has them read again.

The product's own splitting, retrieval and reading find them, so that those that do not answer are
the ones that it takes for answers.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.answering import read
from qa.answering.quote import distinct
from qa.models.embed.minilm import MiniLM
from qa.models.reader.base import Card
from qa.models.reader.onnx import OnnxReader

from .calibrate import Case, cases
from .items import HELD, Item, from_lines, overlap, to_lines
from .written import learnt

PASSES = 2
"""Times that each of them is trained on."""
_MANY = (5, 6, 7, 8, 8, 8, 9)  # units of one window, drawn
_PUT_IN = 0.6  # share of the questions where what answers is put in though it is less likely
_BARE = 0.15  # share of the windows whose units stand without title and heading


def add(lines: Sequence[dict[str, Any]], out: Path, seed: int) -> None:
    """Put the items of ``lines`` among those of the file ``out``; the parts ``HELD`` are left out.

    The shipped English reader finds the units.
    """
    rng, reader, embedding = random.Random(seed), OnnxReader(), MiniLM()
    found = [
        item
        for part in range(10)
        if part not in HELD
        for case in cases(lines, part, reader, embedding)
        if (item := of_case(case, reader.card, rng)) is not None
    ]
    every = [*from_lines(out), *found * PASSES]
    rng.shuffle(every)
    to_lines(every, out)
    print(f"beside: {len(found)}, {PASSES} times: {out}", file=sys.stderr)


def of_case(case: Case, held: Card, rng: random.Random) -> Item | None:
    """A question over its likeliest units, in the order of their windows; None without any."""
    asked = case.asked
    weighed = read.reading_of(asked.question, case.windows, case.said, held).weighed
    every = list(distinct(weighed))
    if not every:
        return None
    gold = [one for one in every if case.is_gold(one.window, one.place)]
    chosen = every[: rng.choice(_MANY)]
    if gold and gold[0] not in chosen and rng.random() < _PUT_IN:
        chosen[-1] = gold[0]
    chosen.sort(key=lambda one: (one.window, one.place))
    mine = tuple(i for i, one in enumerate(chosen) if one in gold)
    bare = rng.random() < _BARE
    units = tuple(
        one.unit.text if bare else read.above(case.windows[one.window], one.place) + one.unit.text
        for one in chosen
    )
    places = [(chosen[i].unit.sentence.start, chosen[i].unit.sentence.end) for i in mine]
    whole = all(any(overlap(place, its) for place in places) for its in asked.evidence)
    target, phrase = learnt(asked, units, mine, whole=whole)
    return Item("beside", asked.question, asked.history, "", "", units, (), mine, target, phrase)
