// Lengths and areas on the ellipsoid: points by click or tap, edges along geodesics.
var GAUGE = { kind: null, points: [], moving: null, done: false, shapes: null, parts: {} };

function measuring() { return GAUGE.kind !== null; }

function measure(kind) {
  var again = kind === GAUGE.kind;
  stopMeasure();
  if (again || !kind) { return; }
  GAUGE.kind = kind;
  GAUGE.shapes = L.layerGroup().addTo(map);
  map.doubleClickZoom.disable();
  map.closePopup();
  showTable(false);
  sheet(null);
  drawGauge();
  markMeasure();
  byId('map_atlas').focus({ preventScroll: true });
}

function stopMeasure() {
  if (!measuring()) { return; }
  map.removeLayer(GAUGE.shapes);
  GAUGE = { kind: null, points: [], moving: null, done: false, shapes: null, parts: {} };
  map.doubleClickZoom.enable();
  byId('gauge').hidden = true;
  markMeasure();
}

function markMeasure() {
  document.body.classList.toggle('measuring', measuring());
  byId('measure-length').setAttribute('aria-pressed', GAUGE.kind === 'length');
  byId('measure-area').setAttribute('aria-pressed', GAUGE.kind === 'area');
}

function startAgain() {
  GAUGE.points = [];
  GAUGE.moving = null;
  GAUGE.done = false;
  drawGauge();
}

// A double click is two clicks at one place first: the second adds nothing.
function addPoint(at) {
  var last = GAUGE.points[GAUGE.points.length - 1];
  if (GAUGE.done) { startAgain(); last = null; }
  if (last && isNear(last, at, 4)) { return; }
  GAUGE.points.push(L.latLng(at.lat, at.lng));
  GAUGE.moving = null;
  drawGauge();
  tellLive(gaugeTexts()[0]);
}

function isNear(a, b, pixels) { return map.latLngToContainerPoint(a).distanceTo(map.latLngToContainerPoint(b)) <= pixels; }

function takeBack() {
  if (GAUGE.done) { GAUGE.done = false; } else { GAUGE.points.pop(); }
  drawGauge();
}

function enough() { return GAUGE.points.length >= (GAUGE.kind === 'area' ? 3 : 2); }

function finishMeasure() {
  if (!enough() || GAUGE.done) { return; }
  GAUGE.done = true;
  GAUGE.moving = null;
  drawGauge();
  tellLive(gaugeTexts().join(S.lang ? '; ' : '；'));
}

function gaugePoints() { return GAUGE.moving ? GAUGE.points.concat([GAUGE.moving]) : GAUGE.points; }

function kilometres(metres) { return (metres / 1000).toFixed(2) + ' ' + t('measure.km'); }

// The figure, and what stands below it.
function gaugeTexts() {
  var points = gaugePoints(), n = points.length, round;
  if (GAUGE.kind === 'length') {
    return [kilometres(lengthOf(points)), t('measure.ellipsoid') + (n > 2 ? ' · ' + t('measure.last') + ' ' + kilometres(lengthOf(points.slice(-2))) : '')];
  }
  round = n > 2 ? ' · ' + t('measure.round') + ' ' + kilometres(lengthOf(points.concat([points[0]]))) : '';
  if (crossesItself(points)) { return [t('measure.crossing'), t('measure.crossing.do')]; }
  return [area(n > 2 ? areaOf(points) / 1e6 : 0) + ' ' + measureName(), t('measure.ellipsoid') + round];
}

// Whether edges of a ring cross or touch that are no neighbours; in metres, where edges are all but straight.
function crossesItself(points) {
  var at = points.map(function (p) { return toMetres(p.lat, p.lng); }), n = at.length, i, k;
  function side(a, b, c) { return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]); }
  function within(a, b, c) {
    return Math.min(a[0], b[0]) <= c[0] && c[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= c[1] && c[1] <= Math.max(a[1], b[1]);
  }
  function meet(a, b, c, d) {
    var abc = side(a, b, c), abd = side(a, b, d), cda = side(c, d, a), cdb = side(c, d, b);
    if (abc * abd < 0 && cda * cdb < 0) { return true; }
    return !abc && within(a, b, c) || !abd && within(a, b, d) || !cda && within(c, d, a) || !cdb && within(c, d, b);
  }
  for (i = 0; i < n; i += 1) {
    for (k = i + 2; k < n; k += 1) {
      if ((k + 1) % n !== i && meet(at[i], at[i + 1], at[k], at[(k + 1) % n])) { return true; }
    }
  }
  return false;
}

