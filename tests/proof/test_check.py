"""What became of a citation, of documents edited in every way: each told apart from the others."""

from dataclasses import replace
from pathlib import Path

import pytest

from qa.data import Checked, Proof
from qa.proof.check import check
from tests.proof.made import BAKERY, Evidences, dated_by_user, finding, held, proof
from tests.proof.made import SENTENCES as S


def first(one: Proof, find: Evidences) -> Checked:
    """The first citation's verdict."""
    return check(one, "", None, find).quotations[0]


def test_what_is_untouched_holds(tmp_path: Path) -> None:
    """A proof held against the very documents holds: citations and statements."""
    made = proof(tmp_path, (S[0], [S[0]]), (f"{S[2]}", [S[2]]))
    verdict = check(made, "", None, finding(tmp_path))
    assert [one.kind for one in verdict.quotations] == ["holds", "holds"]
    assert [one.remarks for one in verdict.quotations] == [(), ()]
    assert verdict.holds


def test_a_renamed_document_is_found(tmp_path: Path) -> None:
    """A document of another name holds, and it is said where it is now."""
    made = proof(tmp_path, (S[0], [S[0]]))
    (tmp_path / "bakery.md").rename(tmp_path / "old.md")
    checked = first(made, finding(tmp_path, bakery="old.md"))
    assert (checked.kind, checked.path) == ("holds", "old.md")
    assert checked.remarks == ("bakery.md is old.md now",)


@pytest.mark.parametrize(
    ("old", "new", "kind", "now", "line", "remarks"),
    [
        # (what is edited, into what) -> what became of "Last year it sold 1,200,000 loaves."
        ("Jana", "Eva", "stands", None, 8, "what stands around it has changed"),
        ("# History\n", "# History\n\nNew.\n", "stands", None, 10, None),
        ("it sold", "it\nsold", "stands", None, 8, "its lines break otherwise"),
        ("1,200,000", "1,300,000", "changed", "Last year it sold 1,300,000 loaves.", 8, None),
        (f"{S[2]}\n", "", "gone", None, None, None),
        (S[2], "Nothing was sold.", "changed", "Nothing was sold.", 8, None),
        (S[2], f"It is false that {S[2]}", "changed", f"It is false that {S[2]}", 8, None),
        (BAKERY[50:], "Now all is otherwise here. We moved.", "gone", None, None, None),
    ],
)
def test_a_changed_document_is_told_apart(
    tmp_path: Path,
    old: str,
    new: str,
    kind: str,
    now: str | None,
    line: int | None,
    remarks: str | None,
) -> None:
    """A sentence still stands, is changed to another, or is gone; part of one is not the same."""
    made = proof(tmp_path, (S[2], [S[2]]))
    held(tmp_path, BAKERY.replace(old, new))
    checked = first(made, finding(tmp_path))
    assert (checked.kind, checked.now, checked.line) == (kind, now, line)
    assert checked.remarks[0] == "the document has changed"
    assert checked.remarks[1:] == ((remarks,) if remarks else ())


