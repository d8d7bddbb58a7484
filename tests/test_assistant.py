"""The assistant as a Python program uses it: both engines, on real parts."""

import json
import re
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from qa import Assistant
from qa.assistant import Parts
from qa.data import Answer, LeftOut, Note, Statement
from qa.errors import (
    ConfigError,
    LibraryError,
    LibraryMismatch,
    ModelRejected,
    ModelUnreachable,
    UsageError,
)
from qa.models.chat.fake import FakeChat
from qa.models.chat.replay import Recorder
from qa.models.embed.minilm import MiniLM
from qa.models.reader.fake import FakeReader
from qa.wording import told
from tests.server import faults
from tests.server.http import KEY, Endpoint, Exchange
from tests.server.protocol import CHAT_MODEL, Messages

ROOT = Path(__file__).parents[1]
TEXT = """The bakery on Mill Lane opened in 1987. Its founder was Ana Costa.

It sells 400 loaves a day. The oven was replaced in 2011.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A documents folder with one short text, ingested."""
    documents = tmp_path_factory.mktemp("project") / "docs"
    documents.mkdir()
    (documents / "bakery.txt").write_text(TEXT, encoding="utf-8")
    with Assistant.from_here(documents=documents) as assistant:
        assistant.sync()
    return documents


def shown(messages: Messages, sentence: str) -> str:
    """The id under which a source sentence was shown to the model."""
    prompt = "\n".join(str(message["content"]) for message in messages)
    found = re.search(rf"\[(\d+\.\d+)\] {re.escape(sentence)}", prompt)
    assert found, f"{sentence!r} was not shown"
    return f"[{found[1]}]"


def honest(messages: Messages) -> str:
    """A model that says one true thing, one invented thing and one that cites nothing."""
    opened = shown(messages, "The bakery on Mill Lane opened in 1987.")
    sells = shown(messages, "It sells 400 loaves a day.")
    return (
        f"The bakery opened in 1987 {opened}. It sells 900 loaves a day {sells}."
        " It is the best in town."
    )


def asking(folder: Path, endpoint: Endpoint, **settings: object) -> Assistant:
    """An assistant that asks the endpoint's model."""
    return Assistant.from_here(
        documents=folder, base_url=endpoint.url, api_key=KEY, model=CHAT_MODEL, **settings
    )


def test_an_answer_quotes_its_document(folder: Path) -> None:
    """An extractive answer's quotation is the document's own text at the offsets it names."""
    with Assistant.from_here(documents=folder) as assistant:
        answer = assistant.ask("who founded the bakery?")
    (citation,) = [c for c in answer.citations if "Ana Costa" in c.quote]
    assert TEXT[citation.start : citation.end] == citation.quote == "Its founder was Ana Costa."
    assert (answer.engine, citation.path, citation.line) == ("extractive", "bakery.txt", 1)


def test_history_is_read_with_a_follow_up(folder: Path) -> None:
    """Without a model a follow-up is looked up as typed, and its conversation is read with it."""
    opened, followed = "when did the bakery open?", "and who was its founder?"
    reader = FakeReader({opened: ["1987"], followed: ["Ana Costa"]})
    with Assistant.from_here(documents=folder, parts=Parts(reader=reader)) as assistant:
        first = assistant.ask(opened)
        answer = assistant.ask(followed, history=[first])
    assert answer.answered_question == followed
    assert any("Ana Costa" in statement.text for statement in answer.statements)
    before = ((opened, "The bakery on Mill Lane opened in 1987."),)
    assert reader.asked == [(opened, ()), (followed, before)]


def test_a_question_changes_nothing(folder: Path) -> None:
    """The same question of the same library is the same answer, but for the seconds."""
    with Assistant.from_here(documents=folder) as assistant:
        answers = [assistant.ask("how many loaves a day?").to_dict() for _ in range(2)]
    for answer in answers:
        del answer["seconds"]
    assert answers[0] == answers[1]


