const KEYS = ['strokes', 'sample', 'raw', 'radius', 'right', 'down', 'turn', 'removed', 'selected', 'scope', 'task'];
const range = n => Array.from({ length: n }, (_, i) => i), percent = v => Math.round(100 * v) + '%';

// Strokes [x, y, x, y, ...] in pixels -> 28 x 28 bytes; bit for bit as rasterise() in Python.
function ink(strokes, r, scale, sx, sy) {  // 4 x 4 samples in each pixel: is a line within the pen's radius?
  const hit = new Uint8Array(112 * 112), low = v => clamp(Math.floor(4 * (v - r)) - 1, 0, 112), high = v => clamp(Math.ceil(4 * (v + r)) + 1, 0, 112);
  for (const stroke of strokes) for (let k = 0, last = stroke.length - 2; k < Math.max(2, last); k += 2) {
    const m = Math.min(k + 2, last), [ax, bx] = [k, m].map(i => stroke[i] * scale + sx), [ay, by] = [k, m].map(i => stroke[i + 1] * scale + sy);
    const dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
    for (let y = low(Math.min(ay, by)); y < high(Math.max(ay, by)); y++) for (let x = low(Math.min(ax, bx)); x < high(Math.max(ax, bx)); x++) {
      const px = (x + 0.5) / 4, py = (y + 0.5) / 4, t = length > 0 ? clamp(((px - ax) * dx + (py - ay) * dy) / length, 0, 1) : 0;
      const ex = px - (ax + t * dx), ey = py - (ay + t * dy);
      if (ex * ex + ey * ey <= r * r) hit[y * 112 + x] = 1;
    }
  }
  const sum = new Uint8Array(784);
  hit.forEach((v, i) => { sum[(i / 448 | 0) * 28 + (i % 112 >> 2)] += v; });
  return sum.map(v => Math.floor(v * 255 / 16 + 0.5));
}
function raster(strokes, r, raw) {  // 20 pixels long, centred by mass, as MNIST's digits were
  const axis = k => strokes.flatMap(s => s.filter((_, i) => i % 2 === k)), ends = [0, 1].map(k => [Math.min(...axis(k)), Math.max(...axis(k))]);
  if (raw || !axis(0).length) return ink(strokes, r, 1, 0, 0);
  const side = Math.max(...ends.map(([a, b]) => b - a)), scale = side > 0 ? (20 - 2 * r) / side : 1;
  const shift = ends.map(([a, b]) => 14 - (a + b) / 2 * scale), first = ink(strokes, r, scale, ...shift), mass = first.reduce((a, b) => a + b, 0);
  const middle = f => first.reduce((sum, v, i) => sum + v * f(i), 0) / mass + 0.5;
  return mass ? ink(strokes, r, scale, shift[0] + (14 - middle(i => i % 28)), shift[1] + (14 - middle(i => i / 28 | 0))) : first;
}
function moved(pixels, right, down, turn) {  // shifted by whole pixels, turned around the middle (bilinear)
  const a = turn * Math.PI / 180, [cos, sin] = [Math.cos(a), Math.sin(a)], at = (x, y) => (x < 0 || y < 0 || x > 27 || y > 27 ? 0 : pixels[y * 28 + x]);
  return !(right || down || turn) ? pixels : Uint8Array.from(range(784), i => {
    const u = i % 28 - right - 13.5, v = (i / 28 | 0) - down - 13.5, x = cos * u + sin * v + 13.5, y = cos * v - sin * u + 13.5, [l, t] = [Math.floor(x), Math.floor(y)];
    const row = y => at(l, y) * (1 - x + l) + at(l + 1, y) * (x - l);
    return Math.round(row(t) * (1 - y + t) + row(t + 1) * (y - t));
  });
}
function unpack(arch, { weights, scales, biases }) {  // gives every layer its weight and bias
  let w = 0, b = 0;
  return arch.map(layer => {
    const { out, ins, k = 1 } = layer, n = ins * k * k, from = w;
    if (!out) return layer;
    const weight = Float32Array.from(range(out * n), i => weights[from + i] * scales[b + (i / n | 0)]), bias = biases.slice(b, b + out);
    w += out * n;
    b += out;
    return { ...layer, weight, bias };
  });
}
function run(layers, x, removed) {  // {data, shape, maps} of every layer; maps: the shape of what was flattened
  let value = { data: x, shape: [1, 28, 28] };
  return layers.map((layer, at) => {
    const { kind, k, out } = layer, { data, shape, maps = shape } = value;
    if (kind === 'conv') value = conv2d(data, shape, layer.weight, [out, k, k], layer);
    else if (kind === 'pool') value = pool2d(data, shape, k, layer);
    else if (kind === 'relu') value = { ...value, data: data.map(v => Math.max(0, v)) };
    else if (kind === 'flatten') value = { data, shape: [data.length], maps };
    else if (kind === 'linear') value = { data: linear(data, layer.weight, layer.bias), shape: [out] };
    const size = value.data.length / value.shape[0], gone = removed.filter(r => r[0] === at);
    if (gone.length) value = { ...value, data: value.data.slice() };
    for (const [, channel] of gone) value.data.fill(0, channel * size, (channel + 1) * size);
    return value;
  });
}
function field(layers, at, i, j) {  // what output (i, j) of a layer sees of the input: [top, left, bottom, right]
  let box = [i, j, i, j];
  for (const { k, stride, padding } of layers.slice(0, at + 1).reverse()) if (k) box = box.map((v, m) => v * stride - padding + (m > 1 ? k - 1 : 0));
  return box;
}
const ranking = p => range(p.length).sort((a, b) => p[b] - p[a]);
function checkTask(s, label, best, other) {  // [done, key of the words, digit in them]; other: read with the other preprocessing
  if (s.task === 'raw') return !s.strokes.length || s.sample >= 0 ? [false, 'draw'] : best === other ? [false, 'same', best] : [true, 'differ', s.raw ? best : other];
  if (s.task === 'shift') return s.sample < 0 || s.turn || s.removed.length || Math.abs(s.right) > 4 || Math.abs(s.down) > 4 ? [false, 'choose'] : [best !== label, best === label ? 'right' : 'moved', best];
  return s.sample < 0 || s.right || s.down || s.turn || !s.removed.length || s.removed.length > 3 ? [false, 'few'] : [best !== label, best === label ? 'right' : 'lost', best];
}
function torchCode(s, pixels, texts, mean, std) {
  const removed = s.removed.map(r => r[0]).filter((v, i, all) => all.indexOf(v) === i).map(at => `${at}: [${s.removed.filter(r => r[0] === at).map(r => r[1]).join(', ')}]`).join(', ');
  const words = { pixels: `[${[...pixels].join(', ')}]`, mean, std, removed, layers: texts.layers };
  return texts.code.replace(/‹(\w+)›/g, (_, name) => words[name]);
}

