"""Ask every gold question, judge every answer."""

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from qa.data import Answer, Document
from qa.errors import ConfigError, DocumentError, GoldError, QAError
from qa.evaluate.diagnose import FAILED, Diagnosis, diagnose
from qa.evaluate.gold import GoldPair, load
from qa.evaluate.matching import Case
from qa.evaluate.measures import MEASURES, Score, judge, risk
from qa.ingest.folder import Found, scan
from qa.ingest.read import read


class Asks(Protocol):
    """Whatever answers questions: an ``Assistant``, or one that is broken on purpose."""

    def ask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        *,
        as_of: date | None = None,
        today: date | None = None,
    ) -> Answer:
        """The answer, after the earlier answers of the conversation, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class GoldSet:
    """A gold file and the folder it speaks of; drafts are counted and set aside."""

    name: str
    path: Path
    documents: Path
    pairs: tuple[GoldPair, ...]
    drafts: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair with its answer (in ``case``; None where the engine failed) and scores."""

    set_name: str
    pair: GoldPair
    case: Case | None
    scores: tuple[Score, ...]
    diagnosis: Diagnosis | None
    risk: float | None
    seconds: float

    @property
    def key(self) -> str:
        """What names the pair among several sets."""
        return f"{self.set_name}/{self.pair.id}"

    @property
    def answer(self) -> Answer | None:
        """What was answered; None where the engine failed."""
        return self.case.answer if self.case else None

    def value(self, measure: str) -> float | None:
        """The score of one measure, None where unscored."""
        return next(score.value for score in self.scores if score.measure == measure)


def gold_set(path: Path, documents: Path | None = None) -> GoldSet:
    """The accepted pairs of a gold file, with the folder that they speak of.

    Raises GoldError for a bad file, a file of nothing but drafts, and a folder
    (``documents``, by default ``documents_of``) that is not there.
    """
    pairs = load(path)
    accepted = tuple(pair for pair in pairs if not pair.draft)
    if not accepted:
        raise GoldError(
            f"{str(path)!r} holds only drafts; accept them with 'qa eval review {path}'"
        )
    documents = documents or documents_of(path)
    if not documents.is_dir():
        raise GoldError(
            f"no folder {str(documents)!r} for the pairs of {str(path)!r}; name it by --documents"
        )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return GoldSet(path.stem, path, documents, accepted, len(pairs) - len(accepted), digest)


def documents_of(path: Path) -> Path:
    """The folder that a gold file of the repository speaks of.

    For ``eval/gold/NAME.jsonl`` that is ``eval/documents/NAME``, and for ``seed.jsonl``
    ``seeds``, whether there is such a folder or not.
    """
    above = path.resolve().parent.parent
    return above.parent / "seeds" if path.stem == "seed" else above / "documents" / path.stem


def read_folder(
    folder: Path, exclude: Sequence[str] = (), max_bytes: int = 50_000_000
) -> dict[str, Document]:
    """Every readable document of a folder by path, read apart from any library."""
    documents = {}
    for one in scan(folder, exclude=exclude):
        if isinstance(one, Found):
            with suppress(DocumentError):  # the library skips and reports it too
                documents[one.path] = read(folder / one.path, max_bytes=max_bytes)
    return documents


def require_evidence(gold: GoldSet, documents: Mapping[str, Document]) -> None:
    """Raise GoldError where evidence does not stand in the documents as they are now."""
    for pair in gold.pairs:
        for piece in pair.evidence:
            document = documents.get(piece.path)
            if document is None or piece.quote not in document.text:
                lack = "there is no such file" if document is None else "it is not in its text"
                raise GoldError(
                    f"{str(gold.path)!r} pair {pair.id!r}: evidence {piece.quote[:50]!r} of "
                    f"{piece.path!r}: {lack}; see 'qa eval check {gold.path}'"
                )


def evaluate(gold: GoldSet, answers: Asks, documents: Mapping[str, Document]) -> Iterator[Judged]:
    """Every pair of the set asked, its history before it, and judged, one by one.

    ``documents`` are the folder's, by path, read apart from the library that answers.  A
    question on which the engine fails (QAError) is unscored in every measure, with the
    error as the reason.  Raises ConfigError, which would meet every question.
    """
    for pair in gold.pairs:
        yield _judge(gold.name, pair, answers, documents)


def _judge(
    set_name: str, pair: GoldPair, answers: Asks, documents: Mapping[str, Document]
) -> Judged:
    history: list[Answer] = []
    try:
        for earlier in pair.history:
            history.append(answers.ask(earlier, tuple(history), as_of=pair.as_of, today=pair.today))
        began = time.perf_counter()
        answer = answers.ask(pair.question, tuple(history), as_of=pair.as_of, today=pair.today)
        seconds = time.perf_counter() - began
    except ConfigError:
        raise
    except QAError as error:
        reason = f"{type(error).__name__}: {error}"
        scores = tuple(Score(pair.id, measure.name, None, reason) for measure in MEASURES)
        return Judged(set_name, pair, None, scores, Diagnosis(FAILED, reason), None, 0.0)
    case = Case(pair, answer, documents)
    return Judged(set_name, pair, case, judge(case), diagnose(case), risk(case), seconds)
