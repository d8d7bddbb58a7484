"""Proofs zipped with their documents, and signed by OpenSSH."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from qa.data import Proof
from qa.errors import ProofError, QAError, UsageError
from qa.proof.file import to_bytes
from qa.proof.pack import add_signature, write
from qa.proof.verify import proofs_in, verify
from tests.proof.made import SENTENCES, proof

needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen here")


@pytest.fixture
def made(tmp_path: Path) -> Proof:
    """A proof of one statement, its document in ``docs``."""
    return proof(tmp_path / "docs", (SENTENCES[0], [SENTENCES[0]]))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of Ann and Bob."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ann", "bob"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", name]
        subprocess.run(command, cwd=folder, check=True)
    return folder


def test_a_zip_is_checked_against_what_it_brings(made: Proof, tmp_path: Path) -> None:
    """With its documents a proof is checked wherever it is taken, in a process of its own."""
    write(made, tmp_path / "a.zip", tmp_path / "docs")
    shutil.rmtree(tmp_path / "docs")
    assert verify(tmp_path / "a.zip", None, 50.0).holds
    names = zipfile.ZipFile(tmp_path / "a.zip").namelist()
    assert names == ["proof.json", "documents/bakery.md"]


def test_what_changed_meanwhile_is_not_packed(made: Proof, tmp_path: Path) -> None:
    """A document that is not what was cited any more is refused, and nothing is written."""
    (tmp_path / "docs" / "bakery.md").write_text("Other words, of another length altogether.")
    with pytest.raises(QAError, match=r"'bakery\.md' cannot be packed: it is not what was cited"):
        write(made, tmp_path / "a.zip", tmp_path / "docs")
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"other.txt": b"x"}, "holds no 'proof.json'; it is no proof"),
        ({"proof.json": b"{}"}, "is no proof, or is cut off"),
        (None, "is damaged, or no zip"),
    ],
)
def test_other_zips_are_refused(
    tmp_path: Path, members: dict[str, bytes] | None, said: str
) -> None:
    """A zip without a proof, and what is no zip at all, are named."""
    path = tmp_path / "a.zip"
    if members is None:
        path.write_bytes(b"PK no zip")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    with pytest.raises(ProofError, match=said):
        verify(path, None, 50.0)


def test_a_zip_cannot_put_a_file_elsewhere_or_hide_one(made: Proof, tmp_path: Path) -> None:
    """Only what the proof cites is unpacked, and a name that stands twice is refused."""
    write(made, tmp_path / "a.zip", tmp_path / "docs")
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as archive:
        archive.writestr("documents/../../escaped.txt", "x")
    assert verify(tmp_path / "a.zip", None, 50.0).holds
    assert not list(tmp_path.parent.glob("escaped.txt"))
    with (
        zipfile.ZipFile(tmp_path / "a.zip", "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("proof.json", b"{}")
    with pytest.raises(ProofError, match="holds a file twice under one name"):
        verify(tmp_path / "a.zip", None, 50.0)


@needs_ssh
@pytest.mark.parametrize("name", ["a.json", "a.zip"])
def test_a_signature_tells_who_vouches(made: Proof, keys: Path, tmp_path: Path, name: str) -> None:
    """The signer's key passes, another does not; signed at once or afterwards, alone or zipped."""
    path = tmp_path / name
    write(made, path, tmp_path / "docs")
    write(made, tmp_path / "packed.zip", tmp_path / "docs")
    with pytest.raises(ProofError, match="is not signed"):
        verify(path, None, 50.0, keys / "ann.pub")
    add_signature(path, keys / "ann")
    with pytest.raises(UsageError, match="is signed already"):
        add_signature(path, keys / "ann")
    with pytest.raises(ProofError, match=r"which is none of '.*bob\.pub'"):
        verify(path, None, 50.0, keys / "bob.pub")
    if name == "a.zip":
        signed = verify(path, None, 50.0, keys / "ann.pub").signed
        assert signed is not None
        assert signed.by == "ann.pub"
        signed = verify(path, None, 50.0).signed
        assert signed is not None
        assert (signed.by, signed.key[:7]) == (None, "SHA256:")


@needs_ssh
def test_a_signature_of_other_bytes_is_refused(made: Proof, keys: Path, tmp_path: Path) -> None:
    """A proof sealed anew by whoever changed it does not fit the signature that it had."""
    path = tmp_path / "a.json"
    write(made, path, tmp_path / "docs", keys / "ann")
    assert (tmp_path / "a.json.sig").read_text().startswith("-----BEGIN SSH SIGNATURE-----")
    other = proof(tmp_path / "docs", (SENTENCES[1], [SENTENCES[1]]))
    path.write_bytes(to_bytes(other))
    with pytest.raises(ProofError, match=r"the signature of '.*' is not of these bytes"):
        verify(path, None, 50.0)


@needs_ssh
def test_allowed_signers_name_who_signed(made: Proof, keys: Path, tmp_path: Path) -> None:
    """A file of allowed signers, as OpenSSH has it, gives the signer's name."""
    path = tmp_path / "a.zip"
    write(made, path, tmp_path / "docs", keys / "ann")
    allowed = tmp_path / "allowed_signers"
    lines = [f"{who}@example.org {(keys / f'{who}.pub').read_text()}" for who in ("bob", "ann")]
    allowed.write_text("# ours\n" + "".join(lines))
    signed = verify(path, None, 50.0, allowed).signed
    assert signed is not None
    assert signed.by == "ann@example.org"


def test_where_no_proof_can_be_written(made: Proof, tmp_path: Path) -> None:
    """A name that is taken, or ends otherwise, is refused before anything is written."""
    (tmp_path / "a.json").write_text("mine")
    for name, said in (
        ("a.json", "is there already; choose another name"),
        ("a.txt", "ends neither in .json nor, for a proof with its documents, in .zip"),
        ("no/a.json", "there is no folder"),
    ):
        with pytest.raises(UsageError, match=said):
            write(made, tmp_path / name, tmp_path / "docs")
    assert (tmp_path / "a.json").read_text() == "mine"


def test_a_folder_of_proofs_is_looked_through(made: Proof, tmp_path: Path) -> None:
    """Proofs below a folder come by name; what is hidden does not."""
    for name in ("b.json", "a.json"):
        write(made, tmp_path / name, tmp_path / "docs")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.json").write_text("{}")
    found = [path.name for path in proofs_in(tmp_path)]
    assert found == ["a.json", "b.json"]
