// SPDX-License-Identifier: Apache-2.0
// The optional script beside the pixel; docs/pixel.md says what it sends and when. pixel_script.py takes comments and
// spare spaces out, names the pixel, and writes it to the site bucket. Served, it is under 1 KB: hence the short names.
(() => {
  let d = document, me = d.currentScript, own = self.edgepixel, on = addEventListener, from = d.referrer, page,
    // Nobody has seen a prerendered page yet, and perhaps nobody ever will.
    seen = act => d.prerendering ? on('prerenderingchange', act, true) : act(),
    // A jump within the page is no view, and fragments can hold secrets.
    here = () => location.href.split('#')[0],
    send = (e, more) => seen(() => {
      if (navigator.globalPrivacyControl || navigator.doNotTrack == 1) return;
      let url = new URL('pixel.gif', me.src), told = {...me.dataset};
      new URL(location).searchParams.forEach((v, k) => /^utm_/.test(k) && (told[k] = v));
      told = {...told, e, u: here(), r: from, t: d.title, n: Math.random(), ...more};
      for (let k in told) if (told[k] || told[k] === 0) url.searchParams.set(k, `${told[k]}`.slice(0, 500));
      // CloudFront takes 8,192 bytes.
      new Image().src = url.href.slice(0, 8e3);
    }),
    view = () => {
      if (here() == page) return;
      from = page || from;
      page = here();
      send('view');
    },
    // Frameworks change the URL first and the title soon after.
    soon = () => setTimeout(seen, 99, view);
  // A second copy would count everything twice. A function with a queue is the page's own stand-in for this one.
  if (own && !own.q) return;
  edgepixel = send;
  ['pushState', 'replaceState'].map(k => {
    let go = history[k];
    history[k] = (...to) => {
      go.apply(history, to);
      soon();
    };
  });
  on('popstate', soon);
  // Back from the back/forward cache no script runs again, but the page is seen again.
  on('pageshow', e => e.persisted && send('view'));
  seen(view);
  own && own.q.map(call => send(...call));
})();
