const KEYS = ['unit', 'image', 'order', 'scope', 'rank', 'cursor', 'pinned', 'change'];
const count = n => Array.from({ length: n }, (_, i) => i), largest = list => list.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9);

const standardized = (pixels, [C, H, W], mean, std) => Float64Array.from(pixels, (v, i) => (v / 255 - mean[Math.floor(i / H / W)]) / std[Math.floor(i / H / W)]);
function changed(kernel, K, steps) {  // flip, turn (a quarter, clockwise), negate, or the number of a colour to clear
  const pick = f => (list => list.map((_, n) => { const c = Math.floor(n / K / K), y = Math.floor(n / K) % K, x = n % K; return f(list, c, y, x, n); }));
  const at = (c, y, x) => (c * K + y) * K + x, ways = { flip: (w, c, y, x) => w[at(c, y, K - 1 - x)], turn: (w, c, y, x) => w[at(c, K - 1 - x, y)], negate: (w, c, y, x, n) => -w[n] };
  return steps.reduce((w, step) => pick(ways[step] || ((list, c, y, x, n) => (c === +step ? 0 : list[n])))(w), kernel);
}
function featureMap(x, size, kernel, K, bias, stride, padding) {
  return conv2d(x, size, kernel, [1, K, K], { stride, padding, bias: [bias] });
}
// The n strongest (sign 1) or weakest (-1) places of some maps, not nearer to each other than `apart`: [image, row, column, value]
function extremes(maps, n, sign, apart) {
  const all = maps.flatMap(({ data, shape: [, , W] }, m) => Array.from(data, (v, i) => [m, Math.floor(i / W), i % W, v])).sort((a, b) => sign * (b[3] - a[3])), out = [];
  for (const place of all) {
    if (out.length === n) break;
    if (!out.some(q => q[0] === place[0] && Math.max(Math.abs(q[1] - place[1]), Math.abs(q[2] - place[2])) < apart)) out.push(place);
  }
  return out;
}
function torchCode(s, shape, texts, { stride, padding }, name, mean, std) {
  const ways = { flip: 'kernel = kernel.flip(2)', turn: 'kernel = torch.rot90(kernel, -1, (1, 2))', negate: 'kernel = -kernel' };
  return `import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\nlayer = next(m for m in model.modules() if isinstance(m, nn.Conv2d))  # ${name}
mean, std = torch.tensor(${JSON.stringify(mean)}).view(-1, 1, 1), torch.tensor(${JSON.stringify(std)}).view(-1, 1, 1)
kernel = layer.weight.detach()[${s.unit}].clone()\n${s.change.map(step => (ways[step] || `kernel[${step}] = 0`) + '\n').join('')}bias = None if layer.bias is None else layer.bias.detach()[${s.unit}:${s.unit + 1}]
# image: (${shape.join(', ')}) in [0, 1]\nfeature_map = F.conv2d(((image - mean) / std)[None], kernel[None], bias, stride=${stride}, padding=${padding})[0, 0]\nprint(feature_map)`;
}

