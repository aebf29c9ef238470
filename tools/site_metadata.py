"""What search engines and messengers read of a page: title, description, picture, address.

The site's address is SITE_URL if that is set (`deploy.yml` does), else `html.baseurl` of
`_config.yml`, else GitHub Pages of `repository.url`. While that still says OWNER there is none, and
no page claims one.
"""

import os
import re

from book import config
from site_text import first_sentences

CARD = (1200, 630)  # pixels, as messengers show them
GITHUB_PAGES = re.compile(r"https://github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?")


def site_address(settings=None, environment=os.environ):
    """Return the address of the site with a slash at its end, or None while nobody knows it."""
    settings = settings or config()
    given = environment.get("SITE_URL") or settings.get("html", {}).get("baseurl")
    if given:
        return given.rstrip("/") + "/"
    match = GITHUB_PAGES.fullmatch(settings["repository"]["url"])
    if match is None or match[1] == "OWNER":
        return None
    return f"https://{match[1].lower()}.github.io/{match[2]}/"


def description(soup):
    """Return the first sentences of a page's prose, at most 200 characters."""
    article = soup.find("article") or soup.body
    for tag in article.find_all("p"):
        text = " ".join(tag.get_text(" ").split())
        if len(text.split()) > 8 and "course-launch" not in tag.get("class", ()):
            return first_sentences(re.sub(r" ([.,;:?)])", r"\1", text), 200)
    return ""


def describe(pages, address, *, cards, site_name):
    """Give every page its description, canonical address and Open Graph entries.

    pages : {path below the site: soup}
    address : of the site, or None
    cards : {path: path of its picture below the site}
    """
    for page, soup in pages.items():
        title = soup.find("h1")
        title = " ".join(title.get_text(" ").replace("#", "").split()) if title else site_name
        text, card = description(soup), cards.get(page)
        root = address or os.path.relpath(".", page.parent) + "/"
        named, properties = {"description": text}, {}
        properties |= {"og:type": "article", "og:site_name": site_name, "og:title": title}
        properties |= {"og:description": text, "og:locale": "en_GB"}
        if address:
            properties["og:url"] = address + page.as_posix()
            soup.head.append(soup.new_tag("link", rel="canonical", href=properties["og:url"]))
        if card:
            properties |= {"og:image": root + card, "og:image:alt": f"{title}: a figure of the page"}
            properties |= {"og:image:width": str(CARD[0]), "og:image:height": str(CARD[1])}
            named["twitter:card"] = "summary_large_image"
        _write(soup, named, properties)


def _write(soup, named, properties):
    for tag in soup.head.select('meta[name="description"], meta[name^="docsearch"]'):
        tag.decompose()
    for tag in soup.head.select('meta[name="viewport"]')[1:]:
        tag.decompose()
    for kind, entries in (("name", named), ("property", properties)):
        for name, content in entries.items():
            if content:
                soup.head.append(soup.new_tag("meta", attrs={kind: name, "content": content}))


def sitemap(pages, address):
    """Return the sitemap of pages (paths below the address)."""
    rows = "".join(f"<url><loc>{address}{page.as_posix()}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )
