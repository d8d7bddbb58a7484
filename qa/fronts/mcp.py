"""MCP: the assistant as tools and resources for models, over stdio and streamable HTTP.

The tools are the public verbs, read-only all of them; what they find comes as text for a model
and as structured content, in the forms of docs/json.md.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

import anyio
import mcp_types as types
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from qa import __version__
from qa.assistant import MAX_QUESTION, Assistant
from qa.errors import QAError, UsageError
from qa.fronts import render
from qa.fronts.lines import plain
from qa.fronts.service import Service
from qa.schema import SCHEMAS, answer_dict, hit_dicts, source_dict

URI = "qa://documents/"
"""What the address of a document begins with; its path follows, percent-encoded."""
_PAGE = 100  # resources on a page of their list
_MOST_SOURCES = 200
_MOST_LINES = 500

_INSTRUCTIONS = """\
The user's own documents, searched and quoted. To answer a question from them call 'ask': every \
statement of its answer cites the sentence that carries it, and it says so where nothing answers. \
Quote its citations; do not add what they do not say. Call 'search' to see passages and judge for \
yourself, 'show' to read on around a citation, 'sources' to see which documents there are."""


class Call(NamedTuple):
    """A tool as it is called: what it takes and gives, and the function that does it."""

    tool: types.Tool
    run: Callable[[Service, Mapping[str, Any]], Awaitable[tuple[str, dict[str, Any]]]]


