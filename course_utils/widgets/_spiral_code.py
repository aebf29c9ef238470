"""The PyTorch code that SpiralLab copies; ‹words› are filled in where it runs."""

DATA = {"spiral": "spiral", "moons": "two moons", "circles": "ring and disc", "drawn": "your own points"}
OPTIMIZERS = {"sgd": "SGD", "momentum": "SGD, momentum 0.9", "adam": "Adam"}
ACTIVATIONS = {"relu": "ReLU", "tanh": "tanh", "none": "no activation"}
BATCHES = (0, 1, 4, 16, 64)
TASKS = {
    "": "none: look around",
    "line": "no activation: does the boundary bend?",
    "few": "ring and disc: 95 %, at most 4 hidden units",
    "explode": "make it fail: a learning rate that explodes",
}

CODE = """import torch
from torch import nn

def network(*sizes, between):
    layers = []
    for ins, outs in zip(sizes, sizes[1:]):
        layers += [between, nn.Linear(ins, outs)]
    return nn.Sequential(*layers[1:]).double()

points = torch.tensor(‹points›, dtype=torch.float64)  # x, y, class
test = ‹held›
x, y = points[~test, :2], points[~test, 2].long()
starts = [‹first›,
          ‹second›]
models = [‹model›, ‹other›]
‹shuffle›
for model, start in zip(models, starts):
    nn.utils.vector_to_parameters(torch.tensor(start, dtype=torch.float64), model.parameters())
    optimizer = torch.optim.‹optimizer›lr=‹lr›)
    for step in range(‹steps›):
        batch = ‹part›
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    with torch.no_grad():
        print(nn.functional.cross_entropy(model(x), y).item(), (model(x).argmax(1) == y).double().mean().item())
"""

SHUFFLE = """
def mulberry(a):  # the random numbers that shuffle the batches
    def draw():
        nonlocal a
        a = (a + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((a ^ (a >> 15)) * (a | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        return ((t ^ (t >> 14)) & 0xFFFFFFFF) / 4294967296
    return draw

def shuffled(epoch):
    draw, order = mulberry(‹seed› + epoch), list(range(len(y)))
    for i in range(len(y) - 1, 0, -1):
        j = int(draw() * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order
"""

MAP_KEYS = (
    ". Arrows move the cursor, Enter adds a point, Delete removes the nearest, "
    "Space plays, full stop makes one step."
)
KEYS = ["data", "turns", "noise", "data_seed", "holdout", "hidden", "activations"]
KEYS += ["optimizer", "lr", "batch", "seed", "task", "points"]
RULES = {"turns": [0.25, 2], "noise": [0, 0.5], "lr": [1e-4, 100], "holdout": [0, 1, 1], "step": [0, 2000, 1]}
RULES |= {"seed": [0, 999_999, 1], "data_seed": [0, 999_999, 1]}
TEXTS = {
    "code": CODE,
    "shuffle": SHUFFLE,
    "part": "shuffled(step // ‹per›)[step % ‹per› * ‹batch›:][:‹batch›]",
    "held": ["torch.zeros(len(points), dtype=torch.bool)", "torch.arange(len(points)) % 4 == 3"],
    "sgd": "SGD(model.parameters(), ",
    "momentum": "SGD(model.parameters(), momentum=0.9, ",
    "adam": "Adam(model.parameters(), ",
    "network": "network(‹sizes›, between=nn.‹act›())",
    "between": {"relu": "ReLU", "tanh": "Tanh", "none": "Identity"},
    "map": MAP_KEYS,
    "tap": [["", "reads it"], ["0", "adds ●"], ["1", "adds ■"], ["2", "adds ▲"], ["x", "deletes a point"]],
    "unit": "‹unit› = ‹act›(‹sum›) = ‹value› at the cursor",
    "acts": ACTIVATIONS | {"none": ""},
    "chances": "p at (‹at›): first ‹first›; second ‹second›",
    "models": ["first model", "second model"],
    "data": "Data",
    "optimizer": "Optimizer",
    "batch": "Batch",
    "holdout": "Held out for testing",
    "task": "Task",
    "hidden": "Hidden layers",
    "activations": "Activation",
    "turns": ["spiral"],
    "noise": ["spiral", "moons", "circles"],
    "points": "‹n› points, back to step 0.",
    "axes": ["Unit to the right", "Unit upwards"],
    "folded": "The points as two hidden units see them",
    "curves": "Loss, and share of points that are right, over the steps",
    "full": "400 points are the most.",
    "tool": "A tap on a map",
    "stopped": "Stopped at step ‹step›: the loss explodes, the learning rate is too large. Reset and lower it.",
    "empty": "There is nothing to learn from: choose what a tap does, then tap a map.",
    "legend": "dashed: first model; solid: second model; thin: held-out points (hollow)",
    "seed": "Other starting weights, the same points: seed ",
    "exploded": "Done, at step ‹value›: each step overshoots by more than it corrects.",
    "finite": "Not yet: the loss is a finite number.",
    "ring": "Choose the data “ring and disc”.",
    "many": "Not yet: both models have more than 4 hidden units.",
    "short": "Not yet: ‹value› right with at most 4 hidden units.",
    "few": "Done: ‹value› right with at most 4 hidden units.",
    "deep": "Give a model hidden layers and no activation.",
    "predict": "Predict first; then train 100 steps.",
    "straight": "Done: it stays straight. Linear layers in a row are one linear layer.",
}

WIDTHS = ("2", "3", "4", "6", "8", "12", "16", "4-4", "8-8", "16-16", "4-4-4", "8-8-8", "16-16-16")


def menus(data, models, recorded):
    """Return the texts of all menus, for data and hidden layers like these."""
    widths = dict.fromkeys(["", *WIDTHS, *models])
    lists = {
        "data": ({"given": "the page's points"} if data == "given" else {}) | DATA,
        "optimizer": OPTIMIZERS,
        "batch": {size: "all points" if size == 0 else f"{size}" for size in BATCHES},
        "holdout": {0: "none", 1: "every fourth (hollow)"},
        "task": TASKS,
        "activations": ACTIVATIONS,
        "hidden": {m: m.replace("-", ", ") or "none: linear" for m in widths},
    }
    more = {"legend": TEXTS["legend"] + ("; wide grey: the loss recorded in PyTorch" if recorded else "")}
    return lists | {"texts": TEXTS | more, "keys": KEYS, "rules": RULES}
