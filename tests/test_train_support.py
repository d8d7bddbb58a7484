"""How the reader that checks statements is trained: what it is shown, and what is kept from it."""

import json
import random
from pathlib import Path

from train.items import FULL, HELD, NONE, from_lines
from train.support import LONG, Pair, answers, build, copies, item, learnt, written

DATA = Path(__file__).parents[1] / "train" / "data"


def pair(statement: str, source: tuple[str, ...], question: str = "") -> Pair:
    """A pair that is borne out."""
    return Pair(statement, source, "", question, is_borne_out=True)


def test_what_is_learnt_cites_nothing_that_is_held_apart() -> None:
    """Of the files that are shipped, and most of them are learnt."""
    pairs = list(written([DATA]))
    own = learnt(pairs)
    held = {said for one in pairs if one.part in HELD for said in one.source if len(said) > LONG}
    assert held
    assert held.isdisjoint(said for one in own for said in one.source)
    assert 0.7 < len(own) / len(pairs) < 0.85
    assert 0.4 < sum(one.is_borne_out for one in pairs) / len(pairs) < 0.6


def test_an_item_marks_all_sources_or_none() -> None:
    """A row with its header is two units, and both or neither are part of what bears it out."""
    table = ("Vessel | Built\nVessel: Lapwing; Built: 2006", "It sails daily.")
    said = pair("The Lapwing was built in 2006.", table, question="When was it built?")
    true = item(said, random.Random(1))
    assert true.units == ("Vessel | Built", "Vessel: Lapwing; Built: 2006", "It sails daily.")
    assert (true.gold, true.target) == ((0, 1, 2), FULL)
    false = item(said._replace(is_borne_out=False), random.Random(1))
    assert (false.gold, false.target) == ((), NONE)
    assert true.question == "The Lapwing was built in 2006."
    assert true.history in ((), (("When was it built?", ""),))


def test_sources_are_said_as_they_are() -> None:
    """What repeats its source word for word is borne out by it."""
    twenty = [pair("It burnt.", (f"The mill burnt in {year}.",)) for year in range(1871, 1891)]
    said = list(copies(twenty, random.Random(1)))
    assert 5 < len(said) < 18
    assert all(one.is_borne_out and one.statement in one.source for one in said)


def test_what_answers_another_question_bears_nothing_out() -> None:
    """An answer of a document is borne out where it is cited, and not by the other answers."""
    asked = [("who", "Anna Berg built it."), ("when", "It opened in May."), ("why", "It was wet.")]
    qa = [{"q": q, "label": "full", "evidence": [said]} for q, said in asked]
    raw = {"title": None, "qa": [*qa, {"q": "where", "label": "none", "evidence": []}]}
    made = list(answers([raw], random.Random(1)))
    assert len(made) == 6
    for one in made:
        assert (one.statement in one.source) == one.is_borne_out


def test_held_sources_are_never_learnt(tmp_path: Path) -> None:
    """Neither by their pairs nor by their copies."""
    pairs = [pair(f"It burnt in {i}.", (f"The mill burnt in {i}.",)) for i in range(60)]
    build(pairs, [], tmp_path / "items.jsonl", 1)
    learnt = {one.units[0] for one in from_lines(tmp_path / "items.jsonl")}
    held = {one.source[0] for one in pairs if one.part in HELD}
    assert held
    assert learnt == {one.source[0] for one in pairs} - held


def test_files_hold_whole_pairs() -> None:
    """Each line names its sources, a statement and one of two labels."""
    for path in sorted(DATA.glob("s*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            assert raw["label"] in ("yes", "no")
            assert raw["source"]
            assert raw["statement"].strip()