export default widget(c => {
  const { task: tasks, scope: scopes, texts } = c.get('menus'), { weights, scales, biases } = c.get('params'), labels = c.get('labels'), [mean, std] = [c.get('mean'), c.get('std')];
  const layers = unpack(c.get('arch'), { weights: tensor(weights).data, scales: tensor(scales).data, biases: tensor(biases).data }), samples = tensor(c.get('samples')).data;
  const gather = () => Object.fromEntries(KEYS.map(key => [key, c.get(key)])), first = gather(), last = layers.length - 1;
  let s = first, pixels, outs, prob, pen = [14, 14], down = false, line = null;

  const netInput = list => Float64Array.from(list, v => (v / 255 - mean) / std), drawn = raw => moved(raster(s.strokes, s.radius, raw), s.right, s.down, s.turn);
  function update(change, words) {
    s = { ...s, ...change };
    pixels = s.sample < 0 ? drawn(s.raw) : moved(samples.subarray(784 * s.sample, 784 * s.sample + 784), s.right, s.down, s.turn);
    outs = run(layers, netInput(pixels), s.removed);
    prob = softmax(outs[last].data);
    c.save({ ...s, pixels: [...pixels] });
    refresh();
    c.say(words || reading());
  }
  const reading = () => {
    const [a, b] = ranking(prob);
    return pixels.some(v => v) ? `Looks like ${a} (${percent(prob[a])}), then ${b} (${percent(prob[b])}).${prob[a] < 0.6 ? texts.unsure : ''}` : texts.empty;
  };

  const canvas = (label, role, name = '') => h('canvas', { tabindex: 0, role, 'aria-label': label, class: name });
  const pad = canvas(texts.pad, 'application', 'cw-edit'), seen = canvas(texts.input, 'img'), verdict = div('verdict'), answer = div('answer'), formula = h('p', { class: 'cw-sum' }), parts = canvas(texts.parts, 'img'), legend = div('small', texts.parts), detail = div('detail', formula, legend, parts);
  const bars = range(10).map(k => button([h('b', {}, k), h('i', {}), h('span', {}), h('small', {})], () => update({ selected: [last, k] }), { class: 'cw-class' }));
  const add = (x, y) => {
    const strokes = s.sample < 0 ? s.strokes : [], at = [x, y].map(v => +clamp(v, 0, 28).toFixed(1));
    if (strokes.flat().length > 2000) return c.tell(texts.many);
    update({ sample: -1, strokes: line && strokes.length ? [...strokes.slice(0, -1), [...strokes.at(-1), ...at]] : [...strokes, at] });
    line = true;
  };
  const undo = () => update({ sample: -1, strokes: s.strokes.slice(0, -1) }), clear = () => update({ sample: -1, strokes: [] }), show = n => update({ sample: (n + labels.length) % labels.length });
  const spot = e => { const { left, top, width } = pad.getBoundingClientRect(); return [28 * (e.clientX - left) / width, 28 * (e.clientY - top) / width]; };
  c.on(pad, 'pointerdown', e => { pad.setPointerCapture(e.pointerId); line = null; add(...spot(e)); });
  c.on(pad, 'pointermove', e => { if (pad.hasPointerCapture(e.pointerId)) add(...spot(e)); });
  c.on(pad, 'keydown', e => {
    const way = arrow(e), digit = /^\d$/.test(e.key) && labels.findIndex((label, i) => label === +e.key && i > s.sample && i < 20);
    if (way) {
      pen = [clamp(pen[0] + way[1], 1, 27), clamp(pen[1] + way[0], 1, 27)];
      if (down) add(...pen); else { c.say(`Pen at ${pen.join(', ')}`); c.draw(); }
    } else if (e.key === ' ') { down = !down; line = null; if (down) add(...pen); else c.draw(); }
    else if (digit !== false) show(digit < 0 ? labels.indexOf(+e.key) : digit);
    else if (e.key === 'z') undo();
    else if (e.key === 'c' && !e.ctrlKey && !e.metaKey) clear();
    else return;
    e.preventDefault();
  });
  for (const type of ['focus', 'blur']) c.on(pad, type, () => { down = false; c.draw(); });

  const named = labels.map((label, i) => [i, i < 20 ? `${label}${i % 2 ? ', another' : ''}` : `${label}, read wrongly`]);
  const sample = choice(texts.sample, [[-1, 'your drawing'], ...named], v => (+v < 0 ? update({ sample: -1 }) : show(+v)));
  const task = choice(texts.task, Object.entries(tasks), v => { update({ task: v }); c.say(verdict.textContent); }), scope = choice(texts.scope, Object.entries(scopes), v => update({ scope: v }));
  const raw = h('input', { type: 'checkbox', onchange: () => update({ raw: raw.checked }) });
  const knobs = [['right', -8, 8, 1], ['down', -8, 8, 1], ['turn', -90, 90, 5], ['radius', 0.5, 3, 0.25]].map(([key, min, max, step], i) => [key, slider(['shift right', 'shift down', 'turn', 'pen'][i], { min, max, step, value: 0, text: v => fmt(v, i > 2 ? 2 : 0) + (i === 2 ? '°' : '') }, v => update({ [key]: v }))]);
  const cut = button('Remove channel', () => remove()), remove = () => {
    const [at, channel] = s.selected, on = s.removed.some(r => r[0] === at && r[1] === channel);
    if (at < last) update({ removed: on ? s.removed.filter(r => r[0] !== at || r[1] !== channel) : [...s.removed, [at, channel]] });
  };

  // One canvas for each layer that has maps or a short vector; selected: [layer, channel, row, column]
  const boards = layers.flatMap((layer, at) => {
    if (['flatten', 'dropout'].includes(layer.kind) || at === last) return [];
    const map = canvas(layer.title + texts.maps, 'application'), board = { at, map, el: div('layer', div('title', layer.title), map) };
    const go = (channel, i, j) => {
      const [C, H = 1, W = 1] = outs[at].shape, selected = [at, clamp(channel, 0, C - 1), clamp(i, 0, H - 1), clamp(j, 0, W - 1)];
      update({ selected }, `Channel ${selected[1] + 1}, row ${selected[2] + 1}, column ${selected[3] + 1}: ${fmt(valueAt(selected))}`);
    };
    c.on(map, 'click', e => {
      const { left, top } = map.getBoundingClientRect(), { cell, pitch, columns } = board, x = e.clientX - left, y = e.clientY - top, [, H = 1, W = 1] = outs[at].shape;
      go(Math.floor(y / pitch) * columns + Math.min(columns - 1, Math.floor(x / pitch)), Math.floor(y % pitch / cell), Math.floor(x % pitch / cell));
    });
    c.on(map, 'keydown', e => {
      const way = arrow(e), [, H = 1, W = 1] = outs[at].shape;
      if (e.key === 'x') remove();
      if (!way) return;
      e.preventDefault();
      const [ch, i, j] = s.selected[0] === at ? s.selected.slice(1) : [0, 0, 0], [y, x] = [i + way[0], j + way[1]], far = Math.abs(way[1]) > 99;
      const next = far ? 0 : x < 0 ? -1 : x >= W ? 1 : y < 0 ? -board.columns : y >= H ? board.columns : 0;  // over the edge: the next map
      if (!next || ch + next < 0 || ch + next >= outs[at].shape[0]) return go(ch, y, x);
      go(ch + next, Math.abs(next) > 1 || board.columns === 1 && !(x < 0 || x >= W) ? (y + H) % H : i, (x + W) % W);
    });
    return [board];
  });
  const home = at => (at === last ? place : boards.find(board => board.at === at)?.el), place = div('place');
  const valueAt = ([at, ch, i = 0, j = 0]) => { const { data, shape: [, H = 1, W = 1] } = outs[at]; return data[(ch * H + i) * W + j]; };

  function refresh() {
    const best = ranking(prob)[0], [done = false, key, digit] = s.task ? verdictOf(best) : [];
    bars.forEach((bar, k) => {
      const [, fill, share, logit] = bar.children, p = prob[k];
      bar.setAttribute('aria-pressed', s.selected[0] === last && s.selected[1] === k);
      fill.style.width = Math.round(100 * p) + '%';
      fill.toggleAttribute('data-top', k === best);
      share.textContent = Number.isFinite(p) ? percent(p) : '–';
      logit.textContent = fmt(outs[last].data[k], 1);
    });
    answer.textContent = reading();
    verdict.textContent = (texts[key] || '').replace('#', digit);
    verdict.dataset.done = done;
    for (const [name, knob] of knobs) knob.set(s[name]);
    [raw.checked, raw.disabled] = [s.raw, s.sample >= 0];
    sample.set(s.sample);
    task.set(s.task);
    scope.set(s.scope);
    cut.disabled = !(s.selected[0] < last);
    cut.setAttribute('aria-pressed', s.removed.some(r => r[0] === s.selected[0] && r[1] === s.selected[1]));
    formula.textContent = explain();
    const spot = home(s.selected[0]) || place;
    if (detail.parentNode !== spot) spot.append(detail);
    c.draw();
  }
  const verdictOf = best => checkTask(s, labels[s.sample], best, s.task === 'raw' && s.strokes.length ? ranking(run(layers, netInput(drawn(!s.raw)), s.removed)[last].data)[0] : best);

  // The selected number as a sum: for each input map the patch, the weights and their products.
  function pieces() {
    const [at, ch, i = 0, j = 0] = s.selected, layer = layers[at], before = at ? outs[at - 1] : { data: netInput(pixels), shape: [1, 28, 28] }, [C, H = 1, W = 1] = before.maps || before.shape;
    if (!layer?.out) return null;
    const { k, stride, padding: p, kind } = layer, conv = kind === 'conv', [rows, cols] = conv ? [k, k] : [H, W], inside = (y, x) => y >= 0 && x >= 0 && y < H && x < W;
    const patch = Float64Array.from(range(C * rows * cols), n => {
      const y = (n / cols | 0) % rows + (conv && i * stride - p), x = n % cols + (conv && j * stride - p);
      return inside(y, x) ? before.data[((n / rows / cols | 0) * H + y) * W + x] : 0;
    }), weight = layer.weight.subarray(ch * patch.length, (ch + 1) * patch.length), products = patch.map((v, n) => v * weight[n]);
    return { shape: [C, rows, cols], lists: [patch, weight, products], sum: products.reduce((a, b) => a + b, 0), bias: layer.bias[ch] };
  }
  function explain() {
    const [at, ch, i = 0, j = 0] = s.selected, part = at >= 0 && pieces();
    if (at === undefined) return texts.pick;
    const { shape: [, H = 1, W = 1] } = outs[at], name = `${layers[at].title.split(':')[0]}, ${at === last ? 'class ' + ch : 'channel ' + (ch + 1)}${H > 1 ? `, row ${i + 1}, column ${j + 1}` : ''}`;
    const how = s.removed.some(r => r[0] === at && r[1] === ch) ? 'removed' : part ? `sum of ${part.lists[0].length} products ${fmt(part.sum)} + bias ${fmt(part.bias)}`
      : layers[at].kind === 'relu' ? `max(0, ${fmt(outs[at - 1].data[(ch * H + i) * W + j])})` : `the largest of ${layers[at].k} × ${layers[at].k}`;
    return `${name}: ${how} = ${fmt(valueAt(s.selected))}`;
  }

  // Tiles of maps in rows; returns where they lie
  const largest = list => list.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9), mark = () => (c.dark ? '#ff7cc6' : '#c2147c');
  function paint(canvas, { data, shape: [C, H = 1, W = 1] }, wide, { most = 72, limit, gone = [], chosen, plain, numbers }) {
    const gap = 6, tile = clamp(Math.floor((wide + gap) / Math.min(C, wide < 500 && C < 9 ? 4 : 8) - gap), 20, H * W === 1 ? 26 : most), pitch = tile + gap, columns = Math.ceil(C / Math.ceil(C / Math.max(1, Math.floor((wide + gap) / pitch))));
    const g = surface(canvas, columns * pitch - gap + 2, Math.ceil(C / columns) * pitch - gap + 2), cell = tile / Math.max(H, W), { pos, neg, ink, grey, cap } = PALETTE[+c.dark], small = h('canvas', { width: W, height: H }), all = limit || largest(data);
    const box = (x, y, w, h, strokeStyle, lineWidth) => { Object.assign(g, { strokeStyle, lineWidth }); g.strokeRect(x, y, w, h); };
    Object.assign(g, { imageSmoothingEnabled: false, font: cell * 0.33 + 'px system-ui', textAlign: 'center', fillStyle: `rgb(${ink})` });
    for (let ch = 0; ch < C; ch++) {
      const list = data.subarray(ch * H * W, (ch + 1) * H * W), top = s.scope === 'map' && !limit ? largest(list) : all, image = new ImageData(W, H), x = ch % columns * pitch + 1, y = Math.floor(ch / columns) * pitch + 1;
      list.forEach((v, n) => image.data.set([...(plain ? ink : v < 0 ? neg : pos), 255 * (numbers ? cap : 1) * Math.min(1, Math.abs(v) / top)], 4 * n));
      small.getContext('2d').putImageData(image, 0, 0);
      g.drawImage(small, x, y, cell * W, cell * H);
      if (numbers && cell > 21) list.forEach((v, n) => g.fillText(fmt(numbers[ch * H * W + n]), x + (n % W + 0.5) * cell, y + (Math.floor(n / W) + 0.64) * cell));
      box(x + 0.5, y + 0.5, cell * W - 1, cell * H - 1, `rgba(${grey},.45)`, 1);
      if (gone.includes(ch)) for (const turn of [0, 1]) { g.beginPath(); g.moveTo(x, y + turn * tile); g.lineTo(x + tile, y + tile - turn * tile); g.strokeStyle = `rgb(${ink})`; g.stroke(); }
      if (chosen?.[0] !== ch) continue;
      box(x, y, cell * W, cell * H, mark(), 2);
      box(x + chosen[2] * cell - 1, y + chosen[1] * cell - 1, cell + 2, cell + 2, mark(), 2);
    }
    return { pitch, cell, columns };
  }
  function draw() {
    const wide = c.root.clientWidth - 36, [at, ch, i = 0, j = 0] = s.selected, size = Math.min(252, wide), g = surface(pad, size, size), u = size / 28, ink = `rgb(${PALETTE[+c.dark].ink})`;
    Object.assign(g, { strokeStyle: ink, fillStyle: ink, lineWidth: 2 * s.radius * u, lineCap: 'round', lineJoin: 'round', font: '14px system-ui', textAlign: 'center' });
    if (s.sample >= 0 || !s.strokes.length) g.fillText(texts.hint, size / 2, size / 2);
    else for (const q of s.strokes) {
      g.beginPath();
      q.forEach((v, k) => { if (k % 2) g.lineTo(q[k - 1] * u, v * u); });
      g.lineTo(q.at(-2) * u + 0.1, q.at(-1) * u);
      g.stroke();
    }
    Object.assign(g, { strokeStyle: mark(), lineWidth: down ? 4 : 2 });
    g.beginPath();
    if (pad.matches(':focus-visible')) g.arc(pen[0] * u, pen[1] * u, 7, 0, 7);
    g.stroke();
    const { cell } = paint(seen, { data: Float64Array.from(pixels), shape: [1, 28, 28] }, 168, { most: 168, limit: 255, plain: true }), q = seen.getContext('2d');
    if (at >= 0 && outs[at].shape.length > 2) {
      const [top, left, bottom, right] = field(layers, at, i, j);
      Object.assign(q, { strokeStyle: mark(), lineWidth: 2 });
      q.strokeRect(left * cell + 1, top * cell + 1, (right - left + 1) * cell, (bottom - top + 1) * cell);
    }
    for (const board of boards) Object.assign(board, paint(board.map, outs[board.at], wide, { gone: s.removed.filter(r => r[0] === board.at).map(r => r[1]), chosen: at === board.at && [ch, i, j] }));
    const part = at >= 0 && pieces();
    legend.hidden = parts.hidden = !part;
    if (!part) return;
    const { shape: [C, H, W], lists } = part, join = f => Float64Array.from(lists.flatMap(list => [...f(list)]));
    paint(parts, { data: join(list => { const top = largest(list); return list.map(v => v / top); }), shape: [3 * C, H, W] }, C === 1 ? 420 : wide - 16, { most: C === 1 && H < 28 ? Math.min(132, wide / 3 - 12) : 72, limit: 1, numbers: C === 1 && H < 28 && join(list => list) });
  }

  const link = () => ({ sample: s.sample, raw: +s.raw, right: s.right, down: s.down, turn: s.turn, scope: s.scope, task: s.task, removed: s.removed.map(r => r.join('.')).join('_'), selected: s.selected.join('.'),
    ...(s.sample < 0 && { strokes: s.strokes.map(q => q.join(',')).join(';') }) });
  const whole = (low, high) => within([low, high, 1]), list = (t, n) => (t ? t.split('_').map(q => q.split('.').map(Number)) : []), fits = ([at, ch, ...rest]) => at >= 0 && at <= last && ch >= 0 && ch < outs[at]?.shape[0] && rest.every((v, k) => v >= 0 && v < (outs[at].shape[k + 1] || 1));
  const rules = { sample: whole(-1, labels.length - 1), raw: t => (t === '0' || t === '1' ? t === '1' : undefined), right: whole(-8, 8), down: whole(-8, 8), turn: whole(-90, 90), scope: among(scopes), task: among(tasks),
    removed: t => (list(t).every(q => q.length === 2 && q[0] < last && fits(q)) ? list(t) : undefined), selected: t => (!t || fits(list(t)[0]) ? list(t)[0] || [] : undefined),
    strokes: t => { const all = (t ? t.split(';') : []).map(q => q.split(',').map(v => (v ? +v : NaN))); return all.flat().length <= 2002 && all.every(q => q.length % 2 === 0 && q.every(v => v >= 0 && v <= 28)) ? all : undefined; } };
  c.root.append(div('row', sample.el, task.el), div('top', div('pad', pad, div('row', button('Undo stroke', undo), button('Clear', clear))), div('seen', div('title', texts.input), seen, h('label', { class: 'cw-check' }, raw, texts.raw)), div('bars', bars, answer)), verdict,
    div('grid', knobs.map(([, knob]) => knob.el)), div('row', button('Previous', () => show(s.sample - 1)), button('Next', () => show(s.sample + 1)), cut, scope.el), place, ...boards.map(({ el }) => el),
    c.actions({ reset: () => update(first), code: () => torchCode(s, pixels, texts, mean, std), link }));
  update({});
  c.listen(KEYS, () => update(gather()));
  c.onLink(values => { const next = {}, words = fromLink(values, next, rules); update(next); return words; });
  return draw;
});
