const LIMITS = { bias: [-8, 8], threshold: [-2, 4], noise: [0, 0.5] };
const RATE = 3;  // learning rate of the gradient step

// One position in three holds the pattern, the others a bump of another width or height; as signals() in Python.
function drawSignal(seed, n = 64) {
  const draw = mulberry(seed), x = Array(n).fill(0);
  for (let i = 2, count = 0; i < n - 4; count++) {
    let size = 1 + Math.floor(2 * draw()), value = [-1, -0.5, 0.5, 1][Math.floor(4 * draw())];
    if (count % 3 === seed % 3) size = value = 1;
    x.fill(value, i, i + size);
    i += size + 2 + Math.floor(4 * draw());
  }
  return x;
}
function noisy(signal, noise, seed) {
  const draw = mulberry(1000 + seed);
  return signal.map(v => v + noise * gaussian(draw));
}
function truths(signal, pattern) {  // centres of the places where the clean signal is the pattern
  const half = pattern.length >> 1, at = i => signal[i] ?? 0;
  return signal.flatMap((_, i) => (pattern.every((p, j) => Math.abs(at(i + j - half) - p) <= 0.25) ? [i] : []));
}
function conv1d(x, w, { stride = 1, padding = 0, bias = 0 } = {}) {
  const out = [];
  for (let i = -padding; i + w.length <= x.length + padding; i += stride)
    out.push(w.reduce((sum, v, u) => sum + v * (x[i + u] ?? 0), bias));
  return out;
}
// A detection is the top of a run above the threshold; it is right within one sample of a true centre.
function count(out, truth, threshold, offset) {
  const peaks = [];
  for (let i = 0, best = -1; i <= out.length; i++) {
    if (out[i] > threshold) best = best < 0 || out[i] > out[best] ? i : best;
    else if (best >= 0) { peaks.push(best + offset); best = -1; }
  }
  const near = (a, list) => list.some(b => Math.abs(a - b) <= 1);
  const hits = truth.filter(t => near(t, peaks)), misses = truth.filter(t => !near(t, peaks)), alarms = peaks.filter(p => !near(p, truth));
  return { peaks, hits, misses, alarms, precision: peaks.length ? 1 - alarms.length / peaks.length : 1, recall: truth.length ? hits.length / truth.length : 1 };
}
// Mean binary cross-entropy of sigmoid(conv + bias) against "a pattern is centred here", and one step of SGD.
function bce(x, s, truth, rate = 0) {
  const k = s.weights.length, half = k >> 1, padding = s.padding === 'same' ? half : 0, z = conv1d(x, s.weights, { padding, bias: s.bias });
  const y = z.map((_, i) => +truth.includes(i + half - padding)), mean = 1 / z.length;
  const loss = z.reduce((sum, v, i) => sum + Math.max(v, 0) - v * y[i] + Math.log1p(Math.exp(-Math.abs(v))), 0) * mean;
  const slope = z.map((v, i) => (1 / (1 + Math.exp(-v)) - y[i]) * mean);
  const weights = s.weights.map((w, u) => w - rate * slope.reduce((sum, g, i) => sum + g * (x[i + u - padding] ?? 0), 0));
  return { loss, weights, bias: s.bias - rate * slope.reduce((a, b) => a + b, 0) };
}
function run(s, pattern) {  // everything that is shown
  const x = noisy(s.signal, s.noise, s.number), half = s.weights.length >> 1, padding = s.padding === 'same' ? half : 0;
  const raw = conv1d(x, s.weights, { padding }), out = raw.map(v => (s.relu ? Math.max(0, v + s.bias) : v + s.bias));
  const truth = truths(s.signal, pattern), offset = half - padding;
  return { x, raw, out, truth, offset, half, ...count(out, truth, s.threshold, offset), loss: bce(x, s, truth).loss };
}
const falseAlarms = ({ alarms: { length } }) => `${length} false alarm${length === 1 ? '' : 's'}`;
function checkTask(s, pattern, signals) {  // [done, key of the words, what goes into them]
  const here = run(s, pattern), clean = r => !r.misses.length && !r.alarms.length;
  const facts = r => ({ missed: r.misses.length, alarms: falseAlarms(r), found: `${r.hits.length} of ${r.truth.length}` });
  if (!here.truth.length) return [false, 'none'];
  if (s.task === 'all') {
    const all = signals.map((signal, number) => run({ ...s, signal, number }, pattern)), bad = all.findIndex(r => !clean(r));
    return bad < 0 ? [true, 'all', { count: all.length }] : [false, 'bad', { ...facts(all[bad]), number: bad + 1 }];
  }
  if (s.task === 'bias' && (s.threshold !== 0 || !s.relu)) return [false, 'zero'];
  if (!clean(here)) return [false, 'missed', facts(here)];
  return [true, s.task === 'bias' ? 'bias' : 'found', { ...facts(here), bias: fmt(s.bias) }];
}
function torchCode(s, texts) {
  const list = v => v.map(a => +a.toPrecision(9)).join(', ');
  return fill(texts.code, { x: list(noisy(s.signal, s.noise, s.number)), kernel: list(s.weights), bias: list([s.bias]),
    pad: s.padding === 'same' ? s.weights.length >> 1 : 0, relu: s.relu ? texts.relu : '', threshold: s.threshold });
}
const linkRules = task => ({ ...LIMITS, task, padding: { same: 1, valid: 1 }, relu: text => ({ 0: false, 1: true })[text], number: [0, 1e6, 1],
  weights: text => numbers(text, [3, 5, 7, 9]), signal: text => numbers(text, range(113).map(i => i + 16)) });
