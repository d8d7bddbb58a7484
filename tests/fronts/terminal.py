"""A real pseudo-terminal with ``qa`` in it: type, read the screen, resize."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from tests.fronts import told as fake
from tests.fronts.told import Told

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds; a slow machine is no failure
CTRL_C, CTRL_D, CTRL_R, ENTER = "\x03", "\x04", "\x12", "\r"


def _is_prompting(shown: str) -> bool:
    """Whether an empty prompt stands below everything else, but for the screen's last line."""
    return re.search(r"\n>(\n+[^\n]*)?$", shown) is not None


class Terminal:
    """``qa`` with ``arguments`` in a terminal of ``columns`` by ``rows``; leave to end it.

    ``raw`` is everything that was sent to the terminal.  With ``told`` the reader finds these
    texts for these questions, and no other.
    """

    def __init__(
        self,
        *arguments: str,
        cwd: Path,
        columns: int = 80,
        rows: int = 30,
        told: Told | None = None,
        **environment: str,
    ) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI_"))}
        for name in ("NO_COLOR", "PAGER", "LESS", "COLUMNS", "LINES", "VTE_VERSION"):
            clean.pop(name, None)
        clean |= {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"} | environment
        program = ("-m", "qa") if told is None else fake.PROGRAM
        clean |= fake.environment(told or {})
        self.began = time.perf_counter()
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(cwd)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background ignores it
            command = [sys.executable, *program, *arguments]
            os.execvpe(command[0], command, clean)
        self.raw = ""
        self.status: int | None = None
        self._screen = pyte.HistoryScreen(columns, rows, history=2000)
        self._stream = pyte.ByteStream(self._screen)
        self.resize(columns, rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.status is None:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._fd)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size, as a user does who drags its corner."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)

    def type(self, text: str) -> None:
        """Send keys."""
        os.write(self._fd, text.encode())

    def ask(self, line: str, until: str) -> str:
        """Type a line and Enter; the screen once ``until`` stands on it with a prompt below."""
        self.read(_is_prompting)
        self.type(line + ENTER)
        typed = f"> {line}"[: self._screen.columns]

        def is_done(shown: str) -> bool:
            _, found, said = shown.rpartition(typed)
            return bool(found) and until in said and _is_prompting(said)

        return self.read(is_done)

    def until(self, text: str) -> str:
        """The screen once ``text`` stands on it."""
        return self.read(lambda shown: text in shown)

    def read(self, done: Callable[[str], bool]) -> str:
        """The screen once ``done`` says so of it."""
        deadline = time.monotonic() + PATIENCE
        while not done(self.screen):
            if not self._receive(deadline):
                raise AssertionError(f"never came; the screen was:\n{self.screen}")
        return self.screen

    @property
    def screen(self) -> str:
        """What is to be seen, with what has scrolled away above it."""
        above = [self._row(row) for row in self._screen.history.top]
        return "\n".join([*above, *(line.rstrip() for line in self._screen.display)]).rstrip()

    def _row(self, row: dict[int, pyte.screens.Char]) -> str:
        return "".join(row[i].data for i in range(self._screen.columns)).rstrip()

    def leave(self) -> int:
        """Wait for the program to end by itself; its exit status."""
        deadline = time.monotonic() + PATIENCE
        while self._receive(deadline):
            pass
        self.status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self.status

    def _receive(self, deadline: float) -> bool:
        """Take what the program sent next; False at its end, or when patience is used up."""
        ready, _, _ = select.select([self._fd], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # how Linux says that nobody writes any more
            return False
        self.raw += data.decode(errors="replace")
        self._stream.feed(data)
        if b"\x1b[6n" in data:  # where is the cursor?
            self.type(f"\x1b[{self._screen.cursor.y + 1};{self._screen.cursor.x + 1}R")
        return bool(data)
