// step() is false at the end
function player(c, step, every) {
  let timer;
  const stop = () => { c.playing = false; timer = clearInterval(timer); knob.textContent = 'Play'; c.draw(); };
  const tick = () => {
    const { top, bottom } = c.root.getBoundingClientRect();
    if (bottom >= 0 && top <= innerHeight && !document.hidden && step() === false) stop();
  };
  const toggle = () => {
    if (timer) return stop();
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return tick();
    c.playing = true;
    timer = setInterval(tick, every);
    knob.textContent = 'Pause';
  };
  const knob = button('Play', toggle, { class: 'cw-main' });
  c.off(stop);
  return { el: knob, toggle, stop };
}
