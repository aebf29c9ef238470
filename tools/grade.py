"""Grade a folder of submissions of one lab.

    python tools/grade.py LAB SUBMISSIONS [--out FOLDER] [--scheduler ADDRESS] [--workers N]

LAB is the name of a notebook in book/solutions. Each submission is run on its own, with limits; see
grading/sandbox.py. In FOLDER (default: graded/LAB) come grades.csv, summary.html and a page for each
student in feedback/. Started again, it goes on where it was, and grades what is new or has changed.
"""

import argparse
import hashlib
import json
import os
from pathlib import Path

import nbformat
from tqdm import tqdm

from book import ROOT, SOLUTIONS, read, stop
from exercises import problems
from grading import report
from grading.cluster import client_for, run_all
from grading.journal import Journal
from grading.prepare import Prepared, lab_of, prepare
from grading.score import scored
from grading.submissions import Submission, Unreadable, parsed, submissions

SLOW = """\
this machine is slow or busy: the reference solution took {} s, and a single cell is stopped after {} s.
Right answers may be stopped, too; the column "odd" names them. Grade again when the machine is free."""
REFERENCE = "(the reference solution)"
ISOLATED = {
    "enclosed": "Each submission ran enclosed: no network, and no file of this machine but Python and course_utils.",
    "offline": "Each submission ran without a network, but could read this machine's files.",
    "open": "Each submission ran as a process with limits; this system allowed no further isolation.",
    "none": "No submission was run.",
}


def the_lab(name, root=ROOT):
    """Return the lab and its notebook with answers; stop with a sentence if it cannot be graded."""
    path = root / SOLUTIONS / f"{Path(name).stem}.ipynb"
    if not path.is_file():
        there = ", ".join(sorted(p.stem for p in (root / SOLUTIONS).glob("*.ipynb")))
        stop(f"there is no lab {name!r}: LAB must be one of {there or 'the notebooks in book/solutions'}")
    source = read(path)
    if wrong := problems(source):
        stop(f"{path.name} cannot be graded: {'; '.join(wrong)}")
    return lab_of(source, path.stem), source


