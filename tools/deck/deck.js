// Fits the slides to 1280×720 before reveal.js shows them: smaller first, then on to a further slide.
(() => {
  const HEIGHT = 720, SCALES = [1, .92, .85, .78, .72];
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const overflows = section => {
    const body = section.querySelector('.body').getBoundingClientRect(), box = section.getBoundingClientRect();
    return body.bottom - box.top > HEIGHT - 30;
  };
  const shrink = section => SCALES.some(scale => {
    section.style.setProperty('--scale', scale);
    return !overflows(section);
  });
  // Blocks that can go on to the next slide: those of the body, and the outputs of a lone code cell.
  const blocks = section => {
    const body = section.querySelector('.body'), cell = body.querySelector(':scope > .cell');
    if (body.children.length > 1 || !cell || cell.children.length < 2) return [...body.children];
    return [...cell.children];
  };
  function spill(section) {
    const last = blocks(section);
    if (last.length < 2) return null;
    const next = section.cloneNode(true);
    next.id += 'b';
    next.querySelector('h1, h2, h3').classList.add('later');
    next.querySelector('.body').replaceChildren();
    section.after(next);
    while (last.length > 1 && !shrink(section)) next.querySelector('.body').prepend(last.pop());
    if (section.classList.contains('split') && !section.querySelector('.cell img')) section.classList.replace('split', 'plain');
    next.classList.replace('split', 'plain');
    return next;
  }
  function fit() {
    document.documentElement.classList.add('measuring');
    document.querySelectorAll('.slides > section:has(> section)').forEach(s => s.classList.add('stack'));
    const slides = document.querySelector('.slides');
    slides.style.cssText = 'position: absolute; left: 0; top: 0; width: 1280px; visibility: hidden';
    for (let section of [...document.querySelectorAll('.slides section:not(:has(> section))')]) {
      if (!section.parentElement.matches('section')) {   // a slide that overflows needs a stack to go on in
        const stack = document.createElement('section');
        stack.className = 'stack';
        section.replaceWith(stack);
        stack.append(section);
      }
      for (let rounds = 6; section && rounds && !shrink(section); rounds--) section = spill(section);
    }
    document.querySelectorAll('.slides > section').forEach(s => { if (s.children.length === 1) s.replaceWith(s.firstElementChild); });
    slides.style.cssText = '';
    document.documentElement.classList.remove('measuring');
  }
  // An explorable is as tall as it likes: on a slide it is drawn as large as fits, a tall one in two columns
  // (the second is what overflows the first, so that it draws for the width of one). It redraws at every
  // size, so each is looked at two frames later. What fits nowhere scrolls by itself.
  const TRIES = [...[1, .9, .8].map(zoom => ['', zoom]), ...[1, .92, .85, .78, .72, .66, .6, .55].map(zoom => ['columns', zoom])];
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  async function fitExplorable(figure) {
    const body = figure.closest('.body'), turn = figure.turn = {};
    ['tabindex', 'role', 'aria-label'].forEach(name => body.removeAttribute(name));
    delete figure.dataset.fitted;
    for (const [way, zoom] of TRIES) {
      figure.classList.toggle('columns', way === 'columns');
      figure.style.zoom = zoom;
      figure.style.setProperty('--room', `${body.clientHeight / zoom - 44}px`);
      await drawn();
      if (figure.turn !== turn) return;             // a later call has taken over
      if (body.scrollHeight <= body.clientHeight && body.scrollWidth <= body.clientWidth) return (figure.dataset.fitted = zoom);
    }
    figure.dataset.fitted = 'scrolls';
    figure.classList.remove('columns');
    body.tabIndex = 0;
    body.setAttribute('role', 'group');
    body.setAttribute('aria-label', 'Figure, scrolls');
  }
  const explorables = () => document.querySelectorAll('section.present figure[data-widget]').forEach(fitExplorable);
  async function begin() {
    await Promise.all([...document.images].map(image => image.complete || new Promise(done => {
      image.addEventListener('load', done);
      image.addEventListener('error', done);
    })));
    fit();
    await Reveal.initialize({
      width: 1280, height: HEIGHT, margin: 0, center: false, hash: true, slideNumber: 'c/t', pdfSeparateFragments: false,
      pdfMaxPagesPerSlide: 1, transition: 'none', backgroundTransition: 'none', autoAnimate: false, plugins: [RevealNotes],
    });
    const home = document.createElement('a');
    home.className = 'home';
    home.href = document.body.dataset.page;
    home.textContent = 'to the page';
    document.querySelector('.reveal').append(home);
    new MutationObserver(explorables).observe(document.querySelector('.slides'),
      { subtree: true, attributes: true, attributeFilter: ['data-ready'] });
    Reveal.on('slidechanged', () => requestAnimationFrame(explorables));
    addEventListener('resize', () => requestAnimationFrame(explorables));
    document.documentElement.dataset.deck = 'ready';
  }
  begin();
})();
