"""The README's picture: a true conversation over seeds/, drawn by rich as docs/conversation.svg.

python bench/screenshot.py            # writes it
python bench/screenshot.py --check    # fails where it would be another one
"""

import io
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from qa.assistant import Assistant  # noqa: E402
from qa.fronts.chat.conversation import Conversation  # noqa: E402
from qa.fronts.lines import BLANK, Line, Piece  # noqa: E402
from qa.fronts.screen import Screen  # noqa: E402

PICTURE = ROOT / "docs" / "conversation.svg"
LINES = (
    "who are Huawei's auto partners?",
    "when was AITO launched?",
    "and who attended the signing?",
    "who won the 1998 world cup?",
)
COLUMNS = 90
# The fonts that rich would have the reader's browser fetch; the reader's own will do.
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def picture() -> str:
    """The conversation as SVG, the same at each run until the program says something else."""
    console = Console(
        record=True,
        width=COLUMNS,
        force_terminal=True,
        color_system="truecolor",
        file=io.StringIO(),
    )
    screen = Screen(console=console)
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.from_here(ROOT / "seeds", folder, engine="extractive")
        assistant.sync()
        conversation = Conversation(assistant, screen)
        for line in LINES:
            screen.print([Line((Piece(f"> {line}", "bold"),)), BLANK])
            conversation.ask(line)
            screen.print([BLANK])
        conversation.preparation.stop()
    svg = console.export_svg(title="qa", theme=MONOKAI, unique_id="conversation")
    return _FONTS.sub("", svg)


if __name__ == "__main__":
    made = picture()
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if PICTURE.read_text(encoding="utf-8") == made else f"{PICTURE} is stale")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(made, encoding="utf-8")
