"""Windows to a Reading: each unit's chance of being part of the answer, and the answer's.

The reader's own logits are joined with what retrieval said by small linear models, fitted on
documents held apart (``train/calibrate.py``): of a unit, of the likeliest ones once more when they
are read side by side, and of the answer that the best unit leads.  Words are looked at only to tell
units apart that are made alike (``alike``).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from qa.answering.alike import KEYED, MEANT, keyed, meant_less, referred
from qa.answering.voiced import own_first
from qa.answering.windows import heading_of
from qa.data import Reading, Weighed, Window
from qa.models.reader.base import Card, Reader, Said, Shown, Turns, answers, log_odds

Adjust = Callable[[Weighed], float]
"""What a rule adds to a unit's logit: where a date or a year is asked for."""

Beside = Callable[[Sequence[Weighed]], tuple[list[float], float]]
"""Units side by side as one window: the logit of each, and the log-odds that they answer."""

Texts = Callable[[Window], tuple[str, ...]]
"""How the units of a window are read, where that is not as they stand."""

AGAIN = 8
"""So many of the likeliest units are read again, side by side."""
_ABOVE = 70  # characters of a title, and of a heading, that a unit is then read under

_SECOND = 0.01
"""The least chance of the second unit that tells anything: that a library of one sentence has no
other makes it no likelier."""


def said_of(
    question: str,
    turns: Turns,
    windows: Sequence[Window],
    reader: Reader,
    texts: Texts | None = None,
) -> list[Said]:
    """What ``reader`` says of each window for ``question`` after ``turns``."""
    shown = [
        Shown(one.context, one.opening, texts(one) if texts else tuple(u.text for u in one.units))
        for one in windows
    ]
    return reader.read(question, turns, shown)


def reading_of(
    question: str,
    windows: Sequence[Window],
    said: Sequence[Said],
    card: Card,
    adjust: Adjust | None = None,
    beside: Beside | None = None,
) -> Reading:
    """What that makes of all units; ``windows`` and ``said`` are aligned, best hit first."""
    weighed, together = weighed_once(windows, said, card, adjust), 0.0
    if weighed and card.again and beside is not None:
        weighed, together = _weighed_again(weighed, card, beside)
    moved = dict.fromkeys(keyed(question, weighed), KEYED)
    # Where a time is asked for that tells units apart, words do not.
    if adjust is None or not any(map(adjust, weighed)):
        moved |= dict.fromkeys(meant_less(question, windows, weighed), -MEANT)
    moved = referred(question, windows, weighed) or moved
    weighed = own_first(
        replace(one, chance=chance(log_odds(one.chance) + moved[at])) if at in moved else one
        for at, one in enumerate(weighed)
    )
    outcomes = tuple(one.outcome for one in said)
    confidence = 0.0
    if weighed:
        features = answer_features(weighed, outcomes, windows, together)
        confidence = chance(linear(card.answer, features))
    return Reading(question, tuple(windows), outcomes, tuple(weighed), confidence)


def weighed_once(
    windows: Sequence[Window], said: Sequence[Said], card: Card, adjust: Adjust | None = None
) -> list[Weighed]:
    """The units that can answer, likeliest first, by the reader and retrieval alone."""
    weighed = []
    for number, (window, one) in enumerate(zip(windows, said, strict=True)):
        for place, (unit, logit) in enumerate(zip(window.units, one.evidence, strict=False)):
            if unit.is_frame or not any(map(str.isalnum, unit.text)):
                continue
            score = linear(card.unit, unit_features(logit, number, windows, said))
            found = Weighed(number, place, unit, window.hit, chance(score), one.phrases[place])
            if adjust is not None and (gain := adjust(found)):
                found = replace(found, chance=chance(score + gain))
            weighed.append(found)
    weighed.sort(key=lambda one: -one.chance)  # stable: of equal ones, the better hit's leads
    return weighed


