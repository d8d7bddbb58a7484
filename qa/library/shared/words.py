"""Which passages hold a term, for a library whose engine ranks no words.

The index is kept in the catalog as segments, as search engines keep theirs.  A segment is some
rows, and a term stands in the row that its checksum names: a question reads one row for each of
its terms and segments, by key.  A writer adds a segment at its end and now and then before; of two
of about one size it makes one, so there are few.  What was stored since the last one (a writer is
at work, or was killed) is told by the passages themselves, which say their terms.
"""

import base64
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from qa.errors import LibraryDamaged, LibraryError
from qa.library.local import lexical
from qa.library.shared import rows
from qa.library.shared.engine import Engine, Is, parts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Places: TypeAlias = "tuple[NDArray[np.uint32], NDArray[np.uint16]]"
"""The numbers of passages, ascending, and how often each holds a term."""

_MOST = 0xFFFF  # times that a term is counted in one passage
_A_ROW = 64  # passages of a segment for each of its rows: 10 kB
_CACHED = 4096  # terms


class Segment(NamedTuple):
    """A part of the index: so many rows, for so many passages."""

    number: int
    rows: int
    passages: int

    @property
    def keys(self) -> list[str]:
        """What the keys of its rows are made of."""
        return [f"{self.number}:{i}" for i in range(self.rows)]

    def key(self, term: str) -> str:
        """What the key of the row is made of that a term stands in."""
        checksum = zlib.crc32(term.encode("utf-8", "surrogatepass"))
        return f"{self.number}:{checksum % self.rows}"


def overtaken(engine: Engine) -> LibraryError:
    """What is said where rows are gone that a reader's generation names."""
    return LibraryError(
        f"library {engine.address.shown!r} was changed more than once while it was read; ask again"
        " (where it stays so, run: qa repair)"
    )


def texts(engine: Engine, store: int, names: Sequence[str], level: str) -> dict[str, str]:
    """What the rows of an index say, by the names of their keys.  Raises what ``overtaken`` is."""
    keys = {rows.catalog_row(store, "words", name, "")["key"]: name for name in names}
    found = {}
    for part in parts(sorted(keys)):
        where = (Is("key", "in", part),)
        for row in engine.rows(engine.address.name, where, ("key", "body"), level):
            found[keys[row["key"]]] = row["body"]
    if len(found) < len(keys):
        raise overtaken(engine)
    return found


def segments(state: Mapping[str, Any]) -> list[Segment]:
    """The segments that a library's state names."""
    return [Segment(*one) for one in state["segments"]]


def packed(terms: Mapping[str, Places]) -> str:
    """Places of terms as a text."""
    import numpy as np

    head = json.dumps([(term, len(numbers)) for term, (numbers, _) in terms.items()])
    parts = [np.diff(numbers.astype("<u4"), prepend=np.uint32(0)) for numbers, _ in terms.values()]
    parts += [counts.astype("<u2") for _, counts in terms.values()]
    whole = b"\n".join([head.encode("ascii"), b"".join(part.tobytes() for part in parts)])
    return base64.b85encode(zlib.compress(whole, 1)).decode("ascii")


def unpacked(text: str) -> dict[str, Places]:
    """The places that a text says.  Raises LibraryDamaged where it says none."""
    import numpy as np

    try:
        head, _, whole = zlib.decompress(base64.b85decode(text)).partition(b"\n")
        sizes = dict(json.loads(head))
        total = sum(sizes.values())
        steps = np.frombuffer(whole, "<u4", total)
        counts = np.frombuffer(whole, "<u2", total, 4 * total)
    except (ValueError, TypeError, zlib.error) as error:
        raise LibraryDamaged(
            f"the library's index of words cannot be understood ({error}); run: qa repair"
        ) from error
    found, at = {}, 0
    for term, size in sizes.items():
        numbers = np.cumsum(steps[at : at + size], dtype=np.uint32)
        found[term] = numbers, counts[at : at + size]
        at += size
    return found


def places(passages: Iterable[tuple[int, Sequence[str]]]) -> dict[str, Places]:
    """Where the terms of passages stand, which are given by ascending numbers."""
    import numpy as np

    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, terms in passages:
        for term, count in Counter(terms).items():
            found[term].append((number, min(count, _MOST)))
    arrays = ((term, np.array(pairs)) for term, pairs in found.items())
    return {one: (two[:, 0].astype(np.uint32), two[:, 1].astype(np.uint16)) for one, two in arrays}


def joined(several: Iterable[Mapping[str, Places]]) -> dict[str, Places]:
    """Places out of several parts, whose numbers ascend from one to the next."""
    import numpy as np

    found: defaultdict[str, list[Places]] = defaultdict(list)
    for part in several:
        for term, one in part.items():
            found[term].append(one)
    return {
        term: (np.concatenate([a for a, _ in all_]), np.concatenate([b for _, b in all_]))
        for term, all_ in found.items()
    }


def flags(numbers: "NDArray[np.uint32]", end: int) -> "NDArray[np.bool_]":
    """Whether there is a passage of each number below ``end``, and False for all others."""
    import numpy as np

    found = np.zeros(end + 1, np.bool_)
    found[numbers] = True
    return found


