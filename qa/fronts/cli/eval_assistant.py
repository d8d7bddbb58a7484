"""The assistant that is evaluated: it shows its model, and can record what that says."""

from pathlib import Path
from typing import TYPE_CHECKING, Self

from qa.assistant import Assistant
from qa.errors import UsageError

if TYPE_CHECKING:
    from qa.answering.bar import Bar
    from qa.models.chat.base import LLM


class Evaluated(Assistant):
    """An assistant that shows its model, and can record what that says."""

    _record: Path | None = None
    _recorder: "LLM | None" = None

    def recording(self, record: Path | None) -> Self:
        """Itself, which adds every whole reply of its model to ``record`` from now on.

        Raises UsageError where there is a recording to make and no model to record.
        """
        if record is not None and self.engine == "extractive":
            raise UsageError("--record keeps what a model says; name the model: --model NAME")
        self._record = record
        return self

    @property
    def llm(self) -> "LLM":
        """The model in force."""
        return self._llm()

    def _llm(self) -> "LLM":
        if self._record is None:
            return super()._llm()
        if self._recorder is None:
            from qa.models.chat.replay import Recorder

            self._recorder = Recorder(super()._llm(), self._record)
        return self._recorder


class Unrefusing(Assistant):
    """An assistant that lets every confidence through, to see what each question has."""

    def bar(self) -> "Bar":
        """None at all, whatever is calibrated."""
        from qa.answering.bar import Bar

        return Bar(0.0, 0.0, "everything is shown")
