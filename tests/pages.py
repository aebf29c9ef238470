"""Take code out of the book's notebooks, so that what a page teaches is what is tested."""

from pathlib import Path

import nbformat

BOOK = Path(__file__).resolve().parent.parent / "book"


def page(name):
    """Return a notebook by its path below ``book``, without suffix: ``"lectures/convolutions"``."""
    return nbformat.read(BOOK / f"{name}.ipynb", as_version=4)


def cell_source(name, cell_id):
    """Return the source of the cell with this id; fail with the ids there are."""
    cells = {cell["id"]: cell.source for cell in page(name).cells}
    assert cell_id in cells, f"{name} has no cell {cell_id!r}; it has {', '.join(cells)}"
    return cells[cell_id]


def run_cells(name, cell_ids, **names):
    """Execute cells in order in one namespace, which starts with ``names``; return it."""
    namespace = dict(names)
    for cell_id in cell_ids:
        exec(compile(cell_source(name, cell_id), f"{name}:{cell_id}", "exec"), namespace)
    return namespace
