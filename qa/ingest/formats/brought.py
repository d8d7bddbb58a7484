"""What a LlamaHub reader brought: a JSON object with the text and the metadata of one document."""

import json

from qa.errors import DocumentError
from qa.ingest.formats import dates
from qa.ingest.formats.draft import Draft, Raw
from qa.times.intervals import Claimed

_DATES = ("published", "date", "datePublished", "publication_date", "published_at", "created_at")


def document(raw: Raw) -> Draft:
    """Its text as it was brought; title, author and date by the metadata of those names.

    Raises DocumentError where it is not what ``qa ingest --reader`` wrote.
    """
    try:
        found = json.loads(raw.data)
        text, metadata = str(found["text"]), dict(found["metadata"])
    except (ValueError, KeyError, TypeError) as error:
        raise DocumentError(f"is not what qa ingest --reader writes ({error})") from error
    published = None
    for name in _DATES:
        day = dates.parse(metadata.get(name))
        if day is not None:
            published = Claimed(day, f"metadata {name!r}")
            break
    return Draft(
        text=text,
        title=_text(metadata.get("title")),
        author=_text(metadata.get("author")),
        published=published,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
