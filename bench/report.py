"""The table and the plots of what was measured, as Markdown and one page of HTML."""

import html
import io
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench.measure import percentile, spread
from bench.work import ratio

MB = 1e6


class Row(NamedTuple):
    """A line of the table; ``met`` None where nothing was aimed at."""

    what: str
    ours: str
    peer: str
    goal: str
    met: bool | None


def rows(found: dict[str, Any]) -> list[Row]:
    """The table of whatever was measured."""
    makers = {
        "embedding": _embedding,
        "ingest": _ingest,
        "files": _files,
        "ask": _ask,
        "throughput": _throughput,
        "tokens": _tokens,
        "retrieval": _retrieval,
    }
    return [
        row
        for part, make in makers.items()
        if part in found
        for row in make(found[part]["figures"])
    ]


def _embedding(got: dict[str, Any]) -> Iterator[Row]:
    from bench.embedding import CHOSEN, NAIVE

    rates = got["rates"]
    for name, own in rates.items():
        times = ratio(own, rates[NAIVE])
        chosen = name == CHOSEN
        yield Row(
            f"embedding: {name}, texts/s",
            spread(own, 1),
            f"{spread(times)} of the naive one",
            "at least 1.5" if chosen else "",
            median(times) >= 1.5 if chosen else None,
        )


def _ingest(got: dict[str, Any]) -> Iterator[Row]:
    for name, goal in (("one text a run", 0.95), ("batches of 32", None)):
        share = float(got["bare"][f"ingest / {name}"])
        met = None if goal is None else share >= goal
        yield Row(
            f"ingest, passages/s against the bare session ({name})",
            f"{share:.2f} of it (median of pairs)",
            "",
            "at least 0.95" if goal else "",
            met,
        )
    for name, said in (
        ("llamaindex", "quick start: chunks of 1,024 tokens, of which the model reads 256"),
        ("llamaindex_whole", "chunks of 200 tokens: all of the text embedded"),
    ):
        times = ratio(got[name], got["ours"])
        yield Row(
            f"ingest of {got['origin']}, whole process, s",
            spread(got["ours"], 1),
            f"LlamaIndex, {said}: {spread(got[name], 1)}; {spread(times)} times ours",
            "at least 1.5",
            median(times) >= 1.5,
        )


def _files(got: dict[str, Any]) -> Iterator[Row]:
    again, edited = got["again"], got["edited"]
    yield Row(
        "10,000 unchanged files ingested again, s", spread(again), "", "under 1", median(again) < 1
    )
    yield Row(
        "one file of 10,000 edited, until it answers, s",
        spread(edited),
        "",
        "under 2",
        median(edited) < 2,
    )


def _ask(got: dict[str, Any]) -> Iterator[Row]:
    own = got["ask"]
    third = ratio(own, got["llamaindex"])
    yield Row(
        "cold `qa ask`, s",
        spread(own),
        f"LlamaIndex, one retrieval: {spread(got['llamaindex'])}; ours is {spread(third)} of it",
        "at most a third; under 1.5",
        median(third) <= 1 / 3 and median(own) < 1.5,
    )
    bare = ratio(own, got["chroma"])
    yield Row(
        "the same",
        "",
        f"bare Chroma: {spread(got['chroma'])}; ours is {spread(bare)} of it",
        "",
        None,
    )
    yield Row("`qa --help`, s", spread(got["help"]), "", "under 0.2", median(got["help"]) < 0.2)


def _throughput(got: dict[str, Any]) -> Iterator[Row]:
    for order, callers in got.get("orders", {}).items():
        one = median(callers["1"]["rate"])
        for number, figures in callers.items():
            rate, cores = median(figures["rate"]), median(figures["cores"])
            least = min(figures["got"]) / sum(figures["got"]) * int(number)
            # One caller's texts are run by all cores already: there is no factor to expect.
            grows = rate >= one and cores >= 0.9 * got["machine"]
            yield Row(
                f"questions/s, one warm process, {number} callers, {order}",
                spread(figures["rate"], 1),
                f"{rate / one:.2f} times one caller; {cores:.1f} of {got['machine']} cores busy,"
                f" {median(figures['cpu']):.2f} s of one a question; the worst-off caller got"
                f" {least:.0%} of an even share",
                "grows to the cores; none starves" if number != "1" else "",
                None if number == "1" else grows and least >= 0.8,
            )


def _tokens(got: dict[str, Any]) -> Iterator[Row]:
    for name, figures in got.items():
        ours = figures["ours"]
        for way, depths in figures.items():
            if way in ("questions", "ours"):
                continue
            equal = next(
                ((k, one) for k, one in enumerate(depths, 1) if one["recall"] >= ours["recall"]),
                None,
            )
            k, one = equal or (len(depths), depths[-1])
            share = ours["tokens"] / one["tokens"]
            yield Row(
                f"prompt tokens, {name} ({figures['questions']} questions)",
                f"{ours['tokens']:.0f} at evidence recall {ours['recall']:.3f}",
                f"{way}, best {k}: {one['tokens']:.0f} at {one['recall']:.3f}"
                f"{'' if equal else ' (never as high)'}; ours is {share:.2f} of it",
                "at most half",
                share <= 0.5,
            )


_GOALS = {100_000: 30.0, 1_000_000: 100.0}


