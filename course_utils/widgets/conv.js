const RANGES = { size: [1, 7, 1], stride: [1, 4, 1], padding: [0, 4, 1], dilation: [1, 3, 1], bias: [-3, 3] };
const brief = v => (Math.abs(v) >= 1000 ? fmt(v, 0) : fmt(v).replace(/\.?0+$/, ''));
const side = list => Math.sqrt(list.length);
const times = (a, b) => `${a} × ${b}`;

// s: the traits (pixels 0..255); this adds what follows from them
function geometry(s) {
  const k = side(s.weights), conv = s.operation === 'conv', max = s.operation === 'max', d = s.operation === 'avg' ? 1 : s.dilation, p = s.padding;
  const out = n => outSize(n, k, s.stride, p, d), oh = out(s.height), ow = out(s.width);
  return { k, conv, max, d, p, edge: max ? -Infinity : 0, reach: d * (k - 1) + 1, oh, ow, n: oh * ow };
}
function layer(s) {  // geometry and {data, problem}
  const all = geometry(s), { k, conv, d, p, reach, n } = all, size = [1, s.height, s.width], { stride, bias, operation: mode } = s;
  const none = problem => ({ ...all, data: [], oh: 0, ow: 0, n: 0, problem: 'No output: ' + problem });
  if (!conv && 2 * p > k) return none(`pooling pads by at most half its window, here ${k >> 1}.`);
  if (!n) return none(`the window covers ${reach} cells, the padded input has ${Math.min(s.height, s.width) + 2 * p}.`);
  const options = { stride, padding: p, dilation: d, mode, bias: [bias] }, x = Float64Array.from(s.pixels, v => v / 255);
  const { data } = conv ? conv2d(x, size, s.weights, [1, k, k], options) : pool2d(x, size, k, options);
  return { ...all, data, problem: '' };
}
const pixelAt = (s, y, x) => (y >= 0 && x >= 0 && y < s.height && x < s.width ? s.pixels[y * s.width + x] / 255 : undefined);
function terms(s, i, j) {
  const { k, d, p, edge } = geometry(s);
  return s.weights.map((w, at) => {
    const y = i * s.stride - p + (at / k | 0) * d, x = j * s.stride - p + at % k * d;
    return { y, x, w, v: pixelAt(s, y, x) ?? edge };
  });
}
function sumText(s, i, j, value) {
  const list = terms(s, i, j), { conv, max } = geometry(s), sign = v => (v < 0 ? `(${brief(v)})` : brief(v));
  const parts = list.map(t => (conv ? `${sign(t.v)}·${sign(t.w)}` : brief(t.v))).join(max ? ', ' : ' + ');
  const sum = conv ? parts + (s.bias ? ` + bias ${sign(s.bias)}` : '') : max ? `max(${parts})` : `(${parts}) / ${list.length}`;
  return `output[${i}, ${j}] = ${sum} = ${fmt(value)}`;
}
function sizeText(s) {
  const { k, d, p, oh, ow } = geometry(s);
  const line = (n, o) => `⌊(${n} + 2·${p} − ${d}·(${k} − 1) − 1) / ${s.stride}⌋ + 1 = ${o}`;
  return 'size = ' + line(s.height, oh) + (s.height === s.width ? '' : ', ' + line(s.width, ow));
}
function torchLine(s) {
  const { k, conv, max, p } = geometry(s), more = `stride=${s.stride}, padding=${p}`, gaps = `, dilation=${s.dilation})`;
  return conv ? `F.conv2d(x, kernel, bias, ${more}${gaps}` : `F.${s.operation}_pool2d(x, ${k}, ${more}${max ? gaps : ')'}`;
}
function torchCode(s, texts) {
  const { k, conv } = geometry(s), rows = (list, wide) => [...list].map((v, i) => (i % wide ? ' ' : '\n  ') + v);
  const words = { k, pixels: rows(s.pixels, s.width), kernel: rows(s.weights, k), line: torchLine(s), weights: conv ? texts.weights : '' };
  return fill(texts.code, { ...s, ...words });
}

