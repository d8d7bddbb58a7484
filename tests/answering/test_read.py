"""What the reader says of windows, made into chances."""

import math
from collections.abc import Sequence

import pytest

from qa.answering.alike import keyed
from qa.answering.read import beside_of, chance, reading_of, said_of, weighed_once
from qa.data import Weighed
from qa.models.reader.base import Said, Shown, Turns
from qa.models.reader.fake import FakeReader
from tests.answering.made import SILENT, opened

QUAYS = opened(
    "# Harbour\n\nThe quays are old.\n\n## Quays\n\nThe quays are:\n\n- North Quay\n"
    "- South Quay\n\n"
    "| Quay | Length |\n| --- | --- |\n| North | 240 m |\n\n* * *\n",
    name="quays",
)
TEA = opened("Tea is a drink. It is picked in April.", name="tea")
CARD = FakeReader.card
ANSWERS = (0.9, 0.05, 0.02, 0.03)


def loud(*logits: float) -> Said:
    """A window that answers, whose units have these logits."""
    return Said(logits, ANSWERS, (None,) * len(logits))


def test_the_likeliest_are_weighed_again_side_by_side() -> None:
    """Of units found about as likely, the one that is likelier beside the other leads."""
    card = CARD._replace(again={"logit": 1.0, "beside": 0.5, "behind": -1.0, "bias": -0.2})
    said = [loud(1.1, 1.0)]
    alone = reading_of("?", [TEA], said, card._replace(again={}), beside=lambda _: ([0, 3], 1))
    assert [one.place for one in alone.weighed] == [0, 1]
    found = reading_of("?", [TEA], said, card, beside=lambda _: ([0, 3], 1))
    assert [one.place for one in found.weighed] == [1, 0]
    # logit + 0.5 * 3 - 0 - 0.2
    once = next(one.chance for one in alone.weighed if one.place == 1)
    logit = math.log(once / (1 - once)) + 1.3
    assert found.weighed[0].chance == pytest.approx(1 / (1 + math.exp(-logit)))


class Listening(FakeReader):
    """A reader that keeps what it is shown."""

    shown: Sequence[Shown] = ()

    def read(self, question: str, turns: Turns, windows: Sequence[Shown]) -> list[Said]:
        """What the fake reader says."""
        self.shown = windows
        return super().read(question, turns, windows)


def test_side_by_side_each_unit_stands_under_its_title_and_heading() -> None:
    """They make one window, in the order of their own, and each gets its logit."""
    reader = Listening({"How long?": ["240 m"]})
    likeliest = reading_of("?", [TEA, QUAYS], [loud(0.0, 1.0), loud(*[2.0] * 7)], CARD).weighed
    logits, _ = beside_of("How long?", (), [TEA, QUAYS], reader)(likeliest)
    assert reader.shown == [
        Shown(
            "",
            "",
            (
                "Tea is a drink.",
                "It is picked in April.",
                "Harbour: The quays are old.",
                "Quays: The quays are:",
                "Quays: North Quay",
                "Quays: South Quay",
                "Quays: Quay: North; Length: 240 m",
            ),
        )
    ]
    found = [one.unit.text for one, logit in zip(likeliest, logits, strict=True) if logit > 0]
    assert found == ["Quay: North; Length: 240 m"]


def test_units_are_sorted_by_chance() -> None:
    """What the reader finds likeliest leads, from whatever window it is."""
    found = reading_of("?", [TEA, TEA], [loud(-3.0, 2.0), loud(3.0, -6.0)], CARD)
    assert [(one.window, one.place) for one in found.weighed] == [(1, 0), (0, 1), (0, 0), (1, 1)]
    chances = [one.chance for one in found.weighed]
    assert chances == sorted(chances, reverse=True)
    assert all(0 < one < 1 for one in (*chances, found.confidence))
    assert found.outcomes == (ANSWERS, ANSWERS)


def test_of_equals_the_better_hits_leads() -> None:
    """Where the reader tells no difference, what was found first is shown first."""
    found = reading_of("?", [TEA, TEA], [loud(1.0, 1.0), loud(1.0, 1.0)], CARD)
    assert [(one.window, one.place) for one in found.weighed] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_headings_and_headers_answer_nothing() -> None:
    """What only says what other units are about is never weighed, whatever the reader says."""
    found = reading_of("?", [QUAYS], [loud(*[5.0] * len(QUAYS.units))], CARD)
    assert [one.unit.text for one in found.weighed] == [
        "The quays are old.",
        "The quays are:",
        "North Quay",
        "South Quay",
        "Quay: North; Length: 240 m",
    ]


def test_what_had_no_room_is_not_weighed() -> None:
    """The reader need not have read every unit."""
    found = reading_of("?", [TEA], [loud(1.0)], CARD)
    assert [one.unit.text for one in found.weighed] == ["Tea is a drink."]


