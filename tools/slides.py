"""Slides of every lecture, made from its built page: reveal.js, explorables alive, speaker notes.

    python tools/slides.py [--pdf]

The pages of `_build/html` are cut where the notebooks' `slideshow` metadata say (`slide_types.py`).
A deck is one page that asks for nothing from elsewhere and keeps to a strict policy.
"""

import argparse
import os
import sys
from pathlib import Path

import reveal
from book import BUILD, ROOT, config, read, stop
from slide_blocks import slides_of
from slide_files import DECK, assets, moved, policy
from slide_types import lectures

SITE = BUILD / "html"
SHORT, WIDE = 10, 2.2  # lines of code above a figure of this width to its height, instead of beside it


def code_types(notebook):
    """Return the slide type of each code cell that the site shows."""
    shown = [
        c for c in notebook.cells if c.cell_type == "code" and "remove-cell" not in c.metadata.get("tags", [])
    ]
    return [c.metadata.get("slideshow", {}).get("slide_type", "subslide") for c in shown]


def text_types(notebook):
    """Return the slide type of the text before each code cell that the site shows, and after the last."""
    gaps = [set()]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell["id"] != "launch":
            gaps[-1].add(cell.metadata.get("slideshow", {}).get("slide_type", "-"))
        elif cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", []):
            gaps.append(set())
    return [types.pop() if len(types) == 1 else "-" for types in gaps]


def section(slide, number):
    """Return the HTML of one slide."""
    heading = slide["heading"]
    level = heading.name if heading is not None and slide["own"] else "h2"
    title = heading.decode_contents() if heading is not None else ""
    explorable = next((f for b in slide["shown"] if (f := b.select_one("figure[data-widget]"))), None)
    blocks = slide["shown"] if explorable is None else [explorable]  # it needs the room of code and prose
    shown = "".join(map(str, blocks))
    notes = "".join(str(block) for block in slide["notes"])
    kind = "title" if level == "h1" and slide["own"] else "split" if _beside(blocks) else "plain"
    kind = kind if explorable is None else "explorable"
    later = "" if slide["own"] else ' class="later"'
    return (
        f'<section class="{kind}" id="s{number}"><{level}{later}>{title}</{level}><div class="body">{shown}</div>'
        f'<aside class="notes">{notes}</aside></section>'
    )


def _beside(blocks):
    """Return whether code stands beside its figure: not where a wide figure has room below short code."""
    return any(
        cell.select_one(".cell_input") and (image := cell.find("img")) and not _below(cell, image)
        for cell in blocks
        if "cell" in cell.get("class", ())
    )


def _below(cell, image):
    lines = cell.select_one(".cell_input").get_text().strip().count("\n") + 1
    return lines <= SHORT and int(image.get("width", 0)) > WIDE * int(image.get("height", 1))


def deck_of(soup, notebook):
    """Return the sections of a page's deck, as HTML."""
    number, stacks = 0, []
    for stack in slides_of(soup.find("article"), code_types(notebook), text_types(notebook)):
        sections = []
        for slide in stack:
            number += 1
            sections.append(section(slide, number))
        stacks.append("".join(sections) if len(sections) == 1 else f"<section>{''.join(sections)}</section>")
    return "\n".join(stacks)


def write_decks(folder, pages, styles):
    """Write the decks of all lectures; link each from its page. Return the decks' paths.

    pages : {path below the folder: soup}, finished but for their writing
    styles : the stylesheets that explorables put into a page
    """
    vendor = reveal.fetch()
    if vendor is None:
        print("no slides: reveal.js could not be fetched from the package index", file=sys.stderr)
        return []
    (host,) = (folder / "_static").glob("explorables.*.js")
    sheets, scripts = assets(folder, f"../_static/{host.name}", vendor)
    written = []
    for path in lectures():
        page, deck = path.with_suffix(".html"), Path("slides", path.with_suffix(".html").name)
        if page not in pages:
            continue
        soup = pages[page]
        title = " ".join(soup.find("article").h1.get_text(" ").replace("#", "").split())
        text = DECK.format(
            policy=policy(vendor, styles).replace('"', "&quot;"), title=title, book=config()["title"],
            page=os.path.relpath(page, deck.parent), sections=moved(deck_of(soup, read(ROOT / path)), page, deck),
            styles="".join(f'<link rel="stylesheet" href="{name}">' for name in sheets),
            scripts="".join(f'<script src="{name}"></script>' for name in scripts),
        )  # fmt: skip
        (folder / deck).write_text(text, encoding="utf-8")
        written.append(deck)
        _link(soup, os.path.relpath(deck, page.parent))
    return written


def _link(soup, address):
    line = soup.select_one("p.course-launch")
    if line is not None:
        link = soup.new_tag("a", href=address)
        link.string = "slides"
        line.extend([" · ", link])


def write_pdfs(folder):
    """Print every deck to a PDF beside it, with Chromium; return their paths."""
    from printing import print_pdf

    decks = sorted((folder / "slides").glob("*.html"))
    if not decks:
        stop("there are no slides to print: run make slides first")
    ready = "html[data-deck=ready]"
    return [print_pdf(f"{d.as_uri()}?print-pdf", d.with_suffix(".pdf"), wait=ready) for d in decks]


def main():
    """Say where the slides are; with --pdf print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pdf", action="store_true", help="print every deck to a PDF beside it")
    pdf = parser.parse_args().pdf
    decks = sorted((SITE / "slides").glob("*.html"))
    if not decks:
        stop("the site has no slides: reveal.js could not be fetched; with a network, run make clean site")
    found = write_pdfs(SITE) if pdf else decks
    print("\n".join(map(str, found)))
    if not pdf:
        print(
            "S opens the speaker's notes; for PDF run make slides-pdf, or print a deck with ?print-pdf at its end"
        )


if __name__ == "__main__":
    main()
