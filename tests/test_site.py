"""The built site: complete, without broken links, every picture described. Built by `make test`."""

import functools
import http.server
import threading
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

import pytest
from bs4 import BeautifulSoup

import book

SITE = book.BUILD / "html"
PAGES = [f"{page}.html" for page in book.site_pages()]

pytestmark = pytest.mark.skipif(not SITE.is_dir(), reason="the site is not built: run make site")


@functools.cache
def soup(path):
    return BeautifulSoup((SITE / path).read_text(encoding="utf-8"), "html.parser")


@functools.cache
def anchors(path):
    return {tag["id"] for tag in soup(path).find_all(id=True)} | {"", "top"}


def inside(page, address):
    """Return (file, fragment) below the site for a link on a page, or None if it leaves the site."""
    if urlparse(address).scheme or address.startswith("//"):
        return None
    target, fragment = urldefrag(address)
    path = (SITE / page).parent / unquote(urlparse(target).path) if target else SITE / page
    return path.resolve(), unquote(fragment)


def test_every_page_of_the_table_of_contents_is_built():
    assert [page for page in PAGES if not (SITE / page).is_file()] == []
    assert (SITE / "index.html").is_file()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_pages_and_places_that_exist(page):
    broken = []
    for tag in soup(page).find_all("a", href=True):
        found = inside(page, tag["href"])
        if found is None or found[1].startswith("w="):  # the state of a widget
            continue
        path, fragment = found
        if not path.is_file() or (path.suffix == ".html" and fragment not in anchors(path.relative_to(SITE))):
            broken.append(tag["href"])
    assert broken == []


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_loads_exist(page):
    tags = [(t, t.get("src")) for t in soup(page).find_all(["img", "script"])]
    tags += [(t, t.get("href")) for t in soup(page).find_all("link", rel=["stylesheet", "icon"])]
    local = [inside(page, address) for _, address in tags if address and not address.startswith("data:")]
    assert [str(found[0]) for found in local if found and not found[0].is_file()] == []


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_loaded_from_another_host(page):
    loaded = [t.get("src") for t in soup(page).find_all(["img", "script", "iframe"]) if t.get("src")]
    loaded += [t["href"] for t in soup(page).find_all("link", rel=["stylesheet", "preload", "icon"])]
    assert [a for a in loaded if urlparse(a).scheme in ("http", "https") or a.startswith("//")] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_is_described(page):
    article = soup(page).find("article")
    bare = [t.get("src", "")[:60] for t in article.find_all("img") if len(t.get("alt", "").split()) < 4]
    assert bare == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_title_and_headings_in_order(page):
    levels = [int(tag.name[1]) for tag in soup(page).find("article").find_all(["h1", "h2", "h3", "h4"])]
    assert levels.count(1) == 1 and levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("page", PAGES)
def test_no_error_and_no_markup_is_left_in_the_text(page):
    article = soup(page).find("article")
    text = article.get_text(" ")
    assert not article.select(".system-message, .problematic, .output.traceback")
    for left in ("{cite", "{ref}", "### BEGIN", "### END", "<details>", "$$", ":::"):
        assert left not in text


def test_formulas_are_mathml():
    assert soup("book/notation.html").find_all("math")
    assert not soup("book/notation.html").find_all("script", src=lambda s: s and "mathjax" in s.lower())


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def address():
    """Serve the site below a path prefix on loopback; return its address."""

    class Prefixed(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path):
            return super().translate_path(path.removeprefix("/some/prefix"))

        def log_message(self, *_):
            pass

    handler = functools.partial(Prefixed, directory=SITE)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some/prefix"
    server.shutdown()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_cleanly_on_a_phone_and_a_desk(browser, address, page):
    """No message in the console, no request that leaves, nothing wider than the screen."""
    for width, theme in ((390, "dark"), (1280, "light")):
        tab = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=theme)
        messages, foreign = [], []
        tab.on("console", lambda m, messages=messages: messages.append(m.text) if m.type == "error" else None)
        tab.on("pageerror", lambda e, messages=messages: messages.append(str(e)))
        tab.on("request", lambda r, foreign=foreign: foreign.append(r.url))
        tab.goto(f"{address}/{page}")
        local = (address, "data:", "blob:")
        assert [url for url in foreign if not url.startswith(local)] == []
        assert messages == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.close()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_is_accessible(browser, address, page, theme):
    """axe finds no violation of WCAG 2.2 AA in the page's article."""
    from axe_playwright_python.sync_playwright import Axe

    tab = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=theme)
    tab.goto(f"{address}/{page}")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    options = {"runOnly": {"type": "tag", "values": tags}}
    result = Axe().run(tab, context="article", options=options)
    found = {v["id"]: [n["html"][:100] for n in v["nodes"][:3]] for v in result.response["violations"]}
    tab.close()
    assert found == {}


def test_a_page_opens_from_a_folder(browser):
    tab = browser.new_page()
    tab.goto((SITE / "book/intro.html").as_uri())
    assert tab.locator("article h1").inner_text().startswith("What the Network Sees")
    assert tab.evaluate("getComputedStyle(document.querySelector('.bd-article')).maxWidth") != "none"
    tab.close()


def test_a_dark_page_shines_through_its_figures(browser):
    tab = browser.new_page(color_scheme="dark")
    tab.goto((SITE / "book/lectures/convolutions.html").as_uri())
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    behind = "list => list.map(image => getComputedStyle(image).backgroundColor)"
    assert set(tab.eval_on_selector_all(".cell_output img", behind)) == {"rgba(0, 0, 0, 0)"}
    tab.close()


def test_paths_of_the_site_stay_inside_it():
    assert inside("book/intro.html", "https://example.org/") is None
    assert inside("book/intro.html", "lectures/x.html#a") == ((SITE / "book/lectures/x.html").resolve(), "a")
    assert inside("book/intro.html", "#a") == (Path(SITE / "book/intro.html").resolve(), "a")