function checkTask(s) {  // [done, key of the words]
  const { oh, ow, problem, k, d, conv } = layer(s);
  if (problem) return [false, 'problem'];
  if (s.task === 'size4') return oh === 4 && ow === 4 ? [true, 'four'] : [false, 'size'];
  if (s.task === 'top') return conv ? checkTop(s.weights, k) : [false, 'pooling'];
  if (d !== 2 || k === 1) return [false, k === 1 ? 'single' : 'dilation'];
  return oh === s.height && ow === s.width ? [true, 'same'] : [false, 'size'];
}
function checkTop(kernel, k) {  // its answers to steps of brightness at every place
  const answer = bright => kernel.reduce((sum, w, i) => sum + w * bright(i / k | 0, i % k), 0);
  const steps = place => range(k - 1).map(e => answer((u, v) => place(u, v) > e));
  const small = 0.05 * kernel.reduce((sum, w) => sum + Math.abs(w), 0), top = steps(u => u);
  if (Math.abs(answer(() => 1)) > small) return [false, 'flat'];
  if (steps((u, v) => v).some(a => Math.abs(a) > small)) return [false, 'sides'];
  return Math.max(...top) <= small || Math.min(...top) < -small ? [false, 'other'] : [true, 'top'];
}
function resized(kernel, to) {  // keep the middle, fill with zeros
  const from = side(kernel), shift = (from >> 1) - (to >> 1);
  return range(to * to).map(i => {
    const u = (i / to | 0) + shift, v = i % to + shift;
    return (v >= 0 && v < from && kernel[u * from + v]) || 0;
  });
}
function linkRules(menus, pictures) {
  return { ...RANGES, operation: menus.operation, task: menus.task,
    weights: text => numbers(text, [1, 4, 9, 16, 25, 36, 49]),
    input: text => {
      const [, hh, w, hex] = text.match(/^(\d+)x(\d+)-((?:[0-9a-f]{2})+)$/) || [], fits = hh <= 28 && w <= 28 && hex.length === 2 * hh * w;
      return Object.hasOwn(pictures, text) ? pictures[text] : fits ? { height: +hh, width: +w, pixels: Uint8Array.from(hex.match(/../g), v => parseInt(v, 16)) } : undefined;
    } };
}

