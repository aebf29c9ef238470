"""Batches of data that lies in memory, and the checks they pass."""

import torch

from course_utils._arguments import check_labels, check_number, check_pair, shape_of


class TensorBatches:
    """Batches cut from two tensors in memory; a DataLoader's work at a fraction of its time.

    Iterating gives (inputs, targets). With ``shuffle``, each pass draws a new order
    from ``generator``, or from torch's own if that is None.
    """

    def __init__(self, pair, batch_size, *, shuffle=False, generator=None, device=None):
        self.inputs, self.targets = (tensor.to(device) for tensor in pair)
        self.batch_size, self.shuffle, self.generator = batch_size, shuffle, generator

    def __len__(self):
        return -(-len(self.inputs) // self.batch_size)

    def in_order(self):
        """Return the batches unshuffled, for evaluation: no random number is drawn."""
        return zip(self.inputs.split(self.batch_size), self.targets.split(self.batch_size), strict=True)

    def __iter__(self):
        if not self.shuffle:
            yield from self.in_order()
            return
        order = torch.randperm(len(self.inputs), generator=self.generator).to(self.inputs.device)
        for index in order.split(self.batch_size):
            yield self.inputs[index], self.targets[index]


def as_batches(name, data, batch_size, *, shuffle=False, seed=None, device=None):
    """Return ``data`` if it is a DataLoader, else batches of the pair of tensors."""
    if isinstance(data, torch.utils.data.DataLoader):
        return data
    check_number("batch_size", batch_size, low=1, kind=int)
    check_pair(name, data)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    return TensorBatches(data, batch_size, shuffle=shuffle, generator=generator, device=device)


def check_outputs(outputs, **targets):
    """Raise unless the outputs are logits and each named tensor holds class labels that fit them."""
    if outputs.ndim != 2:
        raise ValueError(f"the model must return logits of shape (N, classes), not {shape_of(outputs)}")
    for name, labels in targets.items():
        if labels.dtype != torch.int64 or labels.ndim != 1:
            raise TypeError(
                f"{name} must have class labels of type int64 and shape (N,), not {labels.dtype} "
                f"and {shape_of(labels)}; for other targets pass another loss"
            )
        check_labels(name, labels, outputs.shape[1])
