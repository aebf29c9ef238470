// Brings the widgets of a page to life: no kernel, no other script, over http and from file://.
// Each figure holds a picture, its state as JSON and (once a page for each kind) its module as inert text.
(() => {
  const model = state => {
    const heard = {};
    return {
      get: key => state[key],
      set: (key, value) => { state[key] = value; (heard['change:' + key] || []).forEach(f => f()); },
      on: (event, f) => { (heard[event] ||= []).push(f); },
      off() {}, save_changes() {}, send() {}, part: fetchPart,
    };
  };
  // A part of a figure is inert text in the page or, in the built book, a script that data-… or the state names.
  const fetchPart = src => new Promise((found, lost) => {
    const script = document.createElement('script');
    script.src = src;
    script.onload = () => found(courseParts[src.replace(/^.*\/|\.js$/g, '')]);
    script.onerror = () => lost(new Error(src + ' could not be loaded'));
    document.head.append(script);
  });
  const part = (figure, what, inline) => inline ? Promise.resolve(inline.textContent) : fetchPart(figure.dataset[what]);
  // rules: {key: [low, high, whole], {allowed: …}, or (text, values) => value, undefined where it does not fit}; returns [state, words]
  function fromLink(values, rules) {
    const number = ([low, high, whole], t) => (t && +t >= low && +t <= high && !(whole && t % 1) ? +t : undefined);
    const state = {}, bad = Object.keys(values).filter(key => {
      const rule = Object.hasOwn(rules, key) ? rules[key] : {}, text = values[key];
      const value = typeof rule === 'function' ? rule(text, values) : Array.isArray(rule) ? number(rule, text) : Object.hasOwn(rule, text) ? text : undefined;
      if (value !== undefined) state[key] = value;
      return value === undefined;
    });
    return [state, bad.length ? `The link holds what does not fit here (${bad.join(', ')}).` : 'Shown as in the link.'];
  }
  function follow(page) {                          // a widget that begins: gives it what a link names, now and later
    page.url = () => location.href.split('#')[0] + '#' + new URLSearchParams({ w: page.name, ...page.link() });
    const read = () => {
      const { w, ...values } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
      if (w !== page.name) return;
      const [state, words] = fromLink(values, page.rules());
      page.update(state);
      page.tell(words);
    };
    addEventListener('hashchange', read);
    read();
  }
  const modules = {};
  const load = (kind, figure) => modules[kind] ||= part(figure, 'module', document.getElementById('course-src-' + kind))
    .then(text => import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))));
  async function start(figure) {
    if (figure.dataset.ready) return;
    figure.dataset.ready = 'loading';
    const picture = figure.querySelector('.course-fallback'), el = document.createElement('div');
    try {
      const [text, { default: widget }] = await Promise.all([
        part(figure, 'state', figure.querySelector('script[type="application/json"]')), load(figure.dataset.widget, figure)]);
      const folder = (figure.dataset.state || '').replace(/[^/]*$/, '');  // beside:name is a file beside the state's own
      const state = JSON.parse(text, (key, value) => (typeof value === 'string' ? value.replace(/^beside:/, folder) : value));
      picture.after(el);
      await widget.render({ model: model(state), el });
      picture.hidden = true;
      figure.dataset.ready = '1';
    } catch (error) {                              // the picture stays
      console.error(error);
      el.remove();
      figure.dataset.ready = 'error';
    }
  }
  function linked() {                              // #w=name&... : start that figure at once and show it
    const name = new URLSearchParams(location.hash.slice(1)).get('w');
    const figure = name && document.querySelector(`figure[data-name="${CSS.escape(name)}"]`);
    if (figure) start(figure).then(() => figure.scrollIntoView());
  }
  function begin() {
    const seen = new IntersectionObserver(list => list.forEach(e => {
      if (e.isIntersecting) { seen.unobserve(e.target); start(e.target); }
    }), { rootMargin: '400px' });
    document.querySelectorAll('figure[data-widget]').forEach(figure => seen.observe(figure));
    document.addEventListener('course-page', e => follow(e.detail));
    addEventListener('hashchange', linked);
    linked();
  }
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', begin); else begin();
})();
