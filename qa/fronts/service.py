"""One assistant for many who ask at once: a turn for each, the library kept fresh, a clean end.

Servers (``fronts.http``, ``fronts.mcp``) stand on it.  Questions wait in the order in which they
came, a few are answered at a time, each in a thread; what is answered comes as events to the
caller's loop, so that a slow reader holds up nobody.
"""

import asyncio
import queue
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from qa.assistant import Assistant
from qa.data import Answer, Document, Hit, LeftOut, Note, Source, Statement
from qa.errors import LibraryBusy, QAError
from qa.fronts.freshness import report_text

if TYPE_CHECKING:
    from qa.ingest.sync import Progress, Report

Event = Note | Statement | LeftOut | Answer

AT_ONCE = 4
"""Questions answered at the same time; more only share the cores, and a model's patience."""
WAITING = 200
"""Questions that may wait for their turn."""
SECONDS = 300.0
"""How long one question may take, its waiting included."""
GRACE = 8.0
"""Seconds that open answers have when the server ends."""
PATIENCE = 5.0
"""Seconds that a question waits for the library to be brought up to date."""


class ServiceError(QAError):
    """A question that could not be taken, or not to its end; asking again later may work."""


class Overloaded(ServiceError):
    """Too many questions wait already."""


class Cut(ServiceError):
    """An answer was cut off: the time is over, or the server ends."""


class Upkeep:
    """Keeps a library up to date: one sync at a time, for all who ask, in a thread of its own.

    ``progress`` is how far the sync under way is, ``report`` what the last one that changed
    something did, ``error`` why the last one failed; ``generation`` changes with the library.
    """

    def __init__(
        self, assistant: Assistant, patience: float = PATIENCE, purpose: str = "qa serve"
    ) -> None:
        self._assistant = assistant
        self._patience = patience
        self._purpose = purpose
        self._changed = threading.Condition()
        self._wanted = self._done = 0
        self._thread: threading.Thread | None = None
        self._stop = False
        self._is_first = not assistant.settings.is_shared and not assistant.library.exists()
        self.progress: Progress | None = None
        self.report: Report | None = None
        self.error: QAError | None = None
        self.generation = 0

    @property
    def percent(self) -> int | None:
        """How much of the files that changed is read; None where nothing is being read."""
        progress = self.progress
        if progress is None or not progress.total:
            return None
        return 100 * progress.done // progress.total

    def begin(self) -> int:
        """Have the folder looked at from now on; returns what to ``wait`` for."""
        if self._assistant.settings.is_shared:  # whoever fills it need not be here
            return 0
        with self._changed:
            self._wanted = self._done + (2 if self._thread is not None else 1)
            if self._thread is None and not self._stop:
                # No daemon: the interpreter must not end while a library is written.
                self._thread = threading.Thread(target=self._run, name="upkeep")
                self._thread.start()
            return self._wanted

    def wait(self, ticket: int, given_up: Callable[[], bool]) -> bool:
        """Wait for what ``begin`` promised; tell whether the library is up to date.

        Where there is nothing to answer from yet, for as long as it takes or until
        ``given_up``; else for its patience.  Raises what the sync raised; a library that another
        process writes is answered from as it stands.
        """
        until = time.monotonic() + self._patience
        with self._changed:
            while self._done < ticket and not given_up():
                if self._is_first:  # its patience begins when there is something to answer from
                    until = time.monotonic() + self._patience
                elif time.monotonic() >= until:
                    return False
                self._changed.wait(0.1)
            if self.error is not None:
                if isinstance(self.error, LibraryBusy) and self._assistant.library.exists():
                    return False
                raise self.error
        return self._done >= ticket

    def close(self) -> None:
        """Stop at the next batch of passages, and wait for that."""
        with self._changed:
            self._stop = True
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._done >= self._wanted or self._stop:
                    self._thread = None
                    return
            report: Report | None = None
            error: QAError | None = None
            try:
                report = self._assistant.sync(purpose=self._purpose, progress=self._tick)
            except QAError as raised:
                error = raised
            except Exception as raised:  # who waits for it must be told, whatever it is
                error = QAError(f"unforeseen {type(raised).__name__}: {raised}")
            with self._changed:
                self._done += 1
                self._is_first = self._is_first and error is not None
                self.progress, self.error = None, error
                if report is not None and (
                    report.added or report.changed or report.deleted or report.refused
                ):
                    self.report = report
                    self.generation += 1
                self._changed.notify_all()

    def _tick(self, progress: "Progress") -> None:
        if self._stop:
            raise Cut("the server ends")
        self.progress = progress

    @property
    def told(self) -> str | None:
        """What the last sync that changed something did, in words."""
        return report_text(self.report) if self.report is not None else None


class _Job:
    """Something done in a thread for a task of the loop, which takes its events as they come."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._events: asyncio.Queue[Any] = asyncio.Queue()
        self.is_over = False

    def put(self, event: Any) -> None:
        """Give an event, an exception or the end (None) to the task; from any thread."""
        try:
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)
        except RuntimeError:
            self.is_over = True  # the loop is closed: nobody listens any more

    async def get(self) -> Any:
        """The next event; raises what was given as an exception."""
        event = await self._events.get()
        if isinstance(event, BaseException):
            raise event
        return event

    def cut(self, why: QAError) -> None:
        """End it: its task is told ``why``, its thread stops at the model's next word."""
        self.put(why)
        self.is_over = True


