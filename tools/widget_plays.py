"""What tools/record_widgets.py does with each explorable, and how: by mouse, by keys or by touch."""

import functools
from itertools import pairwise

# What it is for; page; what a pointer does; what keys do: (in words, method of Player, its arguments).
# Places are shares of a part.
PLAYS = {
    "conv": (
        "ConvExplorer: one convolution or pooling layer, every number of it.",
        "book/lectures/convolutions",
        [
            ("Paint a stroke across the input.", "drag", ".cw-edit", (0.2, 0.6), (0.8, 0.6)),
            ("Pin the window at a place of the output.", "drag", "canvas >> nth=1", (0.5, 0.2)),
            ("Choose the task “make the output 4 × 4”.", "choose", "Task", "size4"),
            ("Drag the kernel size to 5.", "drag", "input[type=range] >> nth=1", (0.37, 0.5), (0.65, 0.5)),
            ("Drag the middle weight up.", "drag", ".cw-kernel input >> nth=12", (0.5, 0.5), (0.5, -1.5)),
        ],
        [
            ("Tab to the input, two down, one right, paint.", "tab", "Input.", "ArrowDown ArrowDown ArrowRight Space"),
            ("Tab to the first weight, type 2.", "tab", "kernel row 1, column 1", "2"),
            ("Tab to the output, go to its last place.", "tab", "Output.", "End"),
            ("Tab to the stride, one up.", "tab", "stride", "ArrowRight"),
            ("Tab to the task “keep the size, with dilation 2”.", "tab", "Task", "ArrowDown ArrowDown ArrowDown"),
            ("Back to the dilation, one up.", "back", "dilation", "ArrowRight"),
            ("Back to the padding, two up.", "back", "padding", "ArrowRight ArrowRight"),
            ("Back to the stride, down to 1.", "back", "stride", "Home"),
        ],
    ),
    "digit": (
        "DigitLab: draw a digit, see every number that a network makes of it.",
        "book/lectures/cnn_anatomy",
        [
            ("Draw a seven.", "drag", ".cw-pad svg", (0.25, 0.2), (0.72, 0.2), (0.45, 0.85)),
            ("Point at a number in a map of the first layer.", "drag", ".cw-layer canvas >> nth=0", (0.31, 0.13)),
            ("Remove its channel.", "press", "Remove channel"),
            ("Compare with a test digit.", "choose", "Compare with", "2"),
            ("Reset.", "press", "Reset"),
            ("Choose the task “shift a digit by at most 4”.", "choose", "Task", "shift"),
            ("Drag “shift right” to 4.", "drag", "input[type=range] >> nth=0", (0.5, 0.5), (0.735, 0.5)),
            ("Drag “shift down” to 4.", "drag", "input[type=range] >> nth=1", (0.5, 0.5), (0.735, 0.5)),
        ],
        [
            ("Tab to the pad, show a 3.", "tab", "Drawing pad.", "3"),
            ("Clear, then draw a line downwards.", "keys", "c Space " + "ArrowDown " * 9 + "Space"),
            ("Tab to the first layer, down and right.", "tab", "conv", "ArrowDown " * 9 + "ArrowRight " * 9),
            ("Remove the channel.", "keys", "x"),
            ("Back to “Compare with”: the first test digit.", "back", "Compare with", "ArrowDown"),
            ("Tab to the task “feed a drawing as it is”.", "tab", "Task", "ArrowDown"),
        ],
    ),
    "detector": (
        "Detector1D: a kernel slides over a signal and rings where it finds the pattern 0, 1, 0.",
        "book/labs/detect_patterns_1d",
        [
            ("Drag the weight before the middle down.", "drag", ".cw-knobs", (0.3, 0.5), (0.3, 0.72)),
            ("And the one after it.", "drag", ".cw-knobs", (0.7, 0.5), (0.7, 0.72)),
            ("Point at a place of the output.", "drag", ".cw-plot", (0.62, 0.9)),
            ("Press “20 steps”.", "press", "20 steps"),
            ("Choose the task “the same in all signals at once”.", "choose", "Task", "all"),
        ],
        [
            ("Tab to the plot, move the window.", "tab", "Signal and output.", "ArrowRight ArrowRight"),
            ("Tab to the weights: the second to −0.5.", "tab", "Kernel.", "Home ArrowRight Shift+ArrowDown"),
            ("The fourth, too.", "keys", "ArrowRight ArrowRight Shift+ArrowDown"),
            ("Tab to the bias, five up.", "tab", "bias", "ArrowRight " * 5),
            ("Tab to the task “the same with threshold 0”.", "tab", "Task", "ArrowDown"),
        ],
    ),
    "spiral": (
        "SpiralLab: two models learn the same points side by side, one of them linear.",
        "book/lectures/linear_vs_relu",
        [
            ("Press “10 steps” twelve times.", "press", *["10 steps"] * 12),
            ("Point at the map of the second model.", "drag", "canvas >> nth=1", (0.7, 0.3)),
            ("A tap adds ■ from now on.", "choose", "A tap on a map", "1"),
            ("Add a point.", "drag", "canvas >> nth=0", (0.1, 0.1)),
            ("Choose the task “a learning rate that explodes”.", "choose", "Task", "explode"),
            ("Drag the learning rate up.", "drag", "input[type=range] >> nth=0", (0.39, 0.5), (0.97, 0.5)),
            ("Press “Play”.", "press", "Play"),
        ],
        [
            ("Tab to the first map, move the cursor.", "tab", "first model.", "ArrowRight ArrowRight ArrowUp"),
            ("Make three steps.", "keys", ". . ."),
            ("Space lets it run for a second …", "keys", "Space"),
            ("… and stops it.", "keys", "Space"),
            ("Tab to the learning rate, two up: back to step 0.", "tab", "learning rate", "ArrowRight ArrowRight"),
            ("Reset.", "keys", "r"),
        ],
    ),
    "filters": (
        "FilterExplorer: the filters of a first layer, and what they and deeper units find in images.",
        "book/lectures/alexnet_features",
        [
            ("Point at a coloured filter.", "drag", ".cw-shelf canvas", (0.6, 0.63)),
            ("Press “Negate” and “Pin”.", "press", "Negate", "Pin"),
            ("Point at the image.", "drag", ".cw-quad canvas >> nth=1", (0.3, 0.4)),
            ("Choose the fourth layer.", "choose", "Layer", "conv4"),
            ("Order its units by how choosy they are.", "choose", "Order", "choosiest"),
        ],
        [
            ("Tab to the filters, type 12, pin it.", "tab", "Filters.", "1 2 p"),
            ("Tab to the map, move the window.", "tab", "Feature map.", "Home ArrowUp"),
            ("Back to the menu of layers: the second.", "back", "Layer", "ArrowDown"),
            ("Tab to the units, go to the last.", "tab", "Filters.", "End"),
        ],
    ),
}  # fmt: skip
NAME = """() => { const e = document.activeElement;
  return e.closest('.cw') ? e.getAttribute('aria-label') || e.closest('label')?.textContent || e.textContent : ''; }"""


