"""Print pages to PDF with Chromium."""

import os
import shutil

from tqdm import tqdm

from book import stop

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
LOAD_ALL = """() => Promise.all([...document.images].map(image => {
  image.loading = 'eager';
  return image.decode().catch(() => {});
}))"""


def browser_path():
    """Return the path of a Chromium, or stop with a sentence."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or stop("printing needs a Chromium: install one, or name it in CHROMIUM")


def print_pdf(url, target, *, wait="body"):
    """Print one address to a PDF at ``target``, with its own page size and bookmarks; return the path.

    wait : selector of what has to be there before
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tqdm(total=1, desc=target.name, disable=None, leave=False):
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = browser.new_page(color_scheme="light")
        page.goto(url)
        page.wait_for_selector(wait, state="attached", timeout=120_000)
        page.evaluate(LOAD_ALL)
        beside = target.with_suffix(".new.pdf")
        page.pdf(path=beside, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
        browser.close()
    beside.replace(target)
    return target
