"""The same modules in other hosts: MyST's throwing model in a shadow root, and Jupyter's with bytes as views."""

import json

import pytest

from course_utils.widgets import ConvExplorer, Detector1D

WIDGETS = {"conv": ConvExplorer, "detector": Detector1D}

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

JUPYTER = """async ([source, state]) => {
  const { default: widget } = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  const el = document.body.appendChild(document.createElement('div')), heard = {};
  if (state.pixels) state.pixels = new DataView(Uint8Array.from(atob(state.pixels), c => c.charCodeAt(0)).buffer);
  window.saves = [];
  window.state = state;
  const on = (e, f) => { (heard[e] ||= []).push(f); };
  const set = (k, v) => { state[k] = v; (heard['change:' + k] || []).forEach(f => f()); };
  const echo = () => state.pixels && set('pixels', new DataView(state.pixels.buffer.slice(0)));  // a new view each time
  const model = { get: k => state[k], on, set, save_changes: () => { saves.push(Date.now()); setTimeout(echo, 30); } };
  window.close = await widget.render({ model, el });
  window.inside = document;
  window.model = model;
}"""


def start(v, widget, host):
    v.ready()  # the page's own figure first: the static host must not miss what is removed now
    v.page.evaluate("document.querySelectorAll('figure').forEach(f => f.remove())")
    v.page.evaluate(host, [str(widget._esm), json.loads(json.dumps(widget.state()))])
    v.page.wait_for_function("inside.querySelector('.cw') && inside.querySelector('.cw').clientHeight > 300")
    return v.page


@pytest.mark.parametrize("kind", WIDGETS)
@pytest.mark.parametrize("host", [MYST, JUPYTER], ids=["myst", "jupyter"])
def test_it_runs_is_used_and_cleans_up(visit, kind, host):
    with visit(WIDGETS[kind]()) as v:
        page = start(v, WIDGETS[kind](), host)
        page.get_by_role("button", name="Play").click()
        page.get_by_role("slider", name="bias").fill("1")
        page.wait_for_timeout(300)
        assert page.evaluate("model.get('bias')") == 1
        assert page.get_by_role("button", name="Copy link").count() == 0, "a notebook's address is no link"
        page.evaluate("close()")
        assert page.evaluate("inside.querySelectorAll('.cw, .cw canvas, .cw svg').length") == 0
        before = page.evaluate("model.get('position')")
        page.wait_for_timeout(500)
        assert page.evaluate("model.get('position')") == before


@pytest.mark.parametrize("kind", WIDGETS)
def test_python_sets_a_trait_and_the_widget_shows_it(visit, kind):
    with visit(WIDGETS[kind]()) as v:
        page = start(v, WIDGETS[kind](), JUPYTER)
        page.evaluate("model.set('bias', 2)")
        page.wait_for_function("document.querySelector('[aria-valuetext^=\"2\"]')")
        assert page.get_by_role("slider", name="bias").input_value() == "2"


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
