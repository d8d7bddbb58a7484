"""The trained reader: what it is given, what it says, and files that are not its own."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import LibraryDamaged
from qa.models.embed.minilm import tokenizer_of
from qa.models.reader import coding, onnx
from qa.models.reader.base import Shown
from qa.models.reader.coding import MINILM, MOST, coded, typed, unread
from qa.models.reader.fake import FakeReader
from qa.models.reader.onnx import ENGLISH, MULTILINGUAL, OnnxReader, card

ASKED = "When did the Harwick bridge open?"
BRIDGE = Shown(
    "Harwick > Bridge",
    "",
    ("The Harwick bridge opened in 1931.", "It is painted green.", "Tolls are paid in cash."),
)
TEA = Shown("Tea", "Tea is a drink.", ("Green tea is grown on slopes.", "It is picked in April."))


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    """The shipped reader, loaded once."""
    return OnnxReader()


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """MiniLM's, as the reader uses it."""
    made = tokenizer_of()
    made.no_truncation()
    return made


def pieces(tokenizer: Any, ids: list[int]) -> str:
    """Word pieces as words, the special ones too."""
    return str(tokenizer.decode(ids, skip_special_tokens=False))


def test_a_question_and_a_window_are_put_together(tokenizer: Any) -> None:
    """The question, the turn before it, what stands above the window, and each unit marked."""
    turns = (("Who built it?", "Ann Kerr built it."),)
    one = coded(tokenizer, "When?", turns, Shown("Harwick", "A town.", ("It rains.", "He left.")))
    assert pieces(tokenizer, one.ids[: one.split]) == (
        "[CLS] when? ( before : who built it? ann kerr built it. [SEP]"
    )
    assert pieces(tokenizer, one.ids[one.split :]) == (
        "[unused1] harwick [unused1] a town. [unused0] it rains. [unused0] he left. [SEP]"
    )
    assert (one.ids[0], one.ids[one.split - 1], one.ids[-1]) == (MINILM.cls, MINILM.sep, MINILM.sep)
    assert one.ids.count(MINILM.title) == 2
    assert [one.ids[at] for at in one.marks] == [MINILM.mark, MINILM.mark]
    assert typed(one) == [0] * one.split + [1] * (len(one.ids) - one.split)


def test_the_newest_turns_are_read_first(tokenizer: Any) -> None:
    """Of a long conversation, what was said last has room."""
    turns = tuple((f"Question {name}?", "") for name in ("one", "two", "three"))
    one = coded(tokenizer, "When?", turns, BRIDGE)
    assert pieces(tokenizer, one.ids[: one.split]) == (
        "[CLS] when? ( before : question three? / question two? [SEP]"
    )


def test_a_long_context_keeps_both_ends(tokenizer: Any) -> None:
    """The title and the nearest heading are read; of the path between them a part is not."""
    above = "Harwick > " + "far " * 80 + "> Bridge"
    one = coded(tokenizer, "When?", (), Shown(above, "", ("It rains.",)))
    told = pieces(tokenizer, one.ids[one.split : one.marks[0]])
    assert told.startswith("[unused1] harwick > far")
    assert told.endswith("far > bridge")
    assert one.marks[0] - one.split == coding.CONTEXT + 1


TEXT = st.text(max_size=60) | st.sampled_from(["Zwölf goats.", "It opened in 1931. " * 40, "华为"])


@given(
    asked=TEXT,
    turns=st.lists(st.tuples(TEXT, TEXT), max_size=3),
    context=TEXT,
    opening=TEXT,
    units=st.lists(TEXT, max_size=12),
)
def test_every_piece_can_be_pointed_at(
    tokenizer: Any,
    asked: str,
    turns: list[tuple[str, str]],
    context: str,
    opening: str,
    units: list[str],
) -> None:
    """Marks are marks, pieces lie in order inside their unit's text, and nothing is too long."""
    window = Shown(context, opening, tuple(units))
    one = coded(tokenizer, asked, tuple(turns), window)
    assert len(one.ids) <= MOST
    assert [one.ids[at] for at in one.marks] == [MINILM.mark] * len(one.offsets)
    for at, unit, (first, spans) in zip(one.marks, units, one.offsets, strict=False):
        assert first == at + 1
        assert first + len(spans) <= len(one.ids) - 1
        assert all(0 <= start <= end <= len(unit) for start, end in spans)
        assert spans == sorted(spans)
        expected = tokenizer.encode(unit, add_special_tokens=False).ids[: coding.UNIT]
        assert one.ids[first : first + len(spans)] == expected
    assert [*units[: len(one.marks)], *unread(window, one)] == units


