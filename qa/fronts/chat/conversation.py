"""A conversation: the answers so far, and what a question does to them."""

import os
import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

from qa.assistant import Assistant
from qa.data import Answer, Citation, LeftOut, Note, Statement
from qa.errors import UsageError
from qa.fronts import render
from qa.fronts.chat import saved
from qa.fronts.chat.preparation import Preparation
from qa.fronts.freshness import bring_up_to_date, say_news
from qa.fronts.lines import safe
from qa.fronts.nearby import tell_of_servers
from qa.fronts.screen import Screen, has_links


class Conversation:
    """What was asked and answered, and the assistant that answers next.

    Each answer is kept in the library's folder, for /resume.  ``answered_by`` is the assistant
    that gave the last one.  ``as_of`` and ``today`` are
    those of ``Assistant.ask``.
    """

    def __init__(
        self,
        assistant: Assistant,
        screen: Screen,
        as_of: date | None = None,
        today: date | None = None,
    ) -> None:
        self.assistant = assistant
        self.answered_by = assistant
        self.screen = screen
        self.as_of = as_of
        self.today = today
        self.preparation = Preparation(assistant)
        self.answers: list[Answer] = []
        self.is_over = False
        self.name = _fresh_name()
        links = screen.is_rich and has_links(os.environ)
        self._linked = assistant.settings.documents if links else None
        self._told_news = False

    @property
    def folder(self) -> Path:
        """Where the conversations of this library are kept."""
        return self.assistant.settings.library_path / "conversations"

    def freshen(self) -> None:
        """Bring the library up to date, after whatever is still being loaded."""
        self.preparation.wait()
        if self.preparation.report is not None and not self._told_news:
            say_news(self.preparation.report)
        self._told_news = True
        bring_up_to_date(self.assistant, purpose="qa chat")

    def ask(self, question: str, assistant: Assistant | None = None) -> Answer:
        """Answer ``question``, each statement printed as it comes, and keep the answer.

        ``assistant`` answers this once, in place of the conversation's own.  An answer that
        is interrupted is stopped, and no part of the conversation.
        """
        assistant = assistant or self.assistant
        assistant.check(question)
        began = time.perf_counter()
        self.freshen()
        synced = ("sync", time.perf_counter() - began)
        answer = self._stream(assistant, question)
        answer = replace(answer, seconds=(synced, *answer.seconds))
        self.answers.append(answer)
        self.answered_by = assistant
        self._keep()
        if not answer.hits:
            self._tell_nothing_there()
        tell_of_servers(assistant, answer)
        return answer

    def _stream(self, assistant: Assistant, question: str) -> Answer:
        patience: AbstractContextManager[None] = nullcontext()
        if assistant.engine != "extractive":  # which takes no time to speak of
            patience = self.screen.waiting(f"asking {safe(assistant.engine)} ...")
        stream = assistant.stream(question, self.answers, as_of=self.as_of, today=self.today)
        # Closed when the reader interrupts, so that the model stops.
        with (
            closing(
                cast("Generator[Note | Statement | LeftOut | Answer, None, None]", stream)
            ) as events,
            patience,
        ):
            for event in events:
                if isinstance(event, Answer):
                    answer = event
                elif isinstance(event, Note):
                    self.screen.print(render.opening_lines(event))
                elif isinstance(event, Statement):
                    self.screen.print(render.statement_lines(event))
        self.screen.print(render.support_lines(answer, self._linked))
        return answer

    def _keep(self) -> None:
        if self.assistant.settings.library_path.is_dir():
            saved.keep(self.answers, self.folder, self.name)

    def _tell_nothing_there(self) -> None:
        documents = str(self.assistant.settings.documents)
        sources = self.assistant.sources()
        if any(source.passages for source in sources):
            return
        if sources:
            text = f"Nothing in {documents!r} could be read; /sources says why."
        else:
            text = f"{documents!r} holds no documents: copy some into it and ask again."
        self.screen.tell(text, "bold")

    def last(self) -> Answer:
        """The last answer; UsageError where there is none."""
        if not self.answers:
            raise UsageError("nothing has been asked yet")
        return self.answers[-1]

    def citation(self, marker: int) -> Citation:
        """The place that the last answer shows as ``[marker]``."""
        answer = self.last()
        shown = answer.citations or answer.nearest
        for citation in shown:
            if citation.marker == marker:
                return citation
        known = ", ".join(str(citation.marker) for citation in shown) or "none"
        raise UsageError(f"the last answer has no [{marker}]; it has {known}")

    def cited_text(self, citation: Citation) -> tuple[str, str | None]:
        """(the text that ``citation`` was cut from, a remark where the file has changed since).

        Raises UsageError where neither the answer nor the library holds it any more.
        """
        now = None
        with suppress(UsageError):  # deleted, or not readable any more
            now = self.assistant.document(citation.path)
        if now is not None and now.text[citation.start : citation.end] == citation.quote:
            return now.text, None
        for hit in self.last().hits:
            if hit.document.id == citation.document_id:
                return hit.document.text, "The file has changed since; this is what was cited."
        raise UsageError(f"{citation.path!r} has changed since it was cited")

    def forget(self) -> None:
        """Begin anew; what was kept of this conversation is deleted."""
        (self.folder / f"{self.name}.json").unlink(missing_ok=True)
        self.answers.clear()
        self.name = _fresh_name()

    def resume(self, answers: Sequence[Answer]) -> None:
        """Go on from ``answers``."""
        self.answers = list(answers)
        self.answered_by = self.assistant

    def use(self, **changes: Any) -> None:
        """Answer with other settings from now on."""
        self.assistant = self.other(**changes)
        self.assistant.warm()

    def other(self, **changes: Any) -> Assistant:
        """An assistant with these settings changed; ConfigError where they cannot be meant."""
        assistant = self.assistant.with_settings(**changes)
        _ = assistant.engine  # raises where no model is named
        return assistant


def _fresh_name() -> str:
    return f"{time.strftime('%Y-%m-%dT%H-%M-%S')}-{os.getpid()}"
