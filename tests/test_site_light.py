"""The built site is light and strict: what a visit weighs, what is left out, what a page may load."""

import base64
import gzip
import io
import json
import re
import statistics
from pathlib import Path

import numpy as np
import pytest
import tinycss2
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from PIL import Image

import bench_site_weight
import book
import site_code
import site_figures
import site_finish
import site_icons
import site_maths
import site_names
import site_policy
import site_scripts
import site_styles

SITE = book.BUILD / "html"
built = pytest.mark.skipif(not SITE.is_dir(), reason="the site is not built: run make site")


def picture(kind, size=(200, 300)):
    """Return a PNG: ``lines`` on a transparent ground, or a ``photo`` of smooth noise."""
    generator = np.random.default_rng(0)
    if kind == "lines":
        pixels = np.zeros((*size, 4), np.uint8)
        pixels[::10] = (40, 120, 210, 255)
    else:
        coarse = Image.fromarray(generator.integers(0, 255, (9, 9, 3), np.uint8))
        pixels = np.asarray(coarse.resize(size[::-1], Image.BICUBIC).convert("RGBA"))
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, format="png")
    return target.getvalue()


def test_a_drawing_loses_nothing_and_a_photograph_little():
    for kind, at_least in (("lines", float("inf")), ("photo", site_figures.FLOOR_PSNR)):
        raw = picture(kind)
        flat = site_figures._flat(Image.open(io.BytesIO(raw)))
        assert site_figures.psnr(flat, site_figures.encode(raw)) >= at_least


def test_texture_may_lose_what_nobody_sees_but_not_its_structure():
    generator = np.random.default_rng(1)
    texture = Image.fromarray(generator.integers(0, 255, (160, 160), np.uint8)).resize(
        (480, 480), Image.BICUBIC
    )
    target = io.BytesIO()
    texture.convert("RGBA").save(target, format="png")
    flat = site_figures._flat(texture.convert("RGBA"))
    stored = site_figures.encode(target.getvalue())
    blurred = io.BytesIO()
    texture.resize((120, 120)).resize((480, 480)).save(blurred, format="png")
    assert site_figures.ssim(flat, stored) >= site_figures.MIN_SSIM
    assert site_figures.psnr(flat, stored) >= site_figures.FLOOR_PSNR
    assert site_figures.ssim(flat, blurred.getvalue()) < 0.8
    assert len(stored) < len(site_figures._webp(texture, quality=90)) / 1.2


def test_a_photograph_becomes_small_and_worse_pictures_are_told_apart():
    raw = picture("photo", (600, 800))
    assert len(site_figures.encode(raw)) < len(raw) / 4
    flat = site_figures._flat(Image.open(io.BytesIO(raw)))
    assert site_figures.psnr(flat, site_figures.encode(picture("lines", (600, 800)))) < 15


def test_figures_get_their_size_and_wait_below_the_fold(tmp_path, monkeypatch):
    monkeypatch.setattr(site_figures, "KEPT", tmp_path / "kept")
    (tmp_path / "site/_images").mkdir(parents=True)
    for name in ("a", "b"):
        (tmp_path / f"site/_images/{name}.png").write_bytes(picture("lines"))
    page = "<article><img src='_images/a.png'><img src='_images/b.png'></article>"
    pages = {Path("p.html"): BeautifulSoup(page, "html.parser")}
    site_figures.lighten(tmp_path / "site", pages)
    first, second = next(iter(pages.values())).find_all("img")
    assert (first["width"], first["height"], first["src"]) == ("300", "200", "_images/a.webp")
    assert "loading" not in first.attrs and second["loading"] == "lazy"
    assert not (tmp_path / "site/_images/a.png").exists()


def test_lines_of_code_are_marked_and_their_text_stays():
    code = "def f(x):\n    return (\n\n            x)\n"
    html = (
        "<article><div class='highlight'><pre><span></span><span class='k'>def</span> f<span class='p'>(</span>x):\n"
        "    <span class='k'>return</span> (\n\n            x)\n</pre></div>"
        "<div class='cell_output'><div class='highlight'><pre>a  b\n</pre></div></div></article>"
    )
    soup = BeautifulSoup(html, "html.parser")
    site_code.wrap({Path("p.html"): soup})
    block, output = soup.find_all("pre")
    assert block.get_text() == code and not output.find(class_="line")
    assert [line["class"][1] for line in block.select(".line")] == ["in-0", "in-4", "in-0", "in-12"]
    assert [place.previous_sibling.get_text() for place in soup.find_all("wbr")] == ["("]


STYLE = """
.used { color: red } .unused, .used.gone { color: blue } #there a:hover, .used:not(.gone) > p { margin: 0 }
@media (min-width: 3px) { .unused { x: y } .used::before { content: "a  :  b" } }
.fa-bars:before { content: "x" } p .used { animation: turn 1s; font: var(--fa-font) } @keyframes turn { to { top: 0 } }
@keyframes other { to { top: 0 } } @font-face { font-family: Font Awesome; src: url(x.woff2) }
"""


