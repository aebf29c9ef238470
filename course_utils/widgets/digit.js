const GAP = 6;
const named = (i, j) => `, row ${i + 1}, column ${j + 1}`;
const total = list => list.reduce((a, b) => a + b, 0);
const image = data => ({ data, shape: [1, 28, 28] });

// Strokes [x, y, x, y, ...] in pixels -> 28 x 28 bytes, as rasterise() in Python
function ink(strokes, r, scale, sx, sy) {  // 4 x 4 samples in each pixel
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
function raster(strokes, r, raw) {  // 20 pixels long, centred by mass, as in MNIST
  const axis = k => strokes.flatMap(s => s.filter((_, i) => i % 2 === k)), ends = [0, 1].map(k => [Math.min(...axis(k)), Math.max(...axis(k))]);
  if (raw || !axis(0).length) return ink(strokes, r, 1, 0, 0);
  const side = Math.max(...ends.map(([a, b]) => b - a)), scale = side > 0 ? (20 - 2 * r) / side : 1;
  const shift = ends.map(([a, b]) => 14 - (a + b) / 2 * scale), first = ink(strokes, r, scale, ...shift), mass = total(first);
  const middle = f => first.reduce((sum, v, i) => sum + v * f(i), 0) / mass + 0.5;
  return mass ? ink(strokes, r, scale, shift[0] + (14 - middle(i => i % 28)), shift[1] + (14 - middle(i => i / 28 | 0))) : first;
}
function moved(pixels, right, down, turn) {  // shifted by whole pixels, turned around the middle
  const a = turn * Math.PI / 180, cos = Math.cos(a), sin = Math.sin(a), at = (x, y) => (x < 0 || y < 0 || x > 27 || y > 27 ? 0 : pixels[y * 28 + x]);
  return Uint8Array.from(range(784), i => {
    const u = i % 28 - right - 13.5, v = (i / 28 | 0) - down - 13.5, x = cos * u + sin * v + 13.5, y = cos * v - sin * u + 13.5, l = Math.floor(x), t = Math.floor(y);
    const row = y => at(l, y) * (1 - x + l) + at(l + 1, y) * (x - l);
    return Math.round(row(t) * (1 - y + t) + row(t + 1) * (y - t));
  });
}
function unpack(layer) {  // a scale for each row of 8 bits
  if (!layer.weight) return layer;
  const { data, shape: [, n] } = tensor(layer.weight), scale = layer.scale && tensor(layer.scale).data;
  return { ...layer, bias: tensor(layer.bias).data, weight: scale ? Float32Array.from(data, (v, i) => v * scale[i / n | 0]) : data };
}
function run(layers, x, removed) {  // {data, shape} of every layer; maps: the shape before flattening
  let value = image(x);
  return layers.map((layer, at) => {
    const { kind, k, out } = layer, { data, shape } = value;
    if (layer.weight) value = conv2d(data, shape, layer.weight, [out, k, k], layer);
    else if (kind === 'pool') value = pool2d(data, shape, k, layer);
    else value = { ...value, data: data.map(kind === 'relu' ? v => Math.max(0, v) : v => v) };
    if (kind === 'flatten') Object.assign(value, { shape: [data.length, 1, 1], maps: shape });
    const size = value.data.length / value.shape[0];
    for (const [gone, channel] of removed) if (gone === at) value.data.fill(0, channel * size, (channel + 1) * size);
    return value;
  });
}
// What the selected number is a sum of: patch, weights, products
function pieces({ kind, k, stride, padding, weight, bias }, { data, shape, maps }, ch, i, j) {
  const conv = kind === 'conv', [C, H, W] = maps || shape, [rows, columns] = conv ? [k, k] : [H, W];
  const [top, left] = [i, j].map(v => (conv ? v * stride - padding : 0));
  const patch = Float64Array.from(range(C * rows * columns), n => {
    const y = top + (n / columns | 0) % rows, x = left + n % columns;
    return y >= 0 && x >= 0 && y < H && x < W ? data[((n / rows / columns | 0) * H + y) * W + x] : 0;
  });
  const own = weight.subarray(ch * patch.length, (ch + 1) * patch.length), products = patch.map((v, n) => v * own[n]);
  return { shape: [C, rows, columns], lists: [patch, own, products], bias: bias[ch] };
}
function softmax(z) {
  const e = z.map(v => Math.exp(v - Math.max(...z))), sum = total(e);
  return e.map(v => v / sum);
}
const ranking = p => range(p.length).sort((a, b) => p[b] - p[a]);
function checkTask(s, label, best, other) {  // [done, key of the words, digit]
  const cut = s.removed.length, far = Math.max(Math.abs(s.right), Math.abs(s.down)), wrong = best !== label;
  if (s.task === 'raw') return !s.strokes.length || s.sample >= 0 ? [false, 'rawFirst'] : best === other ? [false, 'same', best] : [true, 'rawDone', s.raw ? best : other];
  if (s.sample < 0 || s.turn || (s.task === 'shift' ? cut || far > 4 : far || !cut || cut > 3)) return [false, s.task + 'First'];
  return [wrong, wrong ? s.task + 'Done' : 'right', best];
}
function torchCode(s, pixels, texts) {
  const layers = [...new Set(s.removed.map(r => r[0]))], channels = at => s.removed.filter(r => r[0] === at).map(r => r[1]).join(', ');
  return fill(texts.code, { pixels: pixels.join(', '), removed: layers.map(at => `${at}: [${channels(at)}]`).join(', ') });
}
function linkRules({ task, scope, rules }, outs) {
  const lists = t => (t ? t.split('_').map(q => q.split('.').map(Number)) : []), line = q => q.split(',').map(v => (v ? +v : NaN));
  const fits = ([at, ...place]) => outs[at] && place[0] >= 0 && place.every((v, k) => v >= 0 && v < outs[at].shape[k]);
  return { ...rules, task, scope, raw: t => ({ 0: false, 1: true })[t],
    removed: t => (lists(t).every(fits) ? lists(t) : undefined),
    selected: (t, _, [q] = lists(t)) => (!t ? [] : fits(q) ? [...q, 0, 0].slice(0, 4) : undefined),
    strokes: t => {
      const all = t ? t.split(';').map(line) : [];
      return all.flat().length <= 2002 && all.every(q => q.length % 2 === 0 && q.every(v => v >= 0 && v <= 28)) ? all : undefined;
    } };
}

export default widget(c => {
  const { menus, texts } = c, [arch, labels, mean, std] = ['arch', 'labels', 'mean', 'std'].map(c.get);
  const layers = arch.map(unpack), last = layers.length - 1, samples = unzip(bytes(c.get('samples'))), first = c.state();
  let s = first, pixels, outs, prob, part, other, rival, odds, pen = [14, 14], down = false, line = null;

  const digit = n => samples.subarray(784 * n, 784 * n + 784), netInput = list => Float64Array.from(list, v => (v / 255 - mean) / std);
  const drawn = raw => moved(raster(s.strokes, s.radius, raw), s.right, s.down, s.turn);
  function update(change, words) {
    s = { ...s, ...change };
    pixels = s.sample < 0 ? drawn(s.raw) : moved(digit(s.sample), s.right, s.down, s.turn);
    const x = netInput(pixels), [at, ...place] = s.selected;
    outs = run(layers, x, s.removed);
    other = s.compare < 0 ? [] : digit(s.compare);
    rival = other.length && run(layers, netInput(other), s.removed);
    [prob, odds] = [outs, rival].map(list => list && softmax(list[last].data));
    part = layers[at]?.weight && pieces(layers[at], outs[at - 1] || image(x), ...place);
    c.save({ ...s, pixels: [...pixels] });
    refresh();
    c.say(words || answer.textContent);
  }
  const isGone = (at, channel) => s.removed.some(r => r[0] === at && r[1] === channel);
  const valueAt = ([at, ch, i = 0, j = 0], { data, shape: [, H, W] } = outs[at]) => data[(ch * H + i) * W + j];

  const trace = svg('path'), nib = svg('circle', { r: 0.8 }), hint = svg('text', { x: 14, y: 14 }, texts.hint);
  const pad = svg('svg', { class: 'cw-edit', tabindex: 0, role: 'application', 'aria-label': texts.pad, viewBox: '0 0 28 28' }, hint, trace, nib);
  const seen = board(texts.input), answer = div('answer'), place = div('place');
  const formula = div('sum'), parts = board(texts.parts), detail = div('detail', formula, parts);
  const bars = range(10).map(k => button([h('b', {}, k), ...['i', 'span', 'small', 'i', 'span'].map(tag => h(tag))], () => update({ selected: [last, k] }), { class: 'cw-class' }));
  const add = (x, y) => {
    const strokes = s.sample < 0 ? s.strokes : [], at = [x, y].map(v => +clamp(v, 0, 28).toFixed(1));
    if (strokes.flat().length > 2000) return c.tell(texts.many);
    redraw(line && strokes.length ? [...strokes.slice(0, -1), [...strokes.at(-1), ...at]] : [...strokes, at]);
    line = true;
  };
  const redraw = strokes => update({ sample: -1, strokes }), undo = () => redraw(s.strokes.slice(0, -1)), clear = () => redraw([]);
  const show = n => update({ sample: (n + labels.length) % labels.length }), spot = e => pointer(e).map(v => 28 * v / pad.clientWidth);
  c.on(pad, 'pointerdown', e => { if (!e.isPrimary) return; pad.setPointerCapture(e.pointerId); line = null; add(...spot(e)); });
  c.on(pad, 'pointermove', e => { if (e.isPrimary && pad.hasPointerCapture(e.pointerId)) add(...spot(e)); });
  c.on(pad, 'keydown', e => {
    const way = arrow(e), next = (label, i) => label === +e.key && i > s.sample && i < 20;
    if (way) {
      pen = [clamp(pen[0] + way[1], 1, 27), clamp(pen[1] + way[0], 1, 27)];
      if (down) add(...pen); else { c.say(`Pen at ${pen}`); c.draw(); }
    } else if (e.key === ' ') { down = !down; line = null; if (down) add(...pen); else c.draw(); }
    else if (/^\d$/.test(e.key)) show([labels.findIndex(next), labels.indexOf(+e.key)].find(n => n >= 0));
    else if (e.key === 'z') undo();
    else if (e.key === 'c' && !e.ctrlKey && !e.metaKey) clear();
    else return;
    e.preventDefault();
  });
  c.on(pad, 'blur', () => { down = false; });

  const lists = ['sample', 'compare', 'task', 'scope'].map(key => [key, choice(texts[key], menus[key], v => update({ [key]: /\d/.test(v) ? +v : v }))]), [sample, compare, task, scope] = lists.map(([, list]) => list.el);
  const raw = h('input', { type: 'checkbox', onchange: () => update({ raw: raw.checked }) });
  const knobs = menus.knobs.map(([key, label, unit, step]) => {
    const [min, max] = menus.rules[key], text = v => fmt(v, step < 1 ? 2 : 0) + unit;
    return [key, slider(label, { min, max, step, text }, v => update({ [key]: v }))];
  });
  const remove = () => {
    const [at, channel] = s.selected, others = s.removed.filter(r => r[0] !== at || r[1] !== channel);
    if (at < last) update({ removed: isGone(at, channel) ? others : [...s.removed, [at, channel]] });
  };
  const cut = button(texts.remove, remove);

  // A canvas for each layer that is shown; selected: [layer, channel, row, column]
  const strips = layers.flatMap(({ shown, title }, at) => {
    if (!shown) return [];
    const map = board(title + texts.maps, 'application'), strip = { at, map, el: div('layer', div('title', title), map) };
    const go = (...place) => {
      const selected = [at, ...place.map((v, k) => clamp(v, 0, outs[at].shape[k] - 1))], [, ch, i, j] = selected;
      update({ selected }, `Channel ${ch + 1}${named(i, j)}: ${fmt(valueAt(selected))}`);
    };
    c.on(map, 'click', e => {
      const { cell, pitch, columns, deep } = strip, [x, v] = pointer(e), y = v % deep;
      go((y / pitch | 0) * columns + Math.min(columns - 1, x / pitch | 0), y % pitch / cell | 0, x % pitch / cell | 0);
    });
    c.on(map, 'keydown', e => {
      const way = arrow(e), [C, H, W] = outs[at].shape, [ch, i, j] = s.selected[0] === at ? s.selected.slice(1) : [0, 0, 0];
      if (e.key === 'x') remove();
      if (!way) return;
      e.preventDefault();
      const y = i + way[0], x = j + way[1], next = ch + Math.sign(Math.floor(x / W)) + strip.columns * Math.sign(Math.floor(y / H));
      if (Math.abs(way[1]) > 99 || next < 0 || next >= C) go(ch, y, x); else go(next, (y + 10 * H) % H, (x + 10 * W) % W);
    });
    return [strip];
  });

  function refresh() {
    const [best] = ranking(prob), [at, channel] = s.selected;
    bars.forEach((bar, k) => {
      const [, length, share, logit, bar2, share2] = bar.children;
      bar.setAttribute('aria-pressed', at === last && channel === k);
      share.textContent = length.style.width = percent(prob[k] || 0);
      share2.textContent = bar2.style.width = percent(odds?.[k] || 0);
      length.toggleAttribute('data-top', k === best);
      logit.textContent = fmt(outs[last].data[k], 1);
    });
    const words = (key, p, [best, second] = ranking(p)) => fill(texts[key], { best, second, sure: percent(p[best]), next: percent(p[second]) });
    answer.textContent = words(!pixels.some(v => v) ? 'empty' : prob[best] < 0.6 ? 'unsure' : 'answer', prob) + (rival ? words('beside', odds) : '');
    c.root.toggleAttribute('data-compare', !!rival);
    const swapped = s.task === 'raw' && s.strokes.length ? ranking(run(layers, netInput(drawn(!s.raw)), s.removed)[last].data)[0] : best;
    const [done, key, read] = s.task ? checkTask(s, labels[s.sample], best, swapped) : [];
    c.judge(done, key, { read });
    for (const [name, knob] of [...knobs, ...lists]) knob.set(s[name]);
    [raw.checked, raw.disabled, cut.disabled] = [s.raw, s.sample >= 0, !(at < last)];
    cut.setAttribute('aria-pressed', isGone(at, channel));
    formula.textContent = explain(...s.selected) + (part ? '\n' + texts.parts : '');
    const home = strips.find(strip => strip.at === at)?.el || place;
    if (!home.contains(detail)) home.append(detail);
    c.draw();
  }
  function explain(at, ch, i, j) {
    if (at === undefined) return texts.pick;
    const { title, kind, k } = layers[at], value = valueAt(s.selected), where = outs[at].shape[1] > 1 ? named(i, j) : '';
    const how = isGone(at, ch) ? 'removed' : part ? `sum of ${part.lists[0].length} products ${fmt(value - part.bias)} + bias ${fmt(part.bias)}`
      : kind === 'relu' ? `max(0, ${fmt(valueAt([at - 1, ch, i, j]))})` : k ? `the largest of ${k} × ${k}` : 'unchanged';
    return `${title.split(':')[0]}, ${at === last ? 'class ' + ch : 'channel ' + (ch + 1)}${where}: ${how} = ${fmt(value)}` + (rival ? fill(texts.versus, { other: fmt(valueAt(s.selected, rival[at])) }) : '');
  }

  const box = (g, x, y, wide, high, of = 'mark', lineWidth = 2) => {
    Object.assign(g, { strokeStyle: c.color(of), lineWidth });
    g.strokeRect(x, y, wide, high);
  };
  // The maps, the other digit's, and their difference
  function beside(a, b) {
    if (!rival) return a;
    const [p, q] = [a, b].map(v => [...v.data]);
    return { data: Float64Array.from([...p, ...q, ...p.map((v, i) => v - q[i])]), shape: a.shape, groups: 3 };
  }
  // Tiles in rows
  function paint(canvas, { data, shape: [C, H, W], groups = 1 }, wide, { most = 72, limit, gone, chosen = [], plain, numbers, across = Math.min(C, C < 9 && wide < 500 ? 4 : 8) }) {
    const all = groups * C, tile = clamp(((wide + GAP) / across | 0) - GAP, 20, H * W === 1 ? 26 : most);
    const pitch = tile + GAP, rows = Math.ceil(C / ((wide + GAP) / pitch | 0 || 1)), columns = Math.ceil(C / rows), deep = rows * pitch + GAP, cell = tile / Math.max(H, W);
    const g = surface(canvas, columns * pitch - GAP + 2, groups * deep - 2 * GAP + 2), { pos, neg, ink, cap } = c.palette, top = limit || largest(data);
    Object.assign(g, { imageSmoothingEnabled: false, font: cell * 0.33 + 'px system-ui', textAlign: 'center', fillStyle: c.color('ink') });
    const tops = range(all).map(ch => (s.scope === 'map' && !limit ? largest(data.subarray(ch * H * W, (ch + 1) * H * W)) : top));
    const color = (v, top, [r, g, b] = plain ? ink : v < 0 ? neg : pos) => [r, g, b, 255 * (numbers ? cap : 1) / top * Math.abs(v)];
    const atlas = picture(all * H, W, n => color(data[n], tops[n / H / W | 0]));
    for (let n = 0; n < all; n++) {
      const ch = n % C, x = ch % columns * pitch + 1, y = (n / C | 0) * deep + (ch / columns | 0) * pitch + 1;
      g.drawImage(atlas, 0, n * H, W, H, x, y, cell * W, cell * H);
      if (numbers && cell > 21) range(H * W).forEach(i => g.fillText(fmt(numbers[ch * H * W + i]), x + (i % W + 0.5) * cell, y + ((i / W | 0) + 0.64) * cell));
      box(g, x + 0.5, y + 0.5, cell * W - 1, cell * H - 1, 'soft', 0.5);
      if (gone?.(ch)) {
        g.beginPath();
        for (const turn of [0, tile]) { g.moveTo(x, y + turn); g.lineTo(x + tile, y + tile - turn); }
        g.stroke();
      }
      if (chosen[0] !== ch) continue;
      box(g, x, y, cell * W, cell * H);
      box(g, x + chosen[2] * cell - 1, y + chosen[1] * cell - 1, cell + 2, cell + 2);
    }
    return { pitch, cell, columns, deep };
  }
  function draw() {
    const wide = c.root.clientWidth - 36, [at, ...chosen] = s.selected;
    trace.setAttribute('d', s.sample < 0 ? s.strokes.map(q => `M${q}h0.01`).join('') : '');
    trace.style.strokeWidth = 2 * s.radius;
    nib.style.cssText = `transform: translate(${pen[0]}px, ${pen[1]}px); stroke-width: ${down ? 0.5 : 0.2}`;
    hint.style.opacity = +(s.sample >= 0 || !s.strokes.length);
    const { cell } = paint(seen, beside(image(pixels), image(other)), 168, { most: rival ? 80 : 168, limit: 255, plain: !rival });
    if (layers[at]?.sees) {
      const [from, step, size] = layers[at].sees, [top, left] = chosen.slice(1).map(v => (from + v * step) * cell + 1);
      box(seen.getContext('2d'), left, top, size * cell, size * cell);
    }
    for (const strip of strips)
      Object.assign(strip, paint(strip.map, beside(outs[strip.at], rival[strip.at]), wide, { gone: ch => isGone(strip.at, ch), chosen: at === strip.at ? chosen : [] }));
    parts.hidden = !part;
    if (!part) return;
    const { shape: [C, H, W], lists } = part, join = f => Float64Array.from(lists.flatMap(list => [...f(list)])), small = C === 1 && H < 28, slim = small && wide < 500;
    const data = join(list => { const top = largest(list); return list.map(v => v / top); });
    paint(parts, { data, shape: [3 * C, H, W] }, wide - 16, { most: small ? W * (slim ? 30 : 40) : C > 1 ? 72 : 200, limit: 1, numbers: small && join(list => list), across: slim ? 1 : undefined });
  }

  const link = ({ strokes, ...rest } = s) => ({ ...rest, raw: +s.raw, removed: s.removed.map(r => r.join('.')).join('_'), selected: s.selected.join('.'),
    ...(s.sample < 0 && { strokes: strokes.map(q => q.join(',')).join(';') }) });
  c.root.append(div('row', sample, compare, scope),
    div('top', div('pad', pad, div('row', button('Undo stroke', undo), button('Clear', clear))),
      div('seen', div('title', texts.input), seen, h('label', { class: 'cw-check' }, raw, texts.raw)), div('bars', bars, answer)), div('row', task, c.verdict),
    div('grid', knobs.map(([, knob]) => knob.el)),
    div('row', button('Previous', () => show(s.sample - 1)), button('Next', () => show(s.sample + 1)), cut), div('legend', texts.legend), place, ...strips.map(({ el }) => el),
    c.actions({ reset: () => update(first), code: () => torchCode(s, [...pixels, ...other], texts), link, update, rules: () => linkRules(menus, outs) }));
  update({});
  c.listen(() => update(c.state()));
  return draw;
});
