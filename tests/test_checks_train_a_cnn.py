"""The checks of *Write the training loop* accept right answers and say what is wrong with others."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from answers import Exercise, LabChecks
from pages import run_cells

PAGE = "train_a_cnn"


def libraries():
    return {"torch": torch, "nn": nn, "F": F, "DataLoader": DataLoader, "TensorDataset": TensorDataset}


def slow_record(**changed):
    """Return a record of ten epochs that looks like that of the long run."""
    test = [2.303, 2.256, 2.1, 1.26, 0.6, 0.46, 0.4, 0.36, 0.33, 0.304, 0.284]
    counter = [60_000 * epoch + 6400 * (i + 1) for epoch in range(10) for i in range(9)]
    correct = [980, 2697, 6588, 7836, 8470, 8727, 8849, 8962, 9052, 9107, 9187]
    record = {"train_losses": [2.3] * 81 + [0.3] * 9, "train_counter": counter}
    record |= {"test_losses": test, "test_correct": correct}
    return record | {"test_counter": list(range(0, 600_001, 60_000))} | changed


def functions_so_far():
    return run_cells(
        f"solutions/{PAGE}", ["exercise-train-one-epoch", "exercise-test-one-epoch"], **libraries()
    )


def train_names():
    x = torch.rand(20, 1, 28, 28)
    data = TensorDataset(x, torch.arange(20) % 10)
    loader = DataLoader(data, batch_size=10)
    names = {"train_loader": loader, "test_loader": loader, "train_data": data, "test_data": data}
    return functions_so_far() | names | {"device": "cpu", "slow": slow_record()}


SMALL_SEARCH = {"rates": [0.001, 0.01, 0.03, 0.1, 0.3, 1], "scores": [0.1, 0.56, 0.87, 0.94, 0.96, 0.1]}


def score_names():
    network = run_cells(f"solutions/{PAGE}", ["exercise-network"])["CNN"]
    data = TensorDataset(torch.zeros(60_000, 1), torch.zeros(60_000, dtype=torch.int64))
    return train_names() | {"CNN": network, "train_data": data, "batch_size": 64, "seed": 1234} | SMALL_SEARCH


class Oracle(nn.Module):
    """A network that has learned the labels of some images by heart."""

    def __init__(self, images, labels, errors=0):
        super().__init__()
        self.images, self.labels, self.errors = images.flatten(1), labels, errors

    def forward(self, x):
        nearest = torch.cdist(x.flatten(1), self.images).argmin(1)
        labels = self.labels[nearest] + (nearest < self.errors)
        return F.one_hot(labels % 10, 10).float()


def fast_names():
    torch.manual_seed(0)
    images, labels = torch.rand(500, 1, 28, 28), torch.randint(10, (500,))
    slow = slow_record(test_correct=[50, 400], test_counter=[0, 100])

    def train(model, rates):
        counts = [50, *(480 + 9 * i if 0.2 < rates[0] < 0.9 else 40 for i in range(len(rates)))]
        counts[-1] += 5 if 3 * rates[-1] < rates[0] else -20
        samples = [100 * i for i in range(len(rates) + 1)]
        return {"test_losses": [0.0] * len(counts), "test_correct": counts, "test_counter": samples}

    names = {"torch": torch, "seed": 1234, "device": "cpu", "slow": slow, "train": train}
    names |= {"test_data": TensorDataset(images, labels), "CNN": lambda: Oracle(images, labels)}
    return names | SMALL_SEARCH


NETWORK = Exercise(
    page=PAGE,
    cell="exercise-network",
    check="check-network",
    given=libraries,
    right={
        "solution": [],
        "pooling before ReLU": [
            ("kernel_size=5), nn.ReLU(), nn.MaxPool2d(2))\n        self.conv2", "kernel_size=5), nn.MaxPool2d(2), nn.ReLU())\n        self.conv2")
        ],
        "one Sequential": """
