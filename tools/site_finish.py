"""Finish the pages that jupyter-book has built: light, strict, described. Called by `tools/build.py`.

    python tools/site_finish.py FOLDER

Works for whatever pages there are; each step is a module of its own (`site_*.py`).
"""

import sys
from pathlib import Path

from bs4 import BeautifulSoup

import site_cards
import site_chrome
import site_code
import site_entry
import site_figures
import site_fill
import site_icons
import site_maths
import site_metadata
import site_names
import site_policy
import site_scripts
import site_styles
import slides
from book import config, stop


def open_pages(folder):
    """Return {path below the folder: soup} of all pages; pages that only lead on are left alone."""
    pages = {}
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if '<main id="main-content"' in text:
            pages[path.relative_to(folder)] = BeautifulSoup(text, "html.parser")
    return pages


def finish(folder):
    """Finish all pages of a folder in place."""
    folder, settings = Path(folder).resolve(), config()
    pages, title, address = open_pages(folder), settings["title"], site_metadata.site_address(settings)
    modules = site_scripts.explorables_apart(folder, pages)
    site_figures.lighten(folder, pages)
    site_chrome.mend(folder, pages)
    site_code.wrap(pages)
    site_fill.fill_built(pages)
    cards = site_cards.write_cards(folder, pages, title)
    site_metadata.describe(pages, address, cards=cards, site_name=title)
    texts = [*site_scripts.replace(folder, pages), *modules.values()]
    restyle(folder, pages, texts)
    site_maths.add(pages)
    site_policy.add(pages, modules)
    slides.write_decks(folder, pages, site_policy.carried_styles(modules.values()))
    for page, soup in pages.items():
        (folder / page).write_text(str(soup), encoding="utf-8")
    site_entry.write(folder, title, address, pages=pages)
    tidy(folder, pages)


def restyle(folder, pages, scripts):
    """Give all pages one stylesheet in the place of the theme's, inside the page.

    13 kB over the wire are less than the wait for a second file, before which nothing can be painted.
    """
    order = {}
    for page, soup in pages.items():
        for tag in soup.select('link[rel~="stylesheet"]'):
            path = site_figures.file_of(folder, page, tag["href"])
            if path is None:
                stop(f"{page} asks for the stylesheet {tag['href']}, which the site does not have")
            order[path] = None
            tag.decompose()
    names = site_names.Names(pages.values(), scripts)
    classes = {name.removeprefix(".") for name in names.on_pages}
    undrawn = site_icons.missing(classes)
    if undrawn:
        stop(f"tools/site_icons.py has no drawing of {', '.join(undrawn)}")
    text = site_icons.stylesheet(classes | names.in_scripts) + site_styles.one_stylesheet(order, names)
    for soup in pages.values():
        style = soup.new_tag("style")
        style.string = text
        soup.head.title.insert_after(style)


def tidy(folder, pages):
    """Remove what no page asks for: the theme's scripts, styles, fonts and translations, unused figures."""
    used = {"_static/favicon.svg", site_maths.FONT}
    for pattern in ("cards/*", "sheet.*", "bytes.*"):  # named in metadata, and in the states of explorables
        used |= {path.relative_to(folder).as_posix() for path in (folder / "_static").glob(pattern)}
    for page, soup in pages.items():
        for tag in soup.find_all(["img", "script", "link", "figure"]):
            for name in ("src", "href", "data-module", "data-state"):
                path = site_figures.file_of(folder, page, tag.get(name))
                if path is not None:
                    used.add(path.relative_to(folder).as_posix())
    for path in [*(folder / "_static").rglob("*"), *(folder / "_images").rglob("*")]:
        if path.is_file() and path.relative_to(folder).as_posix() not in used:
            path.unlink()
    for path in sorted((folder / "_static").rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        stop("name the folder of built pages, as in python tools/site_finish.py _build/html")
    finish(sys.argv[1])