def test_a_model_is_held_to_the_sources(folder: Path) -> None:
    """What the source says otherwise is replaced by the source; what cites nothing is dropped."""
    with Endpoint(answer=honest) as endpoint, asking(folder, endpoint) as assistant:
        answer = assistant.ask("tell me about the bakery")
    said = [statement.text for statement in answer.statements]
    assert said == ["The bakery opened in 1987.", "It sells 400 loaves a day."]
    assert [gone.fate for gone in answer.left_out] == ["repaired", "dropped"]
    assert answer.engine == CHAT_MODEL
    assert answer.prompt_hash is not None
    for citation in answer.citations:
        assert TEXT[citation.start : citation.end] == citation.quote


def test_statements_come_one_by_one(folder: Path) -> None:
    """The stream gives statements and what was left out as they come, the answer last."""
    with Endpoint(answer=honest) as endpoint, asking(folder, endpoint) as assistant:
        events = list(assistant.stream("tell me about the bakery"))
    assert [type(event) for event in events] == [Statement, LeftOut, Statement, LeftOut, Answer]
    assert isinstance(events[-1], Answer)
    assert events[-1].statements == tuple(e for e in events if isinstance(e, Statement))


def test_a_key_alone_sends_nothing(folder: Path) -> None:
    """With a key and no model named, answers are extractive and the endpoint hears nothing."""
    with (
        Endpoint(answer=honest) as endpoint,
        Assistant.from_here(documents=folder, base_url=endpoint.url, api_key=KEY) as assistant,
    ):
        assert assistant.ask("when did the bakery open?").engine == "extractive"
        assert endpoint.exchanges == []


def test_only_the_passages_shown_are_sent(folder: Path) -> None:
    """With a model named, one request goes out: the question and the passages."""
    with Endpoint(answer=honest) as endpoint, asking(folder, endpoint) as assistant:
        assistant.ask("tell me about the bakery")
        assert [exchange.path for exchange in endpoint.exchanges] == ["/v1/chat/completions"]


def test_refusal_is_one_wording(folder: Path) -> None:
    """The protocol's refusal token becomes the reader's refusal."""
    with (
        Endpoint(answer=lambda _messages: "NO_ANSWER") as endpoint,
        asking(folder, endpoint) as assistant,
    ):
        answer = assistant.ask("who bakes the cakes?")
    assert (answer.answered, answer.statements) == (False, ())
    assert answer.outcome == "not_found"
    assert answer.reason == "The model found no answer in what it was shown."
    assert answer.nearest


def test_a_dead_endpoint_is_said(folder: Path) -> None:
    """An endpoint that is not there is an error, and nothing else answers in its place."""
    with Endpoint(answer=honest) as endpoint:
        url = endpoint.url
    with (
        Assistant.from_here(
            documents=folder, base_url=url, api_key=KEY, model=CHAT_MODEL
        ) as assistant,
        pytest.raises(ModelUnreachable),
    ):
        assistant.ask("when did the bakery open?")


def test_fallback_only_where_it_was_asked_for(folder: Path) -> None:
    """With --fallback extractive the extractive answer comes, marked as such."""
    with Endpoint(answer=honest) as endpoint:
        url = endpoint.url
    question = "when did the bakery open?"
    parts = Parts(reader=FakeReader({question: ["1987"]}))
    settings = {"base_url": url, "api_key": KEY, "model": CHAT_MODEL, "fallback": "extractive"}
    with Assistant.from_here(documents=folder, parts=parts, **settings) as assistant:
        answer = assistant.ask(question)
    assert (answer.engine, answer.outcome) == ("extractive", "answered")
    (note,) = [told(note) for note in answer.notes]
    assert note.startswith("The model did not answer (")
    assert note.endswith("); this is the extractive answer instead.")
    assert KEY not in json.dumps(answer.to_dict())


def test_half_an_answer_never_passes_as_whole(folder: Path) -> None:
    """A connection that breaks in mid-stream is an error, fallback or not."""
    with (
        Endpoint(answer=honest, personality=faults.missing_final_chunk) as endpoint,
        asking(folder, endpoint, fallback="extractive") as assistant,
        pytest.raises(ModelUnreachable),
    ):
        assistant.ask("tell me about the bakery")


