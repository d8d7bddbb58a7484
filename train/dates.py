"""``python -m train.dates``: makes ``qa/times/heads.json``, which dates are a text's own.

From ``train/data/heads.jsonl``: the first and the last lines of documents, written for this by
somebody who had seen no rule, each with the one date that is its own, or none; and from the files
of ``eval/dated`` that were developed on.  A conditional logit (McFadden 1974) over the dates of a
text and none of them, with weights kept small.
"""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from bench.dated import days
from qa.ingest import read as ingest
from qa.times.heads import Found, dates
from qa.times.intervals import Interval

HEADS = Path(__file__).parent / "data" / "heads.jsonl"
OUT = Path(__file__).parents[1] / "qa" / "times" / "heads.json"
DATED = Path(__file__).parents[1] / "eval" / "dated"
DEVELOPED = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
)
SMALL = 0.2
"""How much a weight's square counts."""
_SEEN = 2  # texts in which a feature stands at least
_STEPS = 200


class Text(NamedTuple):
    """The dates of a text, and which of them are its own: the same day may be written twice."""

    found: list[Found]
    own: list[bool]


def read(path: Path = HEADS) -> list[Text]:
    """The written heads; one whose own date is not read as one has none here."""
    made = []
    for line in path.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        found = [one for one in dates("\n".join(raw["lines"])) if isinstance(one, Found)]
        own = raw["published"] or ""
        made.append(
            Text(found, [bool(own) and (one.words in own or own in one.words) for one in found])
        )
    return made


def developed(names: Sequence[str] = DEVELOPED) -> list[Text]:
    """The files of sets of dated expressions."""
    made = []
    for name in names:
        for line in (DATED / name / "expected.jsonl").read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            if "published" not in raw:
                continue
            document = ingest.read(DATED / name / "documents" / raw["path"], max_bytes=10**7)
            accepted = [days(one) for one in raw["published"]]
            found = [one for one in dates(document.text) if isinstance(one, Found)]
            made.append(Text(found, [_is_among(one.interval, accepted) for one in found]))
    return made


def _is_among(
    interval: Interval, accepted: Sequence[tuple[date | None, date | None] | None]
) -> bool:
    return any(
        one and one[0] and one[1] and one[0] <= interval.start and interval.end <= one[1]
        for one in accepted
    )


def fit(texts: Sequence[Text]) -> dict[str, float]:
    """The weights, by feature."""
    seen: dict[str, int] = {}
    for text in texts:
        for name in {name for one in text.found for name in one.features}:
            seen[name] = seen.get(name, 0) + 1
    names = sorted(name for name, times in seen.items() if times >= _SEEN)
    column = {name: i for i, name in enumerate(names)}
    rows = [(t, one, own) for t, text in enumerate(texts) for one, own in zip(*text, strict=True)]
    places = [
        (r, column[name])
        for r, (_, one, _) in enumerate(rows)
        for name in one.features
        if name in column
    ]
    table = torch.zeros(len(rows), len(names))
    table[tuple(torch.tensor(places).T)] = 1
    of = torch.tensor([t for t, _, _ in rows])
    own = torch.tensor([is_own for _, _, is_own in rows])
    weights = torch.zeros(len(names), requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        parts = torch.exp(table @ weights + bias)
        none = torch.ones(len(texts))
        whole = none.index_add(0, of, parts)
        good = torch.zeros(len(texts)).index_add(0, of, parts * own)
        good = torch.where(good > 0, good, none)  # where no date is its own, none is
        lost: Tensor = (torch.log(whole) - torch.log(good)).sum() + SMALL * (weights**2).sum()
        lost.backward()
        return lost

    optimizer.step(loss)
    found = {"": round(float(bias.detach()[0]), 3)}
    for name, weight in zip(names, weights.tolist(), strict=True):
        if round(weight, 3):
            found[name] = round(weight, 3)
    return found


def main() -> None:
    """Write the model."""
    weights = fit([*read(), *developed()])
    OUT.write_text(json.dumps(weights, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(weights)} weights: {OUT}")


if __name__ == "__main__":
    main()
