function slider(label, { min, max, step = 1, text = String }, act) {
  const shown = h('b', { 'aria-hidden': 'true' });
  const input = h('input', { type: 'range', min, max, step, oninput: () => (set(+input.value), act(+input.value)) });
  const set = v => { input.value = v; input.setAttribute('aria-valuetext', shown.textContent = text(v)); };
  set(min);
  return { el: labelled('slider', label, shown, input), input, set };
}
