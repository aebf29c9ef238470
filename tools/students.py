"""Make the students' copies of the labs, book/labs/*.ipynb, from book/solutions/*.ipynb.

    python tools/students.py [--check] [--redraw]

Solutions and hidden tests are cut out by nbgrader; what the reference solution puts out stays
under each cell, figures as small pictures. Given code is not touched. The nbgrader metadata of
the sources is derived first. A picture is drawn anew when the code up to its cell has changed,
or with --redraw. With --check nothing is written, and what is out of date is named.
"""

import argparse
import copy

import nbformat

from book import ROOT, labs, read, stop, write
from execute import execute, with_outputs
from exercises import annotated, exercise_of, exercises, problems
from instructors import ClearHiddenTests, ClearSolutions, LockCells, MetadataValidatorV3
from links import address, linked
from pictures import drawn, figures, small, with_pictures

STUB = '# Write your answer here, in place of the next line.\nraise NotImplementedError("{name}")'
NOTICE = """\
**How to use this notebook.** It is the student's copy of this lab. The outputs you see, pictures included, are those
of a right solution: they show what to aim for, and running a cell replaces them by yours.

- There are {count} exercises, about {minutes} minutes and {points} points in all. Where the code says
  `raise NotImplementedError`, your answer goes in place of that line. Hints are folded away; open one at a time.
- A check follows each exercise. It says whether your answer is right and, if not, what to look at. Running all cells
  stops at the first exercise that is still open.
- Keep the first line of the cells of an exercise: it names the cell. Code of your own goes there or into new cells;
  given cells and checks are put back as they were before grading.

**What to hand in.** This notebook, saved under its name `{file}` after a last *Restart Kernel and Run All Cells*."""


def answerless(notebook, *, hidden_tests):
    """Return a copy of a lab with stubs that name the exercise in place of solutions, with or without hidden tests."""
    notebook, resources = annotated(copy.deepcopy(notebook)), {"language": "python"}
    owner, clear = exercise_of(notebook), ClearSolutions()
    for index, cell in enumerate(notebook.cells):
        exercise = owner.get(cell["id"])
        name = f"Exercise {exercise.number}: {exercise.title}" if exercise else ""
        clear.code_stub = {"python": STUB.format(name=name)}
        clear.preprocess_cell(cell, resources, index)
    return notebook if hidden_tests else ClearHiddenTests().preprocess(notebook, resources)[0]


def marked(notebook):
    """Return the notebook with a first line in the cells of exercises that names each, for the grader."""
    for cell in notebook.cells:
        exercise = exercise_of(notebook).get(cell["id"])
        if exercise and cell["id"] in exercise.answers:
            what = f"Exercise {exercise.number}: {exercise.title}. Keep this line."
        elif exercise:
            what = f"Checks exercise {exercise.number}. Put back as it was before grading."
        if exercise:
            cell.source = f"# [{cell['id']}] {what}\n{cell.source}"
    return notebook


def notice(notebook, file):
    """Return the cell that says how to use the copy, how long it takes and what to hand in."""
    listed = exercises(notebook)
    sums = {"minutes": sum(e.minutes for e in listed), "points": sum(e.points for e in listed)}
    return nbformat.v4.new_markdown_cell(
        NOTICE.format(count=len(listed), file=file, **sums), id="how-to-use-this-notebook"
    )


def copy_of(source, path, pictures, *, slug, branch):
    """Return the student's copy of a lab, to be written to ``path``.

    ``source`` is the notebook with answers and stored text outputs, ``pictures`` maps the ids of
    cells to their pictures; ``slug`` and ``branch`` say where the repository is.
    """
    keys, head = figures(source), notice(source, path.name)
    notebook = with_pictures(answerless(source, hidden_tests=False), pictures)
    notebook = marked(LockCells().preprocess(notebook, {})[0])
    notebook = linked(notebook, slug, branch, path.as_posix())
    notebook.cells.insert(3, head)
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        cell.execution_count = None
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = None
    notebook.metadata["course"] = {**notebook.metadata.get("course", {}), "figures": keys}
    MetadataValidatorV3().validate_nb(notebook)
    return notebook


def kept_pictures(path, keys):
    """Return the pictures of a copy whose code has not changed since they were drawn."""
    if not path.is_file():
        return {}
    old = read(path)
    before = old.metadata.get("course", {}).get("figures", {})
    return {
        name: shown for name, shown in drawn(old).items() if name in keys and before.get(name) == keys[name]
    }


def new_pictures(source):
    """Return small pictures of all figures of a lab, from its kept execution (executed if there is none)."""
    executed = with_outputs(read(ROOT / source), execute([source])[source])
    return {name: [(small(png), how) for png, how in shown] for name, shown in drawn(executed).items()}


def out_of_date(root=ROOT, *, mend=False, redraw=False):
    """Return the files that differ from what the sources say; with ``mend``, write them anew."""
    stale, (slug, branch) = [], address(root)
    for path, source in labs(root).items():
        before, wanted = read(root / source), annotated(read(root / source))
        if wrong := problems(wanted):
            stop(f"{source}: " + "; ".join(wrong))
        if nbformat.writes(before) != nbformat.writes(wanted):
            stale.append(source)
            if mend:
                write(wanted, root / source)
        keys = figures(wanted)
        pictures = {} if redraw else kept_pictures(root / path, keys)
        if mend and set(pictures) != set(keys):
            pictures = new_pictures(source)
        text = nbformat.writes(copy_of(wanted, path, pictures, slug=slug, branch=branch))
        lacks_picture = set(pictures) != set(keys)
        if lacks_picture or not (root / path).is_file() or (root / path).read_text("utf-8") != text + "\n":
            stale.append(path)
            if mend:
                write(nbformat.reads(text, as_version=4), root / path)
    return stale


def main():
    """Write the copies that are out of date, or with --check name them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a copy is out of date")
    parser.add_argument("--redraw", action="store_true", help="take all pictures from the last execution")
    options = parser.parse_args()
    stale = out_of_date(mend=not options.check, redraw=options.redraw)
    if options.check and stale:
        stop(f"out of date, run `make students`: {', '.join(map(str, stale))}")
    written = f", {len(stale)} files written" if stale else ""
    print(f"{len(labs())} students' copies in book/labs are up to date{written}")


if __name__ == "__main__":
    main()
