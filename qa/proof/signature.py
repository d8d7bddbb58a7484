"""Signatures of proofs by OpenSSH (``ssh-keygen -Y``): no cryptography of our own.

The signature of ``x.json`` is ``x.json.sig``; ``ssh-keygen`` alone can check it as well:

    ssh-keygen -Y check-novalidate -n qa.proof -s x.json.sig < x.json
"""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from qa.data import Signed
from qa.errors import ProofError, QAError, UsageError

SUFFIX = ".sig"
NAMESPACE = "qa.proof"
"""What a signature is for: one made for anything else does not pass for a proof's."""
_KEY = re.compile(r"(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-\S+ \S+")
_FINGERPRINT = re.compile(r"\bSHA256:\S+")


def sign(data: bytes, key: Path) -> bytes:
    """The signature of ``data`` by the SSH key in the file ``key``, or the agent's key of it.

    A passphrase is asked for in the terminal.  Raises UsageError where there is no such file,
    QAError where ``ssh-keygen`` is not there or refuses.
    """
    if not key.is_file():
        raise UsageError(
            f"there is no key {str(key)!r}; name an SSH key (ssh-keygen -t ed25519 makes one)"
        )
    done = _keygen(["sign", "-f", str(key), "-n", NAMESPACE], data)
    if done.returncode:
        raise QAError(f"{str(key)!r} cannot sign: {_last(done)}")
    return done.stdout


def checked(data: bytes, signature: bytes, signer: Path | None, name: str) -> Signed:
    """Whose ``signature`` of ``data`` it is; ``name`` is the proof's, for the reader.

    ``signer`` is a file of public keys, a line each, or of allowed signers as ``ssh-keygen``
    has them; without it nobody says whose key it is.  Raises ProofError where the signature is
    not of these bytes, or none of the signer's keys made it; UsageError where ``signer`` cannot
    be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / "signature"
        held.write_bytes(signature)
        arguments = ["check-novalidate", "-n", NAMESPACE, "-s", str(held)]
        done = _keygen(arguments, data)
        key = _FINGERPRINT.search(done.stdout.decode("utf-8", "replace"))
        if done.returncode or key is None:
            raise ProofError(f"the signature of {name!r} is not of these bytes: {_last(done)}")
        if signer is None:
            return Signed(key.group(), None)
        allowed = Path(folder) / "allowed"
        allowed.write_text(_allowed(signer), encoding="utf-8")
        who = _keygen(["find-principals", "-s", str(held), "-f", str(allowed)], b"")
        for principal in who.stdout.decode("utf-8", "replace").splitlines():
            arguments = ["verify", "-f", str(allowed), "-I", principal, "-n", NAMESPACE]
            if _keygen([*arguments, "-s", str(held)], data).returncode == 0:
                return Signed(key.group(), principal)
        raise ProofError(
            f"{name!r} is signed by the key {key.group()}, which is none of {str(signer)!r}"
        )


def _allowed(signer: Path) -> str:
    """A file of allowed signers; of bare public keys, the file's name is who signs."""
    try:
        lines = signer.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the signer's keys {str(signer)!r} cannot be read: {error}") from error
    who = re.sub(r"[^\w.@+-]", "_", signer.name)
    return "".join(f"{who} {line}\n" if _KEY.match(line) else f"{line}\n" for line in lines)


def _keygen(arguments: Sequence[str], data: bytes) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            ["ssh-keygen", "-Y", *arguments], input=data, capture_output=True, check=False
        )
    except OSError as error:
        raise QAError(
            f"'ssh-keygen' cannot be run ({error.strerror}); signatures need OpenSSH 8.2 or newer"
        ) from error


def _last(done: "subprocess.CompletedProcess[bytes]") -> str:
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return said[-1].strip() if said else f"ssh-keygen ended with status {done.returncode}"
