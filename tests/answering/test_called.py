"""Terms that a contract defines, and codes that no document has."""

import pytest

from qa.answering.called import in_full
from qa.assistant import Assistant
from tests.answering.made import Graded, assistant, notes, opened

LEASE = (
    'Lease between Harlow and Sons Ltd, of Ashford (hereinafter "the Landlord") and Ines Dole'
    " (the “Tenant”).\n\nThe Landlord insures the mill. The Tenant pays 900 a month.\n"
)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        (
            "What does Harlow insure?",
            "The Landlord insures the mill. (Landlord: Harlow and Sons Ltd)",
        ),
        ("What does the landlord of Harlow insure?", "The Landlord insures the mill."),
        ("Who insures the mill?", "The Landlord insures the mill."),
    ],
)
def test_a_defined_term_is_read_with_the_name_that_is_asked_for(question: str, read: str) -> None:
    """Whom "the Landlord" means stands behind it where the question names him and it does not."""
    (found,) = (one for one in in_full(question, None)(opened(LEASE)) if "insures" in one)
    assert found == read


def test_other_parentheses_define_nothing() -> None:
    """A nickname, a quotation and an abbreviation are no terms."""
    text = 'The Harlow mill ("old and slow") is Loom 7 (HM). Harlow said (twice) "The Mill".'
    window = opened(text)
    assert in_full("What is Harlow?", None)(window) == tuple(one.text for one in window.units)


STOCK = {
    "codes.md": "Error E1503 means that the relay drains. ISO 9001 applies. Use --workers 4.\n",
    "TW-200.md": "The relay drains in version 3.4.1 of the list.\n",
}
DRAINS = Graded({"relay drains": 6.0})


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant whose reader takes anything for an answer."""
    return assistant(tmp_path_factory.mktemp("stock"), STOCK, DRAINS)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("What does error E1502 mean?", "E1502"),
        ("What does error E-1503 mean?", None),
        ("Which firm has ISO9001?", None),
        ("Is 3.4.2 out?", "3.4.2"),
        ("Is 3.4.1 out?", None),
        ("What does --parallel do?", "--parallel"),
        ("What does --workers do?", None),
        ("What is told in TW-200?", None),
        ("What was sold in FY2024, in Q3 and at 16MiB?", None),
    ],
)
def test_what_no_document_names_is_not_answered(
    stock: Assistant, question: str, code: str | None
) -> None:
    """A code, a version or an option that stands nowhere is told, and nothing passes for it."""
    answer = stock.ask(question)
    assert answer.answered is (code is None)
    assert (f"No document names “{code}”." in notes(answer)) is (code is not None)
