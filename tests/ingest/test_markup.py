"""Software documentation: HTML that lays out a page, directives, and code without a fence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.blocks import blocks


def read(text: str) -> list[tuple[str, str]]:
    """The kind of each block, and where it stands in the text."""
    return [(block.kind, text[block.start : block.end]) for block in blocks(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            'Add it to your project:\n\n<div class="termy">\n\n'
            "```console\n$ uv add tide\n```\n\n</div>\n",
            [("prose", "Add it to your project:"), ("code", "$ uv add tide")],
            id="tags around a block of code say nothing",
        ),
        pytest.param(
            "<details>\n<summary>Progress Bars</summary>\n\nWrap a sequence.\n</details>\n",
            [("heading", "Progress Bars"), ("prose", "Wrap a sequence.")],
            id="what a page folds away has a heading",
        ),
        pytest.param(
            '<h2 align="center">The <b>Tide</b> library</h2>\n\nIt counts waves.',
            [("heading", "The <b>Tide</b> library"), ("prose", "It counts waves.")],
            id="a heading in HTML is one",
        ),
        pytest.param(
            "Put it where it belongs:\n<your folder>\n",
            [("prose", "Put it where it belongs:\n<your folder>")],
            id="a placeholder is no tag",
        ),
        pytest.param(
            "A test:\n\n.. code-block:: python\n   :linenos:\n\n"
            "    def inc(x):\n        return x\n\nRun it.",
            [
                ("prose", "A test:"),
                ("code", "def inc(x):"),
                ("code", "return x"),
                ("prose", "Run it."),
            ],
            id="a directive of code",
        ),
        pytest.param(
            "To execute it::\n\n  $ tide\n\n  2 waves\n\nDone.",
            [
                ("prose", "To execute it::"),
                ("code", "$ tide"),
                ("code", "2 waves"),
                ("prose", "Done."),
            ],
            id="a literal block",
        ),
        pytest.param(
            "To install:\n\n    $ make\n    $ make install DESTDIR=/opt\n",
            [("prose", "To install:"), ("code", "$ make"), ("code", "$ make install DESTDIR=/opt")],
            id="indented below a colon, as Markdown has code",
        ),
        pytest.param(
            "He said:\n\n    We paid the sum that the town had asked\n"
            "    for it, and no more than that.\n",
            [
                ("prose", "He said:"),
                (
                    "prose",
                    "We paid the sum that the town had asked\n    for it, and no more than that.",
                ),
            ],
            id="a paragraph that is set in stays one",
        ),
        pytest.param(
            "You need:\n\n    1. a rope\n    2. a hook\n",
            [("prose", "You need:"), ("item", "a rope"), ("item", "a hook")],
            id="a list that is set in stays one",
        ),
        pytest.param(
            "- Start it:\n\n  Then wait for the bell, and count the boats that pass by.\n",
            [
                ("item", "Start it:"),
                ("prose", "Then wait for the bell, and count the boats that pass by."),
            ],
            id="what goes on with an item is no code",
        ),
        pytest.param(
            "Waves.\n\n.. image:: a.svg\n   :target: https://a.example/\n\n"
            ".. _MIT: https://b.example/\n",
            [("prose", "Waves.")],
            id="pictures and targets of links say nothing",
        ),
        pytest.param(
            ".. versionadded:: 8.0\n   Waves are counted.\n\n.. note:: Boats are not.\n",
            [
                ("prose", "versionadded:: 8.0\n   Waves are counted."),
                ("prose", "note:: Boats are not."),
            ],
            id="notes are read",
        ),
    ],
)
def test_documentation_is_read_as_it_is_seen(text: str, expected: list[tuple[str, str]]) -> None:
    """Markup is left out, code is code line by line, and what is said stays where it stands."""
    assert read(text) == expected


LINE = st.sampled_from(
    [
        *(
            "",
            "Run:",
            "Run::",
            ".. code-block:: sh",
            "   :linenos:",
            "    pip install a",
            "        b",
        ),
        *("<div>", "<summary>S</summary>", ".. note:: x", ".. _a: b", "- item:", "      deep"),
        *("text on", "> said:", "    > q", "```", "| a | b |", "a  b   c", "\tx"),
    ]
)


@given(st.lists(LINE, max_size=14).map("\n".join))
def test_blocks_follow_each_other_whatever_is_mixed(text: str) -> None:
    """Every block lies in the text, none over another, and none is blank."""
    end = 0
    for block in blocks(text):
        assert end <= block.start < block.end <= len(text)
        assert text[block.start : block.end].strip()
        end = block.end


def test_messages_of_a_chat_are_told_apart() -> None:
    """Each begins with its day and hour; what goes on in the next line belongs to it."""
    chat = (
        "[18.09.2024, 22:43] Milena: turn the wheel to the left.\nworked on monday\n"
        "[18.09.2024, 22:47] Pascal: works, thx\n[18.09.2024, 23:30] Milena: whose is lot 9?\n"
        "18/09/2024, 23:34 - Tunde: grower 41\n2024-09-19 04:00 Tunde: truck is gone\n"
    )
    assert [chat[one.start : one.end] for one in blocks(chat)] == [
        "[18.09.2024, 22:43] Milena: turn the wheel to the left.\nworked on monday",
        "[18.09.2024, 22:47] Pascal: works, thx",
        "[18.09.2024, 23:30] Milena: whose is lot 9?",
        "18/09/2024, 23:34 - Tunde: grower 41",
        "2024-09-19 04:00 Tunde: truck is gone",
    ]