class Service:
    """One assistant for many askers.  ``start`` and ``close`` it; the rest is for the loop."""

    def __init__(
        self,
        assistant: Assistant,
        *,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        seconds: float = SECONDS,
        patience: float = PATIENCE,
        purpose: str = "qa serve",
    ) -> None:
        self.assistant = assistant
        self.upkeep = Upkeep(assistant, patience, purpose)
        self.is_ending = False
        self._most = at_once + waiting
        self._seconds = seconds
        self._open: set[_Job] = set()
        self._turns: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        # Daemons: a model that does not answer must not keep the process from ending.
        self._threads = [
            threading.Thread(target=self._work, name=f"answering-{one}", daemon=True)
            for one in range(at_once)
        ]

    def start(self) -> None:
        """Load the models and look at the folder, in the background."""
        self.assistant.warm()
        self.upkeep.begin()
        for thread in self._threads:
            thread.start()

    def end(self, grace: float = GRACE) -> None:
        """Take no more questions; cut after ``grace`` seconds those still open."""
        self.is_ending = True
        loop = asyncio.get_running_loop()

        def cut() -> None:
            for job in tuple(self._open):
                job.cut(Cut("the server ends; ask again when it runs"))

        loop.call_later(grace, cut)

    def close(self) -> None:
        """Let the threads end, and wait for the library's."""
        self.is_ending = True
        for job in tuple(self._open):
            job.is_over = True
        for _ in self._threads:
            self._turns.put(None)
        self.upkeep.close()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(2.0)

    def stream(self, question: str, history: Sequence[Answer] = ()) -> AsyncGenerator[Event, None]:
        """Answer as ``Assistant.stream`` does, when its turn has come, from the folder as it is.

        Where reading the folder takes long, it is answered from what was read before, and a
        note on the answer says so.  Closing the iterator stops the answer.  Raises UsageError
        at once for what can be no question and Overloaded where too many wait; while it is
        iterated, Cut where it takes too long or the server ends, and what ``Assistant.stream``
        raises.
        """
        self.assistant.check(question)

        def answer(job: _Job) -> None:
            is_fresh = self.upkeep.wait(self.upkeep.begin(), lambda: job.is_over)
            stream = self.assistant.stream(question, history, stopped=lambda: job.is_over)
            with closing(cast("Generator[Event, None, None]", stream)) as events:
                while not job.is_over and (event := next(events, None)) is not None:
                    if isinstance(event, Answer) and not is_fresh:
                        event = replace(event, notes=(*event.notes, Note("unfinished")))
                    job.put(event)

        return self._events(self._job(), answer)

    async def ask(self, question: str, history: Sequence[Answer] = ()) -> Answer:
        """The answer of ``stream``."""
        async with aclosing(self.stream(question, history)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise AssertionError("a stream ends with its answer")

    async def search(self, question: str, limit: int) -> tuple[Hit, ...]:
        """What ``Assistant.search`` finds, when its turn has come; raises what ``ask`` does."""
        self.assistant.check(question)

        def find(job: _Job) -> None:
            self.upkeep.wait(self.upkeep.begin(), lambda: job.is_over)
            job.put(self.assistant.search(question, limit))

        async with aclosing(self._events(self._job(), find)) as events:
            async for hits in events:
                return cast("tuple[Hit, ...]", hits)
        raise AssertionError("a search finds hits, or none of them")

    async def sources(self) -> tuple[Source, ...]:
        """The files that the library knows; none before anything was read."""

        def known() -> tuple[Source, ...]:
            return self.assistant.sources() if self.assistant.library.exists() else ()

        return await asyncio.to_thread(known)

    async def document(self, path: str) -> Document:
        """The document of a source; raises what ``Assistant.document`` raises."""
        return await asyncio.to_thread(self.assistant.document, path)

    def _job(self) -> _Job:
        if self.is_ending:
            raise Cut("the server ends; ask again when it runs")
        if len(self._open) >= self._most:
            raise Overloaded(f"{len(self._open)} questions wait already; ask again in a moment")
        return _Job(asyncio.get_running_loop())

    async def _events(self, job: _Job, run: Callable[[_Job], None]) -> AsyncGenerator[Any, None]:
        def turn() -> None:
            if job.is_over:
                return
            try:
                run(job)
            except Exception as error:  # whatever it is, its task is told
                job.put(error)
            else:
                job.put(None)

        late = Cut(f"there was no answer within {self._seconds:.0f} seconds; ask again later")
        timer = asyncio.get_running_loop().call_later(self._seconds, job.cut, late)
        self._open.add(job)
        self._turns.put(turn)
        try:
            while (event := await job.get()) is not None:
                yield event
        finally:
            job.is_over = True
            timer.cancel()
            self._open.discard(job)

    def _work(self) -> None:
        while (turn := self._turns.get()) is not None:
            turn()
