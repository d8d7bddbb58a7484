"""The line on which questions are typed; the only file that uses prompt_toolkit."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, has_focus
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.styles import Style

from qa.errors import QAError
from qa.fronts.chat import saved
from qa.fronts.chat.commands import COMMANDS
from qa.fronts.chat.conversation import Conversation
from qa.fronts.lines import safe

PROMPT = "> "


def session(conversation: Conversation) -> "PromptSession[str]":
    """The prompt of a conversation: what it says below the line, remembers and completes.

    Once it stands on the screen, the library and the models are loaded behind it.
    """
    buffer_is_command = Condition(lambda: prompt.default_buffer.text.startswith("/"))
    prompt: PromptSession[str] = PromptSession(
        PROMPT,
        multiline=True,
        prompt_continuation="  ",
        key_bindings=_keys(),
        history=History(conversation.assistant.settings.library_path / "history"),
        completer=Completions(conversation),
        complete_in_thread=True,
        complete_while_typing=buffer_is_command,
        bottom_toolbar=lambda: _below(conversation),
        style=Style.from_dict({"bottom-toolbar": "noreverse", "bottom-toolbar.text": "fg:default"}),
        color_depth=None,
    )
    conversation.preparation.changed = prompt.app.invalidate

    def start(_app: Any) -> None:
        conversation.preparation.start()

    prompt.app.after_render += start
    return prompt


def _keys() -> KeyBindings:
    """Enter sends; Alt-Enter begins a new line; a paste is text, whatever it contains."""
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)

    @keys.add("enter", filter=typing)
    @keys.add("c-j", filter=typing)  # what some programs send for Enter
    def _send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter", filter=typing)
    def _new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys


def _below(conversation: Conversation) -> str:
    preparation = conversation.preparation
    if preparation.is_running and preparation.report is None:
        percent = preparation.percent()
        if percent is not None:
            return f"reading the documents: {percent} %"
        return "loading ..."
    engine = safe(conversation.assistant.engine)
    return f"{engine} · /help"


class History(FileHistory):
    """What was typed, across conversations; kept in memory until the library's folder is there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: list[str] = []
        super().__init__(str(path))

    def load_history_strings(self) -> Iterable[str]:
        """What was typed before, the newest first."""
        try:
            return list(super().load_history_strings())
        except OSError:
            return []

    def store_string(self, string: str) -> None:
        """Remember one line."""
        self._waiting.append(string)
        if not self._path.parent.is_dir():
            return
        try:
            self._path.touch(mode=0o600)
            for one in self._waiting:
                super().store_string(one)
        except OSError:
            return  # a library that cannot be written still answers
        self._waiting.clear()


class Completions(Completer):
    """Commands and what follows them; and, on Tab, the names of documents."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterator[Completion]:
        """What could stand at the cursor."""
        before = document.text_before_cursor
        word = before.split(" ")[-1].split("\n")[-1]
        command, blank, _ = before.partition(" ")
        if before.startswith("/") and not blank:
            for name, one in COMMANDS.items():
                if name.startswith(before[1:]):
                    yield Completion(f"/{name}", -len(before), display_meta=one.help)
        elif event.completion_requested:
            for text in self._arguments(command if before.startswith("/") else ""):
                if word.casefold() in text.casefold():
                    yield Completion(text, -len(word))

    def _arguments(self, command: str) -> Iterator[str]:
        arguments: dict[str, Callable[[], Iterable[str]]] = {
            "/open": self._markers,
            "/engine": lambda: ("auto", "extractive", "llm"),
            "/resume": lambda: [one.stem for one in saved.kept(self._conversation.folder)],
        }
        yield from arguments.get(command, self._documents)()

    def _markers(self) -> list[str]:
        answers = self._conversation.answers
        shown = (answers[-1].citations or answers[-1].nearest) if answers else ()
        return [str(citation.marker) for citation in shown]

    def _documents(self) -> list[str]:
        try:
            paths = [source.path for source in self._conversation.assistant.sources()]
        except QAError:
            return []  # no library yet
        # A name that would steer the terminal is not offered: it could not be shown as it is.
        return [path for path in paths if safe(path) == path]
