"""Standard data: how each format is read, and figures worked out by hand on tiny files.

The answers come from an assistant that a test states, so that the figures can be checked.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from qa.data import (
    Answer,
    Document,
    Hit,
    OutcomeKind,
    Passage,
    Reading,
    Sentence,
    Statement,
    Trace,
    Unit,
    Weighed,
    Window,
)
from qa.errors import UsageError
from qa.evaluate.suites import NAMES, Bench, Outcome, auroc, canard, sample, suite
from qa.evaluate.suites.claims import balanced, best_threshold
from qa.text.sentences import sentences
from tests.evaluate.broken import cited


class Told:
    """Finds documents and says sentences as it is told, by question."""

    def __init__(self, texts: Mapping[str, str], told: Mapping[str, tuple[list[str], str]]) -> None:
        self.documents = {path: Document(path, text) for path, text in texts.items()}
        self.told = told

    def search(self, question: str, limit: int = 10) -> tuple[Hit, ...]:
        """The documents told, in order."""
        found = [path for path in self.told[question][0] if path in self.documents][:limit]
        return tuple(self._hit(path, rank) for rank, path in enumerate(found, 1))

    def _hit(self, path: str, rank: int) -> Hit:
        document = self.documents[path]
        parts = tuple(Sentence(one.start, one.end) for one in sentences(document.text))
        passage = Passage(path, path, 0, len(document.text), parts)
        return Hit(passage, document, (path,), rank, 1 / rank)

    def ask(self, question: str, history: Sequence[Answer] = ()) -> Answer:  # noqa: ARG002 - as asked for
        """The sentence told, cited where it stands; nothing where it stands nowhere.

        A sentence told with "?" before it is shown as what may answer.
        """
        sentence = self.told[question][1].removeprefix("?")
        hits = self.search(question)
        holds = [path for path, one in self.documents.items() if sentence in one.text]
        statements: tuple[Statement, ...] = ()
        if sentence and holds:
            start = self.documents[holds[0]].text.index(sentence)
            place = cited(self.documents, holds[0], start, start + len(sentence))
            statements = (Statement(sentence, (place,), 1.0, (0, 3)),)
        reason = None if statements else "No."
        outcome: OutcomeKind = "perhaps" if self.told[question][1].startswith("?") else "answered"
        return Answer(
            question, question, statements, reason, (), hits, "told",
            outcome if statements else "not_found",
            confidence=0.9 if statements else 0.2, trace=self._trace(question, hits),
        )  # fmt: skip

    def _trace(self, question: str, hits: Sequence[Hit]) -> Trace:
        """The sentences of the hits, but for headings: the one told first, then in their order."""
        windows = [
            Window(
                hit, tuple(Unit(s, _text(hit, s), "text") for s in hit.passage.sentences), "", ""
            )
            for hit in hits
        ]
        weighed = [
            Weighed(number, place, unit, window.hit, 0.5, None)
            for number, window in enumerate(windows)
            for place, unit in enumerate(window.units)
            if not window.hit.document.text[: unit.sentence.start].endswith("# ")
        ]
        weighed.sort(key=lambda one: one.unit.text != self.told[question][1])
        outcomes = tuple((0.25, 0.25, 0.25, 0.25) for _ in windows)
        reading = Reading(question, tuple(windows), outcomes, tuple(weighed), 0.5)
        return Trace((question,), (reading,), frozenset(), 0.8, 0.3)


def _text(hit: Hit, sentence: Sentence) -> str:
    return hit.document.text[sentence.start : sentence.end]


def run(name: str, data: Path, told: Mapping[str, tuple[list[str], str]]) -> dict[str, float]:
    """The figures of a suite by name."""

    @contextmanager
    def opened(_name: str, texts: Mapping[str, str]) -> Iterator[Bench]:
        yield Told(texts, told)

    found: Outcome = suite(name)(data, opened, None, lambda: None)
    assert json.loads(json.dumps(found.to_dict()))["suite"] == name
    return {one.name: one.interval.value for one in found.figures}


def squad(tmp_path: Path, impossible: bool) -> Path:
    """Two paragraphs; one question each, and one without an answer where wanted."""
    asked = [
        {"question": "Who opened?", "answers": [{"text": "Ada", "answer_start": 0}]},
        {"question": "Who sold?", "answers": [{"text": "Bob", "answer_start": 0}]},
    ]
    if impossible:
        asked.append({"question": "Why?", "answers": [], "is_impossible": True})
    paragraphs = [
        {"context": "Ada opened it. Cy saw.", "qas": asked[:1]},
        {"context": "Bob sold it.", "qas": asked[1:]},
    ]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return path


def test_squad_2_tells_paragraphs_phrases_and_refusals(tmp_path: Path) -> None:
    """Paragraphs first and second: R@1 a half, MRR three quarters; gold sentences first and third.

    One answer of two holds its phrase; one question is answered that cannot be.
    """
    told = {
        "Who opened?": (["00000.txt", "00001.txt"], "Ada opened it."),
        "Who sold?": (["00000.txt", "00001.txt"], "Cy saw."),
        "Why?": (["00001.txt"], "Bob sold it."),
    }
    figures = run("squad", squad(tmp_path, True), told)
    assert figures == {
        "R@1": 0.5, "R@5": 1.0, "R@10": 1.0, "MRR": 0.75, "hit@1": 0.5, "hit@3": 1.0,
        "contained": 0.5, "EM": 0.5, "F1": 0.5, "false-refusal": 0.0, "answered": 1.0,
        "false-answer": 1.0, "false-perhaps": 0.0, "AUROC": 0.5,
    }  # fmt: skip


def test_squad_tells_what_may_answer_from_what_answers(tmp_path: Path) -> None:
    """A perhaps is no refusal of what is answerable, and no false answer to what is not."""
    told = {
        "Who opened?": (["00000.txt"], "?Ada opened it."),
        "Who sold?": (["00001.txt"], "Bob sold it."),
        "Why?": (["00001.txt"], "?Bob sold it."),
    }
    figures = run("squad", squad(tmp_path, True), told)
    assert (figures["answered"], figures["false-refusal"]) == (0.5, 0.0)
    assert (figures["false-answer"], figures["false-perhaps"]) == (0.0, 1.0)


def test_squad_1_asks_also_without_the_paragraph(tmp_path: Path) -> None:
    """Without its own paragraph each question should be refused, and is told apart."""
    told = {
        "Who opened?": (["00000.txt", "00001.txt"], "Ada opened it."),
        "Who sold?": (["00001.txt"], "Bob sold it."),
    }
    figures = run("squad", squad(tmp_path, False), told)
    assert (figures["false-answer"], figures["false-refusal"], figures["AUROC"]) == (0.0, 0.0, 1.0)
    assert (figures["EM"], figures["R@1"]) == (1.0, 1.0)


def test_beir_ranks_the_corpus_for_the_test_queries(tmp_path: Path) -> None:
    """The relevant document second of two: nDCG@10 is 1 / log2 3 = 0.6309, AP a half."""
    pytest.importorskip("ir_measures", reason="pip install 'qa[eval]'")
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\n")
    rows = [{"_id": "d1", "title": "One", "text": "a"}, {"_id": "d2", "title": "", "text": "b"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    queries = [{"_id": "q1", "text": "What?"}, {"_id": "q2", "text": "Unjudged?"}]
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    figures = run("beir", tmp_path, {"What?": (["000000.txt", "000001.txt"], "")})
    assert figures == {"nDCG@10": 0.63093, "R@100": 1.0, "MAP": 0.5, "RR@10": 0.5}


def test_qed_asks_for_the_sentence_that_explains(tmp_path: Path) -> None:
    """One gold sentence cited of two; a paragraph that does not answer, answered from."""
    text = "Ada opened it. Bob sold it."
    gold = {"selected_sentence": {"start": 0, "end": 14}, "explanation_type": "single_sentence"}
    none = {"selected_sentence": None, "explanation_type": "none"}
    rows = [
        {"question_text": q, "paragraph_text": text, "annotation": a}
        for q, a in (("who opened", gold), ("who saw", gold), ("why", none))
    ]
    path = tmp_path / "qed.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    told = {
        "who opened": (["00000.txt"], "Ada opened it."),
        "who saw": (["00000.txt"], "Bob sold it."),
        "why": (["00000.txt"], "Bob sold it."),
    }
    assert run("qed", path, told) == {
        "R@1": 1.0, "R@5": 1.0, "cited": 0.5, "cited-if-answered": 0.5, "precision": 0.5,
        "false-refusal": 0.0, "none-answered": 1.0, "none-perhaps": 0.0,
    }  # fmt: skip


def test_claims_are_judged_by_the_checker(tmp_path: Path) -> None:
    """A claim that is its evidence outscores one with another number."""
    evidence = ["The mill in Corvin was opened by Ilva Strand in May 1987."]
    rows = [
        {"claim": evidence[0], "evidence": evidence, "label": "supported"},
        {
            "claim": "The mill in Corvin was opened by Ilva Strand in May 1997.",
            "evidence": evidence,
            "label": "not_supported",
        },
    ]
    path = tmp_path / "claims.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    assert run("claims", path, {}) == {"AUROC": 1.0, "accepted": 1.0, "let-through": 0.0}


def test_a_threshold_is_chosen_for_balanced_accuracy() -> None:
    """At 0.6 both supported and two of three others are right: (1 + 2/3) / 2."""
    scores, truth = [0.9, 0.6, 0.7, 0.2, 0.1], [True, True, False, False, False]
    assert best_threshold(scores, truth) == 0.6
    assert balanced(scores, truth, 0.6) == pytest.approx((1 + 2 / 3) / 2)


VORA = ["Vora Foods", "History", "Who founded it?", "Ilva Strand did,", "When?", "in 1987"]
SHORT = ["Elm Port", "Trade", "What is shipped?", "Rye.", "Since when?", "I don't know."]


def dialogues(tmp_path: Path) -> Path:
    """A dialogue with two follow-ups, the second's answer unknown, and one without a known one."""
    rows = [
        ("a", VORA[:2], "Who founded it?", "Who founded Vora Foods?"),
        ("a", VORA[:4], "When?", "When was Vora Foods founded?"),
        ("a", VORA, "Where?", "Where was Vora Foods founded?"),
        ("b", SHORT[:4], "Since when?", "Since when is rye shipped?"),
        ("b", SHORT, "Why?", "Why is rye shipped?"),
    ]
    path = tmp_path / "canard.json"
    names = ("QuAC_dialog_id", "History", "Question", "Rewrite")
    path.write_text(json.dumps([dict(zip(names, row, strict=True)) for row in rows]))
    return path


