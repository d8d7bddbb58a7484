"""What the reader is trained on: a question, a window, which units answer, and how far."""

import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import md5
from pathlib import Path
from typing import Any

HELD = (0, 5)
"""Documents of these parts (``part_of``) are never trained on: 5 calibrates, 0 reports."""

Target = tuple[float, float, float, float]
"""How likely a window answers in full, in part, contradicts the question, or does not answer."""

FULL: Target = (1.0, 0.0, 0.0, 0.0)
SOME: Target = (0.5, 0.5, 0.0, 0.0)
"""A window that holds a part of what answers in full: who reads it cannot know what is missing."""
PART: Target = (0.0, 1.0, 0.0, 0.0)
CONTRA: Target = (0.0, 0.0, 1.0, 0.0)
NONE: Target = (0.0, 0.0, 0.0, 1.0)

STOP = frozenset(
    "the a an of to in on at and or is was were be by for with from that his her their its it he"
    " she they as had has have not so into".split()
)
_WORD = re.compile(r"[a-z0-9]+")
_NAME = re.compile(r"(?<=\s)[A-Z][\w-]+(?:\s+[A-Z][\w-]+)*")
_FIGURE = re.compile(r"\b\d{2,4}\b")


@dataclass(frozen=True, slots=True)
class Item:
    """One question over one window.

    ``units`` are texts, ``frames`` which of them can be no answer, ``gold`` which are part of
    it; ``phrase`` is (unit, start, end) of the words that answer.
    """

    source: str
    question: str
    history: tuple[tuple[str, str], ...]
    context: str
    opening: str
    units: tuple[str, ...]
    frames: tuple[int, ...]
    gold: tuple[int, ...]
    target: Target
    phrase: tuple[int, int, int] | None = None


def to_lines(items: Iterable[Item], path: Path) -> None:
    """Write ``items``, one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(item), ensure_ascii=False) + "\n" for item in items)


def from_lines(path: Path) -> Iterator[Item]:
    """Read what ``to_lines`` wrote."""

    def tuples(value: Any) -> Any:
        return tuple(map(tuples, value)) if isinstance(value, list) else value

    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Item(**{name: tuples(value) for name, value in json.loads(line).items()})


def number(name: str) -> int:
    """A number that a name always has."""
    return int(md5(name.encode(), usedforsecurity=False).hexdigest(), 16)


def part_of(document: str) -> int:
    """Which tenth of the data the document with this id belongs to."""
    return number(document) % 10


def overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two stretches of a text share half of the shorter one."""
    shorter = min(one[1] - one[0], other[1] - other[0])
    return min(one[1], other[1]) - max(one[0], other[0]) >= max(1, shorter * 0.5)


def words(text: str) -> list[str]:
    """Plain words."""
    return _WORD.findall(text.lower())


class BM25:
    """Finds windows that look as if they answered: where hard negatives come from."""

    def __init__(self, texts: Sequence[str], cut: Callable[[str], Sequence[str]] = words) -> None:
        self._cut = cut
        self._found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._texts, lengths = len(texts), []
        for i, text in enumerate(texts):
            counted = Counter(word for word in cut(text) if word not in STOP)
            lengths.append(sum(counted.values()))
            for word, times in counted.items():
                self._found[word].append((i, times))
        mean = sum(lengths) / max(1, len(lengths)) or 1
        self._norms = [1.2 * (0.25 + 0.75 * length / mean) for length in lengths]

    def best(self, question: str, most: int) -> list[int]:
        """The texts that share a word with ``question``, best first, at most ``most``."""
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(set(self._cut(question)) - STOP):
            found = self._found.get(word, ())
            idf = math.log(1 + (self._texts - len(found) + 0.5) / (len(found) + 0.5))
            for i, times in found:
                scores[i] += idf * times * 2.2 / (times + self._norms[i])
        return sorted(scores, key=lambda i: (-scores[i], i))[:most]


def without_gold(item: Item) -> Item | None:
    """The window without what answers: then nothing does.  None where too little is left."""
    left = [i for i in range(len(item.units)) if i not in item.gold]
    if sum(i not in item.frames for i in left) < 2:
        return None
    frames = tuple(left.index(i) for i in item.frames if i in left)
    units = tuple(item.units[i] for i in left)
    return replace(item, units=units, frames=frames, gold=(), target=NONE, phrase=None)


def asked_of_another(item: Item, others: Sequence[str], rng: random.Random) -> Item | None:
    """The question about another year, figure or name, none of which the window holds.

    Names are taken from the questions ``others``.  None where the question has nothing to
    exchange, or nothing fits.
    """
    said = " ".join((item.context, item.opening, *item.units))
    low, question = said.lower(), item.question
    old, new = _FIGURE.search(question), ""
    if old and old.group() in said:
        new = str(abs(int(old.group()) + rng.choice((-1, 1)) * rng.randint(1, 9)))
    elif mine := [name for name in _NAME.finditer(question) if name.group().lower() in low]:
        old = rng.choice(mine)
        for _ in range(6):
            theirs = _NAME.findall(rng.choice(others))
            if theirs and len(theirs[0]) > 3 and theirs[0].lower() not in low:
                new = theirs[0]
                break
    if not old or not new or new in said:
        return None
    changed = question[: old.start()] + new + question[old.end() :]
    return replace(item, question=changed, gold=(), target=NONE, phrase=None)


def phrase_of(
    answer: str, units: Sequence[str], gold: Sequence[int]
) -> tuple[int, int, int] | None:
    """Where the words of ``answer`` stand in a unit of ``gold``."""
    for i in gold if answer else ():
        at = units[i].lower().find(answer.lower())
        if at >= 0:
            return i, at, at + len(answer)
    return None
