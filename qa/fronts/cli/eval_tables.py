"""Reports, comparisons and verdicts as tables for a terminal."""

from collections.abc import Sequence
from typing import Any, Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from qa.evaluate.compare import Change, Comparison
from qa.evaluate.gate import Gate
from qa.evaluate.measures import BY_NAME
from qa.evaluate.report import TITLES, Report, by_badness
from qa.evaluate.suites import Outcome
from qa.fronts.lines import safe

KIND_COLUMNS = (
    "right",
    "nuggets",
    "date",
    "cited",
    "recall@5",
    "answered",
    "false-answer",
    "false-perhaps",
    "false-refusal",
)
"""The measures that the table by kind has room for; the JSON and HTML reports hold all."""


def shown(interval: dict[str, Any] | None) -> str:
    """``0.85 [0.78, 0.91]``; a dash where nothing was scored."""
    if interval is None:
        return "–"
    return f"{interval['value']:.2f} [{interval['low']:.2f}, {interval['high']:.2f}]"


def _text(text: str, style: str = "") -> Text:
    """The text as it is: no markup in it is obeyed, and nothing steers the terminal."""
    return Text(safe(text), style)


def _empty(title: str | None = None) -> Table:
    head = None if title is None else _text(title, "bold")
    return Table(title=head, title_justify="left", box=None, pad_edge=False)


def _table(title: str | None, *columns: str) -> Table:
    table = _empty(title)
    for place, column in enumerate(columns):
        justify: Literal["left", "right"] = "left" if place == 0 else "right"
        table.add_column(_text(column), justify=justify, overflow="fold")
    return table


def summary(report: Report) -> RenderableType:
    """Every measure with its interval; by kind; latency; what it cost."""
    slices = [name for name in report["measures"] if not name.startswith("kind:")]
    names = ["all" if name == "all" else name.removeprefix("set:") for name in slices]
    head = ", ".join(
        f"{s['name']}: {s['pairs']} pairs, {s['answerable']} answerable"
        + (f", {s['drafts']} drafts not scored" if s["drafts"] else "")
        for s in report["sets"]
    )
    whole = _table(None, "measure", *names, "n", "unscored")
    for name, title in TITLES.items():
        total = report["measures"]["all"][name]
        counts = (str(total["n"]), str(total["unscored"])) if total else ("0", "all")
        better = "↓" if name not in BY_NAME or BY_NAME[name].better < 0 else "↑"
        cells = [shown(report["measures"][part][name]) for part in slices]
        whole.add_row(f"{name} {better} {title}", *cells, *counts)
    head = f"{head} · {', '.join(report['engines'])}"
    parts: list[RenderableType] = [
        _text(head, "bold"),
        whole,
        "",
        _kinds(report),
        "",
    ]
    if report["reliability"]["bins"]:
        parts += [_reliability(report), ""]
    parts.append(_latency(report))
    spent = {name: value for name, value in report["usage"].items() if value is not None}
    if spent:
        parts.append(Text("usage: " + ", ".join(f"{k} {v}" for k, v in spent.items())))
    if report["failed"]:
        parts.append(Text(f"{report['failed']} questions got no answer and are unscored", "red"))
    return Group(*parts)


def _kinds(report: Report) -> Table:
    table = _table("by kind of question", "kind", "n", *KIND_COLUMNS)
    for part, measures in report["measures"].items():
        if part.startswith("kind:"):
            kind = part.removeprefix("kind:")
            n = sum(pair["gold"]["kind"] == kind for pair in report["pairs"])
            table.add_row(_text(kind), str(n), *(shown(measures[name]) for name in KIND_COLUMNS))
    return table


def _reliability(report: Report) -> Table:
    """What confidences said against what was found, by outcome and in steps of confidence."""
    table = _table("confidence said against found right", "confidence", "said", "found", "n")
    told = report["reliability"]
    for one in (*told["outcomes"], *told["bins"]):
        name = one["outcome"] if "outcome" in one else f"{one['from']:.1f} to {one['to']:.1f}"
        found = f"{one['found']:.2f} [{one['low']:.2f}, {one['high']:.2f}]"
        table.add_row(_text(name), f"{one['said']:.2f}", Text(found), str(one["n"]))
    return table


def _latency(report: Report) -> Table:
    table = _table("seconds", "stage", "p50", "p95")
    for stage, seconds in report["latency"]["stages"].items():
        table.add_row(stage, f"{seconds['p50']:.4f}", f"{seconds['p95']:.4f}")
    return table


