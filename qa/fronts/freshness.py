"""The library brought up to date before an answer, with a bar where that takes a while."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from qa.errors import LibraryBusy
from qa.fronts.screen import say

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.ingest.sync import Progress, Report

_TOLD = 5  # unreadable files that are named one by one


def bring_up_to_date(assistant: "Assistant", purpose: str = "qa ask") -> None:
    """Sync before an answer; where another process is at it, say so and answer from what is.

    A library of many machines is left as it is: who asks need not have the documents.
    """
    if assistant.settings.is_shared:
        return
    try:
        with progress_bar() as progress:
            report = assistant.sync(purpose=purpose, progress=progress)
    except LibraryBusy as error:
        say_busy(assistant, error)
    else:
        say_news(report)


def say_busy(assistant: "Assistant", error: LibraryBusy) -> None:
    """Say that another process writes; raise ``error`` where there is nothing to answer from."""
    if not assistant.library.exists():
        raise error
    say(f"{error}; answering from the library as it stands")


def say_news(report: "Report") -> None:
    """Say what a sync changed; nothing where nothing did."""
    if not (report.added or report.changed or report.deleted or report.refused):
        return
    say(report_text(report))
    refused = set(report.refused)
    say_skipped([one for one in report.skipped if one[0] in refused])


def say_skipped(skipped: "list[tuple[str, str]]", most: int = _TOLD) -> None:
    """Name the files that could not be read, at most ``most`` of them."""
    for path, reason in skipped[:most]:
        say(f"skipped {path}: {reason}")
    if len(skipped) > most:
        say(f"... and {len(skipped) - most} more; qa sources lists them")


def report_text(report: "Report") -> str:
    """What a sync did, in one line."""
    counts = (
        (len(report.added), "added"),
        (len(report.changed), "changed"),
        (len(report.deleted), "deleted"),
        (report.unchanged, "unchanged"),
        (len(report.skipped), "skipped (qa sources says why)"),
    )
    files = ", ".join(f"{count} {what}" for count, what in counts if count) or "no files"
    return f"library: {files}; {report.embedded} passages embedded in {report.seconds:.1f} s"


@contextmanager
def progress_bar() -> "Iterator[Callable[[Progress], None]]":
    """A bar on the terminal's error stream, once it is plain that this takes a while."""
    if not sys.stderr.isatty():
        yield lambda _progress: None
        return
    began = time.monotonic()
    bars: list[Any] = []

    def show(progress: "Progress") -> None:
        if not bars:
            if time.monotonic() - began < 0.5:
                return
            bars.append(_bar())  # known before it starts: it is stopped whenever Ctrl-C comes
            bars[0].start()
        bars[0].update(bars[0].task_ids[0], completed=progress.done, total=progress.total)

    try:
        yield show
    finally:
        if bars:
            bars[0].stop()


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("reading the documents"),
        BarColumn(bar_width=20),  # room for the ^C of a terminal that shows it
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    bar.add_task("", total=None)
    return bar
