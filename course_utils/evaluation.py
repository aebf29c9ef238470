"""Measure a model."""

import torch
import torch.nn.functional as F

from course_utils._batches import TensorBatches, as_batches, check_outputs


@torch.no_grad()
def evaluate_batches(model, batches, loss):
    """Return the mean loss and the accuracy over batches, without a gradient."""
    was_training = model.training
    model.eval()
    total, right, count = 0.0, 0, 0
    for inputs, targets in batches.in_order() if isinstance(batches, TensorBatches) else batches:
        device = next(iter(model.parameters()), inputs).device
        outputs, targets = model(inputs.to(device)), targets.to(device)
        if not count and loss is F.cross_entropy:
            check_outputs(outputs, data=targets)
        total += loss(outputs, targets).item() * len(targets)
        right += (outputs.argmax(1) == targets).sum().item() if targets.dtype == torch.int64 else 0
        count += len(targets)
    model.train(was_training)
    if count == 0:
        raise ValueError("data is empty: there is nothing to evaluate")
    return total / count, right / count


def evaluate(model, data, *, loss=F.cross_entropy, batch_size=1000):
    """Return the mean loss and the accuracy of ``model`` on ``data``, in evaluation mode.

    Parameters
    ----------
    model : torch.nn.Module
        Its training mode is restored afterwards.
    data : (inputs, targets) or DataLoader
    loss : callable
        ``loss(outputs, targets)``, the mean over a batch.

    Returns
    -------
    (float, float)
        The accuracy is 0 where the targets are not class labels.
    """
    return evaluate_batches(model, as_batches("data", data, batch_size), loss)


def accuracy(model, data, *, batch_size=1000):
    """Return the fraction of ``data`` whose largest logit is at the label, in evaluation mode.

    Parameters
    ----------
    model : torch.nn.Module
    data : (inputs, labels) or DataLoader
        Labels int64 (N,).

    Taught in ``lectures/training_and_sgd``.
    """
    return evaluate(model, data, batch_size=batch_size)[1]
