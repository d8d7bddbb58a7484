"""The page's picture in docs/: a true conversation over seeds/, in Debian's chromium.

pip install -e '.[serve,browser]'; apt-get install chromium
python -m bench.page_screenshot            # writes docs/page.png
python -m bench.page_screenshot DIR        # and every width and colour scheme to DIR
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "page.png"
QUESTIONS = (
    "when did Huawei say it would start selling cars?",
    "who are Huawei's auto partners?",
)
FLAGS = (
    "no-sandbox disable-gpu disable-quic no-first-run disable-sync disable-background-networking"
)
VIEWS = ((1440, 900, "light"), (1440, 900, "dark"), (820, 1100, "light"), (390, 844, "light"))


def drawn(browser: Browser, url: str, width: int, height: int, scheme: str) -> Page:
    """The page after a conversation, a source opened."""
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page.goto(url)
    for count, question in enumerate(QUESTIONS, start=1):
        page.fill("#question", question)
        page.press("#question", "Enter")
        expect(page.locator(".turn .sources")).to_have_count(count, timeout=60_000)
    page.locator(".turn").first.locator("a.mark").first.click()
    expect(page.locator("mark.lead")).to_be_visible()
    page.locator(".turn").first.evaluate("one => one.scrollIntoView()")
    page.mouse.move(0, 0)
    return page


def main() -> None:
    """Draw what the arguments ask for."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = ["--documents", str(ROOT / "seeds"), "--library", folder, "--engine", "extractive"]
        command = [sys.executable, "-m", "qa", *place, "serve", "--port", "0", "--no-open"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            try:
                url = server.stderr.readline().split()[3]
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"),
                    args=[f"--{one}" for one in FLAGS.split()],
                )
                for width, height, scheme in VIEWS[: None if sys.argv[1:] else 1]:
                    page = drawn(browser, url, width, height, scheme)
                    if (width, scheme) == (1440, "light"):
                        page.screenshot(path=PICTURE)
                    for where in sys.argv[1:]:
                        page.screenshot(path=Path(where) / f"page-{width}-{scheme}.png")
                    page.close()
                browser.close()
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
