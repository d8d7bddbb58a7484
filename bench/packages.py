"""What an install brings: every package that ``qa`` pulls in without extras, with its size.

    python -m bench.packages

prints a Markdown table, the largest first, from what is installed beside it.
"""

import importlib.metadata as metadata
import re
from pathlib import Path


def closure(name: str) -> dict[str, tuple[str, int, set[str]]]:
    """Version, bytes on disk and who asks for it, of each package that ``name`` needs."""
    from packaging.requirements import Requirement

    found: dict[str, tuple[str, int, set[str]]] = {}
    waiting = [(Requirement(name), "")]
    while waiting:
        wanted, by = waiting.pop()
        key = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if key in found:
            found[key][2].add(by)
            continue
        package = metadata.distribution(key)
        size = sum(
            Path(str(file.locate())).stat().st_size
            for file in package.files or ()
            if Path(str(file.locate())).is_file()
        )
        found[key] = (package.version, size, {by})
        for line in package.requires or ():
            needed = Requirement(line)
            extras = [*wanted.extras, ""]
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in extras):
                waiting.append((needed, key))
    return found


def main() -> None:
    """Print the table."""
    found = closure("qa")
    del found["qa"]
    total = sum(size for _, size, _ in found.values())
    print(f"{len(found)} packages, {total / 1e6:,.0f} MB.\n")
    print("| package | MB | asked for by |\n|---|---|---|")
    for name, (version, size, by) in sorted(found.items(), key=lambda one: -one[1][1]):
        whose = ", ".join(sorted(by))
        print(f"| {name} {version} | {size / 1e6:.1f} | {whose} |")


if __name__ == "__main__":
    main()
