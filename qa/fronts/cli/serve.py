"""``qa serve`` and ``qa mcp``: the same assistant for browsers, chat clients and their models."""

from typing import Any

import click

from qa.errors import UsageError
from qa.fronts.cli.options import ENGINE, SETTINGS, assistant_of, with_options

PORT = 8365


@click.command("serve")
@with_options(*SETTINGS, *ENGINE)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; one that others reach needs a token.",
)
@click.option("--token", help="What every request must bring; QA_TOKEN hides it from ps.")
@click.option("--no-open", is_flag=True, help="Do not open the page in a browser.")
@click.option("--read-only", is_flag=True, help="Take no files from the page.")
@click.pass_context
def serve_command(
    context: click.Context,
    /,
    port: int,
    host: str,
    no_open: bool,
    read_only: bool,
    **flags: Any,
) -> None:
    """Serve a page to ask on, and an OpenAI-compatible endpoint at /v1 (model: qa)."""
    try:
        from qa.fronts.http.serving import serve
    except ImportError as error:
        raise _missing("qa serve", "serve", error) from error

    with assistant_of(context, flags) as assistant:
        serve(assistant, host, port, is_open=not no_open, read_only=read_only)


@click.command("mcp")
@with_options(*SETTINGS, *ENGINE)
@click.pass_context
def mcp_command(context: click.Context, /, **flags: Any) -> None:
    """Serve a client of the Model Context Protocol on standard input and output.

    The client starts it: qa --documents papers mcp
    """
    try:
        from qa.fronts.mcp import serve_stdio
    except ImportError as error:
        raise _missing("qa mcp", "mcp", error) from error

    with assistant_of(context, flags) as assistant:
        serve_stdio(assistant)


def _missing(command: str, extra: str, error: ImportError) -> UsageError:
    return UsageError(f"{command} needs {error.name!r}: pip install 'qa[{extra}]'")
