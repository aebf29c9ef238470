function make(node, props, kids) {
  for (const [key, value] of Object.entries(props || {})) {
    if (typeof value === 'function') node.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...kids.flat(9).filter(kid => kid || kid === 0));
  return node;
}
const h = (tag, props, ...kids) => make(document.createElement(tag), props, kids);
const div = (name, ...kids) => h('div', { class: 'cw-' + name }, kids);
const button = (label, act, props) => h('button', { type: 'button', onclick: act, ...props }, label);

function slider(label, { min, max, step = 1, value, text = String }, act) {
  const shown = h('b', { 'aria-hidden': 'true' });
  const input = h('input', { type: 'range', min, max, step, oninput: () => (set(+input.value), act(+input.value)) });
  const set = v => { input.value = v; input.setAttribute('aria-valuetext', shown.textContent = text(v)); };
  set(value);
  return { el: h('label', { class: 'cw-slider' }, h('span', {}, label), shown, input), input, set };
}
function choice(label, options, act) {  // options: [value, text], or a value that is its own text
  const option = ([value, text = value]) => h('option', { value }, text);
  const input = h('select', { onchange: () => act(input.value) }, options.map(o => option([].concat(o))));
  return { el: h('label', { class: 'cw-choice' }, h('span', {}, label), input), input, set: v => { input.value = v; } };
}

const arrow = e => ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -1e6], End: [0, 1e6] })[e.key]
  ?.map(v => v * (e.shiftKey ? 10 : 1));
const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
const fmt = (v, digits = 2) => (Math.abs(v) < 0.5 / 10 ** digits ? 0 : v).toFixed(digits)
  .replace('Infinity', '∞').replace('-', '−');

// Base64 (static page, MyST) or a view (Jupyter)
function bytes(v) {
  if (typeof v === 'string') return Uint8Array.from(atob(v), c => c.charCodeAt(0));
  if (ArrayBuffer.isView(v)) return new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
  return new Uint8Array(v || 0);
}
function tensor({ shape, dtype, data }) {
  const Kind = { u8: Uint8Array, i8: Int8Array, i32: Int32Array, f32: Float32Array, f64: Float64Array }[dtype];
  return { shape, data: new Kind(bytes(data).slice().buffer) };
}

