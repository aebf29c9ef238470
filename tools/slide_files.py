"""The files of a deck: its frame, its addresses, its policy, and what all decks share."""

import os
import re
import shutil

from bs4 import BeautifulSoup
from pygments.formatters import HtmlFormatter

import site_maths
from book import ROOT
from site_policy import source_of
from site_scripts import stamp

ASSETS = ROOT / "tools/deck"
DECK = """<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title} – slides – {book}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="../_static/favicon.svg">{styles}
</head><body data-page="{page}"><div class="reveal"><div class="slides">
{sections}
</div></div>{scripts}
</body></html>
"""
# reveal.js writes this into the page when it lays a deck out for printing
PRINT_STYLE = "@page{size:1280px 720px; margin: 0px;}"


def moved(html, source, target):
    """Return HTML with its addresses rewritten from the page ``source`` to the page ``target``."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(True):
        for name in ("src", "href", "data-module", "data-state"):
            address = tag.get(name)
            if address and not re.match(r"[a-z]+:|//", address):
                path = f"{source.name}{address}" if address.startswith("#") else address
                tag[name] = os.path.relpath(os.path.normpath(source.parent / path), target.parent)
        if tag.get("id") and tag.name != "section":
            del tag["id"]
        if tag.name == "img":
            tag.attrs.pop("loading", None)
    return str(soup)


def assets(folder, host, vendor):
    """Copy what decks share to slides/; return the addresses of (styles, scripts)."""
    target = folder / "slides/assets"
    target.mkdir(parents=True, exist_ok=True)
    for name in ("reveal.js", "reveal.css", "notes.js", "LICENSE-reveal.js.txt"):
        shutil.copy(vendor / name, target / name)
    style = (ASSETS / "deck.css").read_text(encoding="utf-8")
    style += site_maths.RULE.format(f"../../{site_maths.FONT}")
    style += HtmlFormatter(style="a11y-high-contrast-light").get_style_defs(".highlight")
    style += (ROOT / "book/_static/course-figures.css").read_text(encoding="utf-8")
    names = {f"deck.{stamp(style)}.css": style}
    script = (ASSETS / "deck.js").read_text(encoding="utf-8")
    names[f"deck.{stamp(script)}.js"] = script
    for name, text in names.items():
        (target / name).write_text(text, encoding="utf-8")
    css, js = names
    return ["assets/reveal.css", f"assets/{css}"], [
        host,
        "assets/reveal.js",
        "assets/notes.js",
        f"assets/{js}",
    ]


def policy(vendor, styles):
    """Return the policy of a deck: as strict as a page's, and it may show itself in the speaker's view."""
    view = BeautifulSoup((vendor / "speaker-view.html").read_text(encoding="utf-8"), "html.parser")
    scripts = [source_of(tag.string) for tag in view.find_all("script") if tag.string]
    hashes = [source_of(tag.string) for tag in view.find_all("style")] + list(
        map(source_of, [PRINT_STYLE, *styles])
    )
    return (
        f"default-src 'none'; script-src 'self' blob: {' '.join(scripts)}; "
        f"style-src 'self' {' '.join(hashes)}; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
        "frame-src 'self'; base-uri 'none'; form-action 'none'"
    )
