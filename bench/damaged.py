"""A folder of files of every format, each damaged in ten ways, through a whole ingest.

    python -m bench.damaged [--copies 4]

There are ``--copies`` sound files of each of 59 kinds, and ten damaged ones of every one (with 4
236 and 2,360).  Fails where a sound file is not read, where a damaged one is neither read nor
said to be skipped with a reason on one line, or where the ingest itself fails.
"""

import argparse
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from qa import Assistant
from qa.ingest.formats.registry import FORMATS
from tests.cases import each
from tests.ingest import made
from tests.ingest.test_hostile import SOUND

Damage = Callable[[bytes, random.Random], bytes]


def _at(data: bytes, chance: random.Random) -> int:
    return chance.randrange(max(1, len(data)))


def _changed(data: bytes, chance: random.Random, share: float) -> bytes:
    spoilt = bytearray(data)
    for _ in range(max(1, int(share * len(data)))):
        spoilt[_at(data, chance)] = chance.randrange(256)
    return bytes(spoilt)


def _zeroed(data: bytes, chance: random.Random) -> bytes:
    start = _at(data, chance)
    return data[:start] + bytes(min(512, len(data) - start)) + data[start + 512 :]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    start = _at(data, chance)
    return data[:start] + data


WAYS: dict[str, Damage] = {
    "cut in half": lambda data, _: data[: len(data) // 2],
    "cut short": lambda data, _: data[: len(data) - 20],
    "its beginning lost": lambda data, _: data[20:],
    "zeroed in the middle": _zeroed,
    "a byte changed": lambda data, chance: _changed(data, chance, 0.0),
    "one in ten bytes changed": lambda data, chance: _changed(data, chance, 0.1),
    "begun twice": _doubled,
    "noise": lambda data, chance: chance.randbytes(len(data)),
    "of another format": lambda _, chance: chance.choice(list(_EVERY.values()))(),
    "a bomb": lambda data, _: made.zipped({"a.txt": b" " * 60_000_000}) + data[-64:],
}
_EVERY = {suffix: SOUND.get(suffix, lambda: b"The mill of Bonn opened.") for suffix in FORMATS}


def files(copies: int, chance: random.Random) -> Iterator[tuple[str, bytes, bool]]:
    """Names and bytes, and whether the file is sound."""
    kinds = {f"small{suffix}": make() for suffix, make in sorted(SOUND.items())}
    for name, data in (kinds | dict(each.FILES)).items():
        stem, _, suffix = name.rpartition(".")
        for copy in range(copies):
            yield f"{stem} {copy}, sound.{suffix}", data, True
            for way, damage in WAYS.items():
                yield f"{stem} {copy}, {way}.{suffix}", damage(data, chance), False


def main() -> None:
    """Ingest, and look at what is said of each file."""
    parser = argparse.ArgumentParser(prog="python -m bench.damaged", description=__doc__)
    parser.add_argument("--copies", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(20)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "docs"
        folder.mkdir()
        sound = {}
        for name, data, is_sound in files(given.copies, chance):
            (folder / name).write_bytes(data)
            sound[name] = is_sound
        began = time.perf_counter()
        library = Path(place) / "library"
        with Assistant.from_here(documents=folder, library=library, max_file_mb=5.0) as assistant:
            assistant.sync()
            known = {one.path: one for one in assistant.sources()}
        seconds = time.perf_counter() - began
    lost = [name for name, is_sound in sound.items() if is_sound and known[name].state != "ready"]
    silent = [name for name in sound if name not in known]
    silent += [
        path
        for path, one in known.items()
        if one.state == "skipped" and (not one.reason or "\n" in one.reason)
    ]
    outcomes = Counter(
        (name.rpartition(".")[0].partition(", ")[2], known[name].state)
        for name in sound
        if not sound[name]
    )
    print("| damage | read | skipped, with the reason |\n|---|---|---|")
    for way in WAYS:
        print(f"| {way} | {outcomes[way, 'ready']} | {outcomes[way, 'skipped']} |")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\n{len(sound)} files in {seconds:.0f} s, at most {peak:.0f} MB in the reader's process")
    if lost or silent:
        raise SystemExit(f"lost: {lost}; not said: {silent}")


if __name__ == "__main__":
    main()