export default widget(c => {
  const gather = () => ({ ...c.state(), pixels: bytes(c.get('pixels')).slice() });
  const first = gather(), { menus, texts } = c, presets = menus.kernel, photos = unzip(bytes(c.get('pictures')));
  const pictures = { drawing: { height: first.height, width: first.width, pixels: first.pixels } };
  menus.input.forEach((name, i) => { pictures[name] = { height: 28, width: 28, pixels: photos.slice(i * 784, (i + 1) * 784) }; });
  let s = {}, out, seed = c.get('seed'), pinned = false, cell = 30, cursor = [0, 0], brush = 0;
  const [input, output] = ['input', 'output'].map(key => board(texts[key], 'application', { onfocus: c.draw, onblur: c.draw }));
  input.className = 'cw-edit';
  const box = h('div', { class: 'cw-kernel', role: 'group', 'aria-label': 'kernel' }), titles = range(3).map(() => div('title'));
  const legend = div('small'), hint = div('small');
  const parts = div('parts', div('part', titles[0], input, legend), '∗', div('part', titles[1], box), '=', div('part', titles[2], output, hint));
  const [sum, size, code] = range(3).map(() => div('sum'));

  // Every change ends here
  function update(change, words = () => `Output ${out.oh} by ${out.ow}`) {
    s = { ...s, ...change };
    out = layer(s);
    s.position = clamp(s.position, 0, Math.max(0, out.n - 1));
    cursor = [Math.min(cursor[0], s.height - 1), Math.min(cursor[1], s.width - 1)];
    refresh();
    c.save(s);
    c.say(out.problem || words());
    c.draw();
  }
  const spot = () => [s.position / out.ow | 0, s.position % out.ow], at = ([i, j]) => `row ${i + 1}, column ${j + 1}`;
  const move = position => update({ position }, () => `Output ${at(spot())}: ${fmt(out.data[s.position])}`);
  const stepOn = () => move((s.position + Math.ceil(out.n / 150)) % (out.n || 1));
  const pixel = () => pixelAt(s, ...cursor), cellWords = () => `Input ${at(cursor)}: ${brief(pixel())}`;
  const flip = () => (brush = pixel() > 0.5 ? 0 : 255);
  const paint = value => {
    const pixels = s.pixels.slice();
    pixels[cursor[0] * s.width + cursor[1]] = value;
    update({ pixels }, cellWords);
  };
  const weigh = (i, v) => update({ weights: s.weights.map((w, j) => (j === i ? clamp(v, -99, 99) : w)) },
    () => `Weight ${brief(s.weights[i])}, output at the window ${fmt(out.data[s.position])}`);

  const bars = Object.entries(RANGES).map(([name, [min, max, step = 0.1]]) => [name, slider(name === 'size' ? 'kernel size' : name,
    { min, max, step, text: brief }, v => update(name === 'size' ? { weights: resized(s.weights, v) } : { [name]: v }))]);
  const place = slider('position', { min: 0, max: 1, text: () => (out?.n ? at(spot()) : 'none') }, move);
  const operation = choice('Operation', menus.operation, v => update({ operation: v }));
  const preset = choice('Kernel', [['', 'your own'], ...Object.keys(presets).map(v => [v])], v => v && update({ weights: [...presets[v]] }));
  const picture = choice('Input', [['', 'your own'], ...Object.keys(pictures).map(v => [v])], v => v && update({ ...pictures[v], position: 0 }));
  const tasks = choice('Task', menus.task, task => update({ task }, () => c.verdict.textContent));
  const play = player(c, stepOn, 300);

  function kernelInput(i) {
    let from;
    const el = weightField(c, `kernel ${at([i / out.k | 0, i % out.k])}`, 0.1, v => weigh(i, v), {
      placeholder: 'max',
      onblur: () => show(el, s.weights[i]),
      onpointerdown: e => { from = { y: e.clientY, v: s.weights[i] }; },
      onpointermove: e => {
        if (e.buttons !== 1 || !e.isPrimary || !out.conv || Math.abs(e.clientY - from.y) < 4) return;
        el.setPointerCapture(e.pointerId);
        weigh(i, Math.round((from.v + (from.y - e.clientY) / 40) * 10) / 10);
        show(el, s.weights[i]);
      } });
    return el;
  }
  const show = (el, v) => { el.value = out.max ? '' : +(out.conv ? v : 1 / out.k ** 2).toFixed(2); };
  function refresh() {
    const { k, conv, max, n } = out, [i, j] = spot();
    if (box.children.length !== k * k) {
      box.replaceChildren(...s.weights.map((_, at) => kernelInput(at)));
      box.style.setProperty('--k', k);
    }
    [...box.children].forEach((el, at) => {
      el.disabled = !conv;
      if (!el.matches(':focus') || !conv) show(el, s.weights[at]);
    });
    for (const [name, bar] of bars) {
      bar.set(name === 'size' ? k : s[name]);
      bar.input.disabled = { bias: !conv, dilation: !conv && !max }[name];
    }
    const find = (list, v) => Object.keys(list).find(k => String(list[k].pixels || list[k]) === String(v)) || '';
    operation.set(s.operation);
    preset.input.disabled = !conv;
    preset.set(find(presets, s.weights));
    picture.set(find(pictures, s.pixels));
    tasks.set(s.task);
    place.input.max = Math.max(0, n - 1);
    place.set(s.position);
    [`input ${times(s.height, s.width)}${s.padding ? ' + padding ' + s.padding : ''}`, `${conv ? 'kernel' : 'window'} ${times(k, k)}`,
      n ? `output ${times(out.oh, out.ow)}` : 'no output'].forEach((text, at) => { titles[at].textContent = text; });
    hint.textContent = pinned ? texts.pinned : texts.aim;
    sum.textContent = out.problem || sumText(s, i, j, out.data[s.position]);
    [size.textContent, code.textContent] = [sizeText(s), torchLine(s)];
    const [done, key] = s.task ? checkTask(s) : [];
    c.judge(done, key, { ...out, sum: fmt(s.weights.reduce((a, b) => a + b, 0)), pad: k - 1 });
  }

  function grid(canvas, rows, cols, at) {  // at(i, j) -> {value, color, hatch}
    const g = surface(canvas, cols * cell + 2, rows * cell + 2), all = [];
    for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) all.push({ x: j * cell + 1, y: i * cell + 1, ...at(i, j) });
    const texts = cell < 20 ? [] : all.map(t => brief(t.value)), font = Math.min(cell * 0.42, cell * 1.55 / Math.max(...texts.map(t => t.length)));
    Object.assign(g, { font: `${font}px system-ui, sans-serif`, textAlign: 'center', textBaseline: 'middle', strokeStyle: c.color('soft', 0.4), lineWidth: 1 });
    all.forEach(({ x, y, value, color, hatch }, k) => {
      g.fillStyle = color;
      g.fillRect(x, y, cell, cell);
      g.beginPath();  // 1: padding; -1: unused
      g.moveTo(x, y + (hatch > 0) * cell);
      if (hatch) g.lineTo(x + cell, y + (hatch < 0) * cell);
      g.stroke();
      if (cell >= 12) g.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
      g.fillStyle = c.color(value ? 'ink' : 'soft');
      if (font >= 7 && texts.length) g.fillText(texts[k], x + cell / 2, y + cell / 2 + 1);
    });
    if (cell < 12) g.strokeRect(0.5, 0.5, cols * cell + 1, rows * cell + 1);
    return g;
  }
  function frame(g, i, j, span, lineWidth, strokeStyle, dash = []) {
    g.setLineDash(dash);
    Object.assign(g, { strokeStyle, lineWidth });
    g.strokeRect(j * cell + 1.5, i * cell + 1.5, span * cell - 1, span * cell - 1);
  }
  function draw() {
    const { k, conv, d, p, reach, n, edge, data, oh, ow } = out, { palette } = c, mark = c.color('mark');
    const wide = parts.clientWidth, ins = s.width + 2 * p, beside = Math.floor((wide - box.offsetWidth - 84) / (ins + Math.max(ow, 3)));
    const stacked = beside < (s.width > 16 ? 7 : 21);
    parts.classList.toggle('cw-stack', stacked);
    cell = clamp(stacked ? Math.floor((wide - 4) / Math.max(ins, ow)) : beside, 3, 34);
    const covered = (size, outs) => {  // rows that some window touches
      const list = Array(size + 2 * p).fill(false);
      for (let i = 0; i < outs; i++) for (let u = 0; u < k; u++) list[i * s.stride + u * d] = true;
      return list;
    };
    const rows = covered(s.height, oh), cols = covered(s.width, ow), full = cell < 20;
    const g = grid(input, rows.length, cols.length, (i, j) => {
      const v = pixelAt(s, i - p, j - p), value = v ?? edge;
      return { value, color: tint(value, 1, palette, full, true), hatch: n && !(rows[i] && cols[j]) ? -1 : +(v === undefined) };
    });
    const [lost, gone] = [rows, cols].map(list => list.filter(used => !used).length);
    legend.textContent = [p && texts.padding, n && lost + gone && texts.unused].filter(Boolean).map(text => fill(text, { edge: brief(edge), lost, gone })).join('\n');
    const [i, j] = spot(), limit = largest(data.filter(Number.isFinite), 0);
    if (n && d > 1) for (const t of terms(s, i, j)) frame(g, t.y + p, t.x + p, 1, 1.5, mark);
    if (n) frame(g, i * s.stride, j * s.stride, reach, 3, mark);
    if (input.matches(':focus-visible')) frame(g, cursor[0] + p, cursor[1] + p, 1, 2, mark, [3, 2]);
    const q = grid(output, oh, ow, (a, b) => ({ value: data[a * ow + b], color: tint(data[a * ow + b], limit, palette, full) }));
    if (n) frame(q, i, j, 1, 3, mark);
    const most = Math.max(...s.weights.map(Math.abs));
    [...box.children].forEach((el, at) => { el.style.background = conv ? tint(s.weights[at], most, palette) : ''; });
  }

  const where = e => pointer(e).reverse().map(v => Math.floor((v - 1) / cell));  // [row, column]
  const aimPixel = e => {
    const [y, x] = where(e).map(v => v - s.padding);
    return pixelAt(s, y, x) !== undefined && [y, x];
  };
  c.on(input, 'pointerdown', e => {
    const at = aimPixel(e);
    if (!at || e.button || !e.isPrimary) return;
    input.setPointerCapture(e.pointerId);
    cursor = at;
    paint(flip());
  });
  c.on(input, 'pointermove', e => {
    const at = e.isPrimary && input.hasPointerCapture(e.pointerId) && aimPixel(e);
    if (!at || String(at) === String(cursor)) return;
    cursor = at;
    paint(brush);
  });
  c.on(input, 'keydown', e => {
    const way = arrow(e);
    if (way) {
      cursor = [clamp(cursor[0] + way[0], 0, s.height - 1), clamp(cursor[1] + way[1], 0, s.width - 1)];
      c.say(cellWords());
      c.draw();
    } else if (e.key === ' ') paint(flip());
    else if (/^\d$/.test(e.key)) paint(Math.round(e.key / 9 * 255));
    else return;
    e.preventDefault();
  });
  const aim = e => {
    const [i, j] = where(e), at = i * out.ow + j;
    if (i >= 0 && j >= 0 && i < out.oh && j < out.ow && at !== s.position) move(at);
  };
  c.on(output, 'pointermove', e => { if (e.pointerType === 'mouse' && !pinned) aim(e); });
  c.on(output, 'click', e => {
    const before = s.position;
    aim(e);
    pinned = !pinned || s.position !== before;
    refresh();
  });
  c.on(output, 'keydown', e => {
    const way = arrow(e), [i, j] = spot();
    if (way) move(Math.abs(way[1]) > 99 ? way[1] : clamp(i + way[0], 0, out.oh - 1) * out.ow + clamp(j + way[1], 0, out.ow - 1));
    else if (e.key === ' ') play.toggle();
    else if (e.key === 'Escape') { pinned = false; refresh(); } else return;
    e.preventDefault();
  });

  function reset() { play.stop(); pinned = false; seed = c.get('seed'); update(first); }
  const link = ({ pixels, height, width, position, ...rest } = s) =>
    ({ ...rest, input: picture.input.value || `${height}x${width}-${Array.from(pixels, v => v.toString(16).padStart(2, '0')).join('')}` });
  const open = ({ input, size, ...next }) => update({ ...next, ...input });
  const randomKernel = () => {
    const drawn = mulberry(seed++);
    update({ weights: s.weights.map(() => Math.round((2 * drawn() - 1) / out.k * 100) / 100), operation: 'conv' });
  };
  c.root.append(div('row', operation.el, preset.el, picture.el), parts,
    div('row', stepper(play, by => move(s.position + by)), place.el), div('grid', bars.map(([, bar]) => bar.el)), div('facts', sum, size, code), div('row', tasks.el, c.verdict),
    c.actions({ reset, code: () => torchCode(s, texts), link, rules: () => linkRules(menus, pictures), update: open }, button('Random kernel', randomKernel)));
  update(first);
  c.listen(() => { const next = gather(); if (next.pixels.length === next.height * next.width) update(next); });
  return draw;
});
