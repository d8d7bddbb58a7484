"""Reports, comparisons, the gate, and their pages, on a run of four pairs made by hand."""

import io
import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from qa.data import Answer, Usage
from qa.errors import ModelUnreachable, UsageError
from qa.evaluate import compare, gate, html, junit
from qa.evaluate.gold import GoldPair, dumps
from qa.evaluate.report import Report, build, by_badness
from qa.evaluate.run import Judged, evaluate, gold_set
from qa.fronts.cli import eval_tables
from tests.evaluate.made import ADA, DOCUMENTS, SOLD, WHEELS, answer, cite, gold, hit, state

PAIRS = (
    gold(ADA, id="a", question="Who opened it?"),
    gold(SOLD, id="b", question="Who sold it?", must=(("Bob",),)),
    gold(id="c", question="Who lives there?", kind="unanswerable", answerable=False, must=()),
    gold(WHEELS, id="d", question="How many?", kind="number", must=(("40",),), history=("Eh?",)),
)
GOOD = {
    "Who opened it?": answer(state(ADA, cite(ADA)), hits=[hit(ADA)], confidence=0.9),
    "Who sold it?": answer(state(SOLD, cite(SOLD)), hits=[hit(SOLD)], confidence=0.8),
    "Who lives there?": answer(reason="No.", confidence=0.1),
    "How many?": answer(state(WHEELS, cite(WHEELS)), hits=[hit(WHEELS)], confidence=0.7),
    "Eh?": answer(reason="No."),
}