def worst(report: Report, most: int) -> RenderableType:
    """How often each thing went wrong, and of each the same number of cases, worst first."""
    wrong = by_badness(report)
    counts: dict[str, int] = {}
    for pair in wrong:
        counts[pair["diagnosis"]["what"]] = counts.get(pair["diagnosis"]["what"], 0) + 1
    said = ", ".join(f"{what}: {count}" for what, count in counts.items()) or "nothing"
    table = _empty()
    for name in ("pair", "question", "what", "where"):
        table.add_column(name, overflow="fold")
    each = -(-most // len(counts)) if counts else 0
    left = dict.fromkeys(counts, each)
    listed: list[dict[str, Any]] = []
    for pair in wrong:
        left[pair["diagnosis"]["what"]] -= 1
        if left[pair["diagnosis"]["what"]] >= 0 and len(listed) < most:
            listed.append(pair)
    for pair in listed:
        what, where = pair["diagnosis"]["what"], pair["diagnosis"]["where"]
        cells = (pair["key"], pair["gold"]["question"], what, where)
        table.add_row(*(_text(cell) for cell in cells))
    rest = len(wrong) - len(listed)
    more = Text(f"… and {rest} more; --json and --html show all" if rest > 0 else "")
    return Group(_text(f"what went wrong: {said}", "bold"), table, more)


def comparison(found: Comparison) -> RenderableType:
    """The paired figures, then the questions that got better and worse."""
    table = _table("new - old", "measure", "difference", "n", "up", "down", "p")
    for name, one in found.measures.items():
        sign = BY_NAME[name].better
        sure = (one.low > 0 or one.high < 0) and one.difference != 0
        style = ("green" if sign * one.difference > 0 else "red") if sure else ""
        told = f"{one.difference:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"
        row = (told, str(one.n), str(one.up), str(one.down), f"{one.p:.3f}")
        table.add_row(name, *row, style=style)
    parts: list[RenderableType] = [table]
    for title, changes in (("better", found.better), ("worse", found.worse)):
        parts += ["", _changes(title, changes)]
    for what, keys in (
        ("only in the old run", found.only_old),
        ("only in the new run", found.only_new),
        ("not compared, as the gold differs", found.altered),
    ):
        if keys:
            parts.append(_text(f"{len(keys)} {what}: {', '.join(keys[:5])}"))
    return Group(*parts)


def _changes(title: str, changes: Sequence[Change]) -> Table:
    table = _empty(f"{title}: {len(changes)}")
    for name in ("pair", "question", "old", "new"):
        table.add_column(name, overflow="fold", ratio=None if name == "pair" else 1)
    for change in changes:
        cells = (change.key, change.question, change.old_text, change.new_text)
        table.add_row(*(_text(cell) for cell in cells))
    return table


def verdict(gate: Gate) -> RenderableType:
    """The gate's findings and why it fails."""
    table = _table("against the baseline", "measure", "baseline", "now", "change, 95 %", "")
    for f in gate.findings:
        change = f"[{f.low:+.3f}, {f.high:+.3f}]"
        row = (f"{f.old:.3f}", f"{f.new:.3f}", Text(change), "fell" if f.fell else "holds")
        table.add_row(f.measure, *row, style="red" if f.fell else "")
    reasons = [_text(f"failed: {reason}", "red") for reason in gate.reasons]
    return Group(table, *(reasons or [Text("passed")]))


def suite(found: Outcome) -> RenderableType:
    """A suite's figures, the published ones beside them, and how long it took."""
    table = _table(f"{found.suite}: {found.data}", "figure", "ours", "n", "")
    for one in found.figures:
        i = one.interval
        told = f"{i.value:.3f} [{i.low:.3f}, {i.high:.3f}]"
        table.add_row(one.name, Text(told), str(i.n), Text(one.title))
    parts: list[RenderableType] = [table]
    if found.published:
        ours = {one.name: one.interval.value for one in found.figures}
        beside = _table("published", "system", "figure", "theirs", "ours", "source")
        for other in found.published:
            mine = f"{ours[other.name]:.3f}" if other.name in ours else "–"
            row = (other.system, other.name, f"{other.value:.3f}", mine, Text(other.source))
            beside.add_row(*row)
        parts += ["", beside]
    spent = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in found.seconds)
    return Group(*parts, "", *(_text(note) for note in found.notes), Text(spent))
