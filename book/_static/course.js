// Whatever is wider than the page scrolls by itself; make it reachable by keyboard, and say what it is.
(() => {
  const wide = { 'div.math': 'Formula', '.pst-scrollable-table-container': 'Table', 'pre': 'Code', '.cell_output .output': 'Output' };
  const mark = () => Object.entries(wide).forEach(([which, name]) => document.querySelectorAll('.bd-article ' + which).forEach(el => {
    const scrolls = el.scrollWidth > el.clientWidth;
    if (!scrolls) return ['tabindex', 'role', 'aria-label'].forEach(a => el.removeAttribute(a));
    el.tabIndex = 0;
    el.setAttribute('role', 'group');
    el.setAttribute('aria-label', name + ', scrolls sideways');
  }));
  addEventListener('load', () => setTimeout(mark));  // after the theme, which would leave them out
  addEventListener('resize', () => setTimeout(mark, 400));
})();

// The menus of the header: a click, Enter or Down opens, Escape, Tab and a click elsewhere close.
const menus = () => document.querySelectorAll('.dropdown').forEach(box => {
  const button = box.querySelector('button'), menu = box.querySelector('.dropdown-menu');
  const items = [...menu.querySelectorAll('a, button')];
  const show = on => { menu.classList.toggle('show', on); button.setAttribute('aria-expanded', on); };
  const move = by => items.at((items.indexOf(document.activeElement) + by) % items.length).focus();
  button.addEventListener('click', () => show(!menu.classList.contains('show')));
  box.addEventListener('keydown', event => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) { show(true); move(items.includes(document.activeElement) ? by : by > 0 ? 1 : 0); event.preventDefault(); }
    if (event.key === 'Escape') { show(false); button.focus(); }
  });
  box.addEventListener('focusout', event => box.contains(event.relatedTarget) || show(false));
  document.addEventListener('click', event => box.contains(event.target) || show(false));
});

// The list of contents shows where the reader is: the last heading above the upper third of the window.
function spy() {
  const links = [...document.querySelectorAll('.bd-toc a[href^="#"]')], heads = new Map();
  links.forEach(a => { const to = document.getElementById(decodeURIComponent(a.hash.slice(1))); if (to) heads.set(to, a); });
  let waiting = false;
  const look = () => {
    waiting = false;
    const passed = [...heads.keys()].filter(to => to.getBoundingClientRect().top < innerHeight / 3).at(-1);
    links.forEach(a => {
      const here = a === heads.get(passed);
      a.classList.toggle('active', here);
      if (here) a.setAttribute('aria-current', 'true'); else a.removeAttribute('aria-current');
    });
  };
  if (heads.size) addEventListener('scroll', () => { if (!waiting) { waiting = true; requestAnimationFrame(look); } }, { passive: true });
}

// Summaries of search results are fetched, which a browser refuses to pages opened from a folder.
if (location.protocol === 'file:') DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// Buttons of the header that the theme gives an inline handler.
const deeds = { print: () => print(), fullscreen: () => toggleFullScreen() };
addEventListener('click', event => deeds[event.target.closest?.('[data-do]')?.dataset.do]?.());

// Questions at a lecture's end: say whether the option is right, and keep count. Without this script
// the options still open, one at a time.
function questions() {
  const all = [...document.querySelectorAll('.course-question')], score = document.querySelector('.course-score');
  const first = new Map();                        // question -> was its first answer right?
  all.forEach(question => question.addEventListener('toggle', event => {
    const option = event.target;
    if (!option.matches('details[data-answer]') || !option.open) return;
    const right = option.dataset.answer === 'right';
    if (!first.has(question)) first.set(question, right);
    question.querySelector('[role="status"]').textContent =
      `${option.querySelector('summary').textContent} ${right ? '' : 'Not right. '}` +
      option.querySelector('.course-feedback').textContent.trim();
    const hits = [...first.values()].filter(Boolean).length;
    score.textContent = `Answered: ${first.size} of ${all.length}. Right at the first try: ${hits}.`;
  }, true));
}

addEventListener('DOMContentLoaded', () => { menus(); spy(); questions(); });
// A printed page shows every answer and hint.
addEventListener('beforeprint', () => document.querySelectorAll('.bd-article details:not([open])').forEach(d => {
  d.dataset.closed = d.name; d.removeAttribute('name'); d.open = true;
}));
addEventListener('afterprint', () => document.querySelectorAll('.bd-article details[data-closed]').forEach(d => {
  d.open = false; if (d.dataset.closed) d.name = d.dataset.closed; delete d.dataset.closed;
}));

// Paper is white: who reads on a dark page prints a light one.
addEventListener('beforeprint', () => { const { dataset } = document.documentElement; dataset.read = dataset.theme; dataset.theme = 'light'; });
addEventListener('afterprint', () => { const { dataset } = document.documentElement; dataset.theme = dataset.read; delete dataset.read; });
