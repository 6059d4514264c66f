// The page of a reader's own layer: how it is shown, its figures, and what lies where it is clicked.
var OWN = D.own || null;
var OWN_MOST = 5, OWN_REACH_PX = 7, OWN_PARTS = null;

function ownStep() { return el('p.note.own-step', say(OWN.notes[0])); }

function drawOwnNotes() {
  var list = byId('own-notes');
  if (!OWN || !list) { return; }
  clear(list);
  OWN.notes.forEach(function (note) { list.appendChild(el('li', say(note))); });
}

// Heads and cells of the legend for lines and points, which have no area.
function ownHeads() { return OWN.kind === 'lines' ? [t('own.length'), t('own.count')] : ['', t('own.count')]; }

function ownCells(f) {
  return [el('td.n', OWN.kind === 'lines' ? f.km.toFixed(2) : ''), el('td.n', f.n)];
}

function hasNoArea() { return OWN !== null && OWN.kind !== 'polygons'; }

function ownFigures(f) {
  var made = el('p.figures');
  if (f.km2 !== null) { made.appendChild(document.createTextNode(area(f.km2) + ' ' + measureName())); }
  if (f.km !== null) { made.appendChild(document.createTextNode(f.km.toFixed(2) + ' ' + t('measure.km'))); }
  if (f.share !== null) { made.appendChild(el('span', t('legend.share.county') + ' ' + share(f.share))); }
  made.appendChild(el('span', counted('own.pieces', f.n)));
  return made;
}

// Lines and points cannot be hatched: dashes and rings tell classes of one colour apart.
function ownDash(id) { return { hatch: '8 5', cross: '2 5' }[D.classes[id].pat] || null; }

function ownHollow(id) { return OWN !== null && D.classes[id].pat !== 'solid'; }

function ownSwatch(item) {
  var ns = 'http://www.w3.org/2000/svg', made = el('i.swatch.own-mark'), svg = document.createElementNS(ns, 'svg');
  var lines = OWN.kind === 'lines', mark = document.createElementNS(ns, lines ? 'path' : 'circle');
  var hollow = ownHollow(item.c), dash = ownDash(item.c);
  svg.setAttribute('viewBox', '0 0 27 18');
  (lines ? [['d', 'M1 9H26'], ['fill', 'none'], ['stroke-width', 3]] : [['cx', 13.5], ['cy', 9], ['r', 5.5], ['fill', hollow ? '#fff' : cls(item).col], ['stroke-width', 2.5]])
    .concat([['stroke', cls(item).col], ['stroke-dasharray', lines && dash || 'none']]).forEach(function (pair) { mark.setAttribute(pair[0], pair[1]); });
  svg.appendChild(mark);
  made.appendChild(svg);
  return made;
}

// How many shapes lie in a county, merged or not.
function ownCount(code) {
  return D.items.reduce(function (n, item) { var f = figure(code, item); return n + (f ? f.n : 0); }, 0);
}

// Shapes with their boxes, made when they are first asked for.
function ownParts() {
  if (OWN_PARTS) { return OWN_PARTS; }
  OWN_PARTS = [];
  D.features.forEach(function (f, i) {
    var shape = f.g === undefined ? null : D.shapes[f.g];
    (shape ? shape.v : []).forEach(function (part) {
      var rings = shape.t === 'polygon' ? part.map(decode) : shape.t === 'line' ? [decode(part)] : [[[part[1] / SCALE, part[0] / SCALE]]];
      OWN_PARTS.push({ i: i, t: shape.t, rings: rings, box: L.latLngBounds(rings[0]) });
    });
  });
  return OWN_PARTS;
}

function inRings(at, rings) {
  var inside = false;
  rings.forEach(function (ring) {
    var i, a, b;
    for (i = 1; i < ring.length; i += 1) {
      a = ring[i - 1];
      b = ring[i];
      if ((a[0] > at.lat) !== (b[0] > at.lat) && at.lng < (b[1] - a[1]) * (at.lat - a[0]) / (b[0] - a[0]) + a[1]) { inside = !inside; }
    }
  });
  return inside;
}

function nearLine(at, points) {
  var place = map.latLngToLayerPoint(at), last = null;
  return points.some(function (point) {
    var here = map.latLngToLayerPoint(point), from = last || here;
    last = here;
    return L.LineUtil.pointToSegmentDistance(place, from, here) <= OWN_REACH_PX;
  });
}

function isAt(part, at, reach) {
  if (!reach.intersects(part.box)) { return false; }
  return part.t === 'polygon' ? inRings(at, part.rings) : nearLine(at, part.rings[0]);
}

// Places of the shapes that are shown at a point of the map.
function ownAt(at) {
  var p = map.latLngToLayerPoint(at), d = [OWN_REACH_PX, OWN_REACH_PX];
  var reach = L.latLngBounds(map.layerPointToLatLng(p.subtract(d)), map.layerPointToLatLng(p.add(d)));
  return ownParts().filter(function (part) {
    var f = D.features[part.i];
    return S.on[f.l + '|' + f.c + '|geometry'] && isAt(part, at, reach);
  }).map(function (part) { return part.i; }).filter(function (i, n, all) { return all.indexOf(i) === n; });
}

function ownEntry(i) {
  var f = D.features[i], title = say(D.classes[f.c].t), name = say(f.n), single = OWN.values.length > 0;
  var value = single && OWN.values[i] !== null ? OWN.values[i] : title;
  return el('div.own-entry', el('b', single && name !== title ? name : title),
    single ? el('p', colon(OWN.by, value || title)) : el('p', t('own.here.' + OWN.how)));
}

function ownPopup(at) {
  var found = ownAt(at), body = el('div.own-popup');
  map.closePopup();
  if (!found.length) { return; }
  found.slice(0, OWN_MOST).forEach(function (i) { body.appendChild(ownEntry(i)); });
  if (found.length > OWN_MOST) { body.appendChild(el('p.note', t('panel.more_names', { n: found.length }))); }
  L.popup({ className: 'own-tip', maxWidth: 260, autoPan: false }).setLatLng(at).setContent(body).openOn(map);
  freeOfLegend(body);
}

// On wide screens the legend covers a corner of the map: what lies under it is moved out.
function freeOfLegend(node) {
  var legend = byId('legend').getBoundingClientRect(), box = node.getBoundingClientRect();
  var over = box.right + 40 - legend.left;
  if (!NARROW.matches && over > 0 && box.bottom + 40 > legend.top) { map.panBy([over, 0], { animate: false }); }
}
