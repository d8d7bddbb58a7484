"""Bytes to text: byte order mark, UTF-8, UTF-16 without a mark, a declared encoding, detection."""

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
_CONTROLS = dict.fromkeys((*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))
_TOLERANCE = 0.3
"""The share of control characters from which on bytes are no text: of random ones it is 0.1, of
files with a format of their own far more in their first bytes, which decide."""

_HEAD = 512
"""Bytes that tell a binary format, with NUL bytes or control bytes in plenty."""

_MOST_NULS = 0.02
"""The share of NUL bytes up to which a file is text with dirt in it."""

_FEW_NULS = 2
"""NUL bytes that a short file may hold, whatever their share: no format has so few."""

_NEVER_IN_TEXT = re.compile(rb"[\x00-\x08]")
_FREQUENT = re.compile(r"[\t\n\r -~\u0400-\u045f\u3000-\u30ff\uff0c]")
_WRITTEN = re.compile(  # Latin, Greek, Cyrillic, marks, kana, Chinese, Korean, broad forms
    "[\\t\\n\\r -~\u00a0-\u0527\u2000-\u22ff\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uffee]"
)
_JAPANESE = ("cp932", "euc_jp")
_KANA = range(0x3041, 0x30FF)


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of ``data`` without its byte order mark; line ends as they are.

    ``declared`` is the encoding that the format itself names (an HTML meta tag, an e-mail
    header); it is tried after UTF-8, which cannot be mistaken for anything else.  Control
    characters stay: ``read`` shows each as a mark, and counts them.

    Raises DocumentError where the bytes are not text.
    """
    text = _decoded(data, declared).lstrip("\ufeff")
    if text.count("\x00") > _bearable(len(text)):
        raise DocumentError("is binary, not text")
    head = text[:_HEAD]
    if len(head) - len(head.translate(_CONTROLS)) > _TOLERANCE * len(head):
        raise DocumentError("is binary, not text")
    return text


def _bearable(length: int) -> float:
    return max(_FEW_NULS, _MOST_NULS * length)


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            # "replace": one broken character at the end of a file must not lose the file
            return data.decode(encoding, errors="replace")
    if (wide := _wide(data)) is not None:
        return data.decode(wide, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if data.count(0) > _bearable(len(data)) or data[:_HEAD].count(0) > _FEW_NULS:
        raise DocumentError("is binary, not text")
    if declared is not None and (encoding_name := _known(declared)) is not None:
        return data.decode(encoding_name, errors="replace")
    mostly = data.decode("utf-8", errors="replace")
    broken = mostly.count("\ufffd")
    if broken * 20 <= sum(char > "\x7f" for char in mostly):
        return mostly  # UTF-8 with a few damaged characters, which stay visible as U+FFFD
    return data.decode(_detected(data), errors="replace")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: what other text never holds, control bytes, are letters.

    Only where, so read, all is letters and marks of the scripts that are much written.
    """
    if len(data) % 2 or not _NEVER_IN_TEXT.search(data, 0, _SAMPLE):
        return None
    best, most = None, 0
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data[:_SAMPLE].decode(encoding)
        except UnicodeDecodeError:
            continue
        frequent = len(_FREQUENT.findall(text))
        if len(_WRITTEN.findall(text)) >= 0.98 * len(text) and frequent > most:
            best, most = encoding, frequent
    return best


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

    sample = data[:_SAMPLE].translate(None, bytes(_CONTROLS))  # the detector takes none of them
    if (japanese := _japanese(sample)) is not None:
        return japanese
    matches = from_bytes(sample, cp_isolation=_CANDIDATES)
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


def _japanese(sample: bytes) -> str | None:
    """A Japanese encoding where the text, so read, has kana among its letters without fault.

    The detector takes a line or two of Shift-JIS for Korean.  Kana, a third of any Japanese
    text, come out of no other language's bytes in such numbers.
    """
    for encoding in _JAPANESE:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample)
        except UnicodeDecodeError:
            continue
        foreign = [char for char in text if char > "\x7f"]
        kana = sum(ord(char) in _KANA for char in foreign)
        half = sum("\uff61" <= char <= "\uff9f" for char in foreign)
        if kana > 0.3 * len(foreign) and half < 0.05 * len(foreign):
            return encoding
    return None