def limits_of(source, options):
    """Return the limits of a run: several times what the reference solution takes."""
    cost = source.metadata.get("course", {})
    seconds = options.seconds or max(300, 10 * int(cost.get("seconds", 60)))
    memory = options.memory or max(2048, 2 * int(cost.get("memory_mb", 1000)) + 512)
    return {"seconds": seconds, "cell_seconds": max(10, seconds // 3), "memory_mb": memory}


def key_of(submission, lab, limits):
    """Return what a result is kept under: all that it depends on."""
    rules = [submission.student, submission.digest, limits, [c.source for c in lab.cells]]
    return hashlib.sha256(json.dumps(rules).encode()).hexdigest()[:24]


def prepared_of(lab, submission):
    """Return what is to be run of a submission, and all that is odd about it."""
    if not submission.content:
        return Prepared(odd=submission.odd or ["the file is empty"])
    try:
        prepared = prepare(lab, parsed(submission.content))
    except Unreadable as error:
        return Prepared(odd=[*submission.odd, str(error)])
    prepared.odd = submission.odd + prepared.odd
    return prepared


def result_of(lab, submission, prepared, ran):
    """Return what is kept and reported of one submission."""
    odd = list(prepared.odd)
    odd += [f"{name}: left out, it {why}" for name, why in ran["left_out"].items()]
    odd += [f"{name}: {late}" for name, late in stopped(ran["outputs"]).items()]
    odd += [ran["why"]] if ran["why"] and ran["why"] not in ran["left_out"].values() else []
    kept = {"student": submission.student, "page": f"{submission.student}.html", "odd": odd}
    kept |= {"seconds": ran["seconds"], "isolation": ran["isolation"], "answers": prepared.answers}
    return kept | {"rows": scored(lab, prepared, ran)}


def stopped(outputs):
    """Return {cell id: what is said of it} for the cells that took too long, on a busy machine or for ever."""
    errors = {name: [o for o in cell if o.get("ename") == "Timeout"] for name, cell in outputs.items()}
    return {
        name: found[0]["evalue"].replace("The cell was ", "").rstrip(".")
        for name, found in errors.items()
        if found
    }


NOT_RUN = {"outputs": {}, "left_out": {}, "why": None, "seconds": 0, "isolation": "none"}


def grade(lab, source, folder, options):
    """Grade what the journal lacks; return the results of all submissions in the folder."""
    limits, out = limits_of(source, options), Path(options.out)
    (out / "feedback").mkdir(parents=True, exist_ok=True)
    reference = Submission(REFERENCE, content=nbformat.writes(source).encode())
    everyone = [reference, *submissions(folder, lab.name)]
    journal = Journal(out / "journal.jsonl")
    keys = {key_of(one, lab, limits): one for one in everyone}
    todo = {key: prepared_of(lab, one) for key, one in keys.items() if key not in journal.results}
    if done := len(keys) - len(todo):
        print(f"{done - (REFERENCE not in {keys[k].student for k in todo})} submissions are graded already")

    def keep(key, ran):
        result = result_of(lab, keys[key], todo[key], ran)
        if keys[key] is reference:
            must_be_right(result)
            if result["seconds"] > limits["cell_seconds"]:
                tqdm.write(SLOW.format(result["seconds"], limits["cell_seconds"]))
        else:
            report.write_feedback(out / "feedback" / result["page"], lab, result)
        journal.add(key, result)

    for key in [key for key, prepared in todo.items() if not prepared.cells]:
        keep(key, NOT_RUN)
    tasks = {key: (prepared.cells, limits) for key, prepared in todo.items() if prepared.cells}
    if tasks:
        with client_for(options.scheduler, options.workers) as client:
            bar = tqdm(
                run_all(tasks, client), total=len(tasks), desc="grading", unit="notebook", disable=None
            )
            for key, ran in bar:
                keep(key, ran)
    journal.close()
    return [journal.results[key] for key, one in keys.items() if one is not reference]


def must_be_right(result):
    """Stop if the reference solution does not get all points: then no other result could be trusted."""
    wrong = [row for row in result["rows"] if row["points"] < row["of"]]
    if wrong:
        said = "; ".join(f"exercise {row['number']}: {row['mistake']}" for row in wrong)
        odd = f" ({'; '.join(result['odd'])})" if result["odd"] else ""
        stop(f"the reference solution itself does not get all points on this machine{odd}: {said}")


def arguments():
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lab")
    parser.add_argument("submissions")
    parser.add_argument("--out", help="folder of the results; default: graded/LAB")
    parser.add_argument(
        "--scheduler", default=os.environ.get("SCHEDULER"), help="address of a Dask scheduler"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="submissions at a time, here")
    parser.add_argument("--seconds", type=int, help="for one submission; default: 10 times the reference")
    parser.add_argument(
        "--memory", type=int, metavar="MB", help="for one submission; default: twice the reference"
    )
    options = parser.parse_args()
    if options.submissions in ("", ".") or not Path(options.submissions).is_dir():
        stop(f"SUBMISSIONS must be a folder of submissions, not {options.submissions!r}")
    options.out = options.out or str(ROOT / "graded" / Path(options.lab).stem)
    return options


def main():
    """Grade and report."""
    options = arguments()
    lab, source = the_lab(options.lab)
    try:
        results = grade(lab, source, options.submissions, options)
    except KeyboardInterrupt:
        stop("interrupted: what has been graded is kept; the same command goes on from there")
    out = Path(options.out)
    degrees = {one["isolation"] for one in results} - {"none"}
    how = ISOLATED[max(degrees, key=list(ISOLATED).index, default="none")]
    report.write_table(out / "grades.csv", lab, results)
    report.write_summary(out / "summary.html", lab, results, how)
    print(f"{len(results)} submissions: {out / 'grades.csv'}, {out / 'summary.html'}")
    print(how)


if __name__ == "__main__":
    main()
