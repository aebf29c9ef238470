"""What the pages tell search engines, messengers and readers about themselves."""

import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlparse

import pytest
import yaml
from bs4 import BeautifulSoup, SoupStrainer
from PIL import Image

import book
import site_cards
import site_entry
import site_fill
import site_metadata
import site_text

SITE = book.BUILD / "html"
built = pytest.mark.skipif(not SITE.is_dir(), reason="the site is not built: run make site")
HEAD = SoupStrainer(["meta", "link", "title"])
ADDRESS = "https://somebody.github.io/some-course/"


def settings(url="https://github.com/OWNER/some-course", **html):
    return {"repository": {"url": url}, "html": html}


def test_the_address_is_known_only_when_somebody_says_it():
    assert site_metadata.site_address(settings(), {}) is None
    assert site_metadata.site_address(settings("https://github.com/Somebody/some-course"), {}) == ADDRESS
    assert site_metadata.site_address(settings(baseurl="https://x.org/a"), {}) == "https://x.org/a/"
    assert (
        site_metadata.site_address(settings(baseurl="https://x.org"), {"SITE_URL": "https://y.org/"})
        == "https://y.org/"
    )


def test_a_page_is_described_by_its_first_sentences():
    prose = "<p>Short.</p><p>One sentence of more words than eight here. Another one.</p>"
    html = f"<html><head></head><body><article><h1>Title<a>#</a></h1>{prose}</article></body></html>"
    soup = BeautifulSoup(html, "html.parser")
    page = Path("book/p.html")
    site_metadata.describe({page: soup}, ADDRESS, cards={page: "_static/c.jpg"}, site_name="Book")
    found = {t.get("property") or t["name"]: t["content"] for t in soup.find_all("meta")}
    assert found["description"] == "One sentence of more words than eight here. Another one."
    assert found["og:title"] == "Title" and found["og:image"] == ADDRESS + "_static/c.jpg"
    assert found["og:url"] == ADDRESS + "book/p.html" == soup.find("link", rel="canonical")["href"]


def test_no_address_is_claimed_while_none_is_known():
    soup = BeautifulSoup("<html><head></head><body><h1>T</h1></body></html>", "html.parser")
    site_metadata.describe({Path("p.html"): soup}, None, cards={}, site_name="Book")
    assert not soup.find("link", rel="canonical") and not soup.find("meta", property="og:url")


def test_a_long_first_sentence_is_cut_at_a_word():
    assert site_text.first_sentences("One two three. Four.", 16) == "One two three."
    assert site_text.first_sentences("Onetwo threefour fivesix.", 18) == "Onetwo threefour …"


def test_a_card_shows_title_and_figure(tmp_path):
    Image.new("RGBA", (300, 100), (255, 0, 0, 255)).save(tmp_path / "f.png")
    plain, with_figure = (site_cards.card("A title", "Book", f) for f in (None, tmp_path / "f.png"))
    assert plain.size == with_figure.size == site_metadata.CARD
    assert (255, 0, 0) in {c for _, c in with_figure.getcolors(1 << 20)} - {
        c for _, c in plain.getcolors(1 << 20)
    }


def test_entry_map_and_lost_page(tmp_path):
    site_entry.write(tmp_path, "Book", ADDRESS, pages=[Path("book/a.html"), Path("search.html")])
    assert f"<loc>{ADDRESS}book/a.html</loc>" in (tmp_path / "sitemap.xml").read_text()
    assert "search" not in (tmp_path / "sitemap.xml").read_text()
    assert f"Sitemap: {ADDRESS}sitemap.xml" in (tmp_path / "robots.txt").read_text()
    assert 'href="/some-course/book/intro.html"' in (tmp_path / "404.html").read_text()


