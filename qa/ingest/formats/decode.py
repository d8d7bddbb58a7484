"""Bytes to text: byte order mark, UTF-8, a declared encoding, then detection."""

import codecs
import re

from qa.errors import DocumentError

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What browsers know. Left to itself the detector takes French for cp775 or Urdu (cp1006).
_CANDIDATES = (
    "cp1252 gb18030 big5 cp932 euc_jp cp949 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 "
    "cp1258 iso8859_2 iso8859_5 iso8859_7 iso8859_15 koi8_r koi8_u cp874"
).split()
_SAMPLE = 1 << 16
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_TOLERANCE = 0.01


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of ``data`` without its byte order mark; line ends as they are.

    ``declared`` is the encoding that the format itself names (an HTML meta tag, an e-mail
    header); it is tried after UTF-8, which cannot be mistaken for anything else.

    Raises DocumentError where the bytes are not text.
    """
    text = _decoded(data, declared)
    controls = len(_CONTROL.findall(text))
    if "\x00" in text or controls > _TOLERANCE * len(text):
        raise DocumentError("is binary, not text")
    return text


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            # "replace": one broken character at the end of a file must not lose the file
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if b"\x00" in data:
        raise DocumentError("is binary, not text")
    if declared is not None and (encoding_name := _known(declared)) is not None:
        return data.decode(encoding_name, errors="replace")
    mostly = data.decode("utf-8", errors="replace")
    broken = mostly.count("\ufffd")
    if broken * 20 <= sum(char > "\x7f" for char in mostly):
        return mostly  # UTF-8 with a few damaged characters, which stay visible as U+FFFD
    return data.decode(_detected(data), errors="replace")


def _known(declared: str) -> str | None:
    """The codec of a declared name; Latin-1 means cp1252, as in every browser."""
    try:
        name = codecs.lookup(declared.strip()).name
        "".encode(name)  # codecs such as "hex" are no character encodings
    except (LookupError, ValueError):
        return None
    if name in ("iso8859-1", "ascii"):
        return "cp1252"
    return None if name in ("utf-8", "idna", "punycode") else name


def _detected(data: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(data[:_SAMPLE], cp_isolation=_CANDIDATES)
    best = matches.best()
    if best is None:
        raise DocumentError("is binary, or in an encoding that could not be told; save it as UTF-8")
    for match in matches:  # Western Europe wins a tie: it is by far the most frequent
        if (
            "cp1252" in match.could_be_from_charset
            and match.chaos <= best.chaos
            and match.coherence >= best.coherence
        ):
            return "cp1252"
    return best.encoding
