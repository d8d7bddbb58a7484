"""The prompt files."""

import hashlib

import pytest

from qa.errors import PromptError
from qa.settings.prompts import Prompt, digest, load


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        ("answer.system", {"refusal"}),
        ("answer.user", {"conversation", "sources", "question", "searching", "refusal"}),
        ("followup", {"conversation", "question"}),
        ("judge", {"sources", "question", "statement"}),
    ],
)
def test_every_prompt_fills_with_its_variables(name: str, variables: set[str]) -> None:
    """Each file takes exactly the variables that the code gives it, and all of them appear."""
    filled = load(name).fill(**{one: f"<{one}!>" for one in variables})
    assert {one for one in variables if f"<{one}!>" in filled} == variables


def test_a_missing_variable_is_an_error() -> None:
    """A prompt file that names something nobody gives fails before any model is called."""
    with pytest.raises(PromptError, match=r"'x' uses '\$b', which nothing gives"):
        Prompt("x", "$a $b", "").fill(a="1")


def test_a_variable_left_out_of_the_file_is_an_error() -> None:
    """A prompt file that forgot the sources cannot be sent without them."""
    with pytest.raises(PromptError, match=r"does not use '\$sources'"):
        Prompt("x", "$a", "").fill(a="1", sources="2")


def test_values_are_not_read_as_templates() -> None:
    """A dollar sign in a document or a question stays one."""
    assert Prompt("x", "$a costs $$5", "").fill(a="$b $$") == "$b $$ costs $5"


def test_an_unknown_prompt_is_named() -> None:
    """A wrong name says which file was expected."""
    with pytest.raises(PromptError, match=r"no prompt 'nope': expected the file '.*nope\.md'"):
        load("nope")


def test_the_hash_is_of_the_text() -> None:
    """Editing a prompt changes the hash in the answers it makes."""
    prompt = load("answer.system")
    assert prompt.hash == hashlib.sha256(prompt.template.encode()).hexdigest()[:12]
    assert digest("ab", "c") != digest("a", "bc")
