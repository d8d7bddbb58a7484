"""Counting tokens."""

import subprocess
import sys

from qa.models.tokens import count


def test_counts_are_those_of_the_table() -> None:
    """A budget is counted in the tokens of cl100k_base."""
    assert [count("hello world"), count(""), count("tiktoken is great!")] == [2, 0, 6]


def test_special_tokens_in_a_document_are_plain_text() -> None:
    """A document that spells a special token breaks nothing and is counted as text."""
    assert count("<|endoftext|>") > 1


def test_counting_neither_imports_llamaindex_nor_touches_the_environment() -> None:
    """Counting costs no slow import, opens no connection and leaves no variable behind."""
    program = (
        "import os, sys; from qa.models.tokens import count; count('x');"
        "print('llama_index.core' in sys.modules, 'requests' in sys.modules,"
        " 'TIKTOKEN_CACHE_DIR' in os.environ)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("False False False", 0)
