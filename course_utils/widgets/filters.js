const TYPE = 'application', BESIDE = 16, BLOCK = 64;  // tiles in a row of a sheet, units in a sheet of patches
const standardized = (pixels, [, H, W], mean, std) => Float64Array.from(pixels, (v, i) => (v / 255 - mean[i / H / W | 0]) / std[i / H / W | 0]);
function changed(kernel, K, steps) {  // flip, turn (a quarter, clockwise), negate, or the number of a colour to clear
  const at = (channel, y, x) => (channel * K + y) * K + x, ways = {
    flip: (w, channel, y, x) => w[at(channel, y, K - 1 - x)],
    turn: (w, channel, y, x) => w[at(channel, K - 1 - x, y)],
    negate: (w, channel, y, x) => -w[at(channel, y, x)],
  };
  const clear = step => (w, channel, y, x) => (channel === +step ? 0 : w[at(channel, y, x)]);
  return steps.reduce((w, step) => w.map((_, n) => (ways[step] || clear(step))(w, n / K / K | 0, (n / K | 0) % K, n % K)), kernel);
}
// A lossless picture as bytes (C, H, W)
async function pixelsOf(uri, [C, H, W]) {
  const file = new Blob([bytes(uri.split(',')[1])], { type: 'image/webp' }), g = h('canvas', { width: W, height: H }).getContext('2d');
  g.drawImage(await createImageBitmap(file, { colorSpaceConversion: 'none' }), 0, 0);
  const { data } = g.getImageData(0, 0, W, H);
  return Uint8Array.from(range(C * H * W), i => data[4 * (i % (H * W)) + (i / H / W | 0)]);
}
function featureMap(x, size, kernel, K, bias, stride, padding) {
  return conv2d(x, size, kernel, [1, K, K], { stride, padding, bias: [bias] });
}
// The n strongest (sign 1) or weakest (-1) places of some maps, not nearer to each other than `apart`: [image, row, column, value]
function extremes(maps, n, sign, apart) {
  const places = maps.flatMap(({ data, shape: [, , W] }, m) => Array.from(data, (v, i) => [m, i / W | 0, i % W, v])), out = [];
  for (const place of places.sort((a, b) => sign * (b[3] - a[3]))) {
    if (out.length === n) break;
    if (!out.some(q => q[0] === place[0] && Math.max(Math.abs(q[1] - place[1]), Math.abs(q[2] - place[2])) < apart)) out.push(place);
  }
  return out;
}
const torchCode = (s, texts, depth) => fill(depth ? texts.deepCode : texts.code, { ...s, depth, change: s.change.map(step => fill(texts.ways[step] || texts.ways.clear, { step })).join('') });
function linkRules({ image, order, layer, rules }, layers, N) {
  const list = (most, fits) => (t, values) => {
    const all = t ? t.split('.') : [];
    return all.length <= most && all.every(v => fits(v, values)) ? all : undefined;
  };
  const whole = (most, fits) => (t, values) => list(most, fits)(t, values)?.map(Number), number = v => /^\d{1,3}$/.test(v);
  const known = (v, values) => number(v) && +v < (layers.find(({ name }) => name === values.layer)?.count || N);
  return { ...rules, image: [0, image.length - 1, 1], order, layer, scope: { unit: 1, layer: 1 }, rank: { strongest: 1, weakest: 1 },
    unit: (t, values) => whole(1, known)(t, values)?.[0], pinned: whole(4, known), cursor: t => (t.split('.').length === 2 ? whole(2, number)(t) : undefined),
    change: list(12, v => ['flip', 'turn', 'negate', '0', '1', '2'].includes(v)) };
}

