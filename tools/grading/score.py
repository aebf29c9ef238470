"""Turn what a submission put out into points and the mistakes behind lost ones."""

import re

import nbformat

from instructors import determine_grade

ANSI = re.compile(r"\x1b\[[0-9;]*m")
NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e[+-]?\d+)?")
UNTOUCHED = "The exercise was left as it was."
SAYS_LITTLE = ("Look at", "Expected", "Found")


def scored(lab, prepared, ran):
    """Return one row for each exercise: its points, and what the check or the answer's own error said."""
    rows = []
    for exercise in lab.exercises:
        points, said = 0.0, []
        for name in exercise.checks:
            points += points_of(lab.checks[name], ran["outputs"].get(name))
            said += message(ran["outputs"].get(name))
        most = sum(lab.checks[name].metadata.nbgrader.points for name in exercise.checks)
        errors = [m for name in exercise.answers for m in failure(lab, prepared, ran, name)]
        lost, unsaid = points < most, "The check was not reached."
        rows.append(
            {
                "number": exercise.number,
                "title": exercise.title,
                "points": points,
                "of": most,
                "said": "\n".join(told(errors, said) if lost else said) or (unsaid if lost else ""),
                "mistake": mistake(errors, ran, exercise) if lost else "",
            }
        )
    return rows


def told(errors, said):
    """Return what a student is told of a lost point; of an exercise that was left open, that is enough."""
    once = list(dict.fromkeys(errors))
    return once if once == [UNTOUCHED] else once + said


def points_of(check, outputs):
    """Return the points that nbgrader gives for a check cell's outputs; none if it was not run."""
    if outputs is None:
        return 0.0
    cell = nbformat.from_dict({**check, "outputs": [o for o in outputs if o.get("name") != "stderr"]})
    points, _ = determine_grade(cell)  # a warning on standard error would cost all points
    return points


def message(outputs):
    """Return what a check said, as a list of at most one text."""
    if outputs is None:
        return []
    texts = [o["evalue"] if o["output_type"] == "error" else o.get("text", "") for o in outputs]
    kinds = [
        f"{o['ename']}: " for o in outputs if o["output_type"] == "error" and o["ename"] != "CheckFailed"
    ]
    text = "".join(kinds[:1]) + ANSI.sub("", "\n".join(t for t in texts if t)).strip()
    return [text[:2000]] if text else []


def failure(lab, prepared, ran, name):
    """Return why the cell of an answer failed, as a list of at most one text."""
    if prepared.answers.get(name, "").strip() == lab.answers[name].strip():
        return [UNTOUCHED]
    if name in ran["left_out"]:
        return [f"Your cell was left out: it {ran['left_out'][name]}."]
    for output in ran["outputs"].get(name, []):
        if output["output_type"] == "error":
            text = ANSI.sub(
                "", f"{output['ename']}: {output['evalue']}" if output["evalue"] else output["ename"]
            )
            text = re.sub(r"\(\d+\.py, line (\d+)\)", r"(line \1 of the cell)", text[:500])
            return [f"Your cell failed: {text}"]
    return []


def mistake(errors, ran, exercise):
    """Return one line by which the same mistake of many students is known: numbers are left out."""
    told = errors or [m for name in exercise.checks for m in message(ran["outputs"].get(name))]
    lines = [line.strip() for text in told for line in text.splitlines() if line.strip()]
    for label in SAYS_LITTLE:
        labelled = [line for line in lines if line.startswith(f"{label}:")]
        if labelled and not errors:
            lines = [re.sub(": +", ": ", labelled[0], count=1)]
            break
    line = lines[0] if lines else "the check was not reached"
    return NUMBER.sub("…", line)[:200]