async def _ask(service: Service, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    answer = await service.ask(given["question"])
    told = answer_dict(answer)
    del told["hits"]  # 'search' shows them; a model's window is small
    return plain(render.answer_lines(answer)), told


async def _search(service: Service, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    hits = await service.search(given["question"], given.get("limit", 5))
    return plain(render.hit_lines(hits)), {"hits": hit_dicts(hits)}


async def _show(service: Service, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    document = await service.document(given["path"])
    lines = list(render.text_lines(document.text, None))
    first, count = given.get("line", 1), given.get("count", 100)
    if first > len(lines):
        raise UsageError(f"{given['path']!r} has {len(lines)} lines; there is no line {first}")
    last = min(len(lines), first + count - 1)
    told = {"path": given["path"], "title": document.title, "lines": len(lines)}
    text = "\n".join(document.text.split("\n")[first - 1 : last])
    rest = f"(lines {first} to {last} of {len(lines)})\n"
    return plain(lines[first - 1 : last]) + rest, told | {
        "first": first,
        "last": last,
        "text": text,
    }


async def _sources(service: Service, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    word = given.get("word", "").casefold()
    found = [
        one for one in await service.sources() if word in f"{one.path} {one.title or ''}".casefold()
    ]
    shown = found[:_MOST_SOURCES]
    rest = f"The first {len(shown)} of {len(found)}; give a word.\n" if shown != found else ""
    told = {"sources": [source_dict(one) for one in shown], "found": len(found)}
    return plain(render.source_lines(shown)) + rest, told


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _takes(needed: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    takes = _object(**needed)
    return takes | {
        "properties": takes["properties"] | optional,
        "additionalProperties": False,
    }


def _without(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    kept = {key: one for key, one in schema["properties"].items() if key != name}
    return dict(schema) | {"properties": kept, "required": list(kept)}


def _tool(
    name: str, title: str, description: str, takes: dict[str, Any], gives: dict[str, Any]
) -> types.Tool:
    return types.Tool(
        name=name,
        title=title,
        description=description,
        input_schema=takes,
        output_schema=gives,
        annotations=types.ToolAnnotations(
            title=title, read_only_hint=True, idempotent_hint=True, open_world_hint=False
        ),
    )


_QUESTION = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_QUESTION,
    "description": "The question, complete in itself: names in place of 'it' and 'they'.",
}
_COUNT = {"type": "integer", "minimum": 0}
_CALLS = (
    Call(
        _tool(
            "ask",
            "Ask the documents",
            "Answer a question from the user's documents. Each statement is followed by [1] marks;"
            " below them stands which file and line each comes from, word for word. 'outcome' is"
            " answered, perhaps (it may answer) or not_found. Prefer this to 'search' whenever"
            " there is a question to answer.",
            _takes({"question": _QUESTION}),
            _without(SCHEMAS["answer"], "hits"),
        ),
        _ask,
    ),
    Call(
        _tool(
            "search",
            "Search passages",
            "Find the passages of the user's documents that speak of something, best first, by"
            " meaning and by words. For exploring, or where 'ask' found nothing.",
            _takes(
                {"question": _QUESTION},
                limit={"type": "integer", "minimum": 1, "maximum": 50, "default": 5},
            ),
            _object(hits=SCHEMAS["hits"]),
        ),
        _search,
    ),
    Call(
        _tool(
            "show",
            "Show a document",
            "Read lines of one document, with line numbers: what stands around a citation, or a"
            " document from its beginning.",
            _takes(
                {"path": {"type": "string", "description": "As citations and sources name it."}},
                line={"type": "integer", "minimum": 1, "default": 1},
                count={"type": "integer", "minimum": 1, "maximum": _MOST_LINES, "default": 100},
            ),
            _object(
                path={"type": "string"},
                title={"type": ["string", "null"]},
                lines=_COUNT,
                first=_COUNT,
                last=_COUNT,
                text={"type": "string"},
            ),
        ),
        _show,
    ),
    Call(
        _tool(
            "sources",
            "List the documents",
            "List the user's documents with title, date and state, and which files could not be"
            " read and why.",
            _takes({}, word={"type": "string", "description": "Only those whose name holds it."}),
            _object(sources=SCHEMAS["sources"], found=_COUNT),
        ),
        _sources,
    ),
)


def server_of(service: Service) -> Server[Any]:
    """The MCP server over a service, for any transport."""
    calls = {call.tool.name: call for call in _CALLS}

    async def list_tools(_context: Any, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[call.tool for call in _CALLS])

    async def call_tool(_context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        call = calls.get(params.name)
        if call is None:
            raise MCPError(types.INVALID_PARAMS, f"there is no tool {params.name!r}")
        try:
            given = _checked(call.tool, params.arguments or {})
            text, found = await call.run(service, given)
        except QAError as error:
            return types.CallToolResult(content=[_text(str(error))], is_error=True)
        return types.CallToolResult(content=[_text(text)], structured_content=found)

    async def list_resources(
        _context: Any, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        first = _cursor(params.cursor if params else None)
        found = [one for one in await service.sources() if one.state == "ready"]
        after = first + _PAGE
        return types.ListResourcesResult(
            resources=[
                types.Resource(
                    uri=URI + quote(one.path),
                    name=one.path,
                    title=one.title or one.path,
                    mime_type="text/plain",
                )
                for one in found[first:after]
            ],
            next_cursor=str(after) if after < len(found) else None,
        )

    async def list_templates(_context: Any, _params: Any) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    uri_template=URI + "{+path}",
                    name="document",
                    description="The text of a document, by its path",
                    mime_type="text/plain",
                )
            ]
        )

    async def read_resource(
        _context: Any, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        try:
            if not params.uri.startswith(URI):
                raise UsageError(f"there is no resource {params.uri!r}; those here begin {URI}")
            document = await service.document(unquote(params.uri[len(URI) :]))
        except QAError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from error
        contents = types.TextResourceContents(
            uri=params.uri, mime_type="text/plain", text=document.text
        )
        return types.ReadResourceResult(contents=[contents])

    return Server(
        "qa",
        version=__version__,
        title="Questions to documents",
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def serve_stdio(assistant: Assistant) -> None:
    """Serve one client on standard input and output, until it hangs up."""
    _ = assistant.engine  # raises where the LLM is asked for and no model is named
    service = Service(assistant, purpose="qa mcp")

    async def main() -> None:
        server = server_of(service)
        service.start()
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    try:
        with suppress(KeyboardInterrupt):
            anyio.run(main)
    finally:
        service.close()


def _checked(tool: types.Tool, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """``given`` where it fits what the tool takes; UsageError else."""
    error = best_match(Draft202012Validator(tool.input_schema).iter_errors(given))
    if error is not None:
        place = f"{error.path[0]!r}: " if error.path else ""
        raise UsageError(f"{tool.name!r} cannot take this: {place}{error.message}")
    return given


def _cursor(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isdecimal():
        raise MCPError(types.INVALID_PARAMS, f"{cursor!r} is no cursor of this list")
    return int(cursor)


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)