def test_embeddings_of_the_endpoint(folder: Path, tmp_path: Path) -> None:
    """A named embedding embeds documents and questions; its library is no other model's."""
    with (
        Endpoint(answer=honest) as endpoint,
        Assistant.from_here(
            documents=folder,
            library=tmp_path / "library",
            base_url=endpoint.url,
            api_key=KEY,
            embedding="test-embedding",
        ) as assistant,
    ):
        assert assistant.sync().embedded == 1
        assert assistant.search("bakery")[0].path == "bakery.txt"
    with (
        Assistant.from_here(documents=folder, library=tmp_path / "library") as embedded,
        pytest.raises(LibraryMismatch, match="run: qa ingest --rebuild"),
    ):
        embedded.search("bakery")


def test_what_cannot_be_meant_is_refused(folder: Path, tmp_path: Path) -> None:
    """Empty and endless questions, unknown settings and missing models are told."""
    with Assistant.from_here(documents=folder) as assistant:
        with pytest.raises(UsageError, match="empty"):
            assistant.ask("  ")
        with pytest.raises(UsageError, match="at most 4000"):
            assistant.ask("x" * 4001)
        with pytest.raises(UsageError, match=r"there is no source 'x\.txt'"):
            assistant.document("x.txt")
    with pytest.raises(UsageError, match="unknown setting 'modle'"):
        Assistant.from_here(documents=folder, modle="x")
    with (
        Assistant.from_here(documents=folder, engine="llm") as assistant,
        pytest.raises(ConfigError),
    ):
        assistant.ask("when?")
    with (
        Assistant.from_here(documents=tmp_path, library=tmp_path / "none") as assistant,
        pytest.raises(LibraryError, match="run: qa ingest"),
    ):
        assistant.ask("when?")


def looping(messages: Messages) -> str:
    """A model that answers, judges with yes, and does not know when to stop."""
    if "yes or no" in str(messages[-1]["content"]):
        return "yes"
    return honest(messages) + f"\nIt is nice {shown(messages, 'It sells 400 loaves a day.')}." * 9


def test_a_recording_answers_as_the_model_did(folder: Path, tmp_path: Path) -> None:
    """What was recorded, a judge's verdicts included, is answered again with no endpoint."""

    class Recording(Assistant):
        def _llm(self) -> Recorder:
            return Recorder(super()._llm(), tmp_path / "run.jsonl")

    with Endpoint(answer=looping) as endpoint:
        with Recording.from_here(
            documents=folder, base_url=endpoint.url, api_key=KEY, model=CHAT_MODEL, judge="same"
        ) as assistant:
            recorded = assistant.ask("tell me about the bakery")
        assert len(endpoint.exchanges) == 2
    with Assistant.from_here(
        documents=folder, model=f"replay:{tmp_path / 'run.jsonl'}", judge="same"
    ) as assistant:
        replayed = assistant.ask("tell me about the bakery")
    assert Note("looping") in recorded.notes
    assert recorded.statements == replayed.statements
    assert (recorded.left_out, recorded.notes) == (replayed.left_out, replayed.notes)
    assert (recorded.engine, recorded.prompt_hash) == (replayed.engine, replayed.prompt_hash)


def test_a_judge_checks_each_statement(folder: Path) -> None:
    """With --judge the statements are put to a second model, and its no counts."""
    doubting = Endpoint(
        lambda messages: "no" if "yes or no" in str(messages[-1]["content"]) else honest(messages)
    )
    with doubting as endpoint, asking(folder, endpoint, judge="same") as assistant:
        answer = assistant.ask("tell me about the bakery")
    said = [statement.text for statement in answer.statements]
    assert said == ["The bakery on Mill Lane opened in 1987.", "It sells 400 loaves a day."]
    assert "second judge" in answer.left_out[0].reason


def test_window_and_prices_are_settings(folder: Path, tmp_path: Path) -> None:
    """A price file of the user's own prices the answer; a small window holds fewer passages."""
    with Endpoint(answer=honest) as endpoint:
        prices = tmp_path / "prices.toml"
        prices.write_text(
            f'date = "2026-01-01"\n[hosts."{endpoint.host}"]\n'
            f'"{CHAT_MODEL}" = {{input = 1e6, cached = 1e6, output = 0}}\n'
        )
        with asking(folder, endpoint, prices=prices) as assistant:
            usage = assistant.ask("tell me about the bakery").usage
        assert usage is not None
        assert usage.prompt_tokens == usage.cost
        with (
            asking(folder, endpoint, window=200) as assistant,
            pytest.raises(ModelRejected, match=r"no sentence of 'bakery\.txt' fits"),
        ):
            assistant.ask("tell me about the bakery")


