"""Flips bits in a library's files and cuts them short: found out, and mended.

    python -m tests.faults.damage 100 [--seed 1]

Each damage must be found, by a reader or by what ``qa doctor --deep`` looks at, or do no
harm: every document, passage, word and vector is as it was.  Then a repair must make the
library whole.  Nothing but this project's own errors may come up.
"""

import argparse
import json
import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from qa.errors import QAError
from qa.ingest.repair import audit, repair
from tests.faults import kill, reader


def files(place: Path) -> list[Path]:
    """The files of a library that hold something."""
    found = [path for path in (place / "lib").rglob("*") if path.is_file()]
    return sorted(path for path in found if path.stat().st_size and path.name != ".gitignore")


def damage(path: Path, chance: random.Random) -> str:
    """Flip a bit of a file, overwrite a stretch of it, or cut it short; says which."""
    data = bytearray(path.read_bytes())
    at = chance.randrange(len(data))
    how = chance.choice(["bit", "bit", "stretch", "cut"])
    if how == "bit":
        data[at] ^= 1 << chance.randrange(8)
    elif how == "stretch":
        data[at : at + 200] = chance.randbytes(len(data[at : at + 200]))
    else:
        del data[at:]
    path.write_bytes(data)
    return f"{how} at {at} of {path.name}"


def found(place: Path, expected: dict[str, str]) -> str | None:
    """What is found to be wrong; None where nothing is, and then nothing may be."""
    library = kill._library(place)
    try:
        with library.writing("test") as writer:
            faults = list(audit(writer, reader.count))
        if faults:
            return faults[0]
        with library.reading() as view:
            seen = kill._seen(view)
    except QAError as error:
        return str(error)
    assert seen == expected, "damage was missed"
    return None


def trial(
    template: Path, place: Path, documents: dict[str, str], chance: random.Random
) -> tuple[str, bool, int]:
    """One damage: the file, whether it was found, and the texts that mending it embedded."""
    shutil.copytree(template, place)
    path = chance.choice(files(place))
    what = damage(path, chance)
    try:
        expected = kill._expected(documents, place)
        complaint = found(place, expected)
        embedding = kill.Hashed(place / "embedded.txt")
        embedding_notes = place / "embedded.txt"
        embedding_notes.write_text("")
        settings = kill._settings(place)
        repair(
            settings, kill._library(place), embedding, lambda _progress: None, worker=kill.WORKER
        )
        assert found(place, expected) is None
    except BaseException as error:
        error.add_note(what)
        raise
    embedded = len(embedding_notes.read_text().split())
    shutil.rmtree(place)
    return path.name, complaint is not None, embedded


def series(trials: int, seed: int, count: int) -> dict[str, dict[str, float]]:
    """Make so many damages, and say per file what came of them."""
    chance = random.Random(seed)
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        template.mkdir()
        documents = kill._files(range(count), "kettle")
        kill.lay_out(template, documents, 0)
        kill.sync(template)
        for number in range(trials):
            name, was_found, embedded = trial(
                template, Path(folder) / f"trial-{number}", documents, chance
            )
            counts[name, "damaged"] += 1
            counts[name, "found" if was_found else "harmless"] += 1
            counts[name, "embedded again"] += embedded
    return {
        name: {what: n for (one, what), n in sorted(counts.items()) if one == name}
        for name in sorted({name for name, _what in counts})
    }


def main() -> None:
    """Run the series and print its figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=5, help="600 make Chroma write its index")
    options = parser.parse_args()
    print(json.dumps(series(options.trials, options.seed, options.files), indent=1))


if __name__ == "__main__":
    main()
