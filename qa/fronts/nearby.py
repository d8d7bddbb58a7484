"""Who refuses while a model server runs on the machine says so, once for a library."""

import sys
from contextlib import suppress

from qa.assistant import Assistant
from qa.data import Answer
from qa.fronts.screen import say

_TOLD = "model-server-told"


def tell_of_servers(assistant: Assistant, answer: Answer) -> None:
    """Where a person reads: that what was not found might be answered by a model that runs here.

    Nothing is sent to a server: its port is tried, and no more.
    """
    settings = assistant.settings
    if answer.answered or settings.offline or answer.engine != "extractive":
        return
    told = settings.library_path / _TOLD
    if not sys.stderr.isatty() or not told.parent.is_dir() or told.exists():
        return
    from qa.models.chat.nearby import listening

    if programs := listening():
        say(
            f"a model server seems to run here ({programs[0]}'s port); qa doctor says how to use it"
        )
        with suppress(OSError):
            told.touch()
