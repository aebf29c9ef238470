"""The Content-Security-Policy of each page, as a meta element: nothing from elsewhere, nothing inline.

Inline scripts and styles that are left are allowed by their hash, explorables by the hash of the
stylesheet that their module carries and by ``blob:``, where the host imports their module from.
"""

import base64
import hashlib
import json
import re

STYLE = re.compile(r'^const STYLE = ("(?:[^"\\]|\\.)*");$', re.MULTILINE)


def source_of(text):
    """Return the expression that allows exactly this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def carried_styles(modules):
    """Return the stylesheets that the modules of explorables put into the page."""
    return [json.loads(match[1]) for text in modules if (match := STYLE.search(text))]


def policy(soup, modules):
    """Return the policy of a page (a soup) with the given modules."""
    scripts = sorted({source_of(t.string) for t in soup.find_all("script", src=False) if _runs(t)})
    styles = [t.string or "" for t in soup.find_all("style")] + carried_styles(modules)
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *(["blob:"] if modules else []), *scripts],
        "style-src": ["'self'", *sorted({source_of(text) for text in styles})],
        "img-src": ["'self'", "data:", *(["blob:"] if modules else [])],
        "connect-src": ["'self'"],
        **({"font-src": ["'self'"]} if soup.find("math") else {}),
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in rules.items())


def _runs(tag):
    return tag.get("type") in (None, "text/javascript", "module") and bool(tag.string)


def add(pages, modules):
    """Put a policy first in the head of every page; ``modules`` is {(page, kind): text}."""
    for page, soup in pages.items():
        own = [text for (where, _), text in modules.items() if where == page]
        tag = soup.new_tag("meta", attrs={"http-equiv": "Content-Security-Policy"})
        tag["content"] = policy(soup, own)
        soup.head.find("meta", charset=True).insert_after(tag)