def test_what_has_no_room_is_read_in_another_run(tokenizer: Any, reader: OnnxReader) -> None:
    """Of more units than fit as many as fit are read at once, each whole, and then the others."""
    units = tuple(f"Sentence {number} " + "says very little. " * 20 for number in range(9))
    window = Shown("", "", units)
    one = coded(tokenizer, ASKED, (), window)
    # [CLS], 7 pieces and [SEP] before; each unit a mark and 82 of at most 96 pieces; [SEP]
    assert (len(one.marks), len(unread(window, one))) == (4, 5)
    (said,) = reader.read(ASKED, (), [window])
    assert len(said.evidence) == len(said.phrases) == 9


def test_a_reading_has_a_word_for_each_unit(reader: OnnxReader) -> None:
    """Each unit has its evidence, and a window's outcomes are probabilities."""
    for said, window in zip(reader.read(ASKED, (), [BRIDGE, TEA]), [BRIDGE, TEA], strict=True):
        assert len(said.evidence) == len(said.phrases) == len(window.units)
        assert all(math.isfinite(one) for one in said.evidence)
        assert min(said.outcome) >= 0
        assert sum(said.outcome) == pytest.approx(1)
        for unit, phrase in zip(window.units, said.phrases, strict=True):
            assert phrase is None or 0 <= phrase[0] < phrase[1] <= len(unit)


def test_what_answers_is_found(reader: OnnxReader) -> None:
    """The sentence that says when leads those that do not, and its window the other."""
    bridge, tea = reader.read(ASKED, (), [BRIDGE, TEA])
    assert max(range(3), key=lambda i: bridge.evidence[i]) == 0
    assert max(tea.evidence) < bridge.evidence[0]
    assert bridge.outcome[3] < 0.5 < tea.outcome[3]


def test_a_reading_is_the_same_each_time(reader: OnnxReader) -> None:
    """One question is answered one way, however often and beside whatever it is read."""
    both = reader.read(ASKED, (), [BRIDGE, TEA])
    assert reader.read(ASKED, (), [BRIDGE, TEA]) == both
    assert reader.read(ASKED, (), [TEA, BRIDGE]) == both[::-1]
    assert reader.read(ASKED, (), [BRIDGE]) == both[:1]
    assert OnnxReader().read(ASKED, (), [TEA]) == both[1:]


def test_a_window_without_units_is_silent(reader: OnnxReader) -> None:
    """Nothing is said of nothing."""
    (said,) = reader.read(ASKED, (), [Shown("Harwick", "", ())])
    assert said == ((), (0.0, 0.0, 0.0, 1.0), ())


def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that somebody changed are named with what mends them, and are never run."""
    whole = Path(onnx.__file__).with_name("reader.onnx").read_bytes()
    (tmp_path / "reader.onnx").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    (tmp_path / "reader.json").write_bytes(
        Path(onnx.__file__).with_name("reader.json").read_bytes()
    )
    monkeypatch.setattr(onnx, "files", lambda _package: tmp_path)
    with pytest.raises(LibraryDamaged) as error:
        OnnxReader().load()
    assert str(error.value) == (
        f"model file {str(tmp_path / 'reader.onnx')!r} is not the one this version was made for;"
        " install it anew: pip install --force-reinstall qa"
    )
    (tmp_path / "reader.onnx").unlink()
    with pytest.raises(LibraryDamaged, match=r"reader\.onnx' cannot be read \(No such file"):
        OnnxReader().load()


def test_the_card_fits_its_use() -> None:
    """Bars are probabilities in order, and a digest stands for the file."""
    for kind in (ENGLISH, MULTILINGUAL):
        assert 0 < card(kind).perhaps <= card(kind).answered <= 1
        assert len(OnnxReader(kind).digest) == 16


def test_a_fake_reader_says_what_it_was_told() -> None:
    """Tests of others can decide what answers, and see what was asked."""
    fake = FakeReader({ASKED: ["1931"]})
    bridge, tea = fake.read(ASKED, (("Who?", "Ann."),), [BRIDGE, TEA])
    assert (bridge.evidence, bridge.phrases) == ((6.0, -6.0, -6.0), ((29, 33), None, None))
    assert [max(range(4), key=lambda i: one.outcome[i]) for one in (bridge, tea)] == [0, 3]
    assert fake.asked == [(ASKED, (("Who?", "Ann."),))]


def test_a_window_is_read_to_its_end(reader: OnnxReader) -> None:
    """What has no room in one run is read in another: the sentence that answers may be last."""
    units = tuple(
        f"The mill of village {i} has {i + 2} wheels and a wide dry yard." for i in range(40)
    )
    long = BRIDGE._replace(units=(*units, BRIDGE.units[0]))
    (said,) = reader.read(ASKED, (), [long])
    assert len(said.evidence) == len(said.phrases) == 41
    assert max(range(41), key=lambda i: said.evidence[i]) == 40
    assert sum(said.outcome) == pytest.approx(1)
