"""Standard data: how each format is read, and figures worked out by hand on tiny files.

The answers come from an assistant that a test states, so that the figures can be checked.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from qa.data import Answer, Document, Hit, Passage, Sentence, Statement
from qa.errors import UsageError
from qa.evaluate.suites import NAMES, Bench, Outcome, RankedSentence, auroc, sample, suite
from qa.evaluate.suites.canard import Question, bleu, scored
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
        whole = Sentence(0, len(document.text))
        passage = Passage(path, path, 0, whole.end, (whole,))
        return Hit(passage, document, (path,), rank, 1 / rank)

    def sentences(self, question: str, hits: Sequence[Hit]) -> list[RankedSentence]:  # noqa: ARG002 - as asked for
        """The sentences of the hits in their order."""
        return [
            RankedSentence(hit.paths, hit.document.text[one.start : one.end])
            for hit in hits
            for one in sentences(hit.document.text)
        ]

    def ask(self, question: str, history: Sequence[Answer] = ()) -> Answer:  # noqa: ARG002 - as asked for
        """The sentence told, cited where it stands; a refusal where it stands nowhere."""
        sentence = self.told[question][1]
        hits = self.search(question)
        holds = [path for path, one in self.documents.items() if sentence in one.text]
        statements: tuple[Statement, ...] = ()
        if sentence and holds:
            start = self.documents[holds[0]].text.index(sentence)
            place = cited(self.documents, holds[0], start, start + len(sentence))
            statements = (Statement(sentence, (place,), 1.0, (0, 3)),)
        reason = None if statements else "No."
        sure = 0.9 if statements else 0.2
        return Answer(
            question, question, statements, reason, (), hits, "told", confidence=sure
        )  # fmt: skip


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
        "contained": 0.5, "EM": 0.5, "F1": 0.5, "false-refusal": 0.0, "false-answer": 1.0,
        "AUROC": 0.5,
    }  # fmt: skip


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
        "false-refusal": 0.0, "none-answered": 1.0,
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


def test_canard_counts_the_words_that_a_completion_adds(tmp_path: Path) -> None:
    """A question that leans on nothing stays; one with a pronoun gets its name."""
    history = ["Vora Foods", "History", "Who founded Vora Foods?", "Ilva Strand did."]
    rows = [
        {
            "History": history,
            "Question": "When was Vora Foods founded?",
            "Rewrite": "When was Vora Foods founded?",
        },
        {"History": history[:2], "Question": "Who founded it?", "Rewrite": "Who?"},
        {
            "History": history,
            "Question": "When was it founded?",
            "Rewrite": "When was Vora Foods founded?",
        },
    ]
    path = tmp_path / "canard.json"
    path.write_text(json.dumps(rows))
    figures = run("canard", path, {})
    assert (figures["recall"], figures["untouched"]) == (1.0, 1.0)
    assert figures["BLEU"] > figures["BLEU-copy"]


def test_words_added_are_scored_against_the_rewrite() -> None:
    """Both words wanted are added, and one more: recall 1, precision two thirds."""
    asked = Question("When was it founded?", (), "When was Vora Foods founded?")
    assert scored("When was Vora Foods, Corvin, founded?", asked) == (1.0, 2 / 3)
    assert scored("When was it founded?", asked) == (0.0, None)


def test_bleu_is_papinenis() -> None:
    """6 of 7 words, 4 of 6, 3 of 5 and 2 of 4 longer runs; equal length, so no penalty."""
    found = bleu(["the cat sat on a mat today"], ["the cat sat on the mat today"])
    assert found == pytest.approx((6 / 7 * 4 / 6 * 2 / 5 * 1 / 4) ** 0.25)


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