def test_the_stylesheet_keeps_what_pages_use_and_nothing_else(tmp_path):
    (tmp_path / "a.css").write_text('@import "b.css";')
    (tmp_path / "b.css").write_text(STYLE)
    page = '<div class="used"><p id="there"><a>x</a><i class="used">y</i></p></div>'
    names = site_names.Names([BeautifulSoup(page, "html.parser")], [])
    assert site_styles.one_stylesheet([tmp_path / "a.css"], names) == (
        ".used{color:red}#there a:hover,.used:not(.gone) > p{margin:0}"
        '@media (min-width:3px){.used::before{content:"a  :  b"}}'
        "p .used{animation:turn 1s}@keyframes turn{to{top:0}}"
    )


def test_names_in_scripts_count_as_used():
    names = site_names.Names([], ['el.classList.add("made-later")', "x = '<b class=\"in-text\">' + other"])
    for selector in ("b.made-later[x='.no']", ".in-text > b:hover", ".other"):
        assert site_styles.is_used(selector, names), selector
    assert not site_styles.is_used("b.never", names)


def test_a_selector_is_used_where_pages_have_its_elements_below_each_other():
    page = BeautifulSoup("<nav class='a'><ul><li id='x'>1</li></ul></nav><p class='b'>2</p>", "html.parser")
    names = site_names.Names([page], ['e.classList.toggle("open")'])
    used = [s for s in (".a li", "nav > #x", ".b.open", ".open ul li", ".b + .a li", ".b li", ".a .b", "li.b")
            if names.uses(s)]  # fmt: skip
    assert used == [".a li", "nav > #x", ".b.open", ".open ul li", ".b + .a li"]


def test_variables_that_nobody_reads_and_pictures_in_files_go():
    text = 'a{--x:url("data:a;b{}");--y:1;--z:var(--y);color:var(--z)}b{--x:2}c{--w:3}'
    assert site_styles.without_variables(text, {"--w"}) == "a{--y:1;--z:var(--y);color:var(--z)}c{--w:3}"
    body = 'top:0;background:url(a.png);mask:url("data:x;y");content:";b"'
    assert site_styles.without_files(body) == 'top:0;mask:url("data:x;y");content:";b"'


def test_an_icon_that_nobody_has_drawn_is_named():
    assert site_icons.missing({"fa-bars", "fa-unicorn", "fa-lg", "fas"}) == ["fa-unicorn"]
    assert "fa-bars" in site_icons.stylesheet({"fa-bars"}) and "fa-sun" not in site_icons.stylesheet(
        {"fa-bars"}
    )


def test_the_policy_names_inline_text_by_its_hash():
    soup = BeautifulSoup(
        "<head><meta charset='utf-8'><script>one()</script></head><script type='application/json'>{}</script>"
        "<style>a{}</style>",
        "html.parser",
    )
    rules = site_policy.policy(soup, ['const STYLE = "b{}";\nexport default 1'])
    assert site_policy.source_of("one()") in rules and site_policy.source_of("{}") not in rules
    assert site_policy.source_of("a{}") in rules and site_policy.source_of("b{}") in rules
    assert "unsafe" not in rules and "blob:" in rules
    assert "blob:" not in site_policy.policy(soup, [])


def test_parts_of_an_explorable_become_scripts_with_the_same_text(tmp_path):
    (tmp_path / "_static").mkdir()
    html = (
        '<figure data-widget="k"><script type="application/json">{"a": "é<"}</script>'
        '<script type="text/plain" id="course-src-k">let s = "<\\/script>"</script></figure>'
    )
    page = Path("book/p.html")
    soup = BeautifulSoup(html, "html.parser")
    modules = site_scripts.explorables_apart(tmp_path, {page: soup})
    assert modules == {(page, "k"): 'let s = "</script>"'}
    for what, text in (("state", '{"a": "é<"}'), ("module", 'let s = "</script>"')):
        script = (tmp_path / "book" / soup.figure[f"data-{what}"]).resolve().read_text()
        assert json.loads(script.split("]=", 1)[1]) == text
    assert not soup.find("script")


