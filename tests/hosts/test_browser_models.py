"""The same modules in other hosts: MyST's throwing model in a shadow root, Jupyter's with bytes as views,
html-manager's from an embedded state, and a page that is dark as Colab's is."""

import base64
import json

import pytest
import torch
from ipywidgets.embed import embed_data
from torch import nn

from course_utils.widgets import ConvExplorer, Detector1D, DigitLab, FilterExplorer, SpiralLab


def reader():
    torch.manual_seed(0)
    mistakes = torch.zeros(1, 1, 28, 28), [0]
    return DigitLab(
        nn.Sequential(nn.Conv2d(1, 2, 5), nn.ReLU(), nn.Flatten(), nn.Linear(1152, 10)), mistakes=mistakes
    )


def explorer():
    torch.manual_seed(0)
    return FilterExplorer(nn.Conv2d(1, 8, 5, padding=2))


WIDGETS = {
    "conv": ConvExplorer,
    "detector": Detector1D,
    "digit": reader,
    "spiral": SpiralLab,
    "filters": explorer,
}
# A change by the reader and what the model holds then; a change by Python and what the reader sees then.
USED = {
    "conv": (lambda page: page.get_by_role("slider", name="bias").fill("1"), "bias", 1),
    "detector": (lambda page: page.get_by_role("slider", name="bias").fill("1"), "bias", 1),
    "digit": (lambda page: page.get_by_role("button", name="Next").click(), "sample", 15),
    "spiral": (lambda page: page.get_by_role("button", name="10 steps").click(), "step", 10),
    "filters": (lambda page: page.get_by_role("button", name="Negate").click(), "change", ["negate"]),
}
SET = {
    "conv": ("bias", 2, lambda page: page.get_by_role("slider", name="bias").input_value() == "2"),
    "detector": ("bias", 2, lambda page: page.get_by_role("slider", name="bias").input_value() == "2"),
    "digit": ("sample", 3, lambda page: page.locator(".cw select").first.input_value() == "3"),
    "spiral": (
        "lr",
        0.1,
        lambda page: (
            "0.1" in page.get_by_role("slider", name="learning rate").get_attribute("aria-valuetext")
        ),
    ),
    "filters": ("unit", 5, lambda page: page.get_by_text("filter 5", exact=True).is_visible()),
}

MYST = """async ([source, state]) => {
  const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  const host = document.body.appendChild(document.createElement('div')), root = host.attachShadow({ mode: 'open' });
  const el = root.appendChild(document.createElement('div')), heard = {};
  const never = () => { throw new Error('not here'); };
  const on = (e, f) => { (heard[e] ||= []).push(f); };
  const model = { get: k => state[k], on, off: never, send: never, save_changes: never,
    set: (k, v) => { state[k] = v; (heard['change:' + k] || []).forEach(f => f(new Event('change'))); } };
  window.close = await widget.render({ model, el });
  window.inside = root;
  window.model = model;
}"""

JUPYTER = """async ([source, state, bytes]) => {
  const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  const el = document.body.appendChild(document.createElement('div')), heard = {};
  for (const key of bytes) state[key] = new DataView(Uint8Array.from(atob(state[key]), c => c.charCodeAt(0)).buffer);
  window.saves = [];
  window.state = state;
  const on = (e, f) => { (heard[e] ||= []).push(f); };
  const set = (k, v) => { state[k] = v; (heard['change:' + k] || []).forEach(f => f()); };
  const again = () => new DataView(state.pixels.buffer.slice(0));  // a new view each time
  const echo = () => ArrayBuffer.isView(state.pixels) && set('pixels', again());
  const model = { get: k => state[k], on, set, save_changes: () => { saves.push(Date.now()); setTimeout(echo, 30); } };
  window.close = await widget.render({ model, el });
  window.inside = document;
  window.model = model;
}"""


def live_state(widget):
    """Return what a notebook sends for a widget, its bytes in base64, and the names of those."""
    state = {key: value for key, value in widget.get_state().items() if key in widget.state()}
    names = [key for key, value in state.items() if isinstance(value, (bytes, memoryview))]
    return state | {key: base64.b64encode(state[key]).decode() for key in names}, names


