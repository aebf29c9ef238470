"""The words of DigitLab, and the PyTorch code that it copies; ‹words› are filled in where it runs."""

TASKS = {
    "": "none: look around",
    "raw": "make it fail: feed a drawing as it is",
    "shift": "make it fail: shift a digit by at most 4",
    "filters": "make it fail: remove at most 3 filters",
}
TEXTS = {
    "code": """import torch

pixels = torch.tensor([‹pixels›])
x = (pixels.reshape(-1, 1, 28, 28) / 255 - ‹mean›) / ‹std›
removed = {‹removed›}  # layer: channels set to zero

model.eval()
with torch.no_grad():
    for i, layer in enumerate(‹layers›):
        x = layer(x)
        if i in removed:
            x[:, removed[i]] = 0
print(x.softmax(1))
""",
    "pad": "Drawing pad. Arrows move the pen, Space puts it down or lifts it, 0 to 9 show a test digit, "
    "Z takes the last stroke back, C clears.",
    "hint": "draw here",
    "input": "what the network gets",
    "compare": "Compare with",
    "legend": "In each layer: this digit, the one compared with, and their difference (blue: more here, orange: less), "
    "on one scale.",
    "beside": "\nThe one compared with looks like ‹best› (‹sure›), then ‹second› (‹next›).",
    "versus": "; of the digit compared with ‹other›",
    "maps": ". Arrows move the selected number, X removes the channel or brings it back.",
    "empty": "Nothing drawn: the network sees an empty image.",
    "scope": "Colour scale",
    "sample": "Test digit",
    "task": "Task",
    "raw": "feed the drawing as it is",
    "answer": "Looks like ‹best› (‹sure›), then ‹second› (‹next›).",
    "unsure": "Looks like ‹best› (‹sure›), then ‹second› (‹next›). Not sure.",
    "remove": "Remove channel",
    "pick": "Select a number in a map, or a class, to see how it is computed.",
    "parts": "its inputs, its weights, and their products (each on its own scale)",
    "many": "That is long enough: take a stroke back or clear.",
    "rawFirst": "Draw a digit first: small, in a corner.",
    "same": "Not yet: it reads ‹read› either way.",
    "rawDone": "Done: as it is it reads ‹read›, enlarged and centred as MNIST's digits were.",
    "shiftFirst": "Choose a test digit first, with no turn and no shift above 4.",
    "right": "Not yet: it still reads ‹read›.",
    "shiftDone": "Done: ‹read› after so small a shift. Pooling forgives a pixel or two, not more.",
    "filtersFirst": "Remove 1 to 3 filters: select one and press “Remove channel”.",
    "filtersDone": "Done: without them it reads ‹read›.",
}
SCOPES = {"layer": "by layer", "map": "by map"}
KEYS = [
    "strokes",
    "sample",
    "compare",
    "raw",
    "radius",
    "right",
    "down",
    "turn",
    "removed",
    "selected",
    "scope",
    "task",
]
KNOBS = {  # label, unit, step, least, most
    "right": ("shift right", "", 1, -8, 8),
    "down": ("shift down", "", 1, -8, 8),
    "turn": ("turn", "°", 5, -90, 90),
    "radius": ("pen", "", 0.25, 0.5, 3),
}


def menus(labels, *, chain, mean, std):
    """Return all menus and words, for digits with these labels and a model whose layers are ``chain``."""
    words = {"layers": chain, "mean": mean, "std": std}
    code = TEXTS["code"]
    for name, value in words.items():
        code = code.replace(f"‹{name}›", str(value))
    names = [f"{label}{', another' if i % 2 else ''}" for i, label in enumerate(labels[:20])]
    names += [f"{label}, read wrongly" for label in labels[20:]]
    rules = {name: [low, high, int(step % 1 == 0)] for name, (_, _, step, low, high) in KNOBS.items()}
    return {
        "task": TASKS,
        "scope": SCOPES,
        "texts": TEXTS | {"code": code},
        "keys": KEYS,
        "sample": list(enumerate(["your drawing", *names], -1)),
        "compare": list(enumerate(["nothing", *names], -1)),
        "knobs": [[name, label, unit, step] for name, (label, unit, step, _, _) in KNOBS.items()],
        "rules": rules | {key: [-1, len(labels) - 1, 1] for key in ("sample", "compare")},
    }


def titles(described, shapes):
    """Return one title for each layer: ``conv 5 × 5: 8 × 24 × 24``."""
    names = {"relu": "ReLU", "flatten": "flatten", "dropout": "dropout (off)", "linear": "linear"}
    out = []
    for layer, shape in zip(described, shapes, strict=True):
        size = " × ".join(map(str, shape))
        kernel = f"{layer.get('k')} × {layer.get('k')}"
        kind = {"conv": f"conv {kernel}", "pool": f"max pooling {kernel}"}.get(layer["kind"]) or names[
            layer["kind"]
        ]
        out.append(f"{kind}: {size}")
    return out