def test_large_pictures_of_an_explorable_s_state_become_files(tmp_path):
    (tmp_path / "_static").mkdir()
    picture = bytes(range(256)) * 8
    uri = "data:image/webp;base64," + base64.b64encode(picture).decode()
    state = {"sheets": [uri, uri], "small": "data:image/webp;base64,AAAA", "words": "a"}
    html = f'<figure data-widget="k"><script type="application/json">{json.dumps(state)}</script></figure>'
    soup = BeautifulSoup(html, "html.parser")
    site_scripts.explorables_apart(tmp_path, {Path("book/lectures/p.html"): soup})
    script = (tmp_path / "book/lectures" / soup.figure["data-state"]).resolve().read_text()
    kept = json.loads(json.loads(script.split("]=", 1)[1]))
    assert {key: kept[key] for key in ("small", "words")} == {key: state[key] for key in ("small", "words")}
    assert len(set(kept["sheets"])) == 1
    assert (tmp_path / "_static" / kept["sheets"][0].removeprefix("beside:")).read_bytes() == picture
    (tmp_path / "_static/unused.webp").write_bytes(b"")
    site_finish.tidy(tmp_path, {Path("book/lectures/p.html"): soup})
    assert [path.suffix for path in (tmp_path / "_static").glob("sheet.*")] == [".webp"]
    assert not (tmp_path / "_static/unused.webp").exists()


def test_bytes_of_an_explorable_s_state_become_scripts(tmp_path):
    (tmp_path / "_static").mkdir()
    uri = "data:application/octet-stream;base64," + base64.b64encode(bytes(range(256)) * 8).decode()
    html = f'<figure data-widget="k"><script type="application/json">{json.dumps([uri])}</script></figure>'
    page, soup = Path("book/p.html"), BeautifulSoup(html, "html.parser")
    site_scripts.explorables_apart(tmp_path, {page: soup})
    state = (tmp_path / "book" / soup.figure["data-state"]).resolve().read_text()
    (address,) = json.loads(json.loads(state.split("]=", 1)[1]))
    site_finish.tidy(tmp_path, {page: soup})
    name = address.removeprefix("beside:")
    script = (tmp_path / "_static" / name).read_text()
    assert script.split("]=", 1) == [
        f'(globalThis.courseParts||={{}})["{Path(name).stem}"',
        json.dumps(uri),
    ]


# ---------------------------------------------------------------- the built site


@pytest.fixture(scope="module")
def visits():
    return bench_site_weight.visits(SITE)


@built
def test_the_median_page_keeps_to_its_weight(visits):
    assert statistics.median(v["first"] for v in visits) <= 300_000
    assert statistics.median(v["next"] for v in visits) <= 120_000


@built
def test_what_all_pages_share_is_small(visits):
    assert max(v["shared"] for v in visits) <= 75_000


@built
def test_scripts_and_styles_that_a_page_does_not_need_are_not_loaded():
    for page in book.site_pages():
        text = (SITE / f"{page}.html").read_text(encoding="utf-8")
        assert ("/code." in text) == ("<pre" in text), page
        assert ("/explorables." in text) == ("data-widget=" in text), page
        assert 'rel="stylesheet"' not in text  # nothing to wait for before the page is painted
    left = [p.name for p in (SITE / "_static").rglob("*") if "fontawesome" in p.name or p.suffix == ".map"]
    assert left == []


@built
def test_every_page_has_a_strict_policy():
    for path in SITE.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        policy = BeautifulSoup(text, "html.parser").find(
            "meta", attrs={"http-equiv": "Content-Security-Policy"}
        )
        assert policy is not None, path
        assert "default-src 'none'" in policy["content"] and "unsafe" not in policy["content"]
        assert not re.search(r"<[^>]+\s(on\w+|style)=\"", text), path


@built
def test_formulas_have_a_font_with_all_their_characters():
    font = TTFont(SITE / site_maths.FONT)
    for page in book.site_pages():
        soup = BeautifulSoup((SITE / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
        formulas = soup.find_all("math")
        rules = [
            style for style in soup.head.find_all("style", recursive=False) if "maths.woff" in style.string
        ]
        assert len(rules) == bool(formulas), page
        letters = set("".join(formula.get_text() for formula in formulas)) - {"\n"}
        assert letters <= set(map(chr, font.getBestCmap())), f"{page}: add to tools/make_maths_font.py"
    assert "MATH" in font


@built
def test_the_stylesheet_can_be_parsed_to_its_end():
    page = BeautifulSoup((SITE / "book/intro.html").read_text(encoding="utf-8"), "html.parser")
    text = page.head.find("style").string
    rules = tinycss2.parse_stylesheet(text, skip_whitespace=True)
    assert len(rules) > 300 and not [r for r in rules if r.type == "error"]
    for rule in (r for r in rules if r.type == "qualified-rule"):
        inside = tinycss2.parse_blocks_contents(rule.content, skip_whitespace=True)
        assert not [i for i in inside if i.type == "error"], tinycss2.serialize(rule.prelude)
    assert len(gzip.compress(text.encode())) < 18_500
    assert not re.search(r"Font Awesome|--pst-icon-|url\((?!\"?data:)", text)


@built
def test_pictures_have_their_size_so_that_nothing_moves():
    for page in book.site_pages():
        soup = BeautifulSoup((SITE / f"{page}.html").read_text(encoding="utf-8"), "html.parser")
        for tag in soup.select("article img"):
            assert tag.get("width") and tag.get("height"), (page, tag["src"])
