"""Exercises 4 to 6: the layer, the curves, and what colour adds; entries are computed again."""

from random import choice

from course_utils.checks._answers import readable
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import notebook
from course_utils.checks._values import kind_of, need_number
from course_utils.checks.transfer.features import need_three_ways

NAMES = ("pixels", "untrained features", "trained features")
SHOTS = (1, 2, 5, 10, 20, 40)
SAME = 5e-4


@exercise(4)
def check_choose_layer(scores, best, mean_accuracy):
    """Check the scores of five layers: one of the first two is computed again."""
    names = notebook(mean_accuracy)
    layers = names["layers"]
    hint = "the line with `scores`, which is given: a name in brackets chooses what is assigned"
    need(isinstance(scores, dict), "scores, a dictionary", kind_of(scores), hint)
    told, hint = ", ".join(map(str, scores)) or "none yet", "the loop: once for each name in `layers`"
    need(set(scores) == set(layers), f"a score for each of {', '.join(layers)}", told, hint)
    name = choice(list(layers)[:2])
    with readable("represent or mean_accuracy"):
        values = names["represent"](names["trained"], names["tiles"], layers[name])
        found = scores[name]
        need_same(found, f"the score of {name}", mean_accuracy, values, 10)
        top = max(scores.values())
    hint = "`best`: the name of the layer, the one with the largest score"
    need(best in scores, "best, one of the names", f"{best!r}", hint)
    need(scores[best] == top, "the layer with the highest score", f"{best}", hint)
    return "five scores on the validation tiles, and the best of them is chosen"


def need_same(found, what, mean_accuracy, values, n, *, wanted="validation"):
    """Raise unless a mean accuracy is the same when it is computed again on the right tiles."""
    names = notebook(mean_accuracy)
    right = mean_accuracy(values, n, names[wanted])
    if abs(float(found) - right) < SAME:
        return
    hint = "the calls: representation, number of labels and tiles; or run the cells above again, in order"
    told = {
        "validation": "chosen on data that must not choose",
        "test": "judged on data that was there for choosing",
    }
    for other in {"validation", "test", "train"} - {wanted}:
        if abs(float(found) - mean_accuracy(values, n, names[other])) < SAME:
            hint = f"the tiles: these are the {other} tiles, so it is {told[wanted]}"
    need(False, f"{what} on the {wanted} tiles, {right:.3f}", f"{float(found):.3f}", hint)


@exercise(5)
def check_curves(three_ways, curves, mean_accuracy):
    """Check the three representations, then the curves: one entry of them is computed again."""
    need_three_ways(three_ways)
    names = notebook(mean_accuracy)
    need_names(curves, "the curves")
    for name, values in curves.items():
        hint = "the inner loop: one accuracy for each number of labels in `shots`"
        right = isinstance(values, (list, tuple)) and len(values) == len(SHOTS)
        need(right, f"{len(SHOTS)} accuracies for {name}", kind_of(values), hint)
        need(
            all(0 <= float(v) <= 1 for v in values), f"fractions for {name}", f"{values}", "what is appended"
        )
    place = choice(range(len(SHOTS)))
    with readable("mean_accuracy"):
        pixels = names["tiles"].flatten(1)
        what = f"the accuracy of pixels with {SHOTS[place]} labels a class"
        need_same(curves["pixels"][place], what, mean_accuracy, pixels, SHOTS[place], wanted="test")
    ten = {name: values[3] for name, values in curves.items()}
    told = f"{ten['trained features']:.2f}, {ten['untrained features']:.2f} and {ten['pixels']:.2f}"
    hint = "three_ways: which network is which, and does each curve get its own values?"
    lead = ten["pixels"] + 0.1 < ten["trained features"] > ten["untrained features"]
    need(lead, "trained features ahead of untrained ones, and of pixels, at 10 labels", told, hint)
    return (
        "three representations, their curves of six accuracies on the test tiles, and trained features ahead"
    )


def need_names(values, what):
    """Raise unless a dictionary has the three representations in their order."""
    hint = "the line that makes it, which is given: a name in brackets chooses what is assigned"
    need(isinstance(values, dict), f"{what}, a dictionary", kind_of(values), hint)
    found = ", ".join(map(str, values)) or "none yet"
    need(list(values) == list(NAMES), f"{', '.join(NAMES)}, in this order", found, "the loop over three_ways")


@exercise(6)
def check_color_scores(color_scores, curves, mean_accuracy):
    """Check the three scores with colour: one is computed again, and all are better than without."""
    names = notebook(mean_accuracy)
    need_names(color_scores, "color_scores"), need_names(curves, "the curves of Exercise 5")
    for name, value in color_scores.items():
        need_number(value, f"the score of {name}")
    ten = {name: values[3] for name, values in curves.items()}
    hint = "the tiles: these scores are those of the grey ones, or nearly"
    same = all(abs(float(color_scores[name]) - ten[name]) < SAME for name in NAMES)
    need(not same, "scores of the coloured tiles", "those without colour", hint)
    with readable("mean_accuracy"):
        pixels = names["color_tiles"].flatten(1)
        need_same(
            color_scores["pixels"], "the score of coloured pixels", mean_accuracy, pixels, 10, wanted="test"
        )
    for name in NAMES:
        told = f"{float(color_scores[name]):.2f} with colour, {ten[name]:.2f} without"
        need(
            color_scores[name] > ten[name],
            f"colour to help {name}",
            told,
            "the representation: images, network, layer",
        )
    lead = color_scores["trained features"] > color_scores["pixels"] + 0.05
    told = f"{color_scores['trained features']:.2f} and {color_scores['pixels']:.2f}"
    need(
        lead,
        "trained features ahead of pixels",
        told,
        "three_ways(color_tiles): does each name get its own values?",
    )
    return "three scores on the coloured test tiles, each better than without colour"
