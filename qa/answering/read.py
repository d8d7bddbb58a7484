"""Windows to a Reading: each unit's chance of being part of the answer, and the answer's.

The reader's own logits are joined with what retrieval said by small linear models, fitted on
documents held apart (``train/calibrate.py``): of a unit, of the likeliest ones once more beside
their own cosines with the question, and of the answer that the best unit leads.  Words are looked
at only to tell units apart that are made alike (``alike``).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from qa.answering.alike import LESS, meant_less
from qa.answering.voiced import own_first
from qa.data import Reading, Weighed, Window
from qa.models.embed.base import Embedding
from qa.models.reader.base import Card, Reader, Said, Shown, Turns, answers, following, log_odds

Adjust = Callable[[Weighed], float]
"""What a rule adds to a unit's logit: where a date or a year is asked for."""

Likeness = Callable[[Sequence[str]], Sequence[float]]
"""The cosines of texts with the question."""

Texts = Callable[[Window], tuple[str, ...]]
"""How the units of a window are read, where that is not as they stand."""

AGAIN = 12
"""So many of the likeliest units are weighed again."""

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
    likeness: Likeness | None = None,
) -> Reading:
    """What that makes of all units; ``windows`` and ``said`` are aligned, best hit first."""
    weighed = weighed_once(windows, said, card, adjust)
    if weighed and card.again and likeness is not None:
        weighed = _weighed_again(weighed, card, likeness)
    # Where a time is asked for, its own rule tells units apart.
    less = meant_less(question, windows, weighed) if adjust is None else set()
    weighed = own_first(
        replace(one, chance=chance(log_odds(one.chance) - LESS)) if at in less else one
        for at, one in enumerate(weighed)
    )
    outcomes = tuple(one.outcome for one in said)
    confidence = 0.0
    if weighed:
        confidence = chance(linear(card.answer, answer_features(weighed, outcomes, windows)))
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


def _weighed_again(weighed: Sequence[Weighed], card: Card, likeness: Likeness) -> list[Weighed]:
    """The likeliest ones beside their cosines with the question; what is less likely stays."""
    likeliest = weighed[:AGAIN]
    features = again_features(likeliest, likeness)
    made = [
        replace(one, chance=chance(linear(card.again, its)))
        for one, its in zip(likeliest, features, strict=True)
    ]
    return sorted((*made, *weighed[AGAIN:]), key=lambda one: -one.chance)


def again_features(likeliest: Sequence[Weighed], likeness: Likeness) -> list[dict[str, float]]:
    """What the chance of each of the likeliest units is made of when it is weighed again."""
    cosines = likeness([one.unit.text for one in likeliest])
    return [
        {"logit": log_odds(one.chance), "meaning": cosine, "apart": max(cosines) - cosine}
        for one, cosine in zip(likeliest, cosines, strict=True)
    ]


def likeness_of(question: str, turns: Turns, embedding: Embedding) -> Likeness:
    """The cosines of texts with ``question``, a follow-up read after the question before it."""

    def likeness(texts: Sequence[str]) -> Sequence[float]:
        asked = embedding.embed_question(following(question, turns))
        return [float(one) for one in embedding.embed(texts) @ asked]

    return likeness


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
) -> dict[str, float]:
    """What the confidence in an answer is made of; ``weighed`` is sorted, likeliest first."""
    lead = weighed[0]
    second = max(weighed[1].chance if len(weighed) > 1 else 0.0, _SECOND)
    return {
        "lead": log_odds(lead.chance),
        "second": log_odds(second),
        "answers": answers(outcomes[lead.window]),
        "most": max(answers(one) for one in outcomes),
        "score": lead.hit.score,
        "best": max(one.hit.score for one in windows),
    }


def linear(model: Mapping[str, float], features: Mapping[str, float]) -> float:
    """The logit of a linear model."""
    return model["bias"] + sum(model[name] * value for name, value in features.items())


def chance(logit: float) -> float:
    """The probability of a logit."""
    return 1.0 / (1.0 + math.exp(-max(min(logit, 30.0), -30.0)))
