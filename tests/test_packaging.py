"""What an installed package holds."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_wheel_and_sdist_hold_prompts_and_model_data(tmp_path: Path) -> None:
    """A wheel built from an sdist has every prompt, the model's data and the learned weights."""
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path)]
    subprocess.run([*build, "-t", "sdist"], cwd=ROOT, check=True, capture_output=True)
    (sdist,) = tmp_path.glob("*.tar.gz")
    subprocess.run(["tar", "xzf", str(sdist), "-C", str(tmp_path)], check=True)
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    subprocess.run([*build, "-t", "wheel"], cwd=unpacked, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    prompts = {f"qa/_prompts/{path.name}" for path in (ROOT / "prompts").iterdir()}
    data = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "qa").rglob("*")
        if path.suffix
        in {".json", ".onnx", ".toml", ".j2", ".typed", ".html", ".css", ".js", ".svg"}
    }
    assert len(prompts) >= 4
    assert {"tokenizer.json", "graph.onnx"} <= {Path(name).name for name in data}
    assert prompts | data <= names


def test_dependencies_are_bounded_and_pinned() -> None:
    """Each dependency has a lower bound, and constraints.txt the one version that was tested."""
    import re
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        asked += extra
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {re.split(r"[=\s;]", line)[0].casefold() for line in lines if "==" in line}
    for dependency in asked:
        name, bound = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?(\S*)", dependency).groups()
        assert re.match(r"[>=]=\d", bound), dependency
        assert re.sub(r"[_.]", "-", name).casefold() in pinned, dependency
