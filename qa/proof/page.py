"""A proof as one page to read and print: it loads nothing and runs nothing."""

from importlib import resources

from qa.data import OPENINGS, Dated, Proof, Quotation, Statement
from qa.text.plain import xml_text
from qa.times.quoted import days_text, when_text
from qa.wording import NEAREST


def render(proof: Proof, digest: str) -> str:
    """The page: every statement with the sentences that it cites, marked, in their context.

    Whatever documents, questions and answers hold is escaped.  ``digest`` is that of the
    proof's file, by which a reader finds out whether it is the one shown.
    """
    from jinja2 import Environment, StrictUndefined

    source = resources.files("qa.proof").joinpath("proof.html.j2").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    answer = proof.answer
    told = list(zip(answer.notes, proof.remarks, strict=True))
    page = environment.from_string(source).render(
        proof=proof,
        answer=answer,
        digest=digest,
        openings=[text for note, text in told if note.kind in OPENINGS],
        remarks=[text for note, text in told if note.kind not in OPENINGS],
        quotations={one.citation.marker: one for one in proof.quotations},
        parts=_parts,
        dates=_dates,
        when=_when,
        nearest=NEAREST,
    )
    return xml_text(page)


def _parts(statement: Statement) -> tuple[str, str, str]:
    """A statement before, in and behind the phrase that answers."""
    start, end = statement.emphasis or (0, 0)
    return statement.text[:start], statement.text[start:end], statement.text[end:]


def _dates(quotation: Quotation) -> list[str]:
    return [_meaning(one) for one in quotation.citation.dates if one.relative]


def _meaning(one: Dated) -> str:
    days = days_text(one.start, one.end) + (f" or {days_text(*one.other)}" if one.other else "")
    return f"“{' '.join(one.text.split())}” is {days}, {one.basis}"


def _when(quotation: Quotation) -> str:
    return when_text(quotation.citation)
