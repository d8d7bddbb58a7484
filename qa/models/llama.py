"""Classes of LlamaIndex's integrations by name: ``PACKAGE:CLASS``."""

import importlib
import inspect
from collections.abc import Mapping
from typing import Any

from qa.errors import ConfigError

PREFIX = "llama:"
"""What begins the name of a model that a class of LlamaIndex reaches: ``llama:PACKAGE:CLASS``."""


def find(named: str, base: str, *, option: str) -> type[Any]:
    """The class that ``PACKAGE:CLASS`` names, a subclass of the one that ``base`` names so.

    ``option`` is how the user named it.  Raises ConfigError where there is none, with the
    command that installs its package.
    """
    package, _, name = named.partition(":")
    if not package or not name.isidentifier():
        raise ConfigError(
            f"{option} {named!r}: PACKAGE:CLASS is expected, as in"
            " llama_index.llms.anthropic:Anthropic"
        )
    try:
        module = importlib.import_module(package)
    except ImportError as error:
        distribution = "-".join(package.split(".")[:3]).replace("_", "-")
        raise ConfigError(
            f"{option} {named!r}: {package!r} cannot be imported ({error});"
            f" install it: pip install {distribution}"
        ) from error
    found, expected = getattr(module, name, None), _attribute(base)
    if not (inspect.isclass(found) and issubclass(found, expected)):
        raise ConfigError(
            f"{option} {named!r}: {package!r} has no {expected.__name__} of the name {name!r}"
        )
    return found


def _attribute(base: str) -> type[Any]:
    package, _, name = base.partition(":")
    attribute: type[Any] = getattr(importlib.import_module(package), name)
    return attribute


def make(kind: type[Any], named: str, arguments: Mapping[str, Any]) -> Any:
    """One of ``kind``, made with ``arguments``.

    Raises ConfigError where it will not be made: the classes say by their own exceptions what
    they lack, a key mostly.
    """
    try:
        return kind(**arguments)
    except Exception as error:
        said = " ".join(str(error).split())[:300]
        raise ConfigError(
            f"{named!r} cannot be made with {sorted(arguments)}"
            f" ({type(error).__name__}: {said}); it takes its key from its own variable"
        ) from error


def fields(kind: type[Any]) -> frozenset[str]:
    """The names of the arguments that a pydantic class of LlamaIndex, or another, takes."""
    found = getattr(kind, "model_fields", None)
    if found is not None:
        aliases = {field.alias for field in found.values() if field.alias}
        return frozenset({*found, *aliases, *inspect.signature(kind.__init__).parameters})
    return frozenset(inspect.signature(kind.__init__).parameters)
