"""How many tokens a text costs, counted with tiktoken and no network.

tiktoken downloads its tables on first use.  `llama-index-core`, which this package needs
anyway, carries one in its wheel; it is found without importing LlamaIndex (1.7 s) and
handed to tiktoken through the variable it reads.
"""

import hashlib
import importlib.util
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import ModelError

if TYPE_CHECKING:
    import tiktoken

_VARIABLE = "TIKTOKEN_CACHE_DIR"
_FOLDER = "core/_static/tiktoken_cache"
_TABLE = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"  # sha1 of the address of cl100k_base
_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"


def _table_folder() -> Path:
    """The folder that holds an intact table; anything less would make tiktoken download."""
    spec = importlib.util.find_spec("llama_index")  # a namespace package: finding runs no code
    for base in (spec.submodule_search_locations or ()) if spec else ():
        table = Path(base) / _FOLDER / _TABLE
        if table.is_file() and hashlib.sha256(table.read_bytes()).hexdigest() == _SHA256:
            return table.parent
    raise ModelError(
        "cannot count tokens: expected the table of 'cl100k_base' inside 'llama-index-core'; "
        "mend it with: pip install --force-reinstall --no-deps llama-index-core"
    )


@lru_cache(maxsize=1)
def _encoding() -> "tiktoken.Encoding":
    import tiktoken

    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = str(_table_folder())
    try:
        return tiktoken.get_encoding("cl100k_base")
    finally:
        if before is None:
            del os.environ[_VARIABLE]
        else:
            os.environ[_VARIABLE] = before


def count(text: str) -> int:
    """Tokens of ``text`` in cl100k_base: an estimate for models with another vocabulary.

    Raises ``ModelError`` where the table is not installed.
    """
    return len(_encoding().encode_ordinary(text))
