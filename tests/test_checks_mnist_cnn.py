"""The checks of *A convolutional network for digits* accept right answers and say what is wrong with others."""

import contextlib
import copy
import functools
import io

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from answers import Exercise, LabChecks
from course_utils.checks.mnist_cnn import training
from pages import run_cells

PAGE = "mnist_cnn"


def libraries():
    return {"torch": torch, "nn": nn, "F": F, "np": np}


def network():
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10)
    )


def untrained_names():
    untrained = network()
    trained = copy.deepcopy(untrained)
    with torch.no_grad():
        trained[0].weight += 0.3
    return libraries() | {"untrained": untrained, "model": trained}


def optimizer_names():
    return libraries() | {"model": network(), "untrained": network()}


@functools.cache
def digits():
    generator = torch.Generator().manual_seed(3)
    X = torch.rand(300, 1, 28, 28, generator=generator)
    y = torch.randint(10, (300,), generator=generator)
    return X, y


def train_names():
    X, y = digits()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        names = libraries() | {"X_train": X, "y_train": y, "model": network()}
    return run_cells(f"solutions/{PAGE}", ["exercise-optimizer"], **names)


@functools.cache
def expected_losses():
    with contextlib.redirect_stdout(io.StringIO()):
        return tuple(run_cells(f"solutions/{PAGE}", ["exercise-train"], **train_names())["last_losses"])


@pytest.fixture(autouse=True)
def small_run(monkeypatch):
    monkeypatch.setattr(training, "LAST_LOSSES", expected_losses())
    monkeypatch.setattr(training, "TOLERANCE", 1e-4)


LOAD = Exercise(
    page=PAGE,
    cell="exercise-load",
    check="check-load",
    given=libraries,
    functions=("load_mnist_for_convnet",),
    right={
        "solution": [],
        "in torch": [('X = data["X"].astype(np.float32) / 255', 'X = (torch.from_numpy(data["X"]).float() / 255).numpy()')],
        "new axis": [("X.reshape(-1, 1, 28, 28)", "X[:, None]")],
        "multiplied": [("/ 255", "* np.float32(1 / 255)")],
        "a list": [("return torch.from_numpy(X.reshape(-1, 1, 28, 28)), torch.from_numpy(y)", "return [torch.tensor(X).unsqueeze(1), torch.tensor(y).long()]")],
    },
    wrong={
        "not scaled": ([(" / 255", "")], "white is 255"),
        "largest of the file": ([("/ 255", '/ data["X"].max()')], "largest pixel of this file"),
        "256": ([("/ 255", "/ 256")], "256 values"),
        "double": ([("np.float32", "np.float64")], "float32"),
        "no channel": ([("X.reshape(-1, 1, 28, 28)", "X")], "an axis of length 1 that is missing"),
        "channel last": ([("X.reshape(-1, 1, 28, 28)", "X[..., None]")], "order of the axes"),
        "flat": ([("reshape(-1, 1, 28, 28)", "reshape(-1, 784)")], "laid out"),
        "transposed": ([("X.reshape(-1, 1, 28, 28)", "np.ascontiguousarray(X.transpose(0, 2, 1))[:, None]")], "rows and columns"),
        "byte labels": ([('.astype(np.int64)', "")], "labels as int64"),
        "labels as floats": ([("np.int64", "np.float32")], "not as floats"),
        "int32 labels": ([("np.int64", "np.int32")], "int64"),
        "exchanged": ([("torch.from_numpy(X.reshape(-1, 1, 28, 28)), torch.from_numpy(y)", "torch.from_numpy(y), torch.from_numpy(X.reshape(-1, 1, 28, 28))")], "images first"),
        "arrays": ([("torch.from_numpy(X.reshape(-1, 1, 28, 28))", "X.reshape(-1, 1, 28, 28)")], "as a tensor"),
        "only the images": ([(", torch.from_numpy(y)", "")], "2 things"),
        "cut off": ([("astype(np.float32) / 255", "__floordiv__(255).astype(np.float32)")], "fractions are cut off"),
        "integer division of labels": ([('data["y"].astype', 'data["X"][:, 0, 0].astype')], "array of the file"),
        "stub": ([("    with np", "    raise NotImplementedError\n    with np")], "still open"),
        "no return": ([("    return torch", "    torch")], "return"),
        'fixed number': ([('X.reshape(-1, 1, 28, 28)', 'X.reshape(60000, 1, 28, 28)')], 'the reshape'),
        'minus one to one': ([('/ 255', '/ 127.5 - 1')], 'not -1'),
        'no data name': ([('data["X"]', 'data["x"]')], 'names of the arrays'),
        'one-hot labels': ([('torch.from_numpy(y)', 'torch.nn.functional.one_hot(torch.from_numpy(y), 10)')], 'one-hot rows come later'),
    },
    equivalent=("1 → 2",),  # NumPy takes any negative number for -1
)  # fmt: skip

