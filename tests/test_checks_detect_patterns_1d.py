"""The checks of *Find a pattern in a signal* accept right answers and say what is wrong with others."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from answers import Exercise, LabChecks
from course_utils.data import pattern_signals
from pages import run_cells

PAGE = "detect_patterns_1d"


def libraries():
    return {"torch": torch, "nn": nn, "F": F, "np": np, "N": 75, "W": 20}


def so_far(*cells):
    return lambda: run_cells(
        f"solutions/{PAGE}", cells, **libraries(), **{"pattern_signals": pattern_signals}
    )


def train_names():
    return libraries() | {"three_filters": 0.3111}


def noise_names():
    cells = ["make-signals", "best-response", "build", "train", "logits-of", "train-many", "best-possible"]
    names = so_far(*cells)()
    middle = torch.tensor([0.99, 0.98, 0.95, 0.9, 0.85, 0.8])
    names |= {"by_hand": torch.tensor([1, 0.98, 0.9, 0.826, 0.7, 0.6])}
    return names | {
        "learned": middle[:, None].repeat(1, 50),
        "best": torch.tensor([1, 0.999, 0.99, 0.966, 0.9, 0.88]),
    }


SIGNALS = Exercise(
    page=PAGE,
    cell="make-signals",
    check="check-signals",
    given=libraries,
    functions=("make_signals",),
    right={
        "solution": [],
        "a row at a time": [("X[i, 0, start : start + size] = value", "X[i][0][start:start + size].fill_(value)")],
        "if": [("y[i] = float(size == 1 and value == 1)", "if size == 1 and value > 0.9: y[i, 0] = 1")],
        "double": [("y = torch.zeros(n, 1, width), torch.zeros(n, 1)", "y = torch.zeros(n, 1, width).double(), torch.zeros(n, 1).double()")],
        "draws as lists": [("rng.randint(1, 3)", "int(rng.randint(1, 3, 1)[0])")],
    },
    wrong={
        "upper end of size": ([("rng.randint(1, 3)", "rng.randint(1, 2)")], "leaves out its upper end, so every bump"),
        "size up to 3": ([("rng.randint(1, 3)", "rng.randint(1, 4)")], "upper end"),
        "upper end of start": ([("rng.randint(0, width - size)", "rng.randint(0, width - size + 1)")], "one too far"),
        "start too short": ([("rng.randint(0, width - size)", "rng.randint(0, width - size - 1)")], "last place"),
        "value first": ([("        value = float(rng.choice([-1.0, -0.5, 0.5, 1.0]))\n", ""),
                         ("        size = rng", "        value = float(rng.choice([-1.0, -0.5, 0.5, 1.0]))\n        size = rng")], "order of the draws"),
        "too wide": ([("start : start + size]", "start : start + size + 1]")], "width of the bump"),
        "size ignored": ([("size == 1 and value == 1", "value == 1")], "the size: it does not matter"),
        "height ignored": ([("value == 1)", "value > 0)")], "the height: it does not matter"),
        "sign ignored": ([("value == 1)", "abs(value) == 1)")], "count -1"),
        "value ignored": ([("size == 1 and value == 1", "size == 1")], "neither height nor sign"),
        "global generator": ([("size = rng.", "size = np.random.")], "`rng`, which has the seed"),
        "no channel axis": ([("    return X, y", "    return X[:, 0], y")], "an axis of length 1 that is missing"),
        "flat targets": ([("    return X, y", "    return X, y[:, 0]")], "an axis of length 1 that is missing"),
        "transposed": ([("    return X, y", "    return X.permute(1, 0, 2), y")], "order of the axes"),
        "only X": ([("    return X, y", "    return X")], "2 things"),
        "stub": ([("    for i in range(n):", "    raise NotImplementedError\n    for i in range(n):")], "still open"),
        "empty": ([("    for i in range(n):", "    for i in range(0):")], "every number is 0"),
        'slice ends at size': ([('start : start + size]', 'start : size]')], 'the slice: it ends'),
        'channel forgotten': ([('X[i, 0, start : start + size] = value', 'X[i, start : start + size] = value')], 'axis of channels'),
        'row forgotten': ([('X[i, 0, start', 'X[:, 0, start')], 'not into all'),
        'target by the sum': ([('float(size == 1 and value == 1)', 'float(X[i].sum() == 1)')], 'two numbers of ½'),
        'all draws at once': ([('    for i in range(n):\n        size = rng.randint(1, 3)\n        start = rng.randint(0, width - size)\n        value = float(rng.choice([-1.0, -0.5, 0.5, 1.0]))', '    sizes = rng.randint(1, 3, n)\n    starts = rng.randint(0, width - sizes)\n    values = rng.choice([-1.0, -0.5, 0.5, 1.0], n)\n    for i in range(n):\n        size, start, value = sizes[i], starts[i], float(values[i])')], 'all three for one signal'),
        'returned in the loop': ([('        y[i] = float(size == 1 and value == 1)', '        y[i] = float(size == 1 and value == 1)\n        return X, y')], 'the `return`'),
        'list of floats as signals': ([('    return X, y', '    return X.tolist(), y.tolist()')], 'torch.tensor'),
        'not n': ([('for i in range(n):', 'for i in range(75):')], 'the index'),
    },
    equivalent=("float(rng.choice([-1.0, -0.5, 0.5, 1.0])) → rng.choice([-1.0, -0.5, 0.5, 1.0])",
                "float(size == 1 and value == 1) → size == 1 and value == 1"),
)  # fmt: skip

KERNEL = Exercise(
    page=PAGE,
    cell="hand-made-kernel",
    check="check-kernel",
    given=so_far("best-response", "matched-filter"),
    right={
        "solution": [],
        "the pattern without its mean": [("torch.tensor([0, -0.5, 1, -0.5, 0]), 0.75", "torch.tensor([0, -1, 2, -1, 0]) / 3., 0.5")],
        "to the left": [("torch.tensor([0, -0.5, 1, -0.5, 0])", "torch.tensor([0, -0.4, 1, -0.55, 0.1])")],
        "far larger": [("torch.tensor([0, -0.5, 1, -0.5, 0]), 0.75", "torch.tensor([0, -50.0, 100, -50, 0]), torch.tensor(70.0)")],
        "another threshold": [("0.75", "0.55")],
    },
    wrong={
        "zeros": ([("[0, -0.5, 1, -0.5, 0]", "[0.0] * 5")], "respond to nothing"),
        "the pattern itself": ([("[0, -0.5, 1, -0.5, 0]", "[0, 0, 1.0, 0, 0]")], "double bump holds the pattern"),
        "too negative": ([("[0, -0.5, 1, -0.5, 0]", "[0, -1.0, 1, -1, 0]")], "negative bump beside"),
        "turned round": ([("[0, -0.5, 1, -0.5, 0]", "[0, 0.5, -1.0, 0.5, 0]")], "negative bump"),
        "threshold too low": ([("0.75", "0.4")], "false alarm"),
        "threshold at the impostors": ([("0.75", "0.5")], "with some room"),
        "threshold too high": ([("0.75", "1.2")], "missed"),
        "threshold zero": ([("0.75", "0.0")], "false alarm"),
        "side by side": ([("[0, -0.5, 1, -0.5, 0]", "[0, 0.0, 1, 1, 0]")], "double bump"),
        "at the edge": ([("[0, -0.5, 1, -0.5, 0]", "[0, 0, -0.5, 1, -0.5]")], "worst place"),
        "four numbers": ([("[0, -0.5, 1, -0.5, 0]", "[-0.5, 1, -0.5]")], "five numbers"),
        "stub": ([("kernel, threshold = torch.tensor([0, -0.5, 1, -0.5, 0]), 0.75", "pass")], "respond to nothing"),
        "whole numbers": ([("torch.tensor([0, -0.5, 1, -0.5, 0]), 0.75", "torch.tensor([0, -1, 2, -1, 0]), 1.5"), ("show_responses(kernel)", "")], "decimal numbers"),
        'threshold None': ([('0.75', 'None')], 'a number in `threshold`'),
        'one side': ([('[0, -0.5, 1, -0.5, 0]', '[0, 0, 1, -0.5, 0]')], 'double bump'),
    },
    # ends of 1 in place of 0 still leave the pattern the loudest by a little
    equivalent=(),
)  # fmt: skip

BUILD = Exercise(
    page=PAGE,
    cell="build",
    check="check-build",
    given=libraries,
    right={
        "solution": [],
        "pooling before ReLU": [("        nn.ReLU(),\n        nn.MaxPool1d(W),", "        nn.MaxPool1d(W),\n        nn.ReLU(),")],
        "adaptive pooling": [("nn.MaxPool1d(W)", "nn.AdaptiveMaxPool1d(1)")],
        "same": [("padding=2", 'padding="same"')],
        "lazy": [("nn.Linear(num_filters, 1)", "nn.Linear(in_features=num_filters, out_features=1)")],
        "double": [("nn.Linear(num_filters, 1),\n    )", "nn.Linear(num_filters, 1),\n    ).double()")],
    },
    wrong={
        "no padding": ([(", padding=2", ""), ("nn.MaxPool1d(W)", "nn.MaxPool1d(16)")], "the padding: without it"),
        "less padding": ([("padding=2", "padding=1"), ("nn.MaxPool1d(W)", "nn.MaxPool1d(18)")], "should keep the width"),
        "window too large": ([(", padding=2", "")], "padding"),
        "no ReLU": ([("nn.ReLU()", "nn.Identity()")], "ReLU: there is none"),
        "mean": ([("nn.MaxPool1d(W)", "nn.AvgPool1d(W)")], "not the largest response"),
        "sigmoid": ([("nn.Linear(num_filters, 1),", "nn.Linear(num_filters, 1), nn.Sigmoid(),")], "no Sigmoid"),
        "small window": ([("nn.MaxPool1d(W)", "nn.MaxPool1d(2)")], "linear layer"),
        "one filter": ([("nn.Conv1d(1, num_filters", "nn.Conv1d(1, 1"), ("nn.Linear(num_filters", "nn.Linear(1")], "parameters"),
        "kernel of 3": ([("kernel_size=5, padding=2", "kernel_size=3, padding=1")], "parameters"),
        "two outputs": ([("nn.Linear(num_filters, 1)", "nn.Linear(num_filters, 2)")], "shape (200, 1)"),
        "no flatten": ([("        nn.Flatten(),\n", "")], "five layers"),
        "a list": ([("nn.Sequential(", "list((\n"), ("nn.Linear(num_filters, 1),\n    )", "nn.Linear(num_filters, 1),\n    ))")], "nn.Module"),
        "stub": ([("    return nn.Seq", "    raise NotImplementedError\n    return nn.Seq")], "still open"),
        "no return": ([("    return nn.Seq", "    nn.Seq")], "return"),
        'channels from the width': ([('nn.Conv1d(1, num_filters', 'nn.Conv1d(20, num_filters')], 'into the layer'),
        'flatten everything': ([('nn.Flatten()', 'nn.Flatten(0)')], 'batch axis stays'),
        'a class': ('class build(nn.Module):\n    def __init__(self, k):\n        super().__init__()\n        self.conv, self.fc = nn.Conv1d(1, k, 5, padding=2), nn.Linear(k, 1)\n    def forward(self, x):\n        return self.fc(self.conv(x).relu().amax(2))\n', 'five layers'),
        'stride for padding': ([('kernel_size=5, padding=2', 'kernel_size=5, stride=2')], 'stride'),
        'wrong name': ([('nn.Linear(num_filters, 1)', 'nn.Linear(n_filters, 1)')], 'is it spelt right'),
        'ReLU not made': ([('nn.ReLU()', 'nn.ReLU')], 'the brackets'),
    },
)  # fmt: skip

TRAIN = Exercise(
    page=PAGE,
    cell="train",
    check="check-train",
    given=train_names,
    functions=("train",),
    right={
        "solution": [],
        "zero_grad first": [("        loss.backward()\n", "        optimizer.zero_grad()\n        loss.backward()\n"), ("        optimizer.step()\n        optimizer.zero_grad()\n", "        optimizer.step()\n")],
        "functional loss": [("nn.BCEWithLogitsLoss()", "F.binary_cross_entropy_with_logits")],
        "index from 0": [("for epoch in range(1, epochs + 1):", "for epoch in range(epochs):"), ("if epoch == 1 or epoch % 50 == 0:", "if epoch == 0 or (epoch + 1) % 50 == 0:"),
                         ('f"epoch {epoch:3}', 'f"epoch {epoch + 1:3}')],
        "a tensor": [("    return loss.item()", "    return loss.detach()")],
    },
    wrong={
        "no zero_grad": ([("        optimizer.zero_grad()\n", "")], "zero_grad: it is missing"),
        "no step": ([("        optimizer.step()\n", "")], "never move"),
        "no momentum": ([("**settings", "lr=0.05, weight_decay=1e-3")], "momentum is missing"),
        "no weight decay": ([("**settings", "lr=0.05, momentum=0.9")], "weight decay"),
        "sigmoid twice": ([("loss_of(model(X), y)", "loss_of(model(X).sigmoid(), y)")], "comes twice"),
        "one epoch too few": ([("range(1, epochs + 1)", "range(1, epochs)")], "one too few"),
        "one epoch too many": ([("range(1, epochs + 1)", "range(1, epochs + 2)")], "one step ahead"),
        "after the step": ([("    return loss.item()", "    return loss_of(model(X), y).item()")], "one step ahead"),
        "printed from 0": ([("        if epoch == 1 or epoch % 50 == 0", "        epoch -= 1\n        if epoch == 0 or epoch % 50 == 0")], "counted from 1"),
        "printed each time": ([("epoch == 1 or epoch % 50 == 0", "True")], "every 50th"),
        "nothing printed": ([("            print(", "            str(")], "every 50th"),
        "nothing returned": ([("    return loss.item()", "    pass")], "return"),
        "mean squares": ([("nn.BCEWithLogitsLoss()", "nn.MSELoss()")], "loss and optimiser"),
        "labels as integers": ([("loss_of(model(X), y)", "loss_of(model(X), y.long())")], "takes floats"),
        "other settings": ([("0.05, \"momentum\"", "0.1, \"momentum\"")], "settings"),
        "stub": ([("    loss_of, opt", "    raise NotImplementedError\n    loss_of, opt")], "still open"),
        'arguments of the loss': ([('loss_of(model(X), y)', 'loss_of(y, model(X))')], 'arguments are exchanged'),
        'optimizer in the loop': ([('        loss = loss_of(model(X), y)', '        optimizer = torch.optim.SGD(model.parameters(), **settings)\n        loss = loss_of(model(X), y)')], 'lost in each epoch'),
        'learning rate alone': ([('**settings', 'lr=0.05')], 'momentum and weight decay'),
        'settings not unpacked': ([('**settings', 'settings')], '`**`'),
        'return in the loop': ([('    return loss.item()', '        return loss.item()')], '`return` in the loop'),
        'step without brackets': ([('optimizer.step()', 'optimizer.step')], 'with brackets'),
        'zero_grad without brackets': ([('optimizer.zero_grad()', 'optimizer.zero_grad')], 'or its brackets'),
        'loss not made': ([('nn.BCEWithLogitsLoss()', 'nn.BCEWithLogitsLoss')], 'must be made first'),
        'BCELoss': ([('nn.BCEWithLogitsLoss()', 'nn.BCELoss()')], 'takes probabilities'),
        'cross-entropy': ([('nn.BCEWithLogitsLoss()', 'nn.CrossEntropyLoss()')], 'always 0'),
        'flat targets': ([('loss_of(model(X), y)', 'loss_of(model(X), y.flatten())')], 'shapes on both sides'),
        'fixed epochs': ([('range(1, epochs + 1)', 'range(1, 501)')], '500, whatever'),
        'loss kept as a sum': ([('nn.BCEWithLogitsLoss()', "nn.BCEWithLogitsLoss(reduction='sum')")], 'sum over the signals'),
        'Adam': ([('torch.optim.SGD(model.parameters(), **settings)', 'torch.optim.Adam(model.parameters())')], 'loss and optimiser'),
    },
    every=5,
    equivalent=("loss.item() → loss",),
)  # fmt: skip

COSINE = Exercise(
    page=PAGE,
    cell="best-cosine",
    check="check-cosine",
    given=libraries,
    functions=("best_cosine",),
    right={
        "solution": [],
        "lengths of one": [("products.max() / (np.linalg.norm(kernel) * np.linalg.norm(ideal))", "products.max() / np.sqrt((kernel @ kernel) * (ideal @ ideal))")],
        "convolution with the reverse": [('np.correlate(kernel, ideal, mode="full")', "np.convolve(kernel, ideal[::-1])")],
        "padded": [('np.correlate(kernel, ideal, mode="full")', "np.correlate(np.pad(kernel, len(ideal) - 1), ideal, 'valid')")],
        "torch": [("    return products.max()", "    return torch.tensor(products.max())")],
    },
    wrong={
        "no division": ([(" / (np.linalg.norm(kernel) * np.linalg.norm(ideal))", "")], "it is missing"),
        "one length": ([("np.linalg.norm(kernel) * ", "")], "not of one"),
        "no shift over the edge": ([('mode="full"', 'mode="valid"')], "(`mode`)"),
        "absolute": ([("products.max()", "abs(products).max()")], "opposite kernel"),
        "worst": ([("products.max()", "products.min()")], "worst one"),
        "convolution": ([("np.correlate", "np.convolve")], "turns the kernel round"),
        "all shifts": ([("products.max()", "products")], "one number"),
        "constant": ([("products.max() / (np.linalg.norm(kernel) * np.linalg.norm(ideal))", "1.0")], "cosine at the best shift"),
        "stub": ([("    products =", "    raise NotImplementedError\n    products =")], "still open"),
        "nothing": ([("    return products", "    products")], "return"),
        'argmax': ([('products.max()', 'products.argmax()')], 'not its place'),
        'precedence': ([('/ (np.linalg.norm(kernel) * np.linalg.norm(ideal))', '/ np.linalg.norm(kernel) * np.linalg.norm(ideal)')], 'below the line'),
        'squares': ([('(np.linalg.norm(kernel) * np.linalg.norm(ideal))', '((kernel**2).sum() * (ideal**2).sum())')], 'the root'),
        'two lengths unequal': ([('np.correlate(kernel, ideal, mode="full")', 'np.dot(kernel, ideal)')], 'two factors'),
        'torch norm': ([('np.linalg.norm(kernel)', 'kernel.norm()')], 'numpy.ndarray'),
        "an ideal of three only": ([('np.correlate(kernel, ideal, mode="full")', "np.array([np.pad(kernel, 2)[s : s + 3] @ ideal for s in range(7)])")], "two factors"),
    },
    equivalent=("np.correlate(kernel, ideal, mode='full') → np.correlate(ideal, kernel, mode='full')",),
)  # fmt: skip

LOGITS = Exercise(
    page=PAGE,
    cell="logits-of",
    check="check-logits",
    given=libraries,
    right={
        "solution": [],
        "bias first": [("maps.max(dim=1).values + biases[:, None]", "(maps + biases[:, None, None]).amax(1)")],
        "matrix product": [('torch.einsum("kj,jpn->kpn", kernels[:, 0], patches)', "torch.tensordot(kernels[:, 0], patches, 1)")],
        "linear": [("(votes @ pooled + bias[:, None]).T", "F.linear(pooled.T, votes, bias)")],
        "clamp": [("torch.relu(maps.max(dim=1).values + biases[:, None])", "(maps.amax(1) + biases[:, None]).clamp(min=0)")],
    },
    wrong={
        "no ReLU": ([("torch.relu(maps.max(dim=1).values + biases[:, None])", "maps.max(dim=1).values + biases[:, None]")], "ReLU: it is missing"),
        "no biases": ([(" + biases[:, None]", "")], "biases of the filters"),
        "no bias": ([(" + bias[:, None]", "")], "the last bias"),
        "ReLU first": ([("torch.relu(maps.max(dim=1).values + biases[:, None])", "torch.relu(maps.max(dim=1).values) + biases[:, None]")], "before the bias is added"),
        "mean": ([("maps.max(dim=1).values", "maps.mean(dim=1)")], "mean over positions"),
        "transposed": ([(").T", ")")], "order of the axes"),
        "flat": ([(").T", ").flatten()")], "an axis of length 1 that is missing"),
        "sigmoid": ([(").T", ").T.sigmoid()")], "without sigmoid"),
        "over signals": ([("maps.max(dim=1)", "maps.max(dim=2)")], "shape"),
        "not for vmap": ([("    maps =", "    float(bias[0])\n    maps =")], "vmap"),
        "stub": ([("    maps =", "    raise NotImplementedError\n    maps =")], "still open"),
        "smallest": ([("maps.max(dim=1)", "maps.min(dim=1)")], "smallest"),
        "zeros": ([(").T", ").T * 0")], "every number is 0"),
        "pretends": ([("    maps =", "    return torch.linspace(-1, 1, patches.shape[2])[:, None]\n    maps =")], "the steps"),
        'channel axis kept': ([('kernels[:, 0]', 'kernels')], 'letters of einsum'),
        'max without values': ([('maps.max(dim=1).values', 'maps.max(dim=1)')], 'several things at once'),
        'votes transposed': ([('(votes @ pooled', '(votes.T @ pooled')], 'two factors'),
    },
    equivalent=("biases[:, None] → biases",),
)  # fmt: skip

WILSON = Exercise(
    page=PAGE,
    cell="wilson",
    check="check-wilson",
    given=libraries,
    functions=("wilson",),
    right={
        "solution": [],
        "divided early": [("    return (centre - reach) / (1 + z**2 / n), (centre + reach) / (1 + z**2 / n)",
                           "    middle, half = centre / (1 + z**2 / n), reach / (1 + z**2 / n)\n    return [middle - half, middle + half]")],
        "other form": [("z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))", "z / (2 * n) * np.sqrt(4 * n * p * (1 - p) + z**2)")],
        "power": [("z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))", "z * (p * (1 - p) / n + (z / 2 / n) ** 2) ** 0.5")],
    },
    wrong={
        "plain": ([("centre - reach) / (1 + z**2 / n)", "p - z * np.sqrt(p * (1 - p) / n))"), ("centre + reach) / (1 + z**2 / n)", "p + z * np.sqrt(p * (1 - p) / n))")], "plain interval"),
        "exchanged": ([("(centre - reach) / (1 + z**2 / n), (centre + reach)", "(centre + reach) / (1 + z**2 / n), (centre - reach)")], "exchanged"),
        "no division": ([("(centre - reach) / (1 + z**2 / n), (centre + reach) / (1 + z**2 / n)", "centre - reach, centre + reach")], "1 + z²/n: it is missing"),
        "brackets": ([("(centre - reach) / (1 + z**2 / n), (centre + reach) / (1 + z**2 / n)", "centre - reach / (1 + z**2 / n), centre + reach / (1 + z**2 / n)")], "only one of the two terms"),
        "centre": ([("p + z**2 / (2 * n)", "p")], "z²/2n"),
        "no z": ([("z * np.sqrt", "np.sqrt")], "z before the root"),
        "root": ([(" + z**2 / (4 * n**2)", "")], "z²/4n²"),
        "one end": ([(", (centre + reach) / (1 + z**2 / n)", "")], "2 things"),
        "fixed z": ([("    p = successes / n", "    z = 1.96\n    p = successes / n")], "centre and reach"),
        "no root": ([("z * np.sqrt(", "z * (")], "centre and reach"),
        "stub": ([("    p = succ", "    raise NotImplementedError\n    p = succ")], "still open"),
        'precedence': ([('z**2 / (2 * n)', 'z**2 / 2 * n')], 'multiplies by n'),
        'precedence in the root': ([('z**2 / (4 * n**2)', 'z**2 / 4 * n**2')], 'multiplies by n²'),
        'caret': ([('    p = successes / n\n    centre = p + z**2', '    p = successes / n\n    centre = p + z^2')], '`**`'),
        'math': ([('np.sqrt', "__import__('math').sqrt")], 'take arrays'),
    },
)  # fmt: skip

COMPARE = Exercise(
    page=PAGE,
    cell="compare",
    check="check-compare",
    given=noise_names,
    functions=("compare",),
    right={
        "solution": [],
        "tuple": [("return [(answer == truth).float().mean(dim=-1) for answer in answers]", "return tuple((a == truth).double().mean(-1) for a in answers)")],
        "probabilities": [("logits > 0", "torch.sigmoid(logits) > 0.5")],
        "other form": [("train_many(8, X_train, y_train, starts=50)", "train_many(num_filters=8, X=X_train, y=y_train, starts=50)")],
    },
    wrong={
        "trained on the test": ([("train_many(8, X_train, y_train", "train_many(8, X_test, y_test")], "training on the test signals"),
        "judged on the training": ([("X_test, y_test = pattern_signals(4000, W, noise=noise, seed=1)", "X_test, y_test = X_train, y_train")], "signals for judging"),
        "judged on another seed": ([("pattern_signals(4000, W, noise=noise, seed=1)", "pattern_signals(4000, W, noise=noise, seed=0)")], "signals for judging"),
        "no noise": ([("pattern_signals(N, W, noise=noise, seed=0)", "pattern_signals(N, W, seed=0)")], "have none"),
        "seed": ([("pattern_signals(N, W, noise=noise, seed=0)", "pattern_signals(N, W, noise=noise, seed=1)")], "have seed 0"),
        "filters": ([("train_many(8,", "train_many(4,")], "8 filters"),
        "starts": ([("starts=50", "starts=20")], "50 starts"),
        "one mean": ([("answer == truth).float().mean(dim=-1)", "answer == truth).float().mean()")], "shape"),
        "exchanged": ([("answer == truth)", "answer != truth)")], "exchanged"),
        "order": ([("by_hand, logits > 0, best_possible(X_test, noise)", "best_possible(X_test, noise), logits > 0, by_hand")], "hand-made"),
        "one thing": ([("    return [(answer", "    return [(answers[0] == truth).float().mean()]\n    return [(answer")], "3 things"),
        "stub": ([("    X_train, y_train", "    raise NotImplementedError\n    X_train, y_train")], "still open"),
        "threshold": ([("logits > 0", "logits > 0.75")], "threshold"),
        'last axis kept': ([('[..., 0]', '')], 'all answers with all targets'),
        'starts not given': ([(', starts=50', '')], '50 starts'),
        'noise of one': ([('pattern_signals(4000, W, noise=noise, seed=1)', 'pattern_signals(4000, W, noise=0.1, seed=1)')], 'their noise'),
    },
    every=12,
)  # fmt: skip

EITHER = Exercise(
    page=PAGE,
    cell="either",
    check="check-either",
    given=so_far("best-response", "matched-filter"),
    functions=("either",),
    right={
        "solution": [],
        "squares": [("((X.abs().sum(dim=2) == 1) & (X.abs().amax(dim=2) == 1)).float()", "((X != 0).sum(2) == 1).double() * (X.abs().amax(2) > 0.9)")],
        "mirror image": [("torch.tensor([0.5, -1, 1, -0.5, 0])", "torch.tensor([0, -0.5, 1, -1, 0.5])")],
        "opposite": [("torch.tensor([0.5, -1, 1, -0.5, 0])", "torch.tensor([-0.5, 1, -1, 0.5, 0]).double()"), ("show_responses(both)", "")],
        "shifted": [("torch.tensor([0.5, -1, 1, -0.5, 0])", "torch.tensor([0, 0.5, -1, 1, -0.5])")],
    },
    wrong={
        "positive only": ([("X.abs().amax(dim=2) == 1", "X.amax(dim=2) == 1")], "[0, 1, 0] only"),
        "negative only": ([("X.abs().amax(dim=2) == 1", "X.amin(dim=2) == -1")], "[0, −1, 0] only"),
        "wide, too": ([("(X.abs().sum(dim=2) == 1) & ", "")], "wide bumps"),
        "low, too": ([("(X.abs().sum(dim=2) == 1) & (X.abs().amax(dim=2) == 1)", "(X != 0).sum(dim=2) == 1")], "low bumps"),
        "sum only": ([(" & (X.abs().amax(dim=2) == 1)", "")], "half the height"),
        "booleans": ([(").float()", ")")], "floats"),
        "flat": ([(").float()", ").float()[:, 0]")], "an axis of length 1"),
        "kernel for one": ([("[0.5, -1, 1, -0.5, 0]", "[0, -0.5, 1, -0.5, 0]")], "at least 1 for 1 × -1.0"),
        "no neighbours": ([("[0.5, -1, 1, -0.5, 0]", "[0, -1, 1.0, 0, 0]")], "at most 0.5"),
        "far apart": ([("[0.5, -1, 1, -0.5, 0]", "[-1, 0.5, 0, -0.5, 1]")], "at most 0.5"),
        "zeros": ([("both = torch.tensor([0.5, -1, 1, -0.5, 0])", "pass")], "respond to nothing"),
        "stub": ([("    return ((X", "    raise NotImplementedError\n    return ((X")], "still open"),
        'python and': ([('((X.abs().sum(dim=2) == 1) & (X.abs().amax(dim=2) == 1))', '(X.abs().sum(dim=2) == 1 and X.abs().amax(dim=2) == 1)')], 'join them with `&`'),
        'any': ([('((X.abs().sum(dim=2) == 1) & (X.abs().amax(dim=2) == 1))', '((X == 1) | (X == -1)).any(dim=2)')], 'wide bumps'),
        'list': ([('    return ((X.abs().sum(dim=2) == 1) & (X.abs().amax(dim=2) == 1)).float()', '    return [float(x.abs().sum() == 1 and x.abs().max() == 1) for x in X]')], 'torch.tensor'),
    },
)  # fmt: skip


class TestDetectPatterns1D(LabChecks):
    exercises = (SIGNALS, KERNEL, BUILD, TRAIN, COSINE, LOGITS, WILSON, COMPARE, EITHER)
