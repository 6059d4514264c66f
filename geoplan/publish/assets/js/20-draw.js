// Drawing: base map, county fills, hatches for lists, indicative shapes.
var PANES = [['base', 300], ['states', 320], ['fills', 340], ['hatches', 350], ['shapes', 360], ['vague', 370],
  ['borders', 400], ['hits', 430], ['chosen', 440], ['points', 460], ['measure', 465], ['chips', 470], ['names', 480]];
var RENDERERS = {}, DRAWN = {}, ANGLES = [45, 135, 0, 90, 22, 112, 67, 157];

function makePanes() {
  PANES.forEach(function (row) {
    var pane = map.createPane('p-' + row[0]);
    pane.style.zIndex = row[1];
    RENDERERS[row[0]] = L.svg({ pane: 'p-' + row[0], padding: 0.4 });
  });
}

function inPane(name, options) {
  return L.extend({ renderer: RENDERERS[name], pane: 'p-' + name, interactive: false, smoothFactor: 0.4 }, options);
}

function drawBase() {
  var near = [], inside = [], lines = borders(), home = D.page.scope;
  D.units.forEach(function (u) {
    if (u.p) { (u.in && ancestors(u.c).indexOf(home) >= 0 ? inside : near).push(u.c); }
  });
  L.polygon(ringsOf(near), inPane('base', { stroke: false, fillColor: '#f4f4f1', fillOpacity: 1 })).addTo(map);
  L.polygon(ringsOf(inside), inPane('base', { stroke: false, fillColor: '#fdfcf8', fillOpacity: 1 })).addTo(map);
  L.polyline(lines.county, inPane('borders', { color: '#a3a199', weight: 0.7, className: 'county-line' })).addTo(map);
  L.polyline(lines.city, inPane('borders', { color: '#6b6a64', weight: 1.5, className: 'city-line' })).addTo(map);
  L.polyline(lines.province, inPane('borders', { color: '#45443f', weight: 2.4, className: 'province-line' })).addTo(map);
}

// An invisible surface above the fills takes clicks, so that every county answers whatever is shown.
function drawHits() {
  D.units.forEach(function (u) {
    var hit;
    if (!u.p || !u.in) { return; }
    hit = L.polygon(countyRings(u.c), inPane('hits', {
      stroke: false, fillOpacity: 0, interactive: true, className: 'hit hit-' + u.c
    })).addTo(map);
    hit.on('click', function (event) {
      if (measuring()) { return; }
      L.DomEvent.stop(event);
      select(u.c, false);
      if (OWN) { ownPopup(event.latlng); }
    });
    hit.bindTooltip(function () { return textNode(say(u.n)); }, { sticky: true, className: 'name-tip', direction: 'top', opacity: 1 });
  });
}

function textNode(text) { return el('span', text); }

function patternId(item) { return 'hatch-' + D.items.indexOf(item); }

// Lists: thin, widely spaced lines, so that they never look like an area.
function makePatterns() {
  var ns = 'http://www.w3.org/2000/svg', holder = document.createElementNS(ns, 'svg'), seen = 0;
  holder.setAttribute('width', 0);
  holder.setAttribute('height', 0);
  holder.setAttribute('aria-hidden', 'true');
  holder.setAttribute('class', 'patterns');
  D.items.forEach(function (item) {
    var pattern = document.createElementNS(ns, 'pattern'), line = document.createElementNS(ns, 'path');
    var gap = item.b === 'list' ? 9 : 6, angle = item.b === 'list' ? ANGLES[seen % ANGLES.length] : 45;
    if (item.b === 'list') { seen += 1; }
    pattern.setAttribute('id', patternId(item));
    pattern.setAttribute('width', gap);
    pattern.setAttribute('height', gap);
    pattern.setAttribute('patternUnits', 'userSpaceOnUse');
    pattern.setAttribute('patternTransform', 'rotate(' + angle + ')');
    line.setAttribute('d', 'M0 ' + gap / 2 + 'H' + gap + (cls(item).pat === 'cross' ? 'M' + gap / 2 + ' 0V' + gap : ''));
    line.setAttribute('stroke', cls(item).col);
    line.setAttribute('stroke-width', item.b === 'list' ? 1 : 2);
    pattern.appendChild(line);
    holder.appendChild(pattern);
  });
  document.body.appendChild(holder);
}

