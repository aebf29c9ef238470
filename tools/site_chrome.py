"""What is around a page's text: its frame made usable by keyboard and screen reader, and the footer."""

import os
import re

import site_questions

COLAB = "_static/logo_colab.svg"  # 0.4 kB in the place of 7.6


def relative(name, page):
    """Return the address of a file of the site, as a page has to write it."""
    return os.path.relpath(name, page.parent)


def mend(folder, pages):
    """Mend the frame of all pages."""
    for page, soup in pages.items():
        for tag in soup.select("#ethical-ad-placement, .pst-async-banner-revealer, [rel~=preload]"):
            tag.decompose()
        for icon in soup.select("i[class*=fa-], i.fas, i.fab, span.fa-bars, span.fa-list"):
            icon["aria-hidden"] = "true"
        for tag in soup.select("[style='false']"):
            del tag["style"]
        _logo(soup)
        _launchers(folder, page, soup)
        _figures_with_numbers(soup)
        site_questions.enhance(soup)
        _foot(folder, page, soup)


def _logo(soup):
    """One picture is enough: the logo is the same on light and dark."""
    for tag in soup.select("img.logo__image.only-dark"):
        tag.decompose()
    for tag in soup.select("img.logo__image"):
        tag["class"] = ["logo__image"]
        tag["width"], tag["height"] = "72", "72"


def _launchers(folder, page, soup):
    """The menu that opens the page elsewhere: a small drawing for Colab, and nothing loads before it opens."""
    for tag in soup.select(".dropdown-launch-buttons img"):
        tag["loading"] = "lazy"
        tag["width"], tag["height"] = "20", "20"
        if tag["src"].endswith("logo_colab.png") and (folder / COLAB).is_file():
            tag["src"] = relative(COLAB, page)


def _figures_with_numbers(soup):
    """Let a figure be linked to: its caption's sign is reached by keyboard as well."""
    for link in soup.select("figcaption a.headerlink"):
        link["aria-label"] = "Link to this figure"


def _foot(folder, page, soup):
    """Add to the footer how to cite the book and how it is checked, where those pages exist."""
    footer = soup.select_one(".extra_footer")
    links = {"Cite this book": "book/about.html#cite-this-book", "How it is checked": "book/checked.html"}
    known = {text: to for text, to in links.items() if (folder / re.sub("#.*", "", to)).is_file()}
    if footer is None or not known:
        return
    line = soup.new_tag("p")
    for number, (text, to) in enumerate(known.items()):
        if number:
            line.append(" · ")
        link = soup.new_tag("a", href=relative(to, page))
        link.string = text
        line.append(link)
    footer.append(line)
