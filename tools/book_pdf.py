"""Print the whole book to one PDF, with Chromium: _build/book.pdf.

    python tools/book_pdf.py [TARGET.pdf]

All pages become one page, in reading order; their anchors get the page's name in front, so that links
lead to the place in the PDF. Bookmarks are made from the headings, page numbers of the contents by printing
twice. Figures that the site stores with a loss become JPEG, which a PDF holds as it is.
"""

import argparse
import os
import re
import shutil
import tempfile
from pathlib import Path

import yaml
from bs4 import BeautifulSoup
from PIL import Image

from book import BUILD, ROOT, config, site_pages, stop
from printing import print_pdf
from site_maths import FONT, RULE

SITE = BUILD / "html"
STYLE = """
.chapter, .whole-contents { break-before: page; }
.cover { padding-top: 70mm; text-align: left; }
.cover-title { font-size: 3rem; line-height: 1.1; font-weight: 600; }
.whole-contents :is(ol, li) { list-style: none; padding: 0; margin: 0; }
.whole-contents p { margin: 1.4rem 0 .3rem; font-weight: 600; }
.whole-contents li { display: flex; align-items: baseline; padding: .15rem 0; }
.whole-contents li a { color: inherit; text-decoration: none; }
.whole-contents li i { flex: 1; margin: 0 .5em; border-bottom: 1px dotted #5b6470; }
.whole-contents li span { width: 2.2em; text-align: right; font-variant-numeric: tabular-nums; }
.bd-article h1 { display: block !important; }
@page { @bottom-center { content: counter(page); font: 9pt system-ui, sans-serif; color: #5b6470; } }
@page :first { @bottom-center { content: none; } }
"""
WHOLE = """<!DOCTYPE html>
<html lang="en" data-theme="light" class="whole-book"><head><meta charset="utf-8"><title>{title}</title>{styles}
</head><body><main class="bd-main"><div class="bd-content"><div class="bd-article-container">
<article class="bd-article">
<section class="cover"><p class="cover-title">{title}</p><p>{author}</p><p>Version {version}</p>{licence}</section>
<nav class="whole-contents"><h1>Contents</h1>{contents}</nav>
{chapters}
</article></div></div></main></body></html>
"""
JPEG = {"quality": 88, "subsampling": 0, "optimize": True}


def name_of(page):
    """Return a page's name as its anchors carry it."""
    return page.as_posix().removesuffix(".html").replace("/", "-")


def chapter(page, soup, pages, pictures):
    """Return a page's article for the whole book, its anchors and links rewritten."""
    article = soup.find("article")
    for tag in article.select(".headerlink, .course-launch, .course-score, [role=status], button"):
        tag.decompose()
    for tag in article.find_all("details"):
        tag.attrs.pop("name", None)
        tag["open"] = ""
    for tag in article.find_all(True):
        if tag.get("id"):
            tag["id"] = f"{name_of(page)}--{tag['id']}"
        if tag.get("href"):
            tag["href"] = address(page, tag["href"], pages)
        if tag.get("src"):
            tag["src"] = pictures(page.parent / tag["src"])
        tag.attrs.pop("loading", None)
    return f'<section class="chapter" id="{name_of(page)}">{article.decode_contents()}</section>'


def address(page, target, pages):
    """Return a link of a page as the whole book has to write it."""
    if re.match(r"[a-z]+:|//", target):
        return target
    path, _, fragment = target.partition("#")
    where = Path(os.path.normpath(page.parent / path)) if path else page
    if where not in pages:
        return where.as_posix()
    return f"#{name_of(where)}--{fragment}" if fragment else f"#{name_of(where)}"


def picture_for_paper(source, folder):
    """Put a picture file into ``folder`` in the form that a PDF holds best; return its name there."""
    name = "-".join(source.parts[-2:])
    if source.suffix == ".webp" and b"VP8L" not in source.read_bytes()[:64]:
        name = Path(name).with_suffix(".jpg").name
        with Image.open(source) as image:
            picture = image.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        Image.alpha_composite(white, picture).convert("RGB").save(folder / name, **JPEG)
    else:
        shutil.copyfile(source, folder / name)
    return name


def contents(titles):
    """Return the contents in the parts of ``_toc.yml``, each title with a place for its page number."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = [("", [toc["root"]])] + [(p["caption"], [c["file"] for c in p["chapters"]]) for p in toc["parts"]]
    found = []
    for caption, files in parts:
        listed = [page for page in map(Path, files) if page.with_suffix(".html") in titles]
        rows = "".join(_row(page.with_suffix(".html"), titles) for page in listed)
        found.append(f"<p>{caption}</p><ol>{rows}</ol>" if rows else "")
    return "".join(found)


def _row(page, titles):
    name = name_of(page)
    return f'<li><a href="#{name}">{titles[page]}</a><i></i><span data-page-of="{name}"></span></li>'


def whole(folder, site=SITE):
    """Return the whole book as one page; put its pictures into ``folder``, where the page has to lie."""
    pages = [Path(f"{page}.html") for page in site_pages()]
    soups = {p: BeautifulSoup((site / p).read_text(encoding="utf-8"), "html.parser") for p in pages}
    titles = {
        p: " ".join(s.find("article").h1.get_text(" ").replace("#", "").split()) for p, s in soups.items()
    }
    settings = config()
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    shutil.copy(site / FONT, folder)

    def pictures(path):
        return picture_for_paper(Path(os.path.normpath(site / path)), folder)

    return WHOLE.format(
        title=settings["title"], author=settings["author"], licence=settings["html"]["extra_footer"],
        version=cited["version"], contents=contents(titles),
        styles=f"{soups[pages[0]].head.find('style')}<style>{RULE.format(Path(FONT).name)}{STYLE}</style>",
        chapters="\n".join(chapter(p, soups[p], set(pages), pictures) for p in pages),
    )  # fmt: skip


def main():
    """Print the book that was built last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="?", type=Path, default=BUILD / "book.pdf")
    target = parser.parse_args().target
    if not (SITE / "index.html").is_file():
        stop("there is no built site to print: run make site first")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "whole-book.html")
        source.write_text(whole(source.parent), encoding="utf-8")
        print(print_pdf(source.as_uri(), target))


if __name__ == "__main__":
    main()