def test_a_rule_moves_a_unit() -> None:
    """What speaks of the time asked for comes before what does not, the rest stays as it was."""

    def april(one: Weighed) -> float:
        return 9.0 if "April" in one.unit.text else 0.0

    said = [loud(2.0, -1.0)]
    before = reading_of("?", [TEA], said, CARD)
    after = reading_of("?", [TEA], said, CARD, april)
    assert [one.place for one in before.weighed] == [0, 1]
    assert [one.place for one in after.weighed] == [1, 0]
    assert after.weighed[1] == before.weighed[0]
    assert after.confidence > before.confidence


def test_nothing_read_is_nothing_known() -> None:
    """Without a unit there is no confidence."""
    assert reading_of("?", [], [], CARD).confidence == 0
    assert reading_of("?", [TEA], [Said((), SILENT, ())], CARD).weighed == ()


def test_the_reader_reads_units_as_they_are_told() -> None:
    """Where units are read with more than their words, the reader gets that."""
    reader = FakeReader({"?": ["(2024)"]})
    (plain,) = said_of("?", (), [TEA], reader)
    (dated,) = said_of(
        "?", (), [TEA], reader, lambda one: tuple(f"{u.text} (2024)" for u in one.units)
    )
    assert (max(plain.evidence), min(dated.evidence)) == (-6.0, 6.0)


def test_a_chance_is_a_probability() -> None:
    """Any logit is one."""
    assert [chance(one) for one in (0.0, -1e9, 1e9)] == [0.5, chance(-30), chance(30)]
    assert 0 < chance(-1e9) < 1e-12


def test_a_clause_is_found_by_its_number() -> None:
    """What "clause 2.3" says stands behind that number, or below it; 12.3 and 2.31 are others."""
    lease = opened(
        "2. Rent\n2.1 The rent is 5.\n2.3 It is reviewed.\n12.3 Keys are lent.\n\n"
        "# 2.31 Cars\n\nNone.\n\n# 2.4 Pets\n\nDogs may stay.\n",
        name="lease",
    )
    said = [loud(*[0.0] * len(lease.units))]

    def leads(question: str) -> list[str]:
        found = reading_of(question, [lease], said, CARD).weighed
        return [one.unit.text for one in found if one.chance > found[-1].chance]

    assert leads("What does clause 2.3 say?") == ["2.3 It is reviewed."]
    assert leads("What is in 2.4?") == ["Dogs may stay."]
    assert leads("Does it take 2.3 kg?") == []
    assert leads("What does the rent cost?") == []


def test_a_version_is_no_clause() -> None:
    """A row whose cell is the number is named too, what only mentions it is not put behind."""
    policy = opened(
        "# Rules\n\n3.2 Keys are never sent by mail.\n\n3.3 Keys are new.\n\n"
        "The leak of 3.3.2 was told.\n",
        name="policy",
    )
    ends = opened("| Version | Until |\n|---|---|\n| 3.2 | May |\n| 3.21 | July |\n", name="ends")
    notes = opened("## 3.3.2 - 2026-06-11\n\n- Keys are hidden.\n", name="notes")
    windows = [policy, ends, notes]
    said = [loud(*[0.0] * len(one.units)) for one in windows]

    def found(question: str) -> dict[str, float]:
        return {
            one.unit.text: one.chance for one in reading_of(question, windows, said, CARD).weighed
        }

    of = found("until when does 3.2 get fixes?")
    assert min(of["3.2 Keys are never sent by mail."], of["Version: 3.2; Until: May"]) > 0.9
    assert max(of["3.3 Keys are new."], of["Version: 3.21; Until: July"]) < 0.1
    of = found("who told of the leak of 3.3.2?")
    assert of["Keys are hidden."] > 0.9 > of["The leak of 3.3.2 was told."] > 0.3
    assert of["3.3 Keys are new."] < 0.1


def test_a_row_is_found_by_its_code() -> None:
    """A code of letters and digits that is a row's first cell names it; a part of one does not."""
    stock = opened(
        "| Article | Price |\n|---|---|\n| TW-20 | 4 |\n| TW-200 | 9 |\n| see TW-20 | 7 |\n"
        "| 20 | 3 |\n",
        name="stock",
    )
    said = [loud(*[0.0] * len(stock.units))]
    rows = weighed_once([stock], said, CARD)

    def named(question: str) -> list[str]:
        return [rows[at].unit.text for at in keyed(question, rows)]

    assert named("How much is the tw-20?") == ["Article: TW-20; Price: 4"]
    assert named("How much are 20?") == []
    found = reading_of("How much is the TW-200?", [stock], said, CARD).weighed
    assert found[0].unit.text == "Article: TW-200; Price: 9"


def test_where_no_time_tells_rows_apart_their_words_do() -> None:
    """Asked of May, the row of May leads also in a table that nothing dates."""
    fares = opened("| Month | Fare |\n|---|---|\n| June | 4 |\n| May | 9 |\n", name="fares")
    said = [loud(*[0.0] * len(fares.units))]
    found = reading_of("What is the fare in May?", [fares], said, CARD, lambda _: 0.0).weighed
    assert found[0].unit.text == "Month: May; Fare: 9"
    moved = reading_of("What is the fare in May?", [fares], said, CARD, lambda _: 0.1).weighed
    assert moved[0].unit.text == "Month: June; Fare: 4"
