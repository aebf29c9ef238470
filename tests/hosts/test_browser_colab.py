"""Explorables in a stand-in for Colab: its output frame, its widget manager, and anywidget's real front end.

After the sources of ``googlecolab/colab-cdn-widget-manager``: every output is a sandboxed frame of another
origin; the manager is built on @jupyter-widgets/base 5.0.0-alpha, sends one message at a time, echoes nothing
and hands binary traits over as the comm delivers them; the theme is an attribute of the html element, which
may be missing; the clipboard is closed. Python's side is the widget itself, with ``set_state``.
"""

import html
import json
from contextlib import contextmanager
from pathlib import Path

import anywidget
import pytest
from test_browser_models import SET, USED, WIDGETS, live_state

FRONT_END = (Path(anywidget.__file__).parent / "nbextension/index.js").read_text(encoding="utf-8")
FRAME = """<!doctype html><html theme="dark"><meta charset="utf-8">
<style>body { margin: 0 } html[theme=dark] body { background: #383838; color: #e3e3e3 }</style><body><script>
class Heard {
  constructor() { this.heard = []; }
  on(name, act, context) { this.heard.push({ name, act, context }); }
  once(name, act) { this.on(name, act); }
  off(name, act, context) {
    const other = h => (name && h.name !== name) || (act && h.act !== act) || (context && h.context !== context);
    this.heard = this.heard.filter(other);
  }
  trigger(name, ...words) { this.heard.filter(h => h.name === name).forEach(h => h.act(...words)); }
}
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b) && !ArrayBuffer.isView(a);
const sent = [];
class DOMWidgetModel extends Heard {
  constructor(state) {
    super();
    Object.assign(this, { attributes: { ...state }, changed: {}, busy: false, widget_manager: {} });
    this.initialize(state, {});
  }
  initialize() {}
  send() {}
  get(key) { return this.attributes[key]; }
  set(key, value) {
    for (const [k, v] of Object.entries(typeof key === 'object' ? key : { [key]: value })) {
      if (same(this.attributes[k], v)) continue;
      this.attributes[k] = this.changed[k] = v;
      this.trigger('change:' + k, this, v, {});
    }
  }
  save_changes() {  // one message at a time: later changes wait until the kernel is idle again
    if (this.busy || !Object.keys(this.changed).length) return;
    const state = this.serialize({ ...this.changed }), binary = {};
    for (const [k, v] of Object.entries(state)) if (v instanceof ArrayBuffer || v?.buffer instanceof ArrayBuffer) {
      binary[k] = [...new Uint8Array(v.buffer || v, v.byteOffset || 0, v.byteLength)];
      delete state[k];
    }
    sent.push(JSON.stringify([state, binary]));
    [this.changed, this.busy] = [{}, true];
    setTimeout(() => { this.busy = false; this.save_changes(); }, 150);
  }
  _handle_comm_msg({ content: { data } }) { this.set(data.state); this.changed = {}; }
}
class DOMWidgetView extends Heard {
  constructor(model) {
    super();
    Object.assign(this, { model, el: document.createElement('div') });
    this.$el = { empty: () => this.el.replaceChildren() };
  }
  remove() { this.el.remove(); }
}
let parts;
const define = (needs, make) => { parts = make({ DOMWidgetModel, DOMWidgetView }); };
async function show(state, binary) {
  for (const key of binary) state[key] = Uint8Array.from(atob(state[key]), c => c.charCodeAt(0)).buffer;
  window.model = new parts.AnyModel(state);
  window.view = new parts.AnyView(window.model);
  document.body.append(view.el);
  await view.render();
}
const update = state => model._handle_comm_msg({ content: { data: { method: 'update', state } } });
</script><script>FRONT_END</script></body></html>"""


def received(frame, widget):
    """Give the widget what its front end has sent, as the kernel would."""
    for message in frame.evaluate("sent.splice(0)"):
        state, binary = json.loads(message)
        widget.set_state(state | {key: memoryview(bytes(values)) for key, values in binary.items()})


@contextmanager
def colab(browser, widget, width=700, **options):
    """Open a widget in the frame of a cell's output; yield the frame, see that nothing complained."""
    page, problems = browser.new_page(**options), []
    page.on("console", lambda m: m.type in ("error", "warning") and problems.append(m.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    inside = html.escape(FRAME.replace("FRONT_END", FRONT_END.replace("</script", "<\\/script")))
    page.set_content(f'<iframe sandbox="allow-scripts" width={width} height=1500 srcdoc="{inside}"></iframe>')
    frame = page.frames[1]
    frame.wait_for_function("typeof parts === 'object'")
    state, binary = live_state(widget)
    ids = {"_esm": str(widget._esm), "_anywidget_id": "course"}
    frame.evaluate("([state, binary]) => show(state, binary)", [json.loads(json.dumps(state)) | ids, binary])
    frame.locator(".cw").wait_for()
    yield frame
    page.close()
    assert problems == []


@pytest.mark.parametrize("kind", WIDGETS)
def test_python_reads_what_a_reader_does_and_the_widget_shows_what_python_sets(browser, kind):
    widget = WIDGETS[kind]()
    act, trait, value = USED[kind]
    changed, new, seen = SET[kind]
    with colab(browser, widget, width=380) as frame:
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
        act(frame)
        frame.wait_for_function("!view.model.busy && sent.length")
        received(frame, widget)
        assert getattr(widget, trait) == value
        undone = {"change": []} if kind == "filters" else {}
        frame.evaluate("state => update(state)", {changed: new} | undone)
        frame.wait_for_timeout(100)
        assert seen(frame)
        frame.evaluate("view.remove()")
        frame.wait_for_function("!document.querySelector('.cw')")


def test_what_is_painted_arrives_though_messages_wait_for_each_other(browser):
    widget = WIDGETS["conv"]()
    with colab(browser, widget) as frame:
        frame.locator("canvas").first.focus()
        for key in "123456":
            frame.page.keyboard.press(key)
            frame.page.keyboard.press("ArrowRight")
            frame.wait_for_timeout(60)
        frame.wait_for_timeout(500)
        received(frame, widget)
        assert (widget.image[0, :6] * 9).round().tolist() == [1, 2, 3, 4, 5, 6]


def test_it_is_dark_as_the_notebook_is_and_code_is_copied_by_hand_where_the_clipboard_is_closed(browser):
    with colab(browser, WIDGETS["conv"](), color_scheme="dark") as frame:
        assert frame.locator(".cw[data-dark]").count() == 1
        frame.get_by_role("button", name="Copy PyTorch").click()
        assert "F.conv2d" in frame.get_by_label("PyTorch code").input_value()
        frame.evaluate("document.documentElement.removeAttribute('theme')")
        frame.locator(".cw:not([data-dark])").wait_for()  # though the system is dark
