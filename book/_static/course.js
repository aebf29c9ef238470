// Whatever is wider than the page scrolls by itself; make it reachable by keyboard too.
(() => {
  const wide = '.bd-article div.math, .bd-article .pst-scrollable-table-container, .bd-article pre';
  const mark = () => document.querySelectorAll(wide).forEach(el => {
    if (el.scrollWidth > el.clientWidth) el.tabIndex = 0; else el.removeAttribute('tabindex');
  });
  addEventListener('load', mark);
  addEventListener('resize', mark);
})();

// The theme's scroll spy takes every #… for a heading; links to a widget's state (#w=…) are hidden from it.
addEventListener('DOMContentLoaded', () => {
  const links = [...document.querySelectorAll('a[href^="#w="]')], states = links.map(a => a.getAttribute('href'));
  links.forEach(a => a.removeAttribute('href'));
  addEventListener('load', () => setTimeout(() => links.forEach((a, i) => a.setAttribute('href', states[i]))));
});
