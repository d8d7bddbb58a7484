"""HTML."""

from datetime import date
from pathlib import Path

import pytest

from tests.ingest.files import reading, refusal


def _text(folder: Path, body: str) -> str:
    return reading(folder, "a.html", f"<html><body>{body}</body></html>").text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h1>One</h1><p>a <b>b</b>c\n  d</p><h3>Two</h3>e", "# One\n\na bc d\n\n### Two\n\ne\n"),
        ("<p>one<br>two<br/> three</p>", "one\ntwo\nthree\n"),
        ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ul>d", "- a\n- b\n- c\n\nd\n"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b\n"),
        (
            "<ol start=3><li>a<ul><li>x</ul><li>b<li value=9>c<li>d</ol>",
            "3. a\n- x\n4. b\n9. c\n10. d\n",
        ),
        (
            "<table><tr><th>City<th>Year</tr><tr><td><p>Bonn</p><p>am Rhein</p><td>1989</table>",
            "| City | Year |\n|---|---|\n| Bonn am Rhein | 1989 |\n",
        ),
        (
            "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr></table>",
            "| a | b |\n\nc\n",
        ),
        ("<pre>\n a\n   b\n</pre>", " a\n   b\n"),
        ("a&nbsp;b co&shy;op &lt;x&gt; &eacute;", "a b coop <x> é\n"),
        (
            "10<sup>6</sup> and word<sup>2</sup> and 5<sup><a>[1]</a></sup>",
            "10^6 and word2 and 5[1]\n",
        ),
        ("<dl><dt>Term<dd>Meaning</dl>", "- Term: Meaning\n"),
        (
            "<dl>\n<dt>Monday</dt>\n<dd>closed</dd>\n<dt>Friday</dt>\n<dd>9 to 12</dd></dl>",
            "- Monday: closed\n- Friday: 9 to 12\n",
        ),
        ("<dl><dt>run()<dd><p>Runs it.</p><p>Once.</p></dl>", "run()\n\nRuns it.\n\nOnce.\n"),
        (
            "<table><tr><td>Curator<td>Ebba Holt<tr><td>Warden<td>Finn Rask<tr><td>Phone<td>555-01"
            "</table>",
            "| Curator | Ebba Holt |\n| Warden | Finn Rask |\n| Phone | 555-01 |\n",
        ),
        ("<q>so</q> he said", "“so” he said\n"),
        ("no markup", "no markup\n"),
    ],
)
def test_blocks_read_as_a_browser_shows_them(tmp_path: Path, body: str, expected: str) -> None:
    """Headings, lists, tables and line breaks come out as lines that read well."""
    assert expected == _text(tmp_path, body)


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>evil</script>",
        "<style>evil</style>",
        "<noscript>evil</noscript>",
        "<template><p>evil</p></template>",
        "<!-- evil -->",
        "<div hidden><p>evil</p></div>",
        "<p style='color:red; DISPLAY : none'>evil</p>",
        "<span style='visibility:hidden'>evil</span>",
        "<span style='font-size:0px'>evil</span>",
        "<span style='opacity:0'>evil</span>",
        "<span style='opacity: .0'>evil</span>",
        "<span style='font-size:0.00em !important'>evil</span>",
        "<span style='font:0/0 serif'>evil</span>",
        "<span style='display:/**/none'>evil</span>",
        r"<span style='d\69 splay:none'>evil</span>",
        "<span style='color:transparent'>evil</span>",
        "<span style='color:rgba(1, 2, 3, 0)'>evil</span>",
        "<span style='color:rgb(1 2 3 / 0%)'>evil</span>",
        "<span style='color:#fff; background:#FFF'>evil</span>",
        "<div style='position:absolute;left:-9999px'>evil</div>",
        "<div style='position:fixed;top:-100vh'>evil</div>",
        "<div style='text-indent:-999em'>evil</div>",
        "<div style='position:absolute;clip:rect(1px, 1px, 1px, 1px)'>evil</div>",
        "<div style='clip-path:inset(50%)'>evil</div>",
        "<div style='height:0;overflow:hidden'>evil</div>",
        "<div style='transform:scale(0)'>evil</div>",
        "<div style='filter:opacity(0)'>evil</div>",
        "<div popover>evil</div>",
        "<noframes>evil</noframes>",
        "<noembed>evil</noembed>",
        "<math><annotation>evil</annotation></math>",
        "<p aria-hidden=true>evil <b>evil</b></p>",
        "<p aria-hidden=TRUE>evil</p>",
        "<dialog>evil</dialog>",
        "<svg><text>evil</text></svg>",
        "<textarea>evil</textarea>",
        "<iframe src='file:///etc/passwd'>evil</iframe>",
        "<object data='http://127.0.0.1:9/'>evil</object>",
    ],
)
def test_what_a_reader_cannot_see_is_not_read(tmp_path: Path, hidden: str) -> None:
    """Nobody can plant an answer in a page by hiding text in it."""
    assert _text(tmp_path, f"<p>before</p>{hidden}<p>after</p>") == "before\n\nafter\n"