def test_canard_reads_dialogues_as_documents(tmp_path: Path) -> None:
    """What a dialogue says of its section is a text; a follow-up is asked whose answer it has."""
    texts, questions = canard.load(dialogues(tmp_path))
    assert texts == {
        "00000.md": "# Vora Foods\n\n## History\n\nIlva Strand did.\n\nin 1987.\n",
        "00001.md": "# Elm Port\n\n## Trade\n\nRye.\n",
    }
    turns = (("Vora Foods: History", ""), ("Who founded it?", "Ilva Strand did,"))
    rewrite = "When was Vora Foods founded?"
    assert questions == [canard.Asked("When?", turns, rewrite, "in 1987", "00000.md")]


class Remembering(Told):
    """Is told the answer of a question, and of a question after others."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        own, other = ["00000.md", "00001.md"], ["00001.md"]
        alone = {"When?": (other, ""), "When was Vora Foods founded?": (own, "in 1987.")}
        super().__init__(texts, alone)
        self.histories: list[tuple[Answer, ...]] = []

    def ask(self, question: str, history: Sequence[Answer] = ()) -> Answer:
        """As told; after others, the other dialogue is found first."""
        self.histories.append(tuple(history))
        if history:
            self.told = {**self.told, question: (["00001.md", "00000.md"], "")}
        return super().ask(question)


def test_canard_tells_what_the_conversation_finds(tmp_path: Path) -> None:
    """Bare it finds the other dialogue; after its conversation its own, behind; rewritten at once.

    After "Rye." and "Ilva Strand did." it is third, and first where it is what leads.
    """
    opened: list[Remembering] = []

    @contextmanager
    def opens(_name: str, texts: Mapping[str, str]) -> Iterator[Bench]:
        opened.append(Remembering(texts))
        yield opened[0]

    outcome = canard.run(dialogues(tmp_path), opens, None, lambda: None)
    figures = {one.name: one.interval.value for one in outcome.figures}
    assert figures == {
        "bare hits": 0.0, "bare hit@1": 0.0, "bare hit@3": 0.0,
        "history hits": 1.0, "history hit@1": 0.0, "history hit@3": 1.0,
        "rewrite hits": 1.0, "rewrite hit@1": 1.0, "rewrite hit@3": 1.0,
    }  # fmt: skip
    bare, history, rewrite = opened[0].histories
    assert (bare, rewrite) == ((), ())
    assert [(one.question, one.outcome) for one in history] == [
        ("Vora Foods: History", "not_found"),
        ("Who founded it?", "answered"),
    ]
    assert history[1].statements[0].text == "Ilva Strand did,"


def test_auroc_counts_pairs() -> None:
    """Three of four pairs in order and one tied: 3.5 / 4."""
    assert auroc([0.9, 0.8, 0.7, 0.8], [True, True, False, False]) == 0.875
    assert auroc([0.1], [True]) == 0.5


def test_a_sample_is_spread_evenly() -> None:
    """A limit does not mean the first articles alone."""
    assert sample(list("abcdef"), 3) == ["a", "c", "e"]
    assert sample(list("ab"), 3) == ["a", "b"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_another_format_is_refused(name: str, tmp_path: Path) -> None:
    """Whoever names the wrong file reads that it is the wrong one."""
    path = tmp_path / "x.json"
    path.write_text('{"a": 1}')
    with pytest.raises(UsageError, match=r"x\.json"):
        run(name, path, {})
    with pytest.raises(UsageError, match="unknown suite"):
        suite("trivia")
