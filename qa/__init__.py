"""Questions answered from documents, every statement vouched for by the sentences it cites."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.assistant import Assistant as Assistant

__version__ = "0.1.0"

__all__ = ["Assistant", "__version__"]


def __getattr__(name: str) -> object:
    # Lazily, so that ``qa --help`` does not pay for what it does not use.
    if name == "Assistant":
        from qa.assistant import Assistant

        return Assistant
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
