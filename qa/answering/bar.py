"""From which confidence on an answer is shown as one, or as what may answer.

The shipped bars come from documents held apart (the reader's card says which).  A user's own
are made by ``qa eval calibrate`` from gold pairs, for one documents folder, and kept in a file
beside the library with what they were made from.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from qa.data import OutcomeKind
from qa.errors import ConfigError
from qa.models.reader.base import Card, Reader

SCHEMA = "qa.calibration/2"
_BEFORE = "qa.calibration/1"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two thresholds and their provenance.

    Of ``unanswerable`` gold pairs ``false`` had a confidence of ``threshold`` or more, of
    ``answerable`` ones ``answered``; ``false_shown`` and ``shown`` had one of ``perhaps`` or
    more, from which on it is shown as what may answer.  With the chance ``confidence``, drawing
    such pairs gives a threshold at which at most the share ``false_answers`` of all unanswerable
    questions of their kind are answered, and a ``perhaps`` at which at most the share
    ``false_perhaps`` of them are shown anything, as an answer or as what may be one.
    ``reader`` is the digest of the reader that the confidences came from; ``gold`` holds
    (file, sha256) of the pairs; ``made`` is the day.
    """

    threshold: float
    perhaps: float
    false_answers: float
    false_perhaps: float
    confidence: float
    answerable: int
    answered: int
    shown: int
    unanswerable: int
    false: int
    false_shown: int
    reader: str
    gold: tuple[tuple[str, str], ...]
    made: str

    @property
    def meaning(self) -> str:
        """What the thresholds promise, and by what."""
        names = ", ".join(name for name, _ in self.gold)
        return (
            f"at most {self.false_answers:.1%} of unanswerable questions answered and at most"
            f" {self.false_perhaps:.1%} shown anything at all, each at {self.confidence:.0%}"
            f" confidence; calibrated {self.made} on {names}: {self.false} of"
            f" {self.unanswerable} unanswerable and {self.answered} of {self.answerable}"
            f" answerable pairs are answered, {self.false_shown} and {self.shown} shown anything"
        )


class Bar(NamedTuple):
    """The confidences that an answer, and what may be one, need; ``meaning`` is their promise.

    ``stale`` says why the user's own calibration is not in force, where there is one;
    ``is_own`` whether it is.
    """

    answered: float
    perhaps: float
    meaning: str
    stale: str | None = None
    is_own: bool = False

    def outcome(self, confidence: float) -> OutcomeKind:
        """What is made of an answer of this confidence."""
        if confidence >= self.answered:
            return "answered"
        return "perhaps" if confidence >= self.perhaps else "not_found"


def bar(path: Path, reader: Reader) -> Bar:
    """The bar in force for ``reader`` where the user's calibration would be kept in ``path``.

    Raises ConfigError for a file that holds no calibration.
    """
    own = held(path)
    if own is None:
        return shipped(reader.card)
    if own.reader != reader.digest:
        return shipped(reader.card)._replace(
            stale=f"the calibration of {own.made} was made for another version of the reader and"
            f" is not in force; make it anew: qa eval calibrate {' '.join(n for n, _ in own.gold)}"
        )
    return Bar(own.threshold, own.perhaps, own.meaning, is_own=True)


def shipped(card: Card) -> Bar:
    """The bar that comes with a reader."""
    return Bar(card.answered, card.perhaps, card.meaning)


def held(path: Path) -> Calibration | None:
    """The calibration kept in ``path``; None where there is none.

    Raises ConfigError where the file holds something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        schema = found.pop("schema")
        if schema == _BEFORE:  # of the reader by rules: void, whatever its threshold was
            found |= {"perhaps": found["threshold"], "false_perhaps": found["false_answers"]}
            found |= {"shown": found["answered"], "false_shown": found["false"]}
        elif schema != SCHEMA:
            raise ValueError(f"its schema is {schema!r}")
        kinds = get_type_hints(Calibration)
        if found.keys() != kinds.keys():
            raise ValueError("other keys")
        own = Calibration(**{name: _value(kinds[name], value) for name, value in found.items()})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise ConfigError(
            f"{str(path)!r} holds no calibration ({type(error).__name__}: {error}); make it anew"
            " (qa eval calibrate GOLD) or take it away (qa eval calibrate --reset)"
        ) from error
    if not 0 <= own.perhaps <= own.threshold <= 1:
        raise ConfigError(
            f"{str(path)!r}: the thresholds {own.perhaps!r} and {own.threshold!r} are not"
            " within 0 and 1, the first at most the second"
        )
    return own


def _value(kind: Any, value: Any) -> Any:
    if kind in (str, float, int):
        return kind(value)
    return tuple((str(path), str(digest)) for path, digest in value)


def dumps(calibration: Calibration) -> str:
    """The calibration as the text of its file."""
    return json.dumps({"schema": SCHEMA} | asdict(calibration), indent=1, ensure_ascii=False) + "\n"
