"""The built site as its readers meet it: keyboard, screen reader, dark, on paper, from a folder."""

import functools
import http.server
import threading
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

import bench_site_weight
import book
import site_questions

SITE = book.BUILD / "html"
LECTURES = [page for page in book.site_pages() if "/lectures/" in page]
pytestmark = pytest.mark.skipif(not SITE.is_dir(), reason="the site is not built: run make site")


@functools.cache
def soup(page):
    return BeautifulSoup((SITE / f"{page}.html").read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def address():
    """Serve the site with gzip on loopback."""
    handler = functools.partial(bench_site_weight.Packing, directory=SITE)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def visit(browser):
    """Return ``open(url, ...)``: a page, whose ``messages`` are the errors of its console."""
    contexts = []

    def open_page(url, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.messages = []
        page.on("console", lambda m: page.messages.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: page.messages.append(str(e)))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


def with_explorable():
    return [
        page for page in book.site_pages() if 'data-widget="' in (SITE / f"{page}.html").read_text("utf-8")
    ]


@pytest.mark.parametrize("over", ["http", "file"])
def test_explorables_live_under_the_policy(visit, address, over):
    """Each loads its module and state by itself; neither is in the page; no rule of the policy is broken."""
    for page in [p for p in with_explorable() if p in LECTURES][::3]:
        tab = visit(f"{address}/{page}.html" if over == "http" else (SITE / f"{page}.html").as_uri())
        figure = tab.locator("figure[data-widget]").first
        assert figure.locator("script").count() == 0
        figure.scroll_into_view_if_needed()
        tab.wait_for_selector("figure[data-ready='1']", timeout=15_000)
        assert tab.messages == [], page


@pytest.mark.parametrize("over", ["http", "file"])
def test_formulas_are_set_in_their_font(visit, address, over):
    tab = visit(f"{address}/book/notation.html" if over == "http" else (SITE / "book/notation.html").as_uri())
    loaded = "[...document.fonts].some(f => f.family.includes('Course Maths') && f.status == 'loaded')"
    tab.wait_for_function(loaded, timeout=10_000)
    bar, below = tab.evaluate("""() => {
      const fraction = document.querySelector('math[display=block] mfrac').getBoundingClientRect();
      const low = document.querySelector('math[display=block] mfrac > :last-child').getBoundingClientRect();
      return [fraction.top + fraction.height / 2, low.top];
    }""")
    assert below >= bar and tab.messages == []


def test_a_broken_policy_would_be_seen(visit, tmp_path):
    """The check above can fail: an inline handler under the site's policy is refused and reported."""
    policy = soup(LECTURES[0]).find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    (tmp_path / "a.html").write_text(f'<head>{policy}</head><img src="none.png" onerror="document.title=1">')
    tab = visit((tmp_path / "a.html").as_uri())
    tab.wait_for_timeout(300)
    assert any("Content Security Policy" in m for m in tab.messages) and tab.title() == ""


@pytest.mark.parametrize("page", LECTURES)
def test_every_question_has_one_right_option_and_feedback_for_each(page):
    boxes = soup(page).select(".course-question")
    assert 4 <= len(boxes) <= 6
    for box in boxes:
        options = box.find_all("details")
        assert len(options) >= 2 and [o["data-answer"] for o in options].count("right") == 1, box.p.get_text()
        assert all(len(o.select_one(".course-feedback").get_text().split()) >= 2 for o in options)


def test_right_is_read_from_the_feedback():
    text = "<details><summary>A</summary><p>{}</p></details>"
    told = [site_questions.is_right(BeautifulSoup(text.format(t), "html.parser").details) for t in
            ("Right. So it is.", "Right: yes", "Right, and", "Right only if", "No. Right.", "Wrong")]  # fmt: skip
    assert told == [True, True, True, False, False, False]


def test_questions_answer_to_the_keyboard_and_say_so(visit):
    tab = visit((SITE / f"{LECTURES[0]}.html").as_uri())
    for number, answers in enumerate((("right",), ("wrong", "right"))):
        box = tab.locator(".course-question").nth(number)
        for answer in answers:
            option = box.locator(f"details[data-answer={answer}]").first
            option.locator("summary").focus()
            tab.keyboard.press("Enter")
            tab.wait_for_timeout(100)
            said = box.locator("[role=status]").inner_text()
            assert (" Not right. " in said) == (answer == "wrong")
            assert option.locator(".course-feedback").inner_text().split()[-1] in said
            assert box.locator("details[open]").count() == 1
    assert tab.locator(".course-score").inner_text() == "Answered: 2 of 5. Right at the first try: 1."


def test_questions_open_without_scripts_too(visit):
    tab = visit((SITE / f"{LECTURES[0]}.html").as_uri(), java_script_enabled=False)
    tab.locator(".course-question summary").first.click()
    assert tab.locator(".course-question .course-feedback").first.is_visible()


def test_menus_answer_to_the_keyboard(visit):
    tab = visit((SITE / f"{LECTURES[0]}.html").as_uri())
    button = tab.locator(".dropdown button[aria-expanded]").first
    button.focus()
    tab.keyboard.press("ArrowDown")
    assert button.get_attribute("aria-expanded") == "true"
    assert tab.evaluate("!!document.activeElement.closest('.dropdown-menu')")
    tab.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    assert tab.evaluate("document.activeElement.matches('.dropdown button')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_there_before_anything_is_painted(visit, scheme):
    tab = visit("about:blank", color_scheme=scheme)
    tab.route("**/site.*.js", lambda route: route.abort())
    tab.goto((SITE / f"{LECTURES[0]}.html").as_uri())
    assert tab.evaluate("document.documentElement.dataset.theme") == scheme


FOCUS = """() => {
  const e = document.activeElement, style = getComputedStyle(e);
  if (e === document.body) return [0, true];  // between the last and the first
  return [[...document.querySelectorAll('*')].indexOf(e), style.outlineStyle !== 'none' || style.boxShadow !== 'none'];
}"""


def test_tab_walks_through_a_page_and_shows_where_it_is(visit):
    """No trap in code, tables or formulas, and whatever has the focus looks different."""
    tab = visit((SITE / "book/checked.html").as_uri(), viewport={"width": 390, "height": 844})
    tab.wait_for_timeout(300)
    tab.evaluate("document.querySelector('article a, article [tabindex]').focus()")
    seen, bare = [], []
    for _ in range(25):
        where, ring = tab.evaluate(FOCUS)
        seen.append(where)
        bare += [] if ring else [where]
        tab.keyboard.press("Tab")
    forward = [a < b for a, b in zip(seen, seen[1:], strict=False)]
    assert forward.count(False) <= 1  # from the end of the page to its beginning
    assert bare == []


def test_what_scrolls_sideways_has_a_name_and_code_does_not_scroll(visit):
    tab = visit((SITE / f"{LECTURES[0]}.html").as_uri(), viewport={"width": 390, "height": 844})
    tab.wait_for_timeout(600)
    tab.evaluate("document.querySelector('article .cell_output pre').textContent = 'x '.repeat(200)")
    tab.evaluate("dispatchEvent(new Event('resize'))")
    tab.wait_for_timeout(600)
    wide = "[...document.querySelectorAll('article pre, article div.math')].filter(e => e.scrollWidth > e.clientWidth)"
    assert tab.evaluate(f"{wide}.filter(e => e.tabIndex !== 0 || !e.getAttribute('aria-label')).length") == 0
    assert tab.evaluate("document.querySelectorAll('article pre[aria-label]').length") >= 1
    assert tab.evaluate(f"{wide}.filter(e => e.closest('.cell_input')).length") == 0
    heights = tab.evaluate("[...document.querySelectorAll('.cell_input .line')].map(e => e.offsetHeight)")
    assert max(heights) > 1.8 * min(h for h in heights if h)  # a long line goes on below


def test_search_finds_code_and_prose(visit, address):
    for words, page in (("plot_weights", "mlp_weights"), ("template", "mlp_weights")):
        tab = visit(f"{address}/search.html?q={words}")
        tab.wait_for_selector("#search-results li a", timeout=10_000)
        assert any(
            page in a for a in tab.eval_on_selector_all("#search-results a", "l => l.map(a => a.href)")
        )


def test_paper_shows_every_answer_and_no_frame(visit):
    tab = visit((SITE / f"{LECTURES[0]}.html").as_uri(), color_scheme="dark")
    theme = "document.documentElement.dataset.theme"
    assert tab.evaluate(theme) == "dark"
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(theme) == "light"
    closed = tab.evaluate("[...document.querySelectorAll('article details')].filter(d => !d.open).length")
    shown = tab.evaluate("""['.bd-sidebar-primary', '.bd-header-article', '.prev-next-footer', '.course-launch']
      .filter(s => document.querySelector(s)?.checkVisibility())""")
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert closed == 0 and shown == [] and tab.evaluate(theme) == "dark"
    assert tab.evaluate("document.querySelectorAll('article details[open]').length") == 0


def test_nothing_moves_while_a_page_loads_slowly(browser, address):
    first, shift, elsewhere, moved = bench_site_weight.paint(browser, f"{address}/{LECTURES[2]}.html")
    assert shift < 0.05 and 0 < first < 20 and elsewhere == 0 and moved < 300_000


def test_motion_stops_for_those_who_ask(visit):
    tab = visit((SITE / f"{LECTURES[0]}.html").as_uri(), reduced_motion="reduce")
    moving = """[...document.querySelectorAll('*')].map(e => getComputedStyle(e)).filter(
      s => `${s.transitionDuration},${s.animationDuration}`.split(',').some(time => parseFloat(time) > .01)).length"""
    assert tab.evaluate(moving) == 0
    assert tab.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize("width", [390, 1280])
def test_the_whole_page_is_accessible_not_its_text_alone(visit, width):
    from axe_playwright_python.sync_playwright import Axe

    tab = visit((SITE / "book/checked.html").as_uri(), viewport={"width": width, "height": 844})
    tab.wait_for_timeout(400)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
    found = Axe().run(tab, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
    assert {v["id"]: [n["html"][:100] for n in v["nodes"][:3]] for v in found} == {}


def test_the_whole_book_is_one_page_with_links_inside(monkeypatch, tmp_path):
    import book_pdf

    few = ["book/intro", LECTURES[2], "book/glossary"]
    monkeypatch.setattr(book_pdf, "site_pages", lambda: few)
    page = BeautifulSoup(book_pdf.whole(tmp_path), "html.parser")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    inside = [a["href"][1:] for a in page.find_all("a", href=True) if a["href"].startswith("#")]
    assert len(inside) > 20 and set(inside) <= set(ids) | {i for i in inside if "--w=" in i}
    assert len(page.select("section.chapter")) == 3
    assert all((tmp_path / tag["src"]).is_file() for tag in page.find_all("img"))
    places = [tag["data-page-of"] for tag in page.select(".whole-contents [data-page-of]")]
    assert places == [tag["id"] for tag in page.select("section.chapter")]


def test_the_contents_get_the_page_numbers_of_their_chapters(visit, tmp_path):
    import printing

    chapters = "".join(f"<h1 id='c{n}' style='break-before:page'>{n}</h1>{'<p>x' * 90 * n}" for n in range(3))
    rows = "".join(f"<a href='#c{n}'>{n}</a><b data-page-of='c{n}'></b>" for n in range(3))
    (tmp_path / "book.html").write_text(f"<!DOCTYPE html>{rows}<b data-page-of='nowhere'></b>{chapters}")
    tab = visit((tmp_path / "book.html").as_uri())
    printing.fill_numbers(tab)
    numbers = [int(text) for text in tab.locator("b").all_inner_texts() if text]
    assert numbers[:2] == [2, 3] and numbers[2] > 4 and len(numbers) == 3
    printed = tab.pdf(tagged=True)
    assert printing.numbers_of(printed) == {f"c{n}": number for n, number in enumerate(numbers)}
    printing.save_small(printed, tmp_path / "book.pdf")
    small = (tmp_path / "book.pdf").read_bytes()
    assert printing.numbers_of(small) == printing.numbers_of(printed) and len(small) < 0.7 * len(printed)


def test_pictures_with_a_loss_are_jpeg_on_white_in_the_pdf_and_drawings_stay(tmp_path):
    import book_pdf

    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 4), np.uint8)
    noise[:30, :, 3] = 0
    Image.fromarray(noise).save(tmp_path / "photo.webp", quality=70)
    Image.fromarray(noise).save(tmp_path / "drawing.webp", lossless=True)
    (tmp_path / "paper").mkdir()
    names = [
        book_pdf.picture_for_paper(tmp_path / n, tmp_path / "paper") for n in ("photo.webp", "drawing.webp")
    ]
    assert [Path(name).suffix for name in names] == [".jpg", ".webp"]
    with Image.open(tmp_path / "paper" / names[0]) as paper:
        assert np.asarray(paper)[:16].min() > 240
    assert (tmp_path / "paper" / names[1]).read_bytes() == (tmp_path / "drawing.webp").read_bytes()
