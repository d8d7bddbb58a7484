"""Verdicts as JUnit XML, for continuous integration to show: a test case a proof."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from qa.data import Verdict
from qa.text.plain import one_line, xml_text

Result = tuple[str, "Verdict | str"]
"""A proof's name, and its verdict or why it is none."""


def render(results: Sequence[Result]) -> str:
    """One suite; a proof that does not hold fails, a file that is broken is an error."""
    failed = sum(isinstance(one, Verdict) and not one.holds for _, one in results)
    broken = sum(isinstance(one, str) for _, one in results)
    root = ET.Element("testsuites", name="qa verify")
    suite = ET.SubElement(
        root,
        "testsuite",
        name="proofs",
        tests=str(len(results)),
        failures=str(failed),
        errors=str(broken),
    )
    for name, result in results:
        asked = "" if isinstance(result, str) else f": {one_line(result.proof.answer.question)}"
        case = ET.SubElement(suite, "testcase", name=xml_text(name + asked), classname="proofs")
        if isinstance(result, str):
            ET.SubElement(case, "error", message=xml_text(result))
        elif not result.holds:
            lines = [*faults(result)]
            told = ET.SubElement(case, "failure", message=xml_text(lines[0]))
            told.text = xml_text("\n".join(lines))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def faults(verdict: Verdict) -> list[str]:
    """What does not hold, a line each."""
    lines = []
    for one in verdict.quotations:
        if not one.holds:
            citation = one.quotation.citation
            said = [*one.remarks, *([f"it says “{one_line(one.now)}” now"] if one.now else [])]
            lines.append(
                f"[{citation.marker}] {one.kind}: “{one_line(citation.quote)}”"
                f" ({'; '.join([citation.path, *said])})"
            )
    for number, statement in enumerate(verdict.statements, start=1):
        if not statement.holds:
            lines.append(f"statement {number}: {'; '.join(statement.missing)}")
    return lines
