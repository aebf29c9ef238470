"""The words of ConvExplorer, and the PyTorch code that it copies; ‹words› are filled in where it runs."""

OPERATIONS = {"conv": "convolution", "max": "max pooling", "avg": "average pooling"}
TASKS = {
    "": "none: look around",
    "size4": "make the output 4 × 4",
    "top": "a kernel that is positive on top edges only",
    "same2": "keep the size, with dilation 2",
}
TEXTS = {
    "code": """import torch
import torch.nn.functional as F

x = torch.tensor([‹pixels›], dtype=torch.float32).reshape(1, 1, ‹height›, ‹width›) / 255
‹weights›y = ‹line›
print(y)
""",
    "weights": """kernel = torch.tensor([‹kernel›], dtype=torch.float32).reshape(1, 1, ‹k›, ‹k›)
bias = torch.tensor([‹bias›], dtype=torch.float32)
""",
    "input": "Input. Arrows move, Space paints, 0 to 9 set the brightness.",
    "output": "Output. Arrows, Home, End move the window, Space plays.",
    "pinned": "pinned: tap again to let go",
    "aim": "point or tap to move the window",
    "padding": "hatched /: padding ‹edge›",
    "unused": "hatched \\: unused by stride (rows: ‹lost›, columns: ‹gone›)",
    "problem": "‹problem›",
    "size": "Not yet: the output is ‹oh› × ‹ow›.",
    "four": "Done: 4 × 4.",
    "pooling": "Pooling has no weights.",
    "single": "Not yet: a 1 × 1 kernel has no gaps to widen.",
    "dilation": "Not yet: the dilation is not 2.",
    "same": "Done: a window over ‹reach› cells needs padding ‹pad›.",
    "flat": "Not yet: an even bright area gives ‹sum›. What must the weights add up to?",
    "sides": "Not yet: it answers to left or right edges, too.",
    "other": "Not yet: it is not positive on top edges.",
    "top": "Done: positive on top edges only.",
}
KEYS = [
    "height",
    "width",
    "pixels",
    "weights",
    "stride",
    "padding",
    "dilation",
    "operation",
    "bias",
    "position",
]
KEYS += ["task"]
