"""A proof as a file: readable JSON whose last line holds the digest of all lines above it.

    head -n -2 proof.json | sha256sum

gives that digest without ``qa``.  Not a character of the file can be changed so that it is still
read as a proof; who changes it on purpose can make the digest anew, which a signature is for.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from qa.data import Proof
from qa.errors import ProofError
from qa.schema import proof_dict, proof_of
from qa.text.plain import steers

LARGEST = 64_000_000
"""Bytes that a proof has at most."""
_END = re.compile(rb'  "digest": "sha256:[0-9a-f]{64}"\n}\n\Z')


def to_bytes(proof: Proof) -> bytes:
    """The file's bytes: UTF-8, and nothing in them steers a terminal."""
    text = json.dumps(proof_dict(proof), ensure_ascii=False, indent=2)
    text = "".join(_escaped(char) if steers(char) else char for char in text)
    above = (text.removesuffix("\n}") + ",\n").encode()
    return above + _end(above)


def digest_of(data: bytes) -> str:
    """The digest that a proof's bytes end with."""
    return data[-len("sha256:") - 64 - len('"\n}\n') : -len('"\n}\n')].decode("ascii")


def proof_from(data: bytes, name: str) -> Proof:
    """The proof in a file's bytes.

    Raises ProofError, naming ``name``, for anything but what ``to_bytes`` gave, letter for letter.
    """
    end = _END.search(data)
    if end is None:
        raise ProofError(
            f"{name!r} is no proof, or is cut off or changed at its end: its last lines are not"
            " the digest that qa ask --proof writes"
        )
    above = data[: end.start()]
    if data[end.start() :] != _end(above):
        raise ProofError(
            f"{name!r} was changed after it was written: its digest is not that of its lines"
        )
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
        proof = proof_of(found)
        for one in proof.documents:
            for path in (one.path, *one.copies):
                _check_path(path)
        known = {one.path for one in proof.documents}
        for quotation in proof.quotations:
            if quotation.citation.path not in known:
                raise ValueError(f"it tells nothing of {quotation.citation.path!r}, which it cites")
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise ProofError(f"{name!r} is no proof that qa ask --proof wrote ({error})") from error
    return proof


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if char.isascii() else json.dumps(char)[1:-1]


def _end(above: bytes) -> bytes:
    return f'  "digest": "sha256:{hashlib.sha256(above).hexdigest()}"\n}}\n'.encode("ascii")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; one key said twice would be read one way here and another way elsewhere."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _check_path(path: str) -> None:
    """Raise ValueError for a path that leads out of a folder."""
    own = Path(path)
    if own.is_absolute() or ".." in own.parts or not own.parts or "\0" in path:
        raise ValueError(f"{path!r} is no path inside a folder")
