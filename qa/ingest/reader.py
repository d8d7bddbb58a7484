"""Files read in a process of their own: a crash or a hang costs the file that caused it alone.

The process (``qa.ingest.worker``) is started when there is something to read, works ahead
of whoever takes its answers, and is started anew after each file that it did not survive.
A file that fails in a process that has read others before gets a second one for itself, so
that none is blamed for what another left behind.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from qa.errors import DocumentError, QAError
from qa.ingest import frames
from qa.ingest.frames import Ask, SplitDocument
from qa.ingest.worker import OUT_OF_MEMORY, READY, Limits

WORKER = "qa.ingest.worker"
"""The module whose ``main`` reads."""

MEMORY_MB = 2000
"""Memory that a file may take, in megabytes, at the usual ``max_file_mb``."""

SECONDS = 60.0
"""Seconds that a small file may take."""

SECONDS_PER_MB = 6.0
"""Seconds more for each megabyte of a larger one."""

_MEMORY_PER_MB = 40  # bytes for each byte of a file, where larger files are allowed
_SENT = 32_768  # bytes of requests under way: a pipe takes them without waiting
_START = 60.0  # seconds that the process may take to start
_TAIL = 2000  # bytes of what a failed process printed
_KEPT = frozenset("LANG LC_ALL LC_CTYPE LD_LIBRARY_PATH PATH SYSTEMROOT TEMP TMP TMPDIR TZ".split())
_ALONE = {"MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
_CODE = (
    "import sys, json, importlib; sys.path[:] = json.loads(sys.argv[1]);"
    " importlib.import_module(sys.argv[2]).main()"
)


class Reader:
    """Reads files in another process, in the order in which it is asked to.

    ``ask`` returns at once and ``answer`` waits, both for one thread alone; what was asked
    and not yet answered is held in memory.  Files outside ``folder`` may be beyond its reach.
    """

    def __init__(self, folder: Path, max_file_mb: float, worker: str = WORKER) -> None:
        self._folder = folder
        memory = max(MEMORY_MB, int(_MEMORY_PER_MB * max_file_mb))
        self._limits = Limits(int(max_file_mb * 1_000_000), memory, SECONDS, SECONDS_PER_MB)
        self._worker = worker
        self._changed = threading.Condition()  # guards all below
        self._process: _Process | None = None
        self._asked = 0
        self._unsent: deque[Ask] = deque()
        self._sent: deque[Ask] = deque()
        self._answers: dict[int, list[bytes] | str] = {}  # lines, or the reason why there are none

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with self._changed:
            process, self._process = self._process, None
            if process is not None:
                process.end()
        if process is not None:
            process.listener.join()

    def ask(self, path: Path, size: int, sha256: str) -> int:
        """Have a file read; the number is for ``answer``."""
        if self._process is None:
            self._start()
        with self._changed:
            self._asked += 1
            self._unsent.append(Ask(self._asked, path, size, sha256))
            self._send()
            return self._asked

    def answer(self, number: int) -> SplitDocument:
        """What the file that was asked for under ``number`` holds; takes it away.

        Raises DocumentError with the reason where it cannot be read, and QAError where the
        process itself cannot be started.
        """
        with self._changed:
            while number not in self._answers:
                self._wait()
            found = self._answers.pop(number)
        if isinstance(found, str):
            raise DocumentError(found)
        return frames.answered(found)

    def _wait(self) -> None:
        """Wait until something happens, or see to it that it will."""
        process = self._process
        if process is None:
            self._start()
        elif process.ended:
            self._bury(process, process.failure(self._limits, self._head()))
        else:
            left = process.since + self._allowed() - time.monotonic()
            if left > 0:
                self._changed.wait(left)
            elif not process.ready:
                self._bury(process, "it did not start in time")
            else:
                self._bury(process, _too_long(self._allowed()), is_slow=True)

    def _head(self) -> Ask | None:
        return self._sent[0] if self._sent else None

    def _allowed(self) -> float:
        head, process = self._head(), self._process
        if head is None or process is None or not process.ready:
            return _START
        return self._limits.allowed(head.size)

    def _start(self) -> None:
        self._process = process = _Process(self._worker, self._folder, self._limits)
        process.listener = threading.Thread(target=self._listen, args=(process,), daemon=True)
        process.listener.start()

    def _send(self) -> None:
        process = self._process
        if process is None or not process.ready:
            return
        room = _SENT - sum(len(one.encoded()) for one in self._sent)
        while self._unsent and (not self._sent or len(self._unsent[0].encoded()) <= room):
            one = self._unsent.popleft()
            if not self._sent:
                process.since = time.monotonic()
            self._sent.append(one)
            room -= len(one.encoded())
            process.write(one.encoded())

    def _listen(self, process: "_Process") -> None:
        """Take in what the process answers, until it ends or is no longer ours."""
        most = 100_000_000 + 40 * self._limits.max_bytes  # what is longer is no answer
        room, lines = most, []
        while (line := process.output.readline(room)).endswith(b"\n"):
            if process.ready and line != frames.END:
                lines.append(line)
                room -= len(line)
                continue
            with self._changed:
                if self._process is not process:
                    break
                if not process.ready:
                    if line != READY:
                        break
                    process.ready = True
                elif not self._sent:
                    break  # nobody asked
                else:
                    self._answers[self._sent.popleft().number] = lines
                    process.answered += 1
                    room, lines = most, []
                process.since = time.monotonic()
                self._send()
                self._changed.notify()
        process.output.close()
        with self._changed:
            process.ended = True
            self._changed.notify()

    def _bury(self, process: "_Process", reason: str, *, is_slow: bool = False) -> None:
        """Take leave of a process; the file that it was reading is to blame, or read anew."""
        process.end()
        self._process = None
        if not process.ready:
            raise QAError(f"the process that reads documents did not start: {reason}")
        if self._sent and (is_slow or not process.answered):
            self._answers[self._sent.popleft().number] = reason
        self._unsent.extendleft(reversed(self._sent))
        self._sent.clear()


class _Process:
    """One process, from its start to its end."""

    def __init__(self, worker: str, folder: Path, limits: Limits) -> None:
        # The parent's own path and nothing else: not the working folder, not the user's site.
        path = [os.path.abspath(one) for one in sys.path]  # noqa: PTH100 - strings on both sides
        path.append(str(Path(__file__).parents[2]))
        me = str(os.getpid())
        arguments = [json.dumps(path), worker, me, str(folder), json.dumps(limits)]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-X", "utf8", "-c", _CODE, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={n: v for n, v in os.environ.items() if n in _KEPT} | _ALONE,
                # A Ctrl-C in the terminal is for us to act upon.
                process_group=0 if os.name == "posix" else None,
            )
        except OSError as error:
            raise QAError(
                f"the process that reads documents cannot be started: {error.strerror}"
            ) from error
        self.ready = False
        self.ended = False
        self.answered = 0
        self.since = time.monotonic()
        self.listener: threading.Thread  # set by whoever starts the process
        self._said = b""
        self._hearer = threading.Thread(target=self._hear, daemon=True)
        self._hearer.start()

    def _hear(self) -> None:
        """Keep the last of what the process prints."""
        assert self._process.stderr is not None
        with self._process.stderr as printed:
            while more := os.read(printed.fileno(), 65_536):
                self._said = (self._said + more)[-_TAIL:]

    @property
    def output(self) -> IO[bytes]:
        """What the process writes."""
        assert self._process.stdout is not None
        return self._process.stdout

    def write(self, line: bytes) -> None:
        """Send a request; a process that has ended is found out by whoever listens."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def end(self) -> None:
        """Kill the process; its output is closed by whoever listens to it."""
        self._process.kill()
        self._process.wait()
        self._hearer.join(1.0)
        assert self._process.stdin is not None
        with suppress(OSError):  # a request that was never read
            self._process.stdin.close()

    def failure(self, limits: Limits, ask: Ask | None) -> str:
        """Why a process that wrote no more has ended, as the reason of its file."""
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "its reader's answer cannot be understood"
        self._hearer.join(1.0)
        said = self._said.decode("utf-8", "replace")
        if status == -getattr(signal, "SIGXCPU", 0):
            return _too_long(limits.allowed(ask.size if ask else 0))
        memory = ("memory allocation", "bad_alloc", "out of memory", "MemoryError")
        if status == OUT_OF_MEMORY or any(one in said for one in memory):
            return f"reading it needs more than {limits.memory_mb} MB of memory"
        last = (said.strip().splitlines() or [""])[-1][:200]
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return f"its reader crashed ({how}{': ' + last if last else ''})"


def _too_long(seconds: float) -> str:
    return f"reading it took more than {seconds:.0f} s"