def test_ctrl_c_stops_a_streamed_answer_at_once(folder: Path) -> None:
    """Interrupted after the first statement: status 130, one line, nothing half-written."""

    def stalling(exchange: Exchange) -> None:
        *said, _finish, _usage = exchange.chunks()
        exchange.begin()
        for chunk in said:
            exchange.write(f"data: {json.dumps(chunk)}\n\n".encode())
        exchange.stall()

    def tree() -> dict[str, bytes]:
        # Chroma writes into its own SQLite file even where it is only opened.
        files = [one for one in (folder.parent / ".qa").rglob("*") if one.name != "chroma.sqlite3"]
        return {str(one): one.read_bytes() for one in files if one.is_file()}

    before = tree()
    with Endpoint(answer=honest, personality=stalling) as endpoint:
        command = (sys.executable, "-m", "qa", "ask", "tell me about the bakery", "--no-sync")
        process = subprocess.Popen(
            [*command, "--documents", str(folder), "--model", CHAT_MODEL],
            env={"PATH": "", "OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": KEY},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A job in the background, as CI may be, hands down that Ctrl-C is ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=60)
    assert first == "The bakery opened in 1987. [1]\n"
    assert (process.returncode, said.strip().splitlines()) == (130, ["interrupted"])
    assert "Answered by" not in rest
    assert tree() == before


