"""A sentence of a hit as a citation: the one place where a quotation is cut from its text."""

from qa.data import Citation, Hit, Sentence
from qa.positions import line_of, page_of
from qa.times.quoted import dates_of, entry_day


def cite(hit: Hit, sentence: Sentence, marker: int) -> Citation:
    """The citation of ``sentence``, which stands in the hit's document, as ``[marker]``."""
    document = hit.document
    return Citation(
        marker=marker,
        document_id=document.id,
        path=hit.path,
        title=document.title,
        published=document.published,
        page=page_of(document, sentence.start),
        line=line_of(document.text, sentence.start),
        start=sentence.start,
        end=sentence.end,
        quote=document.text[sentence.start : sentence.end],
        written=document.written,
        dates=dates_of(document, sentence, both=True),
        also=tuple(dict.fromkeys((*hit.paths[1:], *hit.copies))),
        entry=entry_day(document, sentence.start),
    )
