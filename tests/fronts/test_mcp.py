"""The Model Context Protocol as its SDK's own client meets it, over both transports."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import mcp
import pytest
from mcp.client.stdio import StdioServerParameters

from tests.fronts import told as fake
from tests.fronts.served import QUESTION, TOLD, Served, bridge, served

ROOT = Path(__file__).parents[2]
Scene = Callable[["mcp.Client"], Awaitable[object]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that quotes one document."""
    with served(bridge(tmp_path_factory.mktemp("served") / "docs")) as one:
        yield one


def over_http(running: Served, scene: Scene, mode: str = "auto") -> object:
    """What ``scene`` returns of a client of the server's /mcp."""

    async def main() -> object:
        async with mcp.Client(f"{running.url}/mcp", mode=mode) as client:
            return await scene(client)

    return asyncio.run(main())


async def whole(client: "mcp.Client") -> dict[str, object]:
    """A session as a client leads it: look what there is, ask, read on."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    asked = await client.call_tool("ask", {"question": QUESTION})
    cited = asked.structured_content["statements"][0]["citations"][0]
    shown = await client.call_tool(
        "show", {"path": cited["path"], "line": cited["line"], "count": 1}
    )
    listed = (await client.list_resources()).resources
    read = await client.read_resource(listed[0].uri)
    return {
        "tools": sorted(tools),
        "read-only": {tool.annotations.read_only_hint for tool in tools.values()},
        "asked": asked.content[0].text,
        "outcome": asked.structured_content["outcome"],
        "shown": shown.content[0].text,
        "listed": [(one.uri, one.mime_type) for one in listed],
        "read": read.contents[0].text.splitlines()[0],
    }


SESSION = {
    "tools": ["ask", "search", "show", "sources"],
    "read-only": {True},
    "asked": "Ada Stone built the harbour bridge. [1]\n\n"
    "[1] The harbour, bridge.md, line 5\n    “Ada Stone built the harbour bridge.”\n\n"
    "Answered by: extractive\n",
    "outcome": "answered",
    "shown": " 5  Ada Stone built the harbour bridge. It was finished in 1931.\n"
    "(lines 5 to 5 of 8)\n",
    "listed": [("qa://documents/bridge.md", "text/plain")],
    "read": "# The harbour",
}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_streamable_http(running: Served, mode: str) -> None:
    """Under `qa serve`, clients of the protocol's new and old revisions lead a whole session."""
    assert over_http(running, whole, mode) == SESSION


def test_stdio(tmp_path: Path) -> None:
    """`qa --offline mcp`, started by the client, leads the same session."""
    bridge(tmp_path / "papers")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "OPENAI_"))}
    server = StdioServerParameters(
        command=sys.executable,
        args=[*fake.PROGRAM, "--offline", "--documents", "papers", "mcp"],
        cwd=tmp_path,
        env=clean | {"PYTHONPATH": str(ROOT)} | fake.environment(TOLD),
    )

    async def main() -> object:
        async with mcp.Client(server) as client:
            return await whole(client)

    assert asyncio.run(main()) == SESSION


def test_search_and_sources(running: Served) -> None:
    """What is found comes as text and as the documented objects."""

    async def scene(client: "mcp.Client") -> tuple[object, ...]:
        found = await client.call_tool("search", {"question": "bridge", "limit": 1})
        listed = await client.call_tool("sources", {"word": "bridge"})
        none = await client.call_tool("sources", {"word": "tunnel"})
        return found, listed, none

    found, listed, none = over_http(running, scene)
    assert [hit["path"] for hit in found.structured_content["hits"]] == ["bridge.md"]
    assert [one["path"] for one in listed.structured_content["sources"]] == ["bridge.md"]
    assert "bridge.md  The harbour" in listed.content[0].text
    assert none.structured_content == {"sources": [], "found": 0}


@pytest.mark.parametrize(
    ("tool", "given", "told"),
    [
        ("ask", {}, "'question' is a required property"),
        ("ask", {"question": "?", "model": "x"}, "('model' was unexpected)"),
        ("ask", {"question": " "}, "the question is empty"),
        ("search", {"question": "?", "limit": 0}, "'limit': 0 is less than the minimum of 1"),
        ("show", {"path": "../secret"}, "there is no source '../secret'"),
        ("show", {"path": "bridge.md", "line": 9}, "has 8 lines; there is no line 9"),
    ],
)
def test_what_a_model_gets_wrong(
    running: Served, tool: str, given: dict[str, object], told: str
) -> None:
    """A call that cannot be meant is answered with what was expected, for the model to mend."""

    async def scene(client: "mcp.Client") -> object:
        return await client.call_tool(tool, given)

    result = over_http(running, scene)
    assert result.is_error
    assert told in result.content[0].text


def test_resources_of_elsewhere(running: Served) -> None:
    """No address leads out of the documents."""

    async def scene(client: "mcp.Client") -> None:
        for uri in ("qa://documents/..%2Fsecret", "file:///etc/passwd"):
            with pytest.raises(mcp.MCPError, match="there is no"):
                await client.read_resource(uri)

    over_http(running, scene)


@pytest.mark.skipif(
    shutil.which("mcp-inspector") is None,
    reason="no inspector here: npm install -g @modelcontextprotocol/inspector",
)
def test_inspector(running: Served) -> None:
    """The protocol's own inspector finds nothing amiss with a tool's answer."""
    place = f"--cli {running.url}/mcp --transport http".split()
    call = "--method tools/call --tool-name ask --tool-arg".split()
    done = subprocess.run(
        ["mcp-inspector", *place, *call, f"question={QUESTION}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["structuredContent"]["outcome"] == "answered"
