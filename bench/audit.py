"""Known vulnerabilities of the pinned dependencies, where their data can be had.

    make audit

Runs pip-audit over constraints.txt.  Exit status: 0 nothing known, 1 something is known (listed),
2 not one package could be looked up, which is no verdict and is said.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Print the verdict."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "constraints.txt")]
    command += ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(run.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"pip-audit gave no report: {run.stderr.strip()[-400:]}")
        return 2
    looked_up = [one for one in packages if "vulns" in one]
    skipped = len(packages) - len(looked_up)
    if not looked_up:
        print(f"none of {skipped} packages could be looked up: the vulnerability data is not here")
        return 2
    known = [(one, hole) for one in looked_up for hole in one["vulns"]]
    for one, hole in known:
        fixed = ", ".join(hole["fix_versions"]) or "no version"
        print(f"{one['name']} {one['version']}: {hole['id']}, mended in {fixed}")
    print(f"{len(looked_up)} packages looked up, {skipped} not, {len(known)} known vulnerabilities")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