MODEL = Exercise(
    page=PAGE,
    cell="exercise-model",
    check="check-model",
    given=libraries,
    right={
        "solution": [],
        "pooling before ReLU": [("    nn.ReLU(),\n    nn.MaxPool2d(2),", "    nn.MaxPool2d(2),\n    nn.ReLU(),")],
        "same": [("padding=2", 'padding="same"')],
        "double": [("nn.Linear(8 * 14 * 14, 10),\n)", "nn.Linear(8 * 14 * 14, 10),\n).double()")],
        "lazy": [("nn.Linear(8 * 14 * 14, 10),\n)", "nn.LazyLinear(10),\n)\nmodel(torch.zeros(1, 1, 28, 28))")],
        "a subclass": [("nn.Sequential(", "type('Net', (nn.Sequential,), {})(")],
    },
    wrong={
        "softmax": ([("nn.Linear(8 * 14 * 14, 10),", "nn.Linear(8 * 14 * 14, 10), nn.Softmax(1),")], "no Softmax there"),
        "no padding": ([(", padding=2", ""), ("14 * 14", "12 * 12")], "the padding"),
        "padding forgotten in one place": ([(", padding=2", "")], "linear layer"),
        "no ReLU": ([("nn.ReLU()", "nn.Identity()")], "ReLU: there is none"),
        "mean pooling": ([("nn.MaxPool2d(2)", "nn.AvgPool2d(2)")], "not its maximum"),
        "filters of 3": ([("kernel_size=5, padding=2", "kernel_size=3, padding=1")], "parameters"),
        "stride": ([("padding=2", "padding=2, stride=2"), ("14 * 14", "7 * 7")], "stride"),
        "no flatten": ([("    nn.Flatten(),\n", "")], "five layers"),
        "too few outputs": ([("14 * 14, 10)", "14 * 14, 9)")], "shape (3, 10)"),
        "filters": ([("nn.Conv2d(1, 8,", "nn.Conv2d(1, 9,"), ("nn.Linear(8 *", "nn.Linear(9 *")], "8 feature maps"),
        "four layers": ([("    nn.ReLU(),\n", "")], "five layers"),
        "no bias": ([("padding=2)", "padding=2, bias=False)")], "parameters"),
        "ReLU at the end": ([("    nn.ReLU(),\n", ""), ("nn.Linear(8 * 14 * 14, 10),", "nn.Linear(8 * 14 * 14, 10), nn.ReLU(),")], "no ReLU there"),
        "stub": ("model = ...", "still open"),
        "None": ("model = None", "still open"),
        "zeros": ([("    nn.ReLU(),", "    type('Zero', (nn.Module,), {'forward': lambda self, x: 0 * x})(),")], "five layers"),
        "pretends": ("model = type('P', (nn.Module,), {'forward': lambda self, x: torch.zeros(3, 10)})()", "Sequential"),
        'a class, not made': ('class model(nn.Module):\n    pass\n', 'the network itself'),
        'a function': ('def model():\n    return nn.Sequential(nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10))\n', 'the network itself'),
        'flatten before': ([('    nn.ReLU(),\n    nn.MaxPool2d(2),\n    nn.Flatten(),', '    nn.Flatten(),\n    nn.ReLU(),\n    nn.MaxPool2d(2),')], 'after flatten'),
        'half padding': ([('padding=2', 'padding=1'), ('14 * 14', '13 * 13')], 'the padding'),
    },
)  # fmt: skip

