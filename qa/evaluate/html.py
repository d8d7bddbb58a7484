"""A run as one HTML file that opens without a network: tables, plots, every question."""

from importlib import resources
from typing import Any

from qa.evaluate.measures import BY_NAME
from qa.evaluate.report import TITLES, Report, by_badness


def render(report: Report) -> str:
    """The page.  Whatever documents, questions and answers hold is escaped.

    The page loads nothing and runs nothing, and says so in its content security policy.
    """
    from jinja2 import Environment, StrictUndefined

    source = resources.files("qa.evaluate").joinpath("report.html.j2").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    bad = by_badness(report)
    figures = report["measures"]["all"]
    kinds = {
        name.removeprefix("kind:"): part
        for name, part in report["measures"].items()
        if name.startswith("kind:")
    }
    return environment.from_string(source).render(
        report=report,
        titles=TITLES,
        arrows={n: "↓" if n not in BY_NAME or BY_NAME[n].better < 0 else "↑" for n in TITLES},
        bars=[(name, figures[name]) for name in TITLES if figures[name]],
        parts=[name for name in report["measures"] if not name.startswith("kind:")],
        kinds=kinds,
        measured={name for part in kinds.values() for name, figure in part.items() if figure},
        value=_value,
        range=_range,
        curve=_curve(report["risk_coverage"]),
        across=_across,
        up=_up,
        pairs=bad + [pair for pair in report["pairs"] if not pair["diagnosis"]],
        wrong=len(bad),
        emphasise=_emphasise,
    )


def _value(interval: dict[str, Any] | None) -> str:
    return "–" if interval is None else f"{interval['value']:.2f}"


def _range(interval: dict[str, Any] | None) -> str:
    return "" if interval is None else f"{interval['low']:.2f}–{interval['high']:.2f}"


def _curve(points: list[list[float]]) -> str:
    """The points of an SVG polyline in a box of 360 by 200 at (40, 20)."""
    return " ".join(f"{_across(x)},{_up(y)}" for x, y in points)


def _across(share: float) -> str:
    return f"{40 + 360 * share:.1f}"


def _up(share: float) -> str:
    return f"{220 - 200 * share:.1f}"


def _emphasise(statement: dict[str, Any]) -> Any:
    """The statement's text, escaped, with the phrase that answers marked."""
    from markupsafe import Markup

    text, told = statement["text"], statement["emphasis"]
    if told is None:
        return text
    start, end = told["start"], told["end"]
    return Markup("{}<mark>{}</mark>{}").format(text[:start], text[start:end], text[end:])
