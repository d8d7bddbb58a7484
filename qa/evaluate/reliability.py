"""Whether the confidence that an answer states is the share of such answers that are right.

Of a pair that shows something, right is what ``right`` says.  Where nothing was found the
confidence is that of the nearest sentences, and those are judged, as risk-coverage does it.
"""

from collections.abc import Sequence
from typing import Any, get_args

from qa.data import OutcomeKind
from qa.evaluate.run import Judged
from qa.evaluate.statistics import DIGITS, mean_interval

BINS = 10
"""Equal steps of confidence from 0 to 1; the last holds 1 itself."""


def reliability(judged: Sequence[Judged]) -> dict[str, list[dict[str, Any]]]:
    """Said against found, by outcome and by bin of confidence; what holds nobody is left out.

    ``said`` is the mean confidence, ``found`` the share that is right with its interval from
    ``low`` to ``high``, over the ``n`` answers that state a confidence and can be judged.
    """
    rows = [
        (j.answer.outcome, j.answer.confidence, 1.0 - j.risk)
        for j in judged
        if j.answer is not None and j.answer.confidence is not None and j.risk is not None
    ]
    outcomes = [
        {"outcome": kind} | told
        for kind in get_args(OutcomeKind)
        if (told := _told([(sure, right) for one, sure, right in rows if one == kind]))
    ]
    bins = [
        {"from": step / BINS, "to": (step + 1) / BINS} | told
        for step in range(BINS)
        if (told := _told([(sure, right) for _, sure, right in rows if _bin(sure) == step]))
    ]
    return {"outcomes": outcomes, "bins": bins}


def _bin(confidence: float) -> int:
    return min(max(int(confidence * BINS), 0), BINS - 1)


def _told(rows: Sequence[tuple[float, float]]) -> dict[str, Any]:
    found = mean_interval([right for _, right in rows])
    if found is None:
        return {}
    said = round(sum(sure for sure, _ in rows) / len(rows), DIGITS)
    return {
        "said": said,
        "found": found.value,
        "low": found.low,
        "high": found.high,
        "n": found.n,
    }