def embedded_state(widget):
    """Return the same from the state that ``ipywidgets.embed`` puts into a page for html-manager."""
    models = embed_data(views=[widget], drop_defaults=False)["manager_state"]["state"]
    model = models[widget.model_id]
    assert model["state"]["_esm"] == str(widget._esm), "with drop_defaults=True nothing would render"
    buffers = {buffer["path"][0]: buffer["data"] for buffer in model.get("buffers", [])}
    return model["state"] | buffers, list(buffers)


def start(v, widget, host, state_of=live_state):
    v.ready()  # the page's own figure first: the static host must not miss what is removed now
    v.page.evaluate("document.querySelectorAll('figure').forEach(f => f.remove())")
    state, names = state_of(widget)
    if host == MYST:
        names = []  # JSON only
    v.page.evaluate(host, [str(widget._esm), json.loads(json.dumps(state)), names])
    v.page.wait_for_function("inside.querySelector('.cw') && inside.querySelector('.cw').clientHeight > 300")
    return v.page


@pytest.mark.parametrize("kind", WIDGETS)
@pytest.mark.parametrize(
    ("host", "state_of"),
    [(MYST, live_state), (JUPYTER, live_state), (JUPYTER, embedded_state)],
    ids=["myst", "jupyter", "html-manager"],
)
def test_it_runs_is_used_and_cleans_up(visit, kind, host, state_of):
    widget = WIDGETS[kind]()
    act, trait, value = USED[kind]
    with visit(widget) as v:
        page = start(v, widget, host, state_of)
        if kind != "digit" and kind != "filters":
            page.get_by_role("button", name="Play").click()
            page.get_by_role("button", name="Pause").click()
            page.get_by_role("button", name="Reset").click()
        act(page)
        page.wait_for_function(
            "([key, value]) => JSON.stringify(model.get(key)) === value", arg=[trait, json.dumps(value)]
        )
        assert page.get_by_role("button", name="Copy link").count() == 0, "a notebook's address is no link"
        if kind in ("conv", "detector", "spiral"):
            page.get_by_role("button", name="Play").click()
        page.evaluate("close()")
        assert page.evaluate("inside.querySelectorAll('.cw, .cw canvas, .cw svg').length") == 0
        state = "JSON.stringify(['position', 'step', 'sample', 'unit'].map(key => model.get(key)))"
        before = page.evaluate(state)
        page.wait_for_timeout(400)
        assert page.evaluate(state) == before


@pytest.mark.parametrize("kind", WIDGETS)
def test_python_sets_a_trait_and_the_widget_shows_it(visit, kind):
    widget = WIDGETS[kind]()
    trait, value, seen = SET[kind]
    with visit(widget) as v:
        page = start(v, widget, JUPYTER)
        page.evaluate("([key, value]) => model.set(key, value)", [trait, value])
        page.wait_for_timeout(100)
        assert seen(page)


@pytest.mark.parametrize("kind", WIDGETS)
def test_it_is_dark_in_colab(visit, kind):
    widget = WIDGETS[kind]()
    with visit(widget, html='theme="dark"', color_scheme="light") as v:
        page = v.ready()
        assert page.locator(".cw[data-dark]").count() == 1
        page.evaluate("document.documentElement.setAttribute('theme', 'light')")
        page.wait_for_selector(".cw:not([data-dark])")


def test_an_echo_of_what_was_saved_neither_undoes_a_later_change_nor_is_saved_again(visit):
    with visit(ConvExplorer()) as v:
        page = start(v, ConvExplorer(), JUPYTER)
        page.evaluate("saves.length = 0")
        page.get_by_role("slider", name="padding").focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
            page.wait_for_timeout(60)
        page.wait_for_timeout(600)
        assert page.evaluate("[model.get('padding'), document.activeElement.value]") == [4, "4"]
        assert page.evaluate("saves.length") <= 4


def test_saving_is_throttled_and_gives_back_what_was_made(visit):
    with visit(ConvExplorer()) as v:
        page = start(v, ConvExplorer(), JUPYTER)
        page.locator("canvas").nth(0).focus()
        page.evaluate("saves.length = 0")
        for key in "123456789":
            page.keyboard.press(key)
            page.keyboard.press("ArrowRight")
        page.wait_for_timeout(250)
        saves = page.evaluate("saves")
        assert saves and all(b - a >= 90 for a, b in zip(saves, saves[1:], strict=False))
        pixels = page.evaluate("Array.from(new Uint8Array(state.pixels.buffer || state.pixels))")
        assert pixels[:7] == [round(n / 9 * 255) for n in range(1, 8)]