export default widget(c => {
  const { image: names, order: orders, texts } = c.get('menus'), [mean, std, stride, padding] = ['mean', 'std', 'stride', 'padding'].map(c.get);
  const { shape: [N, C, K], data: whole } = tensor(c.get('filters')), scales = tensor(c.get('scales')).data, biases = tensor(c.get('biases')).data, { shape: [M, , H, W], data: bytesOf } = tensor(c.get('images'));
  const gather = () => Object.fromEntries(KEYS.map(key => [key, c.get(key)])), first = gather(), n = C * K * K, size = [C, H, W];
  const kernels = count(N).map(u => Float64Array.from(whole.subarray(u * n, u * n + n), v => v * scales[u])), inputs = count(M).map(m => standardized(bytesOf.subarray(m * C * H * W, (m + 1) * C * H * W), size, mean, std));
  const mapOf = (m, unit, steps = []) => featureMap(inputs[m], size, steps.length ? changed(kernels[unit], K, steps) : kernels[unit], K, biases[unit], stride, padding), top = Math.max(...kernels.map(largest));
  let s = first, kernel, map, best, means = {}, typed = '', columns = 8, pitch = 44, cell = 8, queue = [];
  const listOf = () => (s.order === 'activation' ? count(N).sort((a, b) => (means[s.image]?.[b] || 0) - (means[s.image]?.[a] || 0)) : orders[s.order]);

  function update(change, words) {
    if ('unit' in change && !('change' in change)) change = { ...change, change: [] };
    s = { ...s, ...change };
    kernel = changed(kernels[s.unit], K, s.change);
    map = mapOf(s.image, s.unit, s.change);
    s.cursor = [0, 1].map(k => clamp(s.cursor[k] ?? Math.floor(map.shape[k + 1] / 2), 0, map.shape[k + 1] - 1));
    best = extremes(count(M).map(m => mapOf(m, s.unit, s.change)), 9, s.rank === 'strongest' ? 1 : -1, Math.ceil(K / stride / 2));
    means[s.image] ||= [];
    queue = count(N).filter(u => means[s.image][u] === undefined);
    c.save(s);
    refresh();
    c.say(words || `Filter ${s.unit}, from ${fmt(Math.min(...map.data))} to ${fmt(Math.max(...map.data))}`);
  }
  const canvas = (label, role = 'img') => h('canvas', { tabindex: 0, role, 'aria-label': label });
  const grid = canvas(texts.grid, 'application'), board = canvas(texts.map, 'application'), [large, photo, relu, patches] = ['filter', 'image', 'relu', 'patches'].map(key => canvas(texts[key]));
  const titles = count(6).map(() => div('title')), facts = h('p', { class: 'cw-sum' }), pins = div('pins'), menu = (label, key, list) => { const m = choice(label, list, v => update({ [key]: key === 'image' ? +v : v })); return { ...m, key }; };
  const menus = [menu('Image', 'image', names.map((name, i) => [i, name])), menu('Order', 'order', [...Object.keys(orders), 'activation'].map(v => [v, v])),
    menu('Colour scale', 'scope', [['unit', 'one for each filter'], ['layer', 'one for all']]), menu('Patches', 'rank', [['strongest', 'strongest'], ['weakest', 'weakest']])];
  const edit = step => update({ change: C === 3 && s.change.includes(step) && !isNaN(step) ? s.change.filter(v => v !== step) : [...s.change, step].slice(-12) }, `Filter changed: ${s.change.length + 1}`);
  const pin = () => (s.pinned.includes(s.unit) ? update({ pinned: s.pinned.filter(u => u !== s.unit) }, 'Let go') : s.pinned.length > 3 ? c.tell(texts.full) : update({ pinned: [...s.pinned, s.unit] }, `Filter ${s.unit} pinned`));
  const pinner = button('Pin', pin), clears = C === 3 ? ['red', 'green', 'blue'].map((name, k) => button('No ' + name, () => edit(String(k)))) : [];

  c.on(grid, 'click', e => {
    const { left, top: up } = grid.getBoundingClientRect(), at = Math.floor((e.clientY - up) / (pitch + 5)) * columns + Math.min(columns - 1, Math.floor((e.clientX - left) / pitch)), u = listOf()[at];
    if (u !== undefined) update({ unit: u });
  });
  c.on(grid, 'keydown', e => {
    const way = arrow(e), list = listOf(), at = list.indexOf(s.unit);
    if (way) update({ unit: list[clamp(Math.abs(way[1]) > 99 ? way[1] : at + way[0] * columns + way[1], 0, N - 1)] });
    else if (/^\d$/.test(e.key)) { typed = +(typed + e.key) < N ? typed + e.key : e.key; if (+typed < N) update({ unit: +typed }); }
    else if (e.key === 'p') pin();
    else return;
    if (way) typed = '';
    e.preventDefault();
  });
  c.on(board, 'click', e => { const { left, top: up } = board.getBoundingClientRect(); move(Math.floor((e.clientY - up) / cell), Math.floor((e.clientX - left) / cell)); });
  c.on(board, 'keydown', e => { const way = arrow(e); if (way) { e.preventDefault(); move(s.cursor[0] + way[0], s.cursor[1] + way[1]); } });
  const value = ([i, j]) => map.data[i * map.shape[2] + j];
  const move = (i, j) => {
    const at = [clamp(i, 0, map.shape[1] - 1), clamp(j, 0, map.shape[2] - 1)];
    update({ cursor: at }, `Row ${at[0] + 1}, column ${at[1] + 1}: ${fmt(value(at))}`);
  };

  function refresh() {
    for (const m of menus) m.set(s[m.key]);
    const low = Math.min(...map.data), high = Math.max(...map.data), dead = high <= 0;
    [`${N} filters: ${c.get('weights_name')}`, `filter ${s.unit}${s.change.length ? ', changed' : ''}`, names[s.image], 'map before ReLU', 'map after ReLU', `${s.rank} answers in all images`].forEach((t, i) => { titles[i].textContent = t; });
    facts.textContent = `map[${s.cursor}] = sum of ${n} products ${fmt(value(s.cursor) - biases[s.unit])} + bias ${fmt(biases[s.unit])} = ${fmt(value(s.cursor))}\nmap ${map.shape[1]} × ${map.shape[2]}, stride ${stride}, from ${fmt(low)} to ${fmt(high)}${dead ? ': silent after ReLU on this image' : ''}`;
    pinner.setAttribute('aria-pressed', s.pinned.includes(s.unit));
    clears.forEach((b, k) => b.setAttribute('aria-pressed', s.change.includes(String(k))));
    c.draw();
  }

  const mark = () => (c.dark ? '#ff7cc6' : '#c2147c'), frame = (g, x, y, w, t = 2) => { Object.assign(g, { strokeStyle: mark(), lineWidth: t }); g.strokeRect(x, y, w, w); };
  // list: (channels, height, width) -> a small canvas; three channels are colours around grey, one is signed
  function picture(list, channels, height, width, rgba) {
    const small = h('canvas', { width, height }), image = new ImageData(width, height);
    for (let i = 0; i < height * width; i++) image.data.set(rgba(count(channels).map(k => list[k * height * width + i])), 4 * i);
    small.getContext('2d').putImageData(image, 0, 0);
    return small;
  }
  const signed = limit => ([v]) => { const p = PALETTE[+c.dark]; return [...(v < 0 ? p.neg : p.pos), 255 * Math.min(1, Math.abs(v) / limit)]; };
  const color = limit => v => (C === 3 ? [...v.map(w => 127.5 + 127.5 * clamp(w / limit, -1, 1)), 255] : signed(limit)(v));
  const raw = v => (C === 3 ? [...v.map(w => Math.round(w)), 255] : [...PALETTE[+c.dark].ink, v[0]]);
  const place = (g, small, x, y, w, tall = w) => { g.imageSmoothingEnabled = false; g.drawImage(small, x, y, w, tall); };
  const tiles = {}, tileOf = u => tiles[[u, s.scope, c.dark]] ||= picture(kernels[u], C, K, K, color(s.scope === 'unit' ? largest(kernels[u]) : top));
  function drawGrid(wide) {
    const tile = clamp(Math.floor(wide / Math.min(N, 16)) - 5, 34, 56), list = listOf(), share = means[s.image], most = largest(share.filter(v => v));
    pitch = tile + 5;
    columns = Math.max(1, Math.min(N, Math.floor((wide + 5) / pitch)));
    const g = surface(grid, columns * pitch, Math.ceil(N / columns) * (pitch + 5));
    list.forEach((u, i) => {
      const x = i % columns * pitch + 1, y = Math.floor(i / columns) * (pitch + 5) + 1;
      place(g, tileOf(u), x, y, tile);
      g.fillStyle = `rgb(${PALETTE[+c.dark].pos})`;
      g.fillRect(x, y + tile + 1, tile * (share[u] || 0) / most, 3);
      if (s.pinned.includes(u)) frame(g, x + 2, y + 2, tile - 4, 1);
      if (u === s.unit) frame(g, x, y, tile, 3);
    });
  }
  function draw() {
    const wide = c.root.clientWidth - 34, side = Math.min(180, large.parentNode.clientWidth), [, rows, cols] = map.shape, limit = largest(map.data), [i, j] = s.cursor;
    queue.splice(0, 4).forEach(u => { const { data } = mapOf(s.image, u); means[s.image][u] = data.reduce((sum, v) => sum + Math.max(0, v), 0) / data.length; });
    drawGrid(wide);
    place(surface(large, side, side), picture(kernel, C, K, K, color(s.scope === 'unit' ? largest(kernel) : top)), 0, 0, side);
    const bytesHere = bytesOf.subarray(s.image * C * H * W, (s.image + 1) * C * H * W), g = surface(photo, side, side * H / W), e = side / W, q = surface(board, side, side * rows / cols);
    place(g, picture(bytesHere, C, H, W, raw), 0, 0, side, side * H / W);
    frame(g, (j * stride - padding) * e, (i * stride - padding) * e, K * e);
    cell = side / cols;
    place(q, picture(map.data, 1, rows, cols, signed(limit)), 0, 0, side, side * rows / cols);
    frame(q, j * cell, i * cell, cell);
    place(surface(relu, side, side * rows / cols), picture(map.data.map(v => Math.max(0, v)), 1, rows, cols, signed(limit)), 0, 0, side, side * rows / cols);
    const small = Math.min(64, Math.floor((wide - 40) / 5)), p = surface(patches, Math.min(wide, 9 * (small + 4)), wide < 9 * (small + 4) ? 2 * (small + 4) : small), across = wide < 9 * (small + 4) ? 5 : 9;
    best.forEach(([m, y, x], k) => {
      const list = count(C * K * K).map(z => { const v = Math.floor(z / K) % K + y * stride - padding, u = z % K + x * stride - padding; return v < 0 || u < 0 || v >= H || u >= W ? 0 : bytesOf[((m * C + Math.floor(z / K / K)) * H + v) * W + u]; });
      place(p, picture(list, C, K, K, raw), k % across * (small + 4), Math.floor(k / across) * (small + 4), small);
    });
    drawPins();
    if (queue.length) c.draw();
  }
  let shown = '';
  function drawPins() {  // real images with words, one for each pinned filter
    const now = [s.pinned, s.image, c.dark].join(';');
    if (now === shown) return;
    shown = now;
    pins.replaceChildren(...s.pinned.map(u => {
      const { data, shape: [, rows, cols] } = mapOf(s.image, u), board = h('canvas'), g = surface(board, 150, 74);
      place(g, picture(kernels[u], C, K, K, color(largest(kernels[u]))), 0, 0, 72);
      place(g, picture(data, 1, rows, cols, signed(largest(data))), 78, 0, 72, 72 * rows / cols);
      return h('img', { width: 150, height: 74, src: board.toDataURL(), alt: `Filter ${u} and its map on ${names[s.image]}, from ${fmt(Math.min(...data))} to ${fmt(Math.max(...data))}` });
    }));
  }

  const link = () => ({ unit: s.unit, image: s.image, order: s.order, scope: s.scope, rank: s.rank, cursor: s.cursor.join('.'), pinned: s.pinned.join('.'), change: s.change.join('.') });
  const whole01 = high => within([0, high, 1]), list = (t, fits) => { const all = t ? t.split('.') : []; return all.every(fits) ? all : undefined; };
  const rules = { unit: whole01(N - 1), image: whole01(M - 1), order: among({ ...orders, activation: 1 }), scope: among({ unit: 1, layer: 1 }), rank: among({ strongest: 1, weakest: 1 }),
    cursor: t => { const at = list(t, v => /^\d{1,3}$/.test(v)); return at?.length === 2 ? at.map(Number) : undefined; },
    pinned: t => { const all = list(t, v => /^\d{1,3}$/.test(v) && +v < N); return all && all.length < 5 ? all.map(Number) : undefined; }, change: t => list(t, v => ['flip', 'turn', 'negate', '0', '1', '2'].slice(0, 3 + C).includes(v)) };
  const part = (title, node) => div('view', title, node);
  c.root.append(div('row', menus.map(m => m.el)), titles[0], grid, div('quad', part(titles[1], large), part(titles[2], photo), part(titles[3], board), part(titles[4], relu)), facts,
    div('row', pinner, ...['flip', 'turn', 'negate'].map(step => button({ flip: 'Flip', turn: 'Turn', negate: 'Negate' }[step], () => edit(step))), ...clears, button('Undo changes', () => update({ change: [] }))), titles[5], patches, pins,
    c.actions({ reset: () => update({ ...first }), code: () => torchCode(s, size, texts, { stride, padding }, c.get('weights_name'), mean, std), link }));
  update({ ...first });
  c.listen(KEYS, () => update(gather()));
  c.onLink(values => { const next = {}, words = fromLink(values, next, rules); update(next); return words; });
  return draw;
});