def _weighed_again(
    weighed: Sequence[Weighed], card: Card, beside: Beside
) -> tuple[list[Weighed], float]:
    """The likeliest ones by what they say side by side, and whether they answer together.

    What is less likely stays as it is.
    """
    likeliest = weighed[:AGAIN]
    logits, together = beside(likeliest)
    made = [
        replace(one, chance=chance(linear(card.again, its)))
        for one, its in zip(likeliest, again_features(likeliest, logits), strict=True)
    ]
    return sorted((*made, *weighed[AGAIN:]), key=lambda one: -one.chance), together


def again_features(likeliest: Sequence[Weighed], logits: Sequence[float]) -> list[dict[str, float]]:
    """What the chance of each of the likeliest units is made of when it is weighed again."""
    return [
        {"logit": log_odds(one.chance), "beside": logit, "behind": max(logits) - logit}
        for one, logit in zip(likeliest, logits, strict=True)
    ]


def beside_of(
    question: str,
    turns: Turns,
    windows: Sequence[Window],
    reader: Reader,
    texts: Texts | None = None,
) -> Beside:
    """What ``reader`` says of the likeliest units side by side, each under its title and heading.

    They stand in the order of their windows, not of their chances, which would be told by it.
    """
    read = [texts(one) if texts else tuple(u.text for u in one.units) for one in windows]

    def beside(likeliest: Sequence[Weighed]) -> tuple[list[float], float]:
        places = [(one.window, one.place) for one in likeliest]
        order = sorted(places)
        units = tuple(above(windows[at], place) + read[at][place] for at, place in order)
        (said,) = reader.read(question, turns, [Shown("", "", units)])
        logits = dict(zip(order, said.evidence, strict=True))
        return [logits[place] for place in places], answers(said.outcome)

    return beside


def above(window: Window, place: int) -> str:
    """The title and the nearest heading that a unit stands under, as "Rules > Guests: "."""
    nearest, path = heading_of(window, place), window.hit.passage.heading or ""
    heading = nearest.text if nearest else path.rpartition(" > ")[2]
    said = (window.hit.document.title or "")[:_ABOVE], heading[:_ABOVE]
    found = " > ".join(dict.fromkeys(one for one in said if one))
    return f"{found}: " if found else ""


def unit_features(
    logit: float, number: int, windows: Sequence[Window], said: Sequence[Said]
) -> dict[str, float]:
    """What the chance of a unit of window ``number`` is made of: its own logit, and beside it.

    How much its window says and was found, by itself and beside the best of all windows.
    """
    score, says = windows[number].hit.score, answers(said[number].outcome)
    return {
        "evidence": logit,
        "within": logit - max(said[number].evidence),
        "answers": says,
        "less": max(answers(one.outcome) for one in said) - says,
        "score": score,
        "behind": max(one.hit.score for one in windows) - score,
        "rank": math.log(windows[number].hit.rank),
    }


def answer_features(
    weighed: Sequence[Weighed],
    outcomes: Sequence[tuple[float, float, float, float]],
    windows: Sequence[Window],
    together: float,
) -> dict[str, float]:
    """What the confidence in an answer is made of; ``weighed`` is sorted, likeliest first.

    ``together`` are the log-odds that the likeliest ones, side by side, answer.
    """
    lead = weighed[0]
    second = max(weighed[1].chance if len(weighed) > 1 else 0.0, _SECOND)
    return {
        "lead": log_odds(lead.chance),
        "second": log_odds(second),
        "answers": answers(outcomes[lead.window]),
        "most": max(answers(one) for one in outcomes),
        "score": lead.hit.score,
        "best": max(one.hit.score for one in windows),
        "together": together,
    }


def linear(model: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The logit of a linear model."""
    return model["bias"] + sum(model[name] * value for name, value in features.items())


def chance(logit: float) -> float:
    """The probability of a logit."""
    return 1.0 / (1.0 + math.exp(-max(min(logit, 30.0), -30.0)))
