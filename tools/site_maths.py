"""The font of the formulas: a file of its own, named only by pages that have formulas.

With most systems' fonts a browser sets MathML without mathematical measures: bars touch what is below them.
"""

import os

FONT = "_static/maths.woff"
RULE = '@font-face{{font-family:"Course Maths";src:url("{}") format("woff");font-display:swap}}'


def add(pages):
    """Name the font in every page (soup) with a formula."""
    for page, soup in pages.items():
        if soup.find("math"):
            style = soup.new_tag("style")
            style.string = RULE.format(os.path.relpath(FONT, page.parent))
            soup.head.find("style").insert_after(style)
