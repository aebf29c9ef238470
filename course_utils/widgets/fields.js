// For widgets that show single weights and move one place at a time
const stepper = (play, by) => div('row', button('Back', () => by(-1)), play.el, button('Step', () => by(1)));
function tint(v, limit, p, full, plain) {  // p: the palette; full: no text on it; plain: grey
  const rgb = plain ? (full ? p.ink : p.soft) : v < 0 ? p.neg : p.pos;
  const alpha = clamp(Math.abs(v) / (limit || 1), 0, 1) * (full ? 1 : p.cap);
  return `rgba(${rgb},${Number.isFinite(v) ? alpha.toFixed(3) : 0})`;
}
const numbers = (text, sizes, v = text.split(',').map(t => (t ? +t : NaN))) => (sizes.includes(v.length) && v.every(t => Math.abs(t) <= 99) ? v : undefined);
function weightField(c, label, step, act, props) {  // Shift and an arrow: ten steps
  const read = () => {
    if (el.value && Number.isFinite(+el.value)) act(+el.value);
    c.tell(Math.abs(el.value) > 99 ? 'Weights go from −99 to 99.' : '');
  };
  const jump = e => {
    const up = { ArrowUp: 10, ArrowDown: -10 }[e.key];
    if (!up || !e.shiftKey) return;
    e.preventDefault();
    el.value = +(+el.value + up * step).toFixed(6);
    read();
  };
  const el = h('input', { type: 'number', step, 'aria-label': label, oninput: read, onkeydown: jump, ...props });
  return el;
}
