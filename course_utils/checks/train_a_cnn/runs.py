"""Exercises 5 and 7: the curves of a run, and a better run."""

import torch

from course_utils.checks._answers import readable
from course_utils.checks._report import exercise, need
from course_utils.checks._trace import twin
from course_utils.checks._values import close, kind_of, need_number, need_tuple
from course_utils.checks.train_a_cnn.records import LISTS, need_slow_run


@exercise(5)
def check_curves(train_curve, test_curve, slow):
    """Check the record of the long run, that both curves are its losses over samples, and what they show."""
    need_slow_run(slow)
    given = {"train": train_curve, "test": test_curve}
    curves = {kind: need_tuple(pair, ("x", "y"), f"{kind}_curve") for kind, pair in given.items()}
    for kind, found in curves.items():
        hint = "the lists themselves: `slow`, with the name of a list in brackets, gives one"
        names = any(isinstance(part, str) for part in found)
        need(not names, f"{kind}_curve as two lists of numbers", "a name in place of a list", hint)
        right = slow[f"{kind}_counter"], slow[f"{kind}_losses"]
        wrong = [axis for axis, a, b in zip("xy", found, right, strict=True) if not close(a, b, 1e-6)]
        told = f"{kind}_curve to be counter and losses of the {kind} records"
        need(not wrong, told, f"other numbers in {' and '.join(wrong)}", curve_hint(kind, curves, slow))
    need_story(slow)
    return "the long run ends where it should; its loss waits for an epoch, and falls to the end"


def curve_hint(kind, curves, slow):
    """Return what to look at if a curve is made of other lists than its own."""
    other = {"train": "test", "test": "train"}[kind]
    own, others = ((slow[f"{name}_counter"], slow[f"{name}_losses"]) for name in (kind, other))
    if pair_close(curves[kind], own[::-1]):
        return "the order: x, the samples seen, comes first"
    if pair_close(curves[kind], others):
        both = pair_close(curves[other], others)
        return f"the two curves: {f'both are of the {other} records' if both else 'they are exchanged'}"
    return f"the names of the lists in `slow`: {', '.join(LISTS)}. Which hold the samples seen, and which the losses?"


def pair_close(found, right):
    """Return whether two pairs of lists agree."""
    return all(close(a, b, 1e-6) for a, b in zip(found, right, strict=True))


def need_story(slow):
    """Raise unless the curve shows what the text reads from it."""
    losses, last = slow["test_losses"], sum(slow["train_losses"][-9:]) / 9
    hint = "the long run above: was it made with the present version of your functions?"
    need(losses[1] > 2, "a test loss above 2 after one epoch", f"{losses[1]:.2f}", hint)
    need(
        losses[-1] < losses[-2] < losses[-3],
        "a test loss that still falls at the end",
        f"{losses[-3:]}",
        hint,
    )
    need(
        abs(losses[-1] - last) < 0.15,
        "training and test loss close at the end",
        f"{last:.2f}, {losses[-1]:.2f}",
        hint,
    )


@exercise(7)
def check_fast(fast, slow, fast_model, test_data):
    """Check the record of the better run, and ask its network again about 2,000 digits."""
    hint = "what `fast` is assigned: the result of a call of `train`"
    need(isinstance(fast, dict), "fast, the record that `train` returns", kind_of(fast), hint)
    missing = [name for name in LISTS[2:] if name not in fast]
    need(not missing, "fast, the record that `train` returns", f"a record without {', '.join(missing)}", hint)
    correct, n = fast["test_correct"], len(test_data)
    hint = "the network at the start: it has been trained before. Run the cell again from its first line"
    need(correct[0] < 0.3 * n, "a fresh network, which can only guess", f"{correct[0]} of {n:,} right", hint)
    need(
        len(correct) == 3, "two epochs", f"{len(correct) - 1}", "the list of rates: one number for each epoch"
    )
    seen, own = fast["test_counter"][-1], slow["test_counter"][1] * 2
    need(
        seen == own,
        f"{own} training digits seen in the end",
        f"{seen}",
        "the loader: train on the training set",
    )
    need_number(correct[-1], "the number of right digits")
    hint = (
        "the rates: the best of the search (the rate, not its score) for one epoch, a tenth of it for the second. "
        "And are the checks of the exercises before this one content?"
    )
    need(correct[-1] > 0.98 * n, f"more than {0.98 * n:,.0f} of {n:,} right", f"{correct[-1]}", hint)
    hint = "the first rate: it should be far larger than 0.001"
    told = "one epoch at the new rate to do more than ten at 0.001"
    need(correct[1] > slow["test_correct"][-1], told, f"{correct[1]} and {slow['test_correct'][-1]}", hint)
    need_same_run(fast_model, test_data)
    return "more than 98 of 100 test digits, and one epoch has overtaken ten"


def need_same_run(fast_model, test_data):
    """Raise unless the network gets about as many of 2,000 digits right as the record says of all."""
    images, labels = (tensor[:2000] for tensor in test_data.tensors)
    with torch.no_grad(), readable("fast_model"):
        device = next(fast_model.parameters(), images).device
        found = twin(fast_model).eval()(images.to(device)).argmax(1).cpu()
    fraction = (found == labels).float().mean().item()
    hint = "whether record and network are of the same run: run the cell again from its first line"
    told = "fast_model to get as many right as the record says"
    need(fraction > 0.96, told, f"{fraction:.1%} of 2,000", hint)
