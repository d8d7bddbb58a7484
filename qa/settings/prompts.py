"""The prompts: files that a person can edit, filled in before any model is called.

A prompt is ``prompts/NAME.md`` in ``string.Template`` syntax: ``$variable``, and ``$$`` for a
dollar sign.  In an installed wheel the folder lies inside the package.
"""

import hashlib
import string
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from qa.errors import PromptError


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file: its name, its text, and 12 hex digits of the text's SHA-256."""

    name: str
    template: str
    hash: str

    def fill(self, **values: str) -> str:
        """The prompt with every variable replaced.

        Raises ``PromptError`` where the file names a variable that is not among ``values``,
        or does not use one that is.
        """
        named = set(string.Template(self.template).get_identifiers())
        if missing := sorted(named - set(values)):
            raise PromptError(
                f"prompt {self.name!r} uses {_listed(missing)}, which nothing gives; "
                f"expected only {_listed(sorted(values))}"
            )
        if unused := sorted(set(values) - named):
            raise PromptError(f"prompt {self.name!r} does not use {_listed(unused)}; add it")
        return string.Template(self.template).substitute(values)


def load(name: str) -> Prompt:
    """The prompt ``prompts/NAME.md``, without blanks at its ends.

    Raises ``PromptError`` where there is no such file, it is not UTF-8, or a ``$`` in it
    begins no variable.
    """
    file = _folder() / f"{name}.md"
    try:
        text = file.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise PromptError(f"no prompt {name!r}: expected the file {str(file)!r}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"prompt {name!r} cannot be read: {error}") from error
    if not string.Template(text).is_valid():
        raise PromptError(
            f"prompt {name!r} holds a '$' that begins no variable; write '$$' for a dollar sign"
        )
    return Prompt(name, text, digest(text))


def digest(*texts: str) -> str:
    """12 hex digits that change when any of ``texts`` does."""
    return hashlib.sha256("\0".join(texts).encode("utf-8")).hexdigest()[:12]


def _folder() -> Traversable:
    package = resources.files("qa")
    inside = package / "_prompts"
    return inside if inside.is_dir() else package / ".." / "prompts"


def _listed(names: list[str]) -> str:
    return ", ".join(f"'${name}'" for name in names) or "no variable"
