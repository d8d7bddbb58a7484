"""The page in a real browser: Debian's Chromium, driven by Playwright."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.fronts.gated import GatedChat
from tests.fronts.served import QUESTION, Served, bridge, served

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("no chromium here: apt-get install chromium", allow_module_level=True)
api = pytest.importorskip("playwright.sync_api", reason="pip install 'qa[browser]'")
axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="pip install 'qa[browser]'"
)

TOLL, HOSTILE = "What is the toll for lorries?", "What does the notice say?"
LETTER = "Lisse, 9 February 2024\n\nFrom 1 March 2024 on the toll for lorries is 6 crowns.\n"
REPORT = "---\ndate: 2023-03-14\n---\n\n# Report\n\nThe toll for lorries is 4 crowns.\n"
NOTICE = """\
The notice says <script>window.pwned = 1</script> stop here [7].

<img src="http://evil.test/beacon" onerror="window.pwned = 1"> [click](javascript:window.pwned=1)
"""
TOLD = {
    QUESTION: ["Ada Stone built the harbour bridge"],
    "And when was it finished?": ["It was finished in 1931"],
    TOLL: ["4 crowns", "6 crowns"],
    HOSTILE: ["The notice says"],
    "Who painted the gate?": ["Iris Vale painted the gate"],
}


class Seen(NamedTuple):
    """A page and what it did: addresses that it asked for, and what it complained about."""

    page: "api.Page"
    asked: list[str]
    complaints: list[str]

    def ask(self, question: str) -> "api.Locator":
        """Ask, and wait for the turn that is made of it to end."""
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")
        turn = self.page.locator(".turn").last
        api.expect(turn.locator(".question")).to_have_text(question)
        api.expect(turn).to_have_attribute("data-outcome", ENDED)
        return turn

    def leave(self) -> None:
        """Close the page before its server goes: what it then asks for would be refused."""
        self.page.context.close()

    def is_wide(self) -> bool:
        """Whether something of it is cut off, or must be scrolled to, at the side."""
        return self.page.evaluate("document.documentElement.scrollWidth > innerWidth")


ENDED = re.compile("answered|perhaps|not_found|stopped|failed")
Open = Callable[..., Seen]


@pytest.fixture(scope="module")
def browser() -> Iterator["api.Browser"]:
    """One browser for all; it reaches for nothing by itself."""
    quiet = ("no-sandbox disable-gpu disable-quic no-first-run disable-sync"
             " disable-background-networking disable-component-update")  # fmt: skip
    api.expect.set_options(timeout=60_000)  # a busy machine is no fault
    with api.sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[f"--{one}" for one in quiet.split()]
        )
        yield made
        made.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a bridge, two tolls and a hostile notice."""
    folder = bridge(tmp_path_factory.mktemp("served") / "docs")
    (folder / "letter.txt").write_text(LETTER)
    (folder / "report.md").write_text(REPORT)
    (folder / "<img src=x onerror=pwned=1>.md").write_text(NOTICE)
    (folder / "broken.pdf").write_text("no PDF")
    with served(folder, told=TOLD) as one:
        yield one


@pytest.fixture
def opened(browser: "api.Browser", running: Served) -> Iterator[Open]:
    """What opens the page; when done, it had asked nobody else and complained of nothing."""
    made: list[tuple[Seen, str]] = []

    def open_page(url: str = running.url, width: int = 1440, scheme: str = "light") -> Seen:
        context = browser.new_context(
            viewport={"width": width, "height": 860}, color_scheme=scheme, reduced_motion="reduce"
        )
        page = context.new_page()
        seen = Seen(page, [], [])
        page.on("request", lambda one: seen.asked.append(one.url))
        page.on("console", lambda one: seen.complaints.append(one.text))
        page.on("pageerror", lambda one: seen.complaints.append(str(one)))
        page.goto(url)
        api.expect(page.locator(".documents li").first).to_be_attached()
        made.append((seen, url))
        return seen

    yield open_page
    for seen, url in made:
        seen.page.context.close()
        origin = "/".join(url.split("/")[:3]) + "/"
        assert [one for one in seen.asked if not one.startswith(origin)] == []
        assert [one for one in seen.complaints if "status of 4" not in one] == []


