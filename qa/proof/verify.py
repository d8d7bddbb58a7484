"""A proof's file, or a folder of them, to verdicts."""

from collections.abc import Iterator
from pathlib import Path

from qa.data import Verdict
from qa.errors import ProofError, UsageError
from qa.proof.check import check
from qa.proof.file import digest_of, proof_from
from qa.proof.found import Folder
from qa.proof.pack import PACKED, SUFFIXES, read, unpacked
from qa.proof.signature import checked


def verify(
    path: Path, documents: Folder | None, max_file_mb: float, signer: Path | None = None
) -> Verdict:
    """What there is to say of the proof in the file ``path``.

    It is held against ``documents``, or where they are None against those that are zipped
    with it.  ``signer`` is a file of the keys one of which must have signed it.  Raises
    ProofError for what is no proof, has been changed, or is not signed as it should be, and
    UsageError where the file or the documents cannot be read.
    """
    held = read(path)
    proof = proof_from(held.data, str(path))
    digest = digest_of(held.data)
    signed = None
    if held.signature is not None:
        signed = checked(held.data, held.signature, signer, str(path))
    elif signer is not None:
        raise ProofError(f"{str(path)!r} is not signed")
    if documents is not None:
        return check(proof, digest, signed, documents.evidence)
    if path.suffix != PACKED:
        raise UsageError(f"{str(path)!r} is without its documents; name their folder")
    most = int(max_file_mb * 1_000_000)
    with unpacked(path, proof.documents, most) as folder, Folder(folder, max_file_mb) as own:
        return check(proof, digest, signed, own.evidence)


def proofs_in(folder: Path) -> Iterator[Path]:
    """Every file below ``folder`` that should be a proof, by name; hidden ones are left out."""
    for path in sorted(folder.rglob("*")):
        own = path.relative_to(folder).parts
        if path.suffix in SUFFIXES and path.is_file() and not any(p.startswith(".") for p in own):
            yield path
