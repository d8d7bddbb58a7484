"""How the reader is trained: what it is shown, what is kept from it, and where its bars are set."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.answering.read import chance, linear
from qa.data import Reading
from qa.models.embed.minilm import MiniLM, tokenizer_of
from qa.models.reader.base import Shown
from qa.models.reader.coding import MINILM, coded
from qa.models.reader.fake import FakeReader
from qa.models.reader.onnx import ENGLISH, MULTILINGUAL
from train import written
from train.__main__ import build
from train.__main__ import lines as lines_of
from train.beside import of_case
from train.calibrate import Holds, answer_of, bars, cases, weights_of
from train.coder import cutter, rows
from train.items import (
    CONTRA,
    FULL,
    NONE,
    PART,
    SOME,
    Item,
    asked_of_another,
    from_lines,
    overlap,
    part_of,
    to_lines,
    without_gold,
)
from train.public import Question, cut, place_of

TEXT = """# The mill

The mill was built in 1871 by Anna Berg. It stood on the river.

## Staff
- Carl Lund, miller
- Eva Holm, clerk
"""


def raw(name: str, *asked: dict[str, Any], text: str = TEXT) -> dict[str, Any]:
    """A written document as it lies in a file."""
    return {"id": name, "title": "The mill", "text": text, "qa": list(asked)}


def qa(question: str, label: str, *evidence: str, **more: Any) -> dict[str, Any]:
    """A question as it lies in a file."""
    return {"q": question, "label": label, "evidence": list(evidence), **more}


def made(*asked: dict[str, Any], text: str = TEXT, most: int = 300) -> list[list[Item]]:
    """Each question's items over all windows of the document, in the order of the text."""
    (one,) = written.read([raw("d", *asked, text=text)])
    windows = written.windows_of(one, random.Random(1), most)
    windows.sort(key=lambda window: window.units[0].sentence.start)
    return [[written.item("written", about, window) for window in windows] for about in one.asked]


def test_units_that_hold_the_evidence_are_gold() -> None:
    """By their offsets: no other unit, no heading; with the words that answer."""
    built, staff, nothing = made(
        qa("who built it?", "full", "The mill was built in 1871 by Anna Berg.", answer="anna berg"),
        qa("who works there?", "full", "- Carl Lund, miller", "- Eva Holm, clerk"),
        qa("who owns it?", "none"),
    )
    (item,) = built
    assert [item.units[i] for i in item.gold] == ["The mill was built in 1871 by Anna Berg."]
    assert item.target == FULL
    unit, start, end = item.phrase
    assert item.units[unit][start:end] == "Anna Berg"
    (item,) = staff
    assert [item.units[i] for i in item.gold] == ["Carl Lund, miller", "Eva Holm, clerk"]
    assert (nothing[0].gold, nothing[0].target, nothing[0].phrase) == ((), NONE, None)


def test_evidence_that_is_not_quoted_makes_no_question() -> None:
    """Neither one that the text lacks nor a heading alone, which no answer ever shows."""
    asked = (qa("a?", "full", "It is red."), qa("b?", "full", "## Staff"), qa("c?", "full"))
    (one,) = written.read([raw("d", *asked)])
    assert one.asked == ()


def test_a_window_with_a_part_of_the_answer_is_both_full_and_part() -> None:
    """Who reads it cannot know what stands elsewhere; what the writer called part stays part."""
    filler = "\n\n".join(f"Nothing of note happened in the year {1700 + i}." for i in range(90))
    text = f"The mill has a wheel.\n\n{filler}\n\nThe mill has a weir."
    evidence = ("The mill has a wheel.", "The mill has a weir.")
    full, part, contra = made(
        qa("what has it?", "full", *evidence),
        qa("what has it, and why?", "part", *evidence),
        qa("why has it no wheel?", "contra", evidence[0]),
        text=text,
        most=60,
    )
    assert len(full) > 2
    assert [item.target for item in (full[0], full[1], full[-1])] == [SOME, NONE, SOME]
    assert part[0].target == PART
    assert (contra[0].target, contra[-1].target) == (CONTRA, NONE)


