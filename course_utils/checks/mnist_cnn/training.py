"""Exercises 5 and 6: loss and optimiser, and the training loop by what it leaves behind."""

import torch
import torch.nn.functional as F

from course_utils.checks._answers import Answer, readable
from course_utils.checks._report import exercise, need, still_open
from course_utils.checks._trace import twin
from course_utils.checks._values import close, kind_of, need_close

SETTINGS = {"lr": 0.05, "momentum": 0.9, "weight_decay": 1e-3}
LAST_LOSSES = (0.245, 0.209, 0.197, 0.191, 0.189)  # five epochs over the 60,000 digits, from seed 0
TOLERANCE = 0.02


@exercise(5)
def check_optimizer(criterion, optimizer, model):
    """Check the loss on random logits, and the settings of the optimiser."""
    answer = Answer("criterion", criterion)
    logits, labels = 2 * torch.randn(6, 10), torch.randint(0, 10, (6,))
    with readable("criterion"):
        found = answer(logits, labels)
    right = F.cross_entropy(logits, labels)
    hints = [
        ("the loss: this is the sum over the batch, not its mean", 6 * right),
        ("the loss: this one expects logarithms of probabilities, not logits", F.nll_loss(logits, labels)),
        ("the loss: a softmax before it comes twice", F.cross_entropy(logits.softmax(1), labels)),
        ("the loss: label smoothing was not asked for", F.cross_entropy(logits, labels, label_smoothing=0.1)),
    ]
    need_close(
        found,
        right,
        "the mean cross-entropy of random logits",
        mistakes=hints,
        hint="the loss for ten classes",
    )
    need_settings(optimizer)
    own = {id(p) for p in model.parameters()}
    params = {id(p) for group in optimizer.param_groups for p in group["params"]}
    hint = "whose parameters these are: if you built the network again, make the optimiser again, too"
    need(params == own, "all parameters of the present `model`", f"{len(params & own)} of {len(own)}", hint)
    return "the loss is the mean cross-entropy of logits, and SGD has its three settings"


def need_settings(optimizer):
    """Raise unless this is SGD with the settings of the text."""
    hint = "how it is made: a class of torch.optim, called with parameters and settings"
    need(isinstance(optimizer, torch.optim.Optimizer), "an optimiser", kind_of(optimizer), hint)
    kind = type(optimizer).__name__
    need(isinstance(optimizer, torch.optim.SGD), "SGD", kind, "the class of the optimiser")
    for group in optimizer.param_groups:
        for name, value in SETTINGS.items():
            need(
                abs(group[name] - value) < 1e-9,
                f"{name} = {value}",
                f"{group[name]}",
                "the settings in the text",
            )
        need(not group["nesterov"] and not group["dampening"], "plain momentum", "nesterov or dampening",
             "the settings in the text, and no others")  # fmt: skip


@exercise(6)
def check_last_losses(last_losses, model, optimizer, X_train, y_train):
    """Check the training loop by the losses it has recorded and by its last step, which is taken back."""
    hint = "the line of the cell with `last_losses`, which is given"
    need(isinstance(last_losses, (list, tuple)), "last_losses, a list", kind_of(last_losses), hint)
    if not last_losses:
        raise still_open("the training loop")
    hint = "when it is appended: once after each epoch. A loop that ran twice has appended twice"
    need(len(last_losses) == 5, "5 numbers, one for each epoch", f"{len(last_losses)}", hint)
    held = any(isinstance(v, torch.Tensor) and v.requires_grad for v in last_losses)
    need(not held, "plain numbers", "tensors with a gradient record", "`item`, where you append")
    batch, labels = X_train[-100:], y_train[-100:]
    before = undone(model, optimizer)
    need_last_batch([float(v) for v in last_losses], before, model, (batch, labels), (X_train, y_train))
    need_cleared(model, before, batch, labels)
    hint = "a step for each batch of 100 in the order of the file, the settings of Exercise 5, and a fresh network: "
    hint += "if you ran the loop twice, run Exercises 2 and 5 again first"
    for epoch, (found, right) in enumerate(zip(last_losses, LAST_LOSSES, strict=True), start=1):
        told = f"about {right} at the end of epoch {epoch}"
        need(abs(float(found) - right) < TOLERANCE, told, f"{float(found):.3f}", hint)
    return "five losses as expected, and the last one is that of the last batch, before its step"


def undone(model, optimizer):
    """Return a copy of the model as it was before the optimiser's last step."""
    moved = {id(p): optimizer.state.get(p, {}).get("momentum_buffer") for p in model.parameters()}
    hint = "backward and step, with brackets and in this order; and whose parameters are moved: those of the present "
    hint += "`model`? If in doubt, run Exercises 2, 5 and 6 again"
    need(all(v is not None for v in moved.values()), "steps of `optimizer` on `model`", "none so far", hint)
    before = twin(model)
    rate = optimizer.param_groups[0]["lr"]
    with torch.no_grad():
        for old, now in zip(before.parameters(), model.parameters(), strict=True):
            old += rate * moved[id(now)]
    return before


def need_last_batch(losses, before, model, batch, everything):
    """Raise unless the last loss is that of the last batch before its step."""
    images, labels = (t[: len(everything[0]) // 100 * 100] for t in everything)
    device = next(model.parameters()).device

    def loss(network, x, y):
        with torch.no_grad():
            return F.cross_entropy(network(x.to(device)), y.to(device)).item()

    right = loss(before, *batch)
    hints = [
        ("when it is recorded: this loss was computed again, after the step", loss(model, *batch)),
        ("the division: this is not the mean over the batch", right * 100),
        (
            "the range: the last batch of the file is left out",
            loss(before, images[-200:-100], labels[-200:-100]),
        ),
        ("which batch it is: this is the first one of the file", loss(before, images[:100], labels[:100])),
        (
            "the range: its steps are one image, not one batch",
            loss(before, *(t[len(t) // 100 - 1 :][:100] for t in (images, labels))),
        ),
    ]
    hint = (
        "the order of the batches: that of the file, not shuffled; and which loss is appended, the last one"
    )
    need_close(losses[-1], right, "the loss of the last batch of the file, before its step", mistakes=hints, hint=hint,
               atol=2e-3)  # fmt: skip


def need_cleared(model, before, batch, labels):
    """Raise if gradients have piled up: what is left may be nothing, or that of the last batch."""
    left = [p.grad for p in model.parameters()]
    if all(g is None or not g.any() for g in left):
        return
    device = next(model.parameters()).device
    loss = F.cross_entropy(before(batch.to(device)), labels.to(device))
    last = torch.autograd.grad(loss, list(before.parameters()))
    alone = all(close(g, own, 1e-2) for g, own in zip(left, last, strict=True) if g is not None)
    hint = (
        "zero_grad: it is missing, or its brackets are, so each step uses the gradients of all batches so far"
    )
    need(alone, "gradients of the last batch alone, or none", "more than that", hint)