function outline(points, closed) {
  var made = [];
  points.forEach(function (from, i) {
    if (i + 1 < points.length || closed) { made = made.concat(between(from, points[(i + 1) % points.length])); }
  });
  return made;
}

function drawMeasure() {
  var points = gaugePoints(), closed = GAUGE.kind === 'area' && points.length > 2, crossing = closed && crossesItself(points);
  var style = inPane('measure', { color: '#b3261e', weight: 2.5, dashArray: GAUGE.done ? null : '7 5', className: 'measure', smoothFactor: 0 });
  GAUGE.shapes.clearLayers();
  if (closed) {
    L.polygon(outline(points, true), L.extend(style, { fillColor: '#b3261e', fillOpacity: crossing ? 0 : 0.14 })).addTo(GAUGE.shapes);
  } else if (points.length > 1) {
    L.polyline(outline(points, false), style).addTo(GAUGE.shapes);
  }
  GAUGE.points.forEach(function (at) {
    L.circleMarker(at, inPane('measure', { radius: 4, color: '#b3261e', weight: 2, fillColor: '#ffffff', fillOpacity: 1, className: 'measure-point' })).addTo(GAUGE.shapes);
  });
}

// Made anew when points change; while the pointer moves only texts do.
function drawGauge() {
  var box = clear(byId('gauge')), close, parts = GAUGE.parts;
  close = button('button.close', '×', stopMeasure);
  close.setAttribute('aria-label', t('measure.end'));
  parts.figure = el('p.figure');
  parts.note = el('p.note');
  parts.finish = button('button.finish', t('measure.finish'), finishMeasure);
  parts.finish.disabled = !enough() || GAUGE.done;
  parts.back = button('button', t('measure.back'), takeBack);
  parts.again = button('button', t('measure.again'), startAgain);
  parts.back.disabled = parts.again.disabled = !GAUGE.points.length;
  box.appendChild(el('div.head', el('h2', t(GAUGE.kind === 'area' ? 'measure.size' : 'measure.length')), close));
  box.appendChild(parts.figure);
  box.appendChild(parts.note);
  box.appendChild(el('p.note', t(GAUGE.done ? 'measure.hint.done' : GAUGE.points.length ? 'measure.hint.more' : 'measure.hint')));
  box.appendChild(el('p.row', parts.finish, parts.back, parts.again));
  box.hidden = false;
  box.style.marginTop = byId('plate').offsetTop + byId('plate').offsetHeight + 8 - byId('map_atlas').offsetTop + 'px';
  tellGauge();
}

function tellGauge() {
  var texts = gaugeTexts();
  GAUGE.parts.figure.textContent = texts[0];
  GAUGE.parts.note.textContent = texts[1];
  drawMeasure();
}

function measureKey(event) {
  var here = event.target, inMap = here === byId('map_atlas') || here === document.body || byId('gauge').contains(here);
  if (!measuring() || !inMap) { return; }
  if (event.key === 'Escape') { if (GAUGE.points.length && !GAUGE.done) { startAgain(); } else { stopMeasure(); } }
  else if (event.key === 'Backspace' && GAUGE.points.length) { takeBack(); }
  else if (event.key === 'Enter' && here.tagName !== 'BUTTON') { finishMeasure(); }
  else if (event.key === ' ' && here === byId('map_atlas')) { addPoint(map.getCenter()); }
  else { return; }
  event.preventDefault();
  event.stopImmediatePropagation();
}

STARTING.push(function () {
  byId('measure-length').onclick = function () { measure('length'); };
  byId('measure-area').onclick = function () { measure('area'); };
  map.on('click', function (event) { if (measuring()) { addPoint(event.latlng); } });
  map.on('mousemove', function (event) {
    if (measuring() && GAUGE.points.length && !GAUGE.done) { GAUGE.moving = event.latlng; tellGauge(); }
  });
  map.on('mouseout', function () { if (measuring() && GAUGE.moving) { GAUGE.moving = null; tellGauge(); } });
  map.on('dblclick', function (event) {
    if (measuring() && GAUGE.points.length && isNear(GAUGE.points[GAUGE.points.length - 1], event.latlng, 12)) { finishMeasure(); }
  });
  document.addEventListener('keydown', measureKey, true);
});
SPEAKING.push(function () { if (measuring()) { drawGauge(); } });
