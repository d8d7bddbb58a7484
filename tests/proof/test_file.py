"""The file of a proof: what is written is read again, and nothing that was changed is."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.data import Proof
from qa.errors import ProofError
from qa.proof.file import digest_of, proof_from, to_bytes
from qa.schema import SCHEMAS
from tests.proof.made import SENTENCES, proof


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """A proof of two statements."""
    folder = tmp_path_factory.mktemp("documents")
    return proof(folder, (SENTENCES[0], [SENTENCES[0]]), ("Two. 烤面包", list(SENTENCES[1:3])))


@pytest.fixture(scope="module")
def written(made: Proof) -> bytes:
    """Its file."""
    return to_bytes(made)


def test_a_proof_comes_back(made: Proof, written: bytes) -> None:
    """What was written is read as the same proof, and fits the schema that is published."""
    assert proof_from(written, "a.json") == made
    jsonschema.validate(json.loads(written), SCHEMAS["proof"])


def test_the_digest_can_be_taken_without_qa(written: bytes, tmp_path: Path) -> None:
    """The last line but one holds the SHA-256 of all lines above it."""
    (tmp_path / "a.json").write_bytes(written)
    command = "head -n -2 a.json | sha256sum"
    said = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=True).stdout
    assert digest_of(written) == f"sha256:{said.split()[0].decode()}"


@settings(max_examples=100)
@given(st.data())
def test_every_change_of_a_character_is_caught(written: bytes, data: st.DataObject) -> None:
    """One character anywhere put in, taken out or changed, and the file is no proof any more."""
    text = written.decode()
    place = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.characters(codec="utf-8") | st.sampled_from(' \n\t"\\{}[],:0a\ufeff'))
    way = data.draw(st.sampled_from(["put in", "taken out", "changed"]))
    if way == "put in":
        changed = text[:place] + char + text[place:]
    elif way == "taken out":
        changed = text[:place] + text[place + 1 :]
    else:
        changed = text[:place] + char + text[place + 1 :]
    if changed == text:
        return
    with pytest.raises(ProofError, match=r"'a\.json'"):
        proof_from(changed.encode(), "a.json")


def test_every_byte_changed_is_caught(written: bytes) -> None:
    """Each byte of the file in turn, one bit flipped: none passes."""
    for place in range(len(written)):
        changed = bytearray(written)
        changed[place] ^= 1
        with pytest.raises(ProofError):
            proof_from(bytes(changed), "a.json")


def resealed(text: str) -> bytes:
    """The text with the digest of what it says now, as a forger would make it."""
    import hashlib

    above = text[: text.rindex('  "digest"')].encode()
    return above + f'  "digest": "sha256:{hashlib.sha256(above).hexdigest()}"\n}}\n'.encode()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"outcome": "answered"', '"outcome": "sure"', "its outcome is 'sure'"),
        ('"name": "bakery.md"', '"name": "../bakery.md"', "is no path inside a folder"),
        ('"name": "bakery.md"', '"name": "/etc/passwd"', "is no path inside a folder"),
        ('"name": "bakery.md"', '"name": "b.md"', "it tells nothing of 'bakery.md'"),
        ('"qa.proof/1"', '"qa.proof/2"', "its schema is 'qa.proof/2', and 'qa.proof/1' is read"),
        ('"reason": null', '"reason": null,\n  "reason": "x"', "a key stands twice"),
        ('"support": 1.0', '"support": NaN', "NaN is no number"),
        ('"question": "who?"', '"question": 3', "3 stands where text is expected"),
        ('"citations": [\n        1', '"citations": [\n        7', "(7)"),
    ],
)
def test_what_is_sealed_anew_must_still_be_a_proof(
    written: bytes, old: str, new: str, said: str
) -> None:
    """A digest made anew does not make a proof of what is none."""
    text = written.decode()
    assert old in text
    with pytest.raises(ProofError) as caught:
        proof_from(resealed(text.replace(old, new)), "a.json")
    assert said in str(caught.value)


def test_nothing_in_a_proof_steers_the_terminal_that_shows_it(made: Proof) -> None:
    """Control and bidirectional characters are escaped in the file, and come back."""
    odd = replace(made, answer=replace(made.answer, question="a\x1b[31m\u202e\x7f\U000e0001?"))
    data = to_bytes(odd)
    assert data.decode().isprintable() is False  # line feeds alone
    assert data.decode().replace("\n", "").isprintable()
    assert proof_from(data, "a.json") == odd


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b"[" * 100_000, b"PK\x03\x04"])
def test_foreign_files_are_refused(data: bytes) -> None:
    """What never was a proof is called none."""
    with pytest.raises(ProofError, match="is no proof, or is cut off or changed at its end"):
        proof_from(data, "a.json")
