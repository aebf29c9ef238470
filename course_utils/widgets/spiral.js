const MARKS = '●■▲◆', INKS = [[46, 128, 217], [230, 115, 13], [26, 150, 105], [176, 86, 143]];
const flat = (points, x = new Float64Array(2 * points.length)) => { points.forEach((q, i) => { [x[2 * i], x[2 * i + 1]] = q; }); return x; };
const labelsOf = points => points.map(q => q[2]);

// [x, y, class], as draw_points
function drawPoints({ data, data_seed, turns, noise }) {
  const draw = mulberry(data_seed), { sin, cos, PI } = Math;
  return range(200).map(i => {
    const label = +(i > 99), t = i % 100 / 100, r = data === 'spiral' ? t : 0.35 + 0.55 * label, blur = () => (data === 'spiral' ? 0 : 0.4 * noise * gaussian(draw));
    const angle = data === 'spiral' ? 2 * PI * turns * t + PI * label + noise * gaussian(draw) : 2 * PI * t;
    const [x, y] = data === 'moons' ? [cos(PI * t) - 0.5, sin(PI * t) - 0.25].map(v => (0.65 - 1.3 * label) * v) : [r * sin(angle), r * cos(angle)];
    return [...[x + blur(), y + blur()].map(v => +v.toFixed(6)), label];
  });
}
function startParams(sizes, seed) {  // as nn.Linear
  const draw = mulberry(7919 + seed);
  return Float64Array.from(sizes.slice(1).flatMap((outs, l) => range((sizes[l] + 1) * outs).map(() => (2 * draw() - 1) / Math.sqrt(sizes[l]))));
}
function batchIndices(n, size, step, seed) {  // new every epoch
  const order = range(n), per = Math.ceil(n / size), draw = mulberry(1e6 + 1000 * seed + (step / per | 0)), from = step % per * size;
  if (!size || size >= n) return order;
  for (let i = n - 1; i; i--) {
    const j = draw() * (i + 1) | 0;
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order.slice(from, from + size);
}
// Each layer's output. net: {sizes, act}; p: in PyTorch's order; x: (n, 2)
function forward({ sizes, act }, p, x) {
  const outputs = [x], n = x.length / 2;
  for (let l = 1, at = 0; l < sizes.length; l++) {
    const ins = sizes[l - 1], outs = sizes[l], a = outputs[l - 1], bias = at + ins * outs, z = new Float64Array(n * outs), f = { relu: v => (v < 0 ? 0 : v), tanh: Math.tanh }[l < sizes.length - 1 && act];
    for (let i = 0; i < n; i++) {
      for (let o = 0; o < outs; o++) z[i * outs + o] = p[bias + o];
      for (let k = 0, v; k < ins; k++)
        if ((v = a[i * ins + k]) !== 0) for (let o = 0; o < outs; o++) z[i * outs + o] += p[at + o * ins + k] * v;
    }
    for (let q = 0; f && q < z.length; q++) z[q] = f(z[q]);
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
function gradient(net, p, x, y) {
  const { sizes, act } = net, n = y.length, K = sizes.at(-1), { outputs, prob, loss } = predict(net, p, x, y), grad = new Float64Array(p.length);
  let delta = prob.map((v, i) => (v - (i % K === y[i / K | 0])) / n);
  for (let l = sizes.length - 1, end = p.length; l; l--) {
    const ins = sizes[l - 1], outs = sizes[l], bias = end - outs, at = bias - ins * outs, back = new Float64Array(n * ins), a = outputs[l - 1];
    for (let i = 0; i < n; i++) for (let o = 0; o < outs; o++) {
      const d = delta[i * outs + o];
      if (d === 0) continue;
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
function trainStep(run, points, s) {  // of torch.optim
  const batch = batchIndices(points.length, s.batch, run.t, s.seed).map(i => points[i]), { loss, grad } = gradient(run.net, run.p, flat(batch), labelsOf(batch));
  const { p, m, v } = run, t = ++run.t, adam = s.optimizer === 'adam', mu = s.optimizer === 'momentum' ? 0.9 : 0, c1 = 1 - 0.9 ** t, c2 = Math.sqrt(1 - 0.999 ** t);
  grad.forEach((g, i) => {
    m[i] = adam ? 0.9 * m[i] + 0.1 * g : mu * m[i] + g;
    v[i] = 0.999 * v[i] + 0.001 * g * g;
    p[i] -= adam ? s.lr / c1 * m[i] / (Math.sqrt(v[i]) / c2 + 1e-8) : s.lr * m[i];
  });
  return loss;
}
function score({ net, p }, points) {  // [loss, share that is right]
  const y = labelsOf(points), { loss, prob } = predict(net, p, flat(points), y), K = net.sizes.at(-1), all = range(K);
  return [loss, y.filter((label, i) => all.every(k => k === label || prob[i * K + k] < prob[i * K + label])).length / (y.length || 1)];
}
const split = (points, holdout) => [false, true].map(test => points.filter((_, i) => test == (holdout && i % 4 === 3)));
function contour(f, n) {  // where n x n values cross zero
  const out = [];
  for (let q = 0; q < n * n - n; q++) {
    const low = f[q] < 0, same = b => low === f[b] < 0;
    if (q % n > n - 2 || same(q + 1) && same(q + n) && same(q + n + 1)) continue;
    const corners = [q, q + 1, q + n + 1, q + n], cut = corners.flatMap((a, k) => {
      const b = corners[(k + 1) % 4], t = f[a] / (f[a] - f[b]);
      return f[a] < 0 === f[b] < 0 ? [] : [[v => v % n, v => v / n | 0].map(at => at(a) + t * (at(b) - at(a)))];
    });
    out.push(cut.slice(0, 2), cut.slice(2));
  }
  return out;
}
function torchCode(s, points, starts, nets, step, texts) {
  const n = split(points, s.holdout)[0].length, per = s.batch && s.batch < n && Math.ceil(n / s.batch), list = v => JSON.stringify(v).replaceAll('],[', '],\n  [');
  const [first, second] = starts.map(p => list([...p])), [model, other] = nets.map(({ sizes, act }) => fill(texts.network, { sizes: sizes.join(', '), act: texts.between[act] }));
  return fill(texts.code, { ...s, points: list(points), first, second, model, other, per, steps: step, optimizer: texts[s.optimizer],
    held: texts.held[s.holdout], seed: 1e6 + 1000 * s.seed, shuffle: per ? texts.shuffle : '', part: per ? texts.part : 'slice(None)' });
}
function checkTask({ task, data }, nets, step, scores, broken) {  // [done, key of the words, number]
  const units = nets.map(({ sizes }) => sizes.slice(1, -1).reduce((a, b) => a + b, 0)), best = Math.max(...scores.map((v, i) => (units[i] > 4 ? -1 : v[1])));
  if (task === 'explode') return [broken, broken ? 'exploded' : 'finite', step];
  if (task === 'few') return data !== 'circles' ? [false, 'ring'] : best < 0 ? [false, 'many'] : [best >= 0.95, best < 0.95 ? 'short' : 'few', percent(best)];
  if (!nets.some(({ act }, i) => units[i] && act === 'none')) return [false, 'deep'];
  return step < 100 ? [false, 'predict'] : [true, 'straight'];
}
function linkRules({ rules, data, optimizer, task, batch, hidden, activations }) {
  const both = list => t => (t.split('|').length === 2 && t.split('|').every(v => v in list) ? t.split('|') : undefined);
  const points = t => {
    const list = t.split(';').map(q => q.split(',').map(Number));
    return list.length <= 400 && list.every(q => q.length === 3 && q[2] in INKS && q.every(v => Math.abs(v) <= 99)) ? list : undefined;
  };
  return { ...rules, data, optimizer, task, batch: t => (t in batch ? +t : undefined), hidden: both(hidden), activations: both(activations), points };
}

export default widget(c => {
  const { menus, texts } = c, recorded = c.get('recorded'), { points: given, ...first } = c.state();
  const same = (...keys) => keys.every(key => String(s[key]) === String(first[key]));
  let s = first, points = given, nets = [], starts, runs, train, test, scores, step, history, broken, span, cells, slow, turn, cursor = [0, 0], axis = [], hidden = [];
  const titleOf = i => (s.hidden[i] ? `${menus.activations[s.activations[i]]}, ${nets[i].sizes.join('-')}` : 'linear');

  function restart({ points: drawn, ...rest }, words) {
    play.stop();
    s = { ...s, ...rest };
    points = drawn || (rest.data === 'drawn' ? [] : s.data === 'drawn' ? points : same('data', 'turns', 'noise', 'data_seed') ? given : drawPoints(s));
    const classes = Math.max(1, ...labelsOf(points)) + 1;
    nets = s.hidden.map((hidden, i) => ({ sizes: [2, ...hidden.split('-').filter(Boolean).map(Number), classes], act: s.activations[i] }));
    starts = nets.map((net, i) => {
      const own = startParams(net.sizes, s.seed), start = c.get('starts')[i];
      return start?.shape[0] === own.length && same('seed', 'hidden') ? new Float64Array(bytes(start.data).slice().buffer) : own;
    });
    runs = nets.map((net, i) => newRun(net, starts[i]));
    [train, test] = split(points, s.holdout);
    [step, history, broken] = [0, []];
    span = Math.max(1.25, 1.1 * largest(flat(points)));
    if (rest.hidden || !hidden.length) list();
    c.save({ points });
    measure();
    words ? c.tell(words) : c.say(titleOf(1));
  }
  function measure() {
    scores = runs.map(run => [...score(run, train), ...score(run, test)]);
    history.push([step, scores]);
    if (history.length > 600) history = history.filter((_, i) => i % 2);
    c.save({ ...s, step, params: runs.map(({ p }) => [...p]) });
    refresh();
  }
  function advance(n, box = 4000) {
    const until = performance.now() + box;
    if (!train.length) return !!c.tell(texts.empty);
    while (n-- && !broken && performance.now() < until) {
      step++;
      broken = runs.some(run => !(trainStep(run, train, s) < 20));
    }
    measure();
    if (broken) c.tell(fill(texts.stopped, { step }));
    else c.say(`Step ${step}. Right: ${scores.map(v => percent(v[1])).join(' and ')}`);
    return !broken;
  }

  const move = at => { cursor = at.map(v => +clamp(v, -span, span).toFixed(3)); refresh(); };
  function tap(what) {  // a class to add; x: delete the nearest
    const far = ([x, y]) => Math.hypot(x - cursor[0], y - cursor[1]), least = Math.min(...points.map(far));
    const now = what === 'x' ? points.filter(q => far(q) > least) : [...points, [...cursor, +what]];
    if (now.length > 400) c.tell(texts.full);
    else if (what !== '') restart({ data: 'drawn', points: now }, fill(texts.points, { n: now.length }));
  }
  const chances = ({ net, p }) => [...predict(net, p, cursor).prob].map((v, k) => `${MARKS[k]} ${fmt(v)}`).join(' ');
  const readout = () => fill(texts.chances, { at: cursor.map(v => fmt(v)).join(', '), first: chances(runs[0]), second: chances(runs[1]) });
  const shows = [], menu = (key, i) => {
    const { el, set } = choice(texts[key], menus[key], v => restart({ [key]: i >= 0 ? s[key].map((old, j) => (j === i ? v : old)) : v && !isNaN(v) ? +v : v }));
    shows.push(() => c.playing || set(i >= 0 ? s[key][i] : s[key]));
    return el;
  };
  const panels = texts.models.map((name, i) => {
    const map = board(name + texts.map, 'application'), title = div('title'), stats = div('stats');
    const aim = e => move(pointer(e).map((v, k) => (1 - 2 * k) * (2 * v / map.clientWidth - 1) * span));
    c.on(map, 'pointermove', e => { if (e.pointerType === 'mouse') aim(e); });
    c.on(map, 'click', e => { aim(e); tap(tool.input.value); });
    c.on(map, 'keydown', e => {
      const way = arrow(e);
      if (way) move(cursor.map((v, k) => v + (1 - 2 * k) * way[1 - k] * span / 25)), c.say(readout());
      else if (e.key === ' ') play.toggle();
      else if (e.key === '.') advance(1);
      else if (e.key === 'Enter') tap(+tool.input.value || 0);
      else if (e.key === 'Delete') tap('x');
      else return;
      e.preventDefault();
    });
    shows.push(() => {
      const [loss, right, , held] = scores[i], also = test.length ? `, held out ${percent(held)}` : '';
      title.textContent = `${name}: ${titleOf(i)}`;
      stats.textContent = `${percent(right)} right${also}; loss ${fmt(loss, 3)}`;
    });
    return { el: div('panel', title, map, stats, div('row', menu('hidden', i), menu('activations', i))), map };
  });

  const inner = () => +(nets[1].sizes.length > 2 || nets[0].sizes.length < 3);
  const unitName = unit => (unit ? `layer ${unit[0]}, unit ${unit[1] + 1}` : 'none'), pick = k => v => { axis[k] = hidden[v]; refresh(); };
  const axes = texts.axes.map((label, k) => slider(label, { min: 0, max: 1, text: v => unitName(hidden[v]) }, pick(k)));
  const folded = board(texts.folded), formula = div('sum');
  const list = () => {
    const { sizes } = nets[inner()];
    hidden = sizes.slice(1, -1).flatMap((n, l) => range(n).map(o => [l + 1, o]));
    const at = hidden.length - sizes.at(-2);
    axis = at < 0 ? [] : [hidden[at], hidden[at + 1] || hidden[at]];
    axes.forEach(({ input, set }, k) => {
      [input.max, input.disabled] = [hidden.length - 1, !hidden.length];
      set(at + k);
    });
  };
  const weightsOf = ({ net: { sizes }, p }, [l, o]) => {  // of a unit, and its bias
    const ins = sizes[l - 1], from = sizes.slice(1, l).reduce((n, outs, i) => n + outs * (sizes[i] + 1), 0);
    return [p.subarray(from + o * ins, from + o * ins + ins), p[from + ins * sizes[l] + o]];
  };
  function inNumbers(run) {
    const { net, p } = run, [[l, o]] = axis, [w, bias] = weightsOf(run, axis[0]), name = l > 1 ? 'h' : 'x';
    const sum = [...w].map((v, k) => `${fmt(v)}·${name}${k + 1}`).concat(fmt(bias)).join(' + ').replaceAll('+ −', '− ');
    return fill(texts.unit, { unit: unitName(axis[0]), act: texts.acts[net.act], sum, value: fmt(forward(net, p, cursor)[l][o]) });
  }

  const clock = div('count'), where = div('sum'), tool = choice(texts.tool, texts.tap, () => {}), log = v => +(10 ** v).toPrecision(2);
  const rate = slider('learning rate', { min: -4, max: 2, step: 0.1, text: log }, v => restart({ lr: log(v) }));
  const bars = ['turns', 'noise'].map(key => [key, slider(key, { min: menus.rules[key][0], max: menus.rules[key][1], step: 0.05, text: fmt }, v => restart({ [key]: v }))]);
  const play = player(c, () => advance(5, 8), 30), curves = board(texts.curves);
  function refresh() {
    shows.forEach(f => f());
    c.playing || bars.forEach(([key, { input, set }]) => { set(s[key]); input.disabled = !texts[key].includes(s.data); });
    rate.set(Math.log10(s.lr));
    clock.textContent = 'step ' + step;
    where.textContent = readout();
    formula.textContent = axis.length ? inNumbers(runs[inner()]) : '';
    const [done, key, value] = s.task && train.length ? checkTask(s, nets, step, scores, broken) : [];
    c.judge(done, key, { value });
    c.draw();
  }

  function stroke(g, lines, strokeStyle, lineWidth, dash = []) {
    Object.assign(g, { strokeStyle, lineWidth });
    g.setLineDash(dash);
    g.beginPath();
    for (const line of lines) line.forEach((q, i) => (i ? g.lineTo(...q) : g.moveTo(...q)));
    g.stroke();
  }
  const shapes = [10, 4, 3, 4].map((n, label) => range(n + 1).map(k => [Math.cos, Math.sin].map(f => 4.4 * f(2 * Math.PI * (k / n + (label === 1 ? 0.125 : -0.25))))));
  const dots = (g, list, place, hollow) => shapes.forEach((shape, label) => {
    const here = list.filter(q => q[2] === label).map(place), color = `rgb(${INKS[label]})`, paper = c.color('paper');
    g.fillStyle = hollow ? paper : color;
    stroke(g, here.map(([x, y]) => shape.map(([a, b]) => [x + a, y + b])), hollow ? color : paper, 1 + hollow);
    g.fill();
  });
  function drawMap(i, size) {
    const { net, p } = runs[i], g = surface(panels[i].map, size, size), n = cells, K = net.sizes.at(-1), half = size / 2, place = ([x, y]) => [half + x / span * half, half - y / span * half];
    const plane = new Float64Array(2 * n * n).map((_, q) => (q & 1 ? n - 1 - 2 * (q / 2 / n | 0) : 2 * ((q >> 1) % n) + 1 - n) / n * span);
    const { outputs, z, prob } = predict(net, p, plane), image = new ImageData(n, n), { data } = image, small = h('canvas', { width: n, height: n }), alpha = 190 * c.palette.cap;
    const trace = (f, ...pen) => stroke(g, contour(new Float64Array(n * n).map((_, q) => f(q)), n).map(line => line.map(q => q.map(v => (v + 0.5) * size / n))), ...pen);
    const surest = (list, q, but, top = -Infinity) => { for (let l = 0; l < K; l++) if (l !== but && list[q * K + l] > top) top = list[q * K + l]; return top; };
    for (let q = 0; q < n * n; q++) {
      for (let l = 0; l < K; l++) for (let b = 0; b < 3; b++) data[4 * q + b] += prob[q * K + l] * INKS[l][b];
      data[4 * q + 3] = 12 + alpha * (surest(prob, q) * K - 1) / (K - 1);
    }
    small.getContext('2d').putImageData(image, 0, 0);
    g.drawImage(small, 0, 0, size, size);
    for (let l = +(K === 2); l < K; l++) trace(q => z[q * K + l] - surest(z, q, l), c.color('ink'), 2);
    if (i === inner() && axis.length) {
      const fold = (unit, ...pen) => {
        const [w, bias] = weightsOf(runs[i], unit), a = outputs[unit[0] - 1], m = w.length, [u, v, d] = [...w, -bias].map(x => x / Math.hypot(...w));
        if (unit[0] < 2) stroke(g, [[-3, 3].map(t => place([u * d - t * span * v, v * d + t * span * u]))], ...pen);
        else trace(q => { let sum = bias; for (let k = 0; k < m; k++) sum += w[k] * a[q * m + k]; return sum; }, ...pen);
      };
      range(net.sizes[1]).forEach(o => fold([1, o], c.color('soft', 0.5), 1));
      axis.forEach((unit, k) => fold(unit, c.color('mark'), 2, k ? [5, 4] : []));
    }
    [train, test].forEach((list, hollow) => dots(g, list, place, hollow));
    const [x, y] = place(cursor);
    stroke(g, [[[x - 8, y], [x + 8, y]], [[x, y - 8], [x, y + 8]]], c.color('ink'), 1.5);
  }
  function drawCurves(wide) {
    const g = surface(curves, wide, 132), half = wide / 2, ghost = recorded.loss.map((v, k) => [k * recorded.every, v]), most = Math.max(step, 50, ghost.at(-1)?.[0] || 0);
    Object.assign(g, { font: '12px system-ui, sans-serif', fillStyle: c.color('ink') });
    [['loss', Math.max(0.8, ...history.flatMap(([, v]) => [v[0][0], v[1][0]]).filter(v => v < 100))], ['accuracy', 1]].forEach(([label, top], k) => {
      const left = k * half + 8, place = ([t, v]) => [left + t / most * (half - 20), 112 - clamp(v / top, 0, 1) * 90];
      g.fillText(`${label}, up to ${fmt(top, 1)}`, left, 13);
      g.fillText('step ' + most, left + half - 74, 127);
      stroke(g, [[[0, top], [0, 0], [most, 0]].map(place)], c.color('soft', 0.5), 1);
      if (!k) stroke(g, [ghost.map(place)], c.color('soft', 0.35), 7);
      for (const i of [0, 1]) for (const held of test.length ? [0, 2] : [0])
        stroke(g, [history.map(([t, v]) => place([t, v[i][k + held]]))], c.color(i ? 'mark' : 'ink'), held ? 0.8 : 2, i || held ? [] : [6, 4]);
    });
  }
  function drawFolded(size) {
    const { net, p } = runs[inner()], g = surface(folded, size, size), ticks = range(41).map(k => (k / 20 - 1) * span);
    const seen = list => {
      const outs = forward(net, p, flat(list));
      return list.map((q, i) => [...axis.map(([l, o]) => outs[l][i * net.sizes[l] + o]), q[2]]);
    };
    const rows = range(9).map(k => (k / 4 - 1) * span).flatMap(v => [seen(ticks.map(t => [t, v])), seen(ticks.map(t => [v, t]))]);
    const ends = [0, 1].map(k => rows.flat().map(q => q[k])).map(all => [Math.min(...all), Math.max(...all)]);
    const place = q => ends.map(([low, high], k) => Math.abs(k * size - 14 - (q[k] - low) / (high - low || 1) * (size - 28)));
    stroke(g, rows.map(row => row.map(place)), c.color('soft', 0.45), 1);
    [train, test].forEach((list, hollow) => dots(g, seen(list), place, hollow));
  }
  function draw() {
    const began = performance.now(), size = Math.min(panels[0].el.clientWidth, 340);
    cells = c.playing && slow ? 40 : 64;
    turn = c.playing && !turn;  // by turns
    folded.hidden = !axis.length;
    if (!turn) drawMap(0, size), drawCurves(curves.parentNode.clientWidth);
    if (turn || !c.playing) drawMap(1, size), axis.length && drawFolded(220);
    slow = performance.now() - began > (slow ? 2 : 6);
  }

  const open = next => { restart(next); advance(next.step || 0); };
  const link = () => ({ ...s, hidden: s.hidden.join('|'), activations: s.activations.join('|'), step,
    ...(s.data === 'drawn' && { points: points.join(';') }) });
  c.root.append(div('row', menu('data'), tool.el, menu('task')), c.verdict, div('row', play.el, button('Step', () => advance(1)), button('10 steps', () => advance(10)), clock),
    div('maps', panels.map(panel => panel.el)), where, div('curves', curves), div('small', texts.legend), div('grid', rate.el, bars.map(([, bar]) => bar.el)),
    div('row', ['optimizer', 'batch', 'holdout'].map(key => menu(key))), div('inside', folded, div('side', axes.map(({ el }) => el), formula)),
    c.actions({ reset: () => restart({ ...first, points: given }), code: () => torchCode(s, points, starts, nets, step, texts), link, rules: () => linkRules(menus), update: open },
      button('New seed', () => restart({ seed: s.seed + 1 }, texts.seed + (s.seed + 1)))));
  restart({});
  c.listen(() => restart(c.state()));
  return draw;
});
