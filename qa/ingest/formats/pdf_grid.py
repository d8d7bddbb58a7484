"""Tables of a PDF's page that are ruled: cells are what lines part.

A PDF knows no table, but lines and boxes: those that cross make a grid, and where a line is
missing between two of its cells they are one.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product
from typing import Any, NamedTuple

from qa.ingest.formats.rows import is_value

_MOST_SEGMENTS = 20_000  # of the paths of a page; more are a drawing
_LONGEST_PATH = 64  # segments of a path that are looked at
_MOST_PAIRS = 40_000  # of rules that may cross
_THIN = 2.0  # points: a box so thin is a line
_NEAR = 2.0  # points within which two lines are one, and cross
_FILLED = 0.4  # of the cells: in a chart fewer have text
_SEVERAL = 3  # rules that end together and so tell of one across that is not drawn
_MOST_CELLS = 4_000

Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points."""


class _Rule(NamedTuple):
    """A line that is level or upright: ``at`` across, from ``start`` to ``end`` along itself."""

    at: float
    start: float
    end: float


class Grid(NamedTuple):
    """A ruled table: where its rules are, and for each place the number of the cell there.

    ``xs`` go to the right, ``ys`` down.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[tuple[int, ...], ...]

    def cell_at(self, x: float, y: float) -> int | None:
        """The cell that a point lies in."""
        if not (self.xs[0] <= x < self.xs[-1] and self.ys[-1] < y <= self.ys[0]):
            return None
        row = bisect_right(self.ys, -y, key=lambda one: -one) - 1
        return self.cells[row][bisect_right(self.xs, x) - 1]

    def is_filled(self, written: Collection[int]) -> bool:
        """Whether text in these cells makes a table: in several rows and columns, and in enough."""
        rows = [row for row in self.cells if any(cell in written for cell in row)]
        columns = [column for column in zip(*self.cells, strict=True) if {*column} & {*written}]
        every = {cell for row in rows for cell in row}
        return len(rows) > 1 and len(columns) > 1 and len({*written}) >= _FILLED * len(every)

    def rows(self, said: Mapping[int, Sequence[str]]) -> list[list[str]]:
        """What the cells say, one that is merged in all that it covers.

        ``said`` has the lines of each cell.  A row that is one cell says it once; one whose cells
        hold as many lines of figures is as many rows.
        """
        kept = self._without_repeats(said)
        found: list[list[str]] = []
        for row in kept:
            own = [said.get(cell, ()) for cell in row]
            if len({*row}) == 1:
                found.append([" ".join(own[0]), *[""] * (len(row) - 1)])
                continue
            count = _rows_in(own)
            for at in range(count):
                found.append(
                    [lines[at] if len(lines) == count > 1 else " ".join(lines) for lines in own]
                )
        return found

    def _without_repeats(self, written: Collection[int]) -> list[tuple[int, ...]]:
        """The rows without those, and columns, whose cells all stand in one beside them, too."""
        rows = _distinct(self.cells, written)
        columns = _distinct(list(zip(*rows, strict=True)), written)
        return list(zip(*columns, strict=True))


def _distinct(rows: Sequence[tuple[int, ...]], written: Collection[int]) -> list[tuple[int, ...]]:
    kept: list[tuple[int, ...]] = []
    for at, row in enumerate(rows):
        beside = {*(rows[at + 1] if at + 1 < len(rows) else ()), *(kept[-1] if kept else ())}
        if any(cell in written and cell not in beside for cell in row):
            kept.append(row)
    return kept


def _rows_in(row: Sequence[Sequence[str]]) -> int:
    """How many rows stand between two rules: as many lines as most cells have, if of figures."""
    written = [lines for lines in row if lines]
    counts = Counter(map(len, written))
    most, times = counts.most_common(1)[0] if counts else (1, 0)
    lines = [line for own in written if len(own) == most for line in own]
    figures = sum(map(is_value, lines))
    return most if 2 * times > len(written) and 2 * figures > len(lines) else 1


def grids(page: Any, pdfium: Any, upright: int) -> list[Grid]:
    """The ruled tables of a page, turned by ``upright`` quarters, from the top down."""
    level, standing = [], []
    for left, bottom, right, top in _lines(page, pdfium):
        box = turned((left, bottom, right, top), upright)
        if box[3] - box[1] <= _THIN < box[2] - box[0]:
            level.append(_Rule((box[1] + box[3]) / 2, box[0], box[2]))
        elif box[2] - box[0] <= _THIN < box[3] - box[1]:
            standing.append(_Rule((box[0] + box[2]) / 2, box[1], box[3]))
    level, standing = _merged(level), _merged(standing)
    if len(level) * len(standing) > _MOST_PAIRS:
        return []
    found = (_grid(*rules) for rules in _crossing(level, standing))
    return sorted((one for one in found if one is not None), key=lambda one: -one.ys[0])


def turned(box: Box, upright: int) -> Box:
    """A box of a page whose letters are turned by ``upright`` quarters, as it is read."""
    left, bottom, right, top = box
    every = (
        box,
        (-top, left, -bottom, right),
        (-right, -top, -left, -bottom),
        (bottom, -right, top, -left),
    )
    return every[upright]


def _lines(page: Any, pdfium: Any) -> list[Box]:
    """The lines of the page's drawings, the four sides of a box; none of a large drawing."""
    found: list[Box] = []
    kinds = [pdfium.FPDF_PAGEOBJ_PATH]
    segments = 0
    for one in page.get_objects(filter=kinds, max_depth=3):
        length = min(pdfium.FPDFPath_CountSegments(one), _LONGEST_PATH)
        segments += length
        if segments > _MOST_SEGMENTS:
            return []
        matrix, outer = one.get_matrix(), one.container
        while outer is not None:
            matrix, outer = matrix.multiply(outer.get_matrix()), outer.container
        points: list[tuple[float, float]] = []
        for at in range(length):
            segment = pdfium.FPDFPath_GetPathSegment(one, at)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            point = _point(segment, pdfium, matrix)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                found += _sides(points)
                points = []
            elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                points = []
                break
            points.append(point)
            if pdfium.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        found += _sides(points)
    return found


