"""``qa eval suite``: standard data, asked of assistants over their texts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.errors import UsageError
from qa.fronts.cli.eval_shared import (
    PATH,
    console,
    folder_or_temporary,
    json_option,
    progress,
    settings_of,
)
from qa.fronts.lines import to_json

if TYPE_CHECKING:
    from qa.evaluate.suites import Bench, Opener


@click.command("suite")
@click.argument("name")
@click.option("--data", type=PATH, required=True, help="The file or folder, as published.")
@click.option("--limit", type=click.IntRange(1), help="Only so many questions or claims.")
@click.option("--library", type=PATH, help="Keep the library here, for another run.")
@json_option
@click.pass_context
def suite_command(
    context: click.Context,
    name: str,
    data: Path,
    limit: int | None,
    library: Path | None,
    as_json: bool,
) -> None:
    """Run standard data: NAME is squad, beir, claims, qed or canard."""
    from qa.evaluate.suites import suite
    from qa.fronts.cli import eval_tables

    run = suite(name)
    settings = settings_of(context, {"engine": "extractive"})
    with folder_or_temporary(library) as kept, progress(f"suite {name}", limit) as step:
        found = run(data, _opener(kept, settings), limit, step)
    if as_json:
        click.echo(to_json(found.to_dict()))
    else:
        console().print(eval_tables.suite(found))


def _opener(folder: Path, settings: dict[str, Any]) -> "Opener":
    """What gives a suite an assistant over documents, kept in ``folder``."""

    @contextmanager
    def opened(name: str, texts: Mapping[str, str]) -> "Iterator[Bench]":
        from qa.assistant import Assistant

        documents = folder / name / "documents"
        documents.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            file = documents / path
            if not file.exists() or file.read_bytes() != text.encode():
                file.write_bytes(text.encode())
        for file in documents.iterdir():
            if file.name not in texts:
                raise UsageError(
                    f"{str(documents)!r} holds {file.name!r}, which is none of the suite's; "
                    "give every suite a --library folder of its own"
                )
        with Assistant.from_here(
            documents=documents, library=folder / name / "library", **settings
        ) as assistant:
            assistant.sync(purpose="qa eval suite")
            yield assistant

    return opened