def _retrieval(got: dict[str, Any]) -> Iterator[Row]:
    for size, figures in got.items():
        own, goal = figures["ours"], _GOALS.get(int(size))
        p50, p95 = median(own["ms"]), percentile(own["ms"], 0.95)
        peers = []
        for name, said in (
            ("chroma", "raw Chroma, dense alone"),
            ("llamaindex", "LlamaIndex hybrid"),
        ):
            if name in figures:
                times = figures[name]["ms"]
                recall = figures[name].get("recall")
                peers.append(
                    f"{said}: {median(times):.0f}, {percentile(times, 0.95):.0f}"
                    + (f", recall {recall:.3f}" if recall is not None else "")
                )
        yield Row(
            f"retrieval at {int(size):,} passages, p50 and p95, ms; recall@10",
            f"{p50:.0f}, {p95:.0f}; {own['recall']:.3f}",
            "; ".join(peers),
            f"p50 under {goal:.0f}; 1.0" if goal else "",
            None if goal is None else p50 < goal and own["recall"] == 1.0,
        )
        disk = own["disk"]
        kept = sum(disk.values()) - disk["chroma"]
        chroma = (
            f"{disk['chroma'] / int(size):,.0f} with Chroma's" if disk["chroma"] else "no Chroma"
        )
        yield Row(
            f"memory and disk at {int(size):,} passages",
            f"resident {own['resident'] / MB:,.0f} MB ({own['resident_before'] / MB:,.0f} before"
            f" the first question); {kept / int(size):,.0f} bytes a passage on disk, {chroma};"
            f" opened in {own['opened_ms'] / 1e3:.2f} s; the writer alone"
            f" {own['written_per_second']:,.0f} passages/s",
            "",
            "under 1,000 MB" if int(size) == 1_000_000 else "",
            own["resident"] < 1e9 if int(size) == 1_000_000 else None,
        )


_HEAD = ("measured", "the project", "beside it", "goal", "met")


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    met = {None: "", True: "yes", False: "**no**"}[row.met]
    return (row.what, row.ours, row.peer, row.goal, met)


def notes(found: dict[str, Any]) -> list[str]:
    """Machine, versions, and the load while each part ran."""
    said = [*found["machine"], "Medians with (least to most) of runs in turn."]
    for part, one in found.items():
        if part != "machine":
            before, after = one["load"]
            said.append(
                f"{part}: {one['when']}, {one['seconds']:.0f} s, load {before:.1f} to {after:.1f}"
            )
    return said


def write(found: dict[str, Any], folder: Path) -> None:
    """bench.md and bench.html in ``folder``."""
    table = [_cells(row) for row in rows(found)]
    lines = ["| " + " | ".join(_HEAD) + " |", "|" + "---|" * len(_HEAD)]
    lines += ["| " + " | ".join(row) + " |" for row in table]
    lines += ["", *(f"- {note}" for note in notes(found)), ""]
    (folder / "bench.md").write_text("\n".join(lines), encoding="utf-8")
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell.strip('*'))}</td>" for cell in row) + "</tr>"
        for row in table
    )
    head = "".join(f"<th>{name}</th>" for name in _HEAD)
    said = "".join(f"<li>{html.escape(note)}</li>" for note in notes(found))
    page = (
        "<!doctype html><html lang=en><meta charset=utf-8><title>bench</title><style>"
        "body{font:15px/1.45 sans-serif;max-width:72em;margin:2em auto;padding:0 1em}"
        "table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3em .5em;"
        "text-align:left;vertical-align:top}svg{max-width:32em;height:auto}</style>"
        f"<h1>bench</h1><ul>{said}</ul>{''.join(plots(found))}<table><tr>{head}</tr>{body}</table>"
    )
    (folder / "bench.html").write_text(page, encoding="utf-8")


def plots(found: dict[str, Any]) -> Iterator[str]:
    """Inline SVG of what grows."""
    import matplotlib as mpl

    mpl.use("svg")
    if "retrieval" in found:
        got = found["retrieval"]["figures"]
        yield _lines(
            "retrieval, p50 (ms)",
            "passages",
            {
                name: {
                    int(size): median(one[name]["ms"]) for size, one in got.items() if name in one
                }
                for name in ("ours", "chroma", "llamaindex")
            },
        )
        yield _lines(
            "resident memory and disk (MB)",
            "passages",
            {
                "resident": {int(s): one["ours"]["resident"] / MB for s, one in got.items()},
                "disk without Chroma": {
                    int(s): (sum(one["ours"]["disk"].values()) - one["ours"]["disk"]["chroma"]) / MB
                    for s, one in got.items()
                },
            },
        )
    if "throughput" in found:
        rates = {
            order: {int(n): median(one["rate"]) for n, one in callers.items()}
            for order, callers in found["throughput"]["figures"].get("orders", {}).items()
        }
        yield _lines("questions a second", "callers", rates, log=False)


def _lines(title: str, of: str, series: dict[str, dict[int, float]], *, log: bool = True) -> str:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5.2, 3.4))
    for name, points in series.items():
        if points:
            axes.plot(list(points), list(points.values()), marker="o", label=name)
    if log:
        axes.set_xscale("log")
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set_title(title)
    axes.set_xlabel(of)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.tight_layout()
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg")
    pyplot.close(figure)
    return drawn.getvalue()[drawn.getvalue().index("<svg") :]
