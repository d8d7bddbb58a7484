"""Units that give somebody else's words: which they are, what follows, how it is told.

They answer only where nothing better does, and are named where they are shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from qa.data import Citation, Document, Note, Unit, Voice, Weighed, Window
from qa.library.interface import View
from qa.text.blocks import VERBATIM
from qa.text.voices import is_held, voices

BETTER = 0.1
"""The chance from which on a document's own words lead whatever others are given in."""

_READ = 50_000  # characters of a document whose voices are looked for at once
_AROUND = 10_000  # of a longer one: so many before and behind


class _Files:
    """The files of the library, by the names that texts call them."""

    def __init__(self, view: View) -> None:
        self._view = view

    @cached_property
    def _ids(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for one in self._view.sources():
            if one.document_id is not None:
                found[one.path.casefold()] = one.document_id
                found.setdefault(one.path.rpartition("/")[2].casefold(), one.document_id)
        return found

    def called(self, name: str) -> Document | None:
        """The document of a file; a name may have words before it where none are parted."""
        name = name.casefold()
        held = self._ids.get(name)
        if held is None and not name.isascii():
            held = next((self._ids[one] for one in self._ids if name.endswith(one)), None)
        return self._view.document(held) if held is not None else None


def voiced(windows: Sequence[Window], view: View) -> tuple[Window, ...]:
    """The windows, their units with the voices they speak in."""
    files = _Files(view)
    return tuple(
        replace(one, units=tuple(_with_voice(unit, one.hit.document, files) for unit in one.units))
        if _voices(one.hit.document.text, one.hit.passage.start, one.hit.passage.end)
        else one
        for one in windows
    )


def _with_voice(unit: Unit, document: Document, files: _Files) -> Unit:
    voice = _voice(document, unit.sentence.start, unit.sentence.end, files)
    return replace(unit, voice=voice) if voice is not None and unit.role != "code" else unit


def _voice(document: Document, start: int, end: int, files: _Files) -> Voice | None:
    for one in _voices(document.text, start, end):
        if one.start >= end or one.end <= start:
            continue
        if one.kind == "file":
            other = files.called(one.file)
            words = document.text[max(start, one.start) : end]
            if other is None or other.id == document.id or is_held(words, one.file, other.text):
                continue
        return one
    return None


def _voices(text: str, start: int, end: int) -> tuple[Voice, ...]:
    """The voices of a text; of a long one those around a place."""
    if len(text) <= _READ or text.startswith(VERBATIM):
        return voices(text)
    low = max(0, text.rfind("\n\n", 0, max(0, start - _AROUND)))
    near = voices(text[low : end + _AROUND])
    return tuple(replace(one, start=one.start + low, end=one.end + low) for one in near)


def own_first(weighed: Iterable[Weighed]) -> list[Weighed]:
    """The likeliest first; where a document's own words may answer, others' words come last."""
    ordered = sorted(weighed, key=lambda one: -one.chance)
    if any(one.unit.voice is None and one.chance >= BETTER for one in ordered):
        ordered.sort(key=lambda one: one.unit.voice is not None)
    return ordered


def told(citations: Iterable[Citation], view: View) -> Iterator[Note]:
    """Whose words the cited places give, where they are not their documents' own."""
    files = _Files(view)
    for one in citations:
        voice = _voice(view.document(one.document_id), one.start, one.end, files)
        if voice is not None:
            yield Note.of("voice", voice=voice.kind, path=one.path, line=one.line, file=voice.file)