def test_overlap_is_half_of_the_shorter() -> None:
    """Of ten characters five are enough, four are not; touching is nothing."""
    assert overlap((0, 10), (5, 40))
    assert not overlap((0, 10), (6, 40))
    assert not overlap((0, 10), (10, 20))


def test_history_is_kept(tmp_path: Path) -> None:
    """The turns before a question, oldest first, reach the file that training reads."""
    turns = [{"q": "when was it built?", "a": "In 1871."}, {"q": "and then?"}]
    ((item,),) = made(qa("by whom?", "full", "- Carl Lund, miller", history=turns))
    assert item.history == (("when was it built?", "In 1871."), ("and then?", ""))
    to_lines([item], tmp_path / "items.jsonl")
    assert list(from_lines(tmp_path / "items.jsonl")) == [item]


def test_no_held_document_is_trained_on(tmp_path: Path) -> None:
    """Of the parts 0 and 5 neither a unit nor a question is in any item."""
    names = [f"w99-{i:03}" for i in range(40)]
    held = {name for name in names if part_of(name) in (0, 5)}
    assert 2 <= len(held) < 20
    lines = []
    for name in names:
        told = f"The code of {name} is blue."
        text = f"The town has a gate. {told} The gate has a bell."
        lines.append(json.dumps(raw(name, qa(f"which code has {name}?", "full", told), text=text)))
    (tmp_path / "w99.jsonl").write_text("\n".join(lines) + "\n")
    build(lines_of([tmp_path], ENGLISH), None, tmp_path / "items.jsonl", 1, ())
    seen = (tmp_path / "items.jsonl").read_text()
    assert {name for name in names if name in seen} == set(names) - held


def test_parts_of_the_data_never_move() -> None:
    """The part is the MD5 of the name (``printf a | md5sum``) as a number, modulo ten."""
    assert 0x0CC175B9C0F1B6A831C399E269772661 == 16955237001963240173058271559858726497
    assert part_of("a") == 7


def item_of(question: str, units: tuple[str, ...], gold: tuple[int, ...], **more: Any) -> Item:
    """An item without conversation, title and opening."""
    given: dict[str, Any] = {"frames": (), "target": FULL} | more
    return Item("s", question, (), "", "", units, gold=gold, **given)


def test_without_gold_nothing_answers() -> None:
    """The unit that answers is gone, the frame's number moves with it, the target is none."""
    item = item_of("q?", ("a", "Staff:", "b", "c"), (0,), frames=(1,), phrase=(0, 0, 1))
    left = without_gold(item)
    assert left is not None
    assert (left.units, left.frames, left.gold) == (("Staff:", "b", "c"), (0,), ())
    assert (left.target, left.phrase) == (NONE, None)
    assert without_gold(item_of("q?", ("a", "b"), (0,))) is None


def test_asked_of_another_year_or_name() -> None:
    """The question changes to what the window does not hold, so that nothing in it answers."""
    units = ("In 2019 Anna Berg sold 40 boats.", "It rained.")
    others = ["Where does Carl Lund live?"]
    year = asked_of_another(item_of("What was sold in 2019?", units, (0,)), [], random.Random(1))
    assert year is not None
    assert year.question != "What was sold in 2019?"
    assert 2010 <= int(year.question.removeprefix("What was sold in ").removesuffix("?")) <= 2028
    assert (year.units, year.gold, year.target) == (units, (), NONE)
    name = asked_of_another(
        item_of("What did Anna Berg do?", units, (0,)), others, random.Random(1)
    )
    assert name is not None
    assert name.question == "What did Carl Lund do?"
    assert asked_of_another(item_of("what is it?", units, (0,)), others, random.Random(1)) is None


def test_public_documents_are_cut_with_their_questions() -> None:
    """A question goes where its answer is, marked where a part of that is elsewhere."""
    units = ["word " * 150, "word " * 150]
    asked = [Question("both?", (0, 1)), Question("second?", (1,)), Question("nothing?", ())]
    first, second = cut("d", "t", units, asked)
    assert first.asked == (Question("both?", (0,), whole=False), Question("nothing?", ()))
    assert second.asked[:2] == (Question("both?", (0,), whole=False), Question("second?", (0,)))


