"""What the commands of ``qa eval`` share: options, folders, settings, a bar, a console."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

PATH = click.Path(path_type=Path)
documents_option = click.option(
    "--documents", type=PATH, help="The folder that the pairs speak of."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def eval_folder() -> Path:
    """The repository's ``eval`` folder: here, or beside the package in a checkout."""
    for root in (Path.cwd(), Path(__file__).resolve().parents[3]):
        if (root / "eval" / "gold").is_dir():
            return root / "eval"
    raise UsageError("no folder 'eval/gold' here; name a gold file: qa eval run GOLD.jsonl")


def gold_files() -> list[Path]:
    """Every gold file of the repository."""
    return sorted((eval_folder() / "gold").glob("*.jsonl"))


def settings_of(context: click.Context, given: dict[str, Any]) -> dict[str, Any]:
    """Settings of ``qa`` itself and of the command, without folders; --replay as a model."""
    inherited = context.find_root().obj or {}
    settings = {name: value for name, value in inherited.items() if value is not None}
    settings |= {name: value for name, value in given.items() if value is not None}
    settings.pop("documents", None)
    settings.pop("library", None)
    if (replay := settings.pop("replay", None)) is not None:
        if settings.get("record") is not None:
            raise UsageError("--record and --replay exclude each other")
        if settings.get("model") is not None:
            raise UsageError("--model and --replay exclude each other")
        # A reply that was not recorded must show, not be made up for by another engine.
        settings |= {"engine": "llm", "model": f"replay:{replay}", "fallback": "none"}
    return settings


@contextmanager
def folder_or_temporary(kept: Path | None) -> Iterator[Path]:
    """``kept``, or a folder that goes with the block."""
    if kept is not None:
        yield kept
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="qa-eval-") as made:
        yield Path(made)


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Any]:
    """A progress bar on the error stream; a call of what it gives is one step done."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda: bar.advance(task)


def console() -> "Console":
    """A console for tables, wide enough for them where nobody watches."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else 200)


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it.  Raises UsageError where that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {str(path)!r}: {error.strerror}") from error
