"""The files at the root of the site: the page that leads on, the page for what is not there, the map."""

import html

from site_metadata import sitemap
from site_policy import source_of

LEAD_ON = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'">
<meta http-equiv="refresh" content="0; url={first}">{canonical}
</head><body><p><a href="{first}">{title}</a></p></body></html>
"""
# An address that does not exist has any depth, so this page asks for no file. Its links are mended by a
# script that finds the folder of the site: known while building, else what precedes /book/.
LOST = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Not found – {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<style>{style}</style></head>
<body><main><p>{title}</p><h1>This page is not here</h1>
<p>The network was sure, but the address leads nowhere. The page may have moved.</p>
<ul><li><a href="{root}book/intro.html">Start of the book</a></li>
<li><a href="{root}book/glossary.html">Glossary</a></li>
<li><a href="{root}search.html">Search</a></li></ul></main>
<script>{script}</script></body></html>
"""
LOST_STYLE = (
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.2rem;"
    "color:#1b1e24;background:#fff}a{color:#1c62b0}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ee;background:#14181e}a{color:#8cc0ff}}"
)
LOST_SCRIPT = (
    "const p=location.pathname,i=p.indexOf('/book/'),"
    "r=%s||(i>=0?p.slice(0,i+1):location.hostname.endsWith('.github.io')?p.split('/').slice(0,2).join('/')+'/':'/');"
    "document.querySelectorAll('a').forEach(a=>a.href=r+a.getAttribute('href').replace(/^.*?(book\\/|search)/,'$1'))"
)


def write(folder, title, address, *, pages):
    """Write index.html, 404.html, robots.txt and, where the site's address is known, sitemap.xml."""
    shown = [page for page in pages if page.name not in ("search.html", "genindex.html")]
    first = "book/intro.html"
    canonical = f'\n<link rel="canonical" href="{address}{first}">' if address else ""
    text = html.escape(title)
    _put(folder, "index.html", LEAD_ON.format(title=text, first=first, canonical=canonical))
    root = "/" + address.split("/", 3)[3] if address else ""
    script = LOST_SCRIPT % repr(root)
    policy = f"default-src 'none'; base-uri 'none'; script-src {source_of(script)}; style-src {source_of(LOST_STYLE)}"
    page = LOST.format(title=text, policy=policy, style=LOST_STYLE, script=script, root=root)
    _put(folder, "404.html", page)
    robots = "User-agent: *\nAllow: /\n"
    if address:
        _put(folder, "sitemap.xml", sitemap(shown, address))
        robots += f"Sitemap: {address}sitemap.xml\n"
    _put(folder, "robots.txt", robots)


def _put(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")