def _point(segment: Any, pdfium: Any, matrix: Any) -> tuple[float, float]:
    from ctypes import c_float

    x, y = c_float(), c_float()
    pdfium.FPDFPathSegment_GetPoint(segment, x, y)
    found: tuple[float, float] = matrix.on_point(x.value, y.value)
    return found


def _sides(points: Sequence[tuple[float, float]]) -> Iterator[Box]:
    if len(points) < 2:
        return
    xs, ys = [x for x, _ in points], [y for _, y in points]
    if min(max(xs) - min(xs), max(ys) - min(ys)) <= _THIN:
        yield min(xs), min(ys), max(xs), max(ys)
        return
    for (a, b), (c, d) in pairwise(points):
        yield min(a, c), min(b, d), max(a, c), max(b, d)


def _merged(rules: Sequence[_Rule]) -> list[_Rule]:
    """The rules, pieces of one line joined."""
    found: list[_Rule] = []
    for group in _near(sorted(rules)):
        at = sum(rule.at for rule in group) / len(group)
        own: list[_Rule] = []
        for rule in sorted(group, key=lambda one: one.start):
            if own and rule.start <= own[-1].end + _NEAR:
                own[-1] = own[-1]._replace(end=max(own[-1].end, rule.end))
            else:
                own.append(_Rule(at, rule.start, rule.end))
        found += own
    return found


def _near(rules: Iterable[_Rule]) -> Iterator[list[_Rule]]:
    group: list[_Rule] = []
    for rule in rules:
        if group and rule.at > group[-1].at + _NEAR:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def _crossing(
    level: Sequence[_Rule], standing: Sequence[_Rule]
) -> Iterator[tuple[list[_Rule], list[_Rule]]]:
    """The rules in groups of those that cross, at any remove."""
    # Level ones count from 0, the others from -1 down.
    crosses: dict[int, list[int]] = defaultdict(list)
    for i, rule in enumerate(level):
        for j, other in enumerate(standing):
            if (
                other.start - _NEAR <= rule.at <= other.end + _NEAR
                and rule.start - _NEAR <= other.at <= rule.end + _NEAR
            ):
                crosses[i].append(-1 - j)
                crosses[-1 - j].append(i)
    seen: set[int] = set()
    for first in crosses:
        if first in seen:
            continue
        seen.add(first)
        group, waiting = [first], [first]
        while waiting:
            for one in crosses[waiting.pop()]:
                if one not in seen:
                    seen.add(one)
                    group.append(one)
                    waiting.append(one)
        yield [level[i] for i in group if i >= 0], [standing[-1 - i] for i in group if i < 0]


def _grid(level: list[_Rule], standing: list[_Rule]) -> Grid | None:
    standing += _implied(standing, level)
    level += _implied(level, standing)
    xs = sorted({rule.at for rule in standing})
    ys = sorted({rule.at for rule in level}, reverse=True)
    if len(xs) < 3 or len(ys) < 3 or len(xs) * len(ys) > _MOST_CELLS:
        return None
    ruled = _Ruled(xs, ys, _placed(standing), _placed(level))
    cells = [[0] * (len(xs) - 1) for _ in ys[1:]]
    count = 0
    for y, x in product(range(len(ys) - 1), range(len(xs) - 1)):
        count += not cells[y][x]
        waiting = [(y, x)]
        while waiting:
            row, column = waiting.pop()
            if not cells[row][column]:
                cells[row][column] = count
                waiting += ruled.open_sides(row, column)
    if not _are_oblong(cells):
        return None  # a chart
    return Grid(tuple(xs), tuple(ys), tuple(tuple(row) for row in cells))


class _Ruled(NamedTuple):
    """Where the rules of a grid are, and those that stand and are level at each place."""

    xs: Sequence[float]
    ys: Sequence[float]
    standing: Mapping[float, Sequence[_Rule]]
    level: Mapping[float, Sequence[_Rule]]

    def open_sides(self, row: int, column: int) -> Iterator[tuple[int, int]]:
        """The places beside one that no rule parts from it, as (row, column)."""
        x = (self.xs[column] + self.xs[column + 1]) / 2
        y = (self.ys[row] + self.ys[row + 1]) / 2
        if column and not _covers(self.standing[self.xs[column]], y):
            yield row, column - 1
        if column + 2 < len(self.xs) and not _covers(self.standing[self.xs[column + 1]], y):
            yield row, column + 1
        if row and not _covers(self.level[self.ys[row]], x):
            yield row - 1, column
        if row + 2 < len(self.ys) and not _covers(self.level[self.ys[row + 1]], x):
            yield row + 1, column


def _placed(rules: Iterable[_Rule]) -> dict[float, list[_Rule]]:
    found: dict[float, list[_Rule]] = defaultdict(list)
    for rule in rules:
        found[rule.at].append(rule)
    return found


def _covers(rules: Iterable[_Rule], along: float) -> bool:
    return any(rule.start - _NEAR <= along <= rule.end + _NEAR for rule in rules)


def _implied(rules: Sequence[_Rule], across: Sequence[_Rule]) -> Iterator[_Rule]:
    """The outer rules that a table does without: where three of the others end together."""
    starts, stops = [rule.start for rule in across], [rule.end for rule in across]
    for ends, at in ((starts, min(starts)), (stops, max(stops))):
        if sum(abs(end - at) <= _NEAR for end in ends) < _SEVERAL:
            continue
        if not any(abs(rule.at - at) <= 2 * _NEAR for rule in rules):
            yield _Rule(at, min(rule.at for rule in across), max(rule.at for rule in across))


def _are_oblong(cells: Sequence[Sequence[int]]) -> bool:
    """Whether each cell, merged from several, is as wide everywhere."""
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for y, row in enumerate(cells):
        for x, cell in enumerate(row):
            places[cell].append((y, x))
    for own in places.values():
        high = max(y for y, _ in own) - min(y for y, _ in own) + 1
        wide = max(x for _, x in own) - min(x for _, x in own) + 1
        if high * wide != len(own):
            return False
    return True
