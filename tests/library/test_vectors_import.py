"""Imports that several threads make at once."""

import subprocess
import sys

import pytest

CODE = """
import sys
asked = []
class Note:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in ('numpy', 'chromadb', 'onnxruntime'):
            asked.append(name)
sys.meta_path.insert(0, Note())
{work}
print(asked[0])
"""


@pytest.mark.parametrize(
    "work",
    [
        "from qa.library.local.chroma import load; load()",
        "from pathlib import Path; from tempfile import mkdtemp\n"
        "from qa.library.local.chroma import Collection; Collection(Path(mkdtemp()))",
        "from qa.models.embed.minilm import MiniLM; MiniLM().load()",
    ],
    ids=["warm", "store", "model"],
)
def test_numpy_is_imported_whole_and_first(work: str) -> None:
    """No thread asks for a part of numpy while another is in the middle of importing it."""
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(work=work)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "numpy\n"
