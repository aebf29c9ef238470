"""Slides: cut where the metadata say, complete in the notes, and nothing overflows in a browser."""

import re

import pytest
from bs4 import BeautifulSoup

import book
import execute
import reveal
import slide_blocks
import slide_types
import slides

SITE = book.BUILD / "html"
DECKS = [f"{path.stem}.html" for path in slide_types.lectures()]
built = pytest.mark.skipif(not (SITE / "slides").is_dir(), reason="the site has no slides: run make slides")

LONG = "One sentence with <b>ten</b> words in it, not more and not less. " + "Another one follows here. " * 12
PAGE = f"""<article><section><h1>Title<a class="headerlink">#</a></h1><p class="course-launch">Run</p><p>{LONG}</p>
<section><h2>First</h2><p>Short.</p>
<div class="cell"><div class="cell_input">1</div></div><p>Read it.</p>
<div class="cell"><div class="cell_input">2</div><div class="cell_output"><img src="../../_images/a.webp"></div></div>
<section><h3>Below</h3><ul><li>{LONG}</li></ul></section></section></section></article>"""


def article():
    return BeautifulSoup(PAGE, "html.parser").article


def test_slides_begin_at_headings_and_where_code_says():
    stacks = slide_blocks.slides_of(article(), ["-", "subslide"])
    assert [[slide["heading"].get_text() for slide in stack] for stack in stacks] == [
        ["Title"],
        ["First", "First", "Below"],
    ]
    first, second, _ = stacks[1]
    assert [b.get_text() for b in first["shown"]] == ["Short.", "1", "Read it."]
    assert second["shown"][0].find("img") and not second["own"]


def test_text_that_an_author_skips_or_leaves_to_the_notes():
    texts = ["-", "notes", "skip"]
    stacks = slide_blocks.slides_of(article(), ["-", "subslide"], texts)
    assert [[slide["heading"].get_text() for slide in stack] for stack in stacks] == [
        ["Title"],
        ["First", "First"],
    ]
    first = stacks[1][0]
    assert [b.get_text() for b in first["shown"]] == ["Short.", "1"] and first["notes"][
        -1
    ].get_text() == "Read it."


def test_a_long_paragraph_is_cut_at_a_sentence_and_whole_in_the_notes():
    (stack, _) = slide_blocks.slides_of(article(), [])
    (shown,), (whole,) = stack[0]["shown"], stack[0]["notes"]
    assert shown.get_text() == "One sentence with ten words in it, not more and not less." and shown.find("b")
    assert len(whole.get_text().split()) > 50 and "Run" not in whole.get_text()


def test_a_lone_heading_goes_with_its_first_question_and_the_feedback_to_the_notes():
    html = """<article><section><h1>T</h1><p>Text.</p><section><h2>Check</h2>
    <div class="course-question"><p>1?</p><details><summary>A. x</summary><p>No.</p><p>It is y.</p></details>
    <details><summary>B. y</summary><p>Right.</p></details></div></section></section></article>"""
    _, (slide,) = slide_blocks.slides_of(BeautifulSoup(html, "html.parser").article, [])
    assert slide["own"] and slide["heading"].get_text() == "Check" and len(slide["shown"]) == 1
    assert [note.get_text() for note in slide["notes"]] == ["A. x: No. It is y.", "B. y: Right."]


@pytest.mark.parametrize(
    ("lines", "width", "beside"), [(3, 900, False), (3, 300, True), (20, 900, True), (20, 300, True)]
)
def test_a_wide_figure_stands_below_short_code(lines, width, beside):
    code = "x\n" * lines
    html = f'<div class="cell"><div class="cell_input">{code}</div><img width="{width}" height="300"></div>'
    assert slides._beside([BeautifulSoup(html, "html.parser").div]) == beside


def test_addresses_are_those_of_the_deck():
    html = '<img src="../../_images/a.webp"><a href="#there">x</a><a href="https://a.b">y</a><p id="p">z</p>'
    moved = slides.moved(html, slides.Path("book/lectures/a.html"), slides.Path("slides/a.html"))
    assert 'src="../_images/a.webp"' in moved and 'href="../book/lectures/a.html#there"' in moved
    assert 'href="https://a.b"' in moved and "id=" not in moved


def test_types_are_set_once_and_execution_does_not_depend_on_them():
    path = slide_types.lectures()[0]
    notebook = book.read(book.ROOT / path)
    before = execute.execution_key(notebook, "x")
    code = next(c for c in notebook.cells if c.cell_type == "code" and c["id"] != "setup")
    code.metadata["slideshow"] = {"slide_type": "skip"}
    assert (
        slide_types.with_types(notebook).cells[notebook.cells.index(code)].metadata.slideshow.slide_type
        == "skip"
    )
    slide_types.with_types(notebook, again=True)
    assert code.metadata.slideshow.slide_type in ("-", "subslide")
    assert execute.execution_key(notebook, "x") == before
    code.metadata["tags"] = ["other"]
    assert execute.execution_key(notebook, "x") != before


@pytest.mark.parametrize("path", slide_types.lectures(), ids=lambda p: p.stem)
def test_every_cell_of_a_lecture_has_a_slide_type(path):
    cells = [c for c in book.read(book.ROOT / path).cells if c["id"] not in ("launch", "setup")]
    missing = [c["id"] for c in cells if c.metadata.get("slideshow", {}).get("slide_type") is None]
    assert missing == [], "run .venv/bin/python tools/slide_types.py"


