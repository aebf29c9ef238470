function make(node, props, kids) {
  for (const [key, value] of Object.entries(props || {})) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value); else node.setAttribute(key, value);
  }
  node.append(...kids.flat(9).filter(kid => kid || kid === 0));
  return node;
}
const h = (tag, props, ...kids) => make(document.createElement(tag), props, kids);
const div = (name, ...kids) => h('div', { class: 'cw-' + name }, kids);
const button = (label, act, props) => h('button', { type: 'button', onclick: act, ...props }, label);
const board = (label, role = 'img', props) => h('canvas', { tabindex: 0, role, 'aria-label': label, ...props });

const labelled = (kind, label, ...kids) => h('label', { class: 'cw-' + kind }, h('span', {}, label), kids);
function choice(label, options, act) {  // options: {value: text}, or a list of [value, text]
  const list = Array.isArray(options) ? options : Object.entries(options);
  const input = h('select', { onchange: () => act(input.value) }, list.map(([value, text = value]) => h('option', { value }, text)));
  return { el: labelled('choice', label, input), input, set: v => { input.value = v; } };
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -1e6], End: [0, 1e6] };
const arrow = e => !e.altKey && ARROWS[e.key]?.map(v => v * (e.shiftKey ? 10 : 1));
const pointer = (e, el = e.currentTarget, { left, top } = el.getBoundingClientRect()) => [e.clientX - left, e.clientY - top];
const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
const range = n => Array.from({ length: n }, (_, i) => i);
const largest = (list, least = 1e-9) => list.reduce((m, v) => Math.max(m, Math.abs(v)), least);
const fmt = (v, digits = 2) => (Math.abs(v) < 0.5 / 10 ** digits ? 0 : v).toFixed(digits).replace('Infinity', '∞').replace('-', '−');
const percent = v => Math.round(100 * v) + '%';
const fill = (text, words) => text.replace(/‹(\w+)›/g, (_, key) => fill(String(words[key]), words));

// Base64 (static page, MyST) or a view (Jupyter)
function bytes(v) {
  if (typeof v === 'string') return Uint8Array.from(atob(v), c => c.charCodeAt(0));
  return ArrayBuffer.isView(v) ? new Uint8Array(v.buffer, v.byteOffset, v.byteLength) : new Uint8Array(v || 0);
}

function palette(node) {  // the colours of core.css as [red, green, blue]; cap: the strongest alpha under text
  const value = of => getComputedStyle(node).getPropertyValue('--' + of), rgb = of => value(of).match(/\w\w/g).map(v => parseInt(v, 16));
  return { ...Object.fromEntries(['paper', 'ink', 'pos', 'neg', 'soft', 'mark'].map(of => [of, rgb(of)])), cap: +value('cap') };
}
function isDark() {
  const { documentElement: page, body } = document, { jpThemeLight, vscodeThemeKind } = body.dataset, lab = { true: 'light', false: 'dark' }[jpThemeLight];
  const named = `${page.dataset.theme} ${page.getAttribute('theme')} ${vscodeThemeKind} ${lab} ${page.className}`;
  return /\bdark/.test(named) || !/\blight/.test(named) && getComputedStyle(body).color.match(/\d+/)[0] > 127;  // light text
}
function surface(canvas, width, height) {  // -> cleared 2d context in CSS pixels
  const ratio = devicePixelRatio, g = canvas.getContext('2d');
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  canvas.style.cssText = `width: ${width}px; height: ${height}px`;
  g.scale(ratio, ratio);
  return g;
}

// setup(c) fills c.root and returns draw()
const widget = setup => ({ render({ model, el }) {
  const off = [], close = () => { off.splice(0).forEach(f => f()); el.replaceChildren(); };
  try {
    const c = context(model, el, off);
    c.begin(setup(c));
  } catch (error) {
    close();
    if (el.closest('.course-fig')) throw error;  // the host keeps the picture
    el.append(h('p', { role: 'alert' }, `Cannot be shown: ${error.message}`));
  }
  return close;
} });