class Told:
    """Gives the answers it is told; fails where there is none."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, int]] = []
        self.when: list[dict[str, Any]] = []

    def ask(self, question: str, history: Any = (), **when: Any) -> Answer:
        """The answer told for this question."""
        self.asked.append((question, len(history)))
        self.when.append(when)
        if question not in self.answers:
            raise ModelUnreachable("no connection")
        return replace(self.answers[question], seconds=(("retrieve", 0.25),))


def run(tmp_path: Path, answers: dict[str, Answer], pairs: tuple[GoldPair, ...] = PAIRS) -> Report:
    """The report of these answers to these pairs."""
    path = tmp_path / "four.jsonl"
    path.write_text(dumps(pairs), encoding="utf-8")
    made = gold_set(path, tmp_path)
    return build([made], list(evaluate(made, Told(answers), DOCUMENTS)))


def test_the_history_is_asked_first_and_not_scored(tmp_path: Path) -> None:
    """A follow-up is understood from the questions before it."""
    path = tmp_path / "four.jsonl"
    path.write_text(dumps(PAIRS), encoding="utf-8")
    system = Told(GOOD)
    done: list[Judged] = list(evaluate(gold_set(path, tmp_path), system, DOCUMENTS))
    assert [judged.key for judged in done] == ["four/a", "four/b", "four/c", "four/d"]
    assert system.asked == [
        ("Who opened it?", 0),
        ("Who sold it?", 0),
        ("Who lives there?", 0),
        ("Eh?", 0),
        ("How many?", 1),
    ]


def test_a_pair_is_asked_at_its_time(tmp_path: Path) -> None:
    """What a pair states of time reaches the assistant, with its history too."""
    pair = replace(PAIRS[3], as_of=date(2023, 3, 1), today=date(2024, 5, 2))
    path = tmp_path / "one.jsonl"
    path.write_text(dumps((pair, PAIRS[0])), encoding="utf-8")
    system = Told(GOOD)
    list(evaluate(gold_set(path, tmp_path), system, DOCUMENTS))
    at = {"as_of": date(2023, 3, 1), "today": date(2024, 5, 2)}
    assert system.when == [at, at, {"as_of": None, "today": None}]


def test_days_are_measured_by_kind_and_shown(tmp_path: Path) -> None:
    """A date told or missed shows in the report by kind, in JUnit and on the page."""
    days = (date(2019, 3, 2), date(2019, 3, 2))
    pairs = (
        replace(PAIRS[0], kind="relative-date", days=days, as_of=date(2023, 3, 1)),
        replace(PAIRS[1], kind="as-of", days=days),
        PAIRS[2],
    )
    told = answer(state("It was opened on 2 March 2019.", cite(ADA)), hits=[hit(ADA)])
    report = run(tmp_path, GOOD | {"Who opened it?": told}, pairs)
    by_kind = {name: part["date"] for name, part in report["measures"].items()}
    assert by_kind["kind:unanswerable"] is None
    assert by_kind["kind:relative-date"]["value"] == 1.0
    assert by_kind["kind:as-of"]["value"] == 0.0
    assert (by_kind["all"]["n"], by_kind["all"]["unscored"]) == (2, 1)
    assert report["pairs"][2]["unscored"]["date"] == "the pair states no days"
    suite = ElementTree.fromstring(junit.render(report)).find("testsuite")
    assert suite is not None
    said = {one.get("name"): one.get("value") for one in suite.iter("property")}
    assert (said["relative-date: date"], said["as-of: date"]) == ("1.0000", "0.0000")
    page = html.render(report)
    assert "days: 2019-03-02<" in page
    assert "as of 2023-03-01<" in page


def test_a_report_has_every_measure_by_kind(tmp_path: Path) -> None:
    """Three answerable pairs and one not: each is averaged over its own kind."""
    report = run(tmp_path, GOOD)
    assert list(report["measures"]) == ["all", "kind:number", "kind:unanswerable", "kind:who"]
    whole = report["measures"]["all"]
    assert (whole["right"]["value"], whole["right"]["n"]) == (1.0, 4)
    assert (whole["cited"]["value"], whole["cited"]["n"], whole["cited"]["unscored"]) == (1.0, 3, 1)
    assert report["measures"]["kind:unanswerable"]["cited"] is None
    assert whole["aurc"]["value"] == pytest.approx((0 + 0 + 0 + 1 / 4) / 4)
    assert report["risk_coverage"] == [[0.25, 0.0], [0.5, 0.0], [0.75, 0.0], [1.0, 0.25]]
    assert report["latency"]["stages"]["retrieve"] == {"p50": 0.25, "p95": 0.25}
    assert report["usage"]["cost"] is None


SURE = GOOD | {
    "Who sold it?": answer(
        state(ADA, cite(ADA)), hits=[hit(ADA)], confidence=0.36, outcome="perhaps"
    ),
    "How many?": answer(state(WHEELS, cite(WHEELS)), hits=[hit(WHEELS)], confidence=1.0),
    "Who lives there?": answer(state(SOLD, cite(SOLD)), confidence=0.3, outcome="perhaps"),
}


def test_what_confidence_says_is_held_against_what_is_right(tmp_path: Path) -> None:
    """Two answers said 0.95 and both right; two perhaps said 0.33 and neither is."""
    told = run(tmp_path, SURE)["reliability"]
    small = [
        {name: one[name] for name in one if name not in ("low", "high")} for one in told["bins"]
    ]
    assert [(one["outcome"], one["said"], one["found"], one["n"]) for one in told["outcomes"]] == [
        ("answered", 0.95, 1.0, 2),
        ("perhaps", 0.33, 0.0, 2),
    ]
    assert small == [
        {"from": 0.3, "to": 0.4, "said": 0.33, "found": 0.0, "n": 2},
        {"from": 0.9, "to": 1.0, "said": 0.95, "found": 1.0, "n": 2},
    ]
    # 0 of 2: exact binomial, up to 1 - 0.025 ** (1 / 2)
    assert (told["bins"][0]["low"], told["bins"][0]["high"]) == (0.0, 0.841886)


def test_where_nothing_was_found_the_nearest_are_held_against_the_confidence(
    tmp_path: Path,
) -> None:
    """Refusing rightly does not count as a confidence that came true."""
    near = {
        "Who opened it?": answer(reason="No.", nearest=(cite(ADA),), confidence=0.2),
        "Who lives there?": answer(reason="No.", nearest=(cite(SOLD),), confidence=0.1),
    }
    told = run(tmp_path, near, (PAIRS[0], PAIRS[2]))["reliability"]
    (one,) = told["outcomes"]
    assert (one["outcome"], one["said"], one["found"], one["n"]) == ("not_found", 0.15, 0.5, 2)


def test_said_and_found_are_drawn_and_tabled(tmp_path: Path) -> None:
    """The page has a point for each bin, whose place is its confidence and share; so the table."""
    report = run(tmp_path, SURE)
    page = html.render(report)
    # 40 + 360 * 0.33, 220 - 200 * 0; and 40 + 360 * 0.95, 220 - 200 * 1
    assert '<circle cx="158.8" cy="220.0"' in page
    assert '<circle cx="382.0" cy="20.0"' in page
    assert "2 answers: said 0.33, found 0.00" in page
    assert "Shown as what may answer:" in page
    told = printed(report)
    assert "confidence said against found right" in told
    assert re.search(r"answered +0\.95 +1\.00 \[0\.16, 1\.00\] +2", told)
    assert re.search(r"0\.9 to 1\.0 +0\.95 +1\.00", told)


def test_an_engine_without_confidence_has_no_reliability(tmp_path: Path) -> None:
    """A model that weighs nothing is shown no empty table."""
    told = {"Who opened it?": answer(state(ADA, cite(ADA)), hits=[hit(ADA)])}
    report = run(tmp_path, told, PAIRS[:1])
    assert report["reliability"] == {"outcomes": [], "bins": []}
    assert "Said and found" not in html.render(report)
    assert "confidence said" not in printed(report)


def printed(report: Report) -> str:
    """The summary as a terminal without colours shows it."""
    out = io.StringIO()
    Console(file=out, width=200).print(eval_tables.summary(report))
    return out.getvalue()


def test_tokens_and_cost_are_summed_over_the_answers_that_state_them(tmp_path: Path) -> None:
    """What a run cost is the sum of its answers; unknown is not nothing."""
    usage = Usage(prompt_tokens=100, completion_tokens=10, cost=0.5)
    told = GOOD | {q: replace(GOOD[q], usage=usage) for q in ("Who opened it?", "Who sold it?")}
    assert run(tmp_path, told)["usage"] == {
        "prompt_tokens": 200,
        "completion_tokens": 20,
        "cached_tokens": None,
        "cost": 1.0,
    }


def test_a_question_without_an_answer_is_unscored_not_wrong(tmp_path: Path) -> None:
    """An endpoint that fails once does not turn into a wrong answer."""
    report = run(tmp_path, {q: a for q, a in GOOD.items() if q != "How many?"})
    assert report["failed"] == 1
    right = report["measures"]["all"]["right"]
    assert (right["value"], right["n"], right["unscored"]) == (1.0, 3, 1)
    assert report["pairs"][3]["answer"] is None
    assert report["pairs"][3]["unscored"]["right"] == "ModelUnreachable: no connection"
    assert report["pairs"][3]["diagnosis"]["what"] == "no answer came"
    assert not gate.gate(gate.baseline(run(tmp_path, GOOD)), report).passed


def test_a_report_survives_json(tmp_path: Path) -> None:
    """What is printed can be compared later."""
    report = run(tmp_path, GOOD)
    path = tmp_path / "r.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    assert compare.read(path) == report
    path.write_text('{"schema": "other"}')
    with pytest.raises(UsageError, match=r"is no report of schema 'qa.eval/1'"):
        compare.read(path)


WORSE = GOOD | {"Who sold it?": answer(state(ADA, cite(ADA)), hits=[hit(ADA)])}


def test_compare_names_the_questions_that_changed(tmp_path: Path) -> None:
    """One question got worse; the others are the same."""
    found = compare.compare(run(tmp_path, GOOD), run(tmp_path, WORSE))
    assert [(c.key, c.old, c.new) for c in found.worse] == [("four/b", 1.0, 0.0)]
    assert [c.old_text for c in found.worse] == [f"{SOLD} [1]"]
    assert [c.new_text for c in found.worse] == [f"{ADA} [1]"]
    assert found.better == ()
    right = found.measures["right"]
    assert (right.difference, right.n, right.up, right.down, right.p) == (-0.25, 4, 0, 1, 1.0)
    back = compare.compare(run(tmp_path, WORSE), run(tmp_path, GOOD))
    assert [c.key for c in back.better] == ["four/b"]


def test_pairs_whose_gold_differs_are_not_compared(tmp_path: Path) -> None:
    """Two runs over different gold are told apart, not averaged together."""
    other = (replace(PAIRS[0], must=(("2019",),)), PAIRS[1], replace(PAIRS[2], id="z"))
    found = compare.compare(run(tmp_path, GOOD), run(tmp_path, GOOD, other))
    assert found.altered == ("four/a",)
    assert found.only_old == ("four/c", "four/d")
    assert found.only_new == ("four/z",)
    assert found.measures["right"].n == 1


def many(count: int) -> tuple[GoldPair, ...]:
    """The first pair under many ids and questions."""
    return tuple(
        replace(PAIRS[0], id=f"m{i}", question=f"Who opened it, {i}?") for i in range(count)
    )


def test_the_gate_tells_a_fall_from_noise(tmp_path: Path) -> None:
    """Of 60 pairs one lost is noise, eight lost are not."""
    pairs = many(60)
    good = {pair.question: GOOD["Who opened it?"] for pair in pairs}
    bad = WORSE["Who sold it?"]
    base = gate.baseline(run(tmp_path, good, pairs))
    for lost, passes in ((0, True), (1, True), (8, False)):
        some = good | {pair.question: replace(bad, statements=()) for pair in pairs[:lost]}
        some |= {
            p.question: answer(state(SOLD, cite(SOLD)), hits=[hit(SOLD)]) for p in pairs[:lost]
        }
        assert gate.gate(base, run(tmp_path, some, pairs)).passed is passes


def test_the_gate_never_lets_an_edited_quote_pass(tmp_path: Path) -> None:
    """Exactness must be 1 whatever the noise."""
    forged = replace(cite(ADA), quote=ADA + "!")
    told = GOOD | {"Who opened it?": answer(state(ADA, forged), hits=[hit(ADA)], confidence=0.9)}
    found = gate.gate(gate.baseline(run(tmp_path, GOOD)), run(tmp_path, told))
    assert "exactness is 0.666667, and must be 1.0" in found.reasons


def test_the_gate_misses_pairs_that_are_gone(tmp_path: Path) -> None:
    """Deleting the hard questions is no way through."""
    base = gate.baseline(run(tmp_path, WORSE))
    found = gate.gate(base, run(tmp_path, WORSE, PAIRS[:1] + PAIRS[2:]))
    assert found.reasons == (
        "1 pairs of the baseline are gone or altered (four/b …); "
        "if that is meant, renew it with 'qa eval gate --renew'",
    )


def test_a_baseline_is_written_and_read(tmp_path: Path) -> None:
    """The committed file says what the run scored, a pair a line."""
    base = gate.baseline(run(tmp_path, GOOD))
    path = tmp_path / "b.json"
    path.write_text(gate.dumps(base), encoding="utf-8")
    assert gate.read(path) == base
    assert sum('"key"' in line for line in path.read_text().splitlines()) == 4
    with pytest.raises(UsageError, match="qa eval gate --renew"):
        gate.read(tmp_path / "none.json")


HOSTILE = "<script>alert(1)</script> & \x1b[31m \x00 ]]>"


def hostile(tmp_path: Path) -> Report:
    """A run whose question and answer try to break the page."""
    pairs = (replace(PAIRS[0], question=HOSTILE), replace(PAIRS[1], note=HOSTILE))
    told = {HOSTILE: answer(state(HOSTILE, cite(ADA), emphasis=(0, 8)), hits=[hit(ADA)])}
    return run(tmp_path, told | {"Who sold it?": answer(reason=HOSTILE)}, pairs)


class Page(HTMLParser):
    """Which tags a page has, and what they point at."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag and its address."""
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset")]