def test_ask_follow_a_citation_and_go_on(opened: Open, running: Served) -> None:
    """An answer's number opens the document at the cited sentence; a follow-up is understood."""
    seen = opened()
    turn = seen.ask(QUESTION)
    api.expect(turn.locator(".statement")).to_contain_text("Ada Stone built the harbour bridge.")
    mark = turn.locator("a.mark").first
    mark.hover()
    api.expect(seen.page.locator("#tip")).to_contain_text("“Ada Stone built the harbour bridge.”")
    mark.click()
    lead = seen.page.locator("mark.lead")
    api.expect(lead).to_have_text("Ada Stone built the harbour bridge.")
    api.expect(lead).to_be_in_viewport()
    api.expect(seen.page.locator(".where")).to_have_text("The bridge")
    seen.ask("And when was it finished?")
    reader = running.service.assistant.reader
    turn_before = (QUESTION, "Ada Stone built the harbour bridge.")
    assert reader.asked[-1] == ("And when was it finished?", (turn_before,))
    seen.page.reload()
    api.expect(seen.page.locator(".turn .question")).to_have_text(
        [QUESTION, "And when was it finished?"]
    )


def test_outcomes_and_conflicts(opened: Open) -> None:
    """Found and not found look different, and sources that disagree stand side by side."""
    seen = opened()
    turn = seen.ask(TOLL)
    api.expect(turn.locator(".conflict-title")).to_have_text("The sources disagree")
    api.expect(turn.locator(".side .value")).to_have_text(["6 crowns", "4 crowns"])
    left, right = (turn.locator(".side").nth(i).bounding_box() for i in (0, 1))
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]
    turn.locator("summary").click()
    api.expect(turn.locator(".units meter").first).to_be_visible()
    missing = seen.ask("Who won the cup?")
    api.expect(missing).to_have_attribute("data-outcome", "not_found")
    api.expect(missing.locator(".label")).to_have_text("No answer found")
    api.expect(missing.locator(".nearest .quote").first).to_be_visible()
    api.expect(seen.page.locator(".skipped")).to_contain_text("is not a PDF, or is damaged")


def test_stream_and_stop(opened: Open, tmp_path: Path) -> None:
    """A statement is there before the answer is; Stop ends it, and the next question is taken."""
    chat = GatedChat()
    with served(bridge(tmp_path / "docs"), chat=chat) as one:
        seen = opened(one.url)
        seen.page.fill("#question", QUESTION)
        seen.page.press("#question", "Enter")
        turn = seen.page.locator(".turn")
        api.expect(turn.locator(".statement")).to_contain_text("Ada Stone built")
        api.expect(turn).to_have_attribute("data-outcome", "coming")
        seen.page.click("#stop")
        api.expect(turn).to_have_attribute("data-outcome", "stopped")
        api.expect(turn.locator(".statement")).to_contain_text("Ada Stone built")
        chat.gate.set()
        api.expect(seen.ask(QUESTION)).to_have_attribute("data-outcome", "answered")
        seen.leave()


def drop(seen: Seen, *files: tuple[str, str]) -> None:
    """Drop files on the page, as a reader does from a folder."""
    data = seen.page.evaluate_handle(
        """files => {
            const data = new DataTransfer();
            for (const [name, text] of files) data.items.add(new File([text], name));
            return data;
        }""",
        list(files),
    )
    for event in ("dragenter", "dragover", "drop"):
        seen.page.dispatch_event("body", event, {"dataTransfer": data})


def test_dropped_files(opened: Open, tmp_path: Path) -> None:
    """A dropped file is read and answers; one that cannot be taken says why."""
    with served(bridge(tmp_path / "docs"), told=TOLD) as one:
        seen = opened(one.url)
        drop(seen, ("gate.md", "Iris Vale painted the gate."), ("run.exe", "x"))
        api.expect(seen.page.locator("a.document .name")).to_have_text(["The harbour", "gate.md"])
        api.expect(seen.page.locator(".upload.refused")).to_contain_text(
            "Files of '.exe' are not read"
        )
        turn = seen.ask("Who painted the gate?")
        api.expect(turn.locator(".sources")).to_contain_text("gate.md, line 1")
        assert (one.folder / "gate.md").read_text() == "Iris Vale painted the gate."
        seen.leave()


def test_read_only(opened: Open, tmp_path: Path) -> None:
    """With --read-only nothing is offered, and a dropped file changes nothing."""
    with served(bridge(tmp_path / "docs"), read_only=True) as one:
        seen = opened(one.url)
        api.expect(seen.page.locator(".add")).to_be_hidden()
        drop(seen, ("gate.md", "x"))
        api.expect(seen.page.locator("#drop")).to_be_hidden()
        assert [path.name for path in one.folder.iterdir()] == ["bridge.md"]
        seen.leave()