PREDICTIONS = Exercise(
    page=PAGE,
    cell="exercise-predictions",
    check="check-predictions",
    given=libraries,
    functions=("probabilities", "one_hot"),
    right={
        "solution": [],
        "detached": [("    with torch.no_grad():\n        return torch.softmax(model(images), dim=1)", "    return model(images).softmax(-1).detach()")],
        "by hand": [("return torch.softmax(model(images), dim=1)", "e = model(images).double().exp()\n        return e / e.sum(1, keepdim=True)")],
        "rows of the identity": [("    targets = torch.zeros(len(labels), 10)\n", "    targets = torch.eye(10)[labels]\n"), ("    targets[torch.arange(len(labels)), labels] = 1\n", "")],
        "comparison": [("    return targets", "    return (labels[:, None] == torch.arange(10)).float()")],
    },
    wrong={
        "over images": ([("dim=1", "dim=0")], "over the images"),
        "logits": ([("torch.softmax(model(images), dim=1)", "model(images)")], "these are the logits"),
        "logarithms": ([("torch.softmax(", "torch.log_softmax(")], "logarithms"),
        "twice": ([("torch.softmax(model(images), dim=1)", "model(images).softmax(1).softmax(1)")], "twice"),
        "sigmoid": ([("torch.softmax(model(images), dim=1)", "model(images).sigmoid()")], "sigmoid"),
        "gradient": ([("with torch.no_grad():", "if True:")], "gradient record"),
        "integers": ([("torch.zeros(len(labels), 10)", "torch.zeros(len(labels), 10, dtype=torch.int64)")], "float type"),
        "whole columns": ([("torch.arange(len(labels)), labels", ":, labels")], "written into all of them"),
        "transposed": ([("    return targets", "    return targets.T")], "transposed"),
        "one too far": ([("torch.arange(len(labels)), labels]", "torch.arange(len(labels)), (labels + 1) % 10]")], "too far to the right"),
        "labels for ones": ([("labels] = 1", "labels] = labels.float()")], "not a 1"),
        "zeros": ([("    targets[torch.arange(len(labels)), labels] = 1\n", "")], "nothing arrives"),
        "stub": ([("    with torch.no_grad", "    raise NotImplementedError\n    with torch.no_grad")], "still open"),
        "second stub": ([("    targets = torch.zeros(len(labels), 10)", "    raise NotImplementedError\n    targets = torch.zeros(len(labels), 10)")], "one_hot"),
        'chained brackets': ([('targets[torch.arange(len(labels)), labels] = 1', 'targets[torch.arange(len(labels))][:, labels] = 1')], 'one pair'),
        'not normalised': ([('torch.softmax(model(images), dim=1)', 'model(images).exp()')], 'the division'),
        'ready-made': ([('    targets = torch.zeros(len(labels), 10)\n    targets[torch.arange(len(labels)), labels] = 1\n    return targets', '    return F.one_hot(labels)')], 'the columns: ten'),
        'fifty': ([('torch.zeros(len(labels), 10)', 'torch.zeros(50, 10)')], 'the rows: as many'),
        'numpy': ([('torch.softmax(model(images), dim=1)', 'torch.softmax(model(images), dim=1).numpy()')], 'from_numpy'),
    },
)  # fmt: skip