def test_the_page_is_whole_and_escapes_what_it_shows(tmp_path: Path) -> None:
    """It opens without a network, and a hostile document cannot run anything in it."""
    text = html.render(hostile(tmp_path))
    page = Page()
    page.feed(text)
    assert page.links == []
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert {"table", "svg", "details", "blockquote", "mark"} <= page.tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;" in text
    assert "<mark>&lt;script&gt;</mark>" in text
    assert ADA in text
    assert "must say: Bob" in text
    assert "http" not in text.replace("http-equiv", "")
    policy = """content="default-src 'none'; style-src 'unsafe-inline'">"""
    assert f'<meta http-equiv="Content-Security-Policy" {policy}' in text


def test_junit_is_xml_that_counts_what_is_wrong(tmp_path: Path) -> None:
    """A build server shows every pair, and survives control characters."""
    report = run(tmp_path, {q: a for q, a in WORSE.items() if q != "How many?"})
    root = ElementTree.fromstring(junit.render(report))
    suite = root[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("4", "1", "1")
    failed = suite.find("testcase[failure]")
    assert failed is not None
    assert failed.get("name") == "b: Who sold it?"
    suite = ElementTree.fromstring(junit.render(hostile(tmp_path)))[0]
    assert len(suite.findall("testcase")) == 2


def test_what_misleads_comes_first(tmp_path: Path) -> None:
    """The list of worst cases begins with what a reader would believe."""
    told = GOOD | {
        "Who opened it?": answer(reason="No."),
        "Who lives there?": answer(state(SOLD, cite(SOLD))),
    }
    report = run(tmp_path, told)
    assert [pair["key"] for pair in by_badness(report)] == ["four/c", "four/a"]