def CNN():
    first, second = nn.Conv2d(1, 10, 5), nn.Conv2d(10, 20, 5)
    pool = lambda: (nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(first, *pool(), second, *pool(), nn.Flatten(), nn.Linear(320, 10))
""",
        "functional, layers registered backwards": """
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.out, self.b, self.a = nn.Linear(320, 10), nn.Conv2d(10, 20, 5), nn.Conv2d(1, 10, 5)
    def forward(self, x):
        x = F.relu(F.max_pool2d(self.a(x), 2))
        return self.out(torch.flatten(F.max_pool2d(F.relu(self.b(x)), 2), 1))
""",
        "double precision": [("self.fc = nn.Linear(320, 10)", "self.fc = nn.Linear(320, 10)\n        self.double()")],
        "bare parameters": """
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        shapes = [(10, 1, 5, 5), (10,), (20, 10, 5, 5), (20,), (320, 10), (10,)]
        self.p = nn.ParameterList(0.1 * torch.randn(s) for s in shapes)
    def forward(self, x):
        x = F.max_pool2d(F.conv2d(x, self.p[0], self.p[1]).relu(), 2)
        x = F.max_pool2d(F.conv2d(x, self.p[2], self.p[3]).relu(), 2)
        return x.flatten(1) @ self.p[4] + self.p[5]
""",
    },
    wrong={
        "softmax": ([("self.fc(x.flatten(1))", "self.fc(x.flatten(1)).softmax(1)")], "softmax"),
        "log-softmax": ([("self.fc(x.flatten(1))", "self.fc(x.flatten(1)).log_softmax(1)")], "log-softmax"),
        "ReLU at the end": ([("self.fc(x.flatten(1))", "self.fc(x.flatten(1)).relu()")], "logits need no ReLU"),
        "no ReLU": ([("nn.ReLU(), nn.MaxPool2d(2))\n        self.conv2", "nn.MaxPool2d(2))\n        self.conv2"),
                     ("nn.ReLU(), nn.MaxPool2d(2))\n        self.fc", "nn.MaxPool2d(2))\n        self.fc")],
                    "none after the convolutions"),
        "one ReLU": ([("nn.ReLU(), nn.MaxPool2d(2))\n        self.fc", "nn.MaxPool2d(2))\n        self.fc")],
                     "none after the second"),
        "padding": ([("1, 10, kernel_size=5", "1, 10, kernel_size=5, padding=2")], "linear layer"),
        "mean pooling": ([("nn.MaxPool2d(2))\n        self.conv2", "nn.AvgPool2d(2))\n        self.conv2"),
                          ("nn.MaxPool2d(2))\n        self.fc", "nn.AvgPool2d(2))\n        self.fc")], "not its maximum"),
        "no flatten": ([("self.fc(x.flatten(1))", "self.fc(x)")], "linear layer"),
        "batch flattened": ([("self.fc(x.flatten(1))", "self.fc(x.flatten())")], "linear layer"),
        "no bias": ([("nn.Linear(320, 10)", "nn.Linear(320, 10, bias=False)")], "8490 parameters"),
        "channels": ([("nn.Conv2d(1, 10, kernel", "nn.Conv2d(1, 9, kernel"),
                      ("nn.Conv2d(10, 20, kernel", "nn.Conv2d(9, 20, kernel")], "8490 parameters"),
        "layers in a list": ("""
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Conv2d(1, 10, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(10, 20, 5), nn.ReLU(), nn.MaxPool2d(2)]
        self.layers += [nn.Flatten(), nn.Linear(320, 10)]
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
""", "plain list"),
        "dropout": ([("self.fc(x.flatten(1))", "self.fc(F.dropout(x, 0.5, self.training).flatten(1))")], "dropout"),
        "zeros": ([("return self.fc(x.flatten(1))", "return 0 * self.fc(x.flatten(1))")], "every number is 0"),
        "hard-coded": ([("return self.fc(x.flatten(1))", "return torch.randn(3, 10)")], "forward"),
        "stub": ([("return self.fc(x.flatten(1))", "raise NotImplementedError")], "still open"),
        "dots": ([("return self.fc(x.flatten(1))", "...")], "return"),
        "None": ("CNN = None", "still open"),
        "a number": ("CNN = 3", "a function CNN"),
        'stride of five': ([('nn.Conv2d(1, 10, kernel_size=5)', 'nn.Conv2d(1, 10, 5, 5)')], 'stride'),
        'self forgotten': ([('self.conv2(self.conv1(x))', 'self.conv2(conv1(x))')], '`self.`'),
        'no gradient': ([('x.flatten(1)', 'x.detach().flatten(1)')], 'none reaches conv1'),
        'tanh': ([('nn.Conv2d(1, 10, kernel_size=5), nn.ReLU()', 'nn.Conv2d(1, 10, kernel_size=5), nn.Tanh()'),
                  ('nn.Conv2d(10, 20, kernel_size=5), nn.ReLU()', 'nn.Conv2d(10, 20, kernel_size=5), nn.Tanh()')], 'a tanh in its place'),
        'comma': ([('nn.Linear(320, 10)', 'nn.Linear(320, 10),')], 'comma at the end'),
        'class of a layer': ([('nn.ReLU(), nn.MaxPool2d(2))\n        self.fc', 'nn.ReLU())\n        self.pool = nn.MaxPool2d\n        self.fc'), ('self.conv2(self.conv1(x))', 'self.pool(self.conv2(self.conv1(x)))')], 'Look at'),
        'printed': ([('return self.fc(x.flatten(1))', 'print(self.fc(x.flatten(1)))')], 'shown, but not given back'),
        'another name': ([('self.conv2(self.conv1(x))', 'self.conv2(self.conv_1(x))')], 'conv_1 spelt right'),
        'view of 320': ([('x.flatten(1)', 'x.view(320)')], 'the reshape'),
        'one object': ([('class CNN(nn.Module):', 'class Net(nn.Module):'), ('        return self.fc(x.flatten(1))  # (B, 320) -> (B, 10)\n        ### END SOLUTION', '        return self.fc(x.flatten(1))\n        ### END SOLUTION\nCNN = Net()')], 'fresh networks'),
        'forward misspelt': ([('def forward', 'def foward')], 'looks for `forward`'),
        "view": ([("x.flatten(1)", "x.view(-1, 320)")], "`view`"),
    },
)  # fmt: skip

ONE_EPOCH = Exercise(
    page=PAGE,
    cell="exercise-train-one-epoch",
    check="check-train-one-epoch",
    given=lambda: libraries() | {"batch_size": 64, "train_data": range(60_000)},
    functions=("train_one_epoch",),
    right={
        "solution": [],
        "zero_grad first": [
            ("        loss.backward()", "        optimizer.zero_grad()\n        loss.backward()"),
            ("optimizer.zero_grad()  # zero_grad", "pass"),
        ],
        "index from 0": [
            ("enumerate(train_loader, start=1)", "enumerate(train_loader)"),
            ("i % log_interval == 0", "(i + 1) % log_interval == 0"),
        ],
        "loss as a module": [("F.cross_entropy(model(images), labels)", "nn.CrossEntropyLoss()(model(images), labels)")],
        "log-softmax and NLL": [
            ("F.cross_entropy(model(images), labels)", "F.nll_loss(model(images).log_softmax(1), labels)")
        ],
        "arrays of numbers": [("losses.append(loss.item())", "losses.append(loss.detach().double().numpy())")],
    },
    wrong={
        "no zero_grad": ([("optimizer.zero_grad()", "pass")], "zero_grad: it is missing"),
        "zero_grad too early": ([("loss.backward()", "loss.backward(); optimizer.zero_grad()")], "never move"),
        "no step": ([("optimizer.step()", "pass")], "never move"),
        "no backward": ([("loss.backward()", "pass")], "never move"),
        "softmax": ([("model(images), labels", "model(images).softmax(1), labels")], "softmax before the loss"),
        "evaluation mode": ([("model.train()", "model.eval()")], "training mode"),
        "nothing recorded": ([("losses.append(loss.item())", "pass")], "shape"),
        "tensors": ([("loss.item()", "loss")], "gradient record"),
        "epochs forgotten": ([("epoch * len(train_loader.dataset)", "0")], "earlier epochs"),
        "batches of earlier epochs": ([("epoch * len(train_loader.dataset)", "epoch * len(train_loader)")], "not their samples"),
        "full last batch": ([("len(images)", "train_loader.batch_size")], "counts as a full one"),
        "batches counted": ([("counter.append(seen)", "counter.append(i)")], "batches, not samples"),
        "index from 0": ([("enumerate(train_loader, start=1)", "enumerate(train_loader)")], "index start at 0"),
        "counted too late": ([("seen += len(images)", "pass"), ("counter.append(seen)", "counter.append(seen)\n        seen += len(images)")],
                             "batch just used is missing"),
        "first of the interval": ([("losses.append(loss.item())", "losses.append(first)"),
                                   ("        loss.backward()", "        first = loss.item() if i % log_interval == 1 else first\n        loss.backward()"),
                                   ("    model.train()", "    model.train()\n    first = 0")], "the first of every interval"),
        "labels as floats": ([("labels.to(device)", "labels.to(device).float()")], "labels"),
        "stub": ([("    model.train()", "    raise NotImplementedError")], "still open"),
        "another optimizer": ([("    model.train()", "    model.train()\n    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)")], "optimizer"),
        "nothing returned": ([("    return losses, counter", "    return None")], "return"),
        "one thing returned": ([("    return losses, counter", "    return losses")], "2 things"),
        "notebook's batch size": ([('seen += len(images)', 'seen += batch_size')], "the notebook's data or batch size"),
        'batches after the epochs': ([('seen += len(images)', 'seen += 1')], 'batches, not samples'),
        'arguments of the loss': ([('F.cross_entropy(model(images), labels)', 'F.cross_entropy(labels, model(images))')], 'outputs of the network come first'),
        'zero_grad without brackets': ([('optimizer.zero_grad()', 'optimizer.zero_grad')], 'or its brackets'),
        'NLL': ([('F.cross_entropy(model(images), labels)', 'F.nll_loss(model(images), labels)')], 'nll_loss'),
        'sum': ([('F.cross_entropy(model(images), labels)', "F.cross_entropy(model(images), labels, reduction='sum')")], 'the mean is asked for'),
        'epochs in it': ([('    for i, (images, labels) in enumerate(train_loader, start=1)', '    for i, (images, labels) in enumerate([b for e in range(epoch) for b in train_loader], start=1)')], 'one pass through the loader is one epoch'),
        'first batch again': ([('    for i, (images, labels) in enumerate(train_loader, start=1):', '    for i in range(1, len(train_loader) + 1):\n        images, labels = next(iter(train_loader))')], 'A new `iter`'),
        'return in the loop': ([('    return losses, counter', '        return losses, counter')], 'it ends after 1 of'),
        'exchanged': ([('return losses, counter', 'return counter, losses')], 'its order'),
        'item without brackets': ([('loss.item()', 'loss.item')], 'the brackets'),
        'interval fixed': ([('i % log_interval', 'i % 100')], 'never, although'),
        'epochs from 1': ([('epoch * len', '(epoch - 1) * len')], 'one epoch too few'),
        'another network': ([('    model.train()', '    model.train()\n    other = nn.Flatten()'), ('model(images)', 'model(torch.rand(8, 1, 28, 28))')], 'small ones of its own'),
        'every batch': ([('        if i % log_interval == 0:\n', '        if True:\n')], 'after every batch'),
        'not the interval': ([('i % log_interval == 0', 'i % log_interval')], '`%` gives 0'),
        'item forgotten on the sum': ([('losses.append(loss.item())', 'losses += loss.item()')], 'adds one number'),
        'unpacked wrong': ([('for i, (images, labels) in enumerate(train_loader, start=1)', 'for i, images, labels in enumerate(train_loader, start=1)')], 'what is unpacked'),
    },
    every=3,
)  # fmt: skip

TEST = Exercise(
    page=PAGE,
    cell="exercise-test-one-epoch",
    check="check-test-one-epoch",
    given=libraries,
    functions=("test_one_epoch",),
    right={
        "solution": [],
        "mean times size": [('F.cross_entropy(logits, labels, reduction="sum").item()', "F.cross_entropy(logits, labels).item() * len(labels)")],
        "largest index by max": [("logits.argmax(1)", "logits.max(dim=1).indices")],
        "probabilities first": [("logits.argmax(1)", "logits.softmax(1).argmax(1)")],
        "tensor sums": [('reduction="sum").item()', 'reduction="sum")')],
        "all at once": [
            ("    for images, labels in test_loader:", "    for images, labels in [[torch.cat(p) for p in zip(*test_loader)]]:")
        ],
    },
    wrong={
        "mean of means": ([(', reduction="sum"', ""), ("total / len(test_loader.dataset)", "total / len(test_loader)")], "mean of means"),
        "means over samples": ([(', reduction="sum"', "")], "means of batches"),
        "training mode": ([("model.eval()", "model.train()")], "evaluation mode"),
        "training on the test": ([("@torch.no_grad()", ""), ("    model.eval()", "    model.eval()\n    opt = torch.optim.SGD(model.parameters(), lr=0.5)"),
                                  ("        total += ", "        F.cross_entropy(logits, labels).backward(); opt.step()\n        total += ")], "no training on the test set"),
        "smallest logit": ([("argmax", "argmin")], "smallest"),
        "counts wrong ones": ([("== labels", "!= labels")], "wrong ones"),
        "fraction": ([("dataset), correct", "dataset), correct / len(test_loader.dataset)")], "fraction"),
        "last batch": ([("correct +=", "correct =")], "last batch"),
        "loss of the last batch": ([("total +=", "total =")], "last batch"),
        "argmax over the batch": ([("argmax(1)", "argmax()")], "nothing is counted"),
        "divided twice": ([('reduction="sum").item()', 'reduction="sum").item() * len(test_loader.dataset)')], "the division"),
        "stub": ([("    model.eval()", "    raise NotImplementedError")], "still open"),
        "zeros": ([("total / len(test_loader.dataset), correct", "0.0, 0")], "Expected"),
        "skipped": ([("    model.eval()", "    return 0.0, 0")], "never called"),
        'if on tensors': ([('        correct += (logits.argmax(1) == labels).sum().item()', '        if logits.argmax(1) == labels:\n            correct += 1')], 'count them with `sum`'),
        'fractions added': ([('(logits.argmax(1) == labels).sum().item()', '(logits.argmax(1) == labels).float().mean().item()')], 'fractions of the batches'),
        'softmax before': ([('F.cross_entropy(logits, labels', 'F.cross_entropy(logits.softmax(1), labels')], 'comes twice'),
        'labels not moved': ([('model(images.to(device)).cpu()', 'model(images.to(device))')], 'on the device'),
        'a record': ([('@torch.no_grad()', ''), ('reduction="sum").item()', 'reduction="sum")')], 'gradient record'),
        'values, not places': ([('argmax(1)', 'amax(1)')], 'not its value'),
        'fixed size': ([(', reduction="sum").item()', ').item() * 64')], 'one fixed size'),
        'results exchanged': ([('total / len(test_loader.dataset), correct', 'correct, total / len(test_loader.dataset)')], 'order of the results'),
        'sum without brackets': ([('.sum().item()', '.sum')], 'brackets after a function'),
        'return in the loop': ([('    return total / len', '        return total / len')], 'after the first batch'),
        'length of loader': ([('total / len(test_loader.dataset)', 'total / len(test_loader)')], 'not of batches'),
        'labels twice': ([('for images, labels in test_loader:', 'for labels, images in test_loader:')], 'fewer axes'),
    },
    equivalent=(
        "F.cross_entropy(logits, labels, reduction='sum').item() → F.cross_entropy(logits, labels, reduction='sum')",
        "(logits.argmax(1) == labels).sum().item() → (logits.argmax(1) == labels).sum()",
    ),
)  # fmt: skip

TRAIN = Exercise(
    page=PAGE,
    cell="exercise-train",
    check="check-train",
    given=train_names,
    functions=("train",),
    right={
        "solution": [],
        "extend and append": [('record["train_losses"] += losses', 'record["train_losses"].extend(losses)')],
        "one optimizer, changed rates": [
            ("    for epoch, lr", "    optimizer = torch.optim.SGD(model.parameters(), lr=1)\n    for epoch, lr"),
            ("        optimizer = torch.optim.SGD(model.parameters(), lr=lr)", "        optimizer.param_groups[0]['lr'] = lr"),
        ],
        "counter from the last one": [
            ('["test_counter"].append((epoch + 1) * len(train_data))', '["test_counter"].append(record["test_counter"][-1] + len(train_loader.dataset))')
        ],
        "range": [
            ("for epoch, lr in enumerate(learning_rates):", "for epoch in range(len(learning_rates)):\n        lr = learning_rates[epoch]")
        ],
    },
    wrong={
        "first rate": ([("lr=lr)", "lr=learning_rates[0])")], "the first one in all epochs"),
        "last rate": ([("lr=lr)", "lr=learning_rates[-1])")], "the last one in all epochs"),
        "epoch forgotten": ([("log_interval, epoch)", "log_interval, 0)")], "number of the epoch"),
        "lists in the list": ([('["train_losses"] += losses', '["train_losses"].append(losses)')], "append"),
        "one epoch behind": ([("(epoch + 1) * len(train_data)", "epoch * len(train_data)")], "one epoch behind"),
        "test samples": ([("(epoch + 1) * len(train_data)", "(epoch + 1) * len(test_data)")], "test samples"),
        "training on the test set": ([("train_one_epoch(train_loader", "train_one_epoch(test_loader")], "training on the test set"),
        "replaced": ([('["train_losses"] += losses', '["train_losses"] = losses')], "put in place"),
        "one epoch": ([("        record[\"test_counter\"].append((epoch + 1) * len(train_data))",
                        "        record[\"test_counter\"].append((epoch + 1) * len(train_data))\n        break")], "once for each"),
        "no print": ([('print(f"epoch', 'str(f"epoch')], "printed line"),
        "tested before": ([("        losses, counter =", "        test_loss, correct = test_one_epoch(test_loader, model, device)\n        losses, counter ="),
                           ('        record["train_counter"] += counter\n        test_loss, correct = test_one_epoch(test_loader, model, device)',
                            '        record["train_counter"] += counter')], "before it is trained"),
        "stub": ([("    for epoch, lr", "    raise NotImplementedError\n    for epoch, lr")], "still open"),
        "nothing": ([("    return record", "    pass")], "return"),
        'arguments in another order': ([('optimizer, log_interval, epoch)', 'optimizer, epoch, log_interval)')], 'first line'),
        'device and optimizer': ([('model, device, optimizer,', 'model, optimizer, device,')], 'first line'),
        'test arguments': ([('        test_loss, correct = test_one_epoch(test_loader, model, device)\n        record', '        test_loss, correct = test_one_epoch(model, test_loader, device)\n        record')], 'first line'),
        'interval fixed': ([('log_interval, epoch)', '100, epoch)')], '`log_interval` is the one'),
        'a number added': ([('record["test_losses"].append(test_loss)', 'record["test_losses"] += test_loss')], 'adds one number'),
        'all rates': ([('lr=lr)', 'lr=learning_rates)')], 'given as a number'),
        'one result': ([('        test_loss, correct = test_one_epoch(test_loader, model, device)\n        record', '        test_loss = test_one_epoch(test_loader, model, device)\n        record')], 'several things at once'),
        'tested on the training set': ([('        test_loss, correct = test_one_epoch(test_loader, model, device)\n        record', '        test_loss, correct = test_one_epoch(train_loader, model, device)\n        record')], 'the loader for testing'),
        'fraction': ([('append(correct)', 'append(correct / len(test_data))')], 'neither a fraction'),
        'the first result again': ([('        test_loss, correct = test_one_epoch(test_loader, model, device)\n        record', '        record')], 'before the first step'),
        'data, no loader': ([('train_one_epoch(train_loader', 'train_one_epoch(train_data')], 'in a loader'),
        'assigned': ([('record["test_losses"].append(test_loss)', 'record["test_losses"] = record["test_losses"].append(test_loss)')], 'give None back'),
        'earlier exercise': ([('        record["train_counter"] += counter', '        raise NotImplementedError("Exercise 2: one epoch")')], 'uses code that is not written yet'),
        'Adam': ([('torch.optim.SGD(model.parameters(), lr=lr)', 'torch.optim.Adam(model.parameters(), lr=lr)')], "nothing but that epoch's rate"),
    },
    every=2,
)  # fmt: skip

CURVES = Exercise(
    page=PAGE,
    cell="exercise-curves",
    check="check-slow-curve",
    given=lambda: {"slow": slow_record()},
    right={
        "solution": [],
        "lists": [('(slow["train_counter"], slow["train_losses"])', '[slow["train_counter"], slow["train_losses"]]')],
        "array": [('(slow["train_counter"], slow["train_losses"])', '__import__("numpy").array([slow["train_counter"], slow["train_losses"]])')],
        "tensors": [('(slow["test_counter"], slow["test_losses"])', "map(torch.tensor, (slow['test_counter'], slow['test_losses']))"),
                    ("### BEGIN SOLUTION", "import torch\n### BEGIN SOLUTION"), ("plot_train_test(train", "test_curve = tuple(test_curve)\nplot_train_test(train")],
        "another name first": [("### BEGIN SOLUTION", "### BEGIN SOLUTION\nrun = dict(slow)")],
    },
    wrong={
        "x and y": ([('(slow["train_counter"], slow["train_losses"])', '(slow["train_losses"], slow["train_counter"])')], "comes first"),
        "exchanged": ([("train_curve = (", "test_curve = ("), ('test_curve = (slow["test_counter"]', 'train_curve = (slow["test_counter"]')], "exchanged"),
        "counts": ([('slow["test_losses"])', 'slow["test_correct"])')], "names of the lists"),
        "train twice": ([('(slow["test_counter"], slow["test_losses"])', "train_curve")], "both are of the train"),
        "one list": ([('(slow["train_counter"], slow["train_losses"])', 'slow["train_losses"]'), ("plot_train_test(train_curve, test_curve);", "")], "2 things"),
        "stub": ("train_curve = test_curve = None", "nothing yet"),
        "zeros": ([('(slow["test_counter"], slow["test_losses"])', '(slow["test_counter"], [0] * 11)')], "other numbers"),
        "shorter": ([('slow["test_losses"])', 'slow["test_losses"][:10])'), ("plot_train_test(train_curve, test_curve);", "")], "other numbers"),
        "mixed": ([('slow["test_losses"])', 'slow["train_losses"][:11])')], "other numbers"),
        'old run': ([('### BEGIN SOLUTION', '### BEGIN SOLUTION\nslow["test_correct"] = [980] * 11')], 'seed, learning rate'),
        'x of the other': ([('slow["test_counter"]', 'slow["train_counter"]'), ('plot_train_test(train_curve, test_curve);', '')], 'in x'),
        'keys': ([('(slow["test_counter"], slow["test_losses"])', '("test_counter", "test_losses")'), ('plot_train_test(train_curve, test_curve);', '')], 'lists themselves'),
    },
    equivalent=(  # what is drawn is for the eye
        "plot_train_test(train_curve, test_curve) → pass",
        "plot_train_test(train_curve, test_curve) → train_curve",
        "plot_train_test(train_curve, test_curve) → plot_train_test(test_curve, train_curve)",
    ),
)  # fmt: skip

SCORE = Exercise(
    page=PAGE,
    cell="exercise-score",
    check="check-score",
    given=score_names,
    functions=("score",),
    right={
        "solution": [],
        "in steps": [("    return test_one_epoch(held_out, model, device)[1] / len(held_out.dataset)",
                      "    _, right = test_one_epoch(held_out, model, device)\n    n = sum(len(y) for _, y in held_out)\n    return right / n")],
        "no memory format": [(", memory_format=torch.channels_last", "")],
        "tensor": [("[1] / len(held_out.dataset)", "[1] / torch.tensor(len(held_out.dataset))")],
    },
    wrong={
        "count": ([(" / len(held_out.dataset)", "")], "number of digits"),
        "percentage": ([("[1] / len", "[1] * 100 / len")], "percentage"),
        "loss": ([("[1] / len(held_out.dataset)", "[0]")], "made of the loss"),
        "test set": ([("test_one_epoch(held_out", "test_one_epoch(test_loader"), ("len(held_out.dataset)", "len(test_loader.dataset)")], "spoils the test"),
        "training digits": ([("test_one_epoch(held_out", "test_one_epoch(small"), ("len(held_out.dataset)", "len(small.dataset)")], "trained on"),
        "not a fresh network": ([("    model = CNN()", "    global kept\n    kept = model = globals().get('kept') or CNN()")], "fresh one"),
        "not trained": ([("    train_one_epoch(", "    (lambda *a: None)(")], "score of an untrained"),
        "divided by batches": ([("len(held_out.dataset)", "len(held_out)")], "number of batches"),
        "stub": ([("    model = CNN()", "    raise NotImplementedError\n    model = CNN()")], "still open"),
        "the rate of one run": ([("lr=lr", "lr=0.05")], "rate"),
        "two epochs": ([("    return test", "    train_one_epoch(small, model, device, torch.optim.SGD(model.parameters(), lr=lr), 100, 1)\n    return test")], "one epoch, not two"),
        "rounded": ([("    return test_one_epoch(held_out, model, device)[1] / len(held_out.dataset)", "    return round(test_one_epoch(held_out, model, device)[1] / len(held_out.dataset), 2)")], "digits: some are cut off"),
        'all digits': ([('train_one_epoch(small', 'train_one_epoch(train_loader')], 'not all of them'),
        'the pair': ([('[1] / len(held_out.dataset)', '')], 'the fraction needs one'),
        'arguments in another order': ([('100, 0)', '0, 100)')], 'in their order'),
        'fixed number': ([('len(held_out.dataset)', '5000')], 'a fixed one'),
        'trained on the held-out': ([('train_one_epoch(small', 'train_one_epoch(held_out')], 'held out, to judge on'),
    },
    equivalent=(
        "100 → 101",  # the interval of records that nobody looks at
        "0 → 1",  # the number of the epoch in those records
        "CNN().to(device, memory_format=torch.channels_last) → CNN()",
        "CNN().to(device, memory_format=torch.channels_last) → CNN().to(device)",
    ),
    every=2,
)  # fmt: skip

FAST = Exercise(
    page=PAGE,
    cell="exercise-fast",
    check="check-fast",
    given=fast_names,
    right={
        "solution": [],
        "by maximum": [("rates[scores.index(max(scores))]", "max(zip(scores, rates))[1]")],
        "written out": [("train(fast_model, [best, best / 10])", "train(fast_model, [0.3, 0.03])")],
        "tuple": [("[best, best / 10]", "(best, 0.1 * best)")],
    },
    wrong={
        "one epoch": ([("[best, best / 10]", "[best]")], "two epochs"),
        "constant": ([("best / 10", "best")], "a tenth"),
        "slow": ([("[best, best / 10]", "[0.001, 0.0001]")], "the best of the search"),
        "worst": ([("max(scores)", "min(scores)")], "the best of the search"),
        "another network": ([("fast = ", "fast_model.errors = 100\nfast = ")], "same run"),
        "longer": ([("[best, best / 10]", "[best, best, best / 10]")], "two epochs"),
        "made up": ([("train(fast_model, [best, best / 10])", "{'test_losses': [2.3, 0.1, 0.1], 'test_correct': [50, 495, 499], 'test_counter': [0, 9, 18]}")], "training set"),
        "nothing": ([("fast = train", "fast = None; train")], "record"),
        "trained before": ([("fast = train(fast_model, [best, best / 10])", "fast = train(fast_model, [best, best / 10])\nfast['test_correct'][0] = 490")], "trained before"),
        'the score for the rate': ([('rates[scores.index(max(scores))]', 'max(scores)')], 'not its score'),
    },
    equivalent=("10 → 11",),
)  # fmt: skip


class TestTrainACNN(LabChecks):
    exercises = (NETWORK, ONE_EPOCH, TEST, TRAIN, CURVES, SCORE, FAST)