FILTERS = Exercise(
    page=PAGE,
    cell="exercise-filters-before",
    check="check-filters-before",
    given=untrained_names,
    right={
        "solution": [],
        "index": [(".detach().reshape(-1, 5, 5)", "[:, 0].detach()")],
        "squeeze": [("untrained[0].weight.detach().reshape(-1, 5, 5)", "untrained[0].weight.data.clone().squeeze(1)")],
        "by state": [("untrained[0].weight.detach()", "untrained.state_dict()['0.weight']")],
    },
    wrong={
        "channel kept": ([(".reshape(-1, 5, 5)", ""), ("plot_matrix_grid(filters_before);", "")], "one too many"),
        "gradient": ([(".detach()", ""), ("plot_matrix_grid(filters_before);", "")], "gradient record"),
        "trained": ([("untrained[0]", "model[0]")], "`untrained`"),
        "transposed": ([("reshape(-1, 5, 5)", "reshape(-1, 5, 5).mT")], "rows and columns"),
        "linear layer": ([("untrained[0].weight.detach().reshape(-1, 5, 5)", "untrained[4].weight.detach()[:8, :25].reshape(-1, 5, 5)")], "first layer"),
        "scaled": ([("reshape(-1, 5, 5)", "reshape(-1, 5, 5) / untrained[0].weight.abs().max()")], "scale"),
        "zeros": ([("reshape(-1, 5, 5)", "reshape(-1, 5, 5) * 0")], "every number is 0"),
        "stub": ("filters_before = None", "still open"),
        "dots": ("filters_before = ...", "still open"),
        "an array": ([("reshape(-1, 5, 5)", "reshape(-1, 5, 5).numpy()")], "as a tensor"),
        'the layer': ([('untrained[0].weight.detach().reshape(-1, 5, 5)', 'untrained[0]'), ('plot_matrix_grid(filters_before);', '')], 'its weights are tensors'),
        'list': ([('untrained[0].weight.detach().reshape(-1, 5, 5)', '[w[0].detach() for w in untrained[0].weight]'), ('plot_matrix_grid(filters_before);', '')], 'torch.stack'),
    },
    equivalent=("plot_matrix_grid(filters_before) → pass", "plot_matrix_grid(filters_before) → filters_before"),
)  # fmt: skip

OPTIMIZER = Exercise(
    page=PAGE,
    cell="exercise-optimizer",
    check="check-optimizer",
    given=optimizer_names,
    functions=("criterion",),
    right={
        "solution": [],
        "functional": [("nn.CrossEntropyLoss()", "F.cross_entropy")],
        "from log-softmax": [("nn.CrossEntropyLoss()", "lambda z, y: F.nll_loss(z.log_softmax(1), y)")],
        "in groups": [("model.parameters(), lr", "[{'params': layer.parameters()} for layer in model if list(layer.parameters())], lr")],
    },
    wrong={
        "sum": ([("nn.CrossEntropyLoss()", 'nn.CrossEntropyLoss(reduction="sum")')], "sum over the batch"),
        "NLL": ([("nn.CrossEntropyLoss()", "nn.NLLLoss()")], "not logits"),
        "softmax twice": ([("nn.CrossEntropyLoss()", "lambda z, y: F.cross_entropy(z.softmax(1), y)")], "comes twice"),
        "mean squares": ([("nn.CrossEntropyLoss()", "nn.MSELoss()")], "shapes on both sides"),
        "binary": ([("nn.CrossEntropyLoss()", "nn.BCEWithLogitsLoss()")], "stops with an error"),
        "smoothing": ([("nn.CrossEntropyLoss()", "nn.CrossEntropyLoss(label_smoothing=0.1)")], "smoothing"),
        "learning rate": ([("lr=0.05", "lr=0.5")], "lr = 0.05"),
        "momentum": ([("momentum=0.9, ", "")], "momentum = 0.9"),
        "weight decay": ([(", weight_decay=1e-3", "")], "weight_decay"),
        "other network": ([("model.parameters()", "untrained.parameters()")], "whose parameters"),
        "some parameters": ([("model.parameters()", "model[0].parameters()")], "all parameters"),
        "Adam": ([("torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)", "torch.optim.Adam(model.parameters())")], "SGD"),
        "nesterov": ([("weight_decay=1e-3", "weight_decay=1e-3, nesterov=True")], "plain momentum"),
        "stub": ("criterion = optimizer = None", "still open"),
        "not made": ([("nn.CrossEntropyLoss()", "nn.CrossEntropyLoss")], "Found"),
        'criterion not made': ([('nn.CrossEntropyLoss()', 'nn.CrossEntropyLoss')], 'must be made first'),
        'optimizer not made': ([('torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)', 'torch.optim.SGD')], 'how it is made'),
        'loss computed': ([('nn.CrossEntropyLoss()', 'F.cross_entropy(torch.zeros(2, 10), torch.zeros(2).long())')], 'not what a call has given'),
    },
)  # fmt: skip

