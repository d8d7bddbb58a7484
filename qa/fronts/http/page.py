"""What the page asks for: state, sources, documents, answers; and the files that are dropped."""

import json
import os
import secrets
import unicodedata
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response

from qa import __version__
from qa.data import Answer
from qa.errors import UsageError
from qa.fronts.http.errors import failed, refused
from qa.fronts.http.shown import document_dict, event_dict, source_row
from qa.fronts.http.streaming import TooLarge, json_of, streamed
from qa.fronts.service import Event, Service
from qa.ingest.formats.registry import SUFFIXES
from qa.schema import CONVERSATION, conversation_of

STATIC = Path(__file__).parent / "static"
_LONGEST_NAME = 200  # bytes of a file's name


class Page:
    """The page's routes.  With ``read_only`` no file is taken."""

    def __init__(self, service: Service, *, read_only: bool) -> None:
        self._service = service
        self._settings = service.assistant.settings
        self._takes_files = not read_only and not self._settings.is_shared

    async def file(self, request: Request) -> Response:
        """GET / and the page's own files, a fixed few."""
        name = request.path_params.get("name", "index.html")
        if name not in {one.name for one in STATIC.iterdir()}:
            return refused(404, f"there is no {name!r} here")
        return FileResponse(STATIC / name, headers={"cache-control": "no-cache"})

    async def state(self, _request: Request) -> Response:
        """GET /api/state: what answers, and how far the reading of the folder is."""
        assistant, upkeep = self._service.assistant, self._service.upkeep
        progress = upkeep.progress
        reading = None
        if progress is not None and progress.total:
            reading = {"percent": upkeep.percent, "path": progress.path}
        place = self._settings.library if self._settings.is_shared else self._settings.documents
        return JSONResponse(
            {
                "version": __version__,
                "documents": str(place),
                "engine": assistant.engine,
                "takes_files": self._takes_files,
                "formats": sorted(SUFFIXES),
                "generation": upkeep.generation,
                "reading": reading,
                "told": upkeep.told,
                "error": str(upkeep.error) if upkeep.error is not None else None,
            }
        )

    async def sources(self, _request: Request) -> Response:
        """GET /api/sources."""
        try:
            self._service.upkeep.begin()
            return JSONResponse([source_row(one) for one in await self._service.sources()])
        except Exception as error:
            return failed(error)

    async def document(self, request: Request) -> Response:
        """GET /api/document?path=PATH."""
        path = request.query_params.get("path", "")
        try:
            return JSONResponse(document_dict(path, await self._service.document(path)))
        except UsageError as error:
            return refused(404, str(error))
        except Exception as error:
            return failed(error)

    async def ask(self, request: Request) -> Response:
        """POST /api/ask: a line of JSON for each event of the answer."""
        try:
            asked = await json_of(request)
            question = asked.get("question")
            if not isinstance(question, str):
                raise UsageError(f"'question' is {question!r}; text is expected")
            events = self._service.stream(question.strip(), _history(asked.get("history", [])))
        except TooLarge as error:
            return refused(413, str(error))
        except Exception as error:
            return failed(error)
        return await streamed(request, _lines(events), _error_line, "application/x-ndjson")

    async def add(self, request: Request) -> Response:
        """PUT /api/documents/NAME: a file for the folder; none that is there is written over."""
        if not self._takes_files:
            return refused(403, "this server takes no files")
        name = request.path_params["name"]
        folder = self._settings.documents
        if why := _unfit(name):
            return refused(415 if why.startswith("files") else 400, why)
        try:
            await _receive(request, folder, name, int(self._settings.max_file_mb * 1_000_000))
        except FileExistsError:
            return refused(409, f"there is a {name!r} in the folder already; rename the new one")
        except TooLarge as error:
            return refused(413, str(error))
        except OSError as error:
            return refused(500, f"{name!r} cannot be written to {str(folder)!r}: {error.strerror}")
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        self._service.upkeep.begin()
        return JSONResponse({"path": name}, 201)


def _history(found: Any) -> Sequence[Answer]:
    try:
        return conversation_of({"schema": CONVERSATION, "answers": found})
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
        raise UsageError(f"'history' holds what is no answer of this server: {error}") from error


async def _lines(events: AsyncGenerator[Event, None]) -> AsyncGenerator[str, None]:
    yield "\n"  # the headers at once: who waits for a turn can be told so
    async with aclosing(events):
        async for event in events:
            yield json.dumps(event_dict(event), ensure_ascii=False) + "\n"


def _error_line(error: dict[str, Any]) -> str:
    return json.dumps({"event": "error"} | error, ensure_ascii=False) + "\n"


def _unfit(name: str) -> str | None:
    """Why a file cannot have this name in the folder; None where it can."""
    suffix = Path(name).suffix.lower()
    if (
        name.startswith(".")
        or "/" in name
        or "\\" in name
        or len(name.encode(errors="replace")) > _LONGEST_NAME
        or any(unicodedata.category(char) in ("Cc", "Cs", "Cf") for char in name)
    ):
        return f"{name!r} can be no file's name here"
    if suffix not in SUFFIXES:
        return f"files of {suffix!r} are not read; those that are: {' '.join(sorted(SUFFIXES))}"
    return None


async def _receive(request: Request, folder: Path, name: str, most: int) -> None:
    """Write what a request brings to ``folder``, whole or not at all.

    Raises TooLarge, FileExistsError, OSError, or ClientDisconnect where it breaks off.
    """
    target = folder / name
    if target.exists():
        raise FileExistsError(name)
    part = folder / f".{secrets.token_hex(8)}.part"  # hidden: it is not read before it is whole
    try:
        with part.open("xb") as file:
            size = 0
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise TooLarge(f"{name!r} has over {most / 1e6:g} MB, which are not read")
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        target.touch(exist_ok=False)  # taken, so that nobody else's file is written over
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