def test_an_answer_has_one_clear_place_or_none() -> None:
    """The words of the question decide between two sentences that hold it, or nothing does."""
    units = ["The fox saw a hen.", "The wolf saw a hen."]
    assert place_of("a hen", "What did the wolf see?", units) == 1
    assert place_of("a hen", "What was seen?", units) is None


def test_training_and_reading_put_the_same_together() -> None:
    """The word pieces of an item are those that the shipped reader would read."""
    units = (
        "The mill was built in 1871 by Anna Berg.",
        "It is 20 °C warm, naïvely.",
        "Eva's mill.",
    )
    item = item_of("who built it?", units, (0,), phrase=(0, 30, 39))
    tokenizer = tokenizer_of()
    tokenizer.no_truncation()
    turns, shown = (("and the mill?", "It stands."),), Shown("Mills > Old", "A text.", units)
    theirs = coded(tokenizer, "who built it?", turns, shown)
    assert coded(cutter(MINILM), "who built it?", turns, shown) == theirs
    (row,) = rows([item], MINILM)
    assert row.gold == row.marks[:1]
    first, last = row.phrase
    assert tokenizer.decode(row.ids[first : last + 1]) == "anna berg"


def test_bars_by_hand() -> None:
    """An answer: 1 of 20 false at most; of all that is shown 1 of 4."""
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4])
    true = np.array([True, True, False, True, True, True, False])
    assert bars(confidence, Holds(true, true), np.ones(7)) == (0.8, 0.45)
    order = [3, 0, 6, 2, 5, 1, 4]
    shown = Holds(true[order], true[order])
    assert bars(confidence[order], shown, np.ones(7)) == (0.8, 0.45)


def test_the_more_is_sure_the_less_is_refused() -> None:
    """One false of five that are shown is few, though it is one of two that are not sure."""
    confidence = np.array([0.9, 0.85, 0.8, 0.7, 0.6])
    true = np.array([True, True, True, False, True])
    assert bars(confidence, Holds(true, true), np.ones(5)) == (0.8, 0.6)


def test_bars_of_more_that_may_answer() -> None:
    """What may be one shows more, and so the third holds it: of seven one is false."""
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4])
    few = np.array([True, True, False, True, True, True, False])
    more = np.array([True, True, True, True, True, True, False])
    assert bars(confidence, Holds(few, more), np.ones(7)) == (0.8, 0.4)


def test_bars_where_nothing_is_sure() -> None:
    """The most confident ones are false: nothing is an answer, and equal ones stay together."""
    none = np.array([False, True, True, True])
    assert bars(np.array([0.9, 0.8, 0.7, 0.6]), Holds(none, none), np.ones(4)) == (1.0, 0.6)
    equals = np.array([True, True, False, False])
    assert bars(np.array([0.9, 0.8, 0.8, 0.7]), Holds(equals, equals), np.ones(4)) == (0.9, 0.9)


def test_confidence_is_scaled_to_the_expected_share() -> None:
    """Of ten rows half are true and the false ones weigh a quarter: four of five are expected."""
    pytest.importorskip("sklearn", reason="train/requirements.txt is not installed")
    some = [{"lead": float(value)} for value in (0, 1, 2, 3, 4, 1, 2, 3, 4, 5)]
    true = np.array([False] * 5 + [True] * 5)
    weight = np.where(true, 1.0, 0.25)
    model = answer_of(some, true, weight)
    said = [chance(linear(model, row)) for row in some]
    assert np.average(said, weights=weight) == pytest.approx(0.8, abs=0.001)
    assert said[0] < said[4] < said[9]


def test_unanswerable_questions_weigh_an_eighth() -> None:
    """Seven answerable questions and two others: each of the two counts a half."""
    assert weights_of(np.array([True] * 7 + [False] * 2)).tolist() == [1.0] * 7 + [0.5] * 2