TRAIN = Exercise(
    page=PAGE,
    cell="exercise-train",
    check="check-train",
    given=train_names,
    right={
        "solution": [],
        "zero_grad first": [("        loss.backward()\n", "        optimizer.zero_grad()\n        loss.backward()\n"), ("        optimizer.step()\n        optimizer.zero_grad()\n", "        optimizer.step()\n")],
        "split": [("    for start in range(0, len(X_train), batch_size):\n        X, y = X_train[start : start + batch_size], y_train[start : start + batch_size]  # get a batch\n",
                   "    for X, y in zip(X_train.split(batch_size), y_train.split(batch_size)):\n")],
        "a loader": [("    for start in range(0, len(X_train), batch_size):\n        X, y = X_train[start : start + batch_size], y_train[start : start + batch_size]  # get a batch\n",
                      "    for X, y in torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X_train, y_train), batch_size):\n")],
        "detached": [("last_losses.append(loss.item())", "last_losses.append(loss.detach())")],
    },
    wrong={
        "no zero_grad": ([("        optimizer.zero_grad()\n", "")], "zero_grad: it is missing"),
        "shuffled": ([("    for start in range", "    order = torch.randperm(300)\n    X_train, y_train = X_train[order], y_train[order]\n    for start in range")], "order of the file"),
        "backwards": ([("range(0, len(X_train), batch_size)", "range(len(X_train) - batch_size, -1, -batch_size)")], "the first one of the file"),
        "every batch": ([("    last_losses.append(loss.item())", "        last_losses.append(loss.item())")], "once after each epoch"),
        "after the step": ([("append(loss.item())", "append(criterion(model(X), y).item())")], "after the step"),
        "tensors": ([("append(loss.item())", "append(loss)")], "gradient record"),
        "no step": ([("        optimizer.step()\n", "")], "none so far"),
        "one epoch too few": ([("range(1, epochs + 1)", "range(1, epochs)")], "5 numbers"),
        "other batches": ([("epochs, batch_size = 5, 100", "epochs, batch_size = 5, 50")], "before its step"),
        "another network": ([("for epoch in range(1, epochs + 1):", "optimizer = torch.optim.SGD(nn.Sequential(*model).double().float().parameters(), lr=0.01, momentum=0.9)\nfor epoch in range(1, epochs + 1):")], "epoch 1"),
        "network built again": ([("print(f\"epoch", "str(f\"epoch"), ("for epoch in range(1, epochs + 1):", "model = type(model)(nn.Conv2d(1, 8, 5, padding=2), *model[1:])\nfor epoch in range(1, epochs + 1):")], "present `model`"),
        "made up": ("last_losses = [0.245, 0.209, 0.197, 0.191, 0.189]", "none so far"),
        "zeros": ([("    print(f", "last_losses = [0.0] * 5\nfor _ in (1,):\n    print(f")], "before its step"),
        "stub": ("last_losses = []", "still open"),
        "sum": ([("append(loss.item())", "append(loss.item() * len(X))")], "not the mean"),
        'last batch lost': ([('range(0, len(X_train), batch_size)', 'range(0, len(X_train) - batch_size, batch_size)')], 'is left out'),
        'backward without brackets': ([('loss.backward()', 'loss.backward')], 'with brackets'),
        'zeroed before the step': ([('        optimizer.step()\n        optimizer.zero_grad()', '        optimizer.zero_grad()\n        optimizer.step()')], 'backward and step'),
        'torch losses': ([('last_losses.append(loss.item())', 'last_losses = torch.stack([loss.detach()] * 5)')], 'a list'),
    },
    every=3,
    equivalent=(
        "print(f'epoch {epoch}: the last batch had loss {loss.item():.4f}') → pass",
        "print(f'epoch {epoch}: the last batch had loss {loss.item():.4f}') → f'epoch {epoch}: the last batch had loss {loss.item():.4f}'",
    ),
)  # fmt: skip