def test_faint_is_not_hidden(tmp_path: Path) -> None:
    """Text that is merely pale or small is read."""
    styles = (
        "opacity:0.5",
        "font-size:0.8em",
        "font:italic 10px/0 serif",
        "color:rgba(0, 0, 0, 0.8)",
        "color:#00f; background:#fff",
        "position:absolute;left:-20px",
        "left:-9999px",
        "clip:rect(0px, 90px, 40px, 0px)",
        "clip-path:inset(5% 0)",
        "height:0",
        "transform:scale(0.9)",
        "displayed:none",
    )
    body = "".join(f"<p style='{style}'>{style}</p>" for style in styles)
    assert _text(tmp_path, f"{body}<details>c</details>").split("\n\n") == [*styles, "c\n"]


def test_boilerplate_goes_only_where_the_main_part_is_marked(tmp_path: Path) -> None:
    """Menus are left out beside a <main>, and nothing is left out where there is none."""
    around = "<nav>Menu</nav>{}<aside>Also</aside><footer>Imprint</footer>"
    marked = around.format("<main><p>Text</p><aside>Note</aside></main>")
    assert _text(tmp_path, marked) == "Text\n\nNote\n"
    assert _text(tmp_path, around.format("<p>Text</p>")) == "Menu\n\nText\n\nAlso\n\nImprint\n"


_FIFTH = date(2024, 2, 5)
_LINKED = """{"@graph": [{"name": "Site"}, {"headline": "H", "datePublished": "2023-05-06",
"author": [{"name": "Bo"}, {"name": "Cy"}]}]}"""


@pytest.mark.parametrize(
    ("head", "title", "author", "day", "basis"),
    [
        ("<title>T | Site</title>", "T | Site", None, None, None),
        (
            "<title>T | Site</title><meta property='og:title' content='T'>"
            "<meta name='author' content='Ann'>"
            "<meta property='article:published_time' content='2024-02-03T23:30:00-08:00'>",
            "T", "Ann", date(2024, 2, 3), "meta article:published_time",
        ),
        (
            f"<script type='application/ld+json'>{_LINKED}</script>",
            "H", "Bo, Cy", date(2023, 5, 6), "JSON-LD datePublished",
        ),
        ("<meta name='DC.date' content='5 Feb 2024'>", None, None, _FIFTH, "meta dc.date"),
        ("<script type='application/ld+json'>" + "[" * 99999 + "</script>", None, None, None, None),
        ("<meta name=author content='https://x.y/ann'>", None, None, None, None),
    ],
)  # fmt: skip
def test_title_author_and_date(
    tmp_path: Path,
    head: str,
    title: str | None,
    author: str | None,
    day: date | None,
    basis: str | None,
) -> None:
    """The page's own marks tell its headline, author and day of publication."""
    found = reading(tmp_path, "a.html", f"<html><head>{head}</head><body><p>Text")
    assert (found.title, found.author) == (title, author)
    assert (found.published, found.date_basis) == (day, basis)


def test_a_time_in_the_articles_header_is_its_date(tmp_path: Path) -> None:
    """A dated header tells the day; a day in the running text does not."""
    page = "<article><header><time datetime='2024-03-04'>Monday</time></header><p>Text</article>"
    found = reading(tmp_path, "a.html", page)
    assert (found.published, found.date_basis) == (date(2024, 3, 4), "time element")
    assert reading(tmp_path, "a.html", "<p><time datetime='2024-03-04'>x</time>").published is None
    line = "<p>By Ann Lee, <time datetime='2024-03-04'>4 March 2024</time></p><p>Text</p>"
    assert reading(tmp_path, "b.html", line).published == date(2024, 3, 4)
    for page in (
        f"{line}<p>Or <time datetime='2024-03-05'>5 March 2024</time></p>",
        "<p>The fair starts <time datetime='2024-03-04'>4 March 2024</time></p>",
        "<p>It rained. <time datetime='2024-03-04'>4 March 2024</time></p>",
    ):
        assert reading(tmp_path, "c.html", page).date_basis != "time element"


def test_the_declared_encoding_is_used(tmp_path: Path) -> None:
    """A page in Windows Cyrillic reads right by what its meta tag says."""
    page = "<meta charset='windows-1251'><p>Да</p>".encode("cp1251")
    assert reading(tmp_path, "a.html", page).text == "Да\n"


def test_any_depth_is_read_or_refused(tmp_path: Path) -> None:
    """A page nested too deeply is refused aloud, not cut short, and crashes nothing."""
    assert _text(tmp_path, "<div>" * 1000 + "deep") == "deep\n"
    assert refusal(tmp_path, "a.html", "x" + "<div>" * 100_000) == (
        "is nested too deeply to be read"
    )


def test_xhtml_with_an_entity_reads_no_file(tmp_path: Path) -> None:
    """An external entity in a page is not resolved."""
    secret = tmp_path / "secret"
    secret.write_text("evil")
    page = (
        f"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>"
        "<html><body><p>a &x; b</p></body></html>"
    )
    assert "evil" not in reading(tmp_path, "a.html", page).text


def test_a_page_without_a_body_tag_is_read(tmp_path: Path) -> None:
    """Elements newer than the parser, right behind the title, belong to what is shown."""
    data = "<title>Pool</title><main><h1>The pool</h1><p>It is 50 m long.</main>"
    found = reading(tmp_path, "a.html", data)
    assert (found.title, found.text) == ("Pool", "# The pool\n\nIt is 50 m long.\n")