export default widget(c => {
  const { menus, texts } = c, names = menus.image, layers = c.get('layers'), [mean, std, stride, padding] = ['mean', 'std', 'stride', 'padding'].map(c.get);
  const [filters, scales, biases] = ['filters', 'scales', 'biases'].map(key => tensor(c.get(key))), images = c.get('images'), first = c.state();
  const { shape: [N, C, K] } = filters, { shape: [M, , H, W] } = images, size = [C, H, W], n = C * K * K;
  const kernels = range(N).map(u => Float64Array.from(filters.data.subarray(u * n, u * n + n), v => v * scales.data[u])), top = Math.max(...kernels.map(k => largest(k)));
  const shown = [], inputs = [], none = new Float64Array(C * H * W);  // of the images that have come
  const mapOf = (m, unit, steps = []) => featureMap(inputs[m] || none, size, steps.length ? changed(kernels[unit], K, steps) : kernels[unit], K, biases.data[unit], stride, padding);
  // deep: a layer beyond the first, whose patches and maps come as pictures
  let s = first, deep, units, kernel, map, best = [], means = range(M).map(() => []), typed = '', seen = '', made = '', maps = [], stale = true, columns = 8, pitch = 44, cell = 8, spot = [0, 0], queue = [];
  const strength = u => (deep ? deep.mean[u] : means[s.image][u]) || 0;
  const fits = order => ['number', 'activation', ...(deep ? ['choosiest'] : Object.keys(menus.orders))].includes(order), by = f => [...units].sort((a, b) => f(b) - f(a));
  const sorted = () => (s.order === 'activation' ? by(strength) : deep ? (s.order === 'choosiest' ? by(u => deep.top[u] / Math.max(deep.mean[u], 1e-3)) : units) : menus.orders[s.order]);
  const value = ([i, j]) => map.data[i * map.shape[2] + j];

  const sheets = () => c.get('sheets')[s.layer];
  async function fetchImage(m) {  // the bytes themselves, or a script that holds them
    const uri = images.files[m];
    shown[m] = await pixelsOf(uri.startsWith('data:') ? uri : await c.model.part(uri), size);
    inputs[m] = standardized(shown[m], size, mean, std);
    maps = [];
    settle();
  }
  function update(change, words) {
    const other = 'unit' in change || 'layer' in change;
    s = { ...s, ...(other && { change: [] }), ...('layer' in change && { pinned: [], cursor: [] }), ...change };
    settle();
    c.save(s);
    c.say(words || `${deep ? s.layer + ', unit' : 'Filter'} ${s.unit}${deep ? '' : `, from ${fmt(Math.min(...map.data))} to ${fmt(Math.max(...map.data))}`}`);
  }
  function settle() {  // what follows from the state
    deep = layers.find(({ name }) => name === s.layer);
    units = range(deep?.count || N);
    if (s.unit >= units.length) s.unit = 0;
    if (!fits(s.order)) s.order = 'number';
    if (deep) map = { shape: [1, ...deep.map] };
    else {
      kernel = changed(kernels[s.unit], K, s.change);
      const recipe = [s.unit, ...s.change].join();
      if (recipe !== made) [made, maps] = [recipe, []];
      map = maps[s.image] ||= mapOf(s.image, s.unit, s.change);
      stale = true;
      queue = inputs[s.image] ? units.filter(u => means[s.image][u] === undefined) : [];
    }
    s.cursor = [0, 1].map(k => clamp(s.cursor[k] ?? map.shape[k + 1] >> 1, 0, map.shape[k + 1] - 1));
    refresh();
  }
  const grid = board(texts.grid, TYPE), plot = board(texts.map, TYPE), large = board(texts.filter, TYPE), [photo, relu, patches] = ['image', 'relu', 'patches'].map(key => board(texts[key]));
  const shelf = div('shelf', grid), titles = range(6).map(() => div('title')), facts = div('sum'), pins = div('pins');
  const menu = (label, key, list) => ({ key, ...choice(label, list, v => update({ [key]: key === 'image' ? +v : v })) });
  const choices = [layers.length && menu('Layer', 'layer', menus.layer), menu('Image', 'image', names.map((name, i) => [i, name])), menu('Order', 'order', menus.order),
    menu('Colour scale', 'scope', texts.scopes), menu('Patches', 'rank', texts.ranks)].filter(Boolean);
  const edit = step => {
    const again = !isNaN(step) && s.change.includes(step);
    update({ change: again ? s.change.filter(v => v !== step) : [...s.change, step].slice(-12) }, `Filter changed: ${s.change.length + 1}`);
  };
  const pin = () => {
    if (s.pinned.includes(s.unit)) update({ pinned: s.pinned.filter(u => u !== s.unit) }, 'Let go');
    else if (s.pinned.length > 3) c.tell(texts.full);
    else update({ pinned: [...s.pinned, s.unit] }, `Number ${s.unit} pinned`);
  };
  const pinner = button('Pin', pin), edits = menus.edits.map(([step, label]) => [step, button(label, () => edit(step))]);
  const undo = button('Undo changes', () => update({ change: [] }));
  const move = (i, j) => {
    const at = [i, j].map((v, k) => clamp(v, 0, map.shape[k + 1] - 1));
    update({ cursor: at }, `Row ${at[0] + 1}, column ${at[1] + 1}${deep ? '' : ': ' + fmt(value(at))}`);
  };
  const look = (y, x) => {  // at a weight of the enlarged filter
    spot = [y, x].map(v => clamp(v, 0, K - 1));
    refresh();
    c.say(weightWords());
  };
  const weightWords = () => `weight [${spot}] = ` + range(C).map(k => fmt(kernel[(k * K + spot[0]) * K + spot[1]], 3)).join(', ');

  c.on(grid, 'click', e => {
    const [x, y] = pointer(e), u = sorted()[(y / (pitch + 5) | 0) * columns + Math.min(columns - 1, x / pitch | 0)];
    if (u !== undefined) update({ unit: u });
  });
  c.on(grid, 'keydown', e => {
    const way = arrow(e), list = sorted(), at = list.indexOf(s.unit), digit = /^\d$/.test(e.key);
    if (way) update({ unit: list[clamp(Math.abs(way[1]) > 99 ? way[1] : at + way[0] * columns + way[1], 0, list.length - 1)] });
    else if (digit) {
      typed = units.some(u => String(u).startsWith(typed + e.key)) ? typed + e.key : e.key;
      if (units.includes(+typed)) update({ unit: +typed });
    } else if (e.key === 'p') pin();
    else return;
    if (!digit) typed = '';
    e.preventDefault();
  });
  const steer = (canvas, at, go) => c.on(canvas, 'keydown', e => {
    const way = arrow(e), [i, j] = at();
    if (!way) return;
    e.preventDefault();
    go(i + way[0], j + way[1]);
  });
  const sight = () => (deep ? [...deep.field, deep.pixels] : [K, stride, -padding, W]);  // size, stride and first pixel of what a place sees, of how many
  steer(plot, () => s.cursor, move);
  steer(large, () => spot, (i, j) => deep || look(i, j));
  c.on(plot, 'click', e => { const [x, y] = pointer(e); move(y / cell | 0, x / cell | 0); });
  c.on(photo, 'click', e => {
    const [span, step, from, all] = sight(), [j, i] = pointer(e).map(v => Math.round((v / photo.clientWidth * all - span / 2 - from) / step));
    move(i, j);
  });
  c.on(large, 'pointermove', e => { if (!deep) { const [x, y] = pointer(e).map(v => v / large.clientWidth * K | 0); if (String(spot) !== String([y, x])) look(y, x); } });

  function refresh() {
    for (const { key, input, set } of choices) {
      if (key === 'order') for (const option of input.options) option.disabled = !fits(option.value);
      set(s[key]);
    }
    const [, rows, cols] = map.shape, [span] = sight(), words = { ...s, ...deep, rows, cols, span, total: N, weights: c.get('weights_name'), image: names[s.image] };
    titles.forEach((title, i) => { title.textContent = fill((deep ? texts.deepTitles : texts.titles)[i], { ...words, changed: s.change.length ? ', changed' : '' }); });
    if (deep) facts.textContent = fill(texts.deepFacts, { ...words, top: fmt(deep.top[s.unit]), mean: fmt(strength(s.unit), 3) }) + (sheets() ? '' : texts.waiting);
    else {
      const here = value(s.cursor), bias = biases.data[s.unit], high = Math.max(...map.data);
      facts.textContent = fill(texts.facts, { ...words, n, stride, bias: fmt(bias), here: fmt(here), sum: fmt(here - bias), low: fmt(Math.min(...map.data)), high: fmt(high), peak: [map.data.indexOf(high) / cols | 0, map.data.indexOf(high) % cols], silent: high > 0 ? '' : texts.silent, weight: weightWords() });
    }
    pinner.setAttribute('aria-pressed', s.pinned.includes(s.unit));
    relu.parentNode.hidden = !!deep;
    for (const { input } of [...choices.slice(-2), { input: undo }]) input.disabled = !!deep;
    edits.forEach(([step, b]) => { b.disabled = !!deep; if (!isNaN(step)) b.setAttribute('aria-pressed', s.change.includes(step)); });
    c.draw();
  }

  const frame = (g, x, y, w, lineWidth = 2) => { Object.assign(g, { strokeStyle: c.color('mark'), lineWidth }); g.strokeRect(x, y, w, w); };
  // list: (channels, height, width) -> a small canvas; three channels are colours around grey, one is signed
  const draft = (list, height, width, rgba) => {
    const size = height * width, v = Array(list.length / size);
    return picture(height, width, i => {
      for (let k = 0; k < v.length; k++) v[k] = list[k * size + i];
      return rgba(v);
    });
  };
  const keep = small => {  // beyond the next one of its size
    const { width, height } = small, own = h('canvas', { width, height });
    own.getContext('2d').drawImage(small, 0, 0);
    return own;
  };
  const signed = limit => ([v]) => [...c.palette[v < 0 ? 'neg' : 'pos'], 255 * Math.min(1, Math.abs(v) / limit)];
  const color = limit => v => (C === 3 ? [...v.map(w => 127.5 + 127.5 * clamp(w / limit, -1, 1)), 255] : signed(limit)(v));
  const raw = v => (C === 3 ? [...v, 255] : [...c.palette.ink, v[0]]);
  const place = (g, small, x, y, w, tall = w) => { g.imageSmoothingEnabled = false; g.drawImage(small, x, y, w, tall); };
  const filterPicture = (u, list = kernels[u]) => draft(list, K, K, color(s.scope === 'unit' ? largest(list) : top));
  const pictures = {}, sheet = src => {  // a picture with many small ones, once it has come
    if (!src) return null;
    pictures[src] ||= Object.assign(new Image(), { onload: c.draw, src });
    return pictures[src].naturalWidth ? pictures[src] : null;
  };
  const patchesOf = u => sheet(sheets()?.patches[u / BLOCK | 0]);
  function tileOf(all, beside, at, g, x, y, w) {
    const side = all && all.naturalWidth / beside;
    if (all) g.drawImage(all, at % beside * side, (at / beside | 0) * side, side, side, x, y, w, w);
  }
  const face = (u, ...to) => tileOf(sheet(sheets()?.faces), BESIDE, u, ...to);
  const patch = (u, rank, ...to) => tileOf(patchesOf(u), deep.best, u % BLOCK * deep.best + rank, ...to);
  function deepMap(u) {  // its alpha is the answer
    const all = sheet(sheets()?.maps[s.image]), [, height, width] = map.shape, small = h('canvas', { width, height }), g = small.getContext('2d');
    if (all) g.drawImage(all, u % BESIDE * width, (u / BESIDE | 0) * height, width, height, 0, 0, width, height);
    Object.assign(g, { globalCompositeOperation: 'source-in', fillStyle: c.color('pos') });
    g.fillRect(0, 0, width, height);
    return small;
  }
  let tiles = {}, dress, hung = '';
  function drawGrid(wide) {
    const tile = clamp((wide / Math.min(units.length, 16) | 0) - 5, 34, 56), most = largest(units.map(strength)), look = c.palette;
    if (dress !== look) [dress, tiles, hung] = [look, {}, ''];
    pitch = tile + 5;
    columns = clamp((wide + 5) / pitch | 0, 1, units.length);
    const g = surface(grid, columns * pitch, Math.ceil(units.length / columns) * (pitch + 5));
    sorted().forEach((u, i) => {
      const x = i % columns * pitch + 1, y = (i / columns | 0) * (pitch + 5) + 1;
      if (deep) face(u, g, x, y, tile); else place(g, tiles[s.scope + u] ||= keep(filterPicture(u)), x, y, tile);
      g.fillStyle = c.color('pos');
      g.fillRect(x, y + tile + 1, tile * strength(u) / most, 3);
      if (s.pinned.includes(u)) frame(g, x + 2, y + 2, tile - 4, 1);
      if (u === s.unit) frame(g, x, y, tile, 3);
    });
    const at = sorted().indexOf(s.unit) / columns | 0, now = [s.layer, s.order, s.unit].join();  // into view, once
    if (now !== seen && Math.abs((at + 0.5) * (pitch + 5) - shelf.scrollTop - shelf.clientHeight / 2) > shelf.clientHeight / 2 - pitch / 2) shelf.scrollTop = at * (pitch + 5) - shelf.clientHeight / 2;
    seen = now;
  }
  function cutOut([m, i, j]) {  // what place (i, j) of the first layer's map sees of image m
    const list = kernel.map((_, z) => {
      const y = (z / K | 0) % K + i * stride - padding, x = z % K + j * stride - padding;
      return y < 0 || x < 0 || y >= H || x >= W ? 0 : shown[m][((z / K / K | 0) * H + y) * W + x];
    });
    return draft(list, K, K, raw);
  }
  function drawPatches(wide) {
    const count = deep ? deep.best : 9, side = Math.min(64, ((wide - 40) / 5 | 0)), across = wide < count * (side + 4) ? Math.ceil(count / 2) : count;
    const g = surface(patches, across * (side + 4), Math.ceil(count / across) * (side + 4));
    for (let k = 0; k < count; k++) {
      const x = k % across * (side + 4), y = (k / across | 0) * (side + 4);
      if (deep) patch(s.unit, k, g, x, y, side); else if (best[k]) place(g, cutOut(best[k]), x, y, side);
    }
  }
  function work() {  // a little in each frame: the maps of the other images, then the patches, then the bars; is there more?
    const m = range(M).find(i => inputs[i] && !maps[i]), last = queue.splice(0, m === undefined && !stale ? 2 : 0);
    if (m !== undefined) maps[m] = mapOf(m, s.unit, s.change);
    else if (stale) {
      best = extremes(range(M).map(i => (inputs[i] ? maps[i] : { data: [], shape: [1, 0, 0] })), 9, s.rank === 'strongest' ? 1 : -1, Math.ceil(K / stride / 2));
      stale = false;
    }
    for (const u of last) { const { data } = mapOf(s.image, u); means[s.image][u] = data.reduce((sum, v) => sum + Math.max(0, v), 0) / data.length; }
    return m !== undefined || queue.length > 0;
  }
  function draw() {
    const wide = c.root.clientWidth - 34, side = Math.min(180, large.parentNode.clientWidth), [, rows, cols] = map.shape, [i, j] = s.cursor;
    const more = !deep && work();
    drawGrid(wide);
    const f = surface(large, side, side), g = surface(photo, side, side * H / W), q = surface(plot, side, side * rows / cols), limit = deep || largest(map.data);
    if (deep) face(s.unit, f, 0, 0, side); else place(f, filterPicture(s.unit, kernel), 0, 0, side);
    if (!deep && large.matches(':focus, :hover')) frame(f, spot[1] * side / K, spot[0] * side / K, side / K);
    const [span, step, from, all] = sight(), e = side / all;
    if (shown[s.image]) place(g, tiles['image' + s.image] ||= keep(draft(shown[s.image], H, W, raw)), 0, 0, side, side * H / W);
    frame(g, (j * step + from) * e, (i * step + from) * e, span * e);
    cell = side / cols;
    place(q, deep ? deepMap(s.unit) : draft(map.data, rows, cols, signed(limit)), 0, 0, side, side * rows / cols);
    frame(q, j * cell, i * cell, cell);
    if (!deep) place(surface(relu, side, side * rows / cols), draft(map.data.map(v => Math.max(0, v)), rows, cols, signed(limit)), 0, 0, side, side * rows / cols);
    drawPatches(wide);
    drawPins();
    if (more) c.draw();
  }
  function drawPins() {  // a picture with words for each pinned filter; what came from files cannot become an img
    const now = [s.layer, s.image, s.scope, s.pinned, inputs[s.image] && 1, deep && sheet(sheets()?.faces) && sheet(sheets()?.maps[s.image])].join(';');
    if (now === hung) return;
    hung = now;
    pins.replaceChildren(...s.pinned.map(u => {
      const canvas = h('canvas'), g = surface(canvas, 150, 74), [, rows, cols] = map.shape, data = deep ? [] : mapOf(s.image, u).data;
      const words = `${fill(deep ? texts.deepPin : texts.pin, { layer: s.layer, u, image: names[s.image] })}${deep ? '' : `, from ${fmt(Math.min(...data))} to ${fmt(Math.max(...data))}`}`;
      if (deep) face(u, g, 0, 0, 72); else place(g, filterPicture(u), 0, 0, 72);
      place(g, deep ? deepMap(u) : draft(data, rows, cols, signed(largest(data))), 78, 0, 72, 72 * rows / cols);
      return deep ? make(canvas, { role: 'img', 'aria-label': words }, []) : h('img', { width: 150, height: 74, src: canvas.toDataURL(), alt: words });
    }));
  }

  const link = () => ({ ...s, cursor: s.cursor.join('.'), pinned: s.pinned.join('.'), change: s.change.join('.') }), code = () => torchCode(s, texts, deep?.depth);
  const part = (title, node) => div('view', title, node);
  c.root.append(div('row', choices.map(m => m.el)), titles[0], shelf, div('quad', [[large, photo], [plot, relu]].map((pair, i) => div('two', pair.map((node, k) => part(titles[2 * i + k + 1], node))))), facts,
    div('row', pinner, edits.map(([, b]) => b), undo), titles[5], patches, pins,
    c.actions({ reset: () => update({ ...first }), code, link, update, rules: () => linkRules(menus, layers, N) }));
  update({ ...first });
  c.listen(() => update(c.state()));
  c.model.on('change:sheets', () => refresh());
  fetchImage(s.image).then(() => range(M).filter(m => m !== s.image).forEach(fetchImage));
  return draw;
});
