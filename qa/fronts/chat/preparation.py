"""Library and models loaded behind the prompt, so that the first question finds them ready."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from qa.assistant import Assistant
from qa.errors import QAError
from qa.fronts.freshness import progress_bar

if TYPE_CHECKING:
    from qa.ingest.sync import Progress, Report


class _Stopped(QAError):
    """The reader would not wait any longer."""


class Preparation:
    """One background run of ``sync``, and the loading of what answers.

    ``report`` is what the sync did: None before its end, and where it failed.  Its errors
    are not kept: whoever asks a question syncs again, and meets them there.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        # No daemon: the interpreter must not end while a model is loaded or a library written.
        self._thread = threading.Thread(target=self._run)
        # Not Thread.join: until Python 3.12 a thread that Ctrl-C interrupts the join of counts
        # as ended while it runs.
        self._done = threading.Event()
        self._stop = False
        self.changed: Callable[[], None] = lambda: None
        self.progress: Progress | None = None
        self.report: Report | None = None

    def start(self) -> None:
        """Begin, if it has not begun yet."""
        if self._thread.ident is None:
            self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether something is still being loaded or read."""
        return self._thread.ident is not None and not self._done.is_set()

    def wait(self) -> None:
        """Wait for what is left, with a bar where it takes a while; Ctrl-C stops the reading.

        What was read by then stays read, and the next sync goes on from there.
        """
        self.start()
        try:
            with progress_bar() as show:
                while self.is_running:
                    self._done.wait(0.05)
                    if self.progress is not None:
                        show(self.progress)
        except KeyboardInterrupt:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop at the next batch of passages."""
        self._stop = True
        if self.is_running:
            self._done.wait()

    def percent(self) -> int | None:
        """How much of the changed files is read, 0 to 100; None where it is not known."""
        if self.progress is None or not self.progress.total:
            return None
        return 100 * self.progress.done // self.progress.total

    def _run(self) -> None:
        self._assistant.warm()
        try:
            if not self._assistant.settings.is_shared:
                self.report = self._assistant.sync(purpose="qa chat", progress=self._tick)
            import qa.answering.pipeline  # noqa: F401 - loaded now, not by the first question

            with self._assistant.library.reading():
                pass  # its index stays in memory
        except QAError:
            pass
        finally:
            self._done.set()
            self.changed()

    def _tick(self, progress: "Progress") -> None:
        if self._stop:
            raise _Stopped("stopped")
        before, self.progress = self.percent(), progress
        if self.percent() != before:
            self.changed()
            time.sleep(0)  # let the prompt have its turn
