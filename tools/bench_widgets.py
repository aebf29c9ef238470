"""Print how long the widgets take to draw: p50 and p95 in ms, at full speed and with the processor slowed down 6 times.

python tools/bench_widgets.py [kind ...] [--frames N]
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from playwright.sync_api import sync_playwright

from conftest import CHROMIUM_FLAGS, find_browser
from widget_host import build_page

# What a frame is: a change that a reader makes, and the drawing it causes. Selector of a control, and the ith change.
SET = "(e, value) => { e.value = value; e.dispatchEvent(new Event('input')); }"
PLAY = "(e, i) => { if (!i) { setInterval = f => { tick = f; }; e.click(); } tick(); }"  # what Play does at each tick
FRAMES = {
    "conv": ("input[type=range]", f"(e, i) => ({SET})(e, i % 36)"),
    "detector": ("input[type=number]", f"(e, i) => ({SET})(e, i % 20 / 10 - 1)"),
    "digit": ("input[type=range]", f"(e, i) => ({SET})(e, i % 9 - 4)"),
    "spiral": (".cw-main", PLAY),
    "filters": ("canvas", "(e, i) => e.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))"),
}
MEASURE = """async ([selector, value, frames]) => {
  const control = document.querySelector('.cw ' + selector), change = eval(value), times = [];
  const real = window.requestAnimationFrame;
  let work = 0;
  window.requestAnimationFrame = f => real(t => {
    const from = performance.now();
    f(t);
    work += performance.now() - from;
  });
  for (let i = 0; i < frames; i++) {
    const from = performance.now();
    work = 0;
    change(control, i);
    const handler = performance.now() - from;
    await new Promise(done => real(() => real(done)));
    times.push(handler + work);
  }
  window.requestAnimationFrame = real;
  return times.sort((a, b) => a - b);
}"""


def make(kind):
    """Return the widget to measure."""
    from course_utils import widgets
    from course_utils.pretrained import load_alexnet

    if kind == "digit":
        return widgets.DigitLab(reader())
    if kind == "filters":
        return widgets.FilterExplorer(load_alexnet("standin").features[0])
    return {"conv": widgets.ConvExplorer, "detector": widgets.Detector1D, "spiral": widgets.SpiralLab}[kind]()


def reader():
    """Return the CNN of the lecture on anatomy, untrained: its speed is the same."""
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 10),
    )  # fmt: skip


def measure(page, kind, frames):
    """Return (p50, p95) of the milliseconds that a change and its drawing take."""
    times = page.evaluate(MEASURE, [*FRAMES[kind], frames])
    return times[len(times) // 2], times[int(0.95 * len(times))]


def bench(browser, kind, frames):
    """Print one line for a widget."""
    with tempfile.TemporaryDirectory() as folder:
        page = browser.new_page()
        page.goto(build_page(folder, make(kind)).as_uri())
        page.wait_for_selector("figure[data-ready='1']")
        columns = []
        for rate in (1, 6):
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})
            columns.append("{:6.1f} / {:5.1f}".format(*measure(page, kind, frames)))
        page.close()
    print(f"{kind:10}  {columns[0]}     {columns[1]}")


def main():
    """Measure the widgets named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", default=list(FRAMES), help=", ".join(FRAMES))
    parser.add_argument("--frames", type=int, default=120)
    options = parser.parse_args()
    os.environ.setdefault("MPLBACKEND", "agg")
    path = find_browser() or sys.exit("no Chromium found: install one, or name it in CHROMIUM")
    print("milliseconds    1x p50/p95        6x p50/p95")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        for kind in options.kinds:
            bench(browser, kind, options.frames)
        browser.close()


if __name__ == "__main__":
    main()