def test_places_are_filled_and_unknown_ones_named(capsys):
    assert "| Python |" in site_fill.filled("a\n<!-- fill: versions -->\nb", {})
    with pytest.raises(SystemExit):
        site_fill.filled("<!-- fill: nonsense -->", {})
    assert "'nonsense'" in capsys.readouterr().err


def test_the_table_of_costs_adds_up():
    paths = book.notebooks()[:2]
    executions = {path: {"cpu_seconds": 10.0 * i, "memory_mb": 500 + i} for i, path in enumerate(paths, 1)}
    rows = site_fill.costs(executions, book.ROOT).splitlines()[2:]
    numbers = [[int(n) for n in row.split("|")[2:6]] for row in rows]
    assert [sum(column) for column in zip(*numbers[:-1], strict=True)] == numbers[-1] and numbers[-1][
        -1
    ] == 30
    assert all(row[2] >= 3 for row in numbers) and "501" in rows[0]


def test_the_commit_is_told_with_and_without_git(tmp_path):
    assert site_fill.commit(tmp_path, {}) == "a copy of the sources without its history"
    assert site_fill.commit(tmp_path, {"GITHUB_SHA": "0123456789abcdef"}) == "0123456789ab"
    if shutil.which("git"):
        run = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run([*run, "init", "--quiet"], check=True)
        (tmp_path / "a").write_text("1")
        subprocess.run([*run, "add", "a"], check=True)
        subprocess.run([*run, "commit", "--quiet", "-m", "x"], check=True)
        clean = site_fill.commit(tmp_path)
        (tmp_path / "a").write_text("2")
        assert len(clean) == 12 and site_fill.commit(tmp_path) == f"{clean} with changes not yet committed"


def test_the_citation_is_complete_and_of_this_version():
    entry = yaml.safe_load((book.ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    import course_utils

    assert entry["version"] == course_utils.__version__
    assert {"cff-version", "title", "authors", "message", "date-released", "license"} <= set(entry)
    assert entry["repository-code"] == book.config()["repository"]["url"]
    assert f"## {entry['version']} " in (book.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


# ---------------------------------------------------------------- the built site


def head(page):
    return BeautifulSoup((SITE / f"{page}.html").read_text(encoding="utf-8"), "html.parser", parse_only=HEAD)


@built
def test_every_page_has_title_description_and_picture_of_its_own():
    seen = {}
    for page in book.site_pages():
        found = {t.get("property") or t.get("name"): t.get("content") for t in head(page).find_all("meta")}
        assert 40 <= len(found["description"]) <= 202 or page.endswith(("references", "about")), page
        assert found["og:title"] and found["og:description"] == found["description"]
        path = urlparse(found["og:image"]).path
        card = SITE / "_static/cards" / Path(path).name
        assert card.stat().st_size < 120_000 and Image.open(card).size == (1200, 630)
        assert seen.setdefault(found["og:title"], page) == page
        assert len(head(page).find_all("meta", attrs={"name": "viewport"})) == 1


@built
def test_the_page_of_checks_is_filled():
    soup = BeautifulSoup((SITE / "book/checked.html").read_text(encoding="utf-8"), "html.parser")
    rows = [[c.get_text() for c in row.find_all("td")] for row in soup.find("table").find_all("tr")][1:]
    assert len(rows) == len(book.notebooks()) + 1
    assert all(float(row[4]) > 1 and int(row[2]) > 0 for row in rows)
    assert "UTC, from" in soup.select_one(".course-built").get_text()


@built
@pytest.mark.parametrize("path", ["/nowhere.html", "/book/deep/er/nowhere.html"])
def test_a_lost_reader_finds_back_below_a_prefix(browser, path):
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(path=SITE / "404.html", content_type="text/html"))
    page.goto(f"https://somebody.github.io/prefix{path}")
    links = page.evaluate("[...document.links].map(a => a.href)")
    page.close()
    assert links[0] == "https://somebody.github.io/prefix/book/intro.html"
    assert links[-1] == "https://somebody.github.io/prefix/search.html"