def test_a_document_that_is_gone_or_unreadable_is_missing(tmp_path: Path) -> None:
    """Where nothing can be read, the citation is missing, and the reason is given."""
    made = proof(tmp_path, (S[0], [S[0]]))
    (tmp_path / "bakery.md").write_text(" ")
    assert first(made, finding(tmp_path)).remarks == ("bakery.md is empty",)
    (tmp_path / "bakery.md").unlink()
    checked = first(made, finding(tmp_path))
    assert (checked.kind, checked.path, checked.remarks) == (
        *("missing", None),
        ("bakery.md is not there",),
    )


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"start": 0, "end": 26}, "the document never said that there; it says “"),
        ({"quote": "The bakery opened in 1988."}, "the document never said that there; it says “"),
        ({"line": 8}, "it stands in line 7, not 8"),
        ({"page": 2}, "it stands on page None, not 2"),
        ({"title": "A forgery"}, "the document's title is 'The Ostrava bakery', not 'A forgery'"),
    ],
)
def test_what_the_document_never_said_is_false(
    tmp_path: Path, what: dict[str, object], said: str
) -> None:
    """A proof made up about a document that is what it was is called false."""
    made = proof(tmp_path, (S[0], [S[0]]))
    (one,) = made.quotations
    forged = replace(made, quotations=(replace(one, citation=replace(one.citation, **what)),))
    checked = first(forged, finding(tmp_path))
    assert checked.kind == "false"
    assert checked.remarks[0].startswith(said)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ({"before": "A made-up sentence."}, "what the proof shows around it does not stand there"),
        ({"heading": "Prizes"}, "the document has no heading “Prizes”"),
    ],
)
def test_made_up_surroundings_are_false(tmp_path: Path, what: dict[str, object], said: str) -> None:
    """What is shown around a quotation is held against the document, too."""
    made = proof(tmp_path, (S[1], [S[1]]))
    forged = replace(made, quotations=(replace(made.quotations[0], **what),))
    assert first(forged, finding(tmp_path)).remarks == (said,)


def test_times_are_counted_again(tmp_path: Path) -> None:
    """A document of another date says another thing by "last year", in the same letters."""
    made = proof(tmp_path, (S[2], [S[2]]))
    held(tmp_path, BAKERY.replace("2023-02-15", "2022-02-15"))
    checked = first(made, finding(tmp_path))
    assert checked.kind == "redated"
    assert checked.remarks == (
        "the file has changed, its text has not",
        "its times are counted otherwise now: “Last year” = 2021",
    )


def test_a_forged_date_is_noticed(tmp_path: Path) -> None:
    """A publication date that the document does not have does not hold."""
    made = proof(tmp_path, (S[0], [S[0]]))
    (one,) = made.quotations
    forged = replace(one, citation=replace(one.citation, published=None))
    checked = first(replace(made, quotations=(forged,)), finding(tmp_path))
    assert checked.remarks == ("its document is of 2023-02-15, not undated",)
    assert not checked.holds


def test_a_date_that_the_asker_set_is_said_to_be_taken_as_given(tmp_path: Path) -> None:
    """Nobody can check a date that a person gave, and the verdict says so."""
    made = proof(tmp_path, (S[0], [S[0]]))
    (one,) = made.quotations
    day = one.citation.published
    assert day is not None
    checked = first(dated_by_user(made, day), finding(tmp_path))
    assert checked.kind == "holds"
    assert checked.remarks == ("its date, 2023-02-15, is one that the asker set: taken as given",)


@pytest.mark.parametrize(
    ("statement", "cited", "missing"),
    [
        ("The bakery of Jana Novak opened in 1987.", [0, 1], None),
        ("In 2022 it sold 1.2 million loaves.", [2], None),
        ("The bakery opened in 1988.", [0], "the date '1988' does not stand in what it cites"),
        (
            "It sold 1.3 million loaves last year.",
            [2],
            "the number '1.3 million loaves' does not stand in what it cites",
        ),
        ("The ovens came from Vienna.", [3], "the name 'Vienna' does not stand in what it cites"),
    ],
)
def test_figures_and_names_of_a_statement_are_looked_for(
    tmp_path: Path, statement: str, cited: list[int], missing: str | None
) -> None:
    """A statement whose figures, dates or names stand in nothing that it cites does not hold."""
    made = proof(tmp_path, (statement, [S[i] for i in cited]))
    (checked,) = check(made, "", None, finding(tmp_path)).statements
    assert checked.missing == ((missing,) if missing else ())
    assert checked.holds is (missing is None)


def test_a_statement_falls_with_what_it_cites(tmp_path: Path) -> None:
    """Where a citation is gone, the statements that rest on it do not hold, others do."""
    made = proof(tmp_path, (S[0], [S[0]]), (S[3], [S[3]]))
    held(tmp_path, BAKERY.replace(S[3], ""))
    verdict = check(made, "", None, finding(tmp_path))
    assert [one.missing for one in verdict.statements] == [(), ("[2] does not hold",)]
    assert not verdict.holds