function context(model, el, off) {
  const root = h('div', { class: 'cw', 'data-lm-suppress-shortcuts': 'true' }), live = h('p', { class: 'cw-hidden', 'aria-live': 'polite' });
  const note = h('p', { class: 'cw-note' });
  let draw, frame = 0, said = 0, sayTimer = 0, saveTimer = 0, setting = false, pending = {};
  const quietly = f => { setting = true; f(); setting = false; };
  const put = () => {
    quietly(() => Object.entries(pending).forEach(change => model.set(...change)));
    pending = {};
  };
  const flush = () => {
    saveTimer = clearTimeout(saveTimer);
    put();
    try { model.save_changes(); } catch { }
  };
  const menus = model.get('menus'), c = { root, model, menus, texts: menus.texts, verdict: div('verdict'), off: f => off.push(f), get: key => model.get(key) };
  c.state = () => Object.fromEntries(menus.keys.map(key => [key, c.get(key)]));
  c.color = (of, alpha = 1) => `rgba(${c.palette[of]},${alpha})`;
  c.on = (target, ...how) => { target.addEventListener(...how); off.push(() => target.removeEventListener(...how)); };
  const text = v => JSON.stringify(ArrayBuffer.isView(v) ? [...bytes(v)] : v);
  c.save = values => {  // at 10 Hz, and on pointerup
    if (setting || !draw) return;
    for (const k in values) if (text(model.get(k)) === text(values[k])) delete pending[k]; else pending[k] = values[k];
    saveTimer ||= setTimeout(flush, 100);
  };
  c.listen = f => menus.keys.forEach(key => model.on('change:' + key, () => {  // a newer change here wins
    if (setting || key in pending || !root.isConnected) return;
    put();
    quietly(f);
  }));
  const paint = () => {
    frame = 0;
    if (!root.clientWidth) return;
    c.palette ||= palette(root);
    try { draw(); } catch (error) { console.error(error); c.tell(`${error.message}. Press Reset.`); }
  };
  c.judge = (done, key, words) => {  // of a task
    c.verdict.textContent = key ? fill(c.texts[key], words) : '';
    c.verdict.dataset.done = !!done;
  };
  c.draw = () => { frame ||= requestAnimationFrame(paint); };
  c.say = (text, now) => {  // every 700 ms, silent at first and while playing
    clearTimeout(sayTimer);
    const write = () => { said = Date.now(); live.textContent = text; };
    if (draw && (now || !c.playing)) sayTimer = setTimeout(write, Math.max(60, said + 700 - Date.now()));
  };
  c.tell = text => { note.textContent = text; if (text) c.say(text, true); };
  // update(state), link() -> state, and rules() of a link are for the page's host; it adds url()
  c.actions = ({ reset, code, ...page }, ...more) => {
    c.page = { name: model.get('name'), tell: c.tell, ...page };
    c.again = () => { reset(); c.tell('Back to the start.'); };
    const copy = async (what, text) => {
      try { await navigator.clipboard.writeText(text); c.tell(what + ' copied.'); } catch {
        c.tell(what + ', to be copied from here:');
        note.append(h('textarea', { 'aria-label': what }, text));
      }
    };
    return div('row', button('Reset', c.again), more, button('Copy PyTorch', () => copy('PyTorch code', code())),
      el.closest('.course-fig') && button('Copy link', () => copy('Link', c.page.url())));
  };
  c.begin = f => {
    draw = f;
    root.append(note, live);
    const dress = () => { root.toggleAttribute('data-dark', isDark()); c.palette = null; c.draw(); };
    const resize = new ResizeObserver(c.draw), themes = new MutationObserver(dress);
    resize.observe(root);
    for (const node of [document.documentElement, document.body]) themes.observe(node, { attributes: true });
    c.on(matchMedia('(prefers-color-scheme: dark)'), 'change', dress);
    c.on(root, 'keydown', e => {
      if (e.ctrlKey || e.metaKey) return;
      e.stopPropagation();
      if (e.key === 'Escape') e.target.blur();
      if (e.key === 'r' && !['SELECT', 'TEXTAREA'].includes(e.target.tagName)) c.again();
    });
    c.on(window, 'pointerup', () => saveTimer && flush());
    off.push(() => {
      resize.disconnect();
      themes.disconnect();
      cancelAnimationFrame(frame);
      clearTimeout(sayTimer);
      if (saveTimer) flush();
    });
    root.dispatchEvent(new CustomEvent('course-page', { bubbles: true, detail: c.page }));
    dress();
    paint();
  };
  el.replaceChildren(h('style', {}, STYLE), root);
  return c;
}
