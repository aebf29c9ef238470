const MARKS = '●■▲◆', INKS = [[46, 128, 217], [230, 115, 13], [26, 150, 105], [176, 86, 143]];
const count = n => Array.from({ length: n }, (_, i) => i), flat = points => Float64Array.from(points.flatMap(q => q.slice(0, 2)));
const labelsOf = points => points.map(q => q[2]);

// [x, y, class], drawn as in Python's draw_points
function drawPoints({ data, data_seed, turns, noise }) {
  const draw = mulberry(data_seed), { sin, cos, PI } = Math;
  return count(200).map(i => {
    const label = +(i > 99), t = i % 100 / 100, sign = 1 - 2 * label, r = data === 'spiral' ? t : 0.35 + 0.55 * label, blur = () => (data === 'spiral' ? 0 : 0.4 * noise * gaussian(draw));
    const angle = data === 'spiral' ? 2 * PI * turns * t + PI * label + noise * gaussian(draw) : 2 * PI * t;
    const [x, y] = data === 'moons' ? [cos(PI * t) - 0.5, sin(PI * t) - 0.25].map(v => 0.65 * sign * v) : [r * sin(angle), r * cos(angle)];
    return [...[x + blur(), y + blur()].map(v => +v.toFixed(6)), label];
  });
}
function startParams(sizes, seed) {  // as nn.Linear: uniform within 1 / sqrt(inputs)
  const draw = mulberry(7919 + seed);
  return Float64Array.from(sizes.slice(1).flatMap((outs, l) => count((sizes[l] + 1) * outs).map(() => (2 * draw() - 1) / Math.sqrt(sizes[l]))));
}
function batchIndices(n, size, step, seed) {  // a new order every epoch, as DataLoader(shuffle=True) does
  const order = count(n), per = Math.ceil(n / size), draw = mulberry(1e6 + 1000 * seed + Math.floor(step / per)), from = step % per * size;
  if (!size || size >= n) return order;
  for (let i = n - 1; i; i--) {
    const j = Math.floor(draw() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order.slice(from, from + size);
}
// net: {sizes, act}; p: weights and biases in PyTorch's order; x: (n, 2). The output of each layer; layer `stop` without activation.
function forward({ sizes, act }, p, x, stop = sizes.length - 1) {
  const outputs = [x], n = x.length / 2;
  for (let l = 1, at = 0; l <= stop; l++) {
    const ins = sizes[l - 1], outs = sizes[l], a = outputs[l - 1], z = new Float64Array(n * outs), bias = at + ins * outs;
    for (let i = 0; i < n; i++) for (let o = 0; o < outs; o++) {
      let sum = p[bias + o];
      for (let k = 0, w = at + o * ins, b = i * ins; k < ins; k++) sum += p[w + k] * a[b + k];
      z[i * outs + o] = l === stop || act === 'none' ? sum : act === 'tanh' ? Math.tanh(sum) : sum < 0 ? 0 : sum;
    }
    outputs.push(z);
    at = bias + outs;
  }
  return outputs;
}
function predict(net, p, x, y) {  // probabilities (n, K) and, with labels y, the mean cross-entropy
  const outputs = forward(net, p, x), z = outputs.at(-1), K = net.sizes.at(-1), prob = z.slice();
  let loss = 0;
  for (let i = 0; i < z.length; i += K) {
    let top = -Infinity, sum = 0;
    for (let k = i; k < i + K; k++) top = Math.max(top, z[k]);
    for (let k = i; k < i + K; k++) sum += prob[k] = Math.exp(z[k] - top);
    for (let k = i; k < i + K; k++) prob[k] /= sum;
    if (y) loss += (top + Math.log(sum) - z[i + y[i / K]]) / y.length;
  }
  return { outputs, z, prob, loss };
}
function gradient(net, p, x, y) {  // {loss, grad}
  const { sizes, act } = net, n = y.length, { outputs, prob, loss } = predict(net, p, x, y), grad = new Float64Array(p.length);
  let delta = prob.map((v, i) => (v - (i % sizes.at(-1) === y[Math.floor(i / sizes.at(-1))])) / n);
  for (let l = sizes.length - 1, end = p.length; l; l--) {
    const ins = sizes[l - 1], outs = sizes[l], bias = end - outs, at = bias - ins * outs, back = new Float64Array(n * ins), a = outputs[l - 1];
    for (let i = 0; i < n; i++) for (let o = 0; o < outs; o++) {
      const d = delta[i * outs + o];
      grad[bias + o] += d;
      for (let k = 0; k < ins; k++) {
        grad[at + o * ins + k] += d * a[i * ins + k];
        back[i * ins + k] += d * p[at + o * ins + k];
      }
    }
    delta = back.map((d, i) => (act === 'none' ? d : act === 'tanh' ? d * (1 - a[i] ** 2) : a[i] > 0 ? d : 0));
    end = at;
  }
  return { loss, grad };
}
const newRun = (net, start) => ({ net, p: start.slice(), m: start.map(() => 0), v: start.map(() => 0), t: 0 });
function trainStep(run, points, s) {  // one step of torch.optim on this step's batch; its loss
  const batch = batchIndices(points.length, s.batch, run.t, s.seed).map(i => points[i]), { loss, grad } = gradient(run.net, run.p, flat(batch), labelsOf(batch));
  const { p, m, v } = run, t = ++run.t, adam = s.optimizer === 'adam', mu = s.optimizer === 'momentum' ? 0.9 : 0, c1 = 1 - 0.9 ** t, c2 = Math.sqrt(1 - 0.999 ** t);
  grad.forEach((g, i) => {
    m[i] = adam ? 0.9 * m[i] + 0.1 * g : mu * m[i] + g;
    v[i] = 0.999 * v[i] + 0.001 * g * g;
    p[i] -= adam ? s.lr / c1 * m[i] / (Math.sqrt(v[i]) / c2 + 1e-8) : s.lr * m[i];
  });
  return loss;
}
function score({ net, p }, points) {  // [loss, share of points that are right]
  const { loss, prob } = predict(net, p, flat(points), labelsOf(points)), K = net.sizes.at(-1);
  return [loss, points.filter((q, i) => prob.subarray(i * K, i * K + K).every((v, k) => k === q[2] || v < prob[i * K + q[2]])).length / points.length];
}
const split = (points, holdout) => [false, true].map(test => points.filter((_, i) => test == (holdout && i % 4 === 3)));
function contour(f, n) {  // segments [[x, y], [x, y]] in cells, where the n x n values cross zero
  const out = [];
  for (let i = 0; i < n - 1; i++) for (let j = 0; j < n - 1; j++) {
    const q = i * n + j, low = f[q] < 0;
    if (low === f[q + 1] < 0 && low === f[q + n] < 0 && low === f[q + n + 1] < 0) continue;
    const corners = [[j, i], [j + 1, i], [j + 1, i + 1], [j, i + 1]], v = corners.map(([x, y]) => f[y * n + x]), cut = [];
    for (let k = 0; k < 4; k++) {
      const m = (k + 1) % 4, t = v[k] / (v[k] - v[m]), [[a, b], [x, y]] = [corners[k], corners[m]];
      if (v[k] < 0 !== v[m] < 0) cut.push([a + t * (x - a), b + t * (y - b)]);
    }
    out.push(cut.slice(0, 2), cut.slice(2));
  }
  return out;
}
function torchCode(s, points, starts, nets, step, texts) {
  const lists = split(points, s.holdout), n = lists[0].length, per = s.batch && s.batch < n && Math.ceil(n / s.batch), list = v => JSON.stringify(v).replaceAll('],[', '],\n  [');
  const layers = ({ sizes, act }) => sizes.slice(1).map((n, l) => `nn.Linear(${sizes[l]}, ${n})`).join(texts.between[act]), [x, x_test] = lists.map(q => list(q.map(v => v.slice(0, 2)))), [y, y_test] = lists.map(q => list(labelsOf(q)));
  const [first, second] = starts.map(p => list([...p])), [model, other] = nets.map(layers);
  const words = { x, y, x_test, y_test, first, second, model, other, lr: s.lr,
    steps: step, optimizer: texts[s.optimizer], seed: 1e6 + 1000 * s.seed, shuffle: per ? texts.shuffle : '', batch: per ? `shuffled(step // ${per})[step % ${per} * ${s.batch}:][:${s.batch}]` : 'slice(None)' };
  const fill = text => text.replace(/‹(\w+)›/g, (_, name) => fill(String(words[name])));
  return fill(texts.code);
}
function checkTask(s, nets, step, scores, broken) {  // [done, key of the words to say, numbers in them]
  const units = nets.map(({ sizes }) => sizes.slice(1, -1).reduce((a, b) => a + b, 0)), best = Math.max(...scores.map((v, i) => (units[i] > 4 ? -1 : v[1])));
  if (s.task === 'explode') return [broken, broken ? 'exploded' : 'finite', step];
  if (s.task === 'few') return s.data !== 'circles' ? [false, 'ring'] : best < 0 ? [false, 'many', units.join(' and ')] : [best >= 0.95, best < 0.95 ? 'short' : 'few', Math.round(100 * best)];
  const deep = nets.some(({ sizes, act }) => sizes.length > 2 && act === 'none');
  return [deep && step >= 100, deep ? (step < 100 ? 'predict' : 'straight') : 'deep'];
}
function readLink(values, next, menus) {  // words for what does not fit
  const both = (list, t) => (t.split('|').length === 2 && t.split('|').every(v => v in list) ? t.split('|') : undefined), whole = within([0, 999999, 1]);
  const points = t => { const list = t.split(';').map(q => numbers(q, [3])); return list.length <= 400 && list.every(q => q && q[2] in INKS) ? list : undefined; };
  const rules = { data: among(menus.data), optimizer: among(menus.optimizer), task: among(menus.task), batch: t => (t in menus.batch ? +t : undefined), turns: within([0.25, 2]), noise: within([0, 0.5]),
    lr: within([1e-4, 100]), seed: whole, data_seed: whole, step: within([0, 2000, 1]), holdout: within([0, 1, 1]), hidden: t => both(menus.hidden, t), activations: t => both(menus.activations, t), points };
  return fromLink(values, next, rules);
}

export default widget(c => {
  const menus = c.get('menus'), { texts } = menus, recorded = c.get('recorded'), gather = () => Object.fromEntries(menus.keys.map(key => [key, c.get(key)]));
  const first = gather(), given = c.get('points'), percent = v => Math.round(100 * v) + '%', same = (...keys) => keys.every(key => String(s[key]) === String(first[key]));
  let s = first, points = given, nets = [], starts, runs, train, test, scores, step, history, broken, span, cells = 64, cursor = [0, 0], axis = [], hidden = [], plane;
  const titleOf = i => (s.hidden[i] ? `${menus.activations[s.activations[i]]}, ${nets[i].sizes.join('-')}` : 'linear');

  function restart({ points: drawn, ...rest }, words) {  // back to step 0, with these changes
    const old = String(nets.map(net => net.sizes));
    player.stop();
    s = { ...s, ...rest };
    points = drawn || (rest.data === 'drawn' ? [] : s.data === 'drawn' ? points : same('data', 'turns', 'noise', 'data_seed') ? given : drawPoints(s));
    nets = s.hidden.map((hidden, i) => ({ sizes: [2, ...hidden.split('-').filter(Boolean).map(Number), Math.max(1, ...labelsOf(points)) + 1], act: s.activations[i] }));
    starts = nets.map((net, i) => {
      const own = startParams(net.sizes, s.seed), start = c.get('starts')[i];
      return start?.shape[0] === own.length && same('seed', 'hidden') ? tensor(start).data : own;
    });
    runs = nets.map((net, i) => newRun(net, starts[i]));
    [train, test] = split(points, s.holdout);
    [step, history, broken] = [0, [], false];
    span = Math.max(1.25, 1.1 * Math.max(...flat(points).map(Math.abs)));
    if (old !== String(nets.map(net => net.sizes))) list();
    c.save({ points });
    measure();
    if (words) c.tell(words); else c.say(verdict.textContent || nets.map((_, i) => titleOf(i)).join('; '));
  }
  function measure() {
    scores = runs.map(run => [...score(run, train), ...score(run, test)]);
    history.push([step, scores]);
    if (history.length > 600) history = history.filter((_, i) => i % 2);
    c.save({ ...s, step, params: runs.map(({ p }) => [...p]) });
    refresh();
  }
  function advance(n, box = 4000) {  // false: no further
    const until = performance.now() + box;
    if (!train.length) return !!c.tell(texts.empty);
    while (n-- && !broken && performance.now() < until) {
      step++;
      broken = runs.some(run => !(trainStep(run, train, s) < 20));
    }
    measure();
    if (broken) c.tell(texts.stopped.replace('#', step));
    else if (!c.playing) c.say(`Step ${step}. ${nets.map((_, i) => `${titleOf(i)}: ${percent(scores[i][1])} right`).join('. ')}`);
    return !broken;
  }

  const move = at => { cursor = at.map(v => +clamp(v, -span, span).toFixed(3)); refresh(); };
  function tap(what) {  // a class to add; x: delete the nearest
    const far = points.map(([x, y]) => Math.hypot(x - cursor[0], y - cursor[1])), near = far.indexOf(Math.min(...far)), drop = what === 'x';
    const now = drop ? points.filter((_, i) => i !== near) : [...points, [...cursor, +what]];
    if (now.length > 400) c.tell(texts.full);
    else if (what !== '') restart({ data: 'drawn', points: now }, `${drop ? 'Point removed' : MARKS[what] + ' added'}: ${now.length} points, back to step 0.`);
  }
  const readout = () => `p at (${cursor.map(v => fmt(v)).join(', ')}): ` + runs.map(({ net, p }, i) => `${['first', 'second'][i]} ${Array.from(predict(net, p, cursor).prob, (v, k) => MARKS[k] + ' ' + fmt(v)).join(' ')}`).join('; ');
  const board = (label, role = 'img') => h('canvas', { tabindex: 0, role, 'aria-label': label });
  const shows = [], menu = (key, i) => {  // i: of the first or second model
    const { el, set } = choice(texts[key], Object.entries(menus[key]), v => restart({ [key]: i >= 0 ? s[key].map((old, j) => (j === i ? v : old)) : v && !isNaN(v) ? +v : v }));
    shows.push(() => set(i >= 0 ? s[key][i] : s[key]));
    return el;
  };
  const panels = ['first model', 'second model'].map((name, i) => {
    const map = board(name + texts.map, 'application'), title = div('title'), stats = div('stats');
    const aim = e => { const { left, top, width } = map.getBoundingClientRect(); move([(2 * (e.clientX - left) / width - 1) * span, (1 - 2 * (e.clientY - top) / width) * span]); };
    c.on(map, 'pointermove', e => { if (e.pointerType === 'mouse') aim(e); });
    c.on(map, 'click', e => { aim(e); tap(tool.input.value); });
    c.on(map, 'keydown', e => {
      const way = arrow(e);
      if (way) move([cursor[0] + way[1] * span / 25, cursor[1] - way[0] * span / 25]), c.say(readout());
      else if (e.key === ' ') player.toggle();
      else if (e.key === '.') advance(1);
      else if (e.key === 'Enter') tap(+tool.input.value || 0);
      else if (e.key === 'Delete') tap('x');
      else return;
      e.preventDefault();
    });
    shows.push(() => {
      const [loss, right, , held] = scores[i];
      title.textContent = `${name}: ${titleOf(i)}`;
      stats.textContent = `${percent(right)} right${test.length ? `, held out ${percent(held)}` : ''}; loss ${fmt(loss, 3)}`;
    });
    return { el: div('panel', title, map, stats, div('row', menu('hidden', i), menu('activations', i))), map };
  });

  const inner = () => +(nets[1].sizes.length > 2 || nets[0].sizes.length < 3);
  const axes = texts.axes.map((label, k) => slider(label, { min: 0, max: 1, value: 0, text: v => (hidden[v] ? `layer ${hidden[v][0]}, unit ${hidden[v][1] + 1}` : 'none') }, v => { axis[k] = hidden[v]; refresh(); }));
  const folded = board(texts.folded), formula = h('p', { class: 'cw-sum' });
  const list = () => {  // the inner model's units
    const { sizes } = nets[inner()], last = sizes.at(-2);
    hidden = sizes.slice(1, -1).flatMap((n, l) => count(n).map(o => [l + 1, o]));
    const at = hidden.length - last;
    axis = at < 0 ? [] : [hidden[at], hidden[at + 1] || hidden[at]];
    axes.forEach(({ input, set }, k) => {
      Object.assign(input, { max: hidden.length - 1, disabled: !hidden.length });
      set(at + k);
    });
  };
  function inNumbers({ net: { sizes, act }, p }) {
    const [[l, o]] = axis, ins = sizes[l - 1], layer = sizes.slice(1, l).reduce((n, outs, i) => n + outs * (sizes[i] + 1), 0), at = layer + o * ins;
    const sum = [...p.slice(at, at + ins)].map((w, k) => `${fmt(w)}·${l > 1 ? 'h' : 'x'}${k + 1}`).concat(fmt(p[layer + ins * sizes[l] + o])).join(' + ').replaceAll('+ −', '− ');
    return `layer ${l}, unit ${o + 1} = ${act === 'none' ? '' : menus.activations[act]}(${sum}) = ${fmt(forward(nets[inner()], p, cursor)[l][o])} at the cursor`;
  }

  const clock = div('count'), verdict = div('verdict'), where = h('p', { class: 'cw-sum' }), tool = choice(texts.tool, texts.tap, () => {}), log = v => +(10 ** v).toPrecision(2);
  const rate = slider('learning rate', { min: -4, max: 2, step: 0.1, value: 0, text: log }, v => restart({ lr: log(v) }));
  const bars = [['turns', 0.25, 2], ['noise', 0, 0.5]].map(([key, min, max]) => slider(key, { min, max, step: 0.05, value: 0, text: fmt }, v => restart({ [key]: v })));
  const player = c.player(() => advance(5, 8), 30), curves = board(texts.curves);
  function refresh() {  // then draw()
    shows.forEach(f => f());
    bars.forEach((bar, i) => { bar.set([s.turns, s.noise][i]); bar.input.disabled = !['spiral', 'moons', 'circles'].slice(0, 1 + 2 * i).includes(s.data); });
    rate.set(Math.log10(s.lr));
    clock.textContent = 'step ' + step;
    where.textContent = readout();
    formula.textContent = axis.length ? inNumbers(runs[inner()]) : '';
    const [done, key, value] = s.task && train.length ? checkTask(s, nets, step, scores, broken) : [];
    verdict.textContent = (texts[key] || '').replace('#', value);
    verdict.dataset.done = done;
    c.draw();
  }

  const tone = name => PALETTE[+c.dark][name], ink = () => `rgb(${tone('ink')})`, grey = alpha => `rgba(${tone('grey')},${alpha})`, mark = () => (c.dark ? '#ff7cc6' : '#c2147c');
  function stroke(g, lines, strokeStyle, lineWidth, dash = []) {
    Object.assign(g, { strokeStyle, lineWidth });
    g.setLineDash(dash);
    g.beginPath();
    for (const line of lines) line.forEach((q, i) => (i ? g.lineTo(...q) : g.moveTo(...q)));
    g.stroke();
  }
  const shapes = [16, 4, 3, 4].map((n, label) => count(n + 1).map(k => [Math.cos, Math.sin].map(f => (label ? 4.8 : 3.8) * f(2 * Math.PI * (k / n + (label === 1 ? 0.125 : -0.25))))));
  function dot(g, [x, y], label, hollow) {  // circle, square, triangle, diamond
    const color = `rgb(${INKS[label]})`, paper = `rgb(${tone('paper')})`;
    g.fillStyle = hollow ? paper : color;
    stroke(g, [shapes[label].map(([a, b]) => [x + a, y + b])], hollow ? color : paper, 1 + hollow);
    g.fill();
  }
  function drawMap(i, size) {
    const { net, p } = runs[i], g = surface(panels[i].map, size, size), n = cells, K = net.sizes.at(-1), place = ([x, y]) => [size / 2 * (1 + x / span), size / 2 * (1 - y / span)];
    if (plane?.of !== n * span) {
      plane = Float64Array.from({ length: 2 * n * n }, (_, q) => (q % 2 ? -1 : 1) * ((2 * (q % 2 ? Math.floor(q / 2 / n) : (q >> 1) % n) + 1) / n - 1) * span);
      plane.of = n * span;
    }
    const { z, prob } = predict(net, p, plane), image = new ImageData(n, n), { data } = image, small = h('canvas', { width: n, height: n });
    const trace = (f, ...pen) => stroke(g, contour(Float64Array.from({ length: n * n }, (_, q) => f(q)), n).map(line => line.map(q => q.map(v => (v + 0.5) * size / n))), ...pen);
    const surest = (list, q, but) => { let top = -Infinity; for (let l = 0; l < K; l++) if (l !== but) top = Math.max(top, list[q * K + l]); return top; };
    for (let q = 0; q < n * n; q++) {  // the surer, the stronger
      for (let b = 0; b < 3; b++) { let mix = 0; for (let l = 0; l < K; l++) mix += prob[q * K + l] * INKS[l][b]; data[4 * q + b] = mix; }
      data[4 * q + 3] = 12 + (c.dark ? 100 : 150) * (surest(prob, q) * K - 1) / (K - 1);
    }
    small.getContext('2d').putImageData(image, 0, 0);
    g.drawImage(small, 0, 0, size, size);
    for (let l = +(K === 2); l < K; l++) trace(q => z[q * K + l] - surest(z, q, l), ink(), 2);
    if (i === inner() && axis.length) {
      const bent = {}, fold = ([l, o], ...pen) => { const f = bent[l] ||= forward(net, p, plane, l)[l]; trace(q => f[q * net.sizes[l] + o], ...pen); };
      if (!c.playing) count(net.sizes[1]).forEach(o => fold([1, o], grey(0.5), 1));
      axis.forEach((unit, k) => fold(unit, mark(), 2, k ? [5, 4] : []));
    }
    [train, test].forEach((list, hollow) => list.forEach(q => dot(g, place(q), q[2], hollow)));
    const [x, y] = place(cursor);
    stroke(g, [[[x - 8, y], [x + 8, y]], [[x, y - 8], [x, y + 8]]], ink(), 1.5);
  }
  function drawCurves(wide) {
    const g = surface(curves, wide, 132), half = wide / 2, ghost = (recorded.loss || []).map((v, k) => [k * recorded.every, v]), most = Math.max(step, 50, ghost.at(-1)?.[0] || 0);
    Object.assign(g, { font: '12px system-ui, sans-serif', fillStyle: ink() });
    [['loss', Math.max(0.8, ...history.flatMap(([, v]) => [v[0][0], v[1][0]]).filter(v => v < 100))], ['share right', 1]].forEach(([label, top], k) => {
      const left = k * half + 30, place = ([t, v]) => [left + t / most * (half - 42), 112 - clamp(v / top, 0, 1) * 90];
      [[label, left, 13], [fmt(top, 1), left - 24, 26], ['step ' + most, left + half - 94, 127]].forEach(words => g.fillText(...words));
      stroke(g, [[[0, top], [0, 0], [most, 0]].map(place)], grey(0.5), 1);
      if (!k) stroke(g, [ghost.map(place)], grey(0.35), 7);
      for (const i of [0, 1]) for (const held of test.length ? [0, 2] : [0])
        stroke(g, [history.map(([t, v]) => place([t, v[i][k + held]]))], i ? mark() : ink(), held ? 0.8 : 2, i || held ? [] : [6, 4]);
    });
  }
  function drawFolded(size) {
    const { net, p } = runs[inner()], g = surface(folded, size, size), ticks = count(41).map(k => (k / 20 - 1) * span);
    const seen = list => { const outs = forward(net, p, flat(list)); return list.map((_, i) => axis.map(([l, o]) => outs[l][i * net.sizes[l] + o])); };
    const rows = ticks.filter((_, k) => k % 5 === 0).flatMap(v => [seen(ticks.map(t => [t, v])), seen(ticks.map(t => [v, t]))]);
    const ends = [0, 1].map(k => { const all = rows.flat().map(q => q[k]), low = Math.min(...all); return [low, (Math.max(...all) - low || 1) / (size - 28)]; });
    const place = q => q.map((v, k) => Math.abs(k * size - 14 - (v - ends[k][0]) / ends[k][1]));
    stroke(g, rows.map(row => row.map(place)), grey(0.45), 1);
    seen(points).forEach((q, i) => dot(g, place(q), points[i][2], s.holdout && i % 4 === 3));
  }
  function draw() {
    const began = performance.now(), size = Math.min(panels[0].el.clientWidth, 340);
    drawMap(0, size);
    drawMap(1, size);
    drawCurves(curves.parentNode.clientWidth);
    folded.hidden = !axis.length;
    if (axis.length) drawFolded(220);
    cells = performance.now() - began > 20 ? 40 : 64;
  }

  const link = () => ({ ...s, hidden: s.hidden.join('|'), activations: s.activations.join('|'), step,
    ...(s.data === 'drawn' && { points: points.join(';') }) });
  c.root.append(div('row', menu('data'), tool.el, menu('task')), verdict, div('row', player.el, button('Step', () => advance(1)), button('10 steps', () => advance(10)), clock),
    div('maps', panels.map(panel => panel.el)), where, div('curves', curves), div('small', texts.legend), div('grid', rate.el, bars.map(bar => bar.el)),
    div('row', ['optimizer', 'batch', 'holdout'].map(key => menu(key))), div('inside', folded, div('side', axes.map(({ el }) => el), formula)),
    c.actions({ reset: () => restart({ ...first, points: given }), seed: () => restart({ seed: s.seed + 1 }, texts.seed + (s.seed + 1)), code: () => torchCode(s, points, starts, nets, step, texts), link }));
  restart({});
  c.listen([...menus.keys, 'points'], () => restart({ ...gather(), points: c.get('points') }));
  c.onLink(values => { const next = {}, words = readLink(values, next, menus); restart(next); advance(next.step || 0); return words; });
  return draw;
});