def test_the_command_line_streams_a_model(folder: Path) -> None:
    """``qa ask --model`` prints the checked statements, what was left out, and who answered."""
    with Endpoint(answer=honest) as endpoint:
        result = subprocess.run(
            [
                *(sys.executable, "-m", "qa", "ask", "tell me about the bakery"),
                *("--documents", str(folder), "--model", CHAT_MODEL, "--verbose"),
            ],
            env={"PATH": "", "OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": KEY},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (result.returncode, result.stderr) == (0, "")
    expected = [
        "The bakery opened in 1987. [1]",
        "repaired: “It sells 900 loaves a day.”: ",
        "It sells 400 loaves a day. [2]",
        "dropped: “It is the best in town.”: it cites no source",
        "",
        "[1] bakery.txt, line 1",
        "    “The bakery on Mill Lane opened in 1987.”",
        "[2] bakery.txt, line 3",
        "    “It sells 400 loaves a day.”",
        "",
        "1 sentence was replaced by the cited source sentence: not supported as written.",
        "1 sentence was left out: not supported by the sources.",
    ]
    lines = result.stdout.splitlines()
    lines[1] = lines[1][: len(expected[1])]
    assert lines[:-1] == expected
    assert lines[-1].startswith(f"Answered by: {CHAT_MODEL} (")


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No qa.toml or .env of the working directory leaks in."""
    monkeypatch.chdir(tmp_path)


def test_many_who_ask_at_once_get_what_one_gets(folder: Path) -> None:
    """Eight threads that share an assistant are answered to the letter as one that asks alone."""
    questions = [
        "When did the bakery on Mill Lane open?",
        "Who founded the bakery?",
        "How many loaves does the bakery sell a day?",
        "Who bought the bakery in 2015?",
    ]

    def ask(assistant: Assistant, question: str) -> dict[str, Any]:
        found = assistant.ask(question).to_dict()
        del found["seconds"]
        return found

    with Assistant.from_here(documents=folder) as alone:
        expected = [ask(alone, question) for question in questions]
    with Assistant.from_here(documents=folder) as shared, ThreadPoolExecutor(8) as callers:
        found = list(callers.map(lambda question: ask(shared, question), questions * 4))
    assert found == expected * 4


@pytest.mark.parametrize("engine", ["auto", "llm"])
def test_an_empty_library_names_the_model(tmp_path: Path, engine: str) -> None:
    """Where a model would answer and there is nothing to answer from, the model is not asked."""
    (tmp_path / "docs").mkdir()
    chat = FakeChat("Hello.", name="m")
    with Assistant.from_here(
        documents=tmp_path / "docs", parts=Parts(chat=chat), engine=engine
    ) as assistant:
        assistant.sync()
        answer = assistant.ask("who is it?")
    assert (answer.engine, answer.outcome, chat.sent) == ("m", "not_found", [])
    assert answer.reason is not None
    assert answer.reason.startswith("There is nothing to answer from: no document in ")


def test_with_settings_shares_models(folder: Path) -> None:
    """Another engine or strictness needs no other models: what is loaded is loaded once."""
    reader = FakeReader({"when?": ["1987"]})
    with Assistant.from_here(documents=folder, parts=Parts(reader=reader)) as assistant:
        for other in (
            assistant.with_settings(strict=True, engine="extractive"),
            assistant.with_settings(base_url="http://127.0.0.1:9/v1"),
        ):
            assert other.settings != assistant.settings
            assert other.reader is reader
            assert other.embedding is assistant.embedding
        assert other.with_settings(strict=True).ask("when?").outcome == "answered"
        assert (assistant.settings.strict, assistant.settings.base_url) == (False, None)
        with pytest.raises(UsageError, match="unknown setting 'modle'"):
            assistant.with_settings(modle="x")


def test_with_settings_reads_other_languages_as_before(tmp_path: Path) -> None:
    """A German question has the same answer when another setting has changed."""
    (tmp_path / "docs").mkdir()
    text = "Die Brücke über die Alster wurde 1987 von Karl Brandt gebaut."
    (tmp_path / "docs" / "bruecke.txt").write_text(text, encoding="utf-8")
    with Assistant.from_here(documents=tmp_path / "docs") as assistant:
        assistant.sync()
        other = assistant.with_settings(timeout=9.0)
        first, again = (one.ask("Wer hat die Brücke gebaut?") for one in (assistant, other))
    assert first.outcome == "perhaps"
    assert again.confidence == first.confidence


def test_with_settings_keeps_no_model_of_another_endpoint(folder: Path) -> None:
    """With another endpoint the question goes there, though the model's name is the same."""
    with Endpoint(answer=honest) as first, Endpoint(answer=honest) as second:
        with asking(folder, first) as assistant:
            again = assistant.with_settings(strict=True)
            moved = assistant.with_settings(base_url=second.url)
            for one in (assistant, again, moved):
                one.ask("tell me about the bakery")
        assert (len(first.exchanges), len(second.exchanges)) == (2, 1)


def test_the_embedded_model_is_taken_back(folder: Path) -> None:
    """Back from another embedding, the embedded one is that which was loaded before."""
    url = "http://127.0.0.1:9/v1"
    with Assistant.from_here(documents=folder, base_url=url, api_key=KEY) as assistant:
        other = assistant.with_settings(embedding="test-embedding")
        assert other.embedding.name != assistant.embedding.name
        assert other.with_settings(engine="extractive").embedding is other.embedding
        assert other.with_settings(timeout=1.0).embedding is not other.embedding
        assert other.with_settings(embedding=None).embedding is assistant.embedding


def test_close_lets_go(folder: Path) -> None:
    """When an assistant is closed its models are, those handed in among them."""
    closed = []

    class Reader(FakeReader):
        def close(self) -> None:
            closed.append("reader")

    class Chat(FakeChat):
        def close(self) -> None:
            closed.append("chat")

    class Embedding(MiniLM):
        def close(self) -> None:
            super().close()
            closed.append("embedding")

    parts = Parts(embedding=Embedding(), reader=Reader({}), chat=Chat("No.", name="m"))
    with Assistant.from_here(documents=folder, parts=parts) as assistant:
        assistant.ask("when did the bakery open?")
        assert closed == []
    assert sorted(closed) == ["chat", "embedding", "reader"]


def test_close_ends_the_threads(folder: Path) -> None:
    """A closed assistant leaves no thread behind, so that a program can end."""
    before = set(threading.enumerate())
    with Assistant.from_here(documents=folder) as assistant:
        assistant.warm()
        assistant.ask("when did the bakery open?")
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=60)
        assert not thread.is_alive(), thread.name
    assistant.close()  # again: nothing to let go of, and no error
