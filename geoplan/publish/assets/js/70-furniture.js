// Map furniture: title plate, scale, north, datum, dates, secrecy, review number, sources.
var PX_M = 0.0254 / 96;

// On the central meridian; elsewhere on a map of a province it differs by less than a thousandth.
// Over a base map it changes with latitude: then it is that of the middle of the map.
function metresPerPixel() {
  var size = map.getSize(), middle = size.y / 2;
  if (!BASE.on) { return 1 / (PIXELS * GAUSS.scale(map.getZoom())); }
  return geodesic(map.containerPointToLatLng([size.x / 2 - 50, middle]), map.containerPointToLatLng([size.x / 2 + 50, middle])).length / 100;
}

function drawScale() {
  var ground = metresPerPixel(), steps = [1, 2, 5, 10, 20, 50, 100, 200], km = 1, n, power;
  steps.forEach(function (step) { if (step * 1000 / ground <= 110) { km = step; } });
  n = ground / PX_M;
  power = Math.pow(10, Math.floor(Math.log(n) / Math.LN10) - 1);
  byId('scale').querySelector('.line').style.width = (km * 1000 / ground).toFixed(1) + 'px';
  byId('scale').querySelector('.text').textContent = km + ' ' + t('measure.km') + '　' + (BASE.on ? t('legend.about') : '') + '1:' + Math.round(n / power) * power;
  byId('scale').title = t('furniture.scale');
}

function drawPlate() {
  var plate = byId('plate'), a = D.atlas, u = UNITS[D.page.scope];
  plate.querySelector('h1').textContent = say(D.page.title);
  plate.querySelector('p').textContent = say(u.n) + (a.as_of ? ' · ' + t('furniture.as_of') + ' ' + a.as_of : '');
  document.title = say(D.page.title) + ' · ' + say(a.title);
}

function drawStatus() {
  var a = D.atlas, box = clear(byId('status'));
  function add(key, value) { if (value) { box.appendChild(el('span', el('b', t(key)), value)); } }
  add('furniture.secrecy', t('secrecy.' + a.sensitivity));
  add('furniture.as_of', a.as_of);
  add('furniture.by', a.by);
  add('print.date', a.on);
  add('furniture.system', BASE.on ? t('base.system') : t('furniture.system.value', { n: a.meridian }));
  add('furniture.sources', a.notices.map(say).join(S.lang ? '; ' : '；'));
  box.lastChild.className = 'sources';
  box.appendChild(el('span.pointer'));
  box.lastChild.id = 'pointer';
  box.lastChild.title = t('place.metres', { n: a.meridian }) + (S.lang ? '; ' : '；') + t('place.hint');
  byId('review').textContent = a.review ? colon(t('furniture.review'), a.review) : t('furniture.no_review');
}

function drawSources() {
  var list = clear(byId('documents')), others = byId('others'), base = clear(byId('base')), used = {};
  var rest = clear(others.querySelector('ul'));
  D.layers.forEach(function (layer) { used[layer.d] = true; });
  Object.keys(D.documents).forEach(function (id) {
    var d = D.documents[id];
    if (used[id] && isPlan(d)) { list.appendChild(el(withStatus('li', d.st), cite(id, '', ''), statusMark(d.st))); }
    if (used[id] && !isPlan(d)) { rest.appendChild(el('li', cite(id, '', ''))); }
  });
  others.hidden = !rest.firstChild;
  D.atlas.notices.forEach(function (notice) { base.appendChild(el('li', say(notice))); });
  drawOwnNotes();
  byId('simplified').hidden = !D.atlas.error;
  byId('simplified').textContent = t('furniture.display_error', { n: D.atlas.error });
}

function startFurniture() {
  byId('zoom-in').onclick = function () { map.zoomIn(); };
  byId('zoom-out').onclick = function () { map.zoomOut(); };
  byId('home').onclick = function () { home(); };
  byId('print').onclick = function () { window.print(); };
  byId('full').onclick = function () {
    if (document.fullscreenElement) { document.exitFullscreen(); } else if (document.documentElement.requestFullscreen) {
      document.documentElement.requestFullscreen();
    }
  };
  map.attributionControl.setPrefix(false);
}