EASY = Exercise(
    page=PAGE,
    cell="exercise-easy-hard",
    check="check-easy-hard",
    given=libraries,
    functions=("easiest_and_hardest",),
    right={
        "solution": [],
        "masked": [("    at_label = p[indices, digit]\n", "    column = p[:, digit].clone()\n    low, high = column.clone(), column.clone()\n    low[labels != digit], high[labels != digit] = 2, -1\n    return high.argmax(), low.argmin()\n    at_label = p[indices, digit]\n")],
        "sorted": [("    return indices[at_label.argmax()].item(), indices[at_label.argmin()].item()", "    order = indices[at_label.argsort()]\n    return [order[-1].item(), order[0].item()]")],
        "where": [("torch.nonzero(labels == digit)[:, 0]", "torch.where(labels == digit)[0]")],
    },
    wrong={
        "exchanged": ([("argmax", "argm__"), ("argmin", "argmax"), ("argm__", "argmin")], "easiest comes first"),
        "places": ([("indices[at_label.argmax()]", "at_label.argmax()"), ("indices[at_label.argmin()]", "at_label.argmin()")], "not within all"),
        "all images": ([("torch.nonzero(labels == digit)[:, 0]", "torch.arange(len(labels))")], "whose label is the digit"),
        "largest of ten": ([("p[indices, digit]", "p[indices].amax(1)")], "not the largest of the ten"),
        "twice": ([("argmin", "argmax")], "same as the first"),
        "values": ([("indices[at_label.argmax()]", "at_label.max()"), ("indices[at_label.argmin()]", "at_label.min()")], "argmax and argmin"),
        "one index": ([(", indices[at_label.argmin()].item()", "")], "2 things"),
        "zeros": ([("return indices", "return 0, 0\n    return indices")], "digit"),
        "stub": ([("    indices = ", "    raise NotImplementedError\n    indices = ")], "still open"),
        "other digits": ([("labels == digit", "labels != digit")], "Look at"),
        'flat argmax': ([('    indices = torch.nonzero(labels == digit)[:, 0]\n    at_label = p[indices, digit]\n    return indices[at_label.argmax()].item(), indices[at_label.argmin()].item()', '    q = p[labels == digit]\n    return q.argmax().item(), q.argmin().item()')], 'all ten columns'),
        'masked to zero': ([('    return indices[at_label.argmax()].item(), indices[at_label.argmin()].item()', '    q = p[:, digit] * (labels == digit)\n    return q.argmax().item(), q.argmin().item()')], 'zeros of other digits'),
        'if': ([('torch.nonzero(labels == digit)[:, 0]', '[i for i in range(len(p)) if labels == digit]')], 'with a whole tensor'),
    },
    equivalent=("indices[at_label.argmax()].item() → indices[at_label.argmax()]", "indices[at_label.argmin()].item() → indices[at_label.argmin()]"),
)  # fmt: skip

