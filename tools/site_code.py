"""Code that fits every screen: a long line goes on below, further in than it began.

Each line of code becomes a ``<span class="line in-8">`` (8: its indentation), which the stylesheet wraps
with a hanging indent, at a blank or after an opening bracket. Its text stays as it is, so that copying gives
the same code. Outputs, whose columns mean something, are left alone.
"""

import re

from bs4 import BeautifulSoup

BLOCKS = "article div.highlight pre"
OPENING = re.compile(r'(<span class="p">[^<]*[(\[{]</span>)')
DEEPEST = 16  # columns: what begins further in hangs as if it began there


def wrap(pages):
    """Mark the lines of all blocks of code of all pages (soups)."""
    for soup in pages.values():
        for pre in soup.select(BLOCKS):
            if pre.find_parent(class_="cell_output") is None:
                # parsed inside a pre, where blanks are kept
                lines = BeautifulSoup(f"<pre>{marked(pre.decode_contents())}</pre>", "html.parser").pre
                pre.clear()
                pre.extend(list(lines.contents))


def marked(html):
    """Return highlighted code (Pygments closes its tags at every end of a line) with its lines marked."""
    lines = OPENING.sub(r"\1<wbr>", html.rstrip("\n")).split("\n")
    return "".join(f'<span class="line in-{indentation(line)}">{line}</span>\n' for line in lines)


def indentation(line):
    """Return how many blanks a line of highlighted code begins with, in steps of 4."""
    text = re.sub(r"<[^>]*>", "", line)
    return min((len(text) - len(text.lstrip(" "))) // 4 * 4, DEEPEST)
