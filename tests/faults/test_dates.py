"""Killed at any line while a date is set, the dates are those of before or those of after."""

import os
import signal
from datetime import date
from pathlib import Path

from qa.library import days
from qa.library.days import Given
from tests.faults.kill import _child, _ended, _traced

BEFORE = {"a.txt": Given(date(2020, 1, 1), "a" * 64)}
AFTER = BEFORE | {"b.txt": Given(date(2021, 2, 3), None)}


def killed_at(library: Path, line: int) -> int:
    """How a process ends that sets dates and is killed before its ``line``-th line."""

    def work() -> None:
        left = line

        def on_line(_file: str, _line: int) -> None:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

        _traced(on_line, lambda: days.write(library, AFTER))

    return _ended(_child(work))


def test_a_kill_while_dates_are_set(tmp_path: Path) -> None:
    """No date of a user is lost to a kill, and the next one can be set."""
    seen = set()
    for line in range(100):
        days.write(tmp_path, BEFORE)
        status = killed_at(tmp_path, line)
        found = days.read(tmp_path)
        assert found in (BEFORE, AFTER)
        seen.add(found == AFTER)
        if status == 0:
            break
        assert status == -signal.SIGKILL
    else:
        raise AssertionError("it never came to its end")
    assert line > 5
    assert seen == {False, True}
    days.write(tmp_path, AFTER)
    assert days.read(tmp_path) == AFTER
