"""The conversation: read a line, answer it, and again, until the reader leaves."""

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from qa import __version__
from qa.assistant import Assistant
from qa.errors import ModelError, QAError, UsageError
from qa.fronts.chat.conversation import Conversation
from qa.fronts.lines import BLANK
from qa.fronts.screen import Screen, say


def converse(assistant: Assistant, as_of: date | None = None, today: date | None = None) -> None:
    """Hold a conversation on standard input and output, to the end of the input.

    ``as_of`` and ``today`` are those of ``Assistant.ask``.  Raises ConfigError where
    the LLM is asked for and no model is named.
    """
    conversation = Conversation(assistant, Screen(), as_of, today)
    if sys.stdin.isatty():
        _greet(assistant)
    read = _reader(conversation)
    try:
        while not conversation.is_over:
            try:
                line = read()
            except KeyboardInterrupt:
                say("Ctrl-D or /quit leaves")
                continue
            except EOFError:
                break
            if sys.stdin.isatty() and line.strip():
                conversation.screen.print([BLANK])
            _answer(conversation, line)
            if sys.stdin.isatty() and line.strip():
                conversation.screen.print([BLANK])
    finally:
        conversation.preparation.stop()


def _answer(conversation: Conversation, line: str) -> None:
    """Do what a line says; whatever fails is told, and the conversation goes on."""
    from qa.fronts.chat import commands

    try:
        if line.strip() in ("exit", "quit"):
            conversation.is_over = True
        elif line.startswith("/"):
            commands.run(conversation, line.rstrip())
        elif line.strip():
            conversation.ask(line.strip())
    except KeyboardInterrupt:
        say("stopped")
    except ModelError as error:
        say(f"{error} (/engine extractive answers without the model)")
    except QAError as error:
        say(str(error))
    except BrokenPipeError:
        raise
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        say(f"unforeseen {type(error).__name__}: {error} (python -X dev -m qa shows where)")


def _reader(conversation: Conversation) -> Callable[[], str]:
    """What reads the next line: EOFError at the end, KeyboardInterrupt for Ctrl-C."""
    if not sys.stdin.isatty():
        return _piped
    if os.environ.get("TERM", "dumb") == "dumb" or not sys.stdout.isatty():
        conversation.preparation.start()
        return lambda: input("> ")
    from qa.fronts.chat.prompt import session

    return session(conversation).prompt


def _piped() -> str:
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not {error.encoding} text: {error.reason}") from error
    if not line:
        raise EOFError
    return line.rstrip("\n")


def _greet(assistant: Assistant) -> None:
    """Say what answers from where, and what is to be done first where that is nothing yet."""
    documents = assistant.settings.documents
    say(f"qa {__version__}: answers from {str(documents)!r} by {_engine(assistant)}; /help")
    if not documents.is_dir():
        say(
            f"There is no folder {str(documents)!r} yet: make it and copy documents into it,"
            " or leave (Ctrl-D) and name another: qa --documents DIR"
        )
    elif _is_empty(documents):
        say(f"{str(documents)!r} is empty: copy documents into it; no restart is needed.")
    elif not assistant.settings.library_path.is_dir():
        say(
            "The documents are read for the first time; ask meanwhile."
            " Ctrl-C stops the reading, and the next question goes on with it."
        )


def _engine(assistant: Assistant) -> str:
    if assistant.engine == "extractive":
        return "quoting them (no model)"
    return assistant.engine


def _is_empty(folder: Path) -> bool:
    try:
        return next(folder.iterdir(), None) is None
    except OSError:
        return False  # the sync says what is wrong with it