class Player:
    """A reader of one figure, who uses it in one way."""

    def __init__(self, page, figure, by):
        self.page, self.figure, self.by = page, figure, by

    def drag(self, part, *places):  # a single place: a click or tap
        target = self.figure.locator(part)
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
        getattr(self, f"_{self.by}")(spots)

    def _mouse(self, spots):
        self.page.mouse.move(*spots[0])
        self.page.mouse.down()
        for spot in spots[1:]:
            self.page.mouse.move(*spot, steps=12)
        self.page.mouse.up()

    def _touch(self, spots):
        if len(spots) == 1:
            return self.page.touchscreen.tap(*spots[0])
        wire = self.page.context.new_cdp_session(self.page)
        touch = functools.partial(wire.send, "Input.dispatchTouchEvent")
        dense = [
            [a + (b - a) * k / 12 for a, b in zip(start, end, strict=True)]
            for start, end in pairwise(spots)
            for k in range(13)
        ]
        for i, (x, y) in enumerate(dense):
            touch({"type": "touchMove" if i else "touchStart", "touchPoints": [{"x": x, "y": y}]})
        touch({"type": "touchEnd", "touchPoints": []})

    def choose(self, label, value):
        self.figure.get_by_role("combobox", name=label, exact=True).select_option(value)

    def press(self, *names):
        for name in names:
            button = self.figure.get_by_role("button", name=name, exact=True)
            button.tap() if self.by == "touch" else button.click()

    def keys(self, keys):
        for key in keys.split():
            self.page.keyboard.press(key)

    def tab(self, name, keys, key="Tab"):
        """Press Tab until the focus is on the control of that name, then the keys."""
        for _ in range(600):
            self.page.keyboard.press(key)
            if self.page.evaluate(NAME).startswith(name):
                return self.keys(keys)
        raise LookupError(f"{key} does not come to “{name}”")

    def back(self, name, keys):
        self.tab(name, keys, "Shift+Tab")
