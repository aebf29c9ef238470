"""Print the whole book to one PDF, with Chromium: _build/book.pdf.

    python tools/book_pdf.py [TARGET.pdf]

All pages become one page, in reading order; their anchors get the page's name in front, so that links
lead to the place in the PDF. Bookmarks are made from the headings.
"""

import argparse
import os
import re
from pathlib import Path

from bs4 import BeautifulSoup

from book import BUILD, config, site_pages, stop
from printing import print_pdf

SITE = BUILD / "html"
STYLE = """
.chapter, .whole-contents { break-before: page; }
.cover { padding-top: 70mm; text-align: left; }
.cover-title { font-size: 3rem; line-height: 1.1; font-weight: 600; }
.whole-contents li { margin: .3rem 0; }
.bd-article h1 { display: block !important; }
@page { @bottom-center { content: counter(page); font: 9pt system-ui, sans-serif; color: #5b6470; } }
@page :first { @bottom-center { content: none; } }
"""
WHOLE = """<!DOCTYPE html>
<html lang="en" data-theme="light" class="whole-book"><head><meta charset="utf-8"><title>{title}</title>{styles}
</head><body><main class="bd-main"><div class="bd-content"><div class="bd-article-container">
<article class="bd-article">
<section class="cover"><p class="cover-title">{title}</p><p>{author}</p>{licence}</section>
<nav class="whole-contents"><h1>Contents</h1><ol>{contents}</ol></nav>
{chapters}
</article></div></div></main></body></html>
"""


def name_of(page):
    """Return a page's name as its anchors carry it."""
    return page.as_posix().removesuffix(".html").replace("/", "-")


def chapter(page, soup, pages):
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
        for name in ("src", "href"):
            if tag.get(name):
                tag[name] = address(page, tag[name], pages)
        tag.attrs.pop("loading", None)
    return f'<section class="chapter" id="{name_of(page)}">{article.decode_contents()}</section>'


def address(page, target, pages):
    """Return a link or file of a page as the whole book at the site's root has to write it."""
    if re.match(r"[a-z]+:|//", target):
        return target
    path, _, fragment = target.partition("#")
    where = Path(os.path.normpath(page.parent / path)) if path else page
    if where not in pages:
        return where.as_posix()
    return f"#{name_of(where)}--{fragment}" if fragment else f"#{name_of(where)}"


def whole(site=SITE):
    """Return the whole book as one page that lies at the root of the site."""
    pages = [Path(f"{page}.html") for page in site_pages()]
    soups = {p: BeautifulSoup((site / p).read_text(encoding="utf-8"), "html.parser") for p in pages}
    titles = {
        p: " ".join(s.find("article").h1.get_text(" ").replace("#", "").split()) for p, s in soups.items()
    }
    settings = config()
    items = (f'<li><a href="#{name_of(p)}">{title}</a></li>' for p, title in titles.items())
    return WHOLE.format(
        title=settings["title"], author=settings["author"], licence=settings["html"]["extra_footer"],
        styles=f"{soups[pages[0]].head.find('style')}<style>{STYLE}</style>", contents="".join(items),
        chapters="\n".join(chapter(p, soups[p], set(pages)) for p in pages),
    )  # fmt: skip


def main():
    """Print the book that was built last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="?", type=Path, default=BUILD / "book.pdf")
    target = parser.parse_args().target
    if not (SITE / "index.html").is_file():
        stop("there is no built site to print: run make site first")
    source = SITE / ".whole-book.html"
    source.write_text(whole(), encoding="utf-8")
    try:
        print(print_pdf(source.as_uri(), target))
    finally:
        source.unlink()


if __name__ == "__main__":
    main()
