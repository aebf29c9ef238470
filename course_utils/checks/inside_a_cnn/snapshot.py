"""Exercise 2: a copy of the parameters."""

import torch
from torch import nn

from course_utils.checks._answers import Answer
from course_utils.checks._report import exercise, need
from course_utils.checks._values import close, kind_of, need_close, need_no_record, need_shape, need_tensor


@exercise(2)
def check_snapshot(snapshot):
    """Check that a copy of the parameters stays as it is when they change."""
    model = nn.Sequential(nn.Linear(3, 4), nn.Sequential(nn.ReLU(), nn.Linear(4, 2)))
    right = {name: p.detach().clone() for name, p in model.named_parameters()}
    kept = Answer("snapshot", snapshot)(model)
    hint = "what is handed over: a name for each tensor, as in {name: values}"
    need(isinstance(kept, dict), "a dictionary", kind_of(kept), hint)
    need_values(kept, right)
    with torch.no_grad():
        for p in model.parameters():
            p += 1
    hint = "the memory: detached is not copied, both names still mean the same numbers. What makes a copy?"
    still = all(close(kept[name], right[name]) for name in right)
    need(still, "the copy to stay when a parameter changes", "it changed as well", hint)
    same = all(close(p, right[name] + 1) for name, p in model.named_parameters())
    hint = "what your function does to the model"
    need(same, "the parameters of the model untouched", "changed ones", hint)
    learning = all(p.requires_grad for p in model.parameters())
    hint = "`requires_grad`: switched off in the model itself, it stops the training. The copy alone needs no record"
    need(learning, "a model that can still be trained", "one without gradient record", hint)
    return "all parameters are copied, without gradient record, and stay when the model changes"


def need_values(kept, right):
    """Raise unless a copy has the right names, and under each the right tensor, without gradient record."""
    hint = "the names: those that named_parameters gives, all of them. Is the `return` after the loop?"
    found = ", ".join(map(str, kept)) or "none"
    need(set(kept) == set(right), f"the names {', '.join(right)}", found, hint)
    for name, value in kept.items():
        need_tensor(value, name)
        need_no_record(value, f"{name} of the copy")
        need_shape(value, right[name].shape, name)
        same = value.dtype in (right[name].dtype, torch.float64)
        hint = "the type: half precision and whole numbers lose digits"
        need(same, f"the numbers of {name} with all their digits", f"{value.dtype}", hint)
        need_close(value, right[name], f"the values of {name}", hint="which values are copied", atol=0)
