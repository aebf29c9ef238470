"""The words of Detector1D, and the PyTorch code that it copies; ‹words› are filled in where it runs."""

TASKS = {
    "": "none: look around",
    "find": "find every 0, 1, 0 with no false alarm",
    "bias": "the same with threshold 0: use the bias",
    "all": "the same in all signals at once",
}
TEXTS = {
    "code": """import torch
import torch.nn.functional as F

x = torch.tensor([[‹x›]])
kernel = torch.tensor([[[‹kernel›]]])
y = F.conv1d(x, kernel, torch.tensor([‹bias›]), padding=‹pad›)
‹relu›found = y > ‹threshold›
print(y)
""",
    "relu": "y = torch.relu(y)\n",
    "plot": "Signal and output. Left and Right move the window, Up and Down change the sample under its middle, "
    "Delete clears it, Space plays.",
    "knobs": "Kernel. Left and Right choose a weight, Up and Down change it by 0.05, with Shift by 0.5, "
    "Delete sets it to 0.",
    "drag": "kernel: drag a weight",
    "padding": {"same": "same (zeros outside)", "valid": "none"},
    "legend": "green: where 0, 1, 0 is · dotted: sum before bias and ReLU · dashed: threshold",
    "large": "The weights are too large to train from. Press Reset.",
    "none": "This signal holds no pattern: there is nothing to find.",
    "missed": "Not yet: ‹missed› missed, ‹alarms›.",
    "bad": "Not yet: signal ‹number› has ‹missed› missed, ‹alarms›.",
    "all": "Done: everything found in all ‹count› signals.",
    "zero": "Set the threshold to 0 and keep the ReLU: that is what the next layer of a network sees.",
    "bias": "Done: the bias ‹bias› now does the threshold's work.",
    "found": "Done: ‹found› found, no false alarm.",
}
KEYS = ["signal", "weights", "bias", "relu", "threshold", "padding", "noise", "number", "position", "task"]
