"""The training loop, and what it gives with one of the usual mistakes in it."""

import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, default_collate

from course_utils.checks._trace import twin

MISTAKES = {
    "zero_grad: it is missing, or its brackets are, so each step uses the gradients of all batches so far": {
        "zero": "never"
    },
    "backward, step, zero_grad: the parameters never move. Are all three there, with brackets, in this order?": {
        "step": False
    },
    "the softmax before the loss: cross-entropy takes logits and contains its own": {"softmax": True},
    "which loss is recorded: this one was computed again, after the step": {"again": True},
}


class FromLoader(torch.Tensor):
    """A tensor as it comes from a loader, until it is moved to a device.

    On a processor nothing fails if ``to(device)`` is forgotten; on a GPU everything does.
    """

    unmoved: set = set()  # names of the functions that got such a tensor before it was moved

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        result = super().__torch_function__(func, types, args, kwargs or {})
        name = getattr(func, "__name__", "")
        if name in ("to", "cpu", "cuda"):
            return result.as_subclass(torch.Tensor)
        cls.unmoved.add(name)
        return result


class Computed(FromLoader):
    """What a network computes, until it is brought back from the device; it notes what it meets there."""

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if FromLoader in types:
            cls.unmoved.add("outputs")
        result = super(FromLoader, cls).__torch_function__(func, types, args, kwargs or {})
        moved = getattr(func, "__name__", "") in ("to", "cpu", "cuda")
        return result.as_subclass(torch.Tensor) if moved else result


def as_loaded(rows):
    """Return a batch of rows as tensors that have not been moved yet."""
    return [part.as_subclass(FromLoader) for part in default_collate(rows)]


def tiny_loader(n, batch_size, shape=(1, 4, 4), classes=3):
    """Return a loader of random images and labels, in a fixed order; the last batch may be small."""
    data = TensorDataset(torch.randn(n, *shape), torch.randint(classes, (n,)))
    FromLoader.unmoved.clear()
    return DataLoader(data, batch_size=batch_size, collate_fn=as_loaded)


def plain(batches):
    """Return the batches of a loader as plain tensors."""
    return [tuple(part.as_subclass(torch.Tensor) for part in batch) for batch in batches]


def steps(model, batches, optimizer, *, loss_of=F.cross_entropy, **mistake):
    """Train a copy of the model on the batches; return the loss of every batch, and the copy.

    ``optimizer`` makes one for the copy's parameters. ``mistake``: one of the values in `MISTAKES`.
    """
    zero, softmax = mistake.get("zero", "late"), mistake.get("softmax", False)
    model, losses = twin(model), []
    opt = optimizer(model.parameters())
    model.train()
    for x, y in plain(batches):
        outputs = model(x)
        loss = loss_of(outputs.softmax(1) if softmax else outputs, y)
        loss.backward()
        if mistake.get("step", True):
            opt.step()
        if zero == "late":
            opt.zero_grad()
        losses.append((loss_of(model(x), y) if mistake.get("again") else loss).item())
    return losses, model


def losses_by_mistake(model, batches, optimizer, *, pick=lambda losses: losses, **settings):
    """Yield (hint, losses) for each of the usual mistakes; ``pick`` chooses those that are recorded."""
    for hint, mistake in MISTAKES.items():
        yield hint, pick(steps(model, batches, optimizer, **settings, **mistake)[0])


def measure(loader, model):
    """Return the mean loss per sample and the number of samples that are right."""
    model = twin(model).eval()
    with torch.no_grad():
        results = [(model(x), y) for x, y in plain(loader)]
    outputs, labels = (torch.cat(parts) for parts in zip(*results, strict=True))
    return F.cross_entropy(outputs, labels).item(), int((outputs.argmax(1) == labels).sum())