def test_hostile_document(opened: Open) -> None:
    """Scripts, pictures, links and citations in a document are its text, and do nothing."""
    seen = opened()
    turn = seen.ask(HOSTILE)
    says = "The notice says <script>window.pwned = 1</script> stop here [7]."
    api.expect(turn.locator(".statement")).to_contain_text(says)
    api.expect(turn.locator(".statement a.mark")).to_have_text(["1"])
    turn.locator("a.mark").first.click()
    api.expect(seen.page.locator("mark.lead")).to_have_text(says)
    api.expect(seen.page.locator(".paper")).to_contain_text('<img src="http://evil.test/beacon"')
    inside = "document.querySelectorAll('.talk :is(img, script, iframe), .pane :is(img, script)')"
    assert seen.page.evaluate(f"[{inside}.length, typeof window.pwned]") == [0, "undefined"]
    assert seen.page.locator("a[href^='javascript']").count() == 0


def test_no_script_but_the_page_s_own(opened: Open) -> None:
    """What would slip into the page is refused by the browser itself: inline script, and markup."""
    seen = opened()
    refused = seen.page.evaluate(
        """() => {
            const script = document.createElement("script");
            try { script.text = "window.pwned = 1"; } catch (error) { return error.name; }
            document.body.append(script);
            return typeof window.pwned;
        }"""
    )
    assert refused == "TypeError"
    with pytest.raises(api.Error, match="TrustedHTML"):
        seen.page.evaluate("document.body.innerHTML = '<img src=x onerror=pwned=1>'")
    seen.complaints.clear()  # the browser said so


def test_narrow_screen(opened: Open) -> None:
    """On a phone the document comes over the conversation, and goes back to where it was."""
    seen = opened(width=390)
    pane = seen.page.locator("#pane")
    api.expect(pane).to_be_hidden()
    turn = seen.ask(TOLL)
    assert not seen.is_wide()
    above, below = (turn.locator(".side").nth(i).bounding_box() for i in (0, 1))
    assert above["y"] + above["height"] <= below["y"]
    turn.locator("a.mark").first.click()
    api.expect(seen.page.locator("mark.lead")).to_be_in_viewport()
    assert pane.bounding_box()["width"] == 390
    assert not seen.is_wide()
    seen.page.click("text=‹ Conversation")
    api.expect(pane).to_be_hidden()
    api.expect(turn.locator("a.mark").first).to_be_focused()
    seen.page.click("#open-sources")
    api.expect(seen.page.locator("a.document").first).to_be_visible()
    assert not seen.is_wide()
    seen.page.keyboard.press("Escape")
    api.expect(pane).to_be_hidden()


def test_keyboard_alone(opened: Open) -> None:
    """Everything is reached by keys: ask, open a source, come back, look into what was searched."""
    seen = opened()
    keys = seen.page.keyboard
    api.expect(seen.page.locator("#question")).to_be_focused()
    keys.type(QUESTION)
    keys.press("Enter")
    turn = seen.page.locator(".turn")
    api.expect(turn).to_have_attribute("data-outcome", "answered")
    api.expect(seen.page.locator("#question")).to_be_focused()
    api.expect(seen.page.locator("#status")).to_have_text("Answered in 1 statement.")
    keys.press("Shift+Tab")
    api.expect(turn.locator("summary")).to_be_focused()
    keys.press("Enter")
    api.expect(turn.locator(".units")).to_be_visible()
    keys.press("Shift+Tab")
    api.expect(turn.locator(".sources a.mark")).to_be_focused()
    api.expect(seen.page.locator("#tip")).to_be_visible()
    keys.press("Enter")
    api.expect(seen.page.locator("mark.lead")).to_be_focused()
    keys.press("Escape")
    api.expect(turn.locator(".sources a.mark")).to_be_focused()
    keys.press("/")
    api.expect(seen.page.locator("#question")).to_be_focused()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light")])
def test_accessible(opened: Open, width: int, scheme: str) -> None:
    """axe-core finds nothing: empty, with answers, with what was searched, with a document."""
    seen = opened(width=width, scheme=scheme)

    def violations() -> list[str]:
        found = axe.Axe().run(seen.page).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]

    assert violations() == []
    seen.ask("Who won the cup?")
    turn = seen.ask(TOLL)
    turn.locator("summary").click()
    assert violations() == []
    turn.locator("a.mark").first.click()
    api.expect(seen.page.locator("mark.lead")).to_be_visible()
    assert violations() == []