def among(terms: Mapping[str, Places], there: "NDArray[np.bool_]") -> dict[str, Places]:
    """The places that are of passages for whose numbers ``there`` is true."""
    last = len(there) - 1
    kept = {term: there[held.clip(max=last)] for term, (held, _) in terms.items()}
    return {
        term: (terms[term][0][some], terms[term][1][some])
        for term, some in kept.items()
        if some.any()
    }


def checksum(terms: Mapping[str, Places]) -> int:
    """A sum over all places, whatever their order."""
    return sum(
        zlib.crc32(f"{term} {number} {count}".encode("utf-8", "surrogatepass"))
        for term, (numbers, counts) in terms.items()
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True)
    )


def segment_rows(
    store: int, number: int, passages: int, terms: Mapping[str, Places]
) -> tuple[Segment, list[dict[str, Any]]]:
    """A new segment with its rows for the catalog."""
    segment = Segment(number, 1 << (passages // _A_ROW).bit_length(), passages)
    said: dict[str, dict[str, Places]] = {name: {} for name in segment.keys}
    for term, one in terms.items():
        said[segment.key(term)][term] = one
    return segment, [
        rows.catalog_row(store, "words", name, packed(part), ref=str(number))
        for name, part in said.items()
    ]


def appended(known: Places, new: Sequence[tuple[int, Sequence[str]]]) -> Places:
    """Lengths, with those of passages that have higher numbers."""
    import numpy as np

    numbers = np.array([number for number, _ in new], np.uint32)
    counts = np.array([min(len(terms), _MOST) for _, terms in new], np.uint16)
    return np.concatenate([known[0], numbers]), np.concatenate([known[1], counts])


def lengths_row(store: int, number: int, lengths: Places) -> dict[str, Any]:
    """The row of the catalog that holds the passages' lengths."""
    body = packed({"": lengths})
    return rows.catalog_row(store, "words", f"lengths:{number}", body, ref=str(number))


def lengths(engine: Engine, store: int, state: Mapping[str, Any], level: str) -> Places:
    """The number and the length in terms of each passage that the index knows of."""
    import numpy as np

    if not state["indexed"]:
        return np.empty(0, np.uint32), np.empty(0, np.uint16)
    name = f"lengths:{state['indexed']}"
    return unpacked(texts(engine, store, [name], level)[name])[""]


class Words:
    """The words of one generation.

    ``late`` are the places that no segment holds; ``fetch`` gets the texts of segments' rows by
    what their keys are made of.
    """

    def __init__(
        self,
        found: Sequence[Segment],
        passages: lexical.Passages,
        late: Mapping[str, Places],
        fetch: Callable[[Sequence[str]], Mapping[str, str]],
    ) -> None:
        self.passages = passages
        self._segments = found
        self._late = late
        self._fetch = fetch
        self._known: dict[str, Places] = {}

    def without(self, numbers: Iterable[int]) -> "Words":
        """The same words as if there were no passages of these numbers."""
        import numpy as np

        every = self.passages
        kept = ~np.isin(every.numbers, np.fromiter(numbers, np.uint32))
        left = lexical.passages(every.numbers[kept], every.lengths[kept])
        words = Words(self._segments, left, self._late, self._fetch)
        words._known = self._known
        return words

    def bm25(self, terms: Sequence[str]) -> "tuple[NDArray[np.float64], dict[str, int]]":
        """As ``lexical.bm25``: the score of every passage, and how many hold each term."""
        held = self._look_up(set(terms))
        return lexical.scored(terms, self.passages, lambda term: self._standing(held[term]))

    def document_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """How many passages hold each term."""
        held = self._look_up(set(terms))
        return {term: len(self._standing(one)[0]) for term, one in held.items()}

    def _standing(self, places: Places) -> "tuple[NDArray[np.int64], NDArray[np.float64]]":
        """The positions of the passages that are there, and how often the term stands in each."""
        import numpy as np

        (held, counts), numbers = places, self.passages.numbers
        at = np.searchsorted(numbers, held)
        known = at < len(numbers)
        known[known] = numbers[at[known]] == held[known]
        return at[known], counts[known].astype(np.float64)

    def _look_up(self, terms: set[str]) -> dict[str, Places]:
        """The places of terms, those that are not known yet fetched together."""
        import numpy as np

        if len(self._known) > _CACHED:
            self._known = {}
        known = self._known
        found = {term: known[term] for term in terms if term in known}
        new = sorted(terms - found.keys())
        wanted = [(term, one.key(term)) for term in new for one in self._segments]
        said = self._fetch(sorted({name for _, name in wanted})) if wanted else {}
        read = {name: unpacked(text) for name, text in said.items()}
        nothing = np.empty(0, np.uint32), np.empty(0, np.uint16)
        for term in new:
            both = [read[one.key(term)].get(term, nothing) for one in self._segments]
            both.append(self._late.get(term, nothing))
            numbers, counts = (np.concatenate(column) for column in zip(*both, strict=True))
            found[term] = known[term] = numbers, counts
        return found
