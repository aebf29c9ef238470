"""Say for every cell of the lectures where it stands in the slides: `slideshow.slide_type` of its metadata.

    python tools/slide_types.py [--again]

slide     a new slide: cells that begin with a heading
subslide  code that stands on a slide of its own, below the one before
-         what belongs to the slide before: a short piece of code under a short text, the reading of a result

The cells that `make links` writes have none: they are on no slide. What an author has set stays,
unless --again is given. JupyterLab shows and edits the same metadata.
"""

import argparse
import re

from book import ROOT, notebooks, read, write

HEADING = re.compile(r"^#{1,3} ", re.MULTILINE)
SHORT_TEXT, SHORT_CODE = (
    110,
    12,
)  # words, lines: what shares a slide; it shows a sentence or two of each paragraph


def slide_type(cell, before):
    """Return where a cell stands; ``before`` is the cell before it, or None."""
    if cell.cell_type == "markdown":
        return "slide" if HEADING.match(cell.source) or "**What you will do.**" in cell.source else "-"
    return "-" if before is not None and _shares(cell, before) else "subslide"


def _shares(cell, before):
    if before.cell_type != "markdown" or "widget" in cell.metadata.get("tags", []):
        return False
    headings = list(HEADING.finditer(before.source))
    if not headings:
        return False
    text = before.source[headings[-1].start() :]
    return len(text.split()) <= SHORT_TEXT and len(cell.source.splitlines()) <= SHORT_CODE


def with_types(notebook, *, again=False):
    """Return the notebook with a slide type for each cell."""
    before = None
    for cell in notebook.cells:
        if cell["id"] in ("launch", "setup"):
            continue
        settings = cell.metadata.setdefault("slideshow", {})
        if again or "slide_type" not in settings:
            settings["slide_type"] = slide_type(cell, before)
        before = cell
    return notebook


def lectures(root=ROOT):
    """Return the notebooks that have slides."""
    return [path for path in notebooks(root) if path.parent.name == "lectures"]


def main():
    """Set the types in all lectures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--again", action="store_true", help="set anew what is set already")
    again = parser.parse_args().again
    for path in lectures():
        write(with_types(read(ROOT / path), again=again), ROOT / path)
    print(f"{len(lectures())} lectures have slide types")


if __name__ == "__main__":
    main()