def test_cases_are_read_as_the_product_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the part asked for, each second question; what holds the evidence is told as gold."""
    monkeypatch.chdir(tmp_path)
    told = "The mill was built in 1871 by Anna Berg."
    asked = (qa("who worked there?", "none"), qa("who built it?", "full", told))
    names = [f"w99-{i:03}" for i in range(30)]
    name = next(one for one in names if part_of(one) == 5)
    other = next(one for one in names if part_of(one) == 4)
    reader = FakeReader({"who built it?": ["Anna Berg"]})
    (case,) = cases([raw(name, *asked), raw(other, *asked)], 5, reader, MiniLM(), every=2)
    assert (case.document, case.asked.question) == (name, "who built it?")
    places = [(i, p) for i, said in enumerate(case.said) for p in range(len(said.evidence))]
    gold = [(i, p) for i, p in places if case.is_gold(i, p)]
    assert [case.windows[i].units[p].text for i, p in gold] == [told]
    assert not case.is_shown(Reading("", case.windows, (), (), 0.0), sure=False)
    item = of_case(case, reader.card, random.Random(1))
    assert item is not None
    assert [item.units[i] for i in item.gold] == [f"The mill: {told}"]
    assert (item.target, item.context, len(item.units)) == (FULL, "", 4)


def test_a_network_is_trained_exported_and_read(tmp_path: Path) -> None:
    """The exported file says what the network says, but for a byte a weight."""
    torch = pytest.importorskip("torch", reason="train/requirements.txt is not installed")
    onnx = pytest.importorskip("onnx", reason="train/requirements.txt is not installed")
    from safetensors.torch import save_file

    from qa.models.embed.minilm import minilm_file, session_of
    from train.bases import english
    from train.calibrate import Exported
    from train.encoder import _THEIRS, Encoder
    from train.export import export, weights_in
    from train.fit import Plan, fit

    torch.manual_seed(0)
    given = {one.name: one for one in onnx.load_from_string(minilm_file().data).graph.initializer}
    at = "inner.embeddings.word_embeddings.weight"
    q, scale = (onnx.numpy_helper.to_array(given[f"{at}_{kind}"]) for kind in ("q", "scale"))
    wide, inner = 384, 48
    shapes = {"intermediate.dense": (inner, wide), "output.dense": (wide, inner)}
    weights = {"embeddings.word_embeddings.weight": torch.tensor(q * np.float32(scale))}
    for kind, size in (("position", 512), ("token_type", 2)):
        weights[f"embeddings.{kind}_embeddings.weight"] = torch.randn(size, wide) * 0.05
    for name in ("embeddings.LayerNorm", *(f"encoder.layer.0.{one}" for one in _THEIRS.values())):
        short = name.removeprefix("encoder.layer.0.")
        is_norm = name.endswith("LayerNorm")
        shape = shapes.get(short, (wide, wide))
        weights[f"{name}.weight"] = torch.ones(wide) if is_norm else torch.randn(shape) * 0.05
        weights[f"{name}.bias"] = torch.zeros(wide if is_norm else shape[0])
    save_file(weights, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps({"num_attention_heads": 12}))
    units = ("The mill was built by Anna Berg.", "It rained.")
    items = [item_of("who built it?", units, (0,), phrase=(0, 22, 31))] * 8
    to_lines(items, tmp_path / "items.jsonl")
    plan = Plan(tmp_path / "items.jsonl", tmp_path, tmp_path / "a.pt", processes=1, batch=4)
    fit(plan)
    fit(plan._replace(out=tmp_path / "b.pt"))
    learnt = torch.load(tmp_path / "a.pt")
    again = torch.load(tmp_path / "b.pt")
    assert all(torch.equal(learnt[name], again[name]) for name in learnt)
    export(tmp_path / "a.pt", tmp_path / "reader.onnx", ENGLISH)
    back = weights_in(tmp_path / "reader.onnx")
    assert back.keys() == learnt.keys() - {"word.weight"}
    assert all(torch.allclose(back[name], learnt[name], atol=0.01) for name in back)
    fit(plan._replace(out=tmp_path / "c.pt", start=tmp_path / "reader.onnx"))
    made = Exported(tmp_path / "reader.onnx", ENGLISH)
    (said,) = made.read("who built it?", (), [Shown("", "", units)])
    model = Encoder(english(tmp_path))
    model.load_state_dict(learnt)
    (row,) = rows(items[:1], MINILM)
    ids = torch.tensor([row.ids])
    typ = torch.tensor([[int(i >= row.split) for i in range(len(row.ids))]])
    with torch.no_grad():
        evidence, outcome, _ = model.eval()(ids, typ, torch.ones_like(ids))
    assert said.evidence == pytest.approx(evidence[0, row.marks].tolist(), abs=0.05)
    assert said.outcome == pytest.approx(outcome[0].softmax(-1).tolist(), abs=0.02)
    # The same weights, but for the words' own, in the graph that is handed its words.
    export(tmp_path / "a.pt", tmp_path / "multilingual.onnx", MULTILINGUAL)
    session = session_of((tmp_path / "multilingual.onnx").read_bytes())
    which = (ids == MINILM.mark) + 2 * (ids == MINILM.title)
    given = {"words": model.word(ids), "which": which, "typ": typ}
    given = {name: one.detach().numpy() for name, one in given.items()}
    (again,) = session.run(["evidence"], given | {"marks": np.array(row.marks)})
    assert again.tolist() == pytest.approx(said.evidence, abs=1e-4)


def test_mpnet_is_read_by_the_same_network(tmp_path: Path) -> None:
    """Its pieces are MiniLM's, four later; each head minds how far apart two places are."""
    torch = pytest.importorskip("torch", reason="train/requirements.txt is not installed")
    from safetensors.torch import save_file

    from train.bases import english
    from train.encoder import Encoder, _buckets

    wide, inner, pieces = 24, 48, 120
    weights = {"embeddings.word_embeddings.weight": torch.randn(pieces, wide)}
    weights["embeddings.position_embeddings.weight"] = torch.randn(34, wide)
    weights["encoder.relative_attention_bias.weight"] = torch.randn(32, 12)
    layer = "encoder.layer.0"
    shapes = {f"attention.attn.{one}": (wide, wide) for one in "qkvo"}
    shapes |= {"intermediate.dense": (inner, wide), "output.dense": (wide, inner)}
    for name, shape in shapes.items():
        weights[f"{layer}.{name}.weight"] = torch.randn(shape) * 0.1
        weights[f"{layer}.{name}.bias"] = torch.zeros(shape[0])
    norms = ("embeddings.LayerNorm", f"{layer}.attention.LayerNorm", f"{layer}.output.LayerNorm")
    for name in norms:
        weights[f"{name}.weight"], weights[f"{name}.bias"] = torch.ones(wide), torch.zeros(wide)
    save_file(weights, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "mpnet"}))
    base = english(tmp_path)
    given = weights["embeddings.word_embeddings.weight"]
    held = base.weights["embeddings.word_embeddings.weight"]
    assert torch.equal(held[7], given[11])
    assert torch.equal(held[MINILM.cls], given[0])
    assert torch.equal(held[MINILM.sep], given[2])
    found = _buckets(140)
    # What stands before is 0 to 15, what follows 16 on; eight places near have their own.
    assert [int(found[a, b]) for a, b in ((5, 5), (6, 5), (5, 6), (13, 5), (135, 5))] == [
        0,
        1,
        17,
        8,
        15,
    ]
    ids = torch.tensor([[MINILM.cls, 5, 6, MINILM.sep]])
    with torch.no_grad():
        evidence, outcome, _ = Encoder(base).eval()(
            ids, torch.zeros_like(ids), torch.ones_like(ids)
        )
    assert evidence.shape == (1, 4)
    assert outcome.shape == (1, 4)


def test_data_given_twice_is_refused(tmp_path: Path) -> None:
    """A document that stands in two folders would be asked twice, in smaller libraries."""
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
        line = {"id": "w99-001", "title": "Shed", "text": "The shed is green.", "qa": []}
        (folder / "w99.jsonl").write_text(json.dumps(line) + "\n")
    assert len(lines_of(folders[:1], ENGLISH)) == 1
    with pytest.raises(ValueError, match="'w99-001' stands 2 times"):
        lines_of(folders, ENGLISH)