def test_without_the_package_index_there_are_no_slides_and_no_crash(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/none")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert reveal.fetch(tmp_path) is None


@built
def test_every_lecture_links_to_its_deck():
    for path in slide_types.lectures():
        page = (SITE / path).with_suffix(".html")
        links = [
            a["href"]
            for a in BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select(".course-launch a")
        ]
        assert f"../../slides/{path.stem}.html" in links


@built
@pytest.mark.parametrize("deck", DECKS)
def test_the_notes_hold_all_prose_of_the_page(deck):
    """Whatever a slide leaves out, the speaker has."""
    soup = BeautifulSoup((SITE / "slides" / deck).read_text(encoding="utf-8"), "html.parser")
    page = BeautifulSoup((SITE / "book/lectures" / deck).read_text(encoding="utf-8"), "html.parser")
    said = "".join(soup.get_text().split())
    paragraphs = [p for p in page.select("article section > p") if not p.get("class")]
    lost = [p.get_text()[:50] for p in paragraphs if "".join(p.get_text().split()) not in said]
    assert len(paragraphs) > 20 and lost == []


OVERFLOW = """() => [...Array(Reveal.getTotalSlides()).keys()].flatMap(i => {
  const slide = Reveal.getCurrentSlide(), box = slide.getBoundingClientRect();
  const seen = [...slide.querySelectorAll('.body *')].filter(e => !e.closest('math, figure[data-widget]'));
  const low = Math.max(0, ...seen.map(e => e.getBoundingClientRect().bottom)) - box.top;
  const right = Math.max(0, ...seen.map(e => e.getBoundingClientRect().right)) - box.left;
  Reveal.next();
  return low > 720 || right > 1280 ? [`${slide.id}: ${Math.round(right)}×${Math.round(low)}`] : [];
})"""


@pytest.fixture
def deck_page(browser):
    """Return ``open(deck)``: an open deck over file://, and the messages of its console."""
    tabs = []

    def open_deck(deck, query=""):
        tab = browser.new_page(viewport={"width": 1280, "height": 720})
        messages = []
        tab.on("console", lambda m: messages.append(m.text) if m.type == "error" else None)
        tab.on("pageerror", lambda e: messages.append(str(e)))
        tab.on(
            "request",
            lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else messages.append(r.url),
        )
        tab.goto((SITE / "slides" / deck).as_uri() + query)
        tab.wait_for_selector("html[data-deck=ready]", timeout=30_000)
        tabs.append(tab)
        return tab, messages

    yield open_deck
    for tab in tabs:
        tab.close()


@built
@pytest.mark.parametrize("deck", DECKS)
def test_nothing_overflows_on_any_slide(deck_page, deck):
    tab, messages = deck_page(deck)
    assert tab.evaluate(OVERFLOW) == []
    assert tab.evaluate("Reveal.getTotalSlides()") > 25
    scales = tab.evaluate(
        "[...document.querySelectorAll('.body')].map(b => parseFloat(getComputedStyle(b).fontSize))"
    )
    assert min(scales) >= 18  # pixels of 720: readable from the last row
    assert messages == []


@built
@pytest.mark.parametrize("deck", DECKS)
def test_explorables_are_alive_and_fit_without_scrolling(deck_page, deck):
    if "data-widget=" not in (SITE / "slides" / deck).read_text(encoding="utf-8"):
        pytest.skip("no explorable on this deck")
    tab, messages = deck_page(deck)
    figure = "document.querySelector('figure[data-widget]')"
    tab.evaluate(f"Reveal.slide(...Object.values(Reveal.getIndices({figure}.closest('section'))))")
    tab.wait_for_selector("section.present figure[data-ready='1'][data-fitted]", timeout=15_000)
    inside = tab.evaluate(f"""[...{figure}.querySelectorAll('canvas, svg, button, select, figcaption')]
      .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect()).map(b => [b.right, b.bottom, b.width])""")
    assert len(inside) > 5 and max(width for _, _, width in inside) > 100
    assert max(right for right, _, _ in inside) <= 1280 and max(low for _, low, _ in inside) <= 720
    assert tab.evaluate(f"{figure}.closest('.body').tabIndex") == -1
    assert tab.evaluate(f"parseFloat({figure}.style.zoom)") >= 0.6
    choice = tab.locator("section.present figure[data-widget] select").first
    if choice.count():
        choice.select_option(index=1)  # of FilterExplorer: a layer whose pictures are files
        tab.wait_for_timeout(500)
    assert messages == []


@built
def test_the_speakers_view_shows_the_notes(deck_page):
    tab, messages = deck_page(DECKS[0])
    with tab.expect_popup() as popup:
        tab.keyboard.press("s")
    popup.value.wait_for_selector(".speaker-controls-notes .value p", timeout=10_000)
    assert len(popup.value.locator(".speaker-controls-notes .value").inner_text().split()) > 15
    assert [m for m in messages if "Content Security" in m] == []


@built
def test_a_deck_prints_one_slide_on_a_page(deck_page, tmp_path):
    tab, _ = deck_page(DECKS[0], "?print-pdf")
    pdf = tab.pdf(prefer_css_page_size=True, print_background=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert pages == tab.evaluate("Reveal.getTotalSlides()")
    assert re.search(rb"/MediaBox\s*\[0 0 960 540\]", pdf)  # 1280×720 CSS pixels