FIRST = Exercise(
    page=PAGE,
    cell="exercise-first-layer",
    check="check-first-layer",
    given=lambda: libraries() | {"model": network()},
    functions=("first_layer",),
    right={
        "solution": [],
        "in steps": [("model[:2](images)", "model[1](model[0](images))")],
        "detached": [("    with torch.no_grad():\n        return model[:2](images)", "    return torch.relu(model[0](images)).detach()")],
        "functional": [("model[:2](images)", "F.conv2d(images, model[0].weight, model[0].bias, padding=2).clamp(min=0)")],
    },
    wrong={
        "no ReLU": ([("model[:2]", "model[:1]")], "ReLU: it is missing"),
        "pooled": ([("model[:2]", "model[:3]")], "the pooling"),
        "logits": ([("model[:2]", "model")], "shape"),
        "gradient": ([("with torch.no_grad():", "if True:")], "gradient record"),
        "global model": ([("def first_layer(model, images)", "def first_layer(net, images)")], "not a name of the notebook"),
        "no bias": ([("model[:2](images)", "F.conv2d(images, model[0].weight, padding=2).relu()")], "bias"),
        "one image": ([("model[:2](images)", "model[:2](images)[0]")], "Look at"),
        "zeros": ([("model[:2](images)", "0 * model[:2](images)")], "every number is 0"),
        "absolute": ([("model[:2](images)", "model[0](images).abs()")], "negative values"),
        "stub": ([("    with torch", "    raise NotImplementedError\n    with torch")], "still open"),
        "no return": ([("return model", "model")], "return"),
        'ReLU of the images': ([('        return model[:2](images)', '        for layer in model[:2]:\n            maps = layer(images)\n        return maps')], 'the convolution: it is left out'),
        'list': ([('        return model[:2](images)', '        return [model[:2](x[None]) for x in images]')], 'torch.stack'),
    },
)  # fmt: skip

RESPONSES = Exercise(
    page=PAGE,
    cell="exercise-responses",
    check="check-responses",
    given=libraries,
    functions=("responses",),
    right={
        "solution": [],
        "einsum": [("kernels.flatten(1) @ patches.flatten(1).T", 'torch.einsum("kij,aij->ka", kernels, patches)')],
        "broadcast": [("kernels.flatten(1) @ patches.flatten(1).T", "(kernels[:, None] * patches).sum((2, 3))")],
        "convolution": [("kernels.flatten(1) @ patches.flatten(1).T", "F.conv2d(patches[:, None], kernels[:, None])[:, :, 0, 0].T")],
        "double": [("kernels.flatten(1) @ patches.flatten(1).T", "(kernels.double().flatten(1) @ patches.double().flatten(1).T)")],
    },
    wrong={
        "transposed": ([("kernels.flatten(1) @ patches.flatten(1).T", "patches.flatten(1) @ kernels.flatten(1).T")], "transposed"),
        "patch transposed": ([("patches.flatten", "patches.mT.flatten")], "of a patch"),
        "flipped": ([("kernels.flatten", "kernels.flip(1, 2).flatten")], "flipping"),
        "mean": ([("kernels.flatten(1)", "kernels.flatten(1) / 25")], "divided by the 25"),
        "no transpose": ([(".T", "")], "stops with an error"),
        "relu": ([("kernels.flatten(1) @ patches.flatten(1).T", "(kernels.flatten(1) @ patches.flatten(1).T).relu()")], "neither belongs"),
        "zeros": ([("return kernels", "return 0 * kernels")], "every number is 0"),
        "one kernel": ([("kernels.flatten(1)", "kernels[:1].flatten(1)")], "shape"),
        "matrix product of patches": ([("kernels.flatten(1) @ patches.flatten(1).T", "kernels @ patches")], "stops with an error"),
        "stub": ([("    return kernels", "    raise NotImplementedError\n    return kernels")], "still open"),
        "no return": ([("    return kernels", "    kernels")], "return"),
        'matrix products of pixels': ([('kernels.flatten(1) @ patches.flatten(1).T', '(kernels[:, None] @ patches).sum((2, 3))')], 'not that of two matrices'),
        'flatten all': ([('kernels.flatten(1) @ patches.flatten(1).T', 'kernels.flatten() @ patches.flatten()')], 'two factors'),
    },
)  # fmt: skip


class TestMnistCNN(LabChecks):
    exercises = (LOAD, MODEL, PREDICTIONS, FILTERS, OPTIMIZER, TRAIN, EASY, FIRST, RESPONSES)
