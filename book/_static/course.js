// Whatever is wider than the page scrolls by itself; make it reachable by keyboard too.
(() => {
  const wide = '.bd-article div.math, .bd-article .pst-scrollable-table-container, .bd-article pre';
  const mark = () => document.querySelectorAll(wide).forEach(el => {
    if (el.scrollWidth > el.clientWidth) el.tabIndex = 0; else el.removeAttribute('tabindex');
  });
  addEventListener('load', mark);
  addEventListener('resize', mark);
})();
