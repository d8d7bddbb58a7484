"""Sentences of eight languages, split by hand before the code was: a line of a file each."""

from pathlib import Path

import pytest

from qa.text.sentences import sentences

HAND = Path(__file__).parent / "split_by_hand"

MISSED = {
    "ja": {"住民は一万二千人です……", "本当ですか？！"},
    "zh": {"共有一万二千名居民……", "真的吗？！"},
}
"""What is not split so: six dots, which also stand inside a sentence."""


@pytest.mark.parametrize("tongue", ["de", "es", "fr", "it", "ja", "nl", "pt", "zh"])
def test_sentences_are_those_of_the_hand(tongue: str) -> None:
    """Abbreviations, ordinals, initials, marks and quotation marks of each language."""
    lines = (HAND / f"{tongue}.txt").read_text(encoding="utf-8").splitlines()
    text = ("" if tongue in ("ja", "zh") else " ").join(lines)
    found = {text[one.start : one.end] for one in sentences(text)}
    assert set(lines) - found == MISSED.get(tongue, set())
