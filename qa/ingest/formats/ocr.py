"""Pictures, by text recognition: Tesseract as a library, in this process (``qa[ocr]``).

Never the program of that name: what reads documents may start none.
"""

import io
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from qa.errors import DocumentError
from qa.ingest.formats.draft import Draft, Raw

REMEDY = (
    "install text recognition (pip install 'qa[ocr]' and Tesseract's data, as in apt install"
    " tesseract-ocr), then run: qa ingest --rebuild"
)
"""What to do where a picture is met, and cannot be read."""

MOST_PIXELS = 60_000_000
"""Pixels of a picture that is read: an A3 page scanned at 400 dots an inch has 31 million."""

_DATA = (  # where systems keep what Tesseract learned
    *sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"), reverse=True),
    *(Path(one) for one in ("/usr/share/tessdata", "/usr/local/share/tessdata")),
    Path("/opt/homebrew/share/tessdata"),
)
_MOST_LANGUAGES = 4  # each costs time on every page
_LEAST = 3  # letters and digits that a picture with text in it has


@lru_cache(maxsize=1)
def is_there() -> bool:
    """Whether text recognition is installed, with its data."""
    return find_spec("tesserocr") is not None and _data() is not None


def lines(image: Any) -> str:
    """The lines of text in a picture of PIL's."""
    return str(_tesseract()(image)).replace("\f", "")


def picture(raw: Raw) -> Draft:
    """The text in a picture.

    Raises DocumentError where it holds none, is too large, or nothing can recognise it.
    """
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(raw.data))
        width, height = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DocumentError(f"is not a {raw.suffix} file, or is damaged") from error
    if not is_there():
        raise DocumentError(f"is a picture; {REMEDY}")
    if width * height > MOST_PIXELS:
        raise DocumentError(f"is a picture of {width:,} by {height:,} dots; make it smaller")
    text = lines(image.convert("L"))
    if sum(map(str.isalnum, text)) < _LEAST:
        raise DocumentError("is a picture without text in it")
    return Draft(text=text, remarks=("its text was recognised in a picture and may have errors",))


@lru_cache(maxsize=1)
def _tesseract() -> Any:
    """What makes text of a picture, loaded once."""
    import tesserocr

    found = _data()
    assert found is not None
    known = {one.stem for one in found.glob("*.traineddata")} - {"osd", "equ"}
    languages = sorted(known, key=lambda one: (one != "eng", one))[:_MOST_LANGUAGES]
    api = tesserocr.PyTessBaseAPI(path=f"{found}/", lang="+".join(languages))

    def recognise(image: Any) -> str:
        api.SetImage(image)
        return str(api.GetUTF8Text())

    return recognise


def _data() -> Path | None:
    return next((one for one in _DATA if any(one.glob("*.traineddata"))), None)
