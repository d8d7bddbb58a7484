"""Verdicts on proofs as lines for a reader."""

from collections.abc import Iterator

from qa.data import Checked, CheckedKind, CheckedStatement, Proof, Signed, Verdict
from qa.fronts.lines import BLANK, Line, Piece, one_line, safe

WORDS: dict[CheckedKind, str] = {
    "holds": "holds",
    "stands": "still stands",
    "redated": "other times",
    "changed": "changed",
    "gone": "gone",
    "missing": "missing",
    "false": "false",
}
_STYLES = {True: "green", False: "bold red"}
_WIDE = max(map(len, WORDS.values()))


def verdict_lines(verdict: Verdict, name: str) -> Iterator[Line]:
    """What became of each citation and each statement of the proof in the file ``name``."""
    yield heading_line(verdict, name)
    yield Line((Piece(_made(verdict.proof), "dim"),), indent=2)
    yield Line((Piece(_signed(verdict.signed), "dim"),), indent=2)
    if verdict.quotations:
        yield BLANK
    for one in verdict.quotations:
        yield from _checked_lines(one)
    if verdict.statements:
        yield BLANK
    for number, statement in enumerate(verdict.statements, start=1):
        yield from _statement_lines(number, statement)
    yield BLANK
    yield Line((Piece(_sum(verdict)),))


def heading_line(verdict: Verdict, name: str) -> Line:
    """Whether a proof holds, its file and its question, on one line."""
    return Line(
        (
            Piece("holds        " if verdict.holds else "does not hold", _STYLES[verdict.holds]),
            Piece(f"  {one_line(name)}", "bold"),
            Piece(f"  “{one_line(verdict.proof.answer.question)}”"),
        )
    )


def broken_line(error: str) -> Line:
    """Why a file is no proof."""
    return Line((Piece("broken       ", _STYLES[False]), Piece(f"  {safe(error)}")))


def fault_lines(verdict: Verdict) -> Iterator[Line]:
    """What of a proof does not hold."""
    for one in verdict.quotations:
        if not one.holds:
            yield from _checked_lines(one)
    for number, statement in enumerate(verdict.statements, start=1):
        if not statement.holds:
            yield from _statement_lines(number, statement)


def _made(proof: Proof) -> str:
    documents = f"{proof.searched} document{'' if proof.searched == 1 else 's'}"
    by = safe(proof.answer.engine)
    return f"{proof.answer.outcome}, {proof.made:%Y-%m-%d %H:%M} UTC, from {documents}, by {by}"


def _signed(signed: Signed | None) -> str:
    if signed is None:
        return "not signed"
    if signed.by is None:
        return f"signed by the key {signed.key}; whose it is was not checked (--signer KEYS)"
    return f"signed by {one_line(signed.by)}, key {signed.key}"


def _checked_lines(one: Checked) -> Iterator[Line]:
    citation = one.quotation.citation
    place = one_line(one.path or citation.path)
    line = f", line {one.line}" if one.line is not None else ""
    yield Line(
        (
            Piece(f"[{citation.marker}] ", "cyan"),
            Piece(f"{WORDS[one.kind]:<{_WIDE}}  ", _STYLES[one.holds]),
            Piece(f"{place}{line}", "dim"),
        )
    )
    yield Line((Piece(f"“{safe(citation.quote)}”", "italic"),), indent=4)
    if one.now is not None:
        yield Line((Piece(f"changed to “{safe(one.now)}”", "bold"),), indent=4)
    for remark in one.remarks:
        yield Line((Piece(safe(remark), "yellow"),), indent=4)


def _statement_lines(number: int, one: CheckedStatement) -> Iterator[Line]:
    yield Line(
        (
            Piece(f"{number}.  "),
            Piece(f"{'holds' if one.holds else 'fails':<{_WIDE}}  ", _STYLES[one.holds]),
            Piece(one_line(one.statement.text)),
            Piece(f" {one.statement.markers}", "cyan"),
        )
    )
    for missing in one.missing:
        yield Line((Piece(safe(missing), "yellow"),), indent=4)


def _sum(verdict: Verdict) -> str:
    citations = [one.holds for one in verdict.quotations]
    statements = [one.holds for one in verdict.statements]
    said = [f"{sum(citations)} of {len(citations)} citations"]
    if statements:
        said.append(f"{sum(statements)} of {len(statements)} statements")
    return f"{' and '.join(said)} hold."


def sum_line(holding: int, proofs: int) -> Line:
    """How many of a folder's proofs hold."""
    return Line((Piece(f"{holding} of {proofs} proofs hold."),))
