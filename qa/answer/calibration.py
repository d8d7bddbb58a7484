"""From which confidence on an extractive answer is shown: the shipped bar, or the user's own.

A user's own is made by ``qa eval calibrate`` from gold pairs, for one documents folder, and
kept in a file beside the library with what it was made from.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from qa.answer.weights import weights
from qa.errors import ConfigError

SCHEMA = "qa.calibration/1"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A threshold and its provenance.

    Of ``unanswerable`` gold pairs ``false`` had a confidence of ``threshold`` or more, of
    ``answerable`` ones ``answered``.  With the chance ``confidence``, drawing such pairs
    gives a threshold at which at most the share ``false_answers`` of all unanswerable
    questions of their kind are answered.  ``reader`` is the digest of the weights that the
    confidences came from; ``gold`` holds (file, sha256) of the pairs; ``made`` is the day.
    """

    threshold: float
    false_answers: float
    confidence: float
    answerable: int
    answered: int
    unanswerable: int
    false: int
    reader: str
    gold: tuple[tuple[str, str], ...]
    made: str

    @property
    def meaning(self) -> str:
        """What the threshold promises, and by what."""
        names = ", ".join(name for name, _ in self.gold)
        return (
            f"at most {self.false_answers:.1%} of unanswerable questions answered, at"
            f" {self.confidence:.0%} confidence; calibrated {self.made} on {names}:"
            f" {self.false} of {self.unanswerable} unanswerable and {self.answered} of"
            f" {self.answerable} answerable pairs are answered"
        )


class Bar(NamedTuple):
    """The confidence that an answer needs, and ``meaning``, what that promises.

    ``stale`` says why the user's own calibration is not in force, where there is one.
    """

    threshold: float
    meaning: str
    stale: str | None = None


def bar(path: Path) -> Bar:
    """The bar in force where the user's calibration would be kept in ``path``.

    Raises ConfigError for a file that holds no calibration.
    """
    own = read(path)
    if own is None:
        return shipped()
    if own.reader != reader():
        return shipped()._replace(
            stale=f"the calibration of {own.made} was made for another version of the reader and"
            f" is not in force; make it anew: qa eval calibrate {' '.join(n for n, _ in own.gold)}"
        )
    return Bar(own.threshold, own.meaning)


def shipped() -> Bar:
    """The bar that comes with the package."""
    learned = weights()
    return Bar(1 / (1 + math.exp(-learned.threshold)), learned.meaning)


@lru_cache(maxsize=1)
def reader() -> str:
    """16 hexadecimal digits that change with the reader's weights."""
    return hashlib.sha256((files("qa.answer") / "weights.json").read_bytes()).hexdigest()[:16]


def read(path: Path) -> Calibration | None:
    """The calibration kept in ``path``; None where there is none.

    Raises ConfigError where the file holds something else.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held.pop("schema") != SCHEMA or held.keys() != {one.name for one in fields(Calibration)}:
            raise ValueError("other keys")
        own = Calibration(**{name: _value(name, value) for name, value in held.items()})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{str(path)!r} holds no calibration ({type(error).__name__}: {error}); make it anew"
            " (qa eval calibrate GOLD) or take it away (qa eval calibrate --reset)"
        ) from error
    if not 0 <= own.threshold <= 1:
        raise ConfigError(f"{str(path)!r}: the threshold {own.threshold!r} is not within 0 and 1")
    return own


def _value(name: str, value: Any) -> Any:
    if name == "gold":
        return tuple((str(path), str(digest)) for path, digest in value)
    if name in ("reader", "made"):
        return str(value)
    return float(value) if name in ("threshold", "false_answers", "confidence") else int(value)


def dumps(calibration: Calibration) -> str:
    """The calibration as the text of its file."""
    return json.dumps({"schema": SCHEMA} | asdict(calibration), indent=1, ensure_ascii=False) + "\n"
