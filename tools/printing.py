"""Print pages to PDF with Chromium, with page numbers where a page asks for them, packed small."""

import io
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
FILL = """numbers => document.querySelectorAll('[data-page-of]').forEach(place => {
  place.textContent = numbers[place.dataset.pageOf] ?? '';
})"""


def browser_path():
    """Return the path of a Chromium, or stop with a sentence."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or stop("printing needs a Chromium: install one, or name it in CHROMIUM")


def print_pdf(url, target, *, wait="body"):
    """Print one address to a PDF at ``target``, with its own page size and bookmarks; return the path.

    An element with ``data-page-of`` gets the number of the page that the place with this id is printed on;
    the place has to be the target of a link.

    wait : selector of what has to be there before
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tqdm(total=3, desc=target.name, disable=None, leave=False) as steps:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        page = browser.new_page(color_scheme="light")
        page.goto(url)
        page.wait_for_selector(wait, state="attached", timeout=120_000)
        page.evaluate(LOAD_ALL)
        steps.update()
        fill_numbers(page)
        steps.update()
        printed = page.pdf(prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
        browser.close()
        save_small(printed, target)
    return target


def fill_numbers(page):
    """Print a page once to learn where its places come to lie; fill in the numbers that it asks for."""
    if page.locator("[data-page-of]").count():
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        page.evaluate(FILL, numbers_of(printed))


def numbers_of(printed):
    """Return {id: number of its page} of the places that links of a PDF (bytes) lead to."""
    import pikepdf

    with pikepdf.open(io.BytesIO(printed)) as pdf:
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        places = pdf.Root.get("/Dests", {})
        return {name.removeprefix("/"): numbers[place[0].objgen] for name, place in places.items()}


def save_small(printed, target):
    """Write a PDF (bytes) to ``target``, its tags and bookmarks packed: Chromium writes them as plain text."""
    import pikepdf

    beside = target.with_suffix(".new.pdf")
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        pdf.save(beside, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    beside.replace(target)