const mulberry = a => () => {
  a = (a + 0x6D2B79F5) | 0;
  let t = a;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const gaussian = draw => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

// cap: the strongest alpha under text
const PALETTE = [
  { paper: [255, 255, 255], ink: [27, 30, 36], pos: [46, 128, 217], neg: [230, 115, 13], grey: [96, 106, 120], cap: 0.78 },
  { paper: [20, 24, 30], ink: [240, 243, 247], pos: [50, 120, 205], neg: [196, 92, 12], grey: [150, 160, 174], cap: 0.6 },
];
function tint(v, limit, dark, full, plain) {  // full: no text on it; plain: grey
  const p = PALETTE[+!!dark], rgb = plain ? (full ? p.ink : p.grey) : v < 0 ? p.neg : p.pos;
  const alpha = clamp(Math.abs(v) / (limit || 1), 0, 1) * (full ? 1 : p.cap);
  return `rgba(${rgb},${Number.isFinite(v) ? alpha.toFixed(3) : 0})`;
}
function isDark() {
  const page = document.documentElement, { jpThemeLight: lab, vscodeThemeKind } = document.body.dataset;
  const named = page.dataset.theme || page.getAttribute('theme') || vscodeThemeKind
    || { true: 'light', false: 'dark' }[lab] || (page.classList.contains('dark') && 'dark');
  return named ? named.includes('dark') : matchMedia('(prefers-color-scheme: dark)').matches;
}
function surface(canvas, width, height) {  // -> cleared 2d context in CSS pixels
  const ratio = devicePixelRatio, g = canvas.getContext('2d');
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  Object.assign(canvas.style, { width: width + 'px', height: height + 'px' });
  g.scale(ratio, ratio);
  return g;
}

// rules: {key: text => value, or undefined where it does not fit}; returns words
function fromLink(values, state, rules) {
  const bad = [];
  for (const key in values) {
    const value = Object.hasOwn(rules, key) ? rules[key](values[key]) : undefined;
    if (value === undefined) bad.push(key); else state[key] = value;
  }
  return bad.length ? `The link holds what does not fit here (${bad.join(', ')}).` : '';
}
const within = ([low, high, whole]) => t => (t && +t >= low && +t <= high && !(whole && t % 1) ? +t : undefined);
const among = list => t => (Object.hasOwn(list, t) ? t : undefined);
const numbers = (text, sizes, v = text.split(',').map(t => (t ? +t : NaN))) => (sizes.includes(v.length) && v.every(t => Math.abs(t) <= 99) ? v : undefined);

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
  const note = h('p', { class: 'cw-note' }), name = model.get('name') || '';
  let draw, frame = 0, said = 0, sayTimer = 0, saveTimer = 0, setting = false, pending = {};
  const put = () => {
    setting = true;
    for (const key in pending) model.set(key, pending[key]);
    setting = false;
    pending = {};
  };
  const flush = () => {
    saveTimer = clearTimeout(saveTimer);
    put();
    try { model.save_changes(); } catch { }
  };
  const c = { model, root, name, off: f => off.push(f), get: key => model.get(key) };
  c.on = (target, ...how) => {
    target.addEventListener(...how);
    off.push(() => target.removeEventListener(...how));
  };
  const text = v => JSON.stringify(ArrayBuffer.isView(v) ? [...bytes(v)] : v);
  c.save = values => {  // ten times a second, and on pointerup
    if (setting || !draw) return;
    for (const k in values) if (text(model.get(k)) === text(values[k])) delete pending[k]; else pending[k] = values[k];
    saveTimer ||= setTimeout(flush, 100);
  };
  c.listen = (keys, f) => keys.forEach(key => model.on('change:' + key, () => {  // a newer change here wins
    if (setting || key in pending || !root.isConnected) return;
    put();
    setting = true;
    f();
    setting = false;
  }));
  c.paint = () => {
    frame = 0;
    try { if (root.clientWidth) draw(); } catch (error) { console.error(error); c.tell(`${error.message}. Press Reset.`); }
  };
  c.draw = () => { frame ||= requestAnimationFrame(c.paint); };
  c.say = text => {  // every 700 ms, silent at first
    const write = () => { said = Date.now(); live.textContent = text; };
    clearTimeout(sayTimer);
    if (draw) sayTimer = setTimeout(write, Math.max(60, said + 700 - Date.now()));
  };
  c.tell = text => { note.textContent = text; if (text) c.say(text); };
  c.theme = () => { root.toggleAttribute('data-dark', c.dark = isDark()); c.draw(); };
  c.actions = ({ reset, seed, seedLabel = 'New seed', code, link }) => {
    const again = () => { reset(); c.tell('Back to the start.'); };
    c.on(root, 'keydown', e => e.key === 'r' && !e.ctrlKey && !e.metaKey && e.target.tagName !== 'SELECT' && again());
    const copy = async (what, text) => {
      const area = h('textarea', { class: 'cw-hidden' }, text);
      let done = true;
      try { await navigator.clipboard.writeText(text); } catch {
        root.append(area);
        area.select();
        done = document.execCommand('copy');
        area.remove();
      }
      c.tell(done ? what + ' copied.' : 'Copy it here: ' + text);
    };
    const url = () => location.href.split('#')[0] + '#' + new URLSearchParams({ w: name, ...link() });
    return div('row', button('Reset', again), seed && button(seedLabel, seed), code && button('Copy PyTorch', () => copy('PyTorch code', code())),
      link && el.closest('.course-fig') && button('Copy link', () => copy('Link', url())));
  };
  c.onLink = f => {
    const read = () => {
      const { w, ...values } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
      if (w === name) c.tell(f(values) || 'Shown as in the link.');
    };
    c.on(window, 'hashchange', read);
    read();
  };
  c.player = (step, every = 250, by) => {  // step() is false at the end; by(±1): Step, Back
    let timer;
    const stop = () => { c.playing = false; timer = clearInterval(timer); knob.textContent = 'Play'; };
    const tick = () => {
      const { top, bottom } = root.getBoundingClientRect();
      if (bottom >= 0 && top <= innerHeight && !document.hidden && step() === false) stop();
    };
    const toggle = () => {
      if (timer) return stop();
      if (matchMedia('(prefers-reduced-motion: reduce)').matches) return tick();
      c.playing = true;
      timer = setInterval(tick, every);
      knob.textContent = 'Pause';
    };
    const knob = button('Play', toggle, { class: 'cw-main' });
    off.push(stop);
    return { el: by ? div('row', button('Back', () => by(-1)), knob, button('Step', () => by(1))) : knob, toggle, stop };
  };
  c.begin = f => {
    draw = f;
    root.append(note, live);
    const resize = new ResizeObserver(c.draw), themes = new MutationObserver(c.theme);
    resize.observe(root);
    for (const node of [document.documentElement, document.body]) themes.observe(node, { attributes: true });
    c.on(matchMedia('(prefers-color-scheme: dark)'), 'change', c.theme);
    c.on(root, 'keydown', e => {
      const { target: t, key } = e, up = { ArrowUp: 1, ArrowDown: -1 }[key];
      if (key === 'Escape') t.blur();
      if (up && e.shiftKey && t.type === 'number') {
        e.preventDefault();
        t.value = +(+t.value + 10 * up * t.step).toFixed(6);
        t.dispatchEvent(new Event('input'));
      }
      if (!e.ctrlKey && !e.metaKey) e.stopPropagation();
    });
    c.on(window, 'pointerup', () => saveTimer && flush());
    off.push(() => {
      resize.disconnect();
      themes.disconnect();
      cancelAnimationFrame(frame);
      clearTimeout(sayTimer);
      if (saveTimer) flush();
    });
    c.theme();
    c.paint();
  };
  el.replaceChildren(h('style', {}, STYLE), root);
  c.dark = isDark();
  return c;
}
