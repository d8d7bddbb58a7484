"""``qa serve``: who may ask, how much at once, what the page gets, and how it ends."""

import asyncio
import base64
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from qa.errors import LibraryBusy
from tests.fronts import told as fake
from tests.fronts.gated import GatedChat
from tests.fronts.served import QUESTION, TOLD, Served, bridge, served, until

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-some-length"
CHAT = {"model": "qa", "messages": [{"role": "user", "content": QUESTION}]}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that quotes one document, without a token."""
    with served(bridge(tmp_path_factory.mktemp("served") / "docs")) as one:
        yield one


def events(response: httpx.Response) -> list[dict[str, object]]:
    """The lines of JSON that a response is made of."""
    return [json.loads(line) for line in response.text.splitlines() if line]


def ask(one: Served, question: str = QUESTION, **more: object) -> httpx.Response:
    """Ask as the page does."""
    return one.http.post("/api/ask", json={"question": question, **more})


# Who may ask -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:8365", "10.0.0.1", "127.0.0.1.evil.test", ""]
)
def test_other_hosts_are_refused(running: Served, host: str) -> None:
    """A name that was rebound to this machine gets nothing, not even the page."""
    for path in ("/", "/api/sources", "/v1/models"):
        assert running.get(path, headers={"host": host}).status_code in (400, 421)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "[::1]:9"])
def test_own_hosts_are_served(running: Served, host: str) -> None:
    """The machine is reached by its own names, also through a forwarded port."""
    assert running.get("/v1/models", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "http://127.0.0.1:1", "http://localhost"]
)
def test_other_origins_are_refused(running: Served, origin: str) -> None:
    """A page of another address can neither read, ask nor add a file."""
    headers = {"origin": origin}
    assert running.get("/api/sources", headers=headers).status_code == 403
    http = running.http
    asked = http.post("/v1/chat/completions", json=CHAT, headers=headers)
    added = http.put("/api/documents/x.txt", content=b"x", headers=headers)
    assert (asked.status_code, added.status_code) == (403, 403)
    assert not (running.folder / "x.txt").exists()


def test_fetches_across_sites(running: Served) -> None:
    """A link from another site opens the page; nothing else is fetched from there."""
    across = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert running.get("/api/sources", headers=across).status_code == 403
    assert running.get("/", headers=across | {"sec-fetch-mode": "navigate"}).status_code == 200
    own = {"origin": running.url, "sec-fetch-site": "same-origin"}
    assert running.get("/api/sources", headers=own).status_code == 200


def test_headers(running: Served) -> None:
    """Every response forbids what is not the server's own, errors included."""
    for path in ("/", "/static/page.js", "/api/state", "/v1/models", "/nothing"):
        headers = running.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_token(tmp_path: Path) -> None:
    """With a token every address needs it, as Bearer or as a password, and any Host will do."""
    with served(bridge(tmp_path / "docs"), token=TOKEN) as one:
        for path in ("/", "/static/page.js", "/api/state", "/v1/models", "/nothing"):
            refused = one.get(path)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith("Basic ")
            assert one.get(path, auth=("", "another-token-of-it")).status_code == 401
        assert one.http.post("/mcp", json={}).status_code == 401
        assert one.get("/", auth=("anybody", TOKEN)).status_code == 200
        bearer = {"authorization": f"Bearer {TOKEN}", "host": "desk.local:8365"}
        assert one.get("/v1/models", headers=bearer).status_code == 200
        for wrong in ("Bearer", f"Basic {TOKEN}", "Basic ====", "Bearer \xfc", f"Token {TOKEN}"):
            headers = {"authorization": wrong.encode("latin-1")}
            assert one.get("/v1/models", headers=headers).status_code == 401
        plain = base64.b64encode(TOKEN.encode()).decode()  # no colon: no password
        assert one.get("/", headers={"authorization": f"Basic {plain}"}).status_code == 401


