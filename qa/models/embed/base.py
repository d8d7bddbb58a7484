"""What an embedding is to the stages: texts to unit vectors."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Embeds(Protocol):
    """Anything that turns what documents say into unit vectors."""

    @property
    def name(self) -> str:
        """The model's name, unique to the vectors it makes; remembered by the library."""

    @property
    def one_by_one(self) -> bool:
        """Whether many threads with a text each are how it embeds fastest."""

    def load(self) -> object:
        """Get ready to embed, where that takes long; once."""

    def embed(
        self, texts: Sequence[str], done: Callable[[int], None] = ...
    ) -> "NDArray[np.float32]":
        """Unit row vectors, one a text; ``done(n)`` is called as n more texts are finished."""


class Embedding(Embeds, Protocol):
    """One that embeds questions too."""

    @property
    def spread(self) -> float | None:
        """About the standard deviation of a question's cosines with passages, where known."""

    @property
    def level(self) -> float:
        """About the cosine of a question with passages that have nothing to do with it.

        0 where it is not known.
        """

    def embed_question(self, question: str) -> "NDArray[np.float32]":
        """The unit vector of a question, which some models embed in a way of its own."""
