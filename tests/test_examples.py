"""The examples in docstrings."""

import doctest
import importlib
import pkgutil

import pytest

import qa

# What these import comes with an extra.
EXTRAS = ("qa.library.shared.milvus", "qa.models.embed.multilingual", "qa.models.chat.local")
MODULES = sorted(
    one.name
    for one in pkgutil.walk_packages(qa.__path__, "qa.")
    if not one.name.startswith(EXTRAS) and one.name != "qa.__main__"
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_hold(name: str) -> None:
    """Every example in the docstrings of the package gives what it says."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0
