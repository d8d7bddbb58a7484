"""A run as JUnit XML, for continuous integration to show: a test case a pair."""

from typing import Any
from xml.etree import ElementTree as ET

from qa.evaluate.report import Report
from qa.text.plain import xml_text


def render(report: Report) -> str:
    """A test suite a gold set; a pair with something wrong fails, one unanswered is an error.

    Times are left out, so that equal runs give equal bytes.
    """
    root = ET.Element("testsuites", name="qa eval")
    for part in report["sets"]:
        pairs = [p for p in report["pairs"] if p["key"].startswith(part["name"] + "/")]
        suite = ET.SubElement(
            root,
            "testsuite",
            name=part["name"],
            tests=str(len(pairs)),
            failures=str(sum(bool(p["diagnosis"] and p["answer"]) for p in pairs)),
            errors=str(sum(p["answer"] is None for p in pairs)),
        )
        _figures(suite, pairs)
        for pair in pairs:
            name = f"{pair['gold']['id']}: {pair['gold']['question']}"
            case = ET.SubElement(suite, "testcase", name=xml_text(name), classname=part["name"])
            if pair["diagnosis"]:
                tag = "failure" if pair["answer"] else "error"
                what, where = pair["diagnosis"]["what"], pair["diagnosis"]["where"]
                told = ET.SubElement(case, tag, message=xml_text(f"{what}; {where}"))
                told.text = xml_text(pair["answer"]["text"] if pair["answer"] else "")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _figures(suite: ET.Element, pairs: list[dict[str, Any]]) -> None:
    """The mean of every measure by kind of question, over the pairs of the suite it scores."""
    scores: dict[tuple[str, str], list[float]] = {}
    for pair in pairs:
        for measure, value in pair["scores"].items():
            if value is not None:
                scores.setdefault((pair["gold"]["kind"], measure), []).append(value)
    if not scores:
        return
    told = ET.SubElement(suite, "properties")
    for (kind, measure), values in sorted(scores.items()):
        name = xml_text(f"{kind}: {measure}")
        ET.SubElement(told, "property", name=name, value=f"{sum(values) / len(values):.4f}")