def cli(*arguments: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run ``qa serve`` to its end."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI_"))}
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        cwd=folder,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_the_extra(tmp_path: Path) -> None:
    """Where the extra is not installed, the error names the command that installs it."""
    bridge(tmp_path / "seeds")
    (tmp_path / "starlette.py").write_text("raise ModuleNotFoundError(name='starlette')")
    done = cli("serve", folder=tmp_path, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 2
    assert done.stderr == "qa: qa serve needs 'starlette': pip install 'qa[serve]'\n"


def test_refusals_of_the_command(tmp_path: Path) -> None:
    """What would be unsafe, or cannot be, is refused in one line that says what to do."""
    bridge(tmp_path / "seeds")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = [
            (["serve", "--host", "0.0.0.0"], {}, "give a token: QA_TOKEN="),
            (["serve"], {"QA_TOKEN": "short"}, "the token is too weak"),
            (["serve", "--port", port], {}, f"cannot be listened on at port {port}"),
            (["--offline", "serve"], {}, "qa --offline mcp"),
        ]
        for arguments, environment, told in refused:
            done = cli(*arguments, folder=tmp_path, **environment)
            assert (done.returncode, done.stdout) == (2, "")
            assert told in done.stderr
            assert done.stderr.count("\n") == 1


# How much at once ------------------------------------------------------------------------


def test_bodies(running: Served) -> None:
    """What is too large, no JSON, or no object is refused with its reason."""
    as_json = {"content-type": "application/json"}
    refused = [
        (b'{"question": "' + b"x" * 2_000_000 + b'"}', as_json, 413, "over 2000000 bytes"),
        (b"{", as_json, 400, "is no JSON"),
        (b"[" * 200_000, as_json, 400, "is no JSON"),
        (b"[]", as_json, 400, "no JSON object but list"),
        (b"{}", {"content-type": "text/plain"}, 400, "no application/json"),
        (b"{}", as_json, 400, "'question' is None"),
        (b'{"question": "?", "history": [{}]}', as_json, 400, "'history' holds"),
    ]
    for content, headers, status, told in refused:
        response = running.http.post("/api/ask", content=content, headers=headers)
        assert response.status_code == status
        assert told in response.json()["error"]["message"]


def test_questions_wait_in_order_and_not_too_many(tmp_path: Path) -> None:
    """Answered one after the other as they came; the one too many is told to come back."""
    chat = GatedChat()
    with served(bridge(tmp_path / "docs"), chat=chat, at_once=1, waiting=1) as one:

        async def scene() -> tuple[list[httpx.Response], httpx.Response]:
            async with httpx.AsyncClient(base_url=one.url, timeout=30, verify=False) as client:

                def ask_for(what: str) -> "asyncio.Task[httpx.Response]":
                    asked = {"question": f"{QUESTION} {what}"}
                    return asyncio.ensure_future(client.post("/api/ask", json=asked))

                first = ask_for("First.")
                await asyncio.to_thread(chat.begun.acquire)
                second = ask_for("Second.")
                await asyncio.to_thread(until, lambda: len(one.service._open) == 2)
                refused = await ask_for("Third.")
                chat.gate.set()
                return [await first, await second], refused

        answers, refused = asyncio.run(scene())
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    assert [events(one)[-1]["event"] for one in answers] == ["answer", "answer"]
    assert ["First." in asked for asked in chat.asked] == [True, False]


def test_a_client_that_goes_away_stops_the_model(tmp_path: Path) -> None:
    """Closing the stream stops the model at its next word; the next question has its turn."""
    chat = GatedChat()
    with served(bridge(tmp_path / "docs"), chat=chat, at_once=1) as one:
        asked = {"question": QUESTION}
        with one.http.stream("POST", "/api/ask", json=asked) as response:
            lines = response.iter_lines()
            assert "Ada Stone" in next(line for line in lines if line)
        until(lambda: not one.service._open)
        chat.gate.set()
        chat.stopped.wait()
        assert events(ask(one))[-1]["answer"]["outcome"] == "answered"


@pytest.mark.parametrize("is_streamed", [True, False])
def test_a_client_that_goes_away_before_the_answer(tmp_path: Path, *, is_streamed: bool) -> None:
    """Who hangs up while nothing was said yet leaves no question behind."""
    chat = GatedChat()
    with served(bridge(tmp_path / "docs"), chat=chat, at_once=1) as one:
        asked = {"json": CHAT | {"question": QUESTION}, "timeout": 0.3}
        path = "/api/ask" if is_streamed else "/v1/chat/completions"
        with pytest.raises(httpx.ReadTimeout):
            one.http.post(path, **asked)
        until(lambda: not one.service._open)
        chat.gate.set()


def test_time_limit(tmp_path: Path) -> None:
    """An answer that takes too long ends with an event that says so."""
    chat = GatedChat()
    with served(bridge(tmp_path / "docs"), chat=chat, seconds=0.5) as one:
        last = events(ask(one))[-1]
        chat.gate.set()
    assert last["event"] == "error"
    assert last["error"]["message"] == "there was no answer within 0 seconds; ask again later"
    assert last["error"]["code"] == "unavailable"


def test_end_with_an_open_answer(tmp_path: Path) -> None:
    """A server that ends cuts what is still open, and says so; it takes no more."""
    chat = GatedChat()
    with served(bridge(tmp_path / "docs"), chat=chat) as one:
        asked = {"question": QUESTION}
        with one.http.stream("POST", "/api/ask", json=asked) as response:
            lines = response.iter_lines()
            assert "Ada Stone" in next(line for line in lines if line)
            one.server.should_exit = True
            told = json.loads(next(line for line in lines if line))
        chat.gate.set()
    assert told["error"]["message"] == "the server ends; ask again when it runs"


def test_sigterm(tmp_path: Path) -> None:
    """SIGTERM ends the command cleanly: exit status 0, no traceback."""
    bridge(tmp_path / "seeds")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI_"))}
    with subprocess.Popen(
        [sys.executable, *fake.PROGRAM, "serve", "--port", "0", "--no-open"],
        cwd=tmp_path,
        env=clean | {"PYTHONPATH": str(ROOT)} | fake.environment(TOLD),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        greeting = process.stderr.readline()
        url = greeting.split()[3]
        asked = httpx.post(f"{url}api/ask", json={"question": QUESTION}, timeout=60)
        assert events(asked)[-1]["answer"]["outcome"] == "answered"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr.read() == f"For chat clients: {url}v1, for MCP: {url}mcp\n"


# What the page gets ----------------------------------------------------------------------


def test_answer_in_events(running: Served) -> None:
    """Statements come first, each with its citations; the answer is last, and goes into history."""
    *statements, last = events(ask(running))
    (first,) = statements
    assert first["statement"]["text"] == "Ada Stone built the harbour bridge."
    answer = last["answer"]
    assert answer["statements"] == [first["statement"]]
    assert answer["places"] == {"1": {"when": "", "dates": ""}}
    assert answer["searched"]["lookups"] == [QUESTION]
    follow = ask(running, "And when was it finished?", history=[answer])
    assert events(follow)[-1]["answer"]["outcome"] == "answered"
    turn = (QUESTION, "Ada Stone built the harbour bridge.")
    reader = running.service.assistant.reader
    assert reader.asked[-1] == ("And when was it finished?", (turn,))


def test_document(running: Served) -> None:
    """A document comes with its text, and where its headings are."""
    found = running.get("/api/document", params={"path": "bridge.md"}).json()
    assert found["text"][30:65] == "Ada Stone built the harbour bridge."
    headings = [found["text"][one["start"] : one["end"]] for one in found["headings"]]
    assert headings == ["The harbour", "The bridge"]
    missing = running.get("/api/document", params={"path": "../secret.txt"})
    assert missing.status_code == 404
    assert missing.json()["error"]["message"].startswith("there is no source '../secret.txt'")


def test_static_files_are_those_of_the_page(running: Served) -> None:
    """No path leads out of the page's own folder."""
    assert running.get("/static/page.js").status_code == 200
    for path in ("/static/..%2fpage.py", "/static/nothing.js", "/static/%2e%2e/page.py"):
        assert running.get(path).status_code == 404


def test_a_dropped_file_is_answered_from(tmp_path: Path) -> None:
    """A file that is added lies in the folder, and the next question is answered from it."""
    question = "Who painted the gate?"
    told = {question: ["Iris Vale painted the gate"]}
    with served(bridge(tmp_path / "docs"), told=told) as one:
        url = "/api/documents/gate%20paint.md"
        added = one.http.put(url, content=b"Iris Vale painted the gate.\n")
        assert (added.status_code, added.json()) == (201, {"path": "gate paint.md"})
        answer = events(ask(one, question))[-1]["answer"]
        assert answer["statements"][0]["citations"][0]["path"] == "gate paint.md"
        paths = [one["path"] for one in one.get("/api/sources").json()]
        assert paths == ["bridge.md", "gate paint.md"]


def test_files_that_are_refused(tmp_path: Path) -> None:
    """No file is written over, hidden, elsewhere, of an unknown format, or larger than allowed."""
    with served(bridge(tmp_path / "docs")) as one:
        one.service.assistant.settings.__class__.max_file_mb  # noqa: B018
        refused = [
            ("bridge.md", b"x", 409, "there is a 'bridge.md' in the folder already"),
            (".env.md", b"x", 400, "can be no file's name here"),
            ("..%5Cx.md", b"x", 400, "can be no file's name here"),
            ("a%00.md", b"x", 400, "can be no file's name here"),
            ("x" * 250 + ".md", b"x", 400, "can be no file's name here"),
            ("run.exe", b"x", 415, "files of '.exe' are not read; those that are: .adoc"),
            ("large.txt", b"x" * 50_000_001, 413, "over 50 MB"),
        ]
        for name, content, status, told in refused:
            response = one.http.put(f"/api/documents/{name}", content=content)
            assert response.status_code == status
            assert told in response.json()["error"]["message"]
        assert one.http.put("/api/documents/a%2Fb.md", content=b"x").status_code in (
            400,
            404,
        )
        assert [path.name for path in one.folder.iterdir()] == ["bridge.md"]
        assert (one.folder / "bridge.md").read_text().startswith("# The harbour")


def test_read_only(tmp_path: Path) -> None:
    """With --read-only no file is taken, and the page knows."""
    with served(bridge(tmp_path / "docs"), read_only=True) as one:
        assert one.get("/api/state").json()["takes_files"] is False
        assert one.http.put("/api/documents/x.md", content=b"x").status_code == 403
        assert [path.name for path in one.folder.iterdir()] == ["bridge.md"]


def test_a_folder_that_is_still_being_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another process is at it, what was read before answers, and the answer says so."""
    with served(bridge(tmp_path / "docs")) as one:

        def busy(*_arguments: object, **_named: object) -> None:
            raise LibraryBusy("another process writes")

        monkeypatch.setattr(type(one.service.assistant), "sync", busy)
        answer = events(ask(one))[-1]["answer"]
    assert answer["remarks"] == [
        "The documents are still being read: this is answered from what was read before."
    ]


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    """What a sync cannot do is told to who asks, as the command line tells it."""
    with served(bridge(tmp_path / "docs")) as one:
        one.folder.rename(tmp_path / "elsewhere")
        last = events(ask(one))[-1]
    assert last["event"] == "error"
    assert "docs" in last["error"]["message"]