// The signal that a link names by its number
const withSignal = (s, signals, n) => (s.number === undefined || s.signal ? s : { ...s, signal: [...(signals[s.number] || drawSignal(s.number, n))] });

export default widget(c => {
  const first = c.state();
  const pattern = c.get('pattern'), signals = c.get('signals').map(v => (v.length ? v : drawSignal(v))), { task: tasks, weights: presets, texts } = c.menus;
  let s = {}, r, chosen = 0, dx = 10, knobWidth = 44, drag = null, seed = 100;
  const LEFT = 26, TALL = 150;
  const node = (tag, name, props) => svg(tag, { class: name, ...props });
  const rows = [['signal', 84], ['kernel', 56], ['signal × kernel', 56], ['output', 104]].map(([label, height]) => ({
    height, label: svg('text', {}, label), top: svg('text', { 'text-anchor': 'end' }), zero: node('line', 'zero'), pos: node('path', 'pos'), neg: node('path', 'neg') }));
  const spans = node('path', 'span'), frames = node('path', 'window'), raw = node('path', 'raw'), limit = node('line', 'limit');
  const marks = ['hit', 'miss', 'alarm', 'best'].map(name => node('path', name));
  const plot = svg('svg', { class: 'cw-plot cw-edit', tabindex: 0, role: 'application', 'aria-label': texts.plot },
  spans, rows.map(w => [w.zero, w.pos, w.neg]), raw, limit, marks, frames, rows.map(w => [w.label, w.top]));
  const knobs = svg('svg', { class: 'cw-knobs cw-edit', tabindex: 0, role: 'application', 'aria-label': texts.knobs });
  const inputs = div('weights'), score = div('score'), title = div('title', texts.drag);

  function update(change, words) {
    s = { ...s, ...change };
    r = run(s, pattern);
    s.position = clamp(s.position, 0, Math.max(0, r.out.length - 1));
    chosen = clamp(chosen, 0, s.weights.length - 1);
    refresh();
    c.save(s);
    c.say(words ? words() : summary());
    c.draw();
  }
  const summary = () => `${r.hits.length} of ${r.truth.length} found, ${falseAlarms(r)}`;
  const round = (v, step = 0.05) => +(Math.round(v / step) * step).toFixed(4);
  const weigh = (i, v) => update({ weights: s.weights.map((w, j) => (j === i ? clamp(v, -99, 99) : w)) }, () => `Weight ${i + 1}: ${fmt(s.weights[i])}. ${summary()}`);
  const place = position => update({ position }, () => `Position ${s.position + r.offset + 1}: output ${fmt(r.out[s.position])}`);
  const bump = (i, v) => update({ signal: s.signal.map((w, j) => (j === i ? clamp(round(v), -3, 3) : w)) }, () => `Sample ${i + 1}: ${fmt(s.signal[i])}. ${summary()}`);
  const train = steps => {
    let now = s;
    for (let i = 0; i < steps; i++) now = { ...now, ...bce(r.x, now, r.truth, RATE) };
    if (![...now.weights, now.bias].every(Number.isFinite)) return c.tell(texts.large);
    update({ weights: now.weights, bias: now.bias, threshold: 0 }, () => `Loss ${fmt(r.loss, 3)}. ${summary()}`);
  };

  const bars = ['bias', 'threshold', 'noise'].map(name => [name, slider(name, { min: LIMITS[name][0], max: LIMITS[name][1], step: 0.05, text: fmt }, v => update({ [name]: v }))]);
  const size = slider('kernel size', { min: 3, max: 9, step: 2 }, k => {
    const shift = (s.weights.length - k) / 2;
    update({ weights: range(k).map(i => s.weights[i + shift] ?? 0) });
  });
  const relu = h('input', { type: 'checkbox', onchange: () => update({ relu: relu.checked }) });
  const preset = choice('Weights', [['', 'your own'], ...Object.keys(presets).map(v => [v])], v => v && update({ weights: [...presets[v].weights], bias: presets[v].bias ?? s.bias }));
  const which = choice('Signal', [...signals.map((_, i) => [i, `signal ${i + 1}`]), ['', 'your own']], v => v !== '' && update({ number: +v, signal: [...signals[v]] }));
  const padding = choice('Padding', texts.padding, v => update({ padding: v }));
  const task = choice('Task', tasks, task => update({ task }, () => c.verdict.textContent));
  const play = player(c, () => place(s.position + 1 >= r.out.length ? 0 : s.position + 1), 180);

  function build() {  // one knob and one number for each weight
    const k = s.weights.length, old = inputs.children.length;
    if (old === k) return;
    inputs.replaceChildren(...s.weights.map((_, i) => {
      const tidy = e => { e.target.value = +s.weights[i].toFixed(2); }, choose = () => { chosen = i; c.draw(); };
      return weightField(c, `weight ${i + 1}`, 0.05, v => weigh(i, v), { onblur: tidy, onfocus: choose });
    }));
    knobs.replaceChildren(node('line', 'zero'), ...s.weights.flatMap(() => [node('line', 'pos'), node('circle', 'pos knob')]));
  }
  function refresh() {
    build();
    [...inputs.children].forEach((el, i) => { if (el.getRootNode().activeElement !== el) el.value = +s.weights[i].toFixed(2); });
    for (const [name, bar] of bars) bar.set(s[name]);
    size.set(s.weights.length);
    relu.checked = s.relu;
    preset.set(Object.keys(presets).find(k => String(presets[k].weights) === String(s.weights)) || '');
    which.set(signals.findIndex((x, i) => i === s.number && String(x) === String(s.signal)) + 1 ? s.number : '');
    padding.set(s.padding);
    task.set(s.task);
    const fact = (shape, name, v) => h('span', {}, shape && h('span', { 'aria-hidden': 'true' }, shape + ' '), name + ' ', h('b', {}, v));
    score.replaceChildren(fact('●', 'found', `${r.hits.length} of ${r.truth.length}`), fact('◇', 'missed', r.misses.length), fact('×', 'false alarms', r.alarms.length),
      fact('', 'precision', fmt(r.precision)), fact('', 'recall', fmt(r.recall)), fact('▲', 'best match', r.out.indexOf(Math.max(...r.out)) + r.offset + 1), fact('', 'loss', fmt(r.loss, 3)));
    c.judge(...(s.task ? checkTask(s, pattern, signals) : []));
  }

  const set = (el, props) => { for (const key in props) el.setAttribute(key, props[key]); };
  const shape = { hit: (x, y) => `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0`, miss: (x, y) => `M${x} ${y - 6}l6 6l-6 6l-6 -6z`,
    alarm: (x, y) => `M${x - 5} ${y - 5}l10 10m0 -10l-10 10`, best: (x, y) => `M${x} ${y - 5}l5 9h-10z` };
  const X = i => LEFT + (i + 0.5) * dx;
  function stems(row, top, values, from, most) {  // bars with a dot, up from zero in blue and down in orange
    const middle = top + row.height / 2, dot = clamp(dx / 3, 1.2, 4), scale = (row.height / 2 - 4) / most, parts = ['', ''];
    values.forEach((v, i) => {
      const y = (middle - v * scale).toFixed(1), x = X(i + from).toFixed(1);
      if (v) parts[+(v < 0)] += `M${x} ${middle}V${y}m${-dot} 0a${dot} ${dot} 0 1 0 ${2 * dot} 0a${dot} ${dot} 0 1 0 ${-2 * dot} 0`;
    });
    set(row.pos, { d: parts[0] });
    set(row.neg, { d: parts[1] });
    set(row.zero, { x1: LEFT, x2: X(s.signal.length - 0.5), y1: middle, y2: middle });
    set(row.label, { x: LEFT, y: top - 5 });
    set(row.top, { x: LEFT - 3, y: top + 8 });
    row.top.textContent = fmt(most, most < 10 ? 1 : 0);
    Object.assign(row, { y: v => middle - v * scale, start: top });
  }
  function draw() {
    const wide = Math.max(c.root.clientWidth - 34, 120), n = s.signal.length, k = s.weights.length, at = s.position + r.offset - r.half;
    dx = (wide - LEFT - 4) / n;
    const under = s.weights.map((_, u) => r.x[at + u] ?? 0), most = largest([...r.out, ...r.raw, s.threshold], 1.2);
    const data = [[r.x, 0, largest(r.x, 1.2)], [s.weights, at, largest(s.weights, 1.2)], [under.map((v, u) => v * s.weights[u]), at, largest(under.map((v, u) => v * s.weights[u]), 1.2)], [r.out, r.offset, most]];
    let top = 20;
    rows.forEach((row, i) => { stems(row, top, ...data[i]); top += row.height + 22; });
    set(plot, { width: wide, height: top + 8, viewBox: `0 0 ${wide} ${top + 8}` });
    const [signal, kernel, product, output] = rows, right = X(at + k - 0.5), left = X(at - 0.5);
    set(spans, { d: r.truth.map(t => `M${X(t - 1.5)} ${signal.start}H${X(t + 1.5)}V${signal.start + signal.height}H${X(t - 1.5)}z`).join('') });
    set(frames, { d: `M${left} ${signal.start}H${right}V${product.start + product.height}H${left}zM${X(at + r.half - 0.5)} ${output.start}h${dx}v${output.height}h${-dx}z` });
    set(raw, { d: r.raw.map((v, i) => `${i ? 'L' : 'M'}${X(i + r.offset).toFixed(1)} ${output.y(v).toFixed(1)}`).join('') });
    set(limit, { x1: LEFT, x2: X(n - 0.5), y1: output.y(s.threshold), y2: output.y(s.threshold) });
    product.label.textContent = `signal × kernel: sum ${fmt(r.raw[s.position])}`;
    output.label.textContent = `output${s.relu ? ', after ReLU' : ''}: ${fmt(r.out[s.position])}`;
    const lists = { hit: r.hits, miss: r.misses, alarm: r.alarms, best: r.out.length ? [r.out.indexOf(Math.max(...r.out)) + r.offset] : [] };
    marks.forEach(el => { const name = el.getAttribute('class'); set(el, { d: lists[name].map(i => shape[name](X(i), top - (name === 'best' ? -2 : 14))).join('') }); });
    knobWidth = Math.min(52, wide / k);
    set(knobs, { width: knobWidth * k, height: TALL, viewBox: `0 0 ${knobWidth * k} ${TALL}` });
    set(knobs.firstChild, { x1: 0, x2: knobWidth * k, y1: TALL / 2, y2: TALL / 2 });
    s.weights.forEach((w, i) => {
      const [line, dot] = [...knobs.children].slice(1 + 2 * i, 3 + 2 * i), x = (i + 0.5) * knobWidth, y = TALL / 2 - w * knobScale();
      set(line, { class: w < 0 ? 'neg' : 'pos', x1: x, x2: x, y1: TALL / 2, y2: y });
      set(dot, { class: `${w < 0 ? 'neg' : 'pos'} knob ${i === chosen ? 'chosen' : ''}`, cx: x, cy: y, r: 10 });
      inputs.children[i].style.width = knobWidth + 'px';
    });
  }
  const knobScale = () => (TALL / 2 - 13) / (drag?.most || largest(s.weights, 1.5));

  function edit(el, start, go) {  // pointer capture; go(event) while the pointer is down
    c.on(el, 'pointerdown', e => { if (!e.button && e.isPrimary && start(e)) { el.setPointerCapture(e.pointerId); go(e); } });
    c.on(el, 'pointermove', e => { if (e.isPrimary && el.hasPointerCapture(e.pointerId)) go(e); });
    c.on(el, 'lostpointercapture', () => { drag = null; c.draw(); });
  }
  edit(knobs, e => {
    chosen = clamp(Math.floor(pointer(e)[0] / knobWidth), 0, s.weights.length - 1);
    drag = { most: largest(s.weights, 1.5) };
    return true;
  }, e => weigh(chosen, round(clamp((TALL / 2 - pointer(e)[1]) / knobScale(), -drag.most, drag.most))));
  edit(plot, e => {
    const [x, y] = pointer(e), i = clamp(Math.floor((x - LEFT) / dx), 0, s.signal.length - 1), { start, height } = rows[0];
    drag = { i, most: largest(r.x, 1.2), noise: r.x[i] - s.signal[i], aim: y > start + height };
    return true;
  }, e => {
    const [x, y] = pointer(e), { start, height } = rows[0];
    if (drag.aim) return place(Math.floor((x - LEFT) / dx) - r.offset);
    bump(drag.i, clamp((start + height / 2 - y) / (height / 2 - 4) * drag.most, -drag.most, drag.most) - drag.noise);
  });
  const key = (el, act) => c.on(el, 'keydown', e => {
    const way = e.key === 'Delete' ? [0, 0, true] : arrow(e);
    if (way) act(way, way[2]); else if (e.key === ' ') play.toggle(); else return;
    e.preventDefault();
  });
  key(knobs, ([up, right], erase) => {
    if (erase || up) return weigh(chosen, erase ? 0 : round(s.weights[chosen] - 0.05 * up));
    chosen = clamp(chosen + right, 0, s.weights.length - 1);
    c.say(`Weight ${chosen + 1}: ${fmt(s.weights[chosen])}`);
    c.draw();
  });
  key(plot, ([up, right], erase) => {
    const i = s.position + r.offset;
    if (erase || up) bump(i, erase ? 0 : s.signal[i] - 0.05 * up); else place(s.position + right);
  });

  function reset() { play.stop(); seed = 100; update({ ...first }); }
  const fresh = () => { seed += 1; update({ number: seed, signal: drawSignal(seed, s.signal.length) }); };
  const link = () => ({ weights: s.weights.map(v => +v.toFixed(4)), bias: +s.bias.toFixed(4), threshold: s.threshold, noise: s.noise, relu: +s.relu, padding: s.padding,
    number: s.number, ...(String(signals[s.number] || drawSignal(s.number, s.signal.length)) === String(s.signal) ? {} : { signal: s.signal }), ...(s.task && { task: s.task }) });
  const open = next => update(withSignal(next, signals, s.signal.length)), turn = (label, f) => button(label, () => update({ weights: f(s.weights) }));
  const length = w => Math.hypot(...w) || 1;
  c.root.append(div('row', which.el, preset.el, padding.el), plot,
    div('small', texts.legend),
    stepper(play, by => place(s.position + by)), score,
    div('bench', div('editor', title, knobs, inputs), div('turns', div('row', turn('Flip sign', w => w.map(v => -v || 0)), turn('Shift left', w => [...w.slice(1), 0]), turn('Shift right', w => [0, ...w.slice(0, -1)]),
      turn('Normalise', w => w.map(v => v / length(w))), button('Gradient step', () => train(1)), button('20 steps', () => train(20))),
      div('grid', size.el, bars.map(([, bar]) => bar.el), h('label', { class: 'cw-check' }, relu, 'ReLU')))), div('row', task.el, c.verdict),
    c.actions({ reset, code: () => torchCode(s, texts), link, rules: () => linkRules(tasks), update: open }, button('New signal', fresh)));
  update(first);
  c.listen(() => update(c.state()));
  return draw;
});