function nameTip(feature) {
  return function () { return textNode(say(feature.n)); };
}

function drawItem(item) {
  var group = L.layerGroup(), colour = cls(item).col, counties = countiesOf(item);
  if (item.b === 'geometry') {
    drawExact(item, group, colour, counties);
  } else if (item.b === 'list') {
    L.polygon(listed('named', item) ? [] : ringsOf(namedCounties(item)), inPane('hatches', {
      stroke: false, fillColor: 'url(#' + patternId(item) + ')', fillOpacity: 0.75, className: 'item list'
    })).addTo(group);
    addShapes(item, group, inPane('shapes', { color: colour, weight: 2, className: 'item point' }));
  } else {
    addShapes(item, group, inPane('vague', {
      color: colour, weight: 6, opacity: 0.45, dashArray: '10 9', lineCap: 'butt', fillColor: colour,
      fillOpacity: 0.16, className: 'item vague', smoothFactor: 1
    }));
  }
  return group;
}

function isHatched(item) { return cls(item).pat === 'hatch' || cls(item).pat === 'cross'; }

function drawExact(item, group, colour, counties) {
  var whole = item.f.filter(function (id) { return FEATURES[item.l + '/' + id].x === 'whole'; });
  var fill = isHatched(item) ? 'url(#' + patternId(item) + ')' : colour;
  if (whole.length && isOutline(item)) {
    drawOutline(group, colour, counties);
  } else if (whole.length) {
    L.polygon(ringsOf(counties), inPane('fills', {
      stroke: false, fillColor: fill, fillOpacity: 0.9, className: 'item area'
    })).addTo(group);
  }
  addShapes(item, group, inPane('shapes', {
    color: colour, weight: OWN ? (OWN.kind === 'lines' ? 2.5 : 0.7) : 1.5, fillColor: fill, fillOpacity: OWN ? 0.8 : 0.6, className: 'item area'
  }));
}

function addShapes(item, group, options) {
  item.f.forEach(function (id) {
    var feature = FEATURES[item.l + '/' + id];
    var made = shapeLayers(feature, feature.x === 'indicative' && feature.g !== undefined && D.shapes[feature.g].t === 'polygon'
      ? L.extend({}, options, { weight: 1.5, dashArray: '6 5' }) : options);
    made.forEach(function (layer) {
      if (layer instanceof L.CircleMarker) {
        L.setOptions(layer, { renderer: RENDERERS.points, pane: 'p-points' });
      }
      layer.bindTooltip(nameTip(feature), { className: 'name-tip', direction: 'top', opacity: 1 });
      layer.addTo(group);
    });
  });
}

// Show what is switched on; indicative shapes vanish where the map would pretend to know more.
function redraw() {
  var zoom = map.getZoom();
  // More hatches than this would look like a fill: then only the counts beside the names speak.
  drawView();
  document.body.classList.toggle('many-lists', lists().length > 3);
  if (!OWN) { drawStates(); }
  D.items.forEach(function (item) {
    var want = isOn(item) && item.d && !(item.b === 'indicative' && zoom > INDICATIVE_MAX_ZOOM);
    if (want && !DRAWN[item.k]) { DRAWN[item.k] = drawItem(item); }
    if (!DRAWN[item.k]) { return; }
    if (want && !map.hasLayer(DRAWN[item.k])) { DRAWN[item.k].addTo(map); }
    if (!want && map.hasLayer(DRAWN[item.k])) { map.removeLayer(DRAWN[item.k]); }
  });
}

var CHOSEN = null;
function drawChosen() {
  if (CHOSEN) { map.removeLayer(CHOSEN); CHOSEN = null; }
  if (S.selected && UNITS[S.selected].p) {
    CHOSEN = L.polygon(countyRings(S.selected), inPane('chosen', {
      color: '#10394f', weight: 3, fill: false, className: 'chosen'
    })).addTo(map);
  }
}
