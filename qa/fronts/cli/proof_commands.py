"""``qa verify`` and ``qa proof``: answers checked again, and shown, from their proof files."""

from collections.abc import Iterator
from pathlib import Path

import click

from qa.errors import ProofError, UsageError
from qa.fronts.cli.eval_shared import write
from qa.fronts.cli.options import FOLDER, OUTPUT, settings_of, with_options
from qa.fronts.lines import Line, to_json
from qa.fronts.screen import Screen, say

FILE = click.Path(path_type=Path, dir_okay=False)
SIGN = click.option("--sign", type=FILE, metavar="KEY", help="Sign the proof with this SSH key.")
PROOF = (
    click.option(
        "--proof", type=FILE, metavar="FILE", help="Write the answer as one that can be checked."
    ),
    click.option(
        "--proof-with-documents",
        is_flag=True,
        help="Pack the cited documents beside it: FILE is a zip.",
    ),
    SIGN,
)


def proof_path(proof: Path | None, with_documents: bool, sign: Path | None) -> Path | None:
    """Where a proof is to be written, if one is asked for.

    Raises UsageError for options that do not go together, and for a place that will not do.
    """
    from qa.proof.pack import ALONE, PACKED, check_new

    if proof is None:
        if with_documents or sign is not None:
            raise UsageError("--proof-with-documents and --sign say how to write --proof FILE")
        return None
    wanted = PACKED if with_documents else ALONE
    if proof.suffix != wanted:
        kind = "a proof with its documents" if with_documents else "a proof"
        raise UsageError(f"{kind} is written to a file that ends in {wanted}, not {str(proof)!r}")
    check_new(proof, sign)
    return proof


@click.command("verify")
@click.argument("path", metavar="FILE", type=FOLDER)
@click.option(
    "--documents", type=FOLDER, help="Folder of the documents [default: seeds, or the zip's own]."
)
@click.option(
    "--signer",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="KEYS",
    help="Public SSH keys, one of which must have signed.",
)
@click.option("--junit", type=FILE, metavar="OUT", help="Write a JUnit report, a case a proof.")
@with_options(*OUTPUT)
@click.pass_context
def verify_command(
    context: click.Context,
    /,
    path: Path,
    documents: Path | None,
    signer: Path | None,
    junit: Path | None,
    as_json: bool,
    plain: bool,
) -> None:
    """Check the proof in FILE again, or each one in a folder: no model, network or library.

    Exit status: 0 all holds, 1 some does not, 2 usage, 3 a file is broken or no proof.
    """
    from qa.data import Verdict
    from qa.fronts import verdict as lines
    from qa.proof.found import Folder
    from qa.proof.junit import render
    from qa.proof.pack import PACKED
    from qa.proof.verify import proofs_in, verify
    from qa.schema import broken_dict, verdict_dict

    settings = settings_of(context, documents=documents)
    own = documents is None and context.obj["documents"] is None  # a zip brings its own
    many = path.is_dir()
    paths = list(proofs_in(path)) if many else [path]
    if not paths:
        raise UsageError(f"the folder {str(path)!r} holds no proofs: files in .json or .zip")
    results: list[tuple[str, Verdict | str]] = []
    with Folder(settings.documents, settings.max_file_mb, settings.exclude) as folder:
        for one in paths:
            place = None if own and one.suffix == PACKED else folder
            try:
                found: Verdict | str = verify(one, place, settings.max_file_mb, signer)
            except ProofError as error:
                found = str(error)
            results.append((str(one), found))
    if junit is not None:
        write(junit, render(results))
    if as_json:
        told = [
            broken_dict(one, name) if isinstance(one, str) else verdict_dict(one, name)
            for name, one in results
        ]
        click.echo(to_json(told if many else told[0]))
    else:

        def shown() -> Iterator[Line]:
            for name, one in results:
                if isinstance(one, str):
                    yield lines.broken_line(one)
                elif many:
                    yield lines.heading_line(one, name)
                    yield from lines.fault_lines(one)
                else:
                    yield from lines.verdict_lines(one, name)
            if many:
                holding = sum(isinstance(one, Verdict) and one.holds for _, one in results)
                yield lines.sum_line(holding, len(results))

        Screen(plain=plain).print(shown())
    if any(isinstance(one, str) for _, one in results):
        context.exit(3)
    context.exit(0 if all(isinstance(one, Verdict) and one.holds for _, one in results) else 1)


@click.command("proof")
@click.argument("path", metavar="FILE", type=FILE)
@click.option("--html", type=FILE, metavar="OUT", help="Write it as one page, to read and print.")
@SIGN
def proof_command(path: Path, html: Path | None, sign: Path | None) -> None:
    """Show the proof in FILE as a page, or sign it."""
    from qa.proof.file import digest_of, proof_from
    from qa.proof.pack import add_signature, read
    from qa.proof.page import render

    if html is None and sign is None:
        raise UsageError("say what to do with the proof: --html OUT or --sign KEY")
    data = read(path).data
    proof = proof_from(data, str(path))
    if sign is not None:
        add_signature(path, sign)
        say(f"signed {str(path)!r}")
    if html is not None:
        write(html, render(proof, digest_of(data)))
